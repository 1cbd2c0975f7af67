"""`hoverslam validate`: the plant against published numbers, as a table of errors and gates."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from rich.text import Text

from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.ending import Interrupted, same_command
from hoverslam.harness.console.table import Column, Row
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import Kind, Output
from hoverslam.harness.fly.kernels import tell_compiling
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.validation.check import NESC, SUITES, Check, cells

ALL = "all"
OF_A_BODY, OF_A_STAGE = {NESC, "numerics", ALL}, {"numerics", "falcon9", ALL}
"""What they fly, and so which kernels they need."""
FIRST_CASE, LAST_CASE = 1, 10
HISTORY = Kind("a history that hoverslam wrote", (), (b"time,altitudeMsl_ft,",))


class Outcome(NamedTuple):
    """What a command line came to: checks, and the history that was written."""

    suite: str
    checks: list[Check]
    history: dict[str, Any] | None
    remark: str

    @property
    def passed(self) -> bool | None:
        """Whether everything is within its gate; None where nothing was compared."""
        return all(check.passed for check in self.checks) if self.checks else None


def validate_command(suite: str, case: int | None, out: Path | None, *, as_json: bool) -> int:
    """1 where an error is beyond its gate, else 0."""
    _refuse(suite, case, out)
    _announce_compilation(suite if case is None else NESC)
    outcome = _suites(suite) if case is None else _case(case, out)
    exit_code = int(outcome.passed is False)
    if as_json:
        print_json(_as_json(outcome, exit_code))
    else:
        _tell(outcome)
    return exit_code


def _refuse(suite: str, case: int | None, out: Path | None) -> None:
    """Raises UsageError for what cannot be done, before anything is flown."""
    if suite not in {*SUITES, ALL}:
        near = get_close_matches(suite, [*SUITES, ALL], n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise UsageError(f"no suite {suite!r}{hint}; give one of: {', '.join([*SUITES, ALL])}")
    if case is not None and suite not in {NESC, ALL}:
        raise UsageError(f"--case {case}: only the suite nesc has cases, not {suite}; use: validate nesc --case {case}")
    if case is not None and not FIRST_CASE <= case <= LAST_CASE:
        raise UsageError(f"--case {case}: must be {FIRST_CASE} to {LAST_CASE}; give one of these")
    if out is not None and case is None:
        raise UsageError(f"--out {out}: writes one check-case; select it with --case N")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"--out {out}: no folder {out.parent}; create it, or give another path")
    if out is not None and os.path.isdir(out):  # noqa: PTH112  Path.is_dir raises for a name that is too long
        raise UsageError(f"--out {out}: is a folder; give a file, e.g. {out / 'case.csv'}")
    if out is not None:
        Output("--out", out, HISTORY).tried()


def _announce_compilation(suite: str) -> None:
    """Only for suites that fly something."""
    from hoverslam.harness.validation.rigid_flight import is_compiled
    from hoverslam.plant.kernels.compiled import are_warm

    cold = (suite in OF_A_BODY and not is_compiled()) or (suite in OF_A_STAGE and not are_warm())
    tell_compiling(progress().say, cold=cold)


def _suites(suite: str) -> Outcome:
    """One after the other; those that are done are told where a signal ends the rest."""
    names, done = list(SUITES) if suite == ALL else [suite], dict[str, list[Check]]()
    try:
        for name in names:
            done[name] = _checks(name)
    except KeyboardInterrupt:
        checks = [_check_as_json(check) for found in done.values() for check in found]
        again = same_command()
        told = f"interrupted: {len(done)} of {counted(len(names), 'suite')} done; to repeat: {again}"
        raise Interrupted(told, None, again, {"suites": list(done), "checks": checks}) from None
    return Outcome(suite, [check for found in done.values() for check in found], None, "")


def _checks(name: str) -> list[Check]:
    """The checks of a suite; its module is only loaded when it is asked for."""
    progress().say(f"{name}: {SUITES[name]}")
    checks: list[Check] = getattr(import_module(f"hoverslam.harness.validation.{name}"), name)()
    return checks


def _case(number: int, out: Path | None) -> Outcome:
    """One check-case, compared where a published history is kept, and written where that is wanted."""
    from hoverslam.harness.validation.nesc import nesc
    from hoverslam.harness.validation.nesc_history import history, write_csv

    checks = nesc(number)
    remark = "" if checks else f"no published history of case {number} is available, so nothing is compared"
    if out is None:
        return Outcome(NESC, checks, None, remark)
    columns = history(number)
    try:
        write_csv(columns, out)
    except OSError as error:
        why = f"--out {out}: cannot be written: {error.strerror or error}; give another path"
        if not checks:
            raise UsageError(why) from None
        return Outcome(NESC, checks, None, f"{why}; the verdict is not affected")
    return Outcome(NESC, checks, {"case": number, "file": str(out), "rows": len(columns["time"])}, remark)


def _as_json(outcome: Outcome, exit_code: int) -> dict[str, Any]:
    return {
        "passed": outcome.passed,
        "exit_code": exit_code,
        "suite": outcome.suite,
        "checks": [_check_as_json(check) for check in outcome.checks],
        "history": outcome.history,
        "reason": outcome.remark,
    }


def _check_as_json(check: Check) -> dict[str, Any]:
    """A number that is none becomes null, and the reason says so."""
    finite = check.error - check.error == 0.0
    shown = {"error": check.error if finite else None, "passed": check.passed}
    return {**check._asdict(), **shown, "reason": "" if finite else f"the error is {check.error}"}


def _tell(outcome: Outcome) -> None:
    console = results()
    if outcome.checks:
        console.tabulate(COLUMNS, list(_rows(outcome.checks)))
        console.print()
    for line in _closing_lines(outcome):
        console.say(line)


COLUMNS = (
    Column("case", wraps=True), Column("quantity", wraps=True), Column("largest error", right=True),
    Column("gate", right=True), Column("verdict"),
)  # fmt: skip


def _rows(checks: list[Check]) -> Iterator[Row]:
    """One for each check, suite by suite, those beyond their gates before all others."""
    suite = None
    for check in sorted(checks, key=lambda check: check.passed):
        if (check.passed, check.suite) != suite:
            suite = (check.passed, check.suite)
            yield [Text(check.suite, "bold")]
        *told, verdict = map(Text, cells(check))
        verdict.stylize("green" if check.passed else "bold red")
        yield [*told, verdict]


def _closing_lines(outcome: Outcome) -> Iterator[Text]:
    if outcome.remark:
        yield Text(outcome.remark)
    if outcome.history is not None:
        yield Text(
            f"case {outcome.history['case']}: {counted(outcome.history['rows'], 'row')} in {outcome.history['file']}"
        )
    failed, count = sum(not check.passed for check in outcome.checks), len(outcome.checks)
    if count:
        yield Text(_graded(failed, count))


def _graded(failed: int, count: int) -> str:
    """How many checks are beyond their gates."""
    if failed:
        return f"{failed} of {counted(count, 'check')} beyond {'its gate' if failed == 1 else 'their gates'}"
    return f"all {counted(count, 'check')} within their gates" if count > 1 else "1 check within its gate"
