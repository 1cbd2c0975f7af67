"""What the flight software believes of the world. Oracles: pymap3d, fluids, WGS-84, closed forms; not the plant.

Gravity's size is in `validation/test_normal_gravity.py`, frames in `validation/test_geodesy.py`.
"""

import math

import numpy as np
import pymap3d
import pytest
from fluids.atmosphere import ATMOSPHERE_1976

from hoverslam.gnc import model
from tests.gnc.beliefs import load, record

BELIEVED = load()
RECORD = record(BELIEVED)
PAD, STAGE, FORECAST = RECORD["pad"], RECORD["stage"], RECORD["forecast"]
OMEGA_RADPS = 7.292115e-5  # WGS-84
FLOW = 1e-12  # relative: closed forms of the same numbers


def latitude_deg() -> float:
    return math.degrees(BELIEVED.pad.latitude_rad)


def longitude_deg() -> float:
    return math.degrees(BELIEVED.pad.longitude_rad)


def test_the_earths_rate_is_its_axis_seen_from_the_pad() -> None:
    axis = pymap3d.ecef2enuv(0.0, 0.0, OMEGA_RADPS, latitude_deg(), longitude_deg())
    np.testing.assert_allclose(model.earth_rate(PAD), axis, atol=1e-18)


@pytest.mark.parametrize("velocity", [(200.0, -250.0, -575.0), (0.0, 0.0, -300.0)])
def test_coriolis_is_minus_twice_the_earths_rate_crossed_with_the_velocity(
    velocity: tuple[float, float, float],
) -> None:
    rate = np.array(pymap3d.ecef2enuv(0.0, 0.0, OMEGA_RADPS, latitude_deg(), longitude_deg()))
    np.testing.assert_allclose(model.coriolis(PAD, velocity), -2.0 * np.cross(rate, velocity), atol=1e-15)


def test_a_falling_stage_drifts_east() -> None:
    assert model.coriolis(PAD, (0.0, 0.0, -300.0))[0] > 0.0


@pytest.mark.parametrize("place_m", [(0.0, 0.0, 40_000.0), (-10_000.0, 11_000.0, 38_600.0), (15_000.0, 0.0, 3_000.0)])
def test_gravity_away_from_the_pad_points_to_the_earth_below_the_stage(place_m: tuple[float, float, float]) -> None:
    east, north, up = place_m
    lat, lon, altitude = pymap3d.enu2geodetic(
        east, north, up, latitude_deg(), longitude_deg(), BELIEVED.pad.elevation_m
    )
    sine2 = math.sin(math.radians(lat)) ** 2
    somigliana = 9.7803253359 * (1 + 0.00193185265241 * sine2) / math.sqrt(1 - 0.00669437999013 * sine2)
    size = somigliana - (3.0877e-6 - 4.3e-9 * sine2) * altitude + 0.72e-12 * altitude**2
    down_e = -np.array(pymap3d.enu2uvw(0.0, 0.0, 1.0, lat, lon))
    expected = size * np.array(pymap3d.ecef2enuv(*down_e, latitude_deg(), longitude_deg()))
    j4_and_series = 4e-4  # m/s2: 2e-4 for the J2 field, as much for the height series and the plumb line at 40 km
    np.testing.assert_allclose(model.gravity(PAD, place_m), expected, atol=j4_and_series)


@pytest.mark.parametrize("place_m", [(0.0, 0.0, 0.0), (-10_000.0, 11_000.0, 38_600.0), (15_000.0, 3_000.0, 5_000.0)])
def test_the_altitude_follows_the_curve_of_the_earth(place_m: tuple[float, float, float]) -> None:
    _, _, expected = pymap3d.enu2geodetic(*place_m, latitude_deg(), longitude_deg(), BELIEVED.pad.elevation_m)
    second_order_m = 0.2  # d^2 / 2R of 17 m at 15 km, whose radius is taken as the Earth's at sea level
    assert model.altitude(PAD, place_m) == pytest.approx(expected, abs=second_order_m)


def test_the_forecast_is_the_standard_atmosphere_at_its_own_heights() -> None:
    for altitude_m in np.arange(0.0, 47_000.0, 1000.0):
        density, pressure, sound, _, _ = model.air(FORECAST, float(altitude_m))
        there = ATMOSPHERE_1976(float(altitude_m))
        written = 1e-3  # relative: logarithms and speeds written with four digits; it is a forecast
        np.testing.assert_allclose((density, pressure, sound), (there.rho, there.P, there.v_sonic), rtol=written)


def test_between_its_heights_the_forecast_is_linear_in_the_logarithm() -> None:
    low, middle, high = (model.air(FORECAST, h) for h in (5000.0, 5400.0, 6000.0))
    assert middle[0] == pytest.approx(low[0] ** 0.6 * high[0] ** 0.4, rel=1e-12)
    assert middle[1] == pytest.approx(low[1] ** 0.6 * high[1] ** 0.4, rel=1e-12)
    np.testing.assert_allclose(middle[2:], 0.6 * np.array(low[2:]) + 0.4 * np.array(high[2:]), rtol=1e-12)


def test_the_forecast_is_held_beyond_its_ends() -> None:
    assert model.air(FORECAST, -500.0) == model.air(FORECAST, 0.0)
    np.testing.assert_allclose(model.air(FORECAST, 90e3), model.air(FORECAST, 60e3), rtol=1e-9)


def test_tables_are_read_as_numpy_interpolates() -> None:
    grid, values = BELIEVED.stage.axial_mach, BELIEVED.stage.axial
    for x in np.linspace(-0.2, 4.0, 60):
        assert model.table(grid, values, float(x)) == pytest.approx(np.interp(x, grid, values), rel=1e-12)


def test_thrust_at_sea_level_and_in_vacuum_is_that_of_the_data_sheet() -> None:
    # vehicle.md 1.1: 814 kN and 902 kN
    assert model.thrust(STAGE, 1.0, 101_325.0) == pytest.approx(814e3, abs=0.5e3)
    assert model.thrust(STAGE, 1.0, 0.0) == pytest.approx(902e3, abs=0.5e3)
    assert model.thrust(STAGE, 0.01, 101_325.0) == 0.0


@pytest.mark.parametrize("level", [0.5, 0.77, 1.05])
@pytest.mark.parametrize("pressure_pa", [0.0, 80_000.0])
def test_the_level_for_a_thrust_gives_that_thrust(level: float, pressure_pa: float) -> None:
    wanted = model.thrust(STAGE, level, pressure_pa)
    assert model.level_for(STAGE, wanted, pressure_pa) == pytest.approx(level, rel=FLOW)


def test_the_flow_is_that_of_the_data_sheet() -> None:
    assert model.flow(STAGE, 1.0) == pytest.approx(286.6, abs=0.1)
    isp_s = 902e3 * 0.5 / (9.80665 * model.flow(STAGE, 0.5))
    assert isp_s == pytest.approx(321.0 * (1.0 - 0.07 * 0.5), rel=1e-9)


def test_drag_is_dynamic_pressure_times_area_and_coefficient_and_falls_behind_a_plume() -> None:
    density, sound, speed = 0.6, 320.0, 380.0
    qs = 0.5 * density * speed**2 * 15.9
    coefficient = np.interp(speed / sound, BELIEVED.stage.axial_mach, BELIEVED.stage.axial)
    assert model.drag(STAGE, density, sound, speed, 0.0) == pytest.approx(qs * coefficient, rel=FLOW)
    # vehicle.md 2.4: a quarter is left at a thrust coefficient of one
    assert model.drag(STAGE, density, sound, speed, qs) == pytest.approx(0.25 * qs * coefficient, rel=FLOW)


@pytest.mark.parametrize("lean_rad", [0.0, 0.06, 0.2])
@pytest.mark.parametrize(("q_pa", "factor", "cg_m"), [(2e4, 1.0, 16.0), (6e4, 1.3, 15.2)])
def test_the_trimmed_lift_is_that_of_body_and_fins_whose_moments_cancel(
    q_pa: float, factor: float, cg_m: float, lean_rad: float
) -> None:
    stage = BELIEVED.stage
    slope = stage.normal_slope + stage.normal_growth * lean_rad
    arms = [stage.normal_position_m - cg_m, stage.fin_position_m - cg_m]
    # per radian, body and fins: the body's force is its slope's, and about the centre of gravity nothing turns
    forces = np.linalg.solve([[1.0, 0.0], arms], [q_pa * 15.9 * factor * slope, 0.0])
    assert model.trimmed_lift(STAGE, q_pa, factor, cg_m, lean_rad) == pytest.approx(forces.sum(), rel=FLOW)


def test_the_balance_of_the_stage_is_the_sum_of_its_parts() -> None:
    stage = BELIEVED.stage
    lox_kg, lch4_kg = 9000.0, 2600.0
    masses = np.array([stage.dry_mass_kg, lox_kg, lch4_kg])
    heights = np.array(
        [
            stage.dry_cg_m,
            stage.lox_bottom_m + 0.5 * lox_kg / 1180.0 / stage.tank_area_m2,
            stage.lch4_bottom_m + 0.5 * lch4_kg / 435.0 / stage.tank_area_m2,
        ]
    )
    mass, cg, lateral = model.balance(STAGE, lox_kg, lch4_kg)
    assert mass == pytest.approx(masses.sum(), rel=FLOW)
    assert cg == pytest.approx(masses @ heights / masses.sum(), rel=FLOW)
    points = stage.dry_inertia_kgm2[1] + masses @ (heights - cg) ** 2
    assert lateral == pytest.approx(points, rel=FLOW)  # the thin liquid discs' own inertia is left out: 0.2 %
