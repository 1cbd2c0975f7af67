"""What `hoverslam validate numerics` says of the integrator.

| verifies | order of rk4, what it keeps over 600 s, and that a flight can be flown again with its own gusts |
| gravity | WGS-84, J2, rotating |
| air | US76; gusts as drawn in the flight |
| vehicle | sphere, brick; shipped stage |
| oracle | 16 for a fourth-order method; invariants; the recorded flight itself, bit for bit |
| tolerance | the gates of the suite; none for the flight |
"""

import math

import numpy as np
import pytest

from hoverslam.harness.validation import numerics, reflown
from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.rigid_flight import Grid


def test_the_order_is_the_fourth_and_invariants_are_kept() -> None:
    checks = [*numerics._order(), *numerics._kept()]
    assert [check for check in checks if not check.passed] == []


def test_a_second_order_method_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def quadratic(_body: object, _around: object, _rigid: object, grid: Grid) -> np.ndarray:
        steps.append(grid.steps)
        return np.full((2, 17), 1.0 + grid.step_s**2)

    monkeypatch.setattr(numerics, "fly", quadratic)
    assert [check.error for check in numerics._order()] == pytest.approx([12.0] * 3, rel=1e-6)
    assert steps[:3] == [30, 60, 120]


def test_a_flight_with_its_gusts_laid_in_is_the_flight_itself() -> None:
    record = reflown._flown()
    gusts = reflown._gusts(reflown._prepared(1), record)
    places = reflown._free_flight(reflown._prepared(1), record, gusts)
    assert np.abs(gusts).max() > 0.1, "the default flight is flown in turbulence"
    assert len(places) > 0.9 * record.frames
    np.testing.assert_array_equal(places, record.truth[: len(places), 1:4])


@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_an_error_that_is_no_number_does_not_pass(error: float) -> None:
    assert not Check("suite", "case", "quantity", error, 1.0, "m", "source").passed
