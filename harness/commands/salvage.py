"""`hoverslam salvage`: what is still whole of a damaged campaign, in a new folder that can be gone on with."""

from pathlib import Path

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import claimed
from hoverslam.harness.statistics.words import agrees, counted


def salvage_command(damaged: Path, out: Path, *, as_json: bool) -> int:
    """Copy every whole flight; the damaged file stays as it is. Raises UsageError."""
    from hoverslam.harness.campaign.store import Store, StoreError, salvaged

    try:
        with claimed(out), salvaged(damaged) as found, Store.create(out, found.about) as store:
            for row in found.rows:
                store.add(row, 0.0, "salvaged")
            count = len(store.places())
    except StoreError as error:
        raise UsageError(str(error)) from None
    if as_json:
        print_json({"exit_code": 0, "out": str(out), "flights": count})
    else:
        there = f"{counted(count, 'flight')} {agrees(count, 'is')} in {out}"
        text = f"{there}; the others are flown by the campaign's command with --resume --out {out}"
        results().say(text)
    return 0
