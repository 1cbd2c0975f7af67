"""A flight program under examination: started, reset, asked frame by frame; what breaks the contract is raised.

After a fault the program is ended, so that the next check meets a new one.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import decode, described, encode
from hoverslam.harness.wire.conformance.answers import FrameAsked, faults_of
from hoverslam.harness.wire.conformance.greeting import hello_faults, ready_faults
from hoverslam.harness.wire.conformance.subject import Course, ProgramEnded, Setting, Subject
from hoverslam.harness.wire.conformance.verdicts import Broken, DoesNotApply, Shown
from hoverslam.harness.wire.contract import ACTUATORS
from hoverslam.harness.wire.errors import MessageRefused, PeerGone, PeerSilent, WireError
from hoverslam.harness.wire.messages import Shape
from hoverslam.harness.wire.numbers import flight_of

GREETED = ("hello", "token", "protocol", "hello-fields")
"""Without these there is no conversation."""
SECOND_ANSWER_S = 3.0
"""For the answer that is due where an answer to an older frame came."""
EXIT_SEEN_S = 0.5
"""A connection closes a moment before its process is gone."""
RUN_ID = "conform"
AFTER_END = ("unasked", "end-quiet")
"""Whose subject a message is that lies here before a `reset`."""


class InAir(NamedTuple):
    """A flight that was begun: its lengths, the fast reader of its answers, and the frames that were answered."""

    course: Course
    reader: ActuatorReader
    answered: set[int]


class Bench:
    """See the module."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.waits = setting, setting.waits
        self.subject: Subject | None = None
        self.hello = Shown("hello", b"")
        self.greeting: dict[str, str] = {}
        self.capabilities: tuple[str, ...] = ()
        self.air: dict[int, InAir] = {}
        self.printed = 0
        self._flown = self._numbers_wrongly = False
        self._row = bytearray()

    def fresh(self) -> None:
        """A new process, greeted; raises Broken."""
        self.close()
        self.subject = self.setting.start()
        self._flown, self.air = False, {}
        try:
            data = self.subject.greet(self.waits.hello_s)
        except WireError as error:
            raise self._lost("hello", error) from None
        self.hello, self.greeting = Shown("hello", data), hello_faults(data, self.subject.token)
        for name in GREETED:
            if name in self.greeting:
                raise self.broken(name, self.greeting[name], self.hello)
        self.capabilities = tuple(decode(data).get("capabilities", ()))

    def needs(self, capability: str) -> None:
        """Raises DoesNotApply where the program does not claim it."""
        self.living()
        if capability not in self.capabilities:
            raise DoesNotApply(f"the program does not declare the capability {capability!r}")

    def living(self) -> Subject:
        """The program, started if there is none."""
        if self.subject is None:
            self.fresh()
        assert self.subject is not None
        return self.subject

    def begin(self, course: Course, flight: int | None = None, run_id: str = RUN_ID) -> None:
        """Reset the program for a flight, a new process where it can fly but once. `flight` as in a fleet."""
        if self._flown and not self.air and "reset" not in self.capabilities:
            self.close()
        self.living()
        self._flown = True
        number = {} if flight is None else {"flight": flight}
        sent = encode({"type": "reset", **number, "run_id": run_id, **_told(course)})
        self.post(sent, "ready", AFTER_END)
        shown = Shown("reset", sent)
        data = self._received("ready", self.waits.first_answer_s, shown)
        for name, told in ready_faults(data, run_id, flight or 0).items():
            raise self.broken((name, *AFTER_END), told, shown, Shown("ready", data))
        self.air[flight or 0] = InAir(course, ActuatorReader(course.shape, flight or 0), set())
        self._row = bytearray(8 * sum(field.width(course.shape) for field in ACTUATORS))

    def ask(self, seq: int, sent: bytes, flight: int = 0) -> bytes:
        """The answer to a frame; raises Broken for any that the harness would refuse."""
        self.post(sent)
        return self.heard(seq, sent, flight)

    def heard(self, seq: int, sent: bytes, flight: int = 0) -> bytes:
        """The answer to a frame that was posted before."""
        answer, faults = self.judged(seq, sent, flight)
        for name, told in faults.items():
            raise self.broken(name, f"frame {seq}: {told}", Shown("sensors", sent), Shown("answer", answer))
        return answer

    def post_all(self, messages: Sequence[bytes]) -> None:
        """Send frames of several flights before any is answered."""
        first, *others = messages
        self.post(first)
        try:
            for one in others:
                self.living().transport.post(one)
        except WireError as error:
            raise self._lost("answers", error) from None

    def heard_of(self, seq: int, waiting: Collection[int]) -> tuple[int, bytes]:
        """The next answer to one of the flights that wait for that of this frame, and which it is."""
        answer = self._received("answers", self.waits.answer_s)
        try:
            number = flight_of(answer)
        except MessageRefused as refused:
            raise self.broken("encoding", str(refused), Shown("answer", answer)) from None
        if number not in waiting:
            raise self.broken("flight", f"an answer of flight {number}, which waits for none", Shown("answer", answer))
        for name, told in self._faults(answer, seq, number).items():
            raise self.broken(name, f"flight {number}, frame {seq}: {told}", Shown("answer", answer))
        self.air[number].answered.add(seq)
        return number, answer

    def judged(self, seq: int, sent: bytes, flight: int = 0) -> tuple[bytes, dict[str, str]]:
        """The answer, and what is wrong with it by check; raises Broken where none comes."""
        waits, flown = self.waits, self.air[flight]
        deadline_s = waits.answer_s if flown.answered else waits.first_answer_s
        answer = self._received("answers", deadline_s, Shown("sensors", sent))
        faults = self._faults(answer, seq, flight)
        flown.answered.add(seq)
        return answer, faults

    def end(self, flight: int = 0, why: str = "at_rest", *, numbered: bool = False) -> None:
        """Tell the program that a flight is over."""
        number = {"flight": flight} if numbered else {}
        del self.air[flight]
        self.post(encode({"type": "end", **number, "why": why}), "end-quiet")

    def post(self, sent: bytes, check: str = "answers", early_is: tuple[str, ...] = ("unasked",)) -> None:
        """Send bytes; raises Broken where something lies here that nobody asked for."""
        try:
            transport = self.living().transport
            early = transport.unasked()
            if early is None:
                transport.post(sent)
                return
        except MessageRefused as refused:
            raise self.broken(early_is, str(refused)) from None
        except WireError as error:
            raise self._lost(check, error, Shown("sent", sent)) from None
        raise self.broken(early_is, f"{described(early)} came without being asked", Shown("unasked", early))

    def pause(self, seconds: float) -> None:
        """Let wall time pass; raises Broken for a message that comes meanwhile, and where the program ends."""
        subject = self.living()
        try:
            early = subject.transport.hear_out(seconds)
        except MessageRefused as refused:
            raise self.broken("unasked", str(refused)) from None
        if early is not None:
            raise self.broken("unasked", f"{described(early)} came without being asked", Shown("unasked", early))
        if (status := subject.wait(0.0)) is not None:
            raise self._lost("answers", ProgramEnded(status))

    def broken(self, checks: str | tuple[str, ...], told: str, *shown: Shown) -> Broken:
        """The fault, to be raised; the program is ended."""
        self.drop()
        return Broken(checks, told, *shown)

    def close(self) -> None:
        """Ask the program to exit, and end it if it does not. Safe to call twice."""
        if self.subject is None:
            return
        try:
            self.subject.transport.post(encode({"type": "shutdown"}))
        except WireError:
            pass  # it is gone already
        finally:
            self._leave(self.waits.exit_s)

    def drop(self) -> None:
        """End the program at once."""
        if self.subject is not None:
            self._leave(None)

    def _leave(self, grace_s: float | None) -> None:
        subject, self.subject, self.air = self.subject, None, {}
        assert subject is not None
        subject.close(grace_s)
        self.printed += len(subject.printed())

    def _received(self, check: str, deadline_s: float, *shown: Shown) -> bytes:
        assert self.subject is not None
        try:
            return self.subject.transport.receive(deadline_s)
        except MessageRefused as refused:
            raise self.broken("encoding", str(refused), *shown) from None
        except WireError as error:
            raise self._lost(check, error, *shown) from None

    def _faults(self, answer: bytes, seq: int, flight: int) -> dict[str, str]:
        flown = self.air[flight]
        try:
            flown.reader.read(answer, seq, self._row, 0)
        except MessageRefused:
            found = faults_of(answer, FrameAsked(flown.course.shape, seq, flight))
        else:
            return {}
        return self._twice(answer, seq, flight) if "seq" in found else found

    def _twice(self, answer: bytes, seq: int, flight: int) -> dict[str, str]:
        """Whether an answer to another frame is a second one, behind which that to this frame comes."""
        asked, old = FrameAsked(self.air[flight].course.shape, seq, flight), decode(answer)["seq"]
        found = faults_of(answer, asked)
        if self._numbers_wrongly or old not in self.air[flight].answered:
            return found
        assert self.subject is not None
        try:
            behind = self.subject.transport.receive(SECOND_ANSWER_S)
        except WireError:
            self._numbers_wrongly = True
            return found
        return found if "seq" in faults_of(behind, asked) else {"unasked": f"a second answer to frame {old} came"}

    def _lost(self, check: str, error: WireError, *shown: Shown) -> Broken:
        """The program fell silent or is gone: how, and what it said last."""
        told, subject = str(error), self.subject
        assert subject is not None
        if not isinstance(error, PeerSilent) and (status := subject.wait(EXIT_SEEN_S)) is not None:
            told = str(ProgramEnded(status))
        elif isinstance(error, PeerGone):
            told = "the program closed its connection and lives on"
        words = subject.last_words().splitlines()[-1:]
        return self.broken(check, "; it said: ".join([told, *words]), *shown)


def _told(course: Course) -> dict[str, Any]:
    """What `reset` says of a flight."""
    return {
        "frame_period_ns": course.frame_period_ns,
        "flight_load": dict(course.flight_load),
        "shape": {name: getattr(course.shape, name) for name in Shape.model_fields},
    }
