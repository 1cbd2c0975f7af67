"""What varies faster than half the frame rate does not appear in a reading as something slow.

Oracle: the mean of a sine over a span, |sin(pi f T) / (pi f T)| of its amplitude; a point sample keeps all of it, at
the frequency into which the frames fold it.
"""

import math

import numpy as np
import pytest

from hoverslam.plant.faults import ArmedFault, Trigger
from hoverslam.plant.plant import Plant
from tests.plant.stage import STAND, FloatArray, command, engines_on, place, plant, sense, shipped, truth

FRAME_TICKS, FRAME_S = 10, 0.01
THROTTLE, RIPPLE = 0.8, 0.2
ROUNDING = 1e-6  # of the amplitude
AT_REST_S = 3.0  # after which an engine has followed its command


def rippling(frequency_hz: float) -> Plant:
    """One engine at a steady throttle, whose chamber pressure swings at this frequency from 3 s on."""
    rough = ArmedFault("engine_warm_inlet", 0, Trigger("time", delay_s=AT_REST_S), (1.0, RIPPLE, frequency_hz))
    flying = plant(STAND, faults=(rough,))
    place(flying, (0.0, 0.0, 30_000.0))
    flying.advance(engines_on(flying, (0,), THROTTLE), round(AT_REST_S / 0.001))
    sense(flying)
    return flying


def readings(flying: Plant, row: FloatArray, name: str, frames: int = 100) -> tuple[FloatArray, FloatArray]:
    """What the gauge reads and what is true, frame by frame."""
    read, true = [], []
    for _ in range(frames):
        flying.advance(row, FRAME_TICKS)
        true.append(truth(flying)[name][0])
        read.append(sense(flying)[name][0])
    return np.array(read), np.array(true)


def swing(values: FloatArray) -> float:
    """Amplitude of what varies about the mean: root of twice the variance."""
    return float(math.sqrt(2.0 * np.var(values)))


def left(frequency_hz: float) -> float:
    """Share of a sine that is left of its means over a frame."""
    return abs(float(np.sinc(frequency_hz * FRAME_S)))


@pytest.mark.parametrize("frequency_hz", [51.0, 75.0, 91.0, 99.0, 101.0, 125.0, 149.0, 195.0])
def test_a_ripple_above_half_the_frame_rate_is_averaged_out_of_the_chamber_pressure(frequency_hz: float) -> None:
    flying = rippling(frequency_hz)
    nominal = STAND.engine.chamber_pressure_pa
    read, true = readings(flying, engines_on(flying, (0,), THROTTLE), "chamber_pressure_pa")
    amplitude = swing(true) / (THROTTLE * nominal)
    assert amplitude == pytest.approx(RIPPLE, rel=0.02), "the truth is sampled at an instant, and folds all of it"
    trapezium = 0.02  # of the amplitude: ten ticks a frame are no integral
    assert swing(read) / (THROTTLE * nominal) == pytest.approx(RIPPLE * left(frequency_hz), abs=trapezium * RIPPLE)


def test_a_ripple_at_the_frame_rate_leaves_no_offset() -> None:
    flying = rippling(100.0)
    flying.advance(engines_on(flying, (0,), THROTTLE), 3)  # a phase at which samples would stand off
    sense(flying)
    read, true = readings(flying, engines_on(flying, (0,), THROTTLE), "chamber_pressure_pa", 20)
    mean = THROTTLE * STAND.engine.chamber_pressure_pa
    assert np.abs(true / mean - 1.0).min() > 0.5 * RIPPLE
    np.testing.assert_allclose(read, mean, rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "command_name", "amplitude"), [("gimbal_rad", "gimbal_rad", 0.002), ("fin_rad", "fin_rad", 0.05)]
)
def test_a_limit_cycle_of_a_position_at_the_frame_rate_is_averaged_out(
    name: str, command_name: str, amplitude: float
) -> None:
    flying = plant()
    read, true = [], []
    for _ in range(60):
        for side, ticks in ((1.0, 3), (-1.0, 5), (1.0, 2)):
            flying.advance(command(flying, **{command_name: side * amplitude}), ticks)
        true.append(truth(flying)[name][0])
        read.append(sense(flying)[name][0])
    held = abs(float(np.mean(true[40:])))
    assert held > 0.005 * amplitude, "samples at the frames stand off: the cycle looks like a deflection"
    assert abs(float(np.mean(read[40:]))) < 0.1 * held


def test_a_slow_change_is_read_with_half_a_frame_of_delay_and_nothing_lost() -> None:
    slow_hz = 0.5
    flying = rippling(slow_hz)
    read, true = readings(flying, engines_on(flying, (0,), THROTTLE), "chamber_pressure_pa", 400)
    middle = 0.5 * (true[1:] + true[:-1])  # of a frame: what is half a frame old
    np.testing.assert_allclose(read[1:], middle, rtol=1e-3)


def test_a_reading_over_a_longer_frame_is_the_mean_of_those_over_its_parts() -> None:
    names = ("chamber_pressure_pa", "lox_level_m", "lch4_level_m", "lox_pressure_pa", "lch4_pressure_pa", "gimbal_rad",
             "fin_rad", "rcs_pressure_pa")  # fmt: skip
    stage = shipped()
    short, long = plant(stage), plant(stage)
    for flying in (short, long):
        place(flying, (0.0, 0.0, 6_000.0), (0.0, 0.0, -300.0))
        sense(flying)
    row = engines_on(short, (0, 1, 2), 0.9, gimbal_rad=0.03, fin_rad=-0.2, rcs_open=1.0)
    parts = []
    for _ in range(20):
        short.advance(row, FRAME_TICKS)
        parts.append(sense(short))
    long.advance(row, 20 * FRAME_TICKS)
    whole = sense(long)
    for name in names:
        np.testing.assert_allclose(
            whole[name], np.mean([part[name] for part in parts], axis=0), rtol=1e-9, err_msg=name
        )


def test_switches_states_and_fixes_are_those_of_the_instant() -> None:
    flying = plant()
    flying.advance(command(flying, leg_deploy=1.0), round(flying.vehicle.legs.deploy_time_s / 0.001) + 1)
    np.testing.assert_array_equal(sense(flying)["leg_locked"], truth(flying)["leg_locked"])
    burning = rippling(99.0)
    np.testing.assert_array_equal(sense(burning)["engine_state"], truth(burning)["engine_state"])
