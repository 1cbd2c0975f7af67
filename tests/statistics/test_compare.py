"""The gate. Oracles: planted losses and gains in synthetic banks, exact equality, the closed form of what is needed."""

import numpy as np
import pytest

from hoverslam.harness.statistics.compare import SUCCESS, Comparison, compare, overall
from hoverslam.harness.statistics.gate import Flights, Gate, Metric
from tests.statistics.banks import bank


def only(passed: list[bool], start: int = 0) -> Flights:
    return Flights(list(range(start, start + len(passed))), np.array(passed, dtype=np.bool_))


def counted(both: int, only_a: int, only_b: int, neither: int) -> tuple[Flights, Flights]:
    a = [True] * (both + only_a) + [False] * (only_b + neither)
    b = [True] * both + [False] * only_a + [True] * only_b + [False] * neither
    return only(a), only(b)


def verdict_of(found: Comparison, name: str) -> str:
    return next(measure.verdict for measure in found.measures if measure.name == name)


def test_a_build_against_itself_is_no_worse() -> None:
    """The same seeds flown twice are the same flights: no difference at all, in any measure."""
    flights = bank(1, 460)
    found = compare(flights, flights)
    assert found.verdict == "no worse"
    assert all(measure.harm == 0.0 for measure in found.measures)
    assert found.pairing is not None
    assert (found.pairing.only_a, found.pairing.only_b, found.pairing.exact_p) == (0, 0, 1.0)
    assert found.where == ()


def test_a_planted_loss_is_worse_and_its_sector_is_named() -> None:
    found = compare(bank(2, 600), bank(2, 600, build=1, lost=0.03, lost_in=["west"]))
    assert found.verdict == "worse"
    assert verdict_of(found, SUCCESS) == "worse"
    named = [(influence.name, influence.pattern) for influence in found.where if influence.named]
    assert named == [("wind_from", "west")]
    assert found.pairing is not None
    assert len(found.pairing.lost) >= 15


def test_a_loss_everywhere_names_no_place() -> None:
    found = compare(bank(3, 600), bank(3, 600, build=1, lost=0.03))
    assert found.verdict == "worse"
    assert not any(influence.named for influence in found.where)


def test_a_sector_stands_out_between_campaigns_of_other_seeds_too() -> None:
    a, b = bank(4, 2000), bank(5, 2000, build=1, lost=0.06, lost_in=["west"])
    b = b._replace(ids=[f"other {k}" for k in range(2000)])
    found = compare(a, b)
    assert found.pairing is None
    assert found.verdict == "worse"
    assert ("wind_from", "west") in {(i.name, i.pattern) for i in found.where if i.named and i.effect > 0.0}


def test_a_gain_is_better() -> None:
    found = compare(bank(6, 600, build=1, lost=0.03), bank(6, 600))
    assert found.verdict == "better"


def test_a_harder_touchdown_is_worse_though_as_many_land() -> None:
    found = compare(bank(7, 460), bank(7, 460, build=1, slower_mps=0.4))
    assert verdict_of(found, "touchdown_mps") == "worse"
    assert found.verdict == "worse"


def test_a_difference_that_matters_to_nobody_is_no_harm_however_sure() -> None:
    found = compare(bank(8, 2000, flicker=0.0), bank(8, 2000, flicker=0.0, build=1, slower_mps=0.05))
    touchdown = next(measure for measure in found.measures if measure.name == "touchdown_mps")
    assert touchdown.low is not None
    assert touchdown.low > 0.0
    assert found.verdict == "no worse"


def test_more_propellant_left_is_a_gain_and_less_is_harm() -> None:
    a = Flights(range(50), np.ones(50, dtype=np.bool_), {"propellant_kg": np.linspace(1000.0, 2000.0, 50)})
    less = a._replace(numbers={"propellant_kg": a.numbers["propellant_kg"] - 300.0})
    found = compare(a, less)
    assert found.measures[1].harm == pytest.approx(300.0, abs=1e-3)
    assert verdict_of(found, "propellant_kg") == "worse"
    assert verdict_of(compare(less, a), "propellant_kg") == "better"


def test_too_few_flights_are_undecided_and_say_how_many_are_needed() -> None:
    found = compare(*counted(96, 2, 1, 1))
    assert found.verdict == "undecided"
    assert found.flights_needed is not None
    many = found.flights_needed // 100 + 1
    assert compare(*counted(96 * many, 2 * many, many, many)).verdict != "undecided"
    half = max(1, many // 2)
    assert compare(*counted(96 * half, 2 * half, half, half)).verdict == "undecided"


def test_a_loss_shown_but_within_the_margin_is_tolerated() -> None:
    a, b = counted(9830, 70, 0, 100)
    assert compare(a, b).verdict == "no worse"
    assert compare(a, b, Gate(success_margin=0.005)).verdict == "worse"


def test_an_alarm_above_nothing_forgives_a_small_loss() -> None:
    a, b = counted(960, 30, 0, 10)
    assert compare(a, b, Gate(success_margin=0.02)).verdict == "worse"
    assert compare(a, b, Gate(success_margin=0.025, success_alarm=0.025)).verdict == "undecided"


def test_flights_are_paired_by_id_in_any_order_and_those_without_a_twin_are_left_out() -> None:
    a, b = bank(9, 300), bank(9, 300, build=1, lost=0.05)
    turned = b.take(np.random.default_rng(0).permutation(300)[:250].tolist())
    found = compare(a, turned)
    assert (found.flights_a, found.flights_b, found.flights) == (300, 250, 250)
    straight = compare(a.take(sorted(a.ids.index(name) for name in turned.ids)), turned)
    assert found.measures == straight.measures


def test_campaigns_that_share_few_seeds_are_compared_unpaired() -> None:
    a, b = only([True] * 100), only([True] * 100, start=80)
    assert compare(a, b).pairing is None
    assert compare(a, b, paired=True).flights == 20


def test_a_number_that_one_side_lacks_is_not_judged() -> None:
    a, b = bank(10, 100), bank(10, 100, build=1)
    b = b._replace(numbers={"miss_m": b.numbers["miss_m"]})
    assert [measure.name for measure in compare(a, b).measures] == [SUCCESS, "miss_m"]


def test_own_metrics_and_margins_are_used() -> None:
    gate = Gate(
        metrics=(
            Metric("tilt_deg", 0.1, "deg", "tilts {change} more at touchdown", "tilts {change} less at touchdown"),
        )
    )
    a = Flights(range(40), np.ones(40, dtype=np.bool_), {"tilt_deg": np.full(40, 1.0), "miss_m": np.zeros(40)})
    b = a._replace(numbers={"tilt_deg": np.full(40, 1.3), "miss_m": np.full(40, 99.0)})
    assert [(measure.name, measure.verdict) for measure in compare(a, b, gate).measures][1:] == [("tilt_deg", "worse")]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["no worse", "worse", "undecided"], "worse"),
        (["better", "undecided"], "undecided"),
        (["no worse", "better"], "better"),
        (["no worse"], "no worse"),
    ],
)
def test_one_verdict_of_several(verdicts: list[str], expected: str) -> None:
    assert overall(verdicts) == expected  # type: ignore[arg-type]  # literals, parametrized


def test_nothing_to_compare_is_undecided() -> None:
    assert compare(only([]), only([])).verdict == "undecided"


def test_an_id_that_stands_twice_is_refused() -> None:
    twice = Flights([1, 1], np.array([True, True]))
    with pytest.raises(ValueError, match="the same id stands twice"):
        compare(twice, twice)
