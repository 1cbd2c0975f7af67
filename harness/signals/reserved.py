"""Names that requirements speak of and that no flight has yet: each with the reason why it cannot be judged.

A formula over one of them is valid and not evaluated. Whoever records the quantity takes its name from here to
`harness.signals.signals` or `harness.signals.phases`; the requirement sets stay as they are.
"""

from typing import NamedTuple

LATER_START = "no scenario flies it: flights begin at release, after the entry burn"
CAMPAIGN = "judged over a campaign, not a flight"


class Reserved(NamedTuple):
    """What a name will mean, its unit (none for a phase), and why there is nothing yet."""

    unit: str
    meaning: str
    reason: str

    @property
    def told(self) -> str:
        """The meaning, and that no flight has it."""
        return f"{self.meaning}; never yet: {self.reason}"


NOT_FLOWN = {
    "entry": Reserved("", "the entry burn", LATER_START),
    "entry_ignition": Reserved("", "the frame of the first start command of the entry burn", LATER_START),
    "coast": Reserved("", "from the end of the flip to the entry burn", LATER_START),
    "flip": Reserved("", "from separation until the stage flies base first", LATER_START),
    "flip_end": Reserved("", "60 s after separation", LATER_START),
}
"""Phases."""

NOT_RECORDED = {
    "entry_ignition_error_s": Reserved("s", "entry ignition after the predicted time", LATER_START),
    "glide_miss_m": Reserved("m", "zero-effort miss of the glide to its plan", f"a bound on three sigma, {CAMPAIGN}"),
    "glide_lateral_mps": Reserved(
        "m/s", "lateral velocity error of the glide to its plan", f"a bound on three sigma, {CAMPAIGN}"
    ),
    "fin_deploy_km": Reserved("km", "height above ground at which the fins came out", LATER_START),
    "guidance_solve_s": Reserved(
        "s", "time that a guidance solution took", f"99.9th percentiles, {CAMPAIGN}, in real time"
    ),
}
"""Signals."""
