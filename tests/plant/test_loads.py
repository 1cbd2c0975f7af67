"""Bending and heating of the truth row. Oracles: the free beam of the textbooks, a sum over slices, published form."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.plant.kernels.body.loads import heat_flux, inertia_moment
from hoverslam.plant.plant import Plant
from tests.plant.stage import REFERENCE_RELEASE, UPRIGHT, FloatArray, column, command, place, plant, shipped, truth

SLICES = 4200
LENGTH_M, CUT_M = 42.0, 21.0
NEWTON_METRES = 1.0


def test_heat_flux_is_the_published_form() -> None:
    """1.7415e-4 x sqrt(4e-4 / 1) x 1000^3 = 3483 W/m2; four radii halve it, twice the speed is eightfold."""
    assert heat_flux(4e-4, 1000.0, 1.0) == pytest.approx(3483.0)
    assert heat_flux(4e-4, 1000.0, 4.0) == pytest.approx(3483.0 / 2.0)
    assert heat_flux(4e-4, 2000.0, 1.0) == pytest.approx(3483.0 * 8.0)


def test_the_row_holds_airspeed_density_and_heat_flux_of_the_moment() -> None:
    flying = plant(column=column(east_mps=30.0, density=0.9))
    place(flying, (0.0, 0.0, 20_000.0 - 1350.0), (0.0, 0.0, -400.0))
    row = truth(flying)
    air = 0.9 * 0.0889099  # US76 at 20 km; the centre of gravity is some 17 m higher
    assert row["density_kgpm3"][0] == pytest.approx(air, rel=4e-3)
    assert row["airspeed_mps"][0] == pytest.approx(math.hypot(400.0, 30.0), rel=1e-5)
    assert row["q_pa"][0] == pytest.approx(0.5 * row["density_kgpm3"][0] * row["airspeed_mps"][0] ** 2)
    expected = 1.7415e-4 * math.sqrt(air / 2.25) * math.hypot(400.0, 30.0) ** 3
    assert row["heat_flux_wpm2"][0] == pytest.approx(expected, rel=4e-3)


def test_a_uniform_free_beam_pushed_at_its_end_bends_by_an_eighth_of_force_times_length() -> None:
    """Free-free beam, force F at one end: M(L/2) = F L / 8, by integration of the linear acceleration over it."""
    mass_kg, force_n = 46_000.0, 3200.0
    # a beam and nothing else: no residuals, centre of gravity in the middle, thrusters at the very top
    vehicle = shipped(
        body__dry_cg_m=CUT_M,
        body__dry_inertia_kgm2=[2e5, mass_kg * LENGTH_M**2 / 12.0, mass_kg * LENGTH_M**2 / 12.0],
        lox__residual_kg=0.0,
        lch4__residual_kg=0.0,
        rcs__position_m=[[LENGTH_M, 0.0, 0.0]] * 8,
        rcs__bottle_m=0.0,
    )
    empty = REFERENCE_RELEASE._replace(lox_kg=0.0, lch4_kg=0.0, rcs_kg=1.0)
    flying = plant(vehicle, release=empty, column=column(density=0.0))
    place(flying, (0.0, 0.0, 50_000.0), (0.0, 0.0, -100.0))
    row = command(flying)
    row[flying.command_layout.slice("rcs_open")] = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]  # both towards +z
    flying.advance(row, 100)
    assert truth(flying)["bending_nm"][0] == pytest.approx(force_n * LENGTH_M / 8.0, rel=2e-3)


def test_a_stage_pushed_where_it_balances_at_its_middle_bends_by_what_hangs_above() -> None:
    """Pure translation a: the half above the cut is a bar of mass m/2 with its centre L/4 away, so M = m a L / 8."""
    assert inertia_moment(1000.0, 0.0, 40.0, 20.0, 2.0, 0.0) == pytest.approx(1000.0 * 2.0 * 40.0 / 8.0)
    assert inertia_moment(50.0, 30.0, 30.0, 20.0, 2.0, 0.1) == pytest.approx(50.0 * (2.0 + 0.1 * 10.0) * 10.0)
    assert inertia_moment(50.0, 10.0, 10.0, 20.0, 2.0, 0.1) == 0.0
    assert inertia_moment(50.0, 10.0, 15.0, 20.0, 2.0, 0.1) == 0.0


def test_air_and_mass_above_the_cut_bend_it_as_a_sum_over_slices_says() -> None:
    """Oblique, rolling air, fins out, an oxygen tank that reaches above the cut; slice by slice in numpy."""
    release = REFERENCE_RELEASE._replace(lox_kg=200_000.0)
    flying = plant(release=release)
    attitude = UPRIGHT * Rotation.from_euler("xyz", [0.4, 0.12, -0.07])
    place(flying, (0.0, 0.0, 9_000.0), (20.0, -10.0, -420.0), attitude)
    row = command(flying, fin_rad=[0.2, -0.1, 0.15, 0.05])
    row[flying.command_layout.slice("rcs_open")][[0, 3]] = 1.0
    flying.advance(row, 150)
    before = truth(flying)
    flying.advance(row, 1)
    now = truth(flying)
    turn = (now["omega_b_radps"] - before["omega_b_radps"]) / 1e-3
    by_hand = _bending_by_slices(flying, now, turn)
    assert by_hand > 1e5 * NEWTON_METRES
    assert now["bending_nm"][0] == pytest.approx(by_hand, rel=2e-3)  # the mean over a tick against its end


def _bending_by_slices(flying: Plant, now: dict[str, FloatArray], turn: FloatArray) -> float:
    body, mid = flying.vehicle.body, (np.arange(SLICES) + 0.5) * LENGTH_M / SLICES
    above = mid > CUT_M
    tube_kg = body.dry_mass_kg * body.dry_cg_m / CUT_M  # with the rest at x = 0 the centre of gravity is kept
    masses = np.full(SLICES, tube_kg / SLICES)
    for tank, usable in ((flying.vehicle.lox, "lox_kg"), (flying.vehicle.lch4, "lch4_kg")):
        liquid_kg = now[usable][0] + tank.residual_kg
        top_m = tank.bottom_m + liquid_kg / (tank.density_kgpm3 * math.pi * tank.radius_m**2)
        wet = (mid > tank.bottom_m) & (mid < top_m)
        masses[wet] += liquid_kg / np.count_nonzero(wet)
    masses[np.argmin(np.abs(mid - flying.vehicle.rcs.bottle_m))] += now["rcs_kg"][0]
    velocity_b = _air_in_body(now)
    forces = _air_slices(flying, now, velocity_b, mid)
    moment = np.zeros(2)
    for axis in (0, 1):  # y, then z
        spin = turn[2] if axis == 0 else -turn[1]
        accel = now["accel_b_mps2"][1 + axis] + spin * (mid - now["cg_m"][0])
        moment[axis] = np.sum(((forces[axis] - masses * accel) * (mid - CUT_M))[above])
    moment += _fins(flying, now, velocity_b) + _thrusters(flying, now)
    return float(np.hypot(*moment))


def _air_in_body(now: dict[str, FloatArray]) -> FloatArray:
    """Velocity of the centre of gravity through the still air, body axes."""
    w, x, y, z = now["q_enu_b"]
    from_b = Rotation.from_quat([x, y, z, w])
    up = now["cg_m"][0] + 2.8  # the row holds the velocity of the foot plane
    foot = np.asarray(from_b.inv().apply(now["vel_enu_mps"]))
    return foot + np.cross(now["omega_b_radps"], [up, 0.0, 0.0])


def _air_slices(flying: Plant, now: dict[str, FloatArray], velocity_b: FloatArray, mid: FloatArray) -> FloatArray:
    """Body normal force: part of it at 6.4 % of the length, the rest even, centre of pressure as in the table."""
    aero, mach, alpha = flying.vehicle.aero, now["mach"][0], now["alpha_rad"][0]

    def table(values: FloatArray) -> float:
        by_alpha = [np.interp(alpha, aero.alpha_rad, line) for line in values]
        return float(np.interp(mach, aero.mach, by_alpha))

    size = table(aero.normal) * aero.normal_scale * now["q_pa"][0] * flying.vehicle.body.ref_area_m2
    lead = 0.064 * LENGTH_M
    even = (table(aero.centre_of_pressure_m) - lead) / (CUT_M - lead)
    share = np.full(SLICES, even / SLICES)
    share[np.argmin(np.abs(mid - lead))] += 1.0 - even
    lateral = velocity_b[1:] / np.linalg.norm(velocity_b[1:])
    return np.outer(-size * lateral, share)


def _fins(flying: Plant, now: dict[str, FloatArray], velocity_b: FloatArray) -> FloatArray:
    fins, total = flying.vehicle.fins, np.zeros(2)
    slope = np.interp(now["mach"][0], fins.mach, fins.slope_prad)
    for (c, s), angle in zip(fins.span_yz, now["fin_rad"], strict=True):
        arm = np.array([fins.position_m - now["cg_m"][0], fins.radius_m * c, fins.radius_m * s])
        at_fin = velocity_b + np.cross(now["omega_b_radps"], arm)
        incidence = angle - (-s * at_fin[1] + c * at_fin[2]) / abs(velocity_b[0])
        push = now["q_pa"][0] * fins.area_m2 * slope * incidence
        total += push * np.array([-s, c]) * (fins.position_m - CUT_M)
    return total


def _thrusters(flying: Plant, now: dict[str, FloatArray]) -> FloatArray:
    rcs = flying.vehicle.rcs
    arms = (rcs.position_m[:, 0] - CUT_M) * rcs.thrust_n * now["rcs_open"]
    return np.asarray(arms @ rcs.direction[:, 1:])
