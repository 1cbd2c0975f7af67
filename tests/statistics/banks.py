"""Synthetic banks of flights: a margin that depends on dispersions decides who lands, and what is lost is planted."""

from collections.abc import Sequence

import numpy as np

from hoverslam.harness.statistics.arrays import BoolArray
from hoverslam.harness.statistics.gate import Flights

SECTORS = ("north", "east", "south", "west")


def bank(
    seed: int,
    flights: int = 2000,
    *,
    flicker: float = 0.0025,
    build: int = 0,
    lost: float = 0.0,
    lost_in: Sequence[str] = SECTORS,
    slower_mps: float = 0.0,
) -> Flights:
    """A bank of `flights` of one build: the same `seed` draws the same dispersions, `build` other luck.

    About 2.7 % fail for the dispersions' sake, the same ones in every build; `flicker` of the flights fail by this
    build's own chance. `lost`: share of all flights that this build loses on top, only in the sectors `lost_in`.
    """
    world, own = np.random.default_rng(seed), np.random.default_rng([seed, build])
    z = world.standard_normal((flights, 5))
    sectors = world.choice(SECTORS, flights)
    passed: BoolArray = np.asarray(0.8 * z[:, 0] + 0.6 * z[:, 1] < 1.93) & (own.random(flights) >= flicker)
    candidates = np.flatnonzero(passed & np.isin(sectors, lost_in))
    passed[own.choice(candidates, round(lost * flights), replace=False)] = False
    touchdown = 0.9 + 0.2 * z[:, 2] + 0.05 * own.standard_normal(flights) + slower_mps
    numbers = {
        "miss_m": np.abs(1.5 + z[:, 0] + 0.3 * own.standard_normal(flights)),
        "touchdown_mps": np.where(passed, touchdown, 60.0 + 20.0 * own.standard_normal(flights)),
        "propellant_kg": 2200.0 + 200.0 * z[:, 3] + 20.0 * own.standard_normal(flights),
    }
    dispersions = {f"z{k}": z[:, k] for k in range(5)}
    return Flights([f"seed {k}" for k in range(flights)], passed, numbers, dispersions, {"wind_from": sectors.tolist()})
