"""The bending notch. Oracles: scipy's frequency response of the analogue filter, and constants that pass."""

import math

import numpy as np
import pytest
from scipy.signal import freqs

from hoverslam.gnc.load import read_load
from hoverslam.gnc.notch import DEPTH, MEMORY, SIDE, without_bending
from tests.gnc import beliefs

LOAD = beliefs.load()
STAGE, GAINS = LOAD.stage, LOAD.gains
RECORD = beliefs.record(LOAD)


def gain_at(frequency_hz: float, mass_kg: float) -> tuple[float, float]:
    """How much of a sine of pitch and of yaw comes through when it has settled."""
    memory, out = np.zeros(MEMORY), []
    for k in range(4000):
        sine = math.sin(2.0 * math.pi * frequency_hz * k * beliefs.FRAME_S)
        out.append(without_bending(RECORD, memory[SIDE], (7.0, sine, -2.0 * sine), mass_kg))
    rows = np.array(out)
    np.testing.assert_array_equal(rows[:, 0], 7.0)
    return float(rows[2000:, 1].std() * math.sqrt(2.0)), float(rows[2000:, 2].std() / math.sqrt(2.0))


@pytest.mark.parametrize("mass_kg", [46.2e3, 58e3])
def test_the_mode_of_a_stage_of_this_mass_is_taken_out(mass_kg: float) -> None:
    mode_hz = STAGE.bending_hz * math.sqrt(STAGE.bending_kg / mass_kg)
    for off in (0.9, 1.0, 1.1):
        assert max(gain_at(off * mode_hz, mass_kg)) < 0.1


@pytest.mark.parametrize("frequency_hz", [0.3, 1.0, 3.0, 8.0])
def test_it_passes_the_rest_as_the_analogue_filter_does(frequency_hz: float) -> None:
    pairs = []
    for side in (-1.0, 1.0):
        w = 2.0 * math.pi * STAGE.bending_hz * (1.0 + side * GAINS.notch_spread)
        pairs.append(([1.0, 2.0 * DEPTH * w, w * w], [1.0, 2.0 * GAINS.notch_damping * w, w * w]))
    expected = np.prod([abs(freqs(*pair, worN=[2.0 * math.pi * frequency_hz])[1][0]) for pair in pairs])
    warped = 0.03  # relative: of frequencies by the bilinear transform at 100 frames a second
    assert gain_at(frequency_hz, STAGE.bending_kg)[0] == pytest.approx(expected, rel=warped)


def test_what_stays_constant_comes_through() -> None:
    memory = np.zeros(MEMORY)
    for _ in range(1000):
        out = without_bending(RECORD, memory[SIDE], (1.0, 2.0, -3.0), 5e4)
    np.testing.assert_allclose(out, (1.0, 2.0, -3.0), rtol=1e-6)


def test_a_stage_that_is_stiff_is_left_alone() -> None:
    values = beliefs.table()
    values["stage"]["bending_hz"] = 0.0
    stiff = beliefs.record(read_load(values, beliefs.FRAME_S))
    memory = np.zeros(MEMORY)
    assert without_bending(stiff, memory[SIDE], (1.0, 2.0, -3.0), 5e4) == (1.0, 2.0, -3.0)
    assert not memory.any()
