"""The second vehicle file: a stage that could exist, with the engine that is published.

Oracle: published figures of Falcon 9 and its engine, and what every rigid body and every tank obeys.
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.body.mass import MassProperties, liquid_level, mass_properties
from hoverslam.plant.kernels.engines.engine import EngineScatter, flow, thrust
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2
from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.vehicle import load_vehicle, shipped_vehicles
from tests.plant.stage import command, plant, truth

STAGE = load_vehicle("f9_b5")
TYPICAL = EngineScatter(1.0, 1.0, 0.0)
SEA_LEVEL_PA = 101_325.0
SEA_LEVEL_N, VACUUM_N, VACUUM_ISP_S, SEA_LEVEL_ISP_S = 845e3, 981e3, 311.0, 282.0
PROPELLANT_KG, MIXTURE_RATIO, LENGTH_M = 411_000.0, 2.56, 41.5
ROUNDING = 1e-3  # relative: the published figures have three digits
LOADS = {"full": (295e3, 115e3, 300.0), "gliding": (3.3e3, 1.3e3, 200.0), "empty": (0.0, 0.0, 0.0)}


def loaded(load: str) -> MassProperties:
    """The stage with this in its tanks."""
    found: MassProperties = mass_properties(STAGE.body, STAGE.lox, STAGE.lch4, *LOADS[load], STAGE.rcs.bottle_m)
    return found


def test_it_is_shipped_with_nine_engines_that_swivel() -> None:
    assert "f9_b5" in shipped_vehicles()
    assert STAGE.shape == VehicleShape(engines=9, gimballed=9, fins=4, thrusters=8, legs=4)


def test_a_plant_is_built_of_it_and_falls() -> None:
    falling = plant(STAGE)
    falling.advance(command(falling), 100)
    assert falling.outcome is None
    assert truth(falling)["time_s"][0] == pytest.approx(0.1)
    assert all(np.all(np.isfinite(values)) for values in truth(falling).values())


def test_thrust_is_the_published_one_at_sea_level_and_in_vacuum() -> None:
    assert thrust(STAGE.engine, TYPICAL, 1.0, SEA_LEVEL_PA) == pytest.approx(SEA_LEVEL_N, rel=ROUNDING)
    assert thrust(STAGE.engine, TYPICAL, 1.0, 0.0) == pytest.approx(VACUUM_N, rel=ROUNDING)


def test_specific_impulse_is_the_published_one_in_vacuum_and_five_per_cent_low_at_sea_level() -> None:
    # the published four figures want 322 kg/s in vacuum and 306 at sea level; the model has one flow
    flow_kgps = flow(STAGE.engine, TYPICAL, 1.0)
    assert VACUUM_N / (G0_MPS2 * flow_kgps) == pytest.approx(VACUUM_ISP_S, rel=ROUNDING)
    assert SEA_LEVEL_N / (G0_MPS2 * flow_kgps) == pytest.approx(0.95 * SEA_LEVEL_ISP_S, rel=0.005)


def test_one_engine_at_its_floor_lifts_the_empty_stage() -> None:
    # known of this stage: it cannot hover and has to come to rest at the ground
    least = thrust(STAGE.engine, TYPICAL, STAGE.engine.throttle_floor, SEA_LEVEL_PA)
    assert least > loaded("empty").mass_kg * G0_MPS2


def test_the_published_propellant_fits_the_tanks_and_the_tanks_the_stage() -> None:
    oxygen = PROPELLANT_KG * MIXTURE_RATIO / (1.0 + MIXTURE_RATIO)
    assert oxygen == pytest.approx(STAGE.lox.capacity_kg, rel=ROUNDING)
    assert PROPELLANT_KG - oxygen == pytest.approx(STAGE.lch4.capacity_kg, rel=ROUNDING)
    fuel_top = STAGE.lch4.bottom_m + liquid_level(STAGE.lch4, STAGE.lch4.capacity_kg)
    oxygen_top = STAGE.lox.bottom_m + liquid_level(STAGE.lox, STAGE.lox.capacity_kg)
    assert 0.0 < STAGE.lch4.bottom_m < fuel_top < STAGE.lox.bottom_m < oxygen_top < LENGTH_M
    assert max(STAGE.lox.radius_m, STAGE.lch4.radius_m) <= STAGE.body.hull_radius_m


@pytest.mark.parametrize("load", LOADS)
def test_mass_properties_are_those_of_a_body_that_can_exist(load: str) -> None:
    found = loaded(load)
    about_x, about_y, about_z = found.inertia_kgm2
    assert found.mass_kg == pytest.approx(STAGE.body.dry_mass_kg + sum(LOADS[load]))
    assert 0.3 * LENGTH_M < found.cg_m[0] < 0.6 * LENGTH_M, "the oxygen of a full stage is forward"
    assert about_y == about_z
    assert about_x < about_y + about_z
    # no part is farther from the centre of gravity than the far end
    assert about_y < found.mass_kg * (LENGTH_M - found.cg_m[0]) ** 2


def test_a_gliding_stage_is_heavy_at_the_end_that_falls_first() -> None:
    assert loaded("gliding").cg_m[0] < 0.4 * LENGTH_M


def test_the_dry_stage_turns_as_hard_as_a_tube_and_lumps_at_its_base() -> None:
    body = STAGE.body
    thin_tube = body.dry_mass_kg * body.hull_radius_m**2
    assert 0.5 * thin_tube < body.dry_inertia_kgm2[0] < thin_tube + 2000.0 * 3.0**2, "legs stowed outside"
    uniform_rod = body.dry_mass_kg * LENGTH_M**2 / 12.0
    assert uniform_rod < body.dry_inertia_kgm2[1] < 1.5 * uniform_rod
    assert 22_200.0 <= body.dry_mass_kg <= 27_200.0, "both are published"


def test_lengths_and_areas_are_those_of_the_published_diameter() -> None:
    assert STAGE.body.ref_area_m2 == pytest.approx(math.pi / 4.0 * 3.66**2, rel=ROUNDING)
    assert STAGE.body.ref_length_m == LENGTH_M
    assert np.hypot(*STAGE.cluster.position_m.T).max() < STAGE.body.hull_radius_m
    assert STAGE.fins.position_m < LENGTH_M
    assert np.all(STAGE.rcs.position_m[:, 0] < LENGTH_M)


def test_friction_of_the_feet_stays_inside_the_step_of_the_integrator() -> None:
    # the limit stands beside side_damping_nspm in the file; RK4 of a spring alone is stable to 2.8
    legs, about_x = STAGE.legs, STAGE.body.dry_inertia_kgm2[0]
    lever = 4.0 * legs.foot_radius_m**2 / about_x
    assert lever * legs.side_damping_nspm * 0.001 < 2.7
    assert math.sqrt(lever * legs.side_stiffness_npm) * 0.001 < 2.8
