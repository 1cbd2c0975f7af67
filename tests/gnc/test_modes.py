"""What the modes decide by themselves. Oracle: the motion that a plan promises, integrated in small steps."""

from typing import Any

import numpy as np
import pytest

from gnc.air_data import start_air
from gnc.guidance import Place, assess
from gnc.modes import CLOSING_S, DROP_S, TAIL_S, drop
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
