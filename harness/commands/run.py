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

from harness.commands.console import print_json, progress, results
from harness.commands.ending import Interrupted
from harness.commands.guard import UsageError
from harness.commands.junit import junit_report, suite
from harness.commands.program import REFERENCE, ByHand, open_session
from harness.commands.run_folder import run_folder
from harness.commands.toml_text import toml_text
from harness.expected import exit_code
from harness.files import write_whole
from harness.kernels import COMPILING, JUDGING, PLANT, Compilation
from harness.progress import Dashboard
from harness.session import WAIT
from harness.statistics.words import counted
from scenarios.load import load
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from harness.flight import Assessment, Prepared
    from harness.identity import Identity
    from harness.record import FlightRecord
    from harness.summary import Summary

SUMMARY_FILE, REPORT_FILE = "summary.json", "report.html"


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
        from harness.identity import differences, identity_of

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
    from harness.campaign.logs import scenario_of
    from harness.campaign.store import Store, StoreError
    from harness.identity import of_record

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
                from harness.flight import assess

                summary = keep(assess(record, prepared), prepared, folder, epoch=epoch)
            except KeyboardInterrupt:
                raise _so_far(record, prepared, folder) from None
        return summary


def _so_far(record: "FlightRecord", prepared: "Prepared", folder: Path) -> Interrupted:
    """Keep the log of a flight that was ended, to its last frame."""
    from harness.provenance import provenance
    from harness.record import RUN_FILE, RecordError, save

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
        from harness.flight import prepare

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
    from harness.viewers.clock import epoch_ns

    try:
        return epoch_ns(asked)
    except ValueError as error:
        raise UsageError(f"--epoch {error}") from None


def keep(
    assessment: "Assessment", prepared: "Prepared", folder: Path, *, page: bool = True, epoch: int | None = None
) -> "Summary":
    """Write the run folder, the irreplaceable first. A verdict that cannot be kept is still told, as our own fault."""
    from harness.applied import APPLIED_FILE, applied
    from harness.expected import held
    from harness.provenance import provenance
    from harness.record import RecordError, save
    from harness.summary import summarise
    from harness.viewers.scene import Judged

    judged = Judged(assessment.flight, assessment.results, assessment.findings)
    expected = prepared.scenario.expected
    summary = held(summarise(assessment, str(folder)), expected)
    try:
        record, tree = assessment.flight.record, prepared.scenario.model_dump(mode="json")
        save(record, folder, tree, judged, epoch, provenance(prepared.scenario, record))
        echo = applied(prepared, flown=True, record=assessment.flight.record)
        write_whole(folder / APPLIED_FILE, toml_text(echo))
        write_whole(folder / SUMMARY_FILE, summary.model_dump_json(indent=2) + "\n")
    except (RecordError, OSError) as error:
        why = f"the flight ended in {summary.verdict}, but could not be kept: {error}"
        return held(summary.harness_failed(why), expected)
    if page:
        _write_report(assessment, folder)
    return summary


def _write_report(assessment: "Assessment", folder: Path) -> None:
    """A page that cannot be written costs no verdict: all that it shows is kept beside it."""
    from harness.fingerprint import environment_fingerprint
    from harness.report import write_report

    flight, results, found, verdict, _ = assessment
    facts = {"run folder": folder, **environment_fingerprint()}
    try:
        write_report(folder / REPORT_FILE, flight, results, verdict, found, facts)
    except OSError as error:
        why = f"{folder / REPORT_FILE}: cannot be written ({error.strerror}); make room, then hoverslam report {folder}"
        progress().say(why)


def _tell(summary: "Summary", *, as_json: bool) -> None:
    if as_json:
        print_json(summary.model_dump(mode="json"))
        return
    from harness.commands.verdict_view import COLUMNS, requirement_rows, verdict_lines

    console = results()
    console.tabulate(COLUMNS, requirement_rows(summary))
    for line in verdict_lines(summary):
        console.say(line)
