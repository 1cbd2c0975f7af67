"""Says of a stored run what it is judged with now that is not what it was flown with."""

from hoverslam.harness.console.console import progress
from hoverslam.harness.fly.provenance import changed_since
from hoverslam.harness.record.flight_record import StoredRun


def tell_changes(stored: StoredRun) -> None:
    """A line a part, on standard error."""
    for what in changed_since(stored):
        told = f"{stored.folder}: not what it was flown with, and judged by it as it is now: {what}"
        progress().say(told)
