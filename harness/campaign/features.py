"""The dispersions of a flight as columns for statistics.

Single numbers in sigmas of their dispersion; wind as its mean deviation over a band of heights, in m/s.
"""

import numpy as np

from hoverslam.scenarios.dispersions import COLUMN_STEP_M, Draws, deviates, draw
from hoverslam.scenarios.schema import Scenario

BANDS_M = {"below_1km": (0.0, 1000.0), "1_to_10km": (1000.0, 10_000.0), "10_to_30km": (10_000.0, 30_000.0)}
CALM_MPS = 1.0


def features(scenario: Scenario, engines: int) -> dict[str, float]:
    """By label, as in `normal_force` or `release_velocity_mps.1`; what is not dispersed is left out."""
    sigmas, drawn = scenario.dispersions, draw(scenario.dispersions, scenario.seed, engines, scenario.drawn)
    found = deviates(sigmas, scenario.seed, engines, scenario.drawn)
    if sigmas.wind_mps:
        for name, (low, high) in BANDS_M.items():
            for way, column in (("east", drawn.wind_east_mps), ("north", drawn.wind_north_mps)):
                found[f"wind_{way}_{name}_mps"] = round(_mean(column, low, high), 4)
    if sigmas.density:
        found["density_below_30km"] = round(_mean(drawn.density, 0.0, 30_000.0) - 1.0, 6)
    return found


def wind_from(scenario: Scenario, engines: int) -> str:
    """Direction from which the unforecast part of the wind blows, below 10 km; `calm` below 1 m/s."""
    drawn: Draws = draw(scenario.dispersions, scenario.seed, engines, scenario.drawn)
    east, north = (_mean(column, 0.0, 10_000.0) for column in (drawn.wind_east_mps, drawn.wind_north_mps))
    if np.hypot(east, north) < CALM_MPS:
        return "calm"
    if abs(north) >= abs(east):
        return "south" if north > 0.0 else "north"
    return "west" if east > 0.0 else "east"


def _mean(column: np.ndarray, low_m: float, high_m: float) -> float:
    heights = COLUMN_STEP_M * np.arange(len(column))
    return float(column[(heights >= low_m) & (heights <= high_m)].mean())
