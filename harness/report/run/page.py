"""Puts the page together: header, requirement table and facts as plain HTML, charts as data for plotly in the browser.

Everything that comes from outside is escaped.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from hoverslam.harness.files import write_whole
from hoverslam.harness.judge.causes import chain, sentence
from hoverslam.harness.judge.findings import Finding
from hoverslam.harness.judge.requirements import RequirementResult
from hoverslam.harness.judge.verdict import Verdict, explain
from hoverslam.harness.report.kit.columns import Columns, kept_rows
from hoverslam.harness.report.kit.document import document, filled, safe_json
from hoverslam.harness.report.replay3d import replay_data, replay_script, replay_style
from hoverslam.harness.report.run.charts import TimeCharts
from hoverslam.harness.report.run.failed_limits import with_failed_limits
from hoverslam.harness.report.run.maps import ground_track, side_view, stage_view
from hoverslam.harness.report.run.strings import strings_card
from hoverslam.harness.report.run.tables import facts_table, findings_list, loads_table, requirement_table, tiles
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.phase import FLIGHT_PHASES


def write_report(
    path: Path,
    flight: Flight,
    results: Sequence[RequirementResult],
    verdict: Verdict,
    findings: Sequence[Finding] = (),
    facts: Mapping[str, object] | None = None,
) -> Path:
    """Write the page of a judged flight. `facts` are shown as they are: versions, command line, paths."""
    page = _page(flight, results, verdict, findings, facts or {})
    return write_whole(path, page)


def _page(
    flight: Flight,
    results: Sequence[RequirementResult],
    verdict: Verdict,
    findings: Sequence[Finding],
    facts: Mapping[str, object],
) -> str:
    record = flight.record
    parts = {
        "verdict": verdict.value,
        "meaning": escape(verdict.meaning),
        "scenario": escape(record.scenario),
        "subtitle": escape(f"seed {record.seed} · flown by {_gnc_name(flight)}"),
        "headline": escape(told(flight, results)),
        "explanation": escape(_explanation(flight, results)),
        "tiles": tiles(flight, results),
        "contents": _contents(flight),
        "last_words": _last_words(flight),
        "strings": strings_card(record.strings),
        "requirements": requirement_table(results),
        "loads": loads_table(flight),
        "findings": findings_list(findings),
        "facts": facts_table(flight, facts),
        "replay": _replay(flight),
    }
    title = f"{verdict.value}: {record.scenario}, seed {record.seed}"
    return document(title, filled("page.html", parts), _data(flight, results), ("plots.js", "page.js"))


def headline(flight: Flight) -> str:
    """The result of the flight, in one line."""
    if not flight.begun:
        return "The flight did not start"
    touchdown = flight.touchdown
    if touchdown is None:
        height_km = float(flight.column("altitude_agl_m")[-1]) * 1e-3
        return f"No touchdown: the flight ended after {flight.time_s[-1]:.1f} s at an altitude of {height_km:.2f} km"
    where = f"{touchdown.miss_m:.1f} m from the pad centre"
    speed_mps = (touchdown.vertical_mps**2 + touchdown.horizontal_mps**2) ** 0.5
    if flight.standing is not None and flight.standing.tipped_over:
        return f"Tipped over {where}, after a touchdown at {touchdown.vertical_mps:.1f} m/s"
    if flight.record.outcome == "impact":
        return f"Hit the ground {where} at {speed_mps:.0f} m/s"
    if flight.record.outcome == "at_rest":
        return f"Landed {where} at {touchdown.vertical_mps:.1f} m/s"
    return f"Touched down {where} at {touchdown.vertical_mps:.1f} m/s, without coming to rest"


def told(flight: Flight, results: Sequence[RequirementResult]) -> str:
    """The headline: for a failure the sequence of events with times; otherwise the result of the flight."""
    links = chain(flight, results)
    return sentence(links) if links else headline(flight)


def _explanation(flight: Flight, results: Sequence[RequirementResult]) -> str:
    """The reason for the verdict; below a sequence of events also the result of the flight."""
    why = explain(flight.record, results)
    return f"{headline(flight)}. {why[:1].upper()}{why[1:]}" if chain(flight, results) else why


def _contents(flight: Flight) -> str:
    """Links to the parts of the page that are there."""
    parts = (("where", "Touchdown"), ("strings", "Flight computers"), ("replay", "Replay"),
             ("requirements", "Requirements"), ("loads", "Peak loads"), ("findings", "Findings"), ("charts", "Charts"),
             ("run", "Run"))  # fmt: skip
    drawn = {"where", "charts"} if not flight.begun else set()
    drawn |= set() if replay_data(flight) else {"replay"}
    drawn |= {"strings"} if flight.record.strings is None else set()
    return "".join(f'<button data-part="{place}">{name}</button>' for place, name in parts if place not in drawn)


def _gnc_name(flight: Flight) -> str:
    gnc = flight.record.gnc
    return f"{gnc.get('name') or 'unnamed flight software'} {gnc.get('version') or ''}".strip()


def _last_words(flight: Flight) -> str:
    failure = flight.record.gnc_failure
    if failure is None or not failure.stderr_tail.strip():
        return ""
    return (
        '<section class="card words"><h2>Last output lines of the flight software</h2>'
        f"<pre>{escape(failure.stderr_tail.strip())}</pre></section>"
    )


def _replay(flight: Flight) -> str:
    """The card of the 3-D replay with all it needs; nothing where there is nothing to show."""
    data = replay_data(flight)
    if data is None:
        return ""
    return (
        f"<style>{replay_style()}</style>"
        '<section class="card"><h2>Replay</h2><div id="replay"></div></section>'
        f'<script type="application/json" id="replay-data">{safe_json(data)}</script>'
        f"<script>{replay_script()}</script>"
        '<script>hoverslam.replay(document.getElementById("replay"), '
        'JSON.parse(document.getElementById("replay-data").textContent));</script>'
    )


def _data(flight: Flight, results: Sequence[RequirementResult]) -> dict[str, Any]:
    if not flight.begun:
        return {}
    columns = Columns()
    rows = kept_rows(flight)
    charts = with_failed_limits(TimeCharts(flight, rows, columns).all(), flight, results, columns)
    maps = {
        "track": ground_track(flight, columns),
        "side": side_view(flight, rows, columns),
        "stage": stage_view(flight, columns),
    }
    return {
        "columns": columns.packed(),
        "charts": charts,
        "maps": maps,
        "events": [{"name": e.name, "label": e.label, "t": e.time_s} for e in flight.events],
        "phases": phase_spans(flight),
        "span": [float(flight.time_s[0]), float(flight.time_s[-1])],
        "contact": None if flight.touchdown is None else flight.touchdown.time_s,
    }


def phase_spans(flight: Flight) -> list[dict[str, Any]]:
    """Start and end of each phase, for the shading of the time axes."""
    spans = []
    for code, name in enumerate(FLIGHT_PHASES):
        rows = (flight.phase_codes == code).nonzero()[0]
        if len(rows):
            end = min(int(rows[-1]) + 1, flight.rows - 1)
            spans.append({"name": name, "from": flight.time_at(int(rows[0])), "to": flight.time_at(end)})
    return spans
