"""`hoverslam conform`: whether a flight program obeys the contract, check by check, with frames that show a fault."""

import json
import math
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rich.text import Text

from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.commands.junit import checks_suite, junit_report
from hoverslam.harness.console.console import ProgressLine, print_json, results
from hoverslam.harness.console.ending import Interrupted
from hoverslam.harness.console.table import Column, Row
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import claimed, tell_lost, write_whole
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES
from hoverslam.harness.program.opening import REFERENCE, deadlines_for
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.program.supervisor import ProgramNotFoundError, split_command
from hoverslam.harness.record.claim import new_folder
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.codec import FROM_HARNESS, decode
from hoverslam.harness.wire.conformance.catalogue import CHECKS, GROUPS, NAMES
from hoverslam.harness.wire.conformance.examination import ADVERSE, examine
from hoverslam.harness.wire.conformance.subject import Setting, Waits
from hoverslam.harness.wire.conformance.verdicts import FAILED, PASSED, WARNED, CheckResult, Shown
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.scenarios.load import load

LISTED = (Column("check"), Column("meaning", wraps=True))
HELD = (Column("check"), Column("result"), Column("what", wraps=True))
STYLES = {PASSED: "green", FAILED: "bold red", WARNED: "yellow"}
EXIT_ADVERSE = 1


class ConformRequest(NamedTuple):
    """What was asked for on the command line. `soak`: frames of the long flight, None for the usual number."""

    command: Sequence[str] = ()
    gnc: str | None = None
    scenario: str | None = None
    only: Sequence[str] = ()
    soak: int | None = None
    list_only: bool = False
    out: Path | None = None
    junit: Path | None = None
    as_json: bool = False


def conform_command(request: ConformRequest) -> int:
    """0 where all checks passed or only warn, 1 where one failed or could not be evaluated."""
    if request.list_only:
        return _list(as_json=request.as_json)
    names, command = _named(request.only), _command(request)
    with junit_report(request.junit, "conform") as suites, claimed(request.out or new_folder("conform")) as folder:
        held: list[CheckResult] = []
        try:
            _hold(request, command, names, held)
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted: {len(held)} of {counted(len(names), 'check')} held") from None
        finally:
            files = {one.name: _written(one, folder) for one in held}
            suites.append(checks_suite(held, files))
        _tell(request, command, held, files)
    return _exit_code(held)


def _named(only: Sequence[str]) -> list[str]:
    """The checks that are meant, by their names or that of their group. Raises UsageError."""
    for name in only:
        if name not in NAMES and name not in GROUPS:
            known = ", ".join(GROUPS)
            raise UsageError(f"--only {name}: no such check; give a name of `hoverslam conform --list`, or of {known}")
    return [check.name for check in CHECKS if not only or check.name in only or check.group in only]


def _command(request: ConformRequest) -> list[str] | None:
    """The words of the command; None for the reference. Raises UsageError for one that cannot be started."""
    if "\n" in (request.gnc or ""):
        raise UsageError("--gnc: several programs; checks are of one; give one")
    if request.command and request.gnc is not None:
        raise UsageError(f"--gnc {request.gnc!r} and {shlex.join(request.command)}: give one flight program")
    if request.gnc == WAIT:
        raise UsageError("--gnc wait: not possible, the program is started several times; give its command")
    if not request.command and request.gnc in {None, REFERENCE}:
        return None
    try:
        return split_command(list(request.command) or request.gnc)
    except (ProgramNotFoundError, ValueError) as error:
        raise UsageError(f"conform: {error}") from None


def _hold(request: ConformRequest, command: list[str] | None, names: list[str], held: list[CheckResult]) -> None:
    """The checks that are named, in order, into `held` as they come."""
    from hoverslam.harness.fly.conform import setting_of
    from hoverslam.harness.fly.courses import DEFAULT, courses_of

    scenario = request.scenario or DEFAULT
    with ProgressLine() as line:
        compile_first(load(scenario), None if command is None else shlex.join(command), line.say, line.show)
        setting = setting_of(command, courses_of(scenario))
        tell = partial(_show, line, held, len(names))
        with closing(examine(_adjusted(setting, request, tell), names)) as coming:  # whatever ends it, so the program
            for result in coming:
                held.append(result)  # noqa: PERF402  `_show` counts them as they come


def _show(line: ProgressLine, held: list[CheckResult], of: int, what: str) -> None:
    """Where it is; where nothing can be redrawn, once a group."""
    group = what.partition(":")[0]
    adverse = sum(one.result in ADVERSE for one in held)
    line.show(f"check {len(held) + 1} of {of}, {adverse} failed; {what}", due=not held or held[-1].group != group)


def _adjusted(setting: Setting, request: ConformRequest, tell: Any) -> Setting:
    deadlines = deadlines_for(request.gnc, DEFAULT_DEADLINES)
    waits = Waits(**deadlines._asdict())
    soak = setting.soak_frames if request.soak is None else request.soak
    return setting._replace(waits=waits, soak_frames=soak, tell=tell)


def _exit_code(held: Sequence[CheckResult]) -> int:
    return EXIT_ADVERSE if any(one.result in ADVERSE for one in held) else 0


def _written(one: CheckResult, folder: Path) -> list[str]:
    """The messages that show a fault, each as it was on the wire and as JSON; their files."""
    files = []
    for number, shown in enumerate(one.shown, 1):
        place = folder / f"{one.name}-{number}-{shown.name}"
        try:
            write_whole(place.with_name(f"{place.name}.msgpack"), shown.data)
            files.append(str(write_whole(place.with_name(f"{place.name}.json"), _as_json(shown))))
        except OSError as error:
            tell_lost(f"{place}: cannot be written ({error.strerror}); free disk space")
    return files


def _as_json(shown: Shown) -> str:
    try:
        message: Any = decode(shown.data, FROM_HARNESS)
    except MessageRefused as refused:
        message = {"not_a_message": str(refused), "hex": shown.data[:4096].hex()}
    return json.dumps(_strict(message), indent=1, allow_nan=False) + "\n"


def _strict(value: Any) -> Any:
    """NaN and infinity as text, which JSON has no numbers for."""
    if isinstance(value, dict):
        return {key: _strict(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_strict(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _list(*, as_json: bool) -> int:
    if as_json:
        listed = [{"name": c.name, "group": c.group, "meaning": c.meaning, "advice": c.advice} for c in CHECKS]
        print_json({"exit_code": 0, "checks": listed})
        return 0
    rows: list[Row] = []
    for group in GROUPS:
        rows.append((Text(group, "bold"),))
        rows += [(Text(c.name), Text(c.meaning)) for c in CHECKS if c.group == group]
    results().tabulate(LISTED, rows)
    return 0


def _tell(
    request: ConformRequest, command: list[str] | None, held: Sequence[CheckResult], files: dict[str, list[str]]
) -> None:
    tally = Counter(one.result for one in held)
    if request.as_json:
        checks = [{**one._asdict(), "shown": files[one.name]} for one in held]
        told = {"exit_code": _exit_code(held), "command": REFERENCE if command is None else shlex.join(command)}
        print_json({**told, "results": dict(tally), "checks": checks})
        return
    console = results()
    console.tabulate(HELD, list(_rows(held, files)))
    verdict = "does not conform" if _exit_code(held) else "conforms"
    console.say(f"\n{', '.join(f'{count} {result}' for result, count in tally.items())}: the program {verdict}")


def _rows(held: Sequence[CheckResult], files: dict[str, list[str]]) -> Iterator[Row]:
    for group in GROUPS:
        of_group = [one for one in held if one.group == group]
        if of_group:
            yield (Text(group, "bold"),)
        for one in of_group:
            seen = f"; see {', '.join(files[one.name])}" if files[one.name] else ""
            yield Text(one.name), Text(one.result, STYLES.get(one.result, "dim")), Text(f"{one.told}{seen}")
