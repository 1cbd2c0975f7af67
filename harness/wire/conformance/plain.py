"""An undisturbed flight with its plant: what is wrong with its messages is told by check, and the flight goes on."""

from typing import Any

from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.conformance.bench import GREETED, Bench
from hoverslam.harness.wire.conformance.flights import Answered, Spoken
from hoverslam.harness.wire.conformance.subject import Course
from hoverslam.harness.wire.conformance.telling import advice_of
from hoverslam.harness.wire.conformance.verdicts import Broken, Shown
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.messages import Shape

STAGES = (
    *GREETED, "names", "capabilities", "quiet-before-reset", "ready", "ready-fields", "run-id", "ready-flight",
    "quiet-before-frames",
)  # fmt: skip
"""What is judged before the first frame, in order."""


class Plain:
    """What became of it. `faults`: by check; `ended_by`: the one after which nothing more could be seen, or empty."""

    def __init__(self) -> None:
        self.faults: dict[str, Broken] = {}
        self.ended_by = ""
        self.spoken: Spoken | None = None

    def note(self, name: str, fault: Broken) -> None:
        """The first fault of each check."""
        self.faults.setdefault(name, fault)

    def blocked(self, name: str) -> str:
        """The failed check without which this one could not be judged; empty where it was."""
        if self.ended_by in STAGES:
            judged = name in STAGES and STAGES.index(name) <= STAGES.index(self.ended_by)
            return "" if judged else self.ended_by
        answered = self.spoken is not None and any(one.answer for one in self.spoken.talk)
        return "" if name in STAGES or name in self.faults or answered else self.ended_by


def fly_plain(bench: Bench) -> Plain:
    """From the start of the program to the end of the flight."""
    plain = Plain()
    course = bench.setting.courses.main()
    try:
        _greet(bench, plain)
        bench.begin(course)
        _stay_quiet(bench, "quiet-before-frames")
    except Broken as fault:
        plain.ended_by = fault.checks[0]
        plain.note(plain.ended_by, fault)
        return plain
    _fly(bench, course, plain)
    return plain


def _greet(bench: Bench, plain: Plain) -> None:
    bench.fresh()
    for name, told in bench.greeting.items():
        plain.note(name, Broken(name, told, bench.hello))
    _stay_quiet(bench, "quiet-before-reset")


def _stay_quiet(bench: Bench, check: str) -> None:
    try:
        bench.pause(bench.waits.quiet_s)
    except Broken as early:
        raise Broken(check, str(early), *early.shown) from None


def _fly(bench: Bench, course: Course, plain: Plain) -> None:
    listener = _Listener(bench, course, plain)
    ground_m = course.fly(listener)
    plain.spoken = Spoken(course, listener.talk, ground_m)
    for name, told, one in advice_of(listener.talk, course, bench.setting.reports):
        plain.note(name, Broken(name, told, Shown("sensors", one.sent), Shown("answer", one.answer)))
    if not listener.lost:
        _end(bench, plain)


def _end(bench: Bench, plain: Plain) -> None:
    """Nothing may come after the last answer, nor after `end`; a program that flies but once may exit then."""
    try:
        bench.pause(bench.waits.quiet_s)
    except Broken as fault:
        plain.note(fault.checks[0], fault)
        return
    bench.end()
    try:
        bench.pause(bench.waits.quiet_s)
    except Broken as fault:
        if "reset" in bench.capabilities or "unasked" in fault.checks:
            plain.note("end-quiet", Broken("end-quiet", str(fault), *fault.shown))


class _Listener:
    """Puts each frame to the program while it answers, and flies a harmless command where an answer cannot be taken."""

    def __init__(self, bench: Bench, course: Course, plain: Plain) -> None:
        self._bench, self._plain, self.lost = bench, plain, False
        self.talk: list[Answered] = []
        self._harmless: dict[str, Any] = harmless_command({n: getattr(course.shape, n) for n in Shape.model_fields})

    def __call__(self, sent: bytes) -> bytes:
        seq = len(self.talk)
        answer = b"" if self.lost else self._asked(seq, sent)
        self.talk.append(Answered(seq, sent, answer))
        return answer or encode({**self._harmless, "seq": seq})

    def _asked(self, seq: int, sent: bytes) -> bytes:
        """The answer; empty where it cannot be taken."""
        try:
            self._bench.post(sent)
            answer, faults = self._bench.judged(seq, sent)
        except Broken as fault:
            self.lost, self._plain.ended_by = True, fault.checks[0]
            self._plain.note(fault.checks[0], Broken(fault.checks, f"frame {seq}: {fault}", *fault.shown))
            return b""
        for name, told in faults.items():
            self._plain.note(
                name, Broken(name, f"frame {seq}: {told}", Shown("sensors", sent), Shown("answer", answer))
            )
        return b"" if faults else answer
