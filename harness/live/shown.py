"""A stretch of a flight as the page of the live view takes it: motion for the replay, columns for the charts."""

from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.live.so_far import LiveStretch, SoFar
from hoverslam.harness.report.kit.columns import Columns
from hoverslam.harness.report.replay3d.data import columns_at, events_told, mean_throttle, scenery

Chart = dict[str, Any]
CHARTS: tuple[Chart, ...] = (
    {"title": "Altitude", "unit": "km", "lines": [{"x": "t", "y": "altitude_km", "name": "altitude", "colour": 1}]},
    {"title": "Speed", "unit": "m/s", "lines": [
        {"x": "t", "y": "speed_mps", "name": "speed", "colour": 1},
        {"x": "t", "y": "sink_mps", "name": "downward", "colour": 2},
    ]},
    {"title": "Throttle", "unit": "%", "lines": [
        {"x": "t", "y": "throttle", "name": "mean of burning engines", "colour": 1},
        {"x": "t", "y": "commanded", "name": "commanded", "colour": 2, "dash": "dot"},
    ]},
    {"title": "Attitude", "unit": "deg", "lines": [
        {"x": "t", "y": "tilt_deg", "name": "tilt", "colour": 1},
        {"x": "t_error", "y": "error_deg", "name": "from command, reported", "colour": 2},
    ]},
    {"title": "Propellant", "unit": "t", "lines": [
        {"x": "t", "y": "propellant_t", "name": "usable", "colour": 1}]},
)  # fmt: skip
"""Each line by the names of two columns; one of `attitude_error_rad` is empty where the program reports none."""


def beginning(so_far: SoFar) -> dict[str, Any]:
    """What a page needs before the first row."""
    vehicle = so_far.context.vehicle
    assert vehicle is not None
    return {"run": so_far.begin["run"], "charts": CHARTS, **scenery(so_far.context, vehicle)}


def rows_told(so_far: SoFar, stretch: LiveStretch, phase: str) -> dict[str, Any]:
    """One more stretch, with all events so far."""
    vehicle = stretch.context.vehicle
    assert vehicle is not None
    motion = columns_at(stretch, vehicle, stretch.time_s, stretch.columns("rcs_open"))
    return {
        "rows": stretch.rows, "start_s": stretch.time_at(0), "end_s": stretch.time_at(stretch.rows - 1),
        "phase": phase, "columns": motion, "charts": {"columns": _columns(stretch)},
        "events": events_told(so_far.flight()),
    }  # fmt: skip


def _columns(stretch: LiveStretch) -> dict[str, str]:
    columns = Columns()
    rows, error_rad = stretch.reported("attitude_error_rad")
    single = error_rad.shape[1:] == (1,)
    named = {
        "t": stretch.time_s,
        "altitude_km": 1e-3 * stretch.column("altitude_agl_m"),
        "speed_mps": stretch.column("speed_mps"),
        "sink_mps": -stretch.columns("vel_enu_mps")[:, 2],
        "throttle": 100.0 * mean_throttle(stretch),
        "commanded": _commanded(stretch),
        "tilt_deg": np.rad2deg(stretch.column("tilt_rad")),
        "t_error": stretch.time_s[rows] if single else np.zeros(0),
        "error_deg": np.rad2deg(np.abs(error_rad[:, 0])) if single else np.zeros(0),
        "propellant_t": 1e-3 * stretch.propellant_kg,
    }
    for name, values in named.items():
        columns.add(name, values)
    return columns.packed()


def _commanded(stretch: LiveStretch) -> FloatArray:
    """Mean over the engines that are commanded on, in percent; 0 where none is."""
    on = stretch.record.commands[:, stretch._command.slice("engine_on")] > 0.5
    throttle = stretch.record.commands[:, stretch._command.slice("throttle")]
    return np.asarray(100.0 * (throttle * on).sum(axis=1) / np.maximum(on.sum(axis=1), 1))
