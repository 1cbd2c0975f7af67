"""Which flight program `--gnc` means, and a session that flies it."""

from harness.commands.guard import UsageError
from harness.fleet import FleetSession
from harness.lockstep import DEFAULT_DEADLINES, Deadlines
from harness.session import WAIT, Session
from harness.supervisor import ProgramNotFoundError
from harness.wire.errors import EndpointError

REFERENCE = "reference"
PATIENT = Deadlines(hello_s=120.0, first_answer_s=300.0)
"""Where many flights are flown: a program may compile before its first answer, and nobody waits at the screen."""


def check_program(option: str, gnc: str | None) -> None:
    """Raises UsageError for a program that cannot be started over and over; starts nothing."""
    if gnc == WAIT:
        raise UsageError(f"{option} wait: starts a program by hand, and here many flights are flown; give its command")
    try:
        Session(None if gnc == REFERENCE else gnc)
    except (ProgramNotFoundError, ValueError) as error:
        raise UsageError(f"{option} {gnc!r}: {error}") from None


def open_session(
    gnc: str | None, listen: str | None = None, core: int | None = None, deadlines: Deadlines = DEFAULT_DEADLINES
) -> Session:
    """A started session; a program or an address that cannot be used is the user's to change."""
    try:
        session = Session(None if gnc == REFERENCE else gnc, listen=listen, core=core, deadlines=deadlines)
        session.start()
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}" if isinstance(error, ValueError) else str(error)) from None
    return session


def open_fleet(
    gnc: str | None, most: int, core: int | None = None, deadlines: Deadlines = DEFAULT_DEADLINES
) -> FleetSession:
    """A session that flies up to `most` flights at once, where the program can. Raises UsageError."""
    try:
        session = FleetSession(None if gnc == REFERENCE else gnc, most=most, core=core, deadlines=deadlines)
        session.start()
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}") from None
    return session
