"""A session that plays a recorded flight to its flight program, without a plant.

with open_feed(gnc_command) as session:     # of harness.program.opening
    fed = session.feed(Feed(record, messages), plan)
"""

from functools import partial
from typing import NamedTuple

from hoverslam.harness.loop.feed import Feed
from hoverslam.harness.loop.frames import driven
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.program.conversation import blamed, failure_of
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import GncFailure
from hoverslam.plant.layout import VehicleShape


class Fed(NamedTuple):
    """How it ended, by whose fault if by any, and what the program printed."""

    outcome: str
    gnc_failure: GncFailure | None
    harness_error: str | None
    output: bytes


class FeedSession(Session):
    """A Session that plays what was recorded."""

    def feed(self, feed: Feed, shape: VehicleShape, plan: FlightPlan) -> Fed:
        """Play it once, and end the program. Losing that is a result; Ctrl-C gives the outcome `interrupted`."""
        end = self.at_first_frame(shape, plan)
        if end is None:
            end = driven(feed.played(plan, self._deadlines), self._exchange, partial(self.restart, shape, plan))
        end = blamed(self.hear_out(end, shape, plan, last=True)[0], self._supervisor)
        failure = None
        if end.lost is not None:
            failure = failure_of(end.lost, feed.frame, "feed", self._supervisor)
        supervisor = self._supervisor
        self.close()
        return Fed(end.outcome, failure, end.harness_error, b"" if supervisor is None else supervisor.take_output())
