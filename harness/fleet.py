"""The old name of `harness.program.fleet`, for a release."""

from harness.program.fleet import FleetSession as FleetSession
