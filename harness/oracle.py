"""The old name of `harness.window.oracle`, for a release."""

from hoverslam.harness.window.oracle import Oracle as Oracle
