"""The flight program's end of the wire, for programs that import it from here: that of the one file in `sdk/`."""

from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL as PROTOCOL
from hoverslam.harness.wire.sdk.hoverslam_link import SILENCE_S as SILENCE_S
from hoverslam.harness.wire.sdk.hoverslam_link import GncLink as GncLink
from hoverslam.harness.wire.sdk.hoverslam_link import LinkClosed as LinkClosed
