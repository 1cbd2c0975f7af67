"""The report of a flight: one HTML file that opens offline, in light and dark, on a desk and on a phone."""

from hoverslam.harness.report.run.page import write_report

__all__ = ["write_report"]
