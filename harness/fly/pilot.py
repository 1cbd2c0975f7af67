"""When a flight is flown again, by whatever flies many: `Pilot`.

A flight is flown again, once, where its program was lost in a way that may have been the host's doing: it was silent
beyond its deadline (`hung`), or it was killed with SIGKILL, as a host does that runs out of memory. Lost so a second
time, it is the program. A program that crashes by itself or breaks the protocol is not asked again: that is a finding.
The loss before is told (`FlownFlight.tries`, a finding of the flight) and changes no bit of the flight that counts.

    with Pilot("./build/fsw") as pilot:
        flown = pilot.fly(scenario, "my flight")
        flown.assessment.verdict

Commands that show one flight to somebody (`run`, `replay`) fly it once and tell what happened.
"""

import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

from hoverslam.harness.errors import OwnFaultError
from hoverslam.harness.fly.assess import Assessment, assess
from hoverslam.harness.fly.identity import Identity, mistakes_are_changes, refuse_changed
from hoverslam.harness.fly.inputs import Inputs
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.loop.plan import ProgressCallback
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.opening import PATIENT, check_strings, open_fleet
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.record.string_record import StringCut, cut_text
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.schema import Scenario

TRIES = 2


def may_be_the_host(failure: GncFailure | StringCut) -> bool:
    """Whether a program was lost in a way that a loaded host brings about too: see the module."""
    return failure.kind == "hung" or (failure.kind == "died" and failure.exit_status == -signal.SIGKILL)


def _by_the_host(record: FlightRecord) -> str:
    """What the host may have brought about in a flight, of its program or of one of several; empty for nothing."""
    if record.strings is not None:
        own = [(number, cut) for number, cut in record.strings.cuts if cut.fault is None and may_be_the_host(cut)]
        return "; ".join(cut_text(*one) for one in own)
    if (failure := record.gnc_failure) is None or not may_be_the_host(failure):
        return ""
    return f"flight software {failure.kind} in frame {failure.frame}: {failure.reason}"


@dataclass
class FlownFlight:
    """A flight that counts, judged when it is asked for; `tries` is how often it was flown until it did."""

    prepared: Prepared
    record: FlightRecord
    tries: int = 1

    @cached_property
    def assessment(self) -> Assessment:
        """What it came to."""
        return assess(self.record, self.prepared)

    def not_our_fault(self) -> Self:
        """Itself, for whom a flight that we could not fly is none. Raises OwnFaultError, with what happened."""
        if self.record.harness_error is not None:
            raise OwnFaultError(self.record.harness_error)
        return self


class Pilot:
    """Flies scenarios with one warm flight program, by the rule of the module. Opened by the first flight.

    A program that was lost is started afresh for the next. With an `identity`, that with which flights were begun, one
    that finds other files is no flight.
    """

    def __init__(
        self, gnc: str | None, *, core: int | None = None, most: int = 1, identity: Identity | None = None,
        deadline: str | None = None, tries: int = TRIES,
    ) -> None:  # fmt: skip
        """`most` may be in the air at once, where the program can; `deadline` [s]: `--deadline` of another process."""
        self._gnc, self._core, self._most, self._deadline = gnc, core, most, deadline
        self._identity, self._tries = identity, tries
        self._session: FleetSession | None = None
        self._lost: list[str] = []

    def open(self) -> FleetSession:
        """Start the program, if it is not there; returns at once. Raises UsageError for one that cannot be started."""
        if self._session is None:
            self._session = open_fleet(self._gnc, self._most, self._core, PATIENT, self._deadline)
        return self._session

    @property
    def pid(self) -> int | None:
        """Process id of the program, once it has started."""
        return None if self._session is None else self._session.pid

    def fly(
        self, scenario: Scenario, run_id: str, watch: ProgressCallback | None = None, *, inputs: Inputs | None = None
    ) -> FlownFlight:
        """One flight, of `inputs` in place of the files that the scenario names.

        Raises UsageError, ChangedError, mistakes of the scenario, and KeyboardInterrupt for Ctrl-C.
        """
        session = self.open()
        prepared = self._prepared(scenario, run_id, inputs)
        return self._settled(prepared, session.fly(prepared.plant, prepared.plan, watch), watch)

    def fly_all(self, flights: Iterable[tuple[Scenario, str]]) -> Iterator[FlownFlight]:
        """Scenarios with their run ids, each as it ends, not in their order. Raises as `fly`."""
        session, told = self.open(), len(self.open().losses)
        for prepared, record in session.fly_all(self._prepared(*flight) for flight in flights):
            before = [loss.reason for loss in session.losses[told:] if loss.run_id == prepared.plan.run_id]
            yield self._settled(prepared, record, before=before)

    def lost(self) -> list[str]:
        """Why the program was lost in flights that flew again, since this was last asked."""
        losses = [] if self._session is None else self._session.losses
        told, self._lost = [*(loss.reason for loss in losses), *self._lost], []
        losses.clear()
        return told

    def close(self) -> None:
        """End the program."""
        if self._session is not None:
            self._session.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepared(self, scenario: Scenario, run_id: str, inputs: Inputs | None = None) -> Prepared:
        with mistakes_are_changes(scenario, self._gnc, self._identity):
            prepared = prepare(scenario, run_id, inputs)
        check_strings(self._gnc, prepared.plan)
        self._refuse_changed(scenario)
        return prepared

    def _refuse_changed(self, scenario: Scenario) -> None:
        """Before a flight, so that none is flown in vain; after it, as its program may have been started since."""
        if self._identity is not None:
            refuse_changed(scenario, self._gnc, self._identity)

    def _settled(
        self,
        prepared: Prepared,
        record: FlightRecord,
        watch: ProgressCallback | None = None,
        before: Sequence[str] = (),
    ) -> FlownFlight:
        """The flight that counts: this one, or the one after those in which the host may have disturbed.

        `before`: why the program was lost when this flight, among others, was to be answered.
        """
        why: list[str] = []
        while (lost := _by_the_host(record)) and len(why) + 1 < self._tries:
            why.append(lost)
            prepared = self._prepared(prepared.scenario, prepared.plan.run_id, prepared.inputs)
            record = self.open().fly(prepared.plant, prepared.plan, watch)
        if record.outcome == "interrupted":
            raise KeyboardInterrupt
        self._refuse_changed(prepared.scenario)
        self._lost += why
        why = [*before, *why]
        again = f"flown {counted(len(why) + 1, 'time')}; before, as the host may have brought about,"
        record.findings += [f"{again} {one}" for one in why]
        return FlownFlight(prepared, record, len(why) + 1)
