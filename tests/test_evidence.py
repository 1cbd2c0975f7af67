"""The figures of many flights. Oracle: twenty synthetic flights of which it is known which fail, and by what."""

import pytest

from harness.summary import summarise
from tests.evidence import count
from tests.harness.flights import Plan
from tests.harness.test_summary import assessed

EXACT_LOWER = 0.05 ** (1 / 20)
"""Clopper-Pearson for no failure in n flights: alpha to the power of 1/n."""


def figures(*plans: Plan) -> dict[str, object]:
    summaries = [summarise(assessed(plan), None).model_dump(mode="json") for plan in plans]
    return count([{**summary, "seed": seed} for seed, summary in enumerate(summaries, start=1)])


def test_shares_percentiles_and_failures_are_counted() -> None:
    found = figures(*[Plan()] * 19, Plan(touchdown_mps=5.0))
    assert (found["flown"], found["verdicts"]) == (20, {"PASS": 19, "FAIL": 1})
    assert (found["pass_share"], found["not_passed"]) == (0.95, [20])
    assert found["failed_requirements"] == {"R-18": 1}
    percentiles = found["percentiles"]
    assert isinstance(percentiles, dict)
    assert percentiles["vertical_mps"]["p50"] == pytest.approx(1.5, abs=0.05)


def test_the_lower_bound_is_exact_when_nothing_failed() -> None:
    assert figures(*[Plan()] * 20)["pass_share_lower_95"] == pytest.approx(EXACT_LOWER)


def test_a_share_without_touchdowns_has_no_percentiles() -> None:
    found = figures(Plan(ignition_s=30.0, touchdown_s=40.0, end_s=4.0, outcome="max_time"))
    assert found["percentiles"] == {
        name: {} for name in ("miss_m", "vertical_mps", "horizontal_mps", "tilt_deg", "rate_dps", "propellant_kg")
    }
