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

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.commands.junit import junit_report, suite
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.ending import Interrupted
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.expected import exit_code
from hoverslam.harness.fly.keep import keep
from hoverslam.harness.fly.kernels import COMPILING, JUDGING, PLANT, Compilation
from hoverslam.harness.program.opening import REFERENCE, ByHand, open_session
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.record.claim import run_folder
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.identity import Identity
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.fly.summary import Summary
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


def run_command(request: RunRequest) -> int:
    """Fly, judge, keep, tell; the exit code is that of the verdict, or with `--expected` whether it came as written."""
    again = None if request.origin is None else of_campaign(request)
    if again is not None:
        request = request._replace(gnc=_consented(request, again))
    elif request.stored_gnc:
        raise UsageError("--stored-gnc: is of a flight out of a campaign; give it with --from DB:PLACE")
    with junit_report(request.junit, request.scenario) as suites:
        summary = _flown(request, again)
        suites.append(suite(summary, held=request.expected))
        _tell(summary, as_json=request.as_json)
    if (line := under_a_debugger(request, summary)) is not None:
        progress().say(line)
    if again is not None:
        progress().say(again.compared(summary.hash, request.gnc))
    return exit_code(summary) if request.expected else summary.exit_code


class Again(NamedTuple):
    """A flight of a campaign: its scenario, the program that flew it, and the hash that it came to."""

    scenario: Scenario
    gnc: str | None
    hash: str
    identity: "Identity | None" = None

    def compared(self, flown: str, gnc: str | None = None) -> str:
        """Whether it came to the same bits, and what is not as it was."""
        from hoverslam.harness.fly.identity import differences, identity_of

        now = identity_of(self.scenario, gnc or self.gnc)._replace(scenario="")
        then = None if self.identity is None else self.identity._replace(scenario="")
        changed = [] if then is None else differences(then, now)
        others = f"; not as it was in the campaign: {', '.join(changed)}" if changed else ""
        if flown == self.hash:
            return f"the same bits as in the campaign{others}"
        hashes = f"hash {flown[:16]} now, {self.hash[:16]} then"
        why = others or ": the machine is another, or the program does not fly the same twice"
        return f"not the bits of the campaign ({hashes}){why}"


def _consented(request: RunRequest, again: Again) -> str | None:
    """The program to fly with. One that a database names is started where the user says so, and not else."""
    if request.gnc is not None or again.gnc in {None, REFERENCE}:
        return request.gnc
    if not request.stored_gnc:
        shown = shlex.quote(str(again.gnc))
        raise UsageError(
            f"--from {request.origin}: flown by a program that only the database names, which is not started unasked: "
            f"{shown}; give --gnc {shown}, another --gnc, or --stored-gnc for whatever stands there"
        )
    progress().say(f"starting the program that the database names: {again.gnc}")
    return again.gnc


def of_campaign(request: RunRequest) -> Again:
    """The flight of `--from DB:PLACE`. Raises UsageError."""
    from hoverslam.harness.campaign.logs import scenario_of
    from hoverslam.harness.campaign.store import Store, StoreError
    from hoverslam.harness.fly.identity import of_record

    place, _, number = str(request.origin).rpartition(":")
    if not place or not number.isdigit():
        raise UsageError(f"--from {request.origin}: must be a database and a place, as in campaign.sqlite:12")
    if request.sets or request.seed is not None:
        raise UsageError("--from: says all of the flight; leave --set and --seed out")
    try:
        with Store.read(Path(place)) as store:
            identity = of_record(store.about["identity"])
            return Again(scenario_of(store, int(number)), store.about["gnc"], store.row(int(number)).hash, identity)
    except StoreError as error:
        raise UsageError(f"--from {request.origin}: {error}") from None


def _flown(request: RunRequest, again: Again | None) -> "Summary":
    seed = {} if request.seed is None else {"seed": str(request.seed)}
    scenario = again.scenario if again is not None else load(request.scenario, {**request.sets, **seed})
    if request.expected and scenario.expected is None:
        changed = "; --set and --seed make another flight of it" if request.sets or seed else ""
        raise UsageError(
            f"--expected: nothing is written beside {request.scenario}{changed}; give it a table [expected]"
        )
    epoch = _epoch(request.epoch)
    dashboard = Dashboard(progress())
    with run_folder(request.out, scenario.name, scenario.seed) as folder, dashboard:
        with Compilation(partial(_compiled, dashboard)) as kernels:
            record, prepared = _fly(scenario, request, folder, dashboard, kernels)
            try:
                if record.outcome == "interrupted":
                    raise KeyboardInterrupt
                kernels.wait_for(JUDGING)
                dashboard.stage("judging the flight and writing the report")
                from hoverslam.harness.fly.assess import assess

                summary = keep(assess(record, prepared), prepared, folder, epoch=epoch)
            except KeyboardInterrupt:
                raise _so_far(record, prepared, folder) from None
        return summary


def _so_far(record: "FlightRecord", prepared: "Prepared", folder: Path) -> Interrupted:
    """Keep the log of a flight that was ended, to its last frame."""
    from hoverslam.harness.fly.provenance import provenance
    from hoverslam.harness.record.flight_record import RecordError
    from hoverslam.harness.record.names import RUN_FILE
    from hoverslam.harness.record.run_folder import save

    if not record.frames:
        return Interrupted("interrupted before the first frame, nothing was kept")
    if not (folder / RUN_FILE).is_file():
        try:
            save(record, folder, prepared.scenario.model_dump(mode="json"), facts=provenance(prepared.scenario, record))
        except RecordError as error:
            return Interrupted(f"interrupted, and the log could not be kept: {error}")
    after = f"after {counted(record.frames, 'frame')} ({1e-9 * record.frames * record.frame_period_ns:.2f} s)"
    if record.outcome != "interrupted":
        after = "while the flight was judged"
    go_on = shlex.join(["hoverslam", "report", str(folder)])
    told = f"interrupted {after}; the log to there is in {folder}; its page: {go_on}"
    return Interrupted(told, kept=folder, go_on=go_on)


def under_a_debugger(request: RunRequest, summary: "Summary") -> str | None:
    """The command that flies it again with the program under a debugger, where a signal ended it."""
    lost = summary.gnc_failure
    if lost is None or lost.exit_status is None or lost.exit_status >= 0 or request.gnc in {None, REFERENCE, WAIT}:
        return None
    debugger = "lldb --batch -o run -o bt --" if sys.platform == "darwin" else "gdb -batch -ex run -ex bt --args"
    which = [request.scenario] if request.origin is None else ["--from", request.origin]
    sets = [part for key, value in request.sets.items() for part in ("--set", f"{key}={value}")]
    seed = [] if request.seed is None else ["--seed", str(request.seed)]
    words = ["hoverslam", "run", *which, *seed, *sets, "--deadline", "inf", "--show-output", "--gnc"]
    return f"again under a debugger: {shlex.join([*words, f'{debugger} {request.gnc}'])}"


def _compiled(dashboard: Dashboard, done: int, of: int) -> None:
    """Show how far compiling is."""
    text = f"kernel {done} of {of} compiled"
    if dashboard.is_live:
        dashboard.stage(text)
    else:
        dashboard.remark(text)


def _fly(
    scenario: Scenario, request: RunRequest, folder: Path, dashboard: Dashboard, kernels: Compilation
) -> "tuple[FlightRecord, Prepared]":
    """Everything between a valid scenario and the end of the flight; the program is gone when this returns."""
    dashboard.stage("starting the flight software")
    by_hand = ByHand(dashboard.remark, folder / "gnc.env")
    listeners = by_hand.listeners(request.show_output)
    with closing(by_hand), open_session(request.gnc, request.listen, listeners=listeners) as session:
        dashboard.stage("loading the plant")
        from hoverslam.harness.fly.prepare import prepare

        if kernels.begin(scenario):
            dashboard.remark(COMPILING)
            unfelt = prepare(scenario, folder.name, feels=False)  # mistakes are told before the wait
            session.get_ready(unfelt.plant.shape, unfelt.plan)
            kernels.program_is_ready()
            kernels.wait_for(PLANT)
        prepared = prepare(scenario, folder.name)
        plant = prepared.plant
        plant.truth(np.zeros(plant.truth_layout.width))  # compiled here, not in the time of the flight
        dashboard.stage("waiting for the flight software")
        gc.freeze()  # what has been loaded stays; the collector need not walk it during the flight
        gc.enable()
        watch = dashboard.watch(prepared.plant.shape)
        return session.fly(prepared.plant, prepared.plan, watch, realtime=request.realtime, last=True), prepared


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
