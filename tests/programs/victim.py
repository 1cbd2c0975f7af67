"""A harness in the middle of an endless flight, for tests that end it: victim.py COMMAND...

Prints its flight program's and guardian's process ids and the socket's folder once it flies, and how the flight ended.
"""

import sys

from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.fake_plant import FakePlant, plan

session = Session(sys.argv[1:], transport=ZmqHarness)


def tell(progress: Progress) -> None:
    if progress.frame == 50:
        assert session._supervisor is not None
        assert session._supervisor._guardian is not None
        assert session._link is not None
        print(session.pid, session._supervisor._guardian.pid, session._link.transport.place, flush=True)


with session:
    record = session.fly(FakePlant(frames=10_000_000), plan(max_frames=300_000), tell)
print(record.outcome, flush=True)
