"""The 3-D replay of a flight: a component for any page, one script and one style, with the flight packed as data.

A page puts `replay_style()` into a style element and `replay_script()` into a script, and calls
`hoverslam.replay(container, data)` with what `replay_data(flight)` gave. README.md here says how the script is built.
"""

from hoverslam.harness.report.replay3d.data import replay_data
from hoverslam.harness.report.replay3d.files import replay_script, replay_style

__all__ = ["replay_data", "replay_script", "replay_style"]
