"""The old name of `hoverslam.harness.window.window`, for a release."""

import warnings

from hoverslam.harness.window.window import FlightWindow as FlightWindow

warnings.warn("harness.window is hoverslam.harness.window now", DeprecationWarning, stacklevel=2)
