"""What differs from flight to flight: numbers drawn from the sigmas of a scenario, a pure function of (scenario, seed).

Every quantity has a stream of its own, keyed by seed and name, so adding or dropping one never changes another.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Dispersions

FloatArray = NDArray[np.float64]

COLUMN_STEP_M = 500.0
COLUMN_POINTS = 261  # to 130 km
WIND_CORRELATION_M = 3000.0  # chosen: a few kilometres between forecast and balloon
DENSITY_CORRELATION_M = 8000.0  # chosen: about a scale height
LARGEST_SIGMA = 3.0
MOST_GAUGES = 32  # of one sort: more than any vehicle has gimbal axes or fins


class Draws(NamedTuple):
    """One flight's deviations: factors around 1, offsets around 0; columns are by altitude, every COLUMN_STEP_M.

    `imu` and `*_gauge` are in sigmas of the vehicle's sensors, all zero where these are ideal.
    """

    thrust: FloatArray
    isp: float
    dead_time_s: FloatArray
    shut_delay_s: FloatArray
    dry_mass: float
    propellant_kg: float
    axial_force: float
    normal_force: float
    fin_force: float
    plume: float
    cg_axial_m: float
    cg_lateral_m: tuple[float, float]
    release_position_m: tuple[float, float, float]
    release_velocity_mps: tuple[float, float, float]
    release_attitude_deg: tuple[float, float, float]
    wind_east_mps: FloatArray
    wind_north_mps: FloatArray
    density: FloatArray
    imu: FloatArray
    chamber_pressure_gauge: FloatArray
    tank_pressure_gauge: FloatArray
    level_gauge: FloatArray
    gimbal_gauge: FloatArray
    fin_gauge: FloatArray


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one quantity in one flight."""
    digest = hashlib.sha256(f"{seed}:dispersion:{name}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def _normal(seed: int, name: str, sigma: float, count: int = 1) -> FloatArray:
    """Normal numbers cut at three sigma, so that no flight has half a mass."""
    drawn = stream(seed, name).standard_normal(count)
    return sigma * np.clip(drawn, -LARGEST_SIGMA, LARGEST_SIGMA)


def _three(seed: int, name: str, sigma: float) -> tuple[float, float, float]:
    x, y, z = _normal(seed, name, sigma, 3)
    return float(x), float(y), float(z)


def correlated_column(seed: int, name: str, sigma: float, correlation_m: float) -> FloatArray:
    """A first-order Gauss-Markov profile over altitude, stationary from the ground up, cut at three sigma."""
    white = stream(seed, name).standard_normal(COLUMN_POINTS)
    keep = float(np.exp(-COLUMN_STEP_M / correlation_m))
    column = np.empty(COLUMN_POINTS)
    column[0] = white[0]
    for i in range(1, COLUMN_POINTS):
        column[i] = keep * column[i - 1] + np.sqrt(1.0 - keep * keep) * white[i]
    return sigma * np.clip(column, -LARGEST_SIGMA, LARGEST_SIGMA)


def draw(sigmas: Dispersions, seed: int, engines: int) -> Draws:
    """All deviations of one flight."""
    common = _normal(seed, "thrust_common", sigmas.thrust_common)
    own = _normal(seed, "thrust_engine", sigmas.thrust_engine, engines)
    low, high = sigmas.plume or (1.0, 1.0)
    lateral = _normal(seed, "cg_lateral_m", sigmas.cg_lateral_m, 2)
    on = float(sigmas.sensors)
    return Draws(
        thrust=(1.0 + common) * (1.0 + own),
        isp=1.0 + float(_normal(seed, "isp", sigmas.isp)[0]),
        dead_time_s=_normal(seed, "dead_time_s", sigmas.dead_time_s, engines),
        shut_delay_s=_normal(seed, "shut_delay_s", sigmas.shut_delay_s, engines),
        dry_mass=1.0 + float(_normal(seed, "dry_mass", sigmas.dry_mass)[0]),
        propellant_kg=float(_normal(seed, "propellant_kg", sigmas.propellant_kg)[0]),
        axial_force=1.0 + float(_normal(seed, "axial_force", sigmas.axial_force)[0]),
        normal_force=1.0 + float(_normal(seed, "normal_force", sigmas.normal_force)[0]),
        fin_force=1.0 + float(_normal(seed, "fin_force", sigmas.fin_force)[0]),
        plume=float(stream(seed, "plume").uniform(low, high)),
        cg_axial_m=float(_normal(seed, "cg_axial_m", sigmas.cg_axial_m)[0]),
        cg_lateral_m=(float(lateral[0]), float(lateral[1])),
        release_position_m=_three(seed, "release_position_m", sigmas.release_position_m),
        release_velocity_mps=_three(seed, "release_velocity_mps", sigmas.release_velocity_mps),
        release_attitude_deg=_three(seed, "release_attitude_deg", sigmas.release_attitude_deg),
        wind_east_mps=correlated_column(seed, "wind_east", sigmas.wind_mps, WIND_CORRELATION_M),
        wind_north_mps=correlated_column(seed, "wind_north", sigmas.wind_mps, WIND_CORRELATION_M),
        density=1.0 + correlated_column(seed, "density", sigmas.density, DENSITY_CORRELATION_M),
        imu=_normal(seed, "imu", on, 15).reshape(5, 3),
        chamber_pressure_gauge=_normal(seed, "chamber_pressure_gauge", on, engines),
        tank_pressure_gauge=_normal(seed, "tank_pressure_gauge", on, 3),
        level_gauge=_normal(seed, "level_gauge", on, 4).reshape(2, 2),
        gimbal_gauge=_normal(seed, "gimbal_gauge", on, MOST_GAUGES),
        fin_gauge=_normal(seed, "fin_gauge", on, MOST_GAUGES),
    )
