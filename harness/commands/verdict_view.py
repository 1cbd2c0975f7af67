"""How a verdict looks on a terminal: a table of requirements and margins, and the lines that sum a flight up."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from harness.summary import RequirementSummary, Summary

MARKS = {
    "pass": ("pass", "green"),
    "fail": ("FAIL", "bold red"),
    "advisory": ("advisory", "yellow"),
    "not_evaluated": ("not judged", "dim"),
}
VERDICT_STYLE = {"PASS": "bold black on green", "FAIL": "bold white on red"}
OTHER_STYLE = "bold black on yellow"
STDERR_LINES_SHOWN = 12


def requirement_table(summary: Summary) -> Table:
    """One row for each requirement, with the numbers of the clause that binds."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("requirement")
    table.add_column("status", no_wrap=True)
    for heading in ("value", "limit", "margin"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("at", justify="right", no_wrap=True)
    for requirement in summary.requirements:
        table.add_row(*_row(requirement))
    return table


def _row(requirement: RequirementSummary) -> tuple[str | Text, ...]:
    word, style = MARKS[requirement.status]
    binding = requirement.clause if len(requirement.clauses) > 1 else ""
    title = Text.assemble(requirement.title, (f"  {binding}", "dim") if binding else "")
    if requirement.status == "not_evaluated":
        title = Text.assemble(requirement.title, (f"  {requirement.reason}", "dim"))
    return (
        requirement.id,
        title,
        Text(word, style),
        _number(requirement.value),
        f"{requirement.comparison} {requirement.limit:g}",
        Text(_number(requirement.margin, signed=True), style if requirement.status == "fail" else ""),
        requirement.unit,
        "" if requirement.time_s is None else f"{requirement.time_s:.2f} s",
    )


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+.3g}" if signed else f"{value:.3g}"


def verdict_lines(summary: Summary) -> Iterator[Text | str]:
    """The verdict, why, what the flight did, and where the evidence lies."""
    yield ""
    style = VERDICT_STYLE.get(summary.verdict, OTHER_STYLE)
    yield Text.assemble(
        (f" {summary.verdict} ", style), f"  {summary.scenario}, seed {summary.seed}: {summary.explanation}"
    )
    if flown := "; ".join(_flown(summary)):
        yield flown
    if summary.gnc_failure is not None and summary.gnc_failure.stderr_tail:
        yield "last lines of the flight software on standard error:"
        for line in summary.gnc_failure.stderr_tail.splitlines()[-STDERR_LINES_SHOWN:]:
            yield Text(f"  | {line}", "dim")
    for finding in summary.findings:
        yield Text(f"note: {finding.text}", "dim")
    yield Text(_how_it_was_flown(summary), "dim")
    if summary.run_folder is not None:
        yield f"run folder: {summary.run_folder} (report.html, flight.mcap, summary.json)"


def _flown(summary: Summary) -> Iterator[str]:
    down = summary.touchdown
    if down is not None and down.reason == "":
        yield (
            f"touchdown {down.miss_m:.2f} m from the centre (downrange {down.downrange_m:+.2f}, crossrange "
            f"{down.crossrange_m:+.2f}) at {down.vertical_mps:.2f} m/s down and {down.horizontal_mps:.2f} m/s across, "
            f"tilt {down.tilt_deg:.2f} deg, {down.rate_dps:.2f} deg/s"
        )
    lit = summary.ignition
    if lit is not None and lit.altitude_agl_m is not None:
        yield f"ignition at {lit.altitude_agl_m:.0f} m, {lit.time_s:.2f} s after release"
    if down is not None and down.propellant_kg is not None:
        yield f"{down.propellant_kg:.0f} kg of propellant left"


def _how_it_was_flown(summary: Summary) -> str:
    name = " ".join(filter(None, (summary.gnc.get("name"), summary.gnc.get("version")))) or "flight software"
    speed = "" if summary.realtime_factor is None else f", {summary.realtime_factor:.0f} x real time"
    return f"{name}; {summary.sim_s:.2f} s flown in {summary.wall_s:.2f} s{speed}; hash {summary.hash[:16]}"
