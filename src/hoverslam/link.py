"""The client for a flight program in Python: `from hoverslam.link import GncLink`. The messages are in docs/wire.md."""

from hoverslam.harness.wire.sdk.hoverslam_link import GncLink as GncLink
from hoverslam.harness.wire.sdk.hoverslam_link import LinkClosed as LinkClosed

__all__ = ["GncLink", "LinkClosed"]
