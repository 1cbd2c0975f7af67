"""`hoverslam feed`: the recorded sensors of a run to a flight program, without a plant, and its answers compared."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from rich.text import Text

from hoverslam.harness.commands.replay import plain
from hoverslam.harness.console.console import ProgressLine, print_json, results
from hoverslam.harness.console.table import Column
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import claimed, write_whole
from hoverslam.harness.fly.prepare import planned_again
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.loop.feed import Feed
from hoverslam.harness.program.feeding import Fed
from hoverslam.harness.program.opening import ByHand, Command, open_feed
from hoverslam.harness.record.answers import Answers, answer_deviations, first_beyond, tolerable_fields
from hoverslam.harness.record.delivered import delivered
from hoverslam.harness.record.difference import Difference
from hoverslam.harness.record.flight_record import FlightRecord, RecordError, StoredRun
from hoverslam.harness.record.names import OUTPUT_FILE
from hoverslam.harness.record.run_folder import load
from hoverslam.harness.record.tolerance import FieldDeviation, Tolerance
from hoverslam.harness.statistics.words import counted

ANSWERS_FILE, COMPARISON_FILE = "answers.msgpack", "comparison.json"
SHOWN_EVERY, STEPS = 50, 10
"""Messages between two looks at progress; lines of it where nothing can be redrawn."""
COLUMNS = (
    Column("field"), Column("largest difference", right=True), Column("frame", right=True), Column("at", right=True),
    Column("recorded", right=True), Column("now", right=True), Column("tolerance"),
)  # fmt: skip


class FeedRequest(NamedTuple):
    """What was asked for on the command line."""

    run: Path
    command: Sequence[str] = ()
    gnc: str | None = None
    absolute: float = 0.0
    relative: float = 0.0
    fields: Sequence[str] = ()
    out: Path | None = None
    as_json: bool = False


class FeedResult(NamedTuple):
    """What came of it. `deviations`: fields that differ in any bit."""

    record: FlightRecord
    feed: Feed
    fed: Fed
    first: Difference | None
    deviations: list[FieldDeviation]
    compared: int

    @property
    def exit_code(self) -> int:
        """0 within tolerance, 1 beyond it; 3 and 4 where the program or the harness was lost."""
        if self.fed.harness_error is not None:
            return Verdict.HARNESS_ERROR.exit_code
        if self.fed.gnc_failure is not None:
            return Verdict.GNC_LOST.exit_code
        return Verdict.PASS.exit_code if self.first is None else Verdict.FAIL.exit_code

    @property
    def period_s(self) -> float:
        """Time from frame to frame."""
        return 1e-9 * self.record.frame_period_ns


def feed_command(request: FeedRequest) -> int:
    """Play, compare, tell. Raises UsageError."""
    command = _program(request)
    place: AbstractContextManager[Path | None] = nullcontext() if request.out is None else claimed(request.out)
    with place as folder:
        try:
            found = _compared(request, command)
        except RecordError as error:
            raise UsageError(str(error)) from None
        if found.fed.outcome == "interrupted":
            raise KeyboardInterrupt
        if folder is not None:
            _keep(found, request, folder)
    if request.as_json:
        print_json(_as_json(found, request))
    else:
        _tell(found, request)
    return found.exit_code


def _program(request: FeedRequest) -> Command:
    if bool(request.command) == (request.gnc is not None):
        either = f"hoverslam feed {request.run} -- CMD, or --gnc CMD (`reference`: the one supplied)"
        raise UsageError(f"feed {request.run}: needs the command of one flight program; give it as {either}")
    return list(request.command) or request.gnc


def _compared(request: FeedRequest, command: Command) -> FeedResult:
    """Raises RecordError and UsageError."""
    stored = load(request.run)
    allowed = _tolerance(request, stored)
    plan, given = planned_again(stored), delivered(stored)
    if not given:
        raise UsageError(f"{request.run}: the flight program was given no frame; choose a flight that began")
    record = stored.record
    with ProgressLine() as line:
        feed = Feed(record, given, lambda done: _progress(line, done, len(given)))
        listeners = ByHand(line.say).listeners()
        with open_feed(command, listeners=listeners) as session:
            fed = session.feed(feed, record.shape, plan)
    answers = Answers.of(given, feed.answered)
    deviations = answer_deviations(record.shape, answers, allowed)
    first = first_beyond(record.shape, answers, allowed)
    return FeedResult(record, feed, fed, first, deviations, len(answers.frames))


def _progress(line: ProgressLine, done: int, of: int) -> None:
    if done % SHOWN_EVERY == 0:
        line.show(f"{done} of {counted(of, 'frame')}", due=done % max(of // STEPS, 1) < SHOWN_EVERY)


def _tolerance(request: FeedRequest, stored: StoredRun) -> Tolerance:
    """Raises UsageError for one that is no number, or of no field."""
    for option, value in (("--abs", request.absolute), ("--rel", request.relative)):
        if not 0.0 <= value < math.inf:
            raise UsageError(f"{option} {value:g}: must be a number of at least 0, e.g. 1e-9")
    known = tolerable_fields(stored.record.shape)
    return Tolerance(request.relative, dict(_of_field(text, known) for text in request.fields), 0, request.absolute)


def _of_field(text: str, known: set[str]) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0.0 <= value < math.inf:
        raise UsageError(f"--tol {text}: must be FIELD=NUMBER with a number of at least 0, e.g. throttle=0.01")
    if name not in known:
        fields = ", ".join(sorted(one for one in known if "[" not in one))
        raise UsageError(f"--tol {text}: no such field; give one of {fields}, or an element such as throttle[0]")
    return name, value


def _keep(found: FeedResult, request: FeedRequest, folder: Path) -> None:
    """What the program answered, as it came; what it printed; how it compares. Raises UsageError."""
    told = json.dumps(_as_json(found, request), indent=2) + "\n"
    files: dict[str, str | bytes] = {
        ANSWERS_FILE: b"".join(found.feed.answers),
        OUTPUT_FILE: found.fed.output,
        COMPARISON_FILE: told,
    }
    try:
        for name, content in files.items():
            write_whole(folder / name, content)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be written ({error.strerror}); give another folder") from None


def _as_json(found: FeedResult, request: FeedRequest) -> dict[str, Any]:
    first, failure = found.first, found.fed.gnc_failure
    return {
        "exit_code": found.exit_code,
        "run": str(request.run),
        "equal": found.exit_code == 0 and not found.deviations,
        "within_tolerance": found.exit_code == 0,
        "frames": len(found.feed.given),
        "answered": len(found.feed.answers),
        "compared": found.compared,
        "first": None if first is None else _place(found, first.frame, first.field, first.recorded, first.replayed),
        "fields": [
            _place(found, one.frame, one.field, one.recorded, one.replayed)
            | {"difference": one.difference, "within": one.within}
            for one in found.deviations
        ],
        "lost": None if failure is None else {"kind": failure.kind, "reason": failure.reason, "frame": failure.frame},
        "reason": "; ".join(_ends(found)),
        "out": None if request.out is None else str(request.out),
    }


def _place(found: FeedResult, frame: int, field: str, recorded: Any, now: Any) -> dict[str, Any]:
    """Where and what; values that are not finite as text."""
    time_s = frame * found.record.frame_period_ns / 1e9
    return {"frame": frame, "time_s": time_s, "field": field, "recorded": plain(recorded), "now": plain(now)}


def _tell(found: FeedResult, request: FeedRequest) -> None:
    console, answered = results(), f"{counted(found.compared, 'answer')} compared"
    if found.deviations:
        console.tabulate(COLUMNS, [_row(found, one) for one in found.deviations])
    if found.first is None:
        how = "within tolerance" if found.deviations else "equal to the recorded ones, bit for bit"
        console.say(f"{answered}: {how}")
    else:
        at_s = found.first.frame * found.period_s
        console.say(f"{answered}: different; first beyond tolerance at {at_s:.2f} s in {found.first}")
    for line in _ends(found):
        console.say(line)
    if request.out is not None:
        console.say(f"answers: {request.out / ANSWERS_FILE}")


def _row(found: FeedResult, one: FieldDeviation) -> list[Text]:
    apart = "-" if one.difference is None else f"{one.difference:.3g}"
    grade = Text("within") if one.within else Text("beyond", "bold red")
    where = [Text(str(one.frame)), Text(f"{one.frame * found.period_s:.2f} s")]
    return [Text(one.field), Text(apart), *where, Text(f"{one.recorded:.9g}"), Text(f"{one.replayed:.9g}"), grade]


def _ends(found: FeedResult) -> Iterator[str]:
    """How either program was lost, and where the harness failed."""
    failure, before, last = found.fed.gnc_failure, found.record.gnc_failure, found.feed.given[-1]
    if found.fed.harness_error is not None:
        yield f"the harness failed: {found.fed.harness_error}"
    if failure is not None:
        yield f"flight software {failure.event} in frame {failure.frame}: {failure.reason}"
    if before is None:
        return
    yield f"in the recorded flight the flight software {before.event} in frame {before.frame}: {before.reason}"
    if last.row is None and len(found.feed.answers) == len(found.feed.given):
        yield f"now it answered frame {last.frame}; there is nothing to compare this answer with"
