"""The flight as messages of published schemas (foxglove.FrameTransforms, SceneUpdate, Log), which viewers draw.

Frames: `pad` is east, north, up at the pad centre; `stage` has its origin in the centre of the foot plane, and
body axes. What stands still is one message on a topic of its own, so that a viewer that jumps into the flight finds it.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hoverslam.harness.record.clock import stamp
from hoverslam.harness.report.replay3d.data import leg_progress

if TYPE_CHECKING:
    from hoverslam.harness.arrays import FloatArray, IntArray
    from hoverslam.harness.judge.findings import Finding
    from hoverslam.harness.judge.requirements import RequirementResult
    from hoverslam.harness.record.log import Channel
    from hoverslam.harness.trace.flight import Flight
    from hoverslam.plant.vehicle import Vehicle

Json = dict[str, Any]
Timed = tuple[int, Json]
RATE_HZ, TRAIL_POINTS = 20.0, 400
PAD, STAGE = "pad", "stage"
PAD_RADIUS_M, GOAL_RADIUS_M, CIRCLE_POINTS = 40.0, 10.0, 72
FLAME_M = (5.0, 30.0)
"""Length drawn for an engine without thrust and at full thrust in vacuum."""
BURNING = 0.01
HINGE_M = 1.2
INFO, WARNING, ERROR, FATAL = 2, 3, 4, 5
LINE_STRIP, LINE_LOOP, LINE_LIST = 0, 1, 2
GREY, DARK, ORANGE, GREEN, STEEL = (
    (0.85, 0.86, 0.88, 1.0), (0.15, 0.16, 0.18, 1.0), (1.0, 0.45, 0.1, 0.8), (0.2, 0.65, 0.4, 1.0),
    (0.4, 0.5, 0.62, 0.9),
)  # fmt: skip


class Judged(NamedTuple):
    """A flight with its results and findings."""

    flight: "Flight"
    results: "Sequence[RequirementResult]"
    findings: "Sequence[Finding]"

    def channels(self, epoch_ns: int) -> "Iterator[Channel]":
        """What viewers draw of it; nothing of a flight without a frame."""
        if not self.flight.begun:
            return
        yield "/tf", "foxglove.FrameTransforms", transforms(self.flight, epoch_ns)
        yield "/log", "foxglove.Log", log_lines(self, epoch_ns)
        if (vehicle := self.flight.context.vehicle) is not None:
            yield "/scene", "foxglove.SceneUpdate", standing_scene(self.flight, vehicle, epoch_ns)
            yield "/scene/moving", "foxglove.SceneUpdate", moving_scene(self.flight, vehicle, epoch_ns)


def transforms(flight: "Flight", epoch_ns: int) -> Iterator[Timed]:
    """Where the stage is and how it is turned, at 20 Hz and at the end."""
    position, attitude = flight.columns("pos_enu_m"), flight.columns("q_enu_b")
    for row in _shown_rows(flight):
        time_ns = epoch_ns + flight.record.time_ns(int(row))
        pose = {"translation": _vector(*position[row]), "rotation": _quaternion(*attitude[row])}
        frames = {"timestamp": stamp(time_ns), "parent_frame_id": PAD, "child_frame_id": STAGE}
        yield time_ns, {"transforms": [{**frames, **pose}]}


def standing_scene(flight: "Flight", vehicle: "Vehicle", epoch_ns: int) -> Iterator[Timed]:
    """Pad, path and hull: one message."""
    entities = [
        _entity("pad", PAD, epoch_ns, cylinders=[_slab(flight)], lines=_circles(flight)),
        _entity("path", PAD, epoch_ns, lines=[_path(flight)]),
        _entity("hull", STAGE, epoch_ns, cylinders=_hull(vehicle)),
    ]
    yield epoch_ns, {"deletions": [], "entities": entities}


def moving_scene(flight: "Flight", vehicle: "Vehicle", epoch_ns: int) -> Iterator[Timed]:
    """Flames by thrust and gimbal, fins at their deflection, legs, at 10 Hz."""
    legs = leg_progress(flight, vehicle.legs.deploy_time_s)
    for row in _shown_rows(flight)[::2]:
        time_ns = epoch_ns + flight.record.time_ns(int(row))
        parts = _entity(
            "moving", STAGE, time_ns, cylinders=_flames(flight, vehicle, row), cubes=_fins(flight, vehicle, row),
            lines=_legs(vehicle, legs[row]),
        )  # fmt: skip
        yield time_ns, {"deletions": [], "entities": [parts]}


def log_lines(judged: Judged, epoch_ns: int) -> Iterator[Timed]:
    """Events, findings and requirements that failed, in order of time."""
    flight = judged.flight
    end_s = flight.time_at(flight.rows - 1)
    told = [(event.time_s, INFO, "flight", event.label) for event in flight.events]
    told += [(end_s if f.time_s is None else f.time_s, WARNING, "finding", f.text) for f in judged.findings]
    for result in judged.results:
        if result.status in {"fail", "advisory"}:
            time_s = end_s if result.time_s is None else result.time_s
            level = ERROR if result.status == "fail" else WARNING
            told.append((time_s, level, result.id, f"{result.title}: {result.reason}"))
    if (failure := flight.record.gnc_failure) is not None:
        told.append((end_s, FATAL, "flight software", f"{failure.event} in frame {failure.frame}: {failure.reason}"))
    for time_s, level, name, message in sorted(told, key=lambda one: one[:2]):
        time_ns = epoch_ns + max(round(1e9 * time_s), 0)
        line = {"timestamp": stamp(time_ns), "level": level, "message": message, "name": name, "file": "", "line": 0}
        yield time_ns, line


def _shown_rows(flight: "Flight") -> "IntArray":
    """At 20 Hz, first and last included; rows that are not finite cannot be drawn."""
    stride = max(round(1e9 / (RATE_HZ * flight.record.frame_period_ns)), 1)
    rows = np.unique(np.append(np.arange(0, flight.rows, stride), flight.rows - 1))
    placed = np.concatenate([flight.columns("pos_enu_m"), flight.columns("q_enu_b")], axis=1)
    return np.asarray(rows[np.isfinite(placed[rows]).all(axis=1)])


def _vector(x: float, y: float, z: float) -> Json:
    return {"x": float(x), "y": float(y), "z": float(z)}


def _quaternion(w: float, x: float, y: float, z: float) -> Json:
    return {"x": float(x), "y": float(y), "z": float(z), "w": float(w)}


def _colour(colour: tuple[float, float, float, float]) -> Json:
    return dict(zip("rgba", colour, strict=True))


def _pose(place: "tuple[float, float, float] | FloatArray", turn: tuple[float, float, float, float]) -> Json:
    return {"position": _vector(*place), "orientation": _quaternion(*turn)}


UNTURNED = (1.0, 0.0, 0.0, 0.0)
ALONG_X = (math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0)
"""Takes z, the axis of a cylinder there, to x, the axis of a stage."""


def _from_z(direction: "FloatArray") -> tuple[float, float, float, float]:
    """The shortest turn that takes z to a unit vector."""
    x, y, z = (float(part) for part in direction)
    if z < -1.0 + 1e-12:
        return 0.0, 1.0, 0.0, 0.0
    size = math.sqrt(2.0 + 2.0 * z)
    return (1.0 + z) / size, -y / size, x / size, 0.0


_KINDS = ("arrows", "cubes", "spheres", "cylinders", "lines", "triangles", "texts", "models", "metadata")


def _entity(name: str, frame: str, time_ns: int, **parts: list[Json]) -> Json:
    """What lives until it is replaced, moving with its frame."""
    about = {"timestamp": stamp(time_ns), "frame_id": frame, "id": name, "lifetime": {"sec": 0, "nsec": 0}}
    return {**about, "frame_locked": True, **{kind: parts.get(kind, []) for kind in _KINDS}}


def _line(kind: int, points: list[Json], colour: tuple[float, float, float, float], pose: Json, width: float) -> Json:
    """A line; `width` in pixels where it is 1 or more, in metres below."""
    thick = {"thickness": width, "scale_invariant": width >= 1.0}
    plain: Json = {"colors": [], "indices": []}
    return {"type": kind, "pose": pose, **thick, "points": points, "color": _colour(colour), **plain}


def _cylinder(
    pose: Json, width_m: float, length_m: float, colour: tuple[float, float, float, float], top: float = 1.0
) -> Json:
    size = _vector(width_m, width_m, length_m)
    return {"pose": pose, "size": size, "bottom_scale": 1.0, "top_scale": top, "color": _colour(colour)}


def _leaning(flight: "Flight") -> Json:
    """The pad's turn: it leans towards its azimuth."""
    half, azimuth = 0.5 * flight.context.pad_slope_rad, flight.context.pad_slope_azimuth_rad
    turn = (math.cos(half), -math.sin(half) * math.cos(azimuth), math.sin(half) * math.sin(azimuth), 0.0)
    return _pose((0.0, 0.0, 0.0), turn)


def _slab(flight: "Flight") -> Json:
    return _cylinder(_leaning(flight), 2.0 * (PAD_RADIUS_M + 8.0), 0.02, DARK)


def _circles(flight: "Flight") -> list[Json]:
    turns = np.linspace(0.0, 2.0 * math.pi, CIRCLE_POINTS, endpoint=False)
    return [
        _line(
            LINE_LOOP, [_vector(radius * math.sin(turn), radius * math.cos(turn), 0.05) for turn in turns], colour,
            _leaning(flight), 2.0,
        )
        for radius, colour in ((PAD_RADIUS_M, ORANGE), (GOAL_RADIUS_M, GREEN))
    ]  # fmt: skip


def _path(flight: "Flight") -> Json:
    rows = _shown_rows(flight)
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), TRAIL_POINTS)).round().astype(np.intp)]
    points = [_vector(*place) for place in flight.columns("pos_enu_m")[rows]]
    return _line(LINE_STRIP, points, STEEL, _pose((0.0, 0.0, 0.0), UNTURNED), 2.0)


def _hull(vehicle: "Vehicle") -> list[Json]:
    """The tube between its base and its top, darker above the fins, and a stub for each nozzle."""
    body, foot_m = vehicle.body, vehicle.legs.foot_m
    joint_m = vehicle.fins.position_m - 2.2 if len(vehicle.fins.span_yz) else body.ref_length_m
    spans = [(0.0, joint_m, GREY)]
    if joint_m < body.ref_length_m:
        spans.append((joint_m, body.ref_length_m, DARK))
    tubes = [
        _cylinder(_pose((0.5 * (low + high) - foot_m, 0.0, 0.0), ALONG_X), 2.0 * body.hull_radius_m, high - low, colour)
        for low, high, colour in spans
    ]
    depth_m, exit_m = -body.hull_base_m, math.sqrt(vehicle.engine.exit_area_m2 / math.pi)
    nozzles = [
        _cylinder(_pose((-0.5 * depth_m - foot_m, y, z), ALONG_X), 2.0 * exit_m, depth_m, DARK, 0.4)
        for y, z in vehicle.cluster.position_m
    ]
    return tubes + (nozzles if depth_m > 0.0 else [])


def _flames(flight: "Flight", vehicle: "Vehicle", row: int) -> list[Json]:
    share = flight.columns("thrust_n")[row] / vehicle.engine.vacuum_thrust_n
    pairs = flight.columns("gimbal_rad")[row].reshape(-1, 2)
    swivelled = dict(zip(flight.context.gimballed, pairs, strict=True))
    width_m = 2.4 * math.sqrt(vehicle.engine.exit_area_m2 / math.pi)
    flames = []
    for engine in np.flatnonzero(share > BURNING):
        y, z = swivelled.get(int(engine), (0.0, 0.0))
        down = -np.array([math.cos(y) * math.cos(z), math.sin(z), math.sin(y) * math.cos(z)])
        length_m = FLAME_M[0] + FLAME_M[1] * float(share[engine])
        root = np.array([-vehicle.legs.foot_m, *vehicle.cluster.position_m[engine]])
        root += down * max(-vehicle.body.hull_base_m, 0.0)
        flames.append(_cylinder(_pose(root + 0.5 * length_m * down, _from_z(down)), width_m, length_m, ORANGE, 0.1))
    return flames


def _fins(flight: "Flight", vehicle: "Vehicle", row: int) -> list[Json]:
    """A plate each, turned about its span by the right-hand rule."""
    fins = vehicle.fins
    span_m = max(2.0 * (fins.radius_m - vehicle.body.hull_radius_m) - 0.4, 0.5)
    plates = []
    for (c, s), angle in zip(fins.span_yz, flight.columns("fin_rad")[row], strict=True):
        about, half = 0.5 * math.atan2(s, c), 0.5 * float(angle)
        turn = (
            math.cos(about) * math.cos(half), math.sin(about) * math.cos(half),
            math.cos(about) * math.sin(half), math.sin(about) * math.sin(half),
        )  # fmt: skip
        place = (fins.position_m - vehicle.legs.foot_m, fins.radius_m * c, fins.radius_m * s)
        size = _vector(0.4, span_m, fins.area_m2 / span_m)
        plates.append({"pose": _pose(place, turn), "size": size, "color": _colour(DARK)})
    return plates


def _legs(vehicle: "Vehicle", progress: "FloatArray") -> list[Json]:
    """A stroke each from its hinge to its foot: along the hull when stowed, out and down when deployed."""
    legs, radius_m = vehicle.legs, vehicle.body.hull_radius_m
    out_m, down_m = legs.foot_radius_m - radius_m, legs.foot_m - HINGE_M
    length_m, reach = math.hypot(out_m, down_m), math.atan2(out_m, down_m)
    points = []
    for angle, share in zip(legs.angle_rad, progress, strict=True):
        turn = float(share) * reach
        along, across = HINGE_M + length_m * math.cos(turn), radius_m + length_m * math.sin(turn)
        for x, r in ((HINGE_M, radius_m), (along, across)):
            points.append(_vector(x - legs.foot_m, r * math.cos(angle), r * math.sin(angle)))
    return [_line(LINE_LIST, points, DARK, _pose((0.0, 0.0, 0.0), UNTURNED), 0.6)] if points else []
