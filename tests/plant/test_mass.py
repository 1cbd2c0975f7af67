"""What the stage weighs and how it turns. Oracle: parallel-axis sums over thin slices of liquid by numpy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.plant.kernels.body.mass import MassProperties, TankParams, drain, liquid_level, mass_properties
from tests.plant.stage import shipped

STAGE = shipped()
RCS_M = STAGE.rcs.bottle_m
ROUNDING = 1e-12  # relative
SLICED = 1e-6  # relative: a tank cut in 1,000 discs, error of the sum 1 / 1000^2


def properties(lox_kg: float, lch4_kg: float, rcs_kg: float = 250.0) -> MassProperties:
    found: MassProperties = mass_properties(STAGE.body, STAGE.lox, STAGE.lch4, lox_kg, lch4_kg, rcs_kg, RCS_M)
    return found


def slices(tank: TankParams, mass_kg: float, count: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Heights and masses of thin discs of the liquid."""
    level = mass_kg / (tank.density_kgpm3 * math.pi * tank.radius_m**2)
    heights = tank.bottom_m + level * (np.arange(count) + 0.5) / count
    return heights, np.full(count, mass_kg / count)


def slow_twin(lox_kg: float, lch4_kg: float, rcs_kg: float) -> tuple[float, float, float]:
    """Mass, centre of gravity and lateral inertia: every slice of liquid a thin disc on its parallel axis."""
    body = STAGE.body
    lox, lch4 = slices(STAGE.lox, lox_kg), slices(STAGE.lch4, lch4_kg)
    heights = np.concatenate([[body.dry_cg_m], lox[0], lch4[0], [RCS_M]])
    masses = np.concatenate([[body.dry_mass_kg], lox[1], lch4[1], [rcs_kg]])
    cg = float(masses @ heights / masses.sum())
    own = body.dry_inertia_kgm2[1] + sum(
        0.25 * mass * tank.radius_m**2 for tank, mass in ((STAGE.lox, lox_kg), (STAGE.lch4, lch4_kg))
    )
    return float(masses.sum()), cg, own + float(masses @ (heights - cg) ** 2)


@pytest.mark.parametrize(("lox_kg", "lch4_kg"), [(120.0, 40.0), (9430.0, 2700.0), (36_000.0, 10_200.0)])
def test_mass_centre_and_inertia_are_the_sums_over_thin_slices(lox_kg: float, lch4_kg: float) -> None:
    found = properties(lox_kg, lch4_kg)
    mass, cg, lateral = slow_twin(lox_kg, lch4_kg, 250.0)
    assert found.mass_kg == pytest.approx(mass, rel=ROUNDING)
    assert found.cg_m[0] == pytest.approx(cg, rel=ROUNDING)
    assert found.inertia_kgm2[1] == pytest.approx(lateral, rel=SLICED)
    assert found.inertia_kgm2[2] == found.inertia_kgm2[1]


def test_liquids_do_not_turn_about_the_long_axis() -> None:
    assert properties(36_000.0, 10_000.0).inertia_kgm2[0] == STAGE.body.dry_inertia_kgm2[0]


def test_a_lateral_offset_of_the_centre_of_gravity_is_passed_on() -> None:
    body = STAGE.body._replace(cg_offset_m=(0.004, -0.006))
    found = mass_properties(body, STAGE.lox, STAGE.lch4, 9000.0, 2600.0, 250.0, RCS_M)
    assert found.cg_m[1:] == (0.004, -0.006)


@given(st.floats(0.0, 2e5))
def test_the_level_is_the_volume_over_the_cross_section(mass_kg: float) -> None:
    expected = mass_kg / STAGE.lox.density_kgpm3 / (math.pi * STAGE.lox.radius_m**2)
    assert liquid_level(STAGE.lox, mass_kg) == pytest.approx(expected, rel=ROUNDING)


def test_a_full_load_fits_between_the_tank_bottoms_and_the_top_of_the_stage() -> None:
    lox_top = STAGE.lox.bottom_m + liquid_level(STAGE.lox, STAGE.lox.capacity_kg)
    lch4_top = STAGE.lch4.bottom_m + liquid_level(STAGE.lch4, STAGE.lch4.capacity_kg)
    assert lch4_top <= STAGE.lox.bottom_m
    assert lox_top <= STAGE.body.ref_length_m


@given(st.floats(100.0, 4e4), st.floats(100.0, 1e4), st.floats(0.0, 3000.0), st.floats(3.0, 4.0))
def test_what_is_drained_leaves_at_the_mixture_ratio(lox_kg: float, lch4_kg: float, flow: float, ratio: float) -> None:
    left_lox, left_lch4 = drain(lox_kg, lch4_kg, flow, flow * ratio / (1.0 + ratio), 0.001)
    burnt = 0.001 * flow
    rounding_kg = 1e-10
    assert lox_kg - left_lox + lch4_kg - left_lch4 == pytest.approx(burnt, abs=rounding_kg)
    assert lox_kg - left_lox == pytest.approx(ratio * (lch4_kg - left_lch4), abs=5 * rounding_kg)


def test_burns_only_what_is_there() -> None:
    assert drain(0.5, 0.1, 10_000.0, 7_800.0, 0.001) == (0.0, 0.0)
