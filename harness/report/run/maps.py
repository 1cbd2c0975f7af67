"""Maps of the report: the ground track around the pad, and the flight from the side."""

from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray, IntArray
from hoverslam.harness.report.kit.columns import Columns
from hoverslam.harness.report.run.tables import signed
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.phase import GLIDE

PAD_RADIUS_M = 40.0
GOAL_RADIUS_M = 10.0
LAST_PART_M = 600.0
"""Height from which the stage is drawn to scale."""
PLUME_M = 40.0
"""Length drawn for an engine at full chamber pressure."""


def ground_track(flight: Flight, columns: Columns) -> dict[str, Any]:
    """The track of the foot centre in east and north, with the pad's circles, in a square around the touchdown."""
    end = flight.rows if flight.contact_frame is None else flight.contact_frame + 1
    east, north = flight.columns("pos_enu_m")[:end, 0], flight.columns("pos_enu_m")[:end, 1]
    last = (float(east[-1]), float(north[-1]))
    if (touchdown := flight.touchdown) is not None:
        last = (touchdown.east_m, touchdown.north_m)
    half_m = max(46.0, 1.2 * max(abs(part) for part in last))
    near = np.flatnonzero(np.maximum(np.abs(east), np.abs(north)) < 4.0 * half_m)
    glide = flight.phase_codes[near] == GLIDE
    lines = [
        _track(columns, "track_glide", "glide", east, north, near[glide], 8),
        _track(columns, "track_burn", "engines on", east, north, near[~glide], 2),
    ]
    return {
        "lines": [line for line in lines if line],
        "circles": [{"radius": PAD_RADIUS_M, "label": "40 m: limit"}, {"radius": GOAL_RADIUS_M, "label": "10 m: goal"}],
        "half": half_m,
        "azimuth_rad": flight.context.azimuth_rad,
        "mark": None if touchdown is None else {"x": last[0], "y": last[1], "label": _mark_label(flight)},
    }


def _mark_label(flight: Flight) -> str:
    touchdown = flight.touchdown
    if touchdown is None:
        return ""
    fell = flight.standing is not None and flight.standing.tipped_over
    what = "impact" if flight.record.outcome == "impact" and not fell else "touchdown"
    return (
        f"{what} {touchdown.miss_m:.1f} m from the pad centre: downrange {signed(touchdown.downrange_m)} m, crossrange "
        f"{signed(touchdown.crossrange_m)} m"
    )


def _track(
    columns: Columns, name: str, label: str, x: FloatArray, y: FloatArray, rows: IntArray, colour: int
) -> dict[str, Any] | None:
    if not len(rows):
        return None
    rows = rows[:: max(len(rows) // 1500, 1)] if len(rows) > 3000 else rows
    return {
        "x": columns.add(f"{name}_x", x[rows]),
        "y": columns.add(f"{name}_y", y[rows]),
        "name": label,
        "colour": colour,
    }


def side_view(flight: Flight, rows: IntArray, columns: Columns) -> dict[str, Any]:
    """Height over distance along the direction of flight, from release to the end."""
    down, _ = flight.downrange_crossrange_m
    height = flight.column("altitude_agl_m")
    glide = rows[flight.phase_codes[rows] == GLIDE]
    powered = rows[flight.phase_codes[rows] != GLIDE]
    glide = np.append(glide, powered[:1])  # joined to the burn
    lines = [
        _track(columns, "side_glide", "glide", 1e-3 * down, 1e-3 * height, glide, 8),
        _track(columns, "side_burn", "engines on", 1e-3 * down, 1e-3 * height, powered, 2),
    ]
    events = [
        {"x": float(1e-3 * down[e.frame]), "y": float(1e-3 * height[e.frame]), "label": e.label}
        for e in flight.events
        if e.name in {"ignition", "legs", "contact"}
    ]
    return {"lines": [line for line in lines if line], "marks": events}


def stage_view(flight: Flight, columns: Columns) -> dict[str, Any]:
    """The last part of the descent with the stage drawn to scale each second, and its engines burning."""
    down, _ = flight.downrange_crossrange_m
    height = flight.column("altitude_agl_m")
    end = flight.rows - 1 if flight.contact_frame is None else flight.contact_frame
    low = np.flatnonzero(height[: end + 1] < LAST_PART_M)
    if not len(low):
        return {"lines": []}
    shown = _each_second(flight, low)
    axis = _axis_in_view(flight)
    tail = np.stack([down, height], axis=1)
    nose = tail + flight.context.length_m * axis
    level = flight.columns("engine_level").max(axis=1)
    reach_m = np.minimum(PLUME_M * level, np.maximum(height, 0.0))  # no deeper than the ground
    plume = tail - reach_m[:, None] * axis
    lines = [
        _track(columns, "path", "path of the feet", down, height, low, 8),
        _strokes(columns, "stage", "stage to scale, every second", tail[shown], nose[shown], 1, 5),
        _strokes(columns, "plume", "engines", tail[shown], plume[shown], 2, 3),
    ]
    return {"lines": [line for line in lines if line]}


def _each_second(flight: Flight, low: IntArray) -> IntArray:
    """Rows one second apart, counted back from the last."""
    wanted = np.arange(flight.time_s[low[-1]], flight.time_s[low[0]], -1.0)
    return low[np.minimum(np.searchsorted(flight.time_s[low], wanted), len(low) - 1)]


def _axis_in_view(flight: Flight) -> FloatArray:
    """The body's forward axis as seen from the side: along the direction of flight, and up."""
    w, x, y, z = flight.columns("q_enu_b").T
    east, north, up = 1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + w * z), 2.0 * (x * z - w * y)
    azimuth = flight.context.azimuth_rad
    return np.stack([east * np.sin(azimuth) + north * np.cos(azimuth), up], axis=1)


def _strokes(
    columns: Columns, name: str, label: str, start: FloatArray, end: FloatArray, colour: int, width: int
) -> dict[str, Any]:
    """Separate straight lines, one for each row of start and end, as one line with gaps."""
    gap = np.full_like(start, np.nan)
    points = np.stack([start, end, gap], axis=1).reshape(-1, 2)
    return {
        "x": columns.add(f"{name}_x", points[:, 0]),
        "y": columns.add(f"{name}_y", points[:, 1]),
        "name": label,
        "colour": colour,
        "width": width,
    }
