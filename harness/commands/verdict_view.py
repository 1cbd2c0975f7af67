"""A verdict on a terminal: a table of requirements and margins, and the summary of the flight."""

from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from hoverslam.harness.console.table import Column, Row
from hoverslam.harness.fly.summary import ExpectedSummary, RequirementSummary, Summary, TouchdownSummary
from hoverslam.harness.printable import printable_lines
from hoverslam.harness.record.names import LAST_FRAMES_FILE, OUTPUT_FILE, REFUSED_FILE

MARKS = {"pass": ("pass", "green"), "fail": ("FAIL", "bold red"), "advisory": ("advisory", "yellow")}
VERDICT_STYLE = {"PASS": "bold black on green", "FAIL": "bold white on red"}
OTHER_STYLE = "bold black on yellow"
STDERR_LINES_SHOWN = 12
URGENT = {"fail": 0, "advisory": 1}
"""Order of rows: failures first."""


COLUMNS = (
    Column("id"), Column("requirement", wraps=True), Column("status"), Column("value", right=True),
    Column("limit", right=True), Column("margin", right=True), Column("at", right=True),
)  # fmt: skip


def requirement_rows(summary: Summary) -> list[Row]:
    """One row for each requirement that could be judged, failures first, with the numbers of the clause that binds."""
    judged = [one for one in summary.requirements if one.status != "not_evaluated"]
    urgent = sorted(judged, key=lambda one: URGENT.get(one.status, len(URGENT)))
    return [_row(one) for one in urgent]


def _row(requirement: RequirementSummary) -> Row:
    word, style = MARKS[requirement.status]
    binding = f": {requirement.clause}" if len(requirement.clauses) > 1 else ""
    limit = requirement.limit
    margin = "-" if requirement.margin is None else _number(requirement.margin, "+")
    return (
        Text(requirement.id),
        Text.assemble(requirement.title, (binding, "dim")),
        Text(word, style),
        Text(_number(requirement.value)),
        Text("-" if limit is None else f"{requirement.comparison} {limit:g} {requirement.unit}".rstrip()),
        Text(margin, style if requirement.status == "fail" else ""),
        Text("-" if requirement.time_s is None else f"{requirement.time_s:.2f} s"),
    )


def _number(value: float | None, sign: str = "") -> str:
    if value is None:
        return "-"
    return f"{value:{sign}.3g}" if abs(value) < 1000.0 else f"{value:{sign}.0f}"


def verdict_lines(summary: Summary) -> Iterator[Text]:
    """Requirements not evaluated, findings, the verdict with its reason, key events, and the path of the evidence."""
    yield Text()
    yield from (Text(line, "dim") for line in _not_judged(summary))
    yield from (Text(f"note: {finding.text}", "dim") for finding in summary.findings)
    yield Text(_how_it_was_flown(summary), "dim")
    yield from _last_words(summary)
    yield from _as_written(summary)
    yield Text()
    style = VERDICT_STYLE.get(summary.verdict, OTHER_STYLE)
    yield Text.assemble(
        (f" {summary.verdict} ", style), f" {summary.scenario}, seed {summary.seed}: {summary.explanation}"
    )
    if summary.how:
        yield Text(f"sequence of events: {summary.how}")
    if flown := "; ".join(_flown(summary)):
        yield Text(flown)
    if summary.run_folder is not None:
        yield Text(f"run folder: {summary.run_folder}  (report.html, flight.mcap, summary.json)")


def _not_judged(summary: Summary) -> Iterator[str]:
    """Requirements that could not be evaluated, together where the reason is the same."""
    by_reason: dict[str, list[str]] = {}
    for requirement in summary.requirements:
        if requirement.status == "not_evaluated":
            by_reason.setdefault(requirement.reason, []).append(requirement.id)
    for reason, ids in by_reason.items():
        yield f"not evaluated: {', '.join(ids)}: {reason}"


LAST_MESSAGES = (
    (LAST_FRAMES_FILE, "last frames before the loss, with their answers"),
    (REFUSED_FILE, "refused answer, as received"),
    (OUTPUT_FILE, "output of the flight program"),
)


def _how_it_was_flown(summary: Summary) -> str:
    name = " ".join(filter(None, (summary.gnc.get("name"), summary.gnc.get("version")))) or "unknown flight software"
    speed = "" if summary.realtime_factor is None else f", {summary.realtime_factor:.0f} x real time"
    took = f"{summary.sim_s:.2f} s of flight in {summary.wall_s:.2f} s{speed}"
    return f"flown by {name}: {took}; hash {summary.hash[:16]}"


def _last_words(summary: Summary) -> Iterator[Text]:
    folder = Path(summary.run_folder or "")
    for name, what in LAST_MESSAGES if summary.gnc_failure is not None and summary.run_folder is not None else ():
        if (folder / name).is_file():
            yield Text(f"{what}: {folder / name}")
    if summary.gnc_failure is not None and summary.gnc_failure.stderr_tail:
        yield Text("last lines of the flight program on standard error:")
        for line in printable_lines(summary.gnc_failure.stderr_tail).splitlines()[-STDERR_LINES_SHOWN:]:
            yield Text(f"  | {line}", "dim")


def _as_written(summary: Summary) -> Iterator[Text]:
    """Whether the flight matches the expectation of the scenario."""
    written = summary.expected
    if written is None:
        return
    why = f": {written.why}" if written.why else ""
    if written.met:
        yield Text(f"as expected by the scenario, {expectation(written)}{why}", "dim")
    else:
        yield Text(
            f"not as expected by the scenario, {expectation(written)}: {'; '.join(written.differences)}", "yellow"
        )


def expectation(written: ExpectedSummary) -> str:
    """In a few words, as in `fail (R-18 R-21, impact)`."""
    if written.verdict == "pass":
        return "pass"
    ending = "" if written.outcome == "at_rest" else written.outcome
    said = ", ".join(filter(None, (" ".join(written.fails or ()), ending)))
    return f"fail ({said})" if said else "fail"


def _flown(summary: Summary) -> Iterator[str]:
    down, lit = summary.touchdown, summary.ignition
    if lit is not None and lit.altitude_agl_m is not None:
        yield f"ignition at {lit.altitude_agl_m:.0f} m above the pad, {lit.time_s:.2f} s after release"
    if down is not None and down.miss_m is not None:
        yield (
            f"touchdown {down.miss_m:.2f} m from the pad centre (downrange {down.downrange_m:+.2f}, crossrange "
            f"{down.crossrange_m:+.2f}), {down.vertical_mps:.2f} m/s down, {down.horizontal_mps:.2f} m/s across, "
            f"tilt {down.tilt_deg:.2f} deg, {down.rate_dps:.2f} deg/s"
        )
        yield _on_the_ground(down)
    if down is not None and down.propellant_kg is not None:
        yield f"{down.propellant_kg:.0f} kg of propellant left"


def _on_the_ground(down: TouchdownSummary) -> str:
    """First contact, bounces, and the margin against tipping over."""
    bounces = f", {down.bounces} bounce{'s' if down.bounces > 1 else ''} up to {down.bounce_height_m:.2f} m"
    margin = ""
    if down.tip_over_margin_deg is not None and not down.tipped_over:
        margin = f", {down.tip_over_margin_deg:.1f} deg from tipping over"
    ended = f": {down.ended_by.upper() if down.tipped_over else down.ended_by}" if down.ended_by else ""
    return f"{down.first_contact} touched first{bounces if down.bounces else ''}{margin}{ended}"
