"""All of the evidence, what is missing of it: python -m tests.evidence [PART ...] [--minutes 55].

Parts go on where they were stopped, and begin nothing when the time is over; each is a module of its own, with options.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.evidence import (
    c_example,
    campaigns,
    conform,
    coverage_fuzz,
    damage,
    first,
    fuzz,
    gate,
    hunts,
    kills,
    live,
    recipes,
    replay,
    soak,
    strings,
    two_hosts,
)
from tests.evidence.tables import MINUTES

RESUMED = {
    "hunts": hunts.main,
    "campaigns": campaigns.main,
    "kills": kills.main,
    "damage": damage.main,
    "first": first.main,
    "fuzz": fuzz.main,
    "recipes": recipes.main,
    "two_hosts": two_hosts.main,
    "conform": conform.main,
    "strings": strings.main,
    "c_example": c_example.main,
    "soak": soak.main,
    "coverage_fuzz": coverage_fuzz.main,
    "live": live.main,
}
AT_ONCE = {"gate": gate.main, "replay": replay.main}
"""A minute or two each: the gate draws from flights that were flown, the replay is played in Chromium."""
PARTS = (*RESUMED, *AT_ONCE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts in turn; the largest exit code of theirs."""
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin nothing after so long")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    end_s, code = time.monotonic() + 60.0 * given.minutes, 0
    for name in given.parts or PARTS:
        left = (end_s - time.monotonic()) / 60.0
        told = RESUMED[name](["--minutes", f"{left:.2f}"]) if name in RESUMED else AT_ONCE[name]([])
        code = max(code, told)
    return code


if __name__ == "__main__":
    sys.exit(main())
