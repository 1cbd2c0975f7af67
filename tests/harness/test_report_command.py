"""`hoverslam report`. Oracle: what was asked for, and where the pages then lie."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hoverslam.harness.campaign.figures import figures
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.cli import app
from hoverslam.harness.commands.campaign import _write_page
from tests.harness.campaign.scattered import failing, row, store_of


def hoverslam(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_page_of_a_campaign_goes_into_its_folder_or_where_told(tmp_path: Path) -> None:
    folder = store_of(tmp_path / "campaign", [row(0), failing(1)], flights=2)
    done = hoverslam("report", str(folder), "--json")
    told = json.loads(done.stdout)
    page = folder / "report.html"
    assert (done.exit_code, told["of"], told["flights"], told["page"]) == (0, "campaign", 2, str(page))
    assert told["bytes"] == page.stat().st_size
    elsewhere = hoverslam("report", str(folder / "campaign.sqlite"), "--out", str(tmp_path / "here.html"))
    assert elsewhere.stdout.strip().endswith(str(tmp_path / "here.html"))
    assert (tmp_path / "here.html").read_bytes() == page.read_bytes()


def test_what_has_no_page_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.sqlite").write_text("no database")
    for given, said in (
        (tmp_path / "nothing", "no such folder; give a run folder or a campaign folder"),
        (tmp_path / "empty", "contains neither campaign.sqlite nor flight.mcap; give a run folder"),
        (tmp_path / "text.sqlite", "is not a campaign database; give the folder of a campaign"),
    ):
        done = hoverslam("report", str(given))
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"{given}: {said}" in done.stderr


def test_a_page_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    folder = store_of(tmp_path / "campaign", [row(0)], flights=1)
    done = hoverslam("report", str(folder), "--out", str(tmp_path / "no" / "such.html"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cannot be written (No such file or directory); give another file with --out" in done.stderr


def test_a_page_that_a_campaign_cannot_write_costs_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store_of(tmp_path / "campaign", [row(0)], flights=1)
    (folder / "report.html").mkdir()
    with Store.read(folder) as store:
        _write_page(store, folder, figures(store))
    assert (
        f"cannot be written (Is a directory); free disk space, then hoverslam report {folder}"
        in capsys.readouterr().err
    )
