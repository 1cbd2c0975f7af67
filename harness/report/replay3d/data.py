"""A flight as the replay shows it: the shape of its stage, and its motion at an even rate, packed.

Numbers are little-endian and row by row; one of the page is `scale` times one of the packed. Between two rows the page
goes straight, turning attitudes included, which is why neighbouring quaternions have like signs here.
"""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.report.run.maps import GOAL_RADIUS_M, PAD_RADIUS_M
from hoverslam.harness.trace.flight import Flight, FlightContext

if TYPE_CHECKING:
    from hoverslam.plant.vehicle import Vehicle

RATE_HZ = 25.0
MOST_ROWS = 5000
"""A flight of more than 200 s is shown at a lower rate: 5,000 rows are 0.6 MB of page."""
BURNING = 0.05
"""Level from which an engine counts for the throttle that is shown."""


def replay_data(flight: Flight) -> dict[str, Any] | None:
    """What `hoverslam.replay` takes, ready for JSON; None for a flight that never began or whose vehicle is unknown."""
    vehicle = flight.context.vehicle
    if vehicle is None or not flight.begun:
        return None
    start_s, end_s = float(flight.time_s[0]), float(flight.time_s[-1])
    rows = min(max(round((end_s - start_s) * RATE_HZ), 1), MOST_ROWS) + 1
    time_s = np.linspace(start_s, end_s, rows)
    return {
        "rows": rows,
        "start_s": start_s,
        "end_s": end_s,
        "columns": columns_at(
            flight, vehicle, time_s, _mean_between(flight.time_s, flight.columns("rcs_open"), time_s)
        ),
        **scenery(flight.context, vehicle),
        "events": events_told(flight),
    }


def scenery(context: FlightContext, vehicle: "Vehicle") -> dict[str, Any]:
    """What stays the same in a flight: the stage, the pad, the direction of the approach."""
    return {
        "stage": _stage(vehicle),
        "pad": {
            "radius_m": PAD_RADIUS_M,
            "goal_m": GOAL_RADIUS_M,
            "slope_rad": context.pad_slope_rad,
            "slope_azimuth_rad": context.pad_slope_azimuth_rad,
        },
        "azimuth_rad": context.azimuth_rad,
    }


def events_told(flight: Flight) -> list[dict[str, Any]]:
    """The events of a flight, in order of time, as pages take them."""
    return [{"name": e.name, "label": e.label, "t": e.time_s} for e in flight.events]


def columns_at(flight: Flight, vehicle: "Vehicle", time_s: FloatArray, rcs: FloatArray) -> dict[str, Any]:
    """The motion at these times, packed; `rcs` is how far open each thruster was from each of them on."""

    def at(values: FloatArray) -> FloatArray:
        return resampled(flight.time_s, values, time_s)

    return {
        "pos_enu_m": packed(at(flight.columns("pos_enu_m")), "f4"),
        "vel_enu_mps": packed(at(flight.columns("vel_enu_mps")), "i2"),
        "q_enu_b": packed(at(like_signs(flight.columns("q_enu_b"))), "i2"),
        "altitude_agl_m": packed(at(flight.column("altitude_agl_m")), "f4"),
        "mach": packed(at(flight.column("mach")), "i2"),
        "propellant_kg": packed(at(flight.propellant_kg), "f4"),
        "wind_enu_mps": packed(at(flight.columns("wind_enu_mps")), "i2"),
        "throttle": packed(at(mean_throttle(flight)), "u1"),
        "thrust": packed(at(flight.columns("thrust_n")) / vehicle.engine.vacuum_thrust_n, "u1"),
        "gimbal_rad": packed(at(flight.columns("gimbal_rad")), "i1"),
        "fin_rad": packed(at(flight.columns("fin_rad")), "i1"),
        "rcs": packed(rcs, "u1"),
        "leg": packed(at(leg_progress(flight, vehicle.legs.deploy_time_s)), "u1"),
        "squeezed_m": packed(at(_squeezed_m(flight)), "u1"),
    }


def mean_throttle(flight: Flight) -> FloatArray:
    """Of the engines that burn; 0 where none does."""
    level = flight.columns("engine_level")
    burning = level >= BURNING
    return np.asarray((level * burning).sum(axis=1) / np.maximum(burning.sum(axis=1), 1))


def resampled(time_s: FloatArray, values: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """Columns at other times, straight between rows; what is not a number counts as zero."""
    table = np.nan_to_num(values.reshape(len(values), -1), nan=0.0, posinf=0.0, neginf=0.0)
    columns = [np.interp(wanted_s, time_s, column) for column in table.T]
    return np.stack(columns, axis=1) if columns else np.zeros((len(wanted_s), 0))


def _mean_between(time_s: FloatArray, values: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """Mean over the step that each time begins: a pulse of a thruster is shorter than that."""
    total = np.zeros(values.shape)
    total[1:] = np.cumsum(values[:-1] * np.diff(time_s)[:, None], axis=0)
    step_s = max(float(wanted_s[1] - wanted_s[0]), 1e-9)
    return np.asarray((resampled(time_s, total, wanted_s + step_s) - resampled(time_s, total, wanted_s)) / step_s)


def like_signs(quaternions: FloatArray) -> FloatArray:
    """The same attitudes with every quaternion on the side of the one before; q and -q are one attitude."""
    flips = (quaternions[1:] * quaternions[:-1]).sum(axis=1) < 0.0
    sign = np.cumprod(np.where(np.append(False, flips), -1.0, 1.0))
    return np.asarray(quaternions * sign[:, None])


def leg_progress(flight: Flight, deploy_time_s: float) -> FloatArray:
    """How far each leg is out, 0 to 1: counted back from its locking, or on from the command where it never locks."""
    locked = flight.columns("leg_locked") > 0.5
    progress = np.zeros(locked.shape)
    commanded_s = flight.legs_command_s
    for leg in range(locked.shape[1]):
        if locked[:, leg].any():
            begun_s = flight.time_s[locked[:, leg].argmax()] - deploy_time_s
        elif commanded_s is not None:
            begun_s = commanded_s
        else:
            continue
        progress[:, leg] = np.clip((flight.time_s - begun_s) / deploy_time_s, 0.0, 1.0)
    return progress


def _squeezed_m(flight: Flight) -> FloatArray:
    """How much shorter each leg is: crushed for good, and pressed while its foot is where the ground is."""
    pressed_m = np.maximum(-flight.columns("foot_height_m"), 0.0)
    return np.asarray((flight.columns("leg_stroke_m") + pressed_m) * (flight.columns("leg_locked") > 0.5))


def packed(values: FloatArray, kind: str) -> dict[str, Any]:
    """A table as base64: `f4` as it is, whole numbers (`i1`, `i2`, `u1`) in steps of the largest over their range."""
    table = values.reshape(len(values), -1)
    scale = 1.0
    if kind != "f4":
        largest = float(np.abs(table).max(initial=0.0)) or 1.0
        scale = largest / np.iinfo(kind).max
        table = np.round(np.clip(table, 0.0 if kind == "u1" else -largest, largest) / scale)
    body = base64.b64encode(np.ascontiguousarray(table, dtype=f"<{kind}").tobytes()).decode("ascii")
    return {"type": kind, "width": table.shape[1], "scale": scale, "data": body}


def _stage(vehicle: "Vehicle") -> dict[str, Any]:
    """Sizes and places in body axes, metres above the gimbal plane."""
    body, fins, legs, rcs = vehicle.body, vehicle.fins, vehicle.legs, vehicle.rcs
    return {
        "name": vehicle.name,
        "length_m": body.ref_length_m,
        "radius_m": body.hull_radius_m,
        "base_m": body.hull_base_m,
        "tanks_m": [vehicle.lch4.bottom_m, vehicle.lox.bottom_m],
        "engines_m": vehicle.cluster.position_m.tolist(),
        "gimballed": [int(engine) for engine in vehicle.cluster.gimballed],
        "exit_m": float(np.sqrt(vehicle.engine.exit_area_m2 / np.pi)),
        "fins": {
            "at_m": fins.position_m,
            "centre_m": fins.radius_m,
            "area_m2": fins.area_m2,
            "span_yz": fins.span_yz.tolist(),
        },
        "legs": {"angle_rad": legs.angle_rad.tolist(), "radius_m": legs.foot_radius_m, "foot_m": legs.foot_m},
        "thrusters": {"at_m": rcs.position_m.tolist(), "push": rcs.direction.tolist()},
    }
