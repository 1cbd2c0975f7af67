"""`hoverslam salvage`: copies the undamaged flights of a campaign to a new folder, from which it can be resumed."""

from pathlib import Path

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import claimed
from hoverslam.harness.statistics.words import agrees, counted


def salvage_command(damaged: Path, out: Path, *, as_json: bool) -> int:
    """Copy every undamaged flight; the damaged file is not changed. Raises UsageError."""
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
        text = f"{there}; to fly the others: the campaign's command with --resume --out {out}"
        results().say(text)
    return 0
