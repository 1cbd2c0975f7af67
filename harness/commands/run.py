"""`hoverslam run`: one flight from a scenario to a verdict, with its evidence in a run folder.

The flight program starts first, so that its interpreter loads while ours compiles or loads the plant's kernels.
"""

import gc
import shlex
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hoverslam.harness.commands.again import Again, consented, flown_before
from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.commands.junit import junit_report, suite
from hoverslam.harness.commands.live import LiveRequest, shown_live
from hoverslam.harness.commands.looking_in import LookInto, looked_into
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.ending import Interrupted
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.expected import exit_code
from hoverslam.harness.fly.keep import keep, keep_record
from hoverslam.harness.fly.kernels import COMPILING, JUDGING, PLANT, Compilation
from hoverslam.harness.program.door import door_of
from hoverslam.harness.program.opening import REFERENCE, ByHand, check_strings, open_debug, programs
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.record.claim import run_folder
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.harness.live.view import LiveView
    from hoverslam.harness.loop.plan import FlightPlan
    from hoverslam.harness.record.flight_record import FlightRecord


class RunRequest(NamedTuple):
    """What was asked for on the command line."""

    scenario: str
    sets: Mapping[str, str]
    seed: int | None = None
    gnc: str | None = None
    listen: str | None = None
    out: Path | None = None
    realtime: bool = False
    as_json: bool = False
    junit: Path | None = None
    expected: bool = False
    origin: str | None = None
    epoch: str | None = None
    stored_gnc: bool = False
    show_output: bool = False
    look: LookInto = LookInto()
    key: Path | None = None
    allow: Path | None = None
    live: LiveRequest = LiveRequest()


class Watching(NamedTuple):
    """Who looks at the flight: the screen, and the live view where there is one."""

    dashboard: Dashboard
    view: "LiveView | None"


def run_command(request: RunRequest) -> int:
    """Fly, judge, store, report; the exit code is that of the verdict, or with `--expected` of the comparison."""
    again = _again(request)
    if again is not None:
        gnc = consented(again, request.origin, request.gnc, stored_gnc=request.stored_gnc)
        request = request._replace(gnc=gnc)
    elif request.stored_gnc:
        raise UsageError("--stored-gnc: works only with --from; add --from RUN or --from DB:PLACE")
    with junit_report(request.junit, request.scenario) as suites:
        summary = _flown(request, again)
        suites.append(suite(summary, held=request.expected))
        _tell(summary, as_json=request.as_json)
    if (line := under_a_debugger(request, summary)) is not None:
        progress().say(line)
    if again is not None:
        progress().say(again.compared(summary.hash, request.gnc))
    return exit_code(summary) if request.expected else summary.exit_code


def _again(request: RunRequest) -> Again | None:
    """The flight of `--from`, which says all of it."""
    if request.origin is None:
        return None
    if request.sets or request.seed is not None:
        raise UsageError("--from: already defines the whole flight; remove --set and --seed")
    return flown_before(request.origin)


def _flown(request: RunRequest, again: Again | None) -> "Summary":
    seed = {} if request.seed is None else {"seed": str(request.seed)}
    scenario = again.scenario if again is not None else load(request.scenario, {**request.sets, **seed})
    if request.expected and scenario.expected is None:
        changed = "; --set and --seed remove its expectation" if request.sets or seed else ""
        raise UsageError(f"--expected: {request.scenario} has no expectation{changed}; add a table [expected]")
    request.look.check(request.gnc, scenario.rates, realtime=request.realtime)
    request.live.check()
    epoch = _epoch(request.epoch)
    dashboard = Dashboard(progress(), redraws=not request.look.debugger)
    with (
        run_folder(request.out, scenario.name, scenario.seed) as folder, dashboard,
        shown_live(request.live, dashboard) as view,
    ):  # fmt: skip
        with Compilation(partial(_compiled, dashboard)) as kernels:
            record, prepared = _fly(scenario, request, folder, Watching(dashboard, view), kernels, again)
            try:
                if record.outcome == "interrupted":
                    raise KeyboardInterrupt
                kernels.wait_for(JUDGING)
                dashboard.stage("evaluating the flight and writing the report")
                from hoverslam.harness.fly.assess import assess

                summary = keep(assess(record, prepared), prepared, folder, epoch=epoch)
            except KeyboardInterrupt:
                raise _so_far(record, prepared, folder) from None
        if view is not None:
            view.verdict(summary)
        return summary


def _so_far(record: "FlightRecord", prepared: "Prepared", folder: Path) -> Interrupted:
    """Store the log of an interrupted flight up to its last frame."""
    from hoverslam.harness.record.flight_record import RecordError
    from hoverslam.harness.record.names import RUN_FILE

    if not record.frames:
        return Interrupted("interrupted before the first frame, nothing was stored")
    if not (folder / RUN_FILE).is_file():
        try:
            keep_record(record, prepared, folder)
        except RecordError as error:
            return Interrupted(f"interrupted, and the log could not be stored: {error}")
    after = f"after {counted(record.frames, 'frame')} ({1e-9 * record.frames * record.frame_period_ns:.2f} s)"
    if record.outcome != "interrupted":
        after = "during the evaluation of the flight"
    go_on = shlex.join(["hoverslam", "report", str(folder)])
    told = f"interrupted {after}; the log up to that time is in {folder}; to write its report: {go_on}"
    return Interrupted(told, kept=folder, go_on=go_on)


def under_a_debugger(request: RunRequest, summary: "Summary") -> str | None:
    """The command that flies it again with the program under a debugger, where a signal ended it."""
    lost = summary.gnc_failure
    several = summary.strings is not None
    if several or lost is None or lost.exit_status is None or lost.exit_status >= 0:
        return None
    if request.gnc in {None, REFERENCE, WAIT}:
        return None
    debugger = "lldb --batch -o run -o bt --" if sys.platform == "darwin" else "gdb -batch -ex run -ex bt --args"
    which = [request.scenario] if request.origin is None else ["--from", request.origin]
    sets = [part for key, value in request.sets.items() for part in ("--set", f"{key}={value}")]
    seed = [] if request.seed is None else ["--seed", str(request.seed)]
    words = ["hoverslam", "run", *which, *seed, *sets, "--deadline", "inf", "--show-output", "--gnc"]
    return f"to run it under a debugger: {shlex.join([*words, f'{debugger} {request.gnc}'])}"


def _compiled(dashboard: Dashboard, done: int, of: int) -> None:
    """Show how far compiling is."""
    text = f"kernel {done} of {of} compiled"
    if dashboard.is_live:
        dashboard.stage(text)
    else:
        dashboard.remark(text)


def _fly(
    scenario: Scenario, request: RunRequest, folder: Path, watching: Watching, kernels: Compilation,
    again: Again | None,
) -> "tuple[FlightRecord, Prepared]":  # fmt: skip
    """Everything between a valid scenario and the end of the flight; the program is gone when this returns."""
    dashboard, view = watching
    dashboard.stage("starting the flight software")
    inputs, for_kernels = (None, scenario) if again is None else (again.inputs, again.for_kernels)
    by_hand = ByHand(dashboard.remark, folder / "gnc.env")
    listeners = by_hand.listeners(request.show_output)
    looked, debug = looked_into(request.look, dashboard)
    door = door_of(request.gnc, request.listen, request.key, request.allow)
    with closing(by_hand), open_debug(request.gnc, request.listen, door, listeners=listeners, **debug) as session:
        dashboard.stage("loading the plant")
        from hoverslam.harness.fly.prepare import prepare

        if kernels.begin(for_kernels):
            dashboard.remark(COMPILING)
            unfelt = prepare(scenario, folder.name, inputs, feels=False)  # mistakes are told before the wait
            _check_strings(request, unfelt.plan)
            session.get_ready(unfelt.plant.shape, unfelt.plan)
            kernels.program_is_ready()
            kernels.wait_for(PLANT)
        prepared = prepare(scenario, folder.name, inputs)
        _check_strings(request, prepared.plan)
        plant = prepared.plant
        plant.truth(np.zeros(plant.truth_layout.width))  # compiled here, not in the time of the flight
        dashboard.stage("waiting for the flight software")
        gc.freeze()  # what has been loaded stays; the collector need not walk it during the flight
        gc.enable()
        watch, plan = dashboard.watch(prepared.plant.shape), prepared.plan
        if view is not None:
            plan = view.begin(prepared)
            watch = view.with_others(watch)
        record = session.fly(prepared.plant, plan, watch, realtime=request.realtime, last=True)
    if view is not None:
        view.over(record)
    looked(record)
    return record, prepared


def _check_strings(request: RunRequest, plan: "FlightPlan") -> None:
    """Raises UsageError for strings that do not fit the programs, or what is asked of the flight."""
    check_strings(request.gnc, plan)
    count = max(len(programs(request.gnc)), 1 if plan.strings is None else plan.strings.stated_count or 1)
    looks = request.look != LookInto()
    if count > 1 and (request.realtime or looks):
        option = "--realtime" if request.realtime else "--gdb" if request.look.debugger else "--break-at"
        raise UsageError(f"{option}: for one flight program only, and this flight has {count} strings; remove it")


def _epoch(asked: str | None) -> int | None:
    """`--epoch` as nanoseconds since 1970. Raises UsageError."""
    if asked is None:
        return None
    from hoverslam.harness.record.clock import epoch_ns

    try:
        return epoch_ns(asked)
    except ValueError as error:
        raise UsageError(f"--epoch {error}") from None


def _tell(summary: "Summary", *, as_json: bool) -> None:
    if as_json:
        print_json(summary.model_dump(mode="json"))
        return
    from hoverslam.harness.commands.verdict_view import COLUMNS, requirement_rows, verdict_lines

    console = results()
    console.tabulate(COLUMNS, requirement_rows(summary))
    for line in verdict_lines(summary):
        console.say(line)
