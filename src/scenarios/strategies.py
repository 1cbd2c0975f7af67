"""The old name of `hoverslam.strategies`, for a release."""

import warnings

from hoverslam.scenarios.strategies import cases as cases
from hoverslam.scenarios.strategies import deviations as deviations
from hoverslam.scenarios.strategies import fault_points as fault_points
from hoverslam.scenarios.strategies import scenarios as scenarios

warnings.warn("scenarios.strategies is hoverslam.strategies now", DeprecationWarning, stacklevel=2)
