"""Names used in requirements that no flight provides yet: each with the reason why it cannot be evaluated.

A formula over one of them is valid and not evaluated. Whoever records the quantity takes its name from here to
`harness.signals.signals` or `harness.signals.phases`; the requirement sets stay as they are.
"""

from typing import NamedTuple

LATER_START = "flights begin at release, after the entry burn"
CAMPAIGN = "evaluated over a campaign, not in one flight"


class Reserved(NamedTuple):
    """What a name will mean, its unit (none for a phase), and why there is nothing yet."""

    unit: str
    meaning: str
    reason: str

    @property
    def told(self) -> str:
        """The meaning, and that no flight has it."""
        return f"{self.meaning}; never available: {self.reason}"


NOT_FLOWN = {
    "entry": Reserved("", "the entry burn", LATER_START),
    "entry_ignition": Reserved("", "the frame of the first start command of the entry burn", LATER_START),
    "coast": Reserved("", "from the end of the flip to the entry burn", LATER_START),
    "flip": Reserved("", "from separation until the stage flies base first", LATER_START),
    "flip_end": Reserved("", "60 s after separation", LATER_START),
}
"""Phases."""

NOT_RECORDED = {
    "entry_ignition_error_s": Reserved("s", "delay of the entry ignition after the predicted time", LATER_START),
    "glide_miss_m": Reserved(
        "m", "zero-effort miss of the glide with respect to its plan", f"a three-sigma bound, {CAMPAIGN}"
    ),
    "glide_lateral_mps": Reserved(
        "m/s", "lateral velocity error of the glide with respect to its plan", f"a three-sigma bound, {CAMPAIGN}"
    ),
    "fin_deploy_km": Reserved("km", "altitude above ground at fin deployment", LATER_START),
    "guidance_solve_s": Reserved(
        "s", "computing time of a guidance solution", f"99.9th percentiles, {CAMPAIGN}, in real time"
    ),
}
"""Signals."""
