"""What the modes decide by themselves. Oracle: the motion that a plan promises, integrated in small steps."""

from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.air_data import start_air
from hoverslam.gnc.compiled import as_record
from hoverslam.gnc.guidance import Place, assess
from hoverslam.gnc.layout import Counts, frame_width, start_state, wiring
from hoverslam.gnc.modes import CLOSING_S, DROP_S, TAIL_S, decide, drop
from hoverslam.gnc.state import LAST, MODE, SAFE
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)


@pytest.mark.parametrize("thrust_n", [1.6e6, 2.2e6, 2.6e6])
def test_engines_that_are_cut_set_the_stage_down_at_the_final_speed(thrust_n: float) -> None:
    mass, place = 50e3, Place((0.0, 0.0, 20.0), (0.0, 0.0, -5.0), (0.0, 0.0, 20.0), (0.0, 0.0, -5.0), 18.8)
    air = np.zeros(12)
    start_air(air)
    speed, height = drop(RECORD, assess(RECORD, place, mass, thrust_n, 3.0, air))
    down, left, time, step = speed, height, 0.0, 1e-4
    brake = thrust_n / mass
    while time < DROP_S:
        brake = thrust_n / mass if time < CLOSING_S else brake * (1.0 - step / TAIL_S)
        down, left, time = down + (9.8 - brake) * step, left - down * step, time + step
    tail = thrust_n / mass * TAIL_S * 0.06  # thrust still to come after half a second: e^-2.9
    assert down == pytest.approx(LOAD.gains.final_speed_mps, abs=tail)
    assert left == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize(
    ("height_m", "closed", "cut"),
    [(300.0, 0, False), (300.0, 1, False), (300.0, 2, True), (5.0, 1, True), (5.0, 0, False)],
)
def test_one_leg_switch_alone_is_not_believed_high_up(height_m: float, closed: int, cut: bool) -> None:
    shape = (len(LOAD.stage.engine_yz_m), len(LOAD.stage.gimbal_engine), 4, 8, 4)
    wires: Any = as_record(wiring(Counts(*shape)))[0]
    state: Any = start_state(LOAD, shape[0])[0]
    state["clock"][MODE] = LAST
    frame = np.zeros(frame_width(Counts(*shape)))
    frame[wires["contact"] : wires["contact"] + closed] = 1.0
    air = np.zeros(12)
    start_air(air)
    up = (0.0, 0.0, height_m + 18.8)
    now = assess(RECORD, Place(up, (0.0, 0.0, -5.0), up, (0.0, 0.0, -5.0), 18.8), 50e3, 5e5, 1.0, air)
    decide(RECORD, wires, state, frame, now, 16.0)
    assert bool(state["clock"][MODE] == SAFE) == cut
