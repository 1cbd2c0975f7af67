"""Says of a stored run what it is judged with now that is not what it was flown with, and which copies are used."""

from hoverslam.harness.console.console import progress
from hoverslam.harness.fly.provenance import changed_since, copies_used
from hoverslam.harness.record.flight_record import StoredRun


def tell_changes(stored: StoredRun) -> None:
    """A line a part, on standard error."""
    for what in changed_since(stored):
        told = f"{stored.folder}: changed since the flight, the present version is used: {what}"
        progress().say(told)
    tell_copies(stored)


def tell_copies(stored: StoredRun) -> None:
    """A line for each file of which the folder's copy is used though the file says something else, or is not there."""
    for one in copies_used(stored):
        if one.now != "same":
            progress().say(f"{stored.folder}: {one}")
