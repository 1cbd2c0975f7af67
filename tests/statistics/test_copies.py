"""Copies are no evidence. Oracle: Clopper and Pearson's bounds of as many flights as differ, and counting by hand."""

import numpy as np
import pytest

from hoverslam.harness.statistics.compare import compare
from hoverslam.harness.statistics.copies import apart, firsts
from hoverslam.harness.statistics.gate import Flights
from tests.statistics.banks import bank


def flights(count: int, first: int = 0, prints: str = "", passed: bool = True) -> Flights:
    ids = list(range(first, first + count))
    return Flights(ids, np.full(count, passed), prints=[prints or f"{one:x}." for one in ids])


def test_the_first_of_each_kind_counts_and_what_is_not_known_is_no_copy() -> None:
    assert firsts(["a", "b", "a", "", "", "b", "c"]) == [0, 1, 3, 4, 6]


def test_a_pair_that_is_flown_three_hundred_times_settles_no_more_than_one_pair() -> None:
    same = flights(300, prints="one flight")
    found = compare(same, same)
    assert (found.verdict, found.flights, found.copies_a, found.copies_b) == ("undecided", 1, 299, 299)
    assert compare(flights(300), flights(300)).verdict == "no worse", "three hundred draws do"


def test_pairs_that_differ_on_one_side_alone_are_no_copies() -> None:
    found = compare(flights(50, prints="one flight"), flights(50))
    assert (found.flights, found.copies_a) == (50, 0)


def test_a_campaign_against_itself_is_not_two_campaigns() -> None:
    """Oracle: with every draw on one side only, a thousand flights make five hundred on each."""
    whole = bank(4, 1000)
    found = compare(whole, whole, paired=False)
    assert (found.flights, found.shared) == (500, 1000)
    told = compare(whole, whole._replace(ids=[f"other {one}" for one in whole.ids]), paired=False)
    assert (told.flights, told.shared) == (1000, 0), "other draws are evidence of their own"


def test_one_flight_in_two_campaigns_under_other_seeds_is_still_one_flight() -> None:
    found = compare(flights(300, prints="same"), flights(300, first=1000, prints="same"), paired=False)
    assert found.verdict == "undecided"
    assert (found.copies_a, found.copies_b, found.shared) == (299, 299, 1)
    assert found.measures[0].harm is None, "there is nothing to compare"


@pytest.mark.parametrize("shared", [0, 1, 2, 7, 50])
def test_each_shared_draw_stays_on_one_side(shared: int) -> None:
    ids_a, ids_b = list(range(50)), list(range(50 - shared, 100 - shared))
    found = apart(ids_a, ids_b, [""] * 50, [""] * 50)
    kept_a, kept_b = {ids_a[row] for row in found.a}, {ids_b[row] for row in found.b}
    assert not kept_a & kept_b
    assert kept_a | kept_b == {*ids_a, *ids_b}
    assert found.shared == shared
    assert 0 <= len(kept_b) - len(kept_a) + shared % 2 <= 2


def test_what_is_left_on_each_side_is_chosen_without_a_look_at_the_outcome() -> None:
    """An unbiased choice: of draws that A fails half the time, half of what is left of A fails."""
    ids = list(range(1000))
    found = apart(ids, ids, [""] * 1000, [""] * 1000)
    failed = np.random.default_rng(1).random(1000) < 0.5
    assert failed[found.a].mean() == pytest.approx(0.5, abs=0.05)
    assert failed[found.b].mean() == pytest.approx(0.5, abs=0.05)
