"""Which flight program `--gnc` means, and a session that flies it."""

from harness.commands.guard import UsageError
from harness.session import Session
from harness.supervisor import ProgramNotFoundError
from harness.wire.errors import EndpointError

REFERENCE = "reference"


def open_session(gnc: str | None, listen: str | None = None, core: int | None = None) -> Session:
    """A started session; a program or an address that cannot be used is the user's to change."""
    try:
        session = Session(None if gnc == REFERENCE else gnc, listen=listen, core=core)
        session.start()
    except (ProgramNotFoundError, EndpointError, ValueError) as error:
        raise UsageError(f"--gnc {gnc!r}: {error}" if isinstance(error, ValueError) else str(error)) from None
    return session
