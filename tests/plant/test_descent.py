"""Powered descents of a point mass. Oracle: the whole plant, six degrees of freedom, flown with the same commands.

Attitude is what the point mass leaves out; straight down without wind it does not matter, so what is left is steps of
50 ms against 1 ms, slosh, and where along the stage the air is taken.
"""

from typing import NamedTuple

import numpy as np
import pytest

from hoverslam.plant.oracle.descent import STOPPED, TRACE_COLUMNS, DescentEnd
from hoverslam.plant.oracle.ignition import one_descent
from hoverslam.plant.plant import Plant
from tests.plant.falling import asked, falling, loaded, put
from tests.plant.stage import STEP_S, engines_on, run_out, truth

NO_TRACE = np.zeros((0, TRACE_COLUMNS))
HEIGHT_M, SPEED_MPS, BURNT_KG = 3.0, 0.5, 10.0  # agreed over 2.4 km and 300 m/s; 10 kg are 12 ms of three engines
FRAME_TICKS = 10


class Passing(NamedTuple):
    """Where the plant is when it has slowed down to a speed."""

    height_m: float
    time_s: float
    burnt_kg: float


def slowed(flying: Plant, throttle: float, speed_mps: float) -> Passing:
    """Fly three engines at one throttle until the descent is as slow as asked."""
    before = truth(flying)
    row = engines_on(flying, (0, 1, 5), throttle)
    for _ in range(4000):
        now = truth(flying)
        if -now["vel_enu_mps"][2] <= speed_mps:
            break
        flying.advance(row, FRAME_TICKS)
    frame_s = FRAME_TICKS * STEP_S
    over_mps = speed_mps + float(now["vel_enu_mps"][2])  # carried back into the frame in which it fell below
    back_s = over_mps / max(float(now["accel_b_mps2"][0]) - 9.8, 1.0)
    assert back_s < 1.5 * frame_s
    burnt = sum(float(before[k][0] - now[k][0]) for k in ("lox_kg", "lch4_kg"))
    return Passing(float(now["altitude_agl_m"][0]) + back_s * speed_mps, float(now["time_s"][0]) - back_s, burnt)


def reduced(flying: Plant, height_m: float, down_mps: float, throttle: float, speed_mps: float) -> DescentEnd:
    """The same by the point mass."""
    _, question = asked(flying, floor=throttle, ceiling=throttle, handover_mps=-1.0, stop_mps=speed_mps)
    return one_descent(flying.params, question, falling(question, height_m, down_mps), 0.0, NO_TRACE)


@pytest.mark.parametrize(
    ("mass_kg", "height_m", "down_mps", "throttle"),
    [(57_800.0, 3000.0, 383.0, 0.85), (54_000.0, 3000.0, 383.0, 0.8), (58_000.0, 2300.0, 365.0, 1.05)],
)
def test_a_descent_is_that_of_the_whole_plant(
    mass_kg: float, height_m: float, down_mps: float, throttle: float
) -> None:
    flying = loaded(mass_kg)
    for speed_mps in (250.0, 150.0, 60.0):  # slower, nothing holds the plant upright
        ended = reduced(flying, height_m, down_mps, throttle, speed_mps)
        flown = slowed(put(loaded(mass_kg), height_m, down_mps), throttle, speed_mps)
        assert ended.how == STOPPED
        assert ended.pos_m[2] == pytest.approx(flown.height_m, abs=HEIGHT_M)
        braking_mps2 = 30.0
        assert ended.time_s == pytest.approx(flown.time_s, abs=SPEED_MPS / braking_mps2)
        assert ended.burnt_kg == pytest.approx(flown.burnt_kg, abs=BURNT_KG)


def test_a_fall_without_engines_is_that_of_the_whole_plant() -> None:
    flying = loaded(57_800.0)
    oracle, question = asked(flying)
    rows = oracle.coast(question, falling(question, 6000.0, 420.0), 0.0)
    put(flying, 6000.0, 420.0)
    run_out(flying, engines_on(flying, (), 0.0), 10.0)
    after = truth(flying)
    at = int(np.searchsorted(rows[:, 0], 10.0 - 1e-9))
    assert rows[at, 0] == pytest.approx(10.0, abs=1e-9)
    assert rows[at, 3] == pytest.approx(float(after["altitude_agl_m"][0]), abs=HEIGHT_M)
    assert -rows[at, 6] == pytest.approx(-float(after["vel_enu_mps"][2]), abs=SPEED_MPS)
    eastward_m = 10.0  # Coriolis moves it 13 m; the plant also weathercocks a little on the way
    assert rows[at, 1] == pytest.approx(float(after["pos_enu_m"][0]), abs=eastward_m)
