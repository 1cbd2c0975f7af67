"""Which number of a row each number of an FMU's variables is, for a vehicle of some shape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from hoverslam.harness.fmu.description import FmuDescription, Variable
from hoverslam.harness.fmu.errors import FmuError
from hoverslam.harness.fmu.mapping import FmuMapping
from hoverslam.harness.fmu.names import INPUTS, OUTPUTS, load_values, meant, nearest, report_of, split
from hoverslam.harness.wire.contract import ACTUATORS, CODE, FLAG, FLOAT, SENSORS, TIME, Field, ShapeLike, places

FLOATS = ("Real", "Float64", "Float32")
WHOLE = ("Integer", "Enumeration", "Int64", "Int32", "Int16", "Int8", "UInt64", "UInt32", "UInt16", "UInt8")
WIDE = ("Int64", "UInt64")
BOOLEAN = "Boolean"
CARRIES: Mapping[str, Sequence[str]] = {
    FLOAT: FLOATS, FLAG: (BOOLEAN, *WHOLE, *FLOATS), CODE: (*WHOLE, *FLOATS), TIME: (*WIDE, *FLOATS),
}  # fmt: skip
"""Types of an FMU that can hold a value of each form of the contract."""
NUMBERS = (*FLOATS, *WHOLE, BOOLEAN)


class Wire(NamedTuple):
    """A variable, and where in the row its numbers are."""

    variable: Variable
    offsets: tuple[int, ...]


class Named(NamedTuple):
    """A variable with the field that it means, and its subscripts there."""

    variable: Variable
    field: Field
    subscripts: tuple[int, ...]


class Reported(NamedTuple):
    """An output that is reported as telemetry, with where the report is in the row; one number, or a list."""

    key: str
    offsets: tuple[int, ...]
    is_list: bool


class FmuWiring(NamedTuple):
    """An FMU on a vehicle: `width` is that of the command row, with telemetry behind it; `unmapped` in words."""

    inputs: list[Wire]
    outputs: list[Wire]
    reports: list[Reported]
    width: int
    unmapped: list[str]


def wired(fmu: FmuDescription, mapping: FmuMapping, shape: ShapeLike) -> FmuWiring:
    """All inputs and outputs. Raises FmuError for one that does not fit the vehicle."""
    at = places(SENSORS, shape)
    inputs = [_wire(fmu, one, at, shape) for one in named(fmu, mapping, "input")]
    at = places(ACTUATORS, shape)
    outputs = [_wire(fmu, one, at, shape) for one in named(fmu, mapping, "output")]
    _refuse_twice(fmu, outputs)
    given, end = {offset for wire in outputs for offset in wire.offsets}, max(place.stop for place in at.values())
    lacking = {name: [i for i in range(place.start, place.stop) if i not in given] for name, place in at.items()}
    unmapped = [_told(name, len(places), at[name]) for name, places in lacking.items() if places]
    reports, told = _reports(fmu, mapping, end)
    return FmuWiring(inputs, outputs + told, reports, end + sum(len(one.offsets) for one in told), unmapped)


def named(fmu: FmuDescription, mapping: FmuMapping, causality: str) -> list[Named]:
    """What each input or output means. Raises FmuError for one that means nothing, or whose type cannot hold it."""
    known = INPUTS if causality == "input" else OUTPUTS
    found = []
    for variable in fmu.of(causality):
        name = mapping.name(causality, variable.name)
        if mapping.leaves(variable.name) or (causality == "output" and report_of(name)):
            continue
        base, subscripts = split(name)
        field = meant(base, known)
        if field is None:
            raise FmuError(
                f"{fmu.file}: {causality} {_shown(variable.name, name)}: nothing in the contract is called so; "
                f"{nearest(base, known)}; rename it, or map or ignore it in the file of --map"
            )
        _check_type(fmu, variable, CARRIES[field.form], field.name)
        found.append(Named(variable, field, subscripts))
    return found


def parameters(
    fmu: FmuDescription, mapping: FmuMapping, reset: Mapping[str, Any]
) -> list[tuple[Variable, list[float]]]:
    """The parameters that the flight load has values for, and these. Raises FmuError where lengths or names differ."""
    load, given = load_values(reset), dict[str, list[tuple[Variable, tuple[int, ...]]]]()
    for variable in fmu.of("parameter"):
        name = mapping.name("parameter", variable.name)
        base, subscripts = split(name)
        if (key := meant(base, {key: key for key in load})) is not None:
            given.setdefault(key, []).append((variable, subscripts))
        elif name != variable.name:
            raise FmuError(f"{fmu.file}: parameter {_shown(variable.name, name)}: no such value; {nearest(base, load)}")
    found = list[tuple[Variable, list[float]]]()
    for key, variables in given.items():
        found += _values(fmu, key, load[key], variables)
    return found


def _values(
    fmu: FmuDescription, key: str, value: Any, variables: list[tuple[Variable, tuple[int, ...]]]
) -> Iterator[tuple[Variable, list[float]]]:  # fmt: skip
    """The numbers of one value of the flight load, by variable: a table that is cut short is refused."""
    numbers, each = (
        _flat(value),
        len(value[0]) if isinstance(value, list) and value and isinstance(value[0], list) else 1,
    )
    if not all(isinstance(one, int | float) for one in numbers):
        raise FmuError(
            f"{fmu.file}: parameter {variables[0][0].name}: {key} of the flight load is no number; rename it"
        )
    left = set(range(len(numbers)))
    for variable, subscripts in variables:
        _check_type(fmu, variable, NUMBERS, key)
        offsets = _numbers(fmu, variable, Field(key, each=each), subscripts, len(numbers))
        left -= set(offsets)
        yield variable, [numbers[offset] for offset in offsets]
    if left:
        raise FmuError(
            f"{fmu.file}: parameters {key}: have {len(numbers) - len(left)} of the {len(numbers)} numbers of the "
            f"flight load; export it with {len(numbers)}, or call them otherwise"
        )


def _flat(value: Any) -> list[Any]:
    return [number for one in value for number in _flat(one)] if isinstance(value, list) else [value]


def _wire(fmu: FmuDescription, one: Named, at: Mapping[str, slice], shape: ShapeLike) -> Wire:
    place = at[one.field.name]
    numbers = _numbers(fmu, one.variable, one.field, one.subscripts, one.field.width(shape))
    return Wire(one.variable, tuple(place.start + number for number in numbers))


def _numbers(
    fmu: FmuDescription, variable: Variable, field: Field, subscripts: tuple[int, ...], width: int
) -> Iterable[int]:  # fmt: skip
    """Which numbers of a field a variable has, from 0."""
    size = prod(variable.dimensions)
    if not subscripts and size == width:
        return range(width)
    if len(subscripts) == 2 and 1 <= subscripts[1] <= field.each:
        subscripts = ((subscripts[0] - 1) * field.each + subscripts[1],) if subscripts[0] > 0 else (0,)
    if size == 1 and len(subscripts) == 1 and 1 <= subscripts[0] <= width:
        return [subscripts[0] - 1]
    has = f"subscript {list(subscripts)}" if subscripts else f"{size} numbers"
    raise FmuError(
        f"{fmu.file}: {variable.name}: has {has}, but {field.name} has {width} here, counted from 1; export it with "
        "as many"
    )


def _check_type(fmu: FmuDescription, variable: Variable, allowed: Sequence[str], what: str) -> None:
    if variable.type not in allowed:
        raise FmuError(
            f"{fmu.file}: {variable.name}: is of type {variable.type}, which cannot hold {what}; export it as one of "
            f"{', '.join(allowed)}"
        )


def _refuse_twice(fmu: FmuDescription, outputs: list[Wire]) -> None:
    seen = dict[int, str]()
    for variable, offsets in outputs:
        for offset in offsets:
            if (other := seen.setdefault(offset, variable.name)) != variable.name:
                raise FmuError(
                    f"{fmu.file}: outputs {other} and {variable.name} give the same command; ignore one of them"
                )


def _reports(fmu: FmuDescription, mapping: FmuMapping, start: int) -> tuple[list[Reported], list[Wire]]:
    """Telemetry: what is told under which key, and where its numbers come from."""
    found, wires = dict[str, list[int]](), []
    lists = set[str]()
    for variable in fmu.of("output"):
        name, subscripts = split(mapping.name("output", variable.name))
        key = report_of(name)
        if key is None or mapping.leaves(variable.name):
            continue
        _check_type(fmu, variable, NUMBERS, name)
        offsets = tuple(range(start, start := start + prod(variable.dimensions)))
        wires.append(Wire(variable, offsets))
        found.setdefault(key, []).extend(offsets)
        if subscripts or variable.dimensions:
            lists.add(key)
    return [Reported(key, tuple(offsets), key in lists) for key, offsets in found.items()], wires


def _told(name: str, lacking: int, place: slice) -> str:
    of = place.stop - place.start
    return name if lacking == of else f"{name} ({lacking} of {of})"


def _shown(name: str, mapped: str) -> str:
    return name if name == mapped else f"{name} (mapped to {mapped})"
