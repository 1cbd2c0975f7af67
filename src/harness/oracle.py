"""The old name of `hoverslam.harness.window.oracle`, for a release."""

import warnings

from hoverslam.harness.window.oracle import Oracle as Oracle

warnings.warn("harness.oracle is hoverslam.harness.window.oracle now", DeprecationWarning, stacklevel=2)
