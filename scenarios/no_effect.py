"""Combinations of keys of which one would have no effect. They are refused: silence would look like success.

Here is what a scenario alone can tell; what needs the vehicle is in `harness.build.no_effect`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from hoverslam.scenarios.drawn import DISPERSION, Dispersions, Drawn
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import ALL_KINDS, LINK_KINDS, NUMBERS, is_of_link, place, row_direction
from hoverslam.scenarios.rates import Rates
from hoverslam.scenarios.release import Pad
from hoverslam.scenarios.strings import Strings
from hoverslam.scenarios.wind import Wind

LATE_FRAMES = 63
"""Frames that the plant keeps for a sensor that is late."""
WHOLE = ("attempts", "hurts", "bit", "frames")
AS_IF_SOUND: dict[str, dict[str, float]] = {
    "engine_warm_inlet": {"factor": 1.0, "ripple": 0.0},
    "engine_gas_ingestion": {"low": 1.0, "high": 1.0, "mixture": 1.0},
    "engine_false_pressure": {"factor": 1.0},
    "sensor_bias": {"bias": 0.0},
    "sensor_noisy": {"sigma": 0.0},
}
"""Numbers with which a fault changes nothing."""


class NoEffect(NamedTuple):
    """A key without effect, the reason, and the correction."""

    key: str
    value: Any
    why: str
    remedy: str


def without_effect(
    wind: Wind, pad: Pad, rates: Rates, dispersions: Dispersions, drawn: Drawn, faults: Sequence[Fault]
) -> Iterator[NoEffect]:
    """Everything in these tables of a scenario that cannot do anything."""
    if wind.turbulence == "none" and wind.w20_mps > 0.0:
        why = 'scales gusts, but there are none (wind.turbulence = "none")'
        yield NoEffect("wind.w20_mps", wind.w20_mps, why, "set wind.turbulence, or remove it")
    if pad.slope_azimuth_deg != 0.0 and pad.slope_deg == 0.0:
        why = "is the direction of a slope, but the pad is level (pad.slope_deg = 0)"
        yield NoEffect("pad.slope_azimuth_deg", pad.slope_azimuth_deg, why, "set pad.slope_deg, or remove it")
    yield from _drawn(drawn, dispersions)
    for i, fault in enumerate(faults):
        for key, *rest in fault_without_effect(fault, rates):
            yield NoEffect(f"faults.{i}.{key}", *rest)


def strings_without_effect(strings: Strings) -> Iterator[NoEffect]:
    """A voter that has nothing to choose from."""
    for key in Strings.model_fields if strings.count == 1 else ():
        value = getattr(strings, key)
        if key != "count" and value != getattr(Strings(), key):
            told = None if isinstance(value, BaseModel) else value
            yield NoEffect(f"strings.{key}", told, "has no effect: one string is not voted", "raise strings.count")


def _drawn(drawn: Drawn, dispersed: Dispersions) -> Iterator[NoEffect]:
    """Outcomes of what is not dispersed."""
    left = {name for name in type(dispersed).model_fields if name != "relight" and getattr(dispersed, name)}
    for key in Drawn.model_fields:
        value, name = getattr(drawn, key), DISPERSION.get(key, key)
        if key == "rest" or value is None:
            continue
        if not getattr(dispersed, name):
            why = f"is in sigmas of dispersions.{name}, which is 0"
            yield NoEffect(f"drawn.{key}", value, why, "set that sigma, or remove this key")
        if key not in DISPERSION.values():  # an offset leaves the column to be drawn
            left.discard(name)
    if drawn.rest == "nominal" and not left:
        yield NoEffect("drawn.rest", drawn.rest, "has no effect: there is no other dispersion", "remove it")


def fault_without_effect(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    """Parts of one fault that have no effect."""
    yield from _moment(fault, rates)
    yield from _duration(fault, rates)
    yield from _numbers(fault, rates)


def _moment(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    """A moment after the end; events are taken to come at once, so only what is certain is refused."""
    end_s = rates.max_time_s
    if fault.trigger.delay_s >= end_s:
        why = f"is after the end of the flight (rates.max_time_s = {end_s:g})"
        yield NoEffect("at", fault.at, why, "choose an earlier time, or raise max_time_s")
    if fault.trigger.sort == "below" and fault.trigger.what not in {"lox_kg", "lch4_kg"}:
        # crush cores and a dip into the pad take a foot no deeper; the others are sizes
        least = -2.0 if fault.trigger.what == "altitude_agl_m" else 0.0
        if fault.trigger.threshold <= least:
            why = f"never starts: {fault.trigger.what} does not fall below {least:g}"
            yield NoEffect("at", fault.at, why, "choose another threshold")


def _duration(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    if fault.for_s <= 0.0:
        return
    if is_of_link(fault.kind) and LINK_KINDS[fault.kind].lasts_ticks:
        restarts = "restart_s" in ALL_KINDS[fault.kind].numbers
        why = "has no effect: a restart happens once" if restarts else "has no effect: it happens once"
        yield NoEffect("for_s", fault.for_s, why, "give numbers.restart_s" if restarts else "remove it")
    ends_engine = fault.kind == "engine_instability" and fault.for_s >= _number(fault, "over_s")
    if ALL_KINDS[fault.kind].group == "life" or ends_engine:
        yield NoEffect("for_s", fault.for_s, "has no effect: the engine is lost permanently", "remove it")
    if round(fault.for_s * rates.plant_hz) < 1:
        why = f"is less than half a tick of {rates.dt_s:g} s"
        yield NoEffect("for_s", fault.for_s, why, "make it longer, or 0 for permanent")


def _numbers(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    for name, sound in AS_IF_SOUND.get(fault.kind, {}).items():
        if all(_number(fault, n) == value for n, value in AS_IF_SOUND[fault.kind].items()):
            yield NoEffect(f"numbers.{name}", sound, f"leaves {fault.kind} without effect", "give another number")
            return
    if fault.kind == "engine_warm_inlet" and "ripple_hz" in fault.numbers and _number(fault, "ripple") == 0.0:
        value = fault.numbers["ripple_hz"]
        yield NoEffect(
            "numbers.ripple_hz",
            value,
            "is the frequency of a ripple of amplitude 0",
            "set numbers.ripple, or remove it",
        )
    for name in WHOLE:
        if name in fault.numbers and fault.numbers[name] % 1.0:
            yield NoEffect(f"numbers.{name}", fault.numbers[name], "is a count or an index", "write a whole number")
    yield from _hurt(fault)
    yield from _ripple(fault, rates)
    if fault.kind == "sensor_late":
        yield from _late(fault, rates)
    if is_of_link(fault.kind):
        yield from _of_link(fault, rates)


def _hurt(fault: Fault) -> Iterator[NoEffect]:
    if fault.kind == "engine_hard_start" and fault.numbers.get("hurts") == fault.target:
        why = "is the engine itself, not a neighbour"
        yield NoEffect(
            "numbers.hurts",
            fault.numbers["hurts"],
            why,
            "give another engine; to shut down this one use engine_shutdown",
        )


def _ripple(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    """One that the plant's own ticks would fold into a slower one, or into none."""
    if "ripple_hz" not in fault.full_numbers or fault.full_numbers.get("ripple", 0.0) == 0.0:
        return
    ripple_hz, most_hz = _number(fault, "ripple_hz"), 0.5 * rates.plant_hz
    if ripple_hz >= most_hz:
        why = f"must be below {most_hz:g} Hz at rates.plant_hz = {rates.plant_hz}"
        yield NoEffect("numbers.ripple_hz", ripple_hz, why, "lower it, or raise rates.plant_hz")


def _late(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    by_s, gnc_hz = _number(fault, "by_s"), rates.gnc_hz
    frames = int(by_s * gnc_hz + 0.5)
    if not 1 <= frames <= LATE_FRAMES:
        why = f"is {frames} frames at rates.gnc_hz = {gnc_hz}, must be 1 to {LATE_FRAMES} frames"
        remedy = f"choose {1.0 / gnc_hz:g} to {LATE_FRAMES / gnc_hz:g} s"
        yield NoEffect("numbers.by_s", by_s, why, remedy)


def _of_link(fault: Fault, rates: Rates) -> Iterator[NoEffect]:
    """Delays that round to nothing, and a bit of what has none."""
    direction, field, _ = place(str(fault.target))
    hz, unit = (rates.gnc_hz, "frame") if direction == "sensors" else (rates.plant_hz, "tick")
    kind, numbers = LINK_KINDS[fault.kind], fault.full_numbers
    if kind.target == "link" and kind.waits and kind.amount(numbers, hz) < 1:
        why = f"is less than half a {unit} of {1.0 / hz:g} s"
        yield NoEffect(f"numbers.{kind.counts}", numbers[kind.counts], why, "make it longer")
    if "bit" in fault.numbers and field not in NUMBERS.get(row_direction(direction), ()):
        whole = (
            "the whole message is rejected by its checksum"
            if not field
            else f"{field} is a switch without bits to flip"
        )
        remedy = f"remove it, or give a numeric field, e.g. {direction}.throttle"
        yield NoEffect("numbers.bit", fault.numbers["bit"], whole, remedy)


def _number(fault: Fault, name: str) -> float:
    return fault.numbers.get(name, ALL_KINDS[fault.kind].numbers[name].default)
