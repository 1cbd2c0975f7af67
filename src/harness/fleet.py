"""The old name of `hoverslam.harness.program.fleet`, for a release."""

import warnings

from hoverslam.harness.program.fleet import FleetSession as FleetSession

warnings.warn("harness.fleet is hoverslam.harness.program.fleet now", DeprecationWarning, stacklevel=2)
