"""The old name of `hoverslam.link`, for a release."""

import warnings

from hoverslam.link import GncLink as GncLink

warnings.warn("harness.wire.link is hoverslam.link now", DeprecationWarning, stacklevel=2)
