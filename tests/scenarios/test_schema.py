"""The schema's own arithmetic. Oracle: exact fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hoverslam.scenarios.rates import Rates


@given(plant_hz=st.integers(100, 10_000), gnc_hz=st.integers(1, 1000))
def test_accepted_rates_divide_exactly_and_refused_ones_do_not(plant_hz: int, gnc_hz: int) -> None:
    divides = Fraction(plant_hz, gnc_hz).denominator == 1 and Fraction(10**9, plant_hz).denominator == 1
    try:
        rates = Rates(plant_hz=plant_hz, gnc_hz=gnc_hz)
    except ValidationError:
        # A delay of one frame may itself be too long at the lowest rates.
        assert not divides or plant_hz // gnc_hz > 1000
        return
    assert divides
    assert rates.frame_ticks * gnc_hz == plant_hz
    assert Fraction(rates.frame_period_ns, 10**9) == Fraction(1, gnc_hz)
    assert rates.command_delay_ticks == rates.frame_ticks
