"""The old name of `harness.program.fleet`, for a release."""

from hoverslam.harness.program.fleet import FleetSession as FleetSession
