"""The client for a flight program in Python: `from hoverslam.link import GncLink`. The messages are in docs/wire.md."""

from hoverslam.harness.wire.errors import LinkClosed as LinkClosed
from hoverslam.harness.wire.link import GncLink as GncLink

__all__ = ["GncLink", "LinkClosed"]
