"""`hoverslam report` of a run folder that has none. Oracle: the page of the same flight as it was judged when flown."""

import json
from pathlib import Path

from hoverslam.harness.report import write_report
from tests.acceptance.conftest import Flown, Hoverslam
from tests.harness.test_report import Page


def test_the_page_of_a_stored_run_is_that_of_the_flight(
    stored: Path, nominal: Flown, hoverslam: Hoverslam, tmp_path: Path
) -> None:
    assert not (stored / "report.html").exists()
    done = hoverslam("report", str(stored), "--json", "--out", str(tmp_path / "again.html"))
    told = json.loads(done.stdout)
    assert (done.returncode, told["of"], told["verdict"]) == (0, "run", nominal.assessment.verdict.value)
    flight, results, found, verdict, _ = nominal.assessment
    first = write_report(tmp_path / "first.html", flight, results, verdict, found)
    pages = [Page(path.read_text(encoding="utf-8")) for path in (first, tmp_path / "again.html")]
    assert pages[0].data == pages[1].data
    told = [page.visible.partition("Peak loads")[0] for page in pages]
    assert told[0] == told[1]
    assert verdict.value in told[0]
