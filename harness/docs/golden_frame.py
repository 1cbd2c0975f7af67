"""A golden frame: the bytes of one message, and against what a flight program or the harness judges it."""

from typing import Any, NamedTuple

from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL
from hoverslam.plant.layout import VehicleShape

TOKEN, RUN_ID, SEQ = "0123456789abcdef0123456789abcdef", "golden", 7
SHAPES = {
    "nine": VehicleShape(engines=9, gimballed=5, fins=4, thrusters=8, legs=4),
    "seven": VehicleShape(engines=7, gimballed=7, fins=4, thrusters=8, legs=4),
    "bare": VehicleShape(engines=1, gimballed=1, fins=0, thrusters=0, legs=0),
}
"""A Zhuque-3, a Long March 12A, and a stage that lacks what it may lack."""
NINE = SHAPES["nine"]
ENCODING, SCHEMA, CONTEXT = "encoding", "schema", "context"
"""Which rule a refused frame breaks: that of the bytes, that of the fields, or that of the moment or the vehicle."""
FIELDS, EARLY, UNASKED, NO_FRAME, PARTS, FLEET = "an answer", "early", "unasked", "no frame", "two parts", "fleet"


class GoldenFrame(NamedTuple):
    """The bytes, which message they are or should be, and whether the harness sends them.

    `rule`: which a refused frame breaks, "" for one that is accepted. `how`: when or in what way it is sent.
    """

    name: str
    message: str
    about: str
    data: bytes
    rule: str = ""
    shape: VehicleShape = NINE
    flight: int = 0
    how: str = FIELDS

    @property
    def from_harness(self) -> bool:
        """Whether the harness sends it."""
        return self.message in {"reset", "sensors", "end", "shutdown"}


def hello(**changes: Any) -> dict[str, Any]:
    """A good hello, but for the changes."""
    good = {
        "type": "hello", "protocol": PROTOCOL, "token": TOKEN, "name": "mine", "version": "1.0",
        "capabilities": ["reset"],
    }  # fmt: skip
    return good | changes


def ready(**changes: Any) -> dict[str, Any]:
    """A good ready, but for the changes."""
    return {"type": "ready", "run_id": RUN_ID} | changes


def actuators(shape: VehicleShape = NINE, **changes: Any) -> dict[str, Any]:
    """A good answer to frame SEQ, but for the changes."""
    return harmless_command(shape._asdict()) | {"seq": SEQ} | changes
