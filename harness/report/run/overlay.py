"""Two flights in the same charts, on one self-contained page that opens offline.

The run that came out worse is drawn in full over the other, which is dotted; where both came out alike, the second
is drawn over the first.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from hoverslam.harness.fly.run_diff import JudgedRun, MarginPair, RunDiff, by_urgency
from hoverslam.harness.judge.requirements import RequirementResult
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.report.kit.columns import Columns, kept_rows
from hoverslam.harness.report.kit.document import document, filled
from hoverslam.harness.report.run.charts import TimeCharts
from hoverslam.harness.report.run.failed_limits import with_failed_limits
from hoverslam.harness.report.run.maps import ground_track, side_view
from hoverslam.harness.report.run.page import phase_spans
from hoverslam.harness.report.run.tables import STATUS_WORDS
from hoverslam.harness.statistics.words import number

Line = dict[str, Any]


def overlay(found: RunDiff) -> str:
    """The page of two runs."""
    beneath, above = _order(found)
    parts = {
        "word": "IDENTICAL" if found.identical else "DIFFERENT",
        "first": _run_line("A", found.first),
        "second": _run_line("B", found.second),
        "headline": escape(_headline(found)),
        "drawn": escape(f"Solid: {above[0]}. Dotted: {beneath[0]}."),
        "margins": _margin_table(found.margins),
        "differences": _differences(found),
    }
    title = f"{found.first.stored.folder.name} and {found.second.stored.folder.name}"
    return document(title, filled("overlay.html", parts), _data(beneath, above), ("plots.js", "page.js"))


def _order(found: RunDiff) -> tuple[tuple[str, JudgedRun], tuple[str, JudgedRun]]:
    first, second = ("A", found.first), ("B", found.second)
    failed = found.first.verdict != Verdict.PASS
    return (second, first) if failed and found.second.verdict == Verdict.PASS else (first, second)


def _run_line(letter: str, judged: JudgedRun) -> str:
    record = judged.stored.record
    about = f"{record.scenario}, seed {record.seed}: {judged.verdict.value}, {record.outcome.replace('_', ' ')}"
    return f"<b>{letter}</b> {escape(str(judged.stored.folder))} · {escape(about)} · {record.hash[:16]}"


def _headline(found: RunDiff) -> str:
    if found.difference is None:
        return "The same flight, bit for bit"
    time_s = 1e-9 * found.first.stored.record.time_ns(found.difference.frame)
    return f"First difference in frame {found.difference.frame} ({time_s:.2f} s): {found.difference.field}"


MARGIN_HEADS = ("Requirement", "A", "Margin A", "B", "Margin B", "Change A to B")


def _margin_table(pairs: list[MarginPair]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in MARGIN_HEADS)
    rows = "".join(map(_margin_row, by_urgency(pairs)))
    return f'<table aria-label="Margins" class="margins"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _margin_row(pair: MarginPair) -> str:
    change = "–" if pair.change is None else f"{pair.change:+.4g} {pair.unit}".rstrip() + f": {pair.word}"
    about = f"<b>{escape(pair.id)}</b> {escape(pair.title)}"
    return (
        f'<tr class="main"><td class="about">{about}</td>{_side(pair.first, "A")}{_side(pair.second, "B")}'
        f'<td class="num change {pair.word}" data-name="Change A to B">{escape(change)}</td></tr>'
    )


def _side(result: RequirementResult | None, letter: str) -> str:
    if result is None:
        return f'<td class="status" data-name="{letter}">absent</td><td class="num">–</td>'
    margin = "–" if result.margin is None else f"{number(result.margin)} {escape(result.unit)}"
    word = f"<span>{STATUS_WORDS[result.status]}</span>"
    return f'<td class="status {result.status}" data-name="{letter}">{word}</td><td class="num">{margin}</td>'


def _differences(found: RunDiff) -> str:
    """Where each stream parts, and what scenario and environment say differently."""
    lines = [
        f"{name}: {'equal for as long as both flights last' if place is None else place.between('A', 'B')}"
        for name, place in found.by_stream.items()
    ]
    lines += [f"scenario {line}" for line in found.scenario]
    lines += [f"flown in a different environment: {line}" for line in found.environment]
    return f'<ul class="findings">{"".join(f"<li><span>{escape(line)}</span></li>" for line in lines)}</ul>'


def _data(beneath: tuple[str, JudgedRun], above: tuple[str, JudgedRun]) -> dict[str, Any]:
    """What `page.js` draws; the events and phases are those of the flight on top."""
    drawn = [_Drawn(letter, judged) for letter, judged in (beneath, above) if judged.flight.begun]
    if not drawn:
        return {}
    under, top = drawn[0], drawn[-1]
    flight = top.flight
    charts = [_merged(key, drawn) for key in dict.fromkeys(key for one in drawn for key in one.charts)]
    return {
        "columns": {name: packed for one in drawn for name, packed in one.columns.items()},
        "charts": charts,
        "maps": _maps(under, top),
        "events": [{"name": e.name, "label": e.label, "t": e.time_s} for e in flight.events],
        "phases": phase_spans(flight),
        "span": [0.0, max(float(one.flight.time_s[-1]) for one in drawn)],
        "contact": None if flight.touchdown is None else flight.touchdown.time_s,
    }


class _Drawn:
    """The charts and maps of one flight with the limits of what it failed, its columns named after its letter."""

    def __init__(self, letter: str, judged: JudgedRun) -> None:
        flight = judged.flight
        self.letter, self.flight = letter, flight
        columns, rows = Columns(), kept_rows(flight)
        charts = with_failed_limits(TimeCharts(flight, rows, columns).all(), flight, judged.results, columns)
        self.charts = {chart["key"]: chart for chart in charts}
        self.track, self.side = ground_track(flight, columns), side_view(flight, rows, columns)
        self.columns = {f"{letter}.{name}": packed for name, packed in columns.packed().items()}

    def lines(self, lines: list[Line], *, dotted: bool) -> Iterator[Line]:
        """Lines as they are drawn here: of the flight beneath only what was flown, not what was commanded."""
        for line in lines:
            if dotted and line.get("dash") == "dot":
                continue
            named = {axis: f"{self.letter}.{line[axis]}" for axis in ("x", "y")}
            yield {**line, **named, "name": f"{self.letter} {line['name']}", **({"dash": "dot"} if dotted else {})}


def _merged(key: str, drawn: list[_Drawn]) -> dict[str, Any]:
    """A chart with the lines of both flights, that of the flight beneath first, and the limits of both, each once."""
    chart = next(one.charts[key] for one in reversed(drawn) if key in one.charts)
    lines = [
        line
        for one in drawn
        if key in one.charts
        for line in one.lines(one.charts[key]["lines"], dotted=one is not drawn[-1])
    ]
    limits = {repr(limit): limit for one in drawn if key in one.charts for limit in one.charts[key]["limits"]}
    return {**chart, "lines": lines, "limits": list(limits.values())}


def _maps(under: _Drawn, top: _Drawn) -> dict[str, Any]:
    both = [under, top] if under is not top else [top]
    track = {**top.track, "half": max(one.track["half"] for one in both)}
    track["lines"] = [line for one in both for line in one.lines(one.track["lines"], dotted=one is not top)]
    side = [line for one in both for line in one.lines(one.side["lines"], dotted=one is not top)]
    return {"track": track, "side": {**top.side, "lines": side}, "stage": {"lines": []}}
