"""Data that names a program. Oracle: a program that leaves a trace where it was started."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hoverslam.harness.campaign.store import Store
from hoverslam.harness.cli import app
from hoverslam.harness.commands.again import Again, consented
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.keep import keep_record
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.program.opening import REFERENCE
from hoverslam.scenarios.load import load
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.flights import fly

EVIL = "sh -c 'touch started'"


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign of somebody, flown by a program that leaves a trace."""
    with Store.create(tmp_path / "theirs", {**ABOUT, "gnc": EVIL}) as store:
        for place in range(3):
            store.add(made(place, fails=("R-21",)), 0.5, "0")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "theirs"


@pytest.mark.parametrize(
    "command", [["report", "theirs"], ["compare", "theirs", "theirs"], ["run", "--from", "theirs:1"]]
)
def test_nothing_that_is_read_is_started(command: list[str], foreign: Path) -> None:
    CliRunner().invoke(app, command)
    assert not (foreign.parent / "started").exists()


def test_without_a_word_of_the_user_it_is_shown_and_not_started() -> None:
    again = Again(load("zq3-landing"), EVIL, "")
    with pytest.raises(UsageError, match="not started without consent") as refused:
        consented(again, "db:1", None, stored_gnc=False)
    assert shlex.quote(EVIL) in str(refused.value)
    assert "--stored-gnc" in str(refused.value)


def test_with_consent_it_is_the_one_that_stands_there_and_the_users_own_goes_before() -> None:
    again = Again(load("zq3-landing"), EVIL, "")
    assert consented(again, "db:1", None, stored_gnc=True) == EVIL
    assert consented(again, "db:1", "mine", stored_gnc=False) == "mine"


def test_the_program_of_a_run_folder_is_not_started_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(load("zq3-last-5km"), "theirs", feels=False)
    keep_record(replace(fly(), command=EVIL), prepared, tmp_path / "theirs")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["run", "--from", "theirs"])
    assert (done.exit_code, "named in the run folder is not started" in " ".join(done.stderr.split())) == (2, True)
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("named", [None, REFERENCE])
def test_our_own_program_needs_no_consent(named: str | None) -> None:
    assert consented(Again(load("zq3-landing"), named, ""), "db:1", None, stored_gnc=False) is None


def test_consent_to_nothing_is_a_mistake() -> None:
    done = CliRunner().invoke(app, ["run", "--stored-gnc"])
    assert (done.exit_code, "add --from RUN or --from DB:PLACE" in done.stderr) == (2, True)
