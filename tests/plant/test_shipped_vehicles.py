"""Every shipped vehicle: a stage that could exist, with the figures that are published of it.

Oracle: published thrust, specific impulse, throttle range and diameter; what every rigid body, tank and nozzle obeys.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest

from hoverslam.plant.kernels.body.mass import MassProperties, liquid_level, mass_properties
from hoverslam.plant.kernels.engines.engine import EngineScatter, flow, thrust
from hoverslam.plant.kernels.world.atmosphere import G0_MPS2
from hoverslam.plant.vehicle import Vehicle, load_vehicle, shipped_vehicles
from tests.plant.stage import command, plant, truth

TYPICAL = EngineScatter(1.0, 1.0, 0.0)
SEA_LEVEL_PA, PAD_PA = 101_325.0, 86_100.0  # US76 at 1350 m
ROUNDING = 1e-3  # relative: the published figures have three digits


class Published(NamedTuple):
    """What is published of a vehicle: engines, thrust of one at sea level, throttle range, diameter, lift-off mass."""

    engines: int
    thrust_n: float
    throttle: tuple[float, float] | None
    diameter_m: float
    lift_off_kg: float


PUBLISHED = {
    "zq3_y1": Published(9, 814e3, None, 4.5, 566e3),
    "zq3_light": Published(9, 814e3, None, 4.5, 566e3),
    "zq3_heavy": Published(9, 814e3, None, 4.5, 566e3),
    "f9_b5": Published(9, 845e3, (0.4, 1.0), 3.66, 549e3),
    "lm12a_like": Published(7, 686e3, (0.32, 1.06), 3.8, 437e3),
    "tianlong3_like": Published(9, 1090e3, (0.4, 1.1), 3.8, 595e3),
}
LANDING = {"zq3_light": 42e3, "zq3_y1": 48e3, "zq3_heavy": 60e3, "lm12a_like": 31.5e3, "tianlong3_like": 35.5e3}
"""Mass at touchdown with one to two tonnes of propellant left."""


@pytest.fixture(params=shipped_vehicles())
def stage(request: pytest.FixtureRequest) -> Vehicle:
    return load_vehicle(request.param)


def loaded(stage: Vehicle, share: float) -> MassProperties:
    """The stage with this share of its propellant."""
    found: MassProperties = mass_properties(
        stage.body, stage.lox, stage.lch4, share * stage.lox.capacity_kg, share * stage.lch4.capacity_kg,
        stage.rcs.load_kg, stage.rcs.bottle_m,
    )  # fmt: skip
    return found


def lifts(stage: Vehicle, level: float, mass_kg: float) -> float:
    """Thrust of one engine at the pad over weight."""
    return float(thrust(stage.engine, TYPICAL, level, PAD_PA)) / (mass_kg * G0_MPS2)


def test_every_vehicle_has_its_published_figures_here() -> None:
    assert set(shipped_vehicles()) == set(PUBLISHED)


def test_engines_thrust_throttle_and_diameter_are_the_published_ones(stage: Vehicle) -> None:
    said, engine = PUBLISHED[stage.name], stage.engine
    assert stage.shape.engines == said.engines
    assert thrust(engine, TYPICAL, 1.0, SEA_LEVEL_PA) == pytest.approx(said.thrust_n, rel=ROUNDING)
    assert stage.body.ref_area_m2 == pytest.approx(math.pi / 4.0 * said.diameter_m**2, rel=ROUNDING)
    assert stage.body.hull_radius_m == pytest.approx(said.diameter_m / 2.0)
    if said.throttle:
        assert (engine.throttle_floor, engine.throttle_ceiling) == said.throttle


def test_all_engines_lift_the_vehicle_off_the_ground(stage: Vehicle) -> None:
    said = PUBLISHED[stage.name]
    push = said.engines * thrust(stage.engine, TYPICAL, 1.0, SEA_LEVEL_PA)
    assert 1.05 < push / (said.lift_off_kg * G0_MPS2) < 1.75


def test_the_stage_is_the_larger_part_of_the_vehicle(stage: Vehicle) -> None:
    full = loaded(stage, 1.0).mass_kg
    assert 0.6 < full / PUBLISHED[stage.name].lift_off_kg < 0.85
    assert 0.04 < stage.body.dry_mass_kg / full < 0.16


def test_engines_and_their_nozzles_are_inside_the_skirt(stage: Vehicle) -> None:
    places = stage.cluster.position_m
    assert np.hypot(*places.T).max() < stage.body.hull_radius_m
    if stage.name == "f9_b5":
        return  # its exit area is a fit of two published thrusts and larger than the nozzle, as the file says
    nozzle = math.sqrt(stage.engine.exit_area_m2 / math.pi)
    assert np.hypot(*places.T).max() + nozzle < stage.body.hull_radius_m + 0.01
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 1e3 * np.eye(len(places))
    assert apart.min() > 2.0 * nozzle - 0.01


def test_tanks_hold_the_mixture_and_stack_inside_the_stage(stage: Vehicle) -> None:
    assert stage.lox.capacity_kg / stage.lch4.capacity_kg == pytest.approx(stage.engine.mixture_ratio, rel=0.01)
    fuel_top = stage.lch4.bottom_m + liquid_level(stage.lch4, stage.lch4.capacity_kg)
    oxygen_top = stage.lox.bottom_m + liquid_level(stage.lox, stage.lox.capacity_kg)
    assert 0.0 < stage.lch4.bottom_m < fuel_top < stage.lox.bottom_m < oxygen_top < stage.body.ref_length_m
    assert max(stage.lox.radius_m, stage.lch4.radius_m) <= stage.body.hull_radius_m


@pytest.mark.parametrize("share", [0.0, 0.03, 1.0])
def test_mass_properties_are_those_of_a_body_that_can_exist(stage: Vehicle, share: float) -> None:
    found, length = loaded(stage, share), stage.body.ref_length_m
    about_x, about_y, about_z = found.inertia_kgm2
    assert about_x < about_y + about_z
    assert about_y < about_x + about_z
    assert about_y < found.mass_kg * (length - found.cg_m[0]) ** 2, "no part is beyond the far end"
    assert 0.3 * length < found.cg_m[0] < 0.6 * length


def test_the_dry_stage_turns_as_hard_as_a_tube_with_engines_at_its_end(stage: Vehicle) -> None:
    body = stage.body
    rod = body.dry_mass_kg * body.ref_length_m**2 / 12.0
    assert rod < body.dry_inertia_kgm2[1] < 1.5 * rod
    tube = body.dry_mass_kg * body.hull_radius_m**2
    assert 0.5 * tube < body.dry_inertia_kgm2[0] < 1.25 * tube


def test_fins_thrusters_and_avionics_are_on_the_stage(stage: Vehicle) -> None:
    length, hull = stage.body.ref_length_m, stage.body.hull_radius_m
    assert max(stage.fins.position_m, stage.rcs.position_m[:, 0].max(), stage.rcs.bottle_m) < length
    np.testing.assert_allclose(np.hypot(*stage.rcs.position_m[:, 1:].T), hull, rtol=1e-6)
    for place in (stage.sensors.imu_position_m, stage.sensors.antenna_position_m):
        assert 0.0 < place[0] < length
        assert math.hypot(place[1], place[2]) <= hull + 1e-9
    assert stage.legs.foot_radius_m > 1.5 * hull


def test_feet_stop_a_hard_landing_and_their_friction_is_inside_the_integrators_step(stage: Vehicle) -> None:
    legs = stage.legs
    hard_mps = 6.0
    energy = 0.5 * LANDING.get(stage.name, 27e3) * hard_mps**2
    assert 0.7 * energy < 4.0 * legs.crush_n * legs.stroke_m < 1.6 * energy
    # feet that stick all at once damp a roll hardest; the limit stands beside side_damping_nspm in the file
    turn = legs.foot_radius_m**2 * len(legs.angle_rad) * legs.side_damping_nspm * 0.001
    assert turn / stage.body.dry_inertia_kgm2[0] < 2.7


def test_a_plant_is_built_of_it_and_falls(stage: Vehicle) -> None:
    falling = plant(stage)
    falling.advance(command(falling), 100)
    assert falling.outcome is None
    assert all(np.all(np.isfinite(values)) for values in truth(falling).values())


@pytest.mark.parametrize("name", ["zq3_light", "zq3_y1", "zq3_heavy", "lm12a_like"])
def test_one_engine_lands_it_and_could_hover(name: str) -> None:
    stage = load_vehicle(name)
    assert lifts(stage, stage.engine.throttle_floor, LANDING[name]) < 0.95
    assert lifts(stage, stage.engine.throttle_ceiling, LANDING[name]) > 1.4


def test_tianlong_cannot_hover_on_its_landing_engine() -> None:
    stage = load_vehicle("tianlong3_like")
    assert 1.05 < lifts(stage, stage.engine.throttle_floor, LANDING[stage.name]) < 1.3


def test_the_deep_throttle_of_lm12a_is_deeper_than_any_other() -> None:
    floors = {
        name: lifts(load_vehicle(name), load_vehicle(name).engine.throttle_floor, LANDING[name]) for name in LANDING
    }
    assert min(floors, key=lambda name: floors[name]) == "lm12a_like"


def test_tianlong_has_its_sea_level_impulse_and_its_vacuum_figures_do_not_fit_its_skirt() -> None:
    stage, said = load_vehicle("tianlong3_like"), PUBLISHED["tianlong3_like"]
    isp = said.thrust_n / (G0_MPS2 * flow(stage.engine, TYPICAL, 1.0))
    assert isp == pytest.approx(285.0, rel=2e-3)
    exit_of_1350_kn = (1350e3 - said.thrust_n) / SEA_LEVEL_PA
    assert said.engines * exit_of_1350_kn > 2.0 * stage.body.ref_area_m2


@pytest.mark.parametrize(("name", "base"), [("lm12a_like", "zq3_y1"), ("tianlong3_like", "zq3_y1")])
def test_axial_force_is_the_same_shape_and_normal_force_grows_with_slenderness(name: str, base: str) -> None:
    """Crossflow drag is the planform's: what is left of the normal force without the potential part scales with it."""
    stage, known = load_vehicle(name), load_vehicle(base)
    np.testing.assert_array_equal(stage.aero.axial, known.aero.axial)
    alpha = stage.aero.alpha_rad[3:9]
    potential = np.sin(2.0 * alpha) * np.cos(alpha / 2.0)
    planform = [
        2.0 * v.body.ref_length_m * v.body.hull_radius_m / v.body.ref_area_m2 for v in (stage, known)
    ]  # fmt: skip
    ratio = (stage.aero.normal[:, 3:9] - potential) / (known.aero.normal[:, 3:9] - potential)
    np.testing.assert_allclose(ratio, planform[0] / planform[1], rtol=0.01)
