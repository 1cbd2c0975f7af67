"""Holds the checks: an undisturbed flight first, then each check; a fault is told by the check whose subject it is."""

from collections.abc import Collection, Generator

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.catalogue import CHECKS, FLEET, LONG_FLIGHT, NAMES, ConformanceCheck
from hoverslam.harness.wire.conformance.flights import Spoken
from hoverslam.harness.wire.conformance.plain import STAGES, Plain, fly_plain
from hoverslam.harness.wire.conformance.soaking import Soaked, soak
from hoverslam.harness.wire.conformance.subject import Setting
from hoverslam.harness.wire.conformance.verdicts import (
    DOES_NOT_APPLY,
    FAILED,
    NOT_EVALUATED,
    PASSED,
    WARNED,
    Broken,
    CheckResult,
    DoesNotApply,
)

ADVERSE = frozenset({FAILED, NOT_EVALUATED})
"""Results with which a program does not conform."""
NEEDED = (*STAGES, "answers")
"""Where one of these ended the undisturbed flight, nothing else can be held."""

TOLD_EACH = frozenset({"answers", "finite", "repeats"})
"""Kinds of fault that each check of a group tells for itself; a fault of the messages' form is told by the first."""


def examine(setting: Setting, names: Collection[str] = ()) -> Generator[CheckResult]:
    """The result of each check, or of those that are named, as it comes; whatever ends it, the program is ended."""
    bench = Bench(setting)
    try:
        examination = _Examination(bench, fly_plain(bench))
        for check in CHECKS:
            if not names or check.name in names:
                setting.tell(f"{check.group}: {check.name}")
                yield examination.result(check)
    finally:
        bench.close()


class _Examination:
    """The undisturbed flight, what has failed so far, and the long flight once it was flown."""

    def __init__(self, bench: Bench, plain: Plain) -> None:
        self._bench, self._plain = bench, plain
        self._failed = {name for name in plain.faults if not NAMES[name].advice}
        self._kinds: dict[tuple[str, str], str] = {}
        """Of a group and a kind of fault, the first check that failed by it."""
        self._soaked: Soaked | None = None
        self._soak_fault: Broken | None = None

    def result(self, check: ConformanceCheck) -> CheckResult:
        """Hold one check."""
        try:
            told = self._held(check)
        except DoesNotApply as why:
            return CheckResult(check.name, check.group, DOES_NOT_APPLY, str(why))
        except Broken as fault:
            return self._fault(check, fault)
        return CheckResult(check.name, check.group, PASSED, told)

    def _held(self, check: ConformanceCheck) -> str:
        """What was measured, if anything; raises Broken and DoesNotApply."""
        plain = self._plain
        if check.name in plain.faults:
            raise plain.faults[check.name]
        spoken = plain.spoken
        if spoken is None or plain.ended_by in NEEDED:
            self._need(plain.ended_by if check.is_staged else plain.blocked(check.name))
        if check.scene is not None and spoken is not None:
            return check.scene(self._bench, spoken) or ""
        if check.measured is not None and spoken is not None:
            return check.measured(self._bench, self._long_flight(spoken))
        self._need(plain.blocked(check.name))
        return ""

    def _need(self, blocked: str) -> None:
        """Raises Broken where the undisturbed flight was ended by the fault of a check, before it came to this."""
        if blocked:
            raise Broken(blocked, str(self._plain.faults[blocked]))

    def _long_flight(self, spoken: Spoken) -> Soaked:
        """Flown once, for all that is measured in it."""
        if self._soak_fault is not None:
            raise Broken((LONG_FLIGHT, *self._soak_fault.checks), str(self._soak_fault))
        if self._soaked is None:
            try:
                self._soaked = soak(self._bench, spoken)
            except Broken as fault:
                self._soak_fault = fault
                raise
        return self._soaked

    def _fault(self, check: ConformanceCheck, fault: Broken) -> CheckResult:
        blocked = [name for name in fault.checks if name in self._failed and name != check.name]
        kind = (check.group, fault.checks[0])
        if not blocked and kind in self._kinds:
            blocked = [self._kinds[kind]]
        if blocked:
            told = f"first mend `{blocked[0]}`: {fault}"
            return CheckResult(check.name, check.group, NOT_EVALUATED, told)
        if not check.advice:
            self._failed.add(check.name)
            if check.group == FLEET or kind[1] not in TOLD_EACH:
                self._kinds[kind] = check.name
        return CheckResult(check.name, check.group, WARNED if check.advice else FAILED, str(fault), fault.shown)
