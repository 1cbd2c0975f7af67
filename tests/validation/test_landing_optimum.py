"""The least propellant of published landing problems.

| | |
| --- | --- |
| verifies | `harness.window.least_propellant`: discretisation, thrust bounds, glide slope, search over time of flight |
| gravity | constant: Mars 3.7114, Earth 9.80665 m/s2 |
| air | none |
| vehicle | Mars lander of Acikmese and Ploen (2007): 1905 kg, 400 kg of it fuel; a Falcon-like 24 t, 2 t of it fuel |
| oracle | published optima: 390.62 kg at 74.5 s, 398.42 kg with a glide slope of 4 degrees, 1979.2 kg at 14.27 s |
| tolerance | 1 % of propellant, 2 % of time (the optimum is flat in it) |
"""

import math

import numpy as np
import pytest

from hoverslam.harness.window.least_propellant import Descent, fixed_time, free_time

PROPELLANT, TIME = 0.01, 0.02
MARS = Descent(
    mass_kg=1905.0,
    dry_kg=1505.0,
    pos_m=(2000.0, 0.0, 1500.0),
    vel_mps=(100.0, 0.0, -75.0),
    least_thrust_n=4971.82,
    most_thrust_n=13258.18,
    burn_spm=5.0863e-4,
    gravity_mps2=3.7114,
)
EARTH = Descent(
    mass_kg=24_000.0,
    dry_kg=22_000.0,
    pos_m=(200.0, 200.0, 800.0),
    vel_mps=(-40.0, -40.0, -80.0),
    least_thrust_n=200e3,
    most_thrust_n=420e3,
    burn_spm=1.0 / (9.80665 * 275.0),
    gravity_mps2=9.80665,
)


@pytest.mark.parametrize(
    ("descent", "range_s", "propellant_kg", "time_s"),
    [
        (MARS, (60.0, 100.0), 390.62, 74.5),
        (MARS._replace(glide_slope_rad=math.radians(4.0)), (60.0, 100.0), 398.42, 77.7),
        (EARTH, (8.0, 25.0), 1979.2, 14.27),
    ],
)
def test_the_published_optimum_is_found(
    descent: Descent, range_s: tuple[float, float], propellant_kg: float, time_s: float
) -> None:
    found = free_time(descent, *range_s)
    assert found.propellant_kg == pytest.approx(propellant_kg, rel=PROPELLANT)
    assert found.time_s == pytest.approx(time_s, rel=TIME)


def test_the_solution_flies_within_its_bounds() -> None:
    """Rocket equation and kinematics, from the nodes alone; the relaxation is tight: thrust is at a bound."""
    found = fixed_time(MARS, 74.5, nodes=60)
    thrust, mass, dt_s = found.nodes[:, 7], found.nodes[:, 6], found.time_s / 59
    assert thrust.min() > 0.99 * MARS.least_thrust_n
    assert thrust.max() < 1.01 * MARS.most_thrust_n
    at_bound = (thrust < 1.05 * MARS.least_thrust_n) | (thrust > 0.95 * MARS.most_thrust_n)
    assert at_bound.mean() > 0.9
    assert np.sum(0.5 * (thrust[1:] + thrust[:-1])) * dt_s * MARS.burn_spm == pytest.approx(
        mass[0] - mass[-1], rel=0.01
    )
    moved = np.diff(found.nodes[:, 0]) - 0.5 * dt_s * (found.nodes[1:, 3] + found.nodes[:-1, 3])
    assert np.abs(moved).max() < 0.02 * np.abs(np.diff(found.nodes[:, 0])).max()


def test_a_stage_that_cannot_stop_has_no_optimum() -> None:
    assert math.isinf(free_time(EARTH._replace(most_thrust_n=230e3, least_thrust_n=100e3), 8.0, 25.0).propellant_kg)
