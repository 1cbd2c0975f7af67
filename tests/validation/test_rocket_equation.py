"""A burn above the air: what it gives, what it draws, and how it ends when a tank is empty.

| verifies | thrust, flow, draining by mixture ratio, residuals and pull-through, mass, the inertial unit |
| gravity | WGS-84, J2: falls, and is not felt |
| air | none: 150 km up, where ambient pressure is nothing and the density factor 0 |
| vehicle | shipped stage, engines 0, 1 and 5 (through the axis in sum) |
| oracle | Tsiolkovsky: delta-v = Isp g0 ln(m0 / m1); 3.5 : 1; what was aboard |
| tolerance | 3e-5 of delta-v: masses are held over a tick, m_dot dt / 2 m = 1e-5, and the unit counts in 1e-5 m/s |
"""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.engines.engine import FAILED
from hoverslam.plant.plant import Plant
from tests.plant.stage import REFERENCE_RELEASE, STAND, column, engines_on, plant, sense, shipped, truth

G0_MPS2 = 9.80665
DELTA_V = 3e-5  # relative
LANDING = (0, 1, 5)
HIGH = REFERENCE_RELEASE._replace(altitude_msl_m=150_000.0, flight_path_rad=0.0, rcs_kg=0.0)
NO_TAIL_KG = 60.0  # drawn while pumps run down: 860 kg/s x 0.15 s is 129 kg of both, 3.5 : 1


def above_the_air(lox_kg: float = HIGH.lox_kg, lch4_kg: float = HIGH.lch4_kg) -> Plant:
    return plant(STAND, release=HIGH._replace(lox_kg=lox_kg, lch4_kg=lch4_kg), column=column(density=0.0))


@pytest.mark.parametrize("throttle", [1.0, 0.5])
def test_a_steady_burn_gives_what_tsiolkovsky_says(throttle: float) -> None:
    burning = above_the_air()
    row = engines_on(burning, LANDING, throttle)
    burning.advance(row, 4000)
    sense(burning)
    before = truth(burning)["mass_kg"][0]
    burning.advance(row, 5000)
    gained = sense(burning)["imu_dvel_b_mps"]
    engine = shipped().engine
    isp_s = engine.vacuum_isp_s * (1.0 - engine.isp_loss_per_level * (1.0 - throttle))
    expected = isp_s * G0_MPS2 * math.log(before / truth(burning)["mass_kg"][0])
    assert gained[0] == pytest.approx(expected, rel=DELTA_V)
    np.testing.assert_allclose(gained[1:], 0.0, atol=0.01)  # m/s of some 180: offsets of a tenth of a millimetre


def test_the_flow_is_thrust_over_specific_impulse() -> None:
    burning = above_the_air()
    burning.advance(engines_on(burning, LANDING, 1.0), 4000)
    before = truth(burning)["mass_kg"][0]
    burning.advance(engines_on(burning, LANDING, 1.0), 2000)
    # vehicle.md 1.1: 902e3 / (9.80665 x 321) = 286.6 kg/s an engine
    assert (before - truth(burning)["mass_kg"][0]) / 2.0 == pytest.approx(3 * 286.6, rel=3e-4)


def test_the_tanks_drain_at_the_mixture_ratio() -> None:
    burning = above_the_air()
    before = truth(burning)
    burning.advance(engines_on(burning, LANDING, 0.8), 6000)
    after = truth(burning)
    lox, lch4 = (before[name][0] - after[name][0] for name in ("lox_kg", "lch4_kg"))
    assert lox / lch4 == pytest.approx(3.5, rel=1e-9)
    assert lox + lch4 == pytest.approx(before["mass_kg"][0] - after["mass_kg"][0], rel=1e-9)


@pytest.mark.parametrize(("lox_kg", "lch4_kg", "dry"), [(1400.0, 900.0, "lox"), (9000.0, 400.0, "lch4")])
def test_the_first_empty_tank_ends_the_burn_and_its_residual_stays(lox_kg: float, lch4_kg: float, dry: str) -> None:
    burning = above_the_air(lox_kg=lox_kg, lch4_kg=lch4_kg)
    row = engines_on(burning, LANDING, 0.8)
    burning.advance(row, 9000)
    after = truth(burning)
    np.testing.assert_array_equal(after["engine_state"][list(LANDING)], FAILED)
    np.testing.assert_allclose(after["thrust_n"], 0.0, atol=1.0)  # N: forty tail-off times later
    assert after[f"{dry}_kg"][0] == 0.0, "nothing can be drawn any more"
    residual = getattr(shipped(), dry).residual_kg
    left = float(burning.state["tanks_kg"][0][0 if dry == "lox" else 1])
    assert residual - 2 * NO_TAIL_KG <= left <= residual


def test_a_whole_tank_gives_the_delta_v_of_its_propellant() -> None:
    burning = above_the_air(lox_kg=3500.0, lch4_kg=1000.0)
    before = truth(burning)["mass_kg"][0]
    sense(burning)
    burning.advance(engines_on(burning, LANDING, 1.0), 12_000)
    gained = sense(burning)["imu_dvel_b_mps"][0]
    expected = shipped().engine.vacuum_isp_s * G0_MPS2 * math.log(before / truth(burning)["mass_kg"][0])
    transients = 5e-3  # relative: Isp is lower by up to 7 % while 130 kg each of rise and tail-off burn
    assert gained == pytest.approx(expected, rel=transients)
    assert gained < expected
