"""Campaigns as a user flies them: whole, killed, gone on with, compared. Oracle: an uninterrupted one, row by row."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Flown, Hoverslam
from tests.acceptance.hashes import differing, digest
from tests.acceptance.kills import FLIGHTS, command, kill, left, table, whole

Table = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def undisturbed(nominal: Flown, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Table]:
    """A campaign that nobody disturbed."""
    assert nominal.record.frames, "kernels are warm"
    out, mark = tmp_path_factory.mktemp("campaign") / "whole", uuid.uuid4().hex
    flown = whole(out, mark)
    assert left(mark) == [], "no process is left"
    return out, flown


def test_every_flight_is_in_the_table_once(undisturbed: tuple[Path, Table]) -> None:
    _, flown = undisturbed
    assert [row[0] for row in flown] == list(range(FLIGHTS))
    assert len({row[7] for row in flown}) == FLIGHTS, "all different hashes"


def test_the_table_is_what_it_was(undisturbed: tuple[Path, Table]) -> None:
    assert list(differing("campaign", {"table": digest(undisturbed[1])})) == []


@pytest.mark.parametrize(("victim", "moment"), [("driver", 1)])  # 20 each, of workers and programs too: make evidence
def test_a_campaign_that_is_killed_ends_with_the_table_of_one_that_is_not(
    undisturbed: tuple[Path, Table], tmp_path: Path, victim: str, moment: int
) -> None:
    told = kill(tmp_path / "killed", victim, moment, uuid.uuid4().hex)
    assert told.there >= moment, "the kill came late"
    assert told.table == undisturbed[1]
    assert told.left == []
    assert told.codes[-1] == 0


def test_a_flight_of_it_flies_again_bit_for_bit(
    undisturbed: tuple[Path, Table], hoverslam: Hoverslam, tmp_path: Path
) -> None:
    out, flown = undisturbed
    again = hoverslam("run", "--from", f"{out}:3", "--json", "--out", str(tmp_path / "again"))
    told = json.loads(again.stdout)
    assert (told["hash"], told["verdict"], told["seed"]) == (flown[3][7], flown[3][4], flown[3][1])
    assert "bit-equal to the flight in the campaign" in again.stderr


def test_it_is_no_worse_than_itself_and_a_baseline_says_so_too(
    undisturbed: tuple[Path, Table], hoverslam: Hoverslam, tmp_path: Path
) -> None:
    out, _ = undisturbed
    baseline = tmp_path / "baseline.json"
    written = hoverslam(*command(out)[4:], "--export", str(baseline))
    assert written.returncode == 0, written.stderr
    for a in (str(out), str(baseline)):
        told = json.loads(hoverslam("compare", a, str(out), "--json").stdout)
        assert (told["flights"], told["pairing"]["only_a"], told["pairing"]["only_b"]) == (FLIGHTS, 0, 0)
        assert told["verdict"] in {"no worse", "undecided"}
    assert len(baseline.read_bytes()) < 10_000, "small enough for a repository"


def test_two_workers_or_one_fly_the_same_table(undisturbed: tuple[Path, Table], tmp_path: Path) -> None:
    assert whole(tmp_path / "one", uuid.uuid4().hex, "--workers", "1") == undisturbed[1]
    assert table(undisturbed[0]) == undisturbed[1]
