"""Faults as a scenario file states them: kind, target, moment and numbers, checked against the kinds that there are."""

import re
from collections.abc import Sequence

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.plant.faults import EVENTS, QUANTITIES, SENSORS, Trigger, clashes, refusal
from hoverslam.plant.faults import ArmedFault as PlantFault
from hoverslam.scenarios.link_kinds import ALL_KINDS, LINK_KINDS, is_of_link
from hoverslam.scenarios.link_kinds import refusal as link_refusal
from hoverslam.scenarios.table import Table

MOST = 64


class Fault(Table):
    """A fault and its trigger. The table of faults below lists the kinds, their effects and their numbers."""

    kind: str = Field(description="one of the kinds in the table of faults")
    target: int | str = Field(
        default=0,
        description=(
            "number of the engine, gimballed engine, fin, ... from 0; or name of a sensor; or direction of the link; "
            "or a string, as in `string[0]`"
        ),
    )
    at: str = Field(
        description='`"12.5 s"` after release, `"landing_ignition + 3 s"`, `"touchdown"`, or a condition, e.g. '
        '`"altitude_agl_m < 1500"`'
    )
    for_s: float = Field(default=0.0, ge=0.0, le=600.0, description="duration; 0: permanent")
    numbers: dict[str, float] = Field(
        default_factory=dict, description="numbers of the kind that differ from its defaults"
    )

    @field_validator("kind")
    @classmethod
    def _there_is_one(cls, kind: str) -> str:
        if kind not in ALL_KINDS:
            known = ", ".join(ALL_KINDS)
            raise PydanticCustomError("fault", "is no kind of fault; known: {known}", {"known": known})
        return kind

    @field_validator("target")
    @classmethod
    def _names_something(cls, target: int | str) -> int | str:
        if isinstance(target, int) and not 0 <= target < MOST:
            raise PydanticCustomError("fault", "must be an index from 0 to {most}; change it", {"most": MOST - 1})
        return target

    @model_validator(mode="after")
    def _target_fits(self) -> "Fault":
        senses = ALL_KINDS[self.kind].target == "sensor"
        wrong: dict[str, object] = {"key": ".target", "value": self.target, "kind": self.kind}
        if is_of_link(self.kind):
            if why := link_refusal(self.kind, self.target):
                raise PydanticCustomError("fault", "{why}", wrong | {"why": why})
            return self
        if senses and self.target not in SENSORS:
            wrong |= {"known": ", ".join(SENSORS)}
            raise PydanticCustomError("fault", "{kind} needs the name of a sensor; known: {known}", wrong)
        if not senses and isinstance(self.target, str):
            raise PydanticCustomError("fault", "{kind} needs an index; count from 0 as the vehicle file does", wrong)
        if senses and (why := refusal(self.kind, str(self.target))):
            raise PydanticCustomError("fault", "{why}", wrong | {"why": why})
        return self

    @field_validator("at")
    @classmethod
    def _readable(cls, at: str) -> str:
        read_trigger(at)
        return at

    @model_validator(mode="after")
    def _numbers_fit(self) -> "Fault":
        known = ALL_KINDS[self.kind].numbers
        for name, value in self.numbers.items():
            if name not in known:
                raise PydanticCustomError(
                    "fault",
                    "{kind} has no such number; known: {known}",
                    {"key": f".numbers.{name}", "value": value, "kind": self.kind, "known": ", ".join(known) or "none"},
                )
            low, high, unit = known[name].low, known[name].high, known[name].unit
            if not low <= value <= high:
                raise PydanticCustomError(
                    "fault",
                    "must lie between {low} and {high}; change it",
                    {"key": f".numbers.{name}", "value": value, "low": f"{low:g}", "high": f"{high:g} {unit}".rstrip()},
                )
        return self

    @property
    def trigger(self) -> Trigger:
        """When, as the plant takes it."""
        return read_trigger(self.at)

    def armed(self) -> PlantFault:
        """The fault as the plant takes it."""
        numbers = tuple(self.numbers.get(name, number.default) for name, number in ALL_KINDS[self.kind].numbers.items())
        return PlantFault(self.kind, self.target, self.trigger, numbers, self.for_s)

    @property
    def full_numbers(self) -> dict[str, float]:
        """Its numbers, with the defaults of its kind."""
        return {name: self.numbers.get(name, n.default) for name, n in ALL_KINDS[self.kind].numbers.items()}


def disagreements(faults: tuple[Fault, ...]) -> list[tuple[int, int, str]]:
    """Pairs of faults that cannot act together, by their places in the scenario, with the reason."""
    of_plant = [i for i, fault in enumerate(faults) if not is_of_link(fault.kind)]
    found = clashes(tuple(faults[i].armed() for i in of_plant))
    return [(of_plant[a], of_plant[b], why) for a, b, why in found] + _link_clashes(faults)


def _link_clashes(faults: Sequence[Fault]) -> list[tuple[int, int, str]]:
    """Pairs of link faults of one kind on one target whose times are not known to lie apart."""
    found = []
    for later, second in enumerate(faults):
        for earlier, first in enumerate(faults[:later]):
            alike = is_of_link(second.kind) and (first.kind, first.target) == (second.kind, second.target)
            if alike and not _apart(first, second):
                found.append((earlier, later, f"both are {first.kind} of {first.target}, and may act at the same time"))
    return found


def _apart(first: Fault, second: Fault) -> bool:
    """Whether two faults count from the same moment, and one is over before the other comes."""
    a, b = first.trigger, second.trigger
    if a.sort not in {"time", "event"} or (a.sort, a.what) != (b.sort, b.what):
        return False
    (start, length), (after, _) = sorted([(a.delay_s, _length_s(first)), (b.delay_s, _length_s(second))])
    return length > 0.0 and start + length <= after


def _length_s(fault: Fault) -> float:
    """How long a fault acts; 0 for good."""
    kind = LINK_KINDS[fault.kind]
    return max(fault.full_numbers.get(kind.counts, 0.0), 1e-9) if kind.lasts_ticks else fault.for_s


TRIGGER = re.compile(
    r"(?P<time>\d+(\.\d+)?) s|(?P<event>[a-z_]+)( \+ (?P<after>\d+(\.\d+)?) s)?|"
    r"(?P<quantity>[a-z_0-9]+) (?P<sign>[<>]) (?P<value>-?\d+(\.\d+)?([eE]-?\d+)?)"
)


LATEST_S = 3600.0
"""Of a moment, as of `rates.max_time_s`."""
THRESHOLDS = {
    "altitude_agl_m": (-1e3, 2e6, "metres"),
    "speed_mps": (0.0, 2e4, "metres per second"),
    "mach": (0.0, 100.0, "times the speed of sound"),
    "q_pa": (0.0, 1e8, "pascals"),
    "lox_kg": (-1.0, 5e6, "kilograms"),
    "lch4_kg": (-1.0, 5e6, "kilograms"),
}
"""Of a condition, by its quantity."""


def read_trigger(text: str) -> Trigger:
    """A trigger out of its text; raises PydanticCustomError."""
    found = TRIGGER.fullmatch(text.strip())
    if found is not None and found["time"]:
        return Trigger("time", delay_s=_within(found["time"], 0.0, LATEST_S, "seconds"))
    if found is not None and found["event"] in EVENTS:
        delay_s = _within(found["after"] or "0", 0.0, LATEST_S, "seconds")
        return Trigger("event", found["event"], delay_s=delay_s)
    if found is not None and found["quantity"] in QUANTITIES:
        threshold = _within(found["value"], *THRESHOLDS[found["quantity"]])
        return Trigger("below" if found["sign"] == "<" else "above", found["quantity"], threshold)
    raise PydanticCustomError(
        "fault",
        "is no valid time; write '12.5 s', '<event> + 3 s' with an event of {events}, or '<quantity> < 1500' with a "
        "quantity of {quantities}",
        {"events": ", ".join(EVENTS), "quantities": ", ".join(QUANTITIES)},
    )


def _within(text: str, low: float, high: float, unit: str) -> float:
    value = float(text)
    if not low <= value <= high:
        told = "has {value}, which must lie between {low} and {high} {unit}; correct it"
        shown = {"value": text[:40], "low": f"{low:g}", "high": f"{high:g}", "unit": unit}
        raise PydanticCustomError("fault", told, shown)
    return value
