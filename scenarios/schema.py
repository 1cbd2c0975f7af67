"""The schema of a scenario file: which keys there are, their units, their limits and their defaults.

A scenario says everything that decides a flight except the flight software: the vehicle as it really is, the state at
release, the air, what is dispersed and by how much, what fails, what the flight software is told beforehand, and which
requirement set judges it. Degrees are used in scenario files only; see docs/conventions.md.

Models are frozen and refuse unknown keys. Numbers are not converted: an integer may stand for a float, nothing else.
"""

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.drawn import Dispersions, Drawn
from hoverslam.scenarios.expected import Expected
from hoverslam.scenarios.faults import Fault, disagreements
from hoverslam.scenarios.link_kinds import is_of_string, place, string_of
from hoverslam.scenarios.no_effect import strings_without_effect, without_effect
from hoverslam.scenarios.rates import Rates
from hoverslam.scenarios.release import Pad, Release
from hoverslam.scenarios.strings import Strings
from hoverslam.scenarios.table import Table, array, frozen_list
from hoverslam.scenarios.wind import Wind

MOST_FAULTS = 64
"""At once."""

OverrideValue = bool | int | float | str | tuple[Any, ...]


def _flat(value: Any, prefix: str = "") -> Any:
    """Nested tables become dotted keys, so that `a.b = 1` and `"a.b" = 1` say the same."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, Any] = {}
    for key, item in value.items():
        inner = (
            _flat(item, f"{prefix}{key}.")
            if isinstance(item, dict)
            else {f"{prefix}{key}": _finite(f"{prefix}{key}", item)}
        )
        flat.update(inner)
    return flat


def _finite(key: str, value: Any) -> Any:
    """A value, or an array of them, without NaN and infinity."""
    left = [value]
    while left:
        one = left.pop()
        left += one if isinstance(one, list | tuple) else []
        if isinstance(one, float) and not math.isfinite(one):
            told = {"key": f".{key}", "value": value}
            raise PydanticCustomError("override", "must be a finite number; write a finite number", told)
    return frozen_list(value)


Overrides = Annotated[dict[str, OverrideValue], BeforeValidator(_flat)]


class VehicleChoice(Table):
    """The true vehicle, which the flight software never knows."""

    file: str = Field(description="shipped vehicle, or path of a .toml file, relative to the scenario file")
    override: Overrides = Field(default_factory=dict, description="changes to the vehicle file, by dotted key")


class FlightLoad(Table):
    """The flight load: what the flight software is told before flight, never derived from the truth."""

    file: str = Field(description="shipped flight load, or path of a .toml file, relative to the scenario file")
    override: Overrides = Field(default_factory=dict, description="changes to the flight load, by dotted key")


class Requirements(Table):
    """The requirement set used to judge the flight."""

    set: str = Field(default="landing", description="shipped set, or path of a .toml file")


class Scenario(Table):
    """A complete flight without the flight software. `(scenario, seed)` determines every random number of it."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    description: str = Field(default="", max_length=2000)
    seed: int = Field(default=1, ge=0, le=2**63 - 1)
    vehicle: VehicleChoice
    rates: Rates = Field(default_factory=Rates)
    pad: Pad
    release: Release
    wind: Wind = Field(default_factory=Wind)
    dispersions: Dispersions = Field(default_factory=Dispersions)
    drawn: Drawn = Field(default_factory=Drawn)
    faults: Annotated[tuple[Fault, ...], BeforeValidator(array), Field(max_length=MOST_FAULTS)] = ()
    strings: Strings = Field(default_factory=Strings)
    flight_load: FlightLoad
    requirements: Requirements = Field(default_factory=Requirements)
    expected: Expected | None = None

    @model_validator(mode="after")
    def _faults_agree(self) -> "Scenario":
        for earlier, later, why in disagreements(self.faults):
            raise PydanticCustomError(
                "fault",
                "cannot be combined with faults.{earlier} ({kind}): {why}; remove one of them",
                {
                    "key": f"faults.{later}.kind",
                    "value": self.faults[later].kind,
                    "earlier": earlier,
                    "kind": self.faults[earlier].kind,
                    "why": why,
                },
            )
        return self

    @model_validator(mode="after")
    def _faulty_strings_are_there(self) -> "Scenario":
        count = self.strings.count or 1
        for i, fault in enumerate(self.faults):
            number = string_of(place(str(fault.target))[0]) if is_of_string(fault.kind) else None
            if number is not None and (count < 2 or number >= count):
                raise PydanticCustomError(
                    "fault",
                    "{why}; {remedy}",
                    {
                        "key": f"faults.{i}.target",
                        "value": fault.target,
                        "why": f"strings are counted from 0 to {count - 1} (strings.count = {self.strings.count})"
                        if count > 1
                        else "needs several strings (strings.count)",
                        "remedy": "use one of these, or raise strings.count" if count > 1 else "set strings.count = 3",
                    },
                )
        return self

    @model_validator(mode="after")
    def _everything_has_an_effect(self) -> "Scenario":
        tables = self.wind, self.pad, self.rates, self.dispersions, self.drawn, self.faults
        for key, value, why, remedy in (*without_effect(*tables), *strings_without_effect(self.strings)):
            told = {"key": key, "value": value, "why": why, "remedy": remedy}
            raise PydanticCustomError("effect", "{why}; {remedy}", told)
        return self

    @model_validator(mode="after")
    def _released_above_the_pad(self) -> "Scenario":
        if self.release.altitude_msl_m <= self.pad.elevation_m:
            raise PydanticCustomError(
                "release",
                "must be above the pad (pad.elevation_m = {pad}); raise it or lower the pad",
                {"key": "release.altitude_msl_m", "value": self.release.altitude_msl_m, "pad": self.pad.elevation_m},
            )
        return self
