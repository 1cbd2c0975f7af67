"""The page of the live view: one file with all scripts, as reports are, that may fetch nothing but its own flight."""

from functools import cache

from hoverslam.harness.report.kit.document import POLICY, asset, document
from hoverslam.harness.report.replay3d import replay_script, replay_style

ALLOWED = f"{POLICY}; connect-src 'self'"
"""`self` is the address of the page; the flight comes from there."""


@cache
def page() -> bytes:
    """The same for every flight."""
    body = f"<style>{replay_style()}</style>{asset('live.html')}<script>{replay_script()}</script>"
    return document("hoverslam: live", body, {}, ("plots.js", "live.js"), policy=ALLOWED).encode()
