"""Which flight program `--gnc` means, and a session that flies it."""

import math
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hoverslam.harness.errors import UsageError
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, Deadlines
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.debugging import DebugSession
from hoverslam.harness.program.feeding import FeedSession
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import WAIT, Session
from hoverslam.harness.program.supervisor import ProgramNotFoundError
from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.transport import OpenTransport
from hoverslam.harness.wire.zmq_harness import ZmqHarness

TRANSPORT: OpenTransport = ZmqHarness
"""What carries the messages of every flight that a command flies."""
REFERENCE = "reference"
Command = str | Sequence[str] | None
"""That of a flight program, as text or split; None: the reference."""
PATIENT = Deadlines(hello_s=120.0, first_answer_s=300.0)
"""Where many flights are flown: a program may compile before its first answer, and nobody waits at the screen."""


DEADLINE = "HOVERSLAM_DEADLINE_S"
"""What `--deadline` sets, so that worker processes have it too."""


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
    try:
        Session(None if gnc == REFERENCE else gnc, transport=TRANSPORT)
    except (ProgramNotFoundError, ValueError) as error:
        raise UsageError(f"{option} {gnc!r}: {error}") from None


def _started(session: Session | FleetSession) -> None:
    """Start it; what ends that half-way, as a signal may, leaves no program and no folder."""
    try:
        session.start()
    except BaseException:
        session.close()
        raise


Opened = TypeVar("Opened", bound=Session)


def open_session(
    gnc: Command, listen: str | None = None, core: int | None = None, deadlines: Deadlines = DEFAULT_DEADLINES,
    **options: Any,
) -> Session:  # fmt: skip
    """A started session; a program or an address that cannot be used is the user's to change.

    Further options are those of Session.
    """
    return _opened(Session, gnc, deadlines, listen=listen, core=core, **options)


def open_feed(gnc: Command, deadlines: Deadlines = DEFAULT_DEADLINES, **options: Any) -> FeedSession:
    """The same for a program to which a recorded flight is played."""
    return _opened(FeedSession, gnc, deadlines, **options)


def open_debug(gnc: Command, listen: str | None = None, **options: Any) -> DebugSession:
    """The same for a flight that is looked into; options are those of DebugSession."""
    return _opened(DebugSession, gnc, DEFAULT_DEADLINES, listen=listen, **options)


def _opened(kind: type[Opened], gnc: Command, deadlines: Deadlines, **options: Any) -> Opened:
    try:
        program, allowed = None if gnc == REFERENCE else gnc, deadlines_for(gnc, deadlines)
        session = kind(program, transport=TRANSPORT, deadlines=allowed, **options)
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
    try:
        program, allowed = None if gnc == REFERENCE else gnc, deadlines_for(gnc, deadlines, asked)
        session = FleetSession(program, transport=TRANSPORT, most=most, core=core, deadlines=allowed)
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
