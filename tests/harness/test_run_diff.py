"""Two runs side by side. Oracles: flights changed at one known place, and margins written down by hand."""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.fly.run_diff import JudgedRun, RunDiff, _changed_keys, _compared, _margins
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.judge.verdict import judge
from hoverslam.harness.record.difference import Difference, Trace, difference_by_stream
from hoverslam.harness.record.flight_record import FlightRecord, StoredRun
from hoverslam.harness.report.run.overlay import overlay
from hoverslam.plant.layout import command_layout, truth_layout
from tests.harness.fake_plant import SHAPE
from tests.harness.flights import Plan, fly, view
from tests.harness.linked import ALL
from tests.harness.linked import fly as fly_linked
from tests.harness.test_record import record_of
from tests.harness.test_report import Page, column

LANDING = load_requirements("landing")


def parts(one: FlightRecord, other: FlightRecord) -> dict[str, Difference | None]:
    return difference_by_stream(SHAPE, Trace.of(one), Trace.of(other))


def test_the_same_flight_twice_differs_nowhere() -> None:
    assert parts(record_of(), record_of()) == {"truth": None, "sensors": None, "actuators": None}


def test_each_stream_is_named_by_its_own_first_difference() -> None:
    one, other = record_of(), record_of()
    other.truth[11, truth_layout(SHAPE).slice("q_pa").start] += 1e-9
    other.commands[[7, 20], command_layout(SHAPE).slice("fin_rad").start + 2] = -0.0
    one.commands[[7, 20], command_layout(SHAPE).slice("fin_rad").start + 2] = 0.0
    other.sensors[15] = other.sensors[16]
    found = parts(one, other)
    assert [(name, d and (d.frame, d.field)) for name, d in found.items()] == [
        ("truth", (11, "truth.q_pa")),
        ("sensors", (15, "sensors.seq")),
        ("actuators", (7, "actuators.fin_rad[2]")),
    ]
    assert found["actuators"] is not None
    assert found["actuators"].between("A", "B") == "frame 7: actuators.fin_rad[2] is 0.0 in A, -0.0 in B"


def stored(record: FlightRecord, name: str = "one") -> StoredRun:
    return StoredRun(Path(name), record, {"seed": 1, "wind": {"w20_mps": 3.0}}, {"numpy": "2"})


def test_what_comes_first_in_a_frame_is_named_first() -> None:
    one, other = record_of(), record_of()
    other.commands[9, 3] += 1.0
    other.sensors[9] = other.sensors[8]
    difference, _ = _compared(stored(one), stored(other))
    assert difference is not None
    assert (difference.frame, difference.field) == (9, "sensors.seq")


def test_a_flight_that_goes_on_for_longer_is_another_one() -> None:
    difference, streams = _compared(stored(record_of(frames=30)), stored(record_of(frames=25)))
    assert difference is not None
    assert (difference.frame, difference.field, difference.recorded) == (25, "frames", 30)
    assert streams == {"truth": None, "sensors": None, "actuators": None}


def test_runs_of_other_vehicles_and_rates_part_before_the_first_frame() -> None:
    one, other = record_of(), record_of(frame_ticks=20)
    difference, _ = _compared(stored(one), stored(other))
    assert difference == Difference(0, "frame_ticks", 10, 20)


def test_a_message_that_is_missing_is_told_as_one() -> None:
    lossy, sound = fly_linked(ALL[2]).recorder, fly_linked().recorder
    found = difference_by_stream(SHAPE, *(_trace(r) for r in (sound, lossy)))
    first = next(frame for frame, data in enumerate(lossy.sensors) if not data)
    assert found["sensors"] == Difference(first, "sensors.messages", 1, 0)


def _trace(recorder: Any) -> Trace:
    return Trace(recorder.hash(), recorder.frames, "at_rest", recorder.sensors, recorder.commands, recorder.truth)


def judged(plan: Plan, name: str) -> JudgedRun:
    flight = view(fly(plan))
    results = evaluate(flight, LANDING)
    return JudgedRun(stored(flight.record, name), flight, results, judge(flight.record, results))


SOFT, HARD = judged(Plan(touchdown_mps=1.5), "soft"), judged(Plan(touchdown_mps=5.0, north_m=-3.0), "hard")


def test_margins_are_compared_in_their_own_unit() -> None:
    pairs = {pair.id: pair for pair in _margins(SOFT.results, HARD.results)}
    assert pairs["R-18"].change == pytest.approx(-3.5, abs=5e-3), "the frame of contact is 4 ms after it"
    assert pairs["R-18"].unit == "m/s"
    assert pairs["R-18"].word == "worse"
    assert pairs["R-21"].change == pytest.approx(5.0 - math.hypot(3.0, 3.0), abs=1e-3)
    assert pairs["R-21"].word == "better"
    assert pairs["R-24"].word == "same"
    missing = {pair.id: pair for pair in _margins(SOFT.results, [])}["R-18"]
    assert (missing.second, missing.change, missing.word) == (None, None, "-")


def test_keys_that_the_scenarios_say_differently_are_named() -> None:
    one, other = {"seed": 1, "wind": {"w": 3.0}, "faults": []}, {"seed": 2, "wind": {"w": 3.0}}
    assert list(_changed_keys(one, other)) == ["seed: 1 in A, 2 in B", "faults: [] in A, None in B"]


def two_flights(first: JudgedRun, second: JudgedRun) -> str:
    first = first._replace(stored=stored(first.flight.record, first.stored.folder.name))
    margins = list(_margins(first.results, second.results))
    found = RunDiff(
        first, second, Difference(3, "truth.q_pa", 1.0, 2.0), {"truth": None}, margins, ["seed: 1 in A, 2 in B"], []
    )
    return overlay(found)


@pytest.mark.parametrize("first_fails", [False, True])
def test_the_failing_flight_is_drawn_over_the_passing_one_whichever_comes_first(first_fails: bool) -> None:
    page = Page(two_flights(*((HARD, SOFT) if first_fails else (SOFT, HARD))))
    failing, passing = ("A", "B") if first_fails else ("B", "A")
    assert f"Solid: {failing}. Dotted: {passing}." in page.visible
    data = json.loads(page.data)
    altitude = next(chart for chart in data["charts"] if chart["key"] == "altitude")
    assert [line["name"] for line in altitude["lines"]] == [f"{passing} altitude", f"{failing} altitude"]
    assert [line.get("dash", "solid") for line in altitude["lines"]] == ["dot", "solid"]
    assert [line["y"] for line in altitude["lines"]] == [f"{passing}.agl", f"{failing}.agl"]


def test_the_page_is_whole_in_itself_and_every_line_has_its_columns() -> None:
    text = two_flights(SOFT, HARD)
    page = Page(text)
    assert not [tag for tag, attributes in page.tags if {"src", "href", "srcset"} & set(attributes)]
    assert "{{" not in page.visible
    data = json.loads(page.data)
    lines = [line for chart in data["charts"] for line in chart["lines"]]
    lines += [line for part in data["maps"].values() for line in part["lines"]]
    assert {line["x"].partition(".")[0] for line in lines} == {"A", "B"}
    for line in lines:
        assert len(column(data, line["x"])) == len(column(data, line["y"])) > 0, line["name"]


def test_the_page_tells_what_the_table_tells() -> None:
    visible = Page(two_flights(SOFT, HARD)).visible
    assert "First difference in frame 3 (0.03 s): truth.q_pa" in visible
    assert "-3.498 m/s: worse" in visible
    assert "scenario seed: 1 in A, 2 in B" in visible


def test_what_fails_comes_first_on_the_page_and_has_its_limit_in_a_chart() -> None:
    text = two_flights(SOFT, HARD)
    failing = {result.id for result in HARD.results if result.status == "fail"}
    ids = re.findall(r'<td class="about"><b>(R-\d+)</b>', text)
    assert failing
    assert set(ids[: len(failing)]) == failing
    speed = next(chart for chart in json.loads(Page(text).data)["charts"] if chart["key"] == "speed")
    assert [limit["label"] for limit in speed["limits"] if limit.get("failed")] == ["R-18 ≤ 4"]
    assert [line["name"] for line in speed["lines"] if line.get("mark")] == ["B R-18 smallest margin"]


def test_names_from_outside_stay_text() -> None:
    attack = "</script><script>alert(1)</script>{{plotly}}<img src=x>"
    hard = judged(Plan(touchdown_mps=5.0), "hard")
    hard.flight.record.scenario = attack
    page = Page(two_flights(SOFT, hard))
    assert [tag for tag, _ in page.tags].count("script") == 3
    assert "img" not in {tag for tag, _ in page.tags}


def test_a_flight_that_never_began_still_has_a_page() -> None:
    record = fly()
    record.truth, record.commands, record.frames = np.zeros((1, record.truth.shape[1])), record.commands[:0], 0
    record.outcome = "gnc_lost"
    flight = view(record)
    results = evaluate(flight, LANDING)
    never = JudgedRun(stored(record, "never"), flight, results, judge(record, results))
    assert json.loads(Page(two_flights(SOFT, never)).data)["charts"]
