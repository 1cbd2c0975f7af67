"""The blocks of docs/wire.md: signs of every actuator, and the dictionary of telemetry and events."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.docs.blocks import with_block
from hoverslam.harness.judge.sets import load_requirements
from hoverslam.harness.record.fields import unit
from hoverslam.harness.record.telemetry import EVENTS, REPORTS, Report
from hoverslam.harness.wire.contract import ACTUATORS, SENSORS, entries
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


def _sensors() -> Iterator[str]:
    yield "| field | unit, length | measured by |\n| --- | --- | --- |"
    yield "| `seq` | count | flight computer clock |"
    yield "| `time_ns` | ns since release | flight computer clock: `seq * frame_period_ns` |"
    for key, fields in entries(SENSORS):
        inner = ", ".join(f"`{one.key}` {one.units}" for one in fields)
        units = f"nil, or {inner}" if fields[0].map else fields[0].units
        yield f"| `{key}` | {units} | {fields[0].source} |"


def _actuators() -> Iterator[str]:
    yield "| field | unit, length | is |\n| --- | --- | --- |"
    yield "| `seq` | count | that of the sensors that it answers |"
    yield from (f"| `{field.key}` | {field.units} | {field.source} |" for field in ACTUATORS)


TABLES = {
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
