"""Liquids that sway. Oracles: figures for this stage worked out by hand, the two-body pendulum, momentum."""

import math

import numpy as np
import pytest

from hoverslam.plant.kernels.body.mass import TankParams
from hoverslam.plant.kernels.body.slosh import COLUMNS, damping_now, pendulum, step_slosh
from tests.plant.stage import FloatArray, command, place, plant, shipped, truth

STAGE = shipped()
STILL = (0.0, 0.0, 0.0)
STEP_S = 0.001
TWO_FIGURES = 0.02  # relative: how finely the hand-worked figures are given


@pytest.mark.parametrize(
    ("tank", "liquid_kg", "axial_mps2", "moving_kg", "frequency_hz"),
    [
        (STAGE.lox, 9300.0, 20.6, 7.4e3, 0.41),
        (STAGE.lox, 9300.0, 33.0, 7.4e3, 0.52),
        (STAGE.lch4, 2700.0, 33.0, 2.2e3, 0.46),
    ],
)
def test_mass_and_frequency_are_those_of_the_first_mode(
    tank: TankParams, liquid_kg: float, axial_mps2: float, moving_kg: float, frequency_hz: float
) -> None:
    mode = pendulum(tank, liquid_kg)
    assert mode.mass_kg == pytest.approx(moving_kg, rel=TWO_FIGURES)
    assert math.sqrt(mode.stiffness_pm * axial_mps2) / (2.0 * math.pi) == pytest.approx(frequency_hz, rel=TWO_FIGURES)


def test_a_deep_tank_moves_a_radius_of_liquid_near_its_surface() -> None:
    deep = STAGE.lox._replace(capacity_kg=1e6)
    level = 5.0 * deep.radius_m
    mode = pendulum(deep, level * deep.density_kgpm3 * math.pi * deep.radius_m**2)
    radius_kg = deep.density_kgpm3 * math.pi * deep.radius_m**3
    assert mode.mass_kg == pytest.approx(radius_kg / 2.199, rel=1e-3)  # tanh of 9 is one
    assert mode.at_m == pytest.approx(deep.bottom_m + level - 1.086 * deep.radius_m, rel=1e-3)


def swing(damping: float, axial_mps2: float, total_kg: float, seconds: float) -> tuple[FloatArray, FloatArray]:
    """A stage of this mass, free sideways, with its liquid let go 0.1 m off: displacement, speed of the stage."""
    row = np.zeros(COLUMNS)
    row[0] = 0.1
    speed, acceleration, places, speeds = 0.0, 0.0, [], []
    for tick in range(round(seconds / STEP_S)):
        push, _ = step_slosh(
            damping, STAGE.lox, row, 9300.0, (axial_mps2, acceleration, 0.0), STILL, STILL, tick % 10 == 0, STEP_S
        )
        acceleration = push[1] / total_kg
        speed += acceleration * STEP_S
        places.append(row[0])
        speeds.append(speed)
    return np.array(places), np.array(speeds)


def test_a_free_stage_and_its_liquid_swing_against_each_other_at_the_two_body_frequency() -> None:
    total, axial = 58e3, 20.6
    mode = pendulum(STAGE.lox, 9300.0)
    places, speeds = swing(1e-6, axial, total, 12.0)
    ups = np.flatnonzero((places[:-1] < 0.0) & (places[1:] >= 0.0))
    period = float(np.diff(ups).mean()) * STEP_S
    alone = math.sqrt(mode.stiffness_pm * axial)
    assert 2.0 * math.pi / period == pytest.approx(alone * math.sqrt(total / (total - mode.mass_kg)), rel=2e-3)
    relative = np.gradient(places, STEP_S)
    momentum = total * speeds + mode.mass_kg * relative
    lag = total * STEP_S * np.abs(np.gradient(speeds, STEP_S)).max() * 2.0  # a tick between cause and effect
    assert np.abs(momentum[5:-5] - momentum[5]).max() < lag


def test_baffles_take_the_swing_out_by_their_damping() -> None:
    mode, axial = pendulum(STAGE.lox, 9300.0), 20.6
    places, _ = swing(0.04, axial, 1e9, 12.0)  # a wall that stands
    tops = [i for i in range(1, len(places) - 1) if places[i - 1] < places[i] > places[i + 1]]
    decrement = math.log(places[tops[0]] / places[tops[3]]) / 3.0
    assert decrement == pytest.approx(2.0 * math.pi * 0.04 / math.sqrt(1.0 - 0.04**2), rel=0.01)
    period = (tops[3] - tops[0]) / 3.0 * STEP_S
    assert period == pytest.approx(2.0 * math.pi / math.sqrt(mode.stiffness_pm * axial * (1.0 - 0.04**2)), rel=2e-3)


def test_free_fall_lets_the_liquid_go() -> None:
    row = np.full(COLUMNS, 0.2)
    push, moment = step_slosh(0.04, STAGE.lox, row, 9300.0, (0.1, 0.5, 0.0), STILL, STILL, True, STEP_S)
    assert (push, moment) == (STILL, STILL)
    np.testing.assert_array_equal(row[:4], np.zeros(4))


def test_a_swaying_liquid_shows_in_the_inertial_unit_and_a_held_one_does_not() -> None:
    def sideways(damping: float) -> FloatArray:
        flying = plant(shipped(slosh__damping=damping))
        place(flying, (0.0, 0.0, 6000.0), (0.0, 0.0, -420.0))
        flying.advance(command(flying), 200)
        flying.state["slosh"][0, 0, 0] = 0.3
        felt = []
        for _ in range(300):
            flying.advance(command(flying), 10)
            felt.append(truth(flying)["accel_b_mps2"][1])
        return np.array(felt)

    light, held = sideways(0.02), sideways(1.0)
    assert np.abs(light[150:]).max() > 10.0 * np.abs(held[150:]).max()


@pytest.mark.parametrize("liquid_kg", [9300.0, 2000.0])
def test_a_wave_that_is_driven_hard_breaks_before_it_is_higher_than_the_liquid_is_deep(liquid_kg: float) -> None:
    row, mode, axial = np.zeros(COLUMNS), pendulum(STAGE.lox, liquid_kg), 25.0
    omega = math.sqrt(mode.stiffness_pm * axial)
    deep = liquid_kg / (STAGE.lox.density_kgpm3 * math.pi * STAGE.lox.radius_m**2)
    heights = []
    for tick in range(20_000):
        push = 2.0 * math.cos(omega * tick * STEP_S)  # at resonance; linear, 0.04 of damping gives over two metres
        step_slosh(0.04, STAGE.lox, row, liquid_kg, (axial, push, 0.0), STILL, STILL, tick % 10 == 0, STEP_S)
        heights.append(abs(row[0]) * mode.stiffness_pm * STAGE.lox.radius_m)
    assert 0.3 * deep < max(heights) < deep


def test_a_small_wave_is_damped_by_its_baffles_alone() -> None:
    row = np.array([0.05, 0.0, 0.0, 0.0, *pendulum(STAGE.lox, 9300.0)])
    assert damping_now(0.04, row, row[5] * 25.0) == pytest.approx(0.04, rel=1e-2)
