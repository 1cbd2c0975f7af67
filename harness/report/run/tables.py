"""The parts of the page that are plain HTML: key numbers, the requirement table, findings and facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from hoverslam.harness.judge.causes import crashed
from hoverslam.harness.judge.findings import Finding
from hoverslam.harness.judge.requirements import ClauseResult, RequirementResult, worst_first
from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.statistics.words import number
from hoverslam.harness.trace.flight import Flight

STATUS_WORDS = {"pass": "pass", "fail": "fail", "advisory": "advisory", "not_evaluated": "not evaluated"}
ZERO = 32.0
"""Where on the margin bar the limit lies, in percent of its width."""


def tiles(flight: Flight, results: Sequence[RequirementResult]) -> str:
    """Key numbers under the verdict, coloured by the clause that judges each."""
    grades = _grades(results)
    if crashed(flight):  # what held until then is no success
        grades = {signal: grade if grade == "bad" else "" for signal, grade in grades.items()}
    shown = []
    if (touchdown := flight.touchdown) is not None:
        parts = f"{signed(touchdown.downrange_m)} downrange, {signed(touchdown.crossrange_m)} crossrange"
        propellant = f"{touchdown.propellant_kg:,.0f}".replace(",", " ")
        turning = f"body rate {touchdown.rate_dps:.2f} deg/s"
        rows = (
            ("Miss", f"{touchdown.miss_m:.2f}", "m", parts, "miss_m"),
            ("Vertical speed", f"{touchdown.vertical_mps:.2f}", "m/s", "at first contact", "vertical_mps"),
            ("Horizontal speed", f"{touchdown.horizontal_mps:.2f}", "m/s", "at first contact", "horizontal_mps"),
            ("Tilt", f"{touchdown.tilt_deg:.2f}", "deg", turning, "tilt_deg"),
            ("Propellant left", propellant, "kg", "usable", "propellant_kg"),
        )
        shown = [_tile(*row[:4], grades.get(f"touchdown_{row[4]}", "")) for row in rows]
        shown.append(_standing_tile(flight))
    if (frame := flight.ignition_frame) is not None:
        height = f"{flight.column('altitude_agl_m')[frame]:,.0f}".replace(",", " ")
        shown.append(_tile("Ignition", height, "m", f"high, at {flight.time_at(frame):.2f} s", ""))
    shown.append(_tile("Flight time", f"{flight.time_s[-1]:.2f}", "s", flight.record.outcome.replace("_", " "), ""))
    return "".join(shown)


def _standing_tile(flight: Flight) -> str:
    """Margin against tipping over, or that it tipped over, and the first contact."""
    stood = flight.standing
    if stood is None:
        return ""
    bounced = f", {stood.bounces} bounce{'s' if stood.bounces > 1 else ''}" if stood.bounces else ""
    note = f"{stood.first_contact} first{bounced}"
    if stood.tipped_over:
        return _tile("On the ground", "tipped over", "", note, "bad")
    if stood.tip_over_margin_deg is None:
        return _tile("On the ground", "no footprint", "", note, "")
    return _tile("From tipping over", f"{stood.tip_over_margin_deg:.1f}", "deg", note, "")


def _grades(results: Sequence[RequirementResult]) -> dict[str, str]:
    """Grade of the clause over each touchdown signal: bad, fair (limit held, goal missed) or good."""
    grades = {}
    for clause in (clause for result in results for clause in result.clauses):
        for signal in re.findall(r"\btouchdown_\w+", clause.formula):
            if clause.status in {"fail", "advisory"}:
                grades[signal] = "bad"
            elif clause.status == "pass":
                grades.setdefault(signal, "fair" if clause.goal_met is False else "good")
    return grades


def _tile(name: str, value: str, unit: str, note: str, grade: str) -> str:
    return (
        f'<div class="tile {grade}"><div class="name">{escape(name)}</div>'
        f'<div class="value">{escape(value)} <small>{escape(unit)}</small></div>'
        f'<div class="note">{escape(note)}&nbsp;</div></div>'
    )


def requirement_table(results: Sequence[RequirementResult]) -> str:
    """Every requirement, worst first; the binding clause in its row, the others under it on demand."""
    body = "".join(_requirement_rows(result) for result in worst_first(results))
    heads = ('<span class="unseen">Status</span>', "Requirement", "Value", "Limit", "Margin", "At")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f'<table aria-label="Requirements"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _requirement_rows(result: RequirementResult) -> str:
    binding = next(clause for clause in result.clauses if clause.name == result.clause)
    advisory = ' <span class="tag">advisory</span>' if result.severity == "advisory" else ""
    about = (
        f'<b>{escape(result.id)}</b> <span title="{escape(result.source)}">{escape(result.title)}</span>{advisory}'
        f"{_clause_name(binding, len(result.clauses) > 1)}"
    )
    rows = _row(binding, about, f"main {result.status}")
    for clause in result.clauses:
        if clause.name != result.clause:
            rows += _row(clause, _clause_name(clause, True), f"sub {clause.status}")
    return rows


def _clause_name(clause: ClauseResult, shown: bool) -> str:
    name = f'<span title="{escape(clause.formula)}">{escape(clause.name)}</span>' if shown else ""
    separator = " · " if name and clause.reason else ""
    reason = f'<span class="reason">{escape(clause.reason)}</span>' if clause.reason and clause.value is None else ""
    return f'<div class="clause">{name}{separator if reason else ""}{reason}</div>' if name or reason else ""


def _row(clause: ClauseResult, about: str, css: str) -> str:
    value = "–" if clause.value is None else f"{number(clause.value)} {escape(clause.unit)}"
    goal = "" if clause.goal is None else f'<div class="clause">goal {number(clause.goal)}</div>'
    sign = clause.comparison.replace("<=", "≤").replace(">=", "≥")
    limit = "" if clause.limit is None else f"{escape(sign)} {number(clause.limit)}"
    time = "" if clause.time_s is None else f'<button data-time="{clause.time_s:.3f}">{clause.time_s:.2f} s</button>'
    return (
        f'<tr class="{css}"><td class="status"><span>{STATUS_WORDS[clause.status]}</span></td>'
        f'<td class="about">{about}</td><td class="num" data-name="value">{value}</td>'
        f'<td class="num" data-name="limit">{limit}{goal}</td>'
        f'<td class="margin">{_bar(clause)}</td><td class="num time">{time}</td></tr>'
    )


def signed(value: float) -> str:
    """One decimal, with a real minus sign."""
    return f"{value:+.1f}".replace("-", "−")


def _bar(clause: ClauseResult) -> str:
    """The margin as a bar from the limit: to the right inside, to the left outside; a tick marks the goal."""
    if clause.margin is None or clause.robustness is None:
        return ""
    share = max(-1.0, min(1.0, clause.robustness))
    width = share * (100.0 - ZERO) if share >= 0.0 else -share * ZERO
    left = ZERO if share >= 0.0 else ZERO - width
    side = "in" if clause.status == "pass" else "out"
    grade = "fair" if side == "in" and clause.goal_met is False else side
    tick = ""
    if clause.goal is not None and clause.limit is not None and clause.margin:
        reach = abs(clause.goal - clause.limit) * abs(clause.robustness / clause.margin)
        place = ZERO + min(reach, 1.0) * (100.0 - ZERO)
        tick = f'<i class="goal" style="left:{place:.1f}%" title="goal"></i>'
    rounded = float(f"{abs(clause.margin):.3g}") if abs(clause.margin) < 1000.0 else abs(clause.margin)
    margin = f"{'+' if clause.margin >= 0.0 else '−'}{number(rounded)} {escape(clause.unit)}"
    return (
        f'<div class="bar"><i class="zero" style="left:{ZERO}%"></i>'
        f'<i class="fill {grade}" style="left:{left:.1f}%;width:{max(width, 0.8):.1f}%"></i>{tick}</div>'
        f'<span class="number {grade}">{margin}</span>'
    )


def loads_table(flight: Flight) -> str:
    """The peak of each load before contact, with its time and height."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Load", "Peak", "Height", "At"))
    body = "".join(
        f'<tr class="main"><td>{escape(LOADS[peak.name].label)}</td>'
        f'<td class="num" data-name="value">{number(peak.value)} {escape(peak.unit)}</td>'
        f'<td class="num">{1e-3 * peak.altitude_agl_m:.2f} km</td>'
        f'<td class="num time"><button data-time="{peak.time_s:.3f}">{peak.time_s:.2f} s</button></td></tr>'
        for peak in flight.peak_loads
    )
    return f'<table aria-label="Peak loads"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def findings_list(findings: Sequence[Finding]) -> str:
    """Findings as a list with times."""
    if not findings:
        return '<p class="none">No findings.</p>'
    items = "".join(f"<li>{_moment(finding.time_s)}<span>{escape(finding.text)}</span></li>" for finding in findings)
    return f'<ul class="findings">{items}</ul>'


def _moment(time_s: float | None) -> str:
    return "<i></i>" if time_s is None else f'<button data-time="{time_s:.3f}">{time_s:.2f} s</button>'


def facts_table(flight: Flight, facts: Mapping[str, object]) -> str:
    """Scenario, flight software and hash of the flight."""
    record = flight.record
    speed = f"{flight.time_s[-1] / record.wall_s:.0f} × real time" if record.wall_s > 0.0 else ""
    own: dict[str, object] = {
        "scenario": record.scenario,
        "seed": record.seed,
        "flight software": f"{record.gnc.get('name', '')} {record.gnc.get('version', '')}".strip(),
        "released": f"T+{flight.context.time_from_liftoff_s:g} s",
        "outcome": record.outcome.replace("_", " "),
        "hash": record.hash,
        "frames": f"{record.frames} of {1000.0 * record.dt_s * record.frame_ticks:g} ms",
        "wall time": f"{record.wall_s:.2f} s, {speed}" if speed else f"{record.wall_s:.2f} s",
        "run": record.run_id,
    }
    rows = "".join(_fact(name, value) for name, value in _pairs(own, facts))
    return f"<dl>{rows}</dl>"


def _pairs(own: Mapping[str, object], facts: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    yield from own.items()
    yield from ((name, value) for name, value in facts.items() if name not in own)


def _fact(name: str, value: object) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>"
