"""Which field of the contract, or which value of the flight load, a variable of an FMU means.

`fin_rad`, an array, is the whole field; `fin_rad[2]` its second number, as Modelica and Simulink count;
`gimbal_rad[3,1]` the first of the third pair. What stands before a name, as in `sensors.fin_rad[2]`, is left out.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from hoverslam.harness.wire.contract import ACTUATORS, FLAG, SENSORS, Field

SUBSCRIPTS = re.compile(r"(.*[^\]\s])\s*\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
NEAREST = 3
TELEMETRY = "telemetry"
"""An output `telemetry.k_req` is reported as `k_req`."""
Known = TypeVar("Known")


def _by_name(fields: tuple[Field, ...]) -> dict[str, Field]:
    """A field by its name in the row and by its place in the message; with it the flag that it is there."""
    found = {}
    for field in fields:
        if field.flag:
            found[field.flag] = Field(
                field.flag, form=FLAG, units="boolean", source=f"true where {_about(field)} is there"
            )
        found[field.name] = found[f"{field.map}.{field.key}" if field.map else field.key] = field
    return found


def _about(field: Field) -> str:
    return f"a new `{field.map}`" if field.map else f"`{field.name}`"


INPUTS, OUTPUTS = _by_name(SENSORS), _by_name(ACTUATORS)
"""What inputs and outputs of an FMU may be called."""


def split(name: str) -> tuple[str, tuple[int, ...]]:
    """A name without its subscripts, and these."""
    found = SUBSCRIPTS.fullmatch(name)
    return (name, ()) if found is None else (found[1], tuple(int(one) for one in found[2].split(",")))


def endings(name: str) -> Iterator[str]:
    """The name, and what is left of it without its first part, its first two, and so on."""
    parts = name.split(".")
    yield from (".".join(parts[first:]) for first in range(len(parts)))


def meant(name: str, known: Mapping[str, Known]) -> Known | None:
    """What a name without subscripts means; None where nothing is called so."""
    return next((known[one] for one in endings(name) if one in known), None)


def report_of(name: str) -> str | None:
    """The key of telemetry that an output is reported under; None for one that is no telemetry."""
    _, mark, key = f".{name}".rpartition(f".{TELEMETRY}.")
    return key if mark and key else None


def nearest(name: str, known: Mapping[str, Any]) -> str:
    """The names that are most like it, in words."""
    plain = next(iter(list(endings(name))[-1:]))
    close = get_close_matches(plain, known, NEAREST, 0.0)
    return f"nearest names: {', '.join(close)}" if close else "there are no names"


def load_values(reset: Mapping[str, Any]) -> dict[str, Any]:
    """What a program is told before flight, by name: `stage.dry_mass_kg`, and for tools without dots with `_`."""
    told = {"frame_period_ns": reset["frame_period_ns"], "shape": reset["shape"], **reset["flight_load"]}
    dotted = dict(_leaves("", told))
    return {name.replace(".", "_"): value for name, value in dotted.items()} | dotted


def _leaves(before: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(f"{before}{key}.", value)
        else:
            yield f"{before}{key}", value
