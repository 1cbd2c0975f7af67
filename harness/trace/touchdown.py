"""The state at first contact, from the last free frame."""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.trace.rows import Rows


class Touchdown(NamedTuple):
    """The state at first contact. Downrange is along the azimuth of the release, crossrange to the right of it."""

    frame: int
    time_s: float
    east_m: float
    north_m: float
    miss_m: float
    downrange_m: float
    crossrange_m: float
    vertical_mps: float
    horizontal_mps: float
    tilt_deg: float
    rate_dps: float
    propellant_kg: float

    def as_json(self) -> dict[str, float]:
        """The `touchdown` object of a summary."""
        return {name: value for name, value in self._asdict().items() if name not in {"frame", "east_m", "north_m"}}


def touchdown_at(flight: Rows, frame: int, downrange_crossrange_m: tuple[FloatArray, FloatArray]) -> Touchdown:
    """The state at a first contact that shows in this frame.

    A leg pushes back within the frame in which it touches, so the first row in contact underestimates the speed. The
    last free row is extrapolated to the instant at which the lowest foot meets the ground, at most one frame later.
    """
    last_free = max(frame - 1, 0)
    fly_on_s = _time_to_ground_s(flight, last_free, frame)
    before = max(last_free - 1, 0)
    step_s = flight.time_at(last_free) - flight.time_at(before)

    def carried(values: FloatArray) -> FloatArray:
        change = values[last_free] - values[before]
        return np.asarray(values[last_free] + change * (fly_on_s / step_s if step_s else 0.0))

    down, cross = (float(carried(part)) for part in downrange_crossrange_m)
    position = carried(flight.columns("pos_enu_m"))
    velocity = carried(flight.columns("vel_enu_mps"))
    return Touchdown(
        frame=frame,
        time_s=flight.time_at(last_free) + fly_on_s,
        east_m=float(position[0]),
        north_m=float(position[1]),
        miss_m=float(np.hypot(down, cross)),
        downrange_m=down,
        crossrange_m=cross,
        vertical_mps=float(-velocity[2]),
        horizontal_mps=float(np.hypot(velocity[0], velocity[1])),
        tilt_deg=float(np.rad2deg(carried(flight.column("tilt_rad")))),
        rate_dps=float(np.rad2deg(np.linalg.norm(carried(flight.columns("omega_b_radps"))))),
        propellant_kg=float(flight.propellant_kg[frame]),
    )


def _time_to_ground_s(flight: Rows, last_free: int, frame: int) -> float:
    feet = flight.columns("foot_height_m")
    height_m = feet[last_free].min() if feet.shape[1] else flight.column("altitude_agl_m")[last_free]
    sink_mps = -flight.columns("vel_enu_mps")[last_free, 2]
    limit_s = flight.time_at(frame) - flight.time_at(last_free)
    return float(np.clip(height_m / sink_mps, 0.0, limit_s)) if sink_mps > 0.0 else limit_s
