"""The blocks of docs/wire.md: signs of every actuator, and the dictionary of telemetry and events."""

from collections.abc import Iterator
from typing import NamedTuple, get_origin

import numpy as np
from pydantic.fields import FieldInfo

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.docs.blocks import with_block
from hoverslam.harness.judge.sets import load_requirements
from hoverslam.harness.record.fields import unit
from hoverslam.harness.record.telemetry import EVENTS, REPORTS, Report
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, SENSORS, TIME, Field, entries
from hoverslam.harness.wire.messages import MESSAGES, Actuators, Sensors
from hoverslam.harness.wire.signs import SIGNS
from hoverslam.plant.vehicle import Vehicle, load_vehicle

AXES = np.eye(3)
SHOWN = "zq3_y1"
"""The vehicle whose elements are listed one by one, as an example."""


class Element(NamedTuple):
    """One number of a field of `actuators`: where it pushes, which way, and where nose and roll go."""

    field: str
    number: int
    of: str
    at_m: FloatArray
    push: FloatArray

    def turn(self, cg_m: float) -> FloatArray:
        """Direction of the moment about a centre of gravity on the axis, r x F."""
        moment: FloatArray = np.cross(self.at_m - np.array([cg_m, 0.0, 0.0]), self.push)
        return moment


def elements(vehicle: Vehicle) -> Iterator[Element]:
    """Every number of every field that pushes, in the order of the wire, from the vehicle's own geometry and SIGNS."""
    first, second = (AXES["xyz".index(one.push[1])] for one in SIGNS if one.field == "gimbal_rad")
    for engine, (y, z) in enumerate(vehicle.cluster.position_m):
        yield Element("throttle", engine, f"engine {engine}", np.array([0.0, y, z]), AXES[0])
    for pair, engine in enumerate(vehicle.cluster.gimballed):
        at_m = np.array([0.0, *vehicle.cluster.position_m[engine]])
        yield Element("gimbal_rad", 2 * pair, f"engine {engine}", at_m, first)
        yield Element("gimbal_rad", 2 * pair + 1, f"engine {engine}", at_m, second)
    for fin, (c, s) in enumerate(vehicle.fins.span_yz):
        at_m = np.array([vehicle.fins.position_m, vehicle.fins.radius_m * c, vehicle.fins.radius_m * s])
        yield Element("fin_rad", fin, f"fin {fin}", at_m, np.array([0.0, -s, c]))
    for thruster, (at_m, push) in enumerate(zip(vehicle.rcs.position_m, vehicle.rcs.direction, strict=True)):
        yield Element("rcs_open", thruster, f"thruster {thruster}", at_m, push)


def along(direction: FloatArray) -> str:
    """A direction in words: the axes that it has a share of, with their signs."""
    size = float(np.linalg.norm(direction))
    shares = zip("xyz", direction, strict=True)
    return " ".join(f"{'+' if share > 0.0 else '-'}{axis}" for axis, share in shares if abs(share) > 1e-3 * size)


def told(element: Element, cg_m: float) -> tuple[str, str]:
    """Where the nose goes, and which way the stage rolls, in words."""
    turn = element.turn(cg_m)
    nose, roll = np.cross(turn, AXES[0]), turn[0]
    return along(nose) if np.any(nose) else "", "" if abs(roll) < 1e-9 else "+x" if roll > 0.0 else "-x"


def _signs() -> Iterator[str]:
    yield "| command | force along | meaning | effect on the stage |\n| --- | --- | --- | --- |"
    yield from (f"| `{one.number}` | {one.push} | {one.words} | {one.stage} |" for one in SIGNS)


def _elements() -> Iterator[str]:
    vehicle = load_vehicle(SHOWN, {})
    yield "| command | actuator | at y, z | force along | nose moves | rolls about |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in elements(vehicle):
        if one.field != "throttle":
            nose, roll = told(one, vehicle.body.dry_cg_m)
            at = f"{one.at_m[1]:.2f}, {one.at_m[2]:.2f}".replace("-0.00", "0.00")
            yield f"| `{one.field}[{one.number}]` | {one.of} | {at} | {along(one.push)} | {nose} | {roll} |"


def _telemetry() -> Iterator[str]:
    judged = _judged()
    yield "| key | unit, length | meaning | used in signals (requirements) | also used for |"
    yield "| --- | --- | --- | --- | --- |"
    for name, report in REPORTS.items():
        by = "; ".join(f"`{signal}`{judged.get(signal, '')}" for signal in report.signals)
        yield f"| `{name}` | {_kind(name, report)} | {report.meaning} | {by} | {report.read} |"


def _kind(name: str, report: Report) -> str:
    return ", ".join(part for part in (unit(name), report.kind) if part)


def _judged() -> dict[str, str]:
    """By signal, the shipped requirements that judge it."""
    found: dict[str, list[str]] = {}
    for requirement in load_requirements("landing").requirement:
        for clause in requirement.clause:
            if clause.signal and requirement.id not in found.setdefault(clause.signal, []):
                found[clause.signal].append(requirement.id)
    return {signal: f" ({', '.join(names)})" for signal, names in found.items()}


def _events() -> Iterator[str]:
    yield "| event | reported | `engine` | used for |\n| --- | --- | --- | --- |"
    for name, event in EVENTS.items():
        yield f"| `{name}` | {event.when} | {event.engine} | {event.read} |"


def _messages() -> Iterator[str]:
    yield "| message | field | kind | default | meaning |\n| --- | --- | --- | --- | --- |"
    for model in MESSAGES:
        name = model.__name__.lower()
        for key, field in model.model_fields.items():
            if field.description and model not in {Sensors, Actuators}:  # these have tables of their own
                default = "" if field.is_required() else f"{field.default}"
                yield f"| `{name}` | `{key}` | {_form(field)} | {default} | {field.description} |"


def _form(field: FieldInfo) -> str:
    """The kind of a value in words."""
    kind = str(get_origin(field.annotation) or getattr(field.annotation, "__name__", ""))
    words = {"int": "whole number", "str": "text", "<class 'list'>": "list of text", "<class 'dict'>": "map"}
    return words.get(kind, "map")


def _sensors() -> Iterator[str]:
    yield "| field | unit, length | from | to | measured by |\n| --- | --- | ---: | ---: | --- |"
    yield "| `flight` | count | 0 | 127 | harness |"
    yield "| `seq` | count | 0 | | flight computer clock |"
    yield "| `time_ns` | ns since release | 0 | | flight computer clock: `seq * frame_period_ns` |"
    for key, fields in entries(SENSORS):
        if fields[0].map:
            yield f"| `{key}` | nil, or a map of the next {len(fields)} | | | {fields[0].source.partition(':')[0]} |"
        for field in fields:
            yield _row(f"{key}.{field.key}" if field.map else key, field)


def _actuators() -> Iterator[str]:
    yield "| field | unit, length | from | to | is |\n| --- | --- | ---: | ---: | --- |"
    yield "| `flight` | count | 0 | 127 | that of the sensors that it answers |"
    yield "| `seq` | count | 0 | | that of the sensors that it answers |"
    yield from (_row(field.key, field) for field in ACTUATORS)


def _row(name: str, field: Field) -> str:
    high = "" if field.form == TIME else f"{field.high:g}"
    ends = " | " if field.form == FLAG else f"{field.low:g} | {high}"
    return f"| `{name}` | {field.units} | {ends} | {field.source} |"


TABLES = {
    "messages": _messages,
    "sensors": _sensors,
    "actuators": _actuators,
    "signs": _signs,
    "elements": _elements,
    "telemetry": _telemetry,
    "events": _events,
}


def with_tables(text: str) -> str:
    """The page with the tables that the code has."""
    for name, lines in TABLES.items():
        text = with_block(text, name, lines())
    return text
