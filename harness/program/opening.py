"""Which flight program `--gnc` means, and a session that flies it."""

import math
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hoverslam.harness.errors import UsageError
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, Deadlines, FlightPlan
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.debugging import DebugSession
from hoverslam.harness.program.feeding import FeedSession
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import WAIT, Session
from hoverslam.harness.program.string_member import REFERENCE as REFERENCE
from hoverslam.harness.program.supervisor import ProgramNotFoundError
from hoverslam.harness.wire.curve import SECRET, SERVER, Door
from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.transport import OpenTransport
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.strings import MOST_STRINGS

TRANSPORT: OpenTransport = ZmqHarness
"""What carries the messages of every flight that a command flies."""
Command = str | Sequence[str] | None
"""That of a flight program, as text or split; None: the reference."""
PATIENT = Deadlines(hello_s=120.0, first_answer_s=300.0)
"""Where many flights are flown: a program may compile before its first answer, and nobody waits at the screen."""


DEADLINE = "HOVERSLAM_DEADLINE_S"
"""What `--deadline` sets, so that worker processes have it too."""


def programs(gnc: str | None) -> list[str | None]:
    """The commands of a `--gnc` that was given once or more often, joined by ends of line; None is the reference.

    Raises UsageError for more than fly as strings, and for one of several that is started by hand.
    """
    commands = [None if one == REFERENCE else one for one in (gnc or REFERENCE).split("\n")]
    if len(commands) > MOST_STRINGS:
        raise UsageError(f"--gnc: {len(commands)} programs; at most {MOST_STRINGS} fly as strings; remove some")
    if len(commands) > 1 and WAIT in commands:
        raise UsageError("--gnc wait: not possible beside other strings; give the command that starts each program")
    return commands


def gnc_options(gnc: str | None) -> list[str]:
    """The options that say the same on a command line; none for the reference alone."""
    return [] if gnc in {None, REFERENCE} else [word for one in str(gnc).split("\n") for word in ("--gnc", one)]


def shown(gnc: str | None) -> str:
    """A program, or several, on one line for people."""
    return " | ".join((gnc or REFERENCE).split("\n"))


def check_strings(gnc: str | None, plan: FlightPlan) -> None:
    """Raises UsageError where a scenario states another number of strings than programs are given, or one by hand."""
    given, stated = len(programs(gnc)), None if plan.strings is None else plan.strings.stated_count
    if given > 1 and stated not in {None, given}:
        raise UsageError(
            f"--gnc: {given} programs, but strings.count = {stated} in scenario {plan.scenario}; give it once for "
            f"{stated} copies of one program, or as often as that, or remove strings.count"
        )
    if gnc == WAIT and (stated or 1) > 1:
        raise UsageError(
            f"--gnc wait: not possible with strings.count = {stated} in scenario {plan.scenario}; give the command "
            "that starts the program"
        )


def deadlines_for(gnc: Command, base: Deadlines, asked: str | None = None) -> Deadlines:
    """Those of a command, with what `--deadline` asks for; none for a program that is started by hand.

    `asked` is that of a command on another machine, in place of the variable here. Raises UsageError for one that is
    no time.
    """
    asked = asked or os.environ.get(DEADLINE)
    if asked is None:
        return base if gnc != WAIT else base.lifted()
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    if not seconds > 0.0:
        raise UsageError(f"{DEADLINE}={asked[:40]!r}: must be a time in seconds above 0, or inf for no limit")
    return Deadlines(max(base.hello_s, seconds), max(base.first_answer_s, seconds), seconds, base.exit_s)


def check_program(option: str, gnc: str | None) -> None:
    """Raises UsageError for a program that cannot be started over and over; starts nothing."""
    if gnc == WAIT:
        raise UsageError(f"{option} wait: not possible for many flights; give the command that starts the program")
    for one in programs(gnc):
        try:
            Session(one, transport=TRANSPORT)
        except (ProgramNotFoundError, ValueError) as error:
            raise UsageError(f"{option} {one!r}: {error}") from None


def _started(session: Session | FleetSession) -> None:
    """Start it; what ends that half-way, as a signal may, leaves no program and no folder."""
    try:
        session.start()
    except BaseException:
        session.close()
        raise


Opened = TypeVar("Opened", bound=FleetSession)


def open_session(
    gnc: str | None, listen: str | None = None, core: int | None = None, deadlines: Deadlines = DEFAULT_DEADLINES,
    **options: Any,
) -> FleetSession:  # fmt: skip
    """A started session; a program or an address that cannot be used is the user's to change.

    Further options are those of Session.
    """
    return _opened(FleetSession, gnc, transport=TRANSPORT, listen=listen, core=core, deadlines=deadlines, **options)


def open_debug(
    gnc: str | None, listen: str | None = None, door: Door | None = None, **options: Any
) -> DebugSession:  # fmt: skip
    """The same for a flight that may be looked into; options are those of DebugSession. `door`: whose keys are good."""
    carried = TRANSPORT if door is None else partial(ZmqHarness, door=door)
    return _opened(DebugSession, gnc, transport=carried, listen=listen, deadlines=DEFAULT_DEADLINES, **options)


def _opened(kind: type[Opened], gnc: str | None, deadlines: Deadlines, **options: Any) -> Opened:
    (program, *others), allowed = programs(gnc), deadlines_for(gnc, deadlines)
    if others and options.get("listen") is not None:
        raise UsageError("--listen: one address for several strings; remove it: each has a private one of its own")
    try:
        session = kind(program, most=1, others=others, deadlines=allowed, **options)
        _started(session)
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}" if isinstance(error, ValueError) else str(error)) from None
    return session


def open_feed(gnc: Command, deadlines: Deadlines = DEFAULT_DEADLINES, **options: Any) -> FeedSession:
    """The same for a program to which a recorded flight is played."""
    if isinstance(gnc, str) and "\n" in gnc:
        raise UsageError("--gnc: several programs; a recorded flight is played to one; give one")
    try:
        program, allowed = None if gnc == REFERENCE else gnc, deadlines_for(gnc, deadlines)
        session = FeedSession(program, transport=TRANSPORT, deadlines=allowed, **options)
        _started(session)
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}" if isinstance(error, ValueError) else str(error)) from None
    return session


def open_fleet(
    gnc: str | None, most: int, core: int | None = None, deadlines: Deadlines = DEFAULT_DEADLINES,
    asked: str | None = None,
) -> FleetSession:  # fmt: skip
    """A session that flies up to `most` flights at once, where the program can; `asked` as of `deadlines_for`.

    Raises UsageError.
    """
    (program, *others), allowed = programs(gnc), deadlines_for(gnc, deadlines, asked)
    try:
        session = FleetSession(program, transport=TRANSPORT, most=most, core=core, deadlines=allowed, others=others)
        _started(session)
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}") from None
    return session


class ByHand:
    """Tells what a program that is started by hand needs, on the screen and in a file that a shell reads."""

    def __init__(self, say: Callable[[str], None], file: Path | None = None) -> None:
        self._say, self._file = say, file

    def announce(self, variables: Mapping[str, str]) -> None:
        """The variables of the program that is waited for, as lines of a shell."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        self._say("waiting for a flight program; start it with these environment variables:")
        for line in lines:
            self._say(f"  {line}")
        if self._file is not None:
            self.close()
            with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write("\n".join([*lines, ""]))
            self._say(f"or load them in the shell that starts it:  . {shlex.quote(str(self._file.absolute()))}")
        if SERVER in variables and SECRET not in variables:
            self._say("and its own key pair, of which the public key is on the list:  . NAME.env")

    def told(self, why: str) -> None:
        """A line of the program, or why somebody was refused."""
        self._say("".join(one if one.isprintable() else "?" for one in why))

    def listeners(self, show_output: bool = False) -> Listeners:
        """For a session."""
        return Listeners(self.told if show_output else None, self.announce, self.told)

    def close(self) -> None:
        """The variables are good for one start."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)
