"""The chain of causes. Oracle: flights whose events, limits and ends are stated in closed form."""

import math

import pytest

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.fly.summary import summarise
from hoverslam.harness.judge.causes import chain, crashed, sentence
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.record.flight_record import GncFailure
from hoverslam.harness.report.kit.columns import Columns, kept_rows
from hoverslam.harness.report.run.charts import TimeCharts
from hoverslam.harness.report.run.failed_limits import with_failed_limits
from hoverslam.harness.report.run.page import told
from hoverslam.harness.report.run.tables import tiles
from hoverslam.harness.trace.flight import Flight
from tests.harness.flights import Plan, commands_of, fly, known_window, truth_of, view

LANDING = load_requirements("landing")
LOST_S, HOPELESS_S = 9.5, 12.34


def crash() -> Flight:
    """Engine 5 fails at 9.5 s; from 12.34 s no throttle would do; it strikes the ground at 20.00 s with 150 m/s."""
    record = fly(Plan(touchdown_mps=150.0, outcome="impact", end_s=20.0, touchdown_s=20.0))
    truth = truth_of(record)
    row = round(100 * LOST_S)
    truth["engine_state"][row:, 5] = 5
    truth["engine_level"][row:, 5] = 0.0
    truth["leg_contact"] = 0.0

    def throttle(values: object) -> float:
        return math.nan if float(values[0]) > HOPELESS_S - 1e-6 else 0.8  # type: ignore[index]  # a row of numbers

    return view(record, required_throttle=throttle)


def test_a_crash_is_told_from_its_first_cause_to_the_ground_each_link_at_its_time() -> None:
    flight = crash()
    links = chain(flight, evaluate(flight, LANDING))
    assert [link.time_s for link in links] == sorted(link.time_s for link in links)
    assert links[0].text == "engine 5 lost"
    assert links[0].time_s == pytest.approx(LOST_S)
    hopeless = next(link for link in links if "no throttle" in link.text)
    assert hopeless.time_s == pytest.approx(HOPELESS_S, abs=0.011)
    assert links[-1].text.startswith("hit the ground at 150 m/s")
    assert links[-1].time_s == pytest.approx(20.0)
    words = sentence(links)
    assert words.startswith("Engine 5 lost at 9.5 s; ")
    assert "no throttle setting could stop the stage from 12.3 s" in words


def test_page_and_summary_tell_it_in_the_same_words() -> None:
    from hoverslam.harness.fly.assess import Assessment
    from hoverslam.harness.judge.verdict import Verdict

    flight = crash()
    results = evaluate(flight, LANDING)
    summary = summarise(Assessment(flight, results, [], Verdict.FAIL, ""), None)
    assert summary.how == told(flight, results) == sentence(chain(flight, results))


def test_a_flight_that_passed_has_no_chain() -> None:
    flight = view()
    assert chain(flight, evaluate(flight, LANDING)) == []
    assert not crashed(flight)


def test_a_lost_program_ends_the_chain() -> None:
    failure = GncFailure("died", "exited", 700, "burn", -11, "")
    record = fly(Plan(outcome="gnc_lost", end_s=7.0), gnc_failure=failure)
    flight = view(record)
    links = chain(flight, evaluate(flight, LANDING))
    assert links[-1].text.startswith("flight software died")
    assert links[-1].time_s == pytest.approx(7.0)


def test_a_requirement_that_was_violated_on_the_way_is_a_link() -> None:
    record = fly()
    truth_of(record)["tilt_rad"][1905] = math.radians(7.0)
    flight = view(record)
    links = chain(flight, evaluate(flight, LANDING))
    assert links[0].time_s == pytest.approx(19.05)
    assert links[-1].time_s == flight.touchdown.time_s  # type: ignore[union-attr]  # it struck the ground
    assert "R-16" in links[0].text
    assert "7 deg" in links[0].text


def test_nothing_is_green_in_a_flight_that_crashed() -> None:
    flight = crash()
    shown = tiles(flight, evaluate(flight, LANDING))
    assert "tile good" not in shown
    assert "tile fair" not in shown
    assert "tile bad" in shown
    assert "tile good" in tiles(view(), evaluate(view(), LANDING))


def charts_of(flight: Flight) -> dict[str, dict]:  # type: ignore[type-arg]  # charts are plain data
    columns = Columns()
    made = TimeCharts(flight, kept_rows(flight), columns).all()
    return {chart["key"]: chart for chart in with_failed_limits(made, flight, evaluate(flight, LANDING), columns)}


def test_every_requirement_that_failed_has_its_limit_in_a_chart() -> None:
    flight = view(Plan(touchdown_mps=6.0, tilt_deg=6.0, east_m=60.0, propellant_kg=300.0))
    charts = charts_of(flight)
    failed = {label["label"]: key for key, chart in charts.items() for label in chart["limits"] if label.get("failed")}
    assert failed["R-18 ≤ 4"] == "speed"
    assert failed["R-16 ≤ 5"] == "tilt"
    assert failed["R-23 ≥ 0.5"] == "propellant"  # tonnes there
    drawn = {charts[key]["lines"][0]["name"] for label, key in failed.items() if label.startswith("R-21")}
    assert drawn
    assert not [one for chart in charts_of(view()).values() for one in chart["limits"] if one.get("failed")]


class Kept(Columns):
    """Columns whose numbers can be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[float]] = {}

    def add(self, name: str, values: FloatArray) -> str:
        self.values[name] = values.tolist()
        return super().add(name, values)


SLOW = {"impact_offset_m": "R-06 ≥ 60", "k_req_above_floor": "R-09 ≥ 55"}
"""Signals that cost much for every frame, and the label of their limits."""


def test_what_failed_has_its_limit_and_a_mark_where_it_was_worst_however_its_signal_is_computed() -> None:
    """Oracle: the clauses themselves; 0.05 above the floor of 0.5 is 55 % in a chart of throttle."""
    crashed_ = crash()
    dear = view(
        Plan(touchdown_mps=6.0, tilt_deg=6.0, east_m=60.0, propellant_kg=300.0), required_throttle=lambda _: 0.52,
        window=known_window(impact_m=30.0, divert_m={"forward": 50.0}),
    )  # fmt: skip
    slow = set()
    for flight in (crashed_, dear):
        columns = Kept()
        results = evaluate(flight, LANDING)
        charts = with_failed_limits(TimeCharts(flight, kept_rows(flight), columns).all(), flight, results, columns)
        labels = {limit["label"] for chart in charts for limit in chart["limits"] if limit.get("failed")}
        marks = [
            (line["name"], columns.values[line["x"]][0], columns.values[line["y"]][0])
            for chart in charts for line in chart["lines"] if line.get("mark")
        ]  # fmt: skip
        for result in results:
            for clause in result.clauses:
                if clause.status not in {"fail", "advisory"} or clause.value is None or clause.limit is None:
                    continue
                assert any(label.startswith(f"{result.id} ") for label in labels), clause.formula
                assert any(name == f"{result.id} smallest margin" and t == clause.time_s for name, t, _ in marks)
                slow |= {signal for signal in SLOW if signal in clause.formula}
        if flight is dear:
            assert {SLOW[signal] for signal in slow} <= labels
            assert ("R-09 smallest margin", 52.0) in [(name, round(y, 6)) for name, _, y in marks]
            assert [y for name, _, y in marks if name == "R-06 smallest margin"] == [30.0]
    assert slow >= {"impact_offset_m", "k_req_above_floor"}


def test_navigation_errors_are_drawn_where_a_transient_does_not_hide_them() -> None:
    record = fly()
    truth = truth_of(record)
    for frame in range(0, 2000, 10):
        off_m = 200.0 if frame == 0 else 0.05
        record.telemetry.append((frame, {"pos_enu_m": [x + off_m for x in truth["pos_enu_m"][frame].tolist()]}))
    chart = charts_of(view(record))["error_pos_enu_m"]
    assert chart["log"] is True
    assert commands_of(record)["engine_on"].any()
