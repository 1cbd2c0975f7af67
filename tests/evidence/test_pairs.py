"""What a second core is worth. Oracle: pairs of which it is known how long they fly."""

import sys

import pytest

from tests.evidence import pairs

TAKES = "import sys; print('warm', flush=True); sys.stdin.readline(); print({})"


def test_two_pairs_count_by_the_slower_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {(0,): [10.0], (0, 1): [10.5, 12.5]}
    monkeypatch.setattr(pairs, "_fly_at_once", lambda cores: seconds[cores])
    assert pairs.gain((0, 1)) == pytest.approx(1.6)


def test_pairs_begin_when_all_are_warm_and_say_how_long_they_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "LINE", [sys.executable, "-c", TAKES.format("1.5 * (1 + int(sys.argv[1]))")])
    assert pairs._fly_at_once((0, 1)) == [1.5, 3.0]


def test_a_pair_that_does_not_come_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "LINE", [sys.executable, "-c", "raise SystemExit('no vehicle')"])
    with pytest.raises(RuntimeError, match="did not come up"):
        pairs._fly_at_once((0,))
