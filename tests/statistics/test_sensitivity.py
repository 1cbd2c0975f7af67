"""What failure and numbers depend on. Oracles: planted dependencies, pure noise, a closed form of correlation."""

import numpy as np
import pytest

from hoverslam.harness.statistics.arrays import FloatArray
from hoverslam.harness.statistics.sensitivity import what_fails, what_moves
from tests.statistics.coverage import enough, rare_enough


def columns(rng: np.random.Generator, flights: int, count: int) -> dict[str, FloatArray]:
    return {f"z{k}": rng.standard_normal(flights) for k in range(count)}


@pytest.mark.parametrize("share", [0.1, 0.02])
def test_noise_is_not_named(share: float) -> None:
    """Campaigns where nothing matters, 12 dispersions and a sector: at most 5 % may name anything (stated level)."""
    rng = np.random.default_rng(10)
    false = 0
    for _ in range(200):
        z = columns(rng, 200, 12)
        failed = rng.random(200) < share
        sectors = rng.choice(list("NESW"), 200).tolist()
        false += any(found.named for found in what_fails(failed, z, {"wind": sectors}))
    assert rare_enough(false, 200, 0.05)


def test_noise_does_not_move_a_number() -> None:
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(200):
        miss = rng.exponential(size=150)
        sectors = rng.choice(list("NESW"), 150).tolist()
        false += any(found.named for found in what_moves(miss, columns(rng, 150, 12), {"wind": sectors}))
    assert rare_enough(false, 200, 0.05)


def test_planted_causes_of_failure_are_found_in_their_order() -> None:
    """Failure beyond a limit of 2 z3 - z1 + noise, of |z5|, or by the sector: what is planted stronger comes first."""
    rng = np.random.default_rng(12)
    z = columns(rng, 2000, 20)
    sectors = rng.choice(["north", "east", "south", "west"], 2000)
    load = 2.0 * z["z3"] - 1.0 * z["z1"] + 0.35 * (z["z5"] ** 2 - 1.0) + 1.2 * (sectors == "west")
    failed = load + 0.5 * rng.standard_normal(2000) > 3.0
    found = what_fails(failed, z, {"wind": sectors.tolist()})
    assert [influence.name for influence in found if influence.named] == ["z3", "z1", "wind", "z5"]
    patterns = {influence.name: influence.pattern for influence in found}
    assert [patterns[name] for name in ("z3", "z1", "wind", "z5")] == ["high", "low", "west", "extremes"]
    assert found[0].effect > 0.0 > found[1].effect


def test_four_failures_are_enough_for_a_plain_cause() -> None:
    rng = np.random.default_rng(13)
    z = columns(rng, 600, 10)
    failed = np.zeros(600, dtype=bool)
    failed[np.argsort(z["z4"])[-4:]] = True
    found = what_fails(failed, z)
    assert (found[0].name, found[0].pattern, found[0].named) == ("z4", "high", True)
    assert not any(influence.named for influence in found[1:])


def test_the_share_of_variance_is_that_of_the_planted_line() -> None:
    """Of jointly normal numbers with correlation r Spearman's coefficient is 6/pi asin(r/2) (Pearson 1907)."""
    rng = np.random.default_rng(14)
    r = np.array([0.8, 0.5, np.sqrt(1.0 - 0.8**2 - 0.5**2)])
    true = (6.0 / np.pi * np.arcsin(r[:2] / 2.0)) ** 2
    held = 0
    for _ in range(300):
        z = rng.standard_normal((3, 200))
        found = what_moves(r @ z, {"strong": z[0], "weak": z[1]})
        assert [influence.name for influence in found] == ["strong", "weak"]
        for influence, share in zip(found, true, strict=True):
            assert influence.share_low is not None
            assert influence.share_high is not None
            held += influence.share_low <= share <= influence.share_high
    assert enough(held, 600, 0.94)  # Bonett and Wright's variance is approximate at r = 0.8


def test_both_ends_alike_are_seen() -> None:
    rng = np.random.default_rng(15)
    wind = rng.standard_normal(400)
    found = what_moves(wind**2 + rng.standard_normal(400), {"wind": wind, "other": rng.standard_normal(400)})
    assert (found[0].name, found[0].pattern, found[0].named) == ("wind", "extremes", True)


def test_flights_without_the_number_are_left_out() -> None:
    rng = np.random.default_rng(16)
    z = rng.standard_normal(100)
    miss = 3.0 * z + rng.standard_normal(100)
    z[:20], miss[90:] = np.nan, np.nan
    found = what_moves(miss, {"z": z}, {"fault": ["none"] * 50 + ["valve"] * 50})
    assert {influence.name: influence.flights for influence in found} == {"z": 70, "fault": 90}


def test_the_answer_repeats_and_columns_that_do_not_fit_are_refused() -> None:
    failed = np.arange(40) < 4
    z = {"z": np.random.default_rng(17).standard_normal(40)}
    assert what_fails(failed, z) == what_fails(failed, z)
    assert what_fails(failed, {}) == ()
    with pytest.raises(ValueError, match="short: 3 values for 40 flights"):
        what_fails(failed, {"short": np.zeros(3)})
