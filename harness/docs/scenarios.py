"""The page docs/scenarios.md: every key of a scenario file, from the schema, and every kind of fault."""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hoverslam.plant.faults import SENSORS
from hoverslam.scenarios.drawn import Dispersions, Drawn
from hoverslam.scenarios.expected import Expected
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import ALL_KINDS
from hoverslam.scenarios.rates import Rates
from hoverslam.scenarios.release import Pad, Release
from hoverslam.scenarios.schema import FlightLoad, Requirements, VehicleChoice
from hoverslam.scenarios.strings import Strings, Tolerance, Voter
from hoverslam.scenarios.wind import Wind

TABLES: dict[str, type[BaseModel]] = {
    "[vehicle]": VehicleChoice,
    "[rates]": Rates,
    "[pad]": Pad,
    "[release]": Release,
    "[wind]": Wind,
    "[dispersions]": Dispersions,
    "[drawn]": Drawn,
    "[[faults]]": Fault,
    "[strings]": Strings,
    "[strings.voter]": Voter,
    "[strings.tolerance]": Tolerance,
    "[flight_load]": FlightLoad,
    "[requirements]": Requirements,
    "[expected]": Expected,
}
LIMITS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
INTRODUCTION = """\
# Scenario files

A scenario is a TOML file that defines a flight completely, except for the flight software. Start with a shipped one:

    hoverslam show zq3-landing > mine.toml     # complete, every default filled in
    hoverslam run mine.toml

or extend one and state only the differences:

```toml
extends = "zq3-landing"
description = "the same flight in a storm"

[wind]
turbulence = "severe"
w20_mps = 15.0
```

Tables merge key by key; any other value replaces the inherited one. On the command line `--set wind.turbulence=severe`
does the same for one key, and `--set faults.0.target=2` changes an entry of an array. Paths are relative to the file
that contains them. Only scenario files use degrees; see [conventions.md](conventions.md) for frames and signs.

Nothing is guessed: an unknown key, a number in quotes or a rate that does not divide is refused with exit code 2 and
one line that states the correction.

Nothing is ignored. A key without effect is refused with its reason, for example a scale of gusts without turbulence, a
fault on an engine that cannot be started, a time after the end of the flight, a condition that cannot occur, or noise
of ideal sensors. In a file that extends another one, a wind envelope replaces a wind profile and vice versa, and
`turbulence = "none"` also removes `w20_mps`. All values as flown, after overrides and dispersions and with faults in
ticks, are in `applied.toml` of the run folder; before the flight, `hoverslam show --applied` prints them. A fault that
never starts is reported as a finding.

At the top of the file: `name` (default: the file name), `description`, `extends`, and `seed` (default 1). Scenario and
seed determine every random number of the flight.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [INTRODUCTION, *(line for name, table in TABLES.items() for line in _section(name, table)), *_faults(), ""]
    )


def _faults() -> Iterator[str]:
    """The kinds of faults there are."""
    yield "## Faults\n"
    yield f"Sensors: {', '.join(f'`{name}`' for name in SENSORS)}; see [sensors.md](sensors.md).\n"
    yield (
        "Only `gnss` and `radar` can be silent. Switches (`leg_locked`, `leg_contact`) cannot have NaN or "
        "drift; a bias of 1 or -1 holds them on or off. `engine_state` can be stuck or late.\n"
    )
    yield (
        "The link has two directions, `sensors` and `commands`. Faults of the link and of the timing of the "
        "flight computer are counted in frames and ticks and replay bit for bit; see "
        "[link-faults.md](link-faults.md). Faults of one of several flight programs, `string[0]` and so on, "
        "need `strings.count`; see [strings.md](strings.md).\n"
    )
    yield "R1 to R13 are the failure modes of the relight taxonomy. Numbers: default (smallest to largest).\n"
    yield "| kind | target | mode | effect | numbers |\n| --- | --- | --- | --- | --- |"
    for name, kind in ALL_KINDS.items():
        numbers = "; ".join(
            f"`{key}` {n.default:g} ({n.low:g} to {n.high:g}{f' {n.unit}' if n.unit else ''}): {n.meaning}"
            for key, n in kind.numbers.items()
        )
        yield f"| `{name}` | {kind.target} | {kind.mode} | {kind.meaning} | {numbers} |"


def _section(name: str, table: type[BaseModel]) -> Iterator[str]:
    yield f"## `{name}`\n"
    yield f"{' '.join((table.__doc__ or '').split())}\n"
    yield "| key | default | limits | meaning |\n| --- | --- | --- | --- |"
    for key, field in table.model_fields.items():
        default = f"`{name.rstrip(']')}.{key}]`" if isinstance(_value(field), BaseModel) else _default(field)
        yield f"| `{key}` | {default} | {_limits(field)} | {field.description or ''} |"
    yield ""


def _value(field: FieldInfo) -> object:
    """The default of a key; of one that must be there, nothing of meaning."""
    return field.get_default(call_default_factory=True, validated_data={})


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = _value(field)
    if value is None or value == ():
        return "`none`" if value is None else "`[]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _limits(field: FieldInfo) -> str:
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is Literal:
            return ", ".join(f"`{choice}`" for choice in get_args(kind))
    found = ((sign, getattr(limit, name, None)) for name, sign in LIMITS.items() for limit in field.metadata)
    return ", ".join(f"{sign} {value:g}" for sign, value in found if value is not None)
