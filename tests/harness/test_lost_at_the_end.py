"""Files that were asked for and cannot be written in the end. Oracle: the verdict that comes without them."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hoverslam.harness.campaign.store import Store
from hoverslam.harness.certify.certify import Certificate
from hoverslam.harness.commands import campaign, cases, certify, compare, hunt, run, validate
from hoverslam.harness.commands.guard import guarded
from hoverslam.harness.errors import UsageError
from hoverslam.harness.validation.check import Check
from hoverslam.scenarios.load import load
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.test_expected import HARD, SOUND

WITHOUT = "; the verdict is not affected"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is asked for, that somebody removes while it flies."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


def told(command: Callable[[], int], code: int, capsys: pytest.CaptureFixture[str], lost: str) -> dict[str, Any]:
    """What it tells with that exit code, and that it says what was lost."""
    assert guarded(command, as_json=True) == code
    out, said = capsys.readouterr()
    assert lost in " ".join(said.split())
    assert WITHOUT.strip("; ") in " ".join(said.split())
    found: dict[str, Any] = json.loads(out)
    assert "error" not in found
    return found


@pytest.mark.parametrize(("summary", "code"), [(SOUND, 0), (HARD, 1)])
def test_a_run_tells_its_verdict_though_its_report_is_lost(
    summary: Any, code: int, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def flown(*_: object) -> Any:
        shutil.rmtree(place)
        return summary

    monkeypatch.setattr(run, "_flown", flown)
    request = run.RunRequest("zq3-landing", {}, junit=place / "x.xml", as_json=True)
    found = told(lambda: run.run_command(request), code, capsys, "--junit")
    assert found["verdict"] == summary.verdict


def test_cases_tell_theirs_though_report_and_page_are_lost(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def flown(_request: object, _scenarios: object, into: list[Any]) -> None:
        into.append(SOUND)
        shutil.rmtree(place)

    monkeypatch.setattr(cases, "_fly", flown)
    request = cases.CasesRequest(["zq3-landing"], fly=True, junit=place / "x.xml", page=place / "x.html", as_json=True)
    assert told(lambda: cases.cases_command(request), 0, capsys, "--page")["flown"] == 1


def test_a_comparison_tells_its_verdict_though_report_and_page_are_lost(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        with Store.create(place.parent / name, ABOUT) as store:
            for at in range(4):
                store.add(made(at), 0.5, "0")
    before = compare.compared

    def compared(*given: Any) -> Any:
        shutil.rmtree(place)
        return before(*given)

    monkeypatch.setattr(compare, "compared", compared)
    request = compare.CompareRequest("a", "b", junit=place / "x.xml", page=place / "x.html", as_json=True)
    assert told(lambda: compare.compare_command(request), 0, capsys, "--junit")["flights"] == 4


def test_the_table_of_a_campaign_that_is_lost_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.create(place.parent / "c", ABOUT) as store:
        store.add(made(0), 0.5, "0")
        shutil.rmtree(place)
        campaign._export(store, place / "x.csv", Path("c"))
    said = " ".join(capsys.readouterr().err.split())
    assert "--export" in said
    assert f"then run it again with --resume --out c{WITHOUT}" in said


def test_cases_that_a_hunt_cannot_keep_are_said(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hoverslam.harness.hunt.found.adopt", full)
    found: Any = [SimpleNamespace()]
    assert hunt._adopt(hunt.HuntRequest(adopt=place), found) == []
    assert "No space left on device" in capsys.readouterr().err


def test_a_certificate_that_cannot_be_written_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, _text: str) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    nothing = Certificate(load("zq3-landing"), 6)
    monkeypatch.setattr(certify, "certify", lambda _job: nothing)
    monkeypatch.setattr(certify, "write_whole", full)
    request = certify.CertifyRequest("zq3-landing", {}, 6, out=place / "new", as_json=True)
    assert told(lambda: certify.certify_command(request), 1, capsys, "No space left")["certified"] is False


def test_a_check_case_is_judged_though_its_history_is_lost(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    judged = [Check("nesc", "1", "altitude", 0.5, 1.0, "m", "a test")]
    monkeypatch.setattr("hoverslam.harness.validation.nesc.nesc", lambda _number: judged)
    monkeypatch.setattr("hoverslam.harness.validation.nesc_history.history", lambda _number: {"time": []})
    monkeypatch.setattr("hoverslam.harness.validation.nesc_history.write_csv", full)
    outcome = validate._case(1, place / "x.csv")
    assert (outcome.passed, outcome.history) == (True, None)
    assert outcome.remark.endswith(WITHOUT)
    judged.clear()
    with pytest.raises(UsageError, match="No space left"):  # it was all that was asked for
        validate._case(1, place / "x.csv")
    assert capsys.readouterr().out == ""
