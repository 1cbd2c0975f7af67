"""What is allowed in answers and better avoided: commands out of range, slow encodings, telemetry that is ignored."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from hoverslam.harness.wire.codec import decode_own, tokens
from hoverslam.harness.wire.conformance.flights import Answered
from hoverslam.harness.wire.conformance.subject import Course
from hoverslam.harness.wire.contract import ACTUATORS, FLOAT

RANGED = tuple(field for field in ACTUATORS if field.form == FLOAT)
"""Commands that have a range; beyond it they are clipped."""
Advice = tuple[str, str, Answered]
"""Name of the check, what was found, and the first answer that shows it."""


def range_check(field: str) -> str:
    """The check of the range of a field of `actuators`."""
    return f"range-{field.removesuffix('_rad')}"


def advice_of(talk: Sequence[Answered], course: Course, reports: Mapping[str, int]) -> Iterator[Advice]:
    """What to tell of the accepted answers of a flight."""
    order: list[str] = []
    for one in talk:
        if one.answer:
            message = decode_own(one.answer)
            keys = [key for key in message if key != "telemetry"]
            order = order or keys
            if keys != order:
                yield "key-order", f"frame {one.seq}: keys in another order than in frame 0; keep one order", one
            now_ns = one.seq * course.frame_period_ns
            found = [*_beyond(message, course.limits), *_short_floats(one.answer)]
            found += _telemetry(message.get("telemetry") or {}, reports, now_ns)
            yield from ((name, f"frame {one.seq}: {told}", one) for name, told in found)


def _beyond(message: dict[str, Any], limits: Mapping[str, tuple[float, float]]) -> Iterator[tuple[str, str]]:
    for field in RANGED:
        low, high = limits[field.name]
        for number, value in enumerate(message[field.key]):
            used = field.name != "throttle" or message["engine_on"][number]
            if used and not low <= value <= high:
                told = f"{field.key}[{number}] = {value:g}; the vehicle clips it to {low:g} to {high:g}"
                yield range_check(field.name), told


def _short_floats(answer: bytes) -> Iterator[tuple[str, str]]:
    """Numbers that are not 64-bit floats, which take the slow way through the harness's reader."""
    names, inside = {field.key for field in RANGED}, ""
    for token in tokens(answer):
        if token.kind == "text":
            inside = answer[token.start : token.end].lstrip(b"\xd9")[1:].decode()
            if inside == "telemetry":
                return
        elif inside in names and token.kind not in {"array", "float"}:
            yield "float64", f"{inside} has a number that is no 64-bit float; checked fastest are 64-bit floats"
            return


def _telemetry(told: dict[str, Any], reports: Mapping[str, int], now_ns: int) -> Iterator[tuple[str, str]]:
    for key, count in reports.items():
        if key in told and not _are_numbers(told[key], count):
            yield "telemetry", f"telemetry.{key} = {str(told[key])[:60]}; must be {count} finite numbers, or is ignored"
    events = told.get("events", [])
    if type(events) is not list:
        yield "events", f"telemetry.events = {str(events)[:60]}; must be a list of maps, or is ignored"
        return
    for event in events:
        named = isinstance(event, dict) and type(event.get("name")) is str and type(event.get("time_ns")) is int
        if not named:
            yield "events", f"event {str(event)[:60]}; needs name (text) and time_ns (whole number), or is ignored"
        elif not 0 <= event["time_ns"] <= now_ns:
            yield "events", f"event {event['name']!r} at {event['time_ns']} ns; must be from 0 to now, {now_ns} ns"


def _are_numbers(value: object, count: int) -> bool:
    values: list[Any] = value if type(value) is list else [value]
    return len(values) == count and all(type(one) in {int, float} and isfinite(one) for one in values)
