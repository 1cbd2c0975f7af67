"""`hoverslam cases`: fly the case library, or own scenarios, and compare each flight with its `[expected]` table."""

import shlex
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text

from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.commands.junit import junit_report, suite
from hoverslam.harness.commands.verdict_view import expectation
from hoverslam.harness.console.console import ProgressLine, print_json, results
from hoverslam.harness.console.ending import Interrupted
from hoverslam.harness.console.table import Column, Row
from hoverslam.harness.docs.cases import CASES_PAGE, page
from hoverslam.harness.errors import OwnFaultError, UsageError
from hoverslam.harness.files import Output, tried_folder
from hoverslam.harness.fly.expected import NOT_FLOWN, as_it_should
from hoverslam.harness.fly.workers import workers_for
from hoverslam.harness.program.opening import check_program, check_strings, gnc_options
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.summary import Summary

EXIT_ADVERSE = 1


class CasesRequest(NamedTuple):
    """What was asked for on the command line."""

    names: Sequence[str] = ()
    fly: bool = False
    gnc: str | None = None
    workers: int | None = None
    keep: bool = False
    out: Path | None = None
    junit: Path | None = None
    page: Path | None = None
    as_json: bool = False


def cases_command(request: CasesRequest) -> int:
    """List cases, or fly them; exit code 1 if a flight differs from its expectation, 3 or 4 if one was not flown."""
    names = list(dict.fromkeys(request.names)) or list(shipped())
    if not request.fly:
        given = {"--junit": request.junit, "--page": request.page, "--out": request.out, "--keep": request.keep}
        if asked := [option for option, value in given.items() if value]:
            raise UsageError(f"{asked[0]}: needs flights; add --fly")
        return _list({name: load(name) for name in names}, as_json=request.as_json)
    request = request._replace(workers=workers_for(request.workers))
    check_program("--gnc", request.gnc)
    scenarios = {name: load(name) for name in names}
    output = None if request.page is None else Output("--page", request.page, CASES_PAGE).tried()
    if request.out is not None:
        tried_folder(request.out)
    _check(request.gnc, scenarios.values())
    with junit_report(request.junit, "cases") as suites:
        summaries: list[Summary] = []
        try:
            _fly(request, scenarios, summaries)
        except KeyboardInterrupt:
            told, facts = _so_far(request, names, summaries)
            raise Interrupted(f"interrupted: {told}", **facts) from None
        except BrokenExecutor:
            told, facts = _so_far(request, names, summaries)
            finished = facts.pop("finished")
            raise OwnFaultError(f"workers died or froze repeatedly: {told}", **facts, **finished) from None
        finally:
            suites += [suite(one, held=True) for one in summaries]
        _tell(names, summaries, as_json=request.as_json)
        if output is not None:
            output.write_or_tell(page(scenarios, summaries))
    return _exit_code(summaries)


def _list(scenarios: dict[str, Scenario], *, as_json: bool) -> int:
    if as_json:
        print_json({"cases": [_entry(name, one) for name, one in scenarios.items()]})
        return 0
    rows = [
        (Text(name, "bold"), Text("-" if one.expected is None else one.expected.verdict), Text(one.description))
        for name, one in scenarios.items()
    ]
    console = results()
    console.tabulate(LISTED, rows)
    console.say("\nFly all: hoverslam cases --fly. Fly one: hoverslam run NAME")
    return 0


def _entry(name: str, scenario: Scenario) -> dict[str, object]:
    expected = None if scenario.expected is None else scenario.expected.model_dump(mode="json")
    return {"name": name, "description": scenario.description, "seed": scenario.seed, "expected": expected}


LISTED = (Column("case"), Column("expected"), Column("description", wraps=True))
FLOWN = (
    Column("case"), Column("expected", wraps=True), Column("result", wraps=True), Column("miss", right=True),
    Column("vertical speed", right=True), Column("propellant", right=True),
)  # fmt: skip


def _so_far(request: CasesRequest, names: list[str], summaries: "list[Summary]") -> tuple[str, dict[str, Any]]:
    """For a command that was interrupted: what was flown, and the command that flies the rest."""
    rest = names[len(summaries) :]
    go_on = shlex.join(["hoverslam", "cases", *rest, "--fly", *gnc_options(request.gnc)])
    finished = {"flown": len(summaries), "cases": [one.model_dump(mode="json") for one in summaries]}
    told = f"{len(summaries)} of {counted(len(names), 'case')} flown; the rest: {go_on}"
    kept = None if request.out is None else str(request.out)
    return told, {"kept": kept, "go_on": go_on, "finished": finished}


def _check(gnc: str | None, scenarios: Iterable[Scenario]) -> None:
    """Whatever is wrong with their files, before the first is flown."""
    from hoverslam.harness.fly.prepare import checked

    for one in scenarios:
        check_strings(gnc, checked(one).plan)


def _fly(request: CasesRequest, scenarios: dict[str, Scenario], flown: "list[Summary]") -> None:
    """All of them, in order, into `flown` as they come."""
    from hoverslam.harness.fly.cases import CaseJob, batches, crew

    job = CaseJob(request.gnc, request.out, keep=request.keep)
    workers = min(workers_for(request.workers), len(scenarios))
    with ProgressLine() as line:
        compile_first(next(iter(scenarios.values())), request.gnc, line.say, line.show)
        with crew(job, workers, line.say) as pair:
            line.show(f"starting flight software and plant; {counted(len(scenarios), 'case')} to fly")
            each = chain.from_iterable(pair.each(batches(list(scenarios.values()), workers)))
            for name, summary in zip(scenarios, each, strict=True):
                flown.append(summary)
                off = sum(not as_it_should(one) for one in flown)
                line.show(f"{len(flown)}/{len(scenarios)} flown, {off} not as expected; {name}: {came(summary)}")


def came(summary: "Summary") -> str:
    """The result of a flight, compared with its expectation."""
    if summary.expected is None:
        return f"{summary.verdict}, no expectation stated"
    return f"{summary.verdict}, as expected" if summary.expected.met else "; ".join(summary.expected.differences)


def _exit_code(summaries: "list[Summary]") -> int:
    worst = max((one.exit_code for one in summaries if one.verdict in NOT_FLOWN), default=0)
    return worst or (0 if all(map(as_it_should, summaries)) else EXIT_ADVERSE)


def _tell(names: list[str], summaries: "list[Summary]", *, as_json: bool) -> None:
    off = sum(not as_it_should(one) for one in summaries)
    if as_json:
        told = {"exit_code": _exit_code(summaries), "flown": len(summaries), "not_as_written": off}
        print_json({**told, "cases": [one.model_dump(mode="json") for one in summaries]})
        return
    console = results()
    flown = sorted(zip(names, summaries, strict=True), key=lambda flown: as_it_should(flown[1]))
    console.tabulate(FLOWN, [_row(name, one) for name, one in flown])
    for one in summaries:
        if one.run_folder is not None:
            console.say(f"{one.scenario}: run folder {one.run_folder}")
    console.say(f"\n{len(summaries)} flown, {off} not as expected")


def _row(name: str, one: "Summary") -> Row:
    """A flight, the worst of it marked."""
    written = "-" if one.expected is None else expectation(one.expected)
    down = one.touchdown
    numbers = ("-", "-", "-") if down is None else (
        _number(down.miss_m, "m"), _number(down.vertical_mps, "m/s"), _number(down.propellant_kg, "kg"),
    )  # fmt: skip
    return (
        Text(name, "bold"), Text(written), Text(came(one), "" if as_it_should(one) else "bold red"),
        *map(Text, numbers),
    )  # fmt: skip


def _number(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.4g} {unit}"
