"""Flies the echo program past the fake plant with a break, as `hoverslam run` does: looked_into.py [--gdb] COMMAND ...

Prints the hash of the flight.
"""

import sys

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.commands.looking_in import LookInto, looked_into
from hoverslam.harness.console.console import progress
from hoverslam.harness.console.ending import endings
from hoverslam.harness.program.debugging import DebugSession
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.fake_plant import HERE, PATIENT, FakePlant, plan


def main(command: list[str], *, debugger: bool) -> None:
    """Stop before frame 30."""
    with endings(), Dashboard(progress(), redraws=not debugger) as dashboard:
        looked, options = looked_into(LookInto(0.3, debugger), dashboard)
        given = {"transport": ZmqHarness, "deadlines": PATIENT, "environment": HERE, **options}
        with DebugSession(command, **given) as session:
            record = session.fly(FakePlant(), plan(), last=True)
        looked(record)
    print(record.hash)


if __name__ == "__main__":
    debugs = sys.argv[1] == "--gdb"
    main(sys.argv[1 + debugs :], debugger=debugs)
