"""The gate between builds on flights that were flown. Oracle: which bank is whose."""

import pytest

from tests.evidence import gate
from tests.evidence.tables import FOLDER


@pytest.fixture(scope="module")
def found() -> list[gate.Found]:
    return gate.found(FOLDER)


def test_banks_are_large_enough_and_of_the_same_draws() -> None:
    a, b = gate.bank("reference"), gate.bank("forgetful")
    assert list(a.ids) == list(b.ids)
    assert len(a.ids) >= gate.BANK
    lost = int((a.passed & ~b.passed).sum()) / len(a.ids)
    assert 0.02 < lost < 0.04, "three in a hundred were planted"


def test_equal_builds_are_called_worse_in_at_most_one_comparison_of_twenty(found: list[gate.Found]) -> None:
    for one in found[:2]:
        assert one.trials.worse.trials == gate.TRIALS
        assert one.trials.worse.share is not None
        assert one.trials.worse.share <= 0.05, one.kind


def test_a_loss_of_three_in_a_hundred_is_found_in_nine_comparisons_of_ten(found: list[gate.Found]) -> None:
    assert found[2].trials.worse.share is not None
    assert found[2].trials.worse.share >= 0.9


def test_the_page_says_what_the_banks_say() -> None:
    page = (FOLDER / "gate.md").read_text(encoding="utf-8")
    for line in gate.report(FOLDER):
        if not line.startswith("Drawn with"):
            assert line in page
