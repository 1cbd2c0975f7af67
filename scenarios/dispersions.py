"""What differs from flight to flight: numbers drawn from the sigmas of a scenario, a pure function of (scenario, seed).

Every quantity has a stream of its own, keyed by seed and name, so adding or dropping one never changes another. What
the scenario states of them (`[drawn]`) is not drawn.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoverslam.scenarios.drawn import LARGEST_SIGMA, Dispersions, Drawn

FloatArray = NDArray[np.float64]

COLUMN_STEP_M = 500.0
COLUMN_POINTS = 261  # to 130 km
WIND_CORRELATION_M = 3000.0  # chosen: a few kilometres between forecast and balloon
DENSITY_CORRELATION_M = 8000.0  # chosen: about a scale height
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


def _normal(seed: int, name: str, sigma: float, count: int = 1, factor: float = 1.0) -> FloatArray:
    """Normal numbers cut at three sigma, so that no flight has half a mass."""
    drawn = factor * stream(seed, name).standard_normal(count)
    return sigma * np.clip(drawn, -LARGEST_SIGMA, LARGEST_SIGMA)


def correlated_column(
    seed: int, name: str, sigma: float, correlation_m: float, factor: float = 1.0, offset: float = 0.0
) -> FloatArray:
    """A first-order Gauss-Markov profile over altitude, stationary from the ground up, cut at three sigma.

    `factor` and `offset`, both in sigmas, are what a scenario states of it.
    """
    white = stream(seed, name).standard_normal(COLUMN_POINTS)
    keep = float(np.exp(-COLUMN_STEP_M / correlation_m))
    column = np.empty(COLUMN_POINTS)
    column[0] = white[0]
    for i in range(1, COLUMN_POINTS):
        column[i] = keep * column[i - 1] + np.sqrt(1.0 - keep * keep) * white[i]
    return sigma * np.clip(factor * column + offset, -LARGEST_SIGMA, LARGEST_SIGMA)


def _plume(seed: int, sigmas: Dispersions, stated: Drawn) -> float:
    """The factor, uniform within its interval, or stated from nominal toward an end of it."""
    low, high = sigmas.plume or (1.0, 1.0)
    share = stated.sigmas("plume", 1)
    if share is None:
        return float(stream(seed, "plume").uniform(low, high))
    nominal = min(max(1.0, low), high)
    return nominal + share[0] * (high - nominal if share[0] > 0.0 else nominal - low)


def draw(sigmas: Dispersions, seed: int, engines: int, stated: Drawn | None = None) -> Draws:
    """All deviations of one flight."""
    stated = stated or Drawn()

    def normal(name: str, count: int = 1) -> FloatArray:
        sigma, outcome = getattr(sigmas, name), stated.sigmas(name, count)
        return _normal(seed, name, sigma, count) if outcome is None else sigma * np.array(outcome)

    def three(name: str) -> tuple[float, float, float]:
        x, y, z = normal(name, 3)
        return float(x), float(y), float(z)

    def one(name: str) -> float:
        return float(normal(name)[0])

    def gauge(name: str, count: int) -> FloatArray:
        return _normal(seed, name, float(sigmas.sensors), count, stated.factor("sensors"))

    blown = stated.wind_mps or (0.0, 0.0)
    wind = (sigmas.wind_mps, WIND_CORRELATION_M, stated.factor("wind_column"))
    density = (sigmas.density, DENSITY_CORRELATION_M, stated.factor("density_column"))
    lateral = normal("cg_lateral_m", 2)
    return Draws(
        thrust=(1.0 + normal("thrust_common")) * (1.0 + normal("thrust_engine", engines)),
        isp=1.0 + one("isp"),
        dead_time_s=normal("dead_time_s", engines),
        shut_delay_s=normal("shut_delay_s", engines),
        dry_mass=1.0 + one("dry_mass"),
        propellant_kg=one("propellant_kg"),
        axial_force=1.0 + one("axial_force"),
        normal_force=1.0 + one("normal_force"),
        fin_force=1.0 + one("fin_force"),
        plume=_plume(seed, sigmas, stated),
        cg_axial_m=one("cg_axial_m"),
        cg_lateral_m=(float(lateral[0]), float(lateral[1])),
        release_position_m=three("release_position_m"),
        release_velocity_mps=three("release_velocity_mps"),
        release_attitude_deg=three("release_attitude_deg"),
        wind_east_mps=correlated_column(seed, "wind_east", *wind, blown[0]),
        wind_north_mps=correlated_column(seed, "wind_north", *wind, blown[1]),
        density=1.0 + correlated_column(seed, "density", *density, stated.density or 0.0),
        imu=gauge("imu", 15).reshape(5, 3),
        chamber_pressure_gauge=gauge("chamber_pressure_gauge", engines),
        tank_pressure_gauge=gauge("tank_pressure_gauge", 3),
        level_gauge=gauge("level_gauge", 4).reshape(2, 2),
        gimbal_gauge=gauge("gimbal_gauge", MOST_GAUGES),
        fin_gauge=gauge("fin_gauge", MOST_GAUGES),
    )


SINGLE = {
    "thrust_common": 1, "isp": 1, "dry_mass": 1, "propellant_kg": 1, "axial_force": 1, "normal_force": 1,
    "fin_force": 1, "cg_axial_m": 1, "cg_lateral_m": 2, "release_position_m": 3, "release_velocity_mps": 3,
    "release_attitude_deg": 3, "thrust_engine": 0, "dead_time_s": 0, "shut_delay_s": 0,
}  # fmt: skip
"""How many numbers each has; 0: one an engine."""


def deviates(sigmas: Dispersions, seed: int, engines: int, stated: Drawn | None = None) -> dict[str, float]:
    """The dispersed scalars of a flight, in sigmas; the plume factor as its value. As `draw` has them."""
    stated, found = stated or Drawn(), {}
    for name, given in SINGLE.items():
        if not getattr(sigmas, name):
            continue
        count = given or engines
        outcome = stated.sigmas(name, count)
        values = _normal(seed, name, 1.0, count) if outcome is None else outcome
        for place, value in enumerate(values):
            found[name if count == 1 else f"{name}.{place}"] = round(float(value), 6)
    if sigmas.plume:
        found["plume"] = round(_plume(seed, sigmas, stated), 6)
    return found
