"""The page: whole in itself, true to the record, and harmless whatever the strings in it are."""

import base64
import json
import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.judge.findings import findings
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import judge
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.report import write_report
from hoverslam.harness.report.kit.columns import kept_rows
from tests.harness.flights import Plan, fly, truth_of, view

LANDING = load_requirements("landing")
LARGEST_MB = 7.0
"""The plotly library is 4.8 MB of it."""


class Page(HTMLParser):
    """Tags, attributes, and the text of the elements that have an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""
        self.words: list[str] = []
        self._stack: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._stack = [{"tag": tag, **dict(attrs)}]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._stack = []

    def handle_data(self, data: str) -> None:
        inside = self._stack[0] if self._stack else {}
        if inside.get("id") == "data":
            self.data += data
        elif not inside:
            self.words.append(data)

    @property
    def visible(self) -> str:
        return " ".join(" ".join(self.words).split())


def written(folder: Path, record: FlightRecord) -> str:
    flight = view(record)
    results = evaluate(flight, LANDING)
    path = write_report(
        folder / "report.html", flight, results, judge(record, results), findings(flight), {"numpy": np.__version__}
    )
    return path.read_text(encoding="utf-8")


def column(data: dict[str, Any], name: str) -> Any:
    return np.frombuffer(base64.b64decode(data["columns"][name]), dtype="<f4")


def test_the_page_asks_for_nothing_outside_itself(tmp_path: Path) -> None:
    text = written(tmp_path, fly())
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"}, tag
        assert not {"src", "href", "srcset", "action"} & set(attributes), (tag, attributes)
    [policy] = [a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "http" not in policy
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import", style)


def test_the_page_has_a_bearable_size(tmp_path: Path) -> None:
    assert len(written(tmp_path, fly())) < LARGEST_MB * 1e6


def test_the_page_serves_light_and_dark_and_small_screens(tmp_path: Path) -> None:
    text = written(tmp_path, fly())
    assert "prefers-color-scheme: dark" in text
    assert "width=device-width" in text


def test_lines_are_the_record_at_the_kept_rows(tmp_path: Path) -> None:
    record = fly()
    data = json.loads(Page(written(tmp_path, record)).data)
    rows = kept_rows(view(record))
    truth = truth_of(record)
    single = 1e-6  # relative: 32-bit floats
    np.testing.assert_allclose(column(data, "t"), truth["time_s"][rows], rtol=single)
    np.testing.assert_allclose(column(data, "agl"), truth["altitude_agl_m"][rows], rtol=single)
    np.testing.assert_allclose(column(data, "pc5"), 1e-6 * truth["chamber_pressure_pa"][rows, 5], rtol=single)
    np.testing.assert_allclose(column(data, "tilt"), np.rad2deg(truth["tilt_rad"])[rows], rtol=single)


def test_every_line_has_its_columns_and_they_match_in_length(tmp_path: Path) -> None:
    record = fly(Plan(telemetry=[(k, {"pos_enu_m": [0.0, 0.0, 9.0], "k_req": 0.8}) for k in range(0, 2000, 10)]))
    data = json.loads(Page(written(tmp_path, record)).data)
    lines = [line for chart in data["charts"] for line in chart["lines"]]
    lines += [line for part in data["maps"].values() for line in part["lines"]]
    assert lines
    for line in lines:
        assert len(column(data, line["x"])) == len(column(data, line["y"])) > 0, line["name"]


def test_the_charts_that_the_issue_asks_for_are_there(tmp_path: Path) -> None:
    data = json.loads(Page(written(tmp_path, fly())).data)
    keys = {chart["key"] for chart in data["charts"]}
    asked = {"altitude", "speed", "throttle", "pressure", "tilt", "alpha", "q", "gimbal", "fins", "propellant", "wind"}
    assert asked | {"k_req", "rates", "accel", "window"} <= keys
    assert {"q_alpha_kpa_deg", "bending_moment_knm", "heat_flux_kwpm2", "heat_load_kjpm2"} <= keys
    pressure = next(chart for chart in data["charts"] if chart["key"] == "pressure")
    assert [line["name"] for line in pressure["lines"]] == ["engine 0", "engine 1", "engine 5"]
    events = [event["name"] for event in data["events"]]
    assert events == ["ignition", "thrust_on", "full_thrust", "legs", "engines_changed", "contact", "cutoff"]


def test_the_window_is_a_bar_with_the_throttle_over_it(tmp_path: Path) -> None:
    data = json.loads(Page(written(tmp_path, fly())).data)
    window = next(chart for chart in data["charts"] if chart["key"] == "window")
    bar, relight, throttle = window["lines"]
    assert column(data, bar["x"]) == pytest.approx([3.0, 6.5])
    assert column(data, relight["x"]) == pytest.approx([2.5, 5.75])
    assert column(data, throttle["y"])[[0, -1]] == pytest.approx([60.0, 95.0])


def test_navigation_error_is_drawn_where_an_estimate_was_reported(tmp_path: Path) -> None:
    record = fly()
    position = truth_of(record)["pos_enu_m"][100]
    record.telemetry.append((100, {"pos_enu_m": list(position + np.array([1.0, -2.0, 0.5]))}))
    data = json.loads(Page(written(tmp_path, record)).data)
    got = [float(column(data, f"error_pos_enu_m_{part}")[0]) for part in ("east", "north", "up")]
    assert got == pytest.approx([1.0, -2.0, 0.5], abs=1e-4)


def test_the_touchdown_mark_is_where_the_stage_came_down(tmp_path: Path) -> None:
    data = json.loads(Page(written(tmp_path, fly())).data)
    track = data["maps"]["track"]
    assert (track["mark"]["x"], track["mark"]["y"]) == (pytest.approx(3.0, abs=1e-3), pytest.approx(-4.0))
    assert [circle["radius"] for circle in track["circles"]] == [40.0, 10.0]
    assert "5.0 m from the pad centre: downrange +3.0 m, crossrange +4.0 m" in track["mark"]["label"]


def test_the_stage_is_drawn_upright_and_to_scale(tmp_path: Path) -> None:
    """Each stroke runs from the feet to the nose, 42 m above them for a stage that stands straight up."""
    data = json.loads(Page(written(tmp_path, fly())).data)
    x, y = (column(data, f"stage_{axis}").reshape(-1, 3) for axis in "xy")
    np.testing.assert_allclose(y[:, 1] - y[:, 0], 42.0, atol=1e-4)
    np.testing.assert_allclose(x[:, 1] - x[:, 0], 0.0, atol=1e-4)
    assert np.isnan(y[:, 2]).all()


def test_header_and_table_say_what_the_results_say(tmp_path: Path) -> None:
    visible = Page(written(tmp_path, fly(Plan(touchdown_mps=5.0)))).visible
    assert visible.index("FAIL") < visible.index("Landed 5.0 m from the pad centre at 5.0 m/s")
    table = visible[visible.index("Requirements") :]
    assert table.index("R-18") < table.index("R-09")
    assert "−1 m/s" in table
    assert "≤ 4" in table


def test_an_impact_is_called_one(tmp_path: Path) -> None:
    record = fly(Plan(touchdown_mps=90.0, end_s=20.01, outcome="impact"))
    assert "Hit the ground 5.0 m from the pad centre at 90 m/s" in Page(written(tmp_path, record)).visible


def test_a_stage_that_tipped_over_is_shown_plainly(tmp_path: Path) -> None:
    record = fly(Plan(outcome="impact"))
    truth = truth_of(record)
    truth["tip_margin_rad"], truth["struck"][-1] = -1.0, 2.0
    visible = Page(written(tmp_path, record)).visible
    assert "Tipped over 5.0 m from the pad centre, after a touchdown at 1.5 m/s" in visible
    assert "The stage tipped over after touchdown" in visible
    assert "tipped over: all legs touched first" in visible, "a finding"


def test_the_margin_against_toppling_stands_among_the_key_numbers(tmp_path: Path) -> None:
    record = fly()
    truth_of(record)["tip_margin_rad"] = math.radians(17.3)
    visible = " ".join(Page(written(tmp_path, record)).visible.split())
    assert re.search(r"From tipping over\s*17\.3\s*deg\s*all legs first", visible)


def test_strings_from_outside_stay_text(tmp_path: Path) -> None:
    """Names, reasons, and the last words of a flight program end no element and start no script."""
    attack = "</script><script>alert(1)</script>{{plotly}}<img src=http://evil.example/x>"
    record = fly(Plan(outcome="gnc_lost", end_s=12.0), GncFailure("died", attack, 1200, "burn", 1, attack))
    record.gnc = {"name": attack, "version": "&amp;"}
    record.scenario = attack
    page = Page(written(tmp_path, record))
    assert [tag for tag, _ in page.tags].count("script") == 3
    assert "img" not in {tag for tag, _ in page.tags}
    assert attack in page.visible
    json.loads(page.data)


def test_a_flight_lost_at_the_start_still_has_a_page(tmp_path: Path) -> None:
    record = fly(
        Plan(outcome="gnc_lost"), GncFailure("hung", "no answer in 60 s", 0, "start", None, "waiting for nothing")
    )
    record.truth, record.commands, record.frames = record.truth[:0], record.commands[:0], 0
    visible = Page(written(tmp_path, record)).visible
    assert "The flight did not start" in visible
    assert "waiting for nothing" in visible


def test_numbers_that_are_none_become_gaps_and_not_a_broken_page(tmp_path: Path) -> None:
    record = fly()
    truth_of(record)["alpha_rad"][1000:1100] = math.nan
    data = json.loads(Page(written(tmp_path, record)).data)
    assert np.isnan(column(data, "alpha")).any()


def test_thinning_keeps_the_last_seconds_whole_and_every_event() -> None:
    flight = view()
    rows = kept_rows(flight)
    assert set(range(1502, 2201)) <= set(rows.tolist())
    assert {event.frame for event in flight.events} <= set(rows.tolist())
    assert len(rows) < 0.6 * flight.rows


def test_the_report_does_not_import_plotly() -> None:
    code = "import sys, hoverslam.harness.report; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
