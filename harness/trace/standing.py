"""Landing of the stage: first contact, bounces, and the margin against tipping over."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray
from hoverslam.harness.trace.rows import Rows

BOUNCE_M = 0.01
"""Feet that rise less than this have not left the ground."""
STRUCK = {1: "nozzles", 2: "upper end"}
LEG_BROKE = 3
"""Codes of `struck` in the truth: parts of the hull, and a leg beyond its stroke."""


class Standing(NamedTuple):
    """From first contact to the end of the flight.

    `first_contact` names the legs or the part of the hull. A bounce is a time with no foot on the ground, `bounce_m`
    the most that the lowest foot rose. The margin is the least that the centre of gravity was inside the footprint,
    None without one. `ended_by` is empty for a stage that ended on its legs.
    """

    first_contact: str
    bounces: int
    bounce_height_m: float
    tip_over_margin_deg: float | None
    tip_over_margin_m: float | None
    tipped_over: bool
    ended_by: str

    def as_json(self) -> dict[str, Any]:
        """The part of a summary's `touchdown`."""
        return self._asdict()


def standing(flight: Rows, contact: int) -> Standing:
    """Behaviour of the stage from the frame of first contact on."""
    heights = [float(clear.max()) for clear in _clear_m(flight, contact) if clear.max() > BOUNCE_M]
    margin_deg, margin_m = _margin(flight, contact)
    touched = bool(_contacts(flight)[contact:].any())
    struck = int(flight.column("struck")[-1])
    fell = struck != 0 and touched and flight.column("tip_margin_rad")[-1] < 0.0
    return Standing(
        first_contact=_first_contact(flight, contact),
        bounces=len(heights),
        bounce_height_m=max(heights, default=0.0),
        tip_over_margin_deg=margin_deg,
        tip_over_margin_m=margin_m,
        tipped_over=fell,
        ended_by=_ended_by(flight, struck, fell),
    )


def _contacts(flight: Rows) -> BoolArray:
    return np.asarray(flight.columns("leg_contact") > 0.5)


def _clear_m(flight: Rows, contact: int) -> Iterator[Any]:
    """Height of the lowest foot in each stretch of rows in which none is on the ground, after first contact."""
    if not flight.record.shape.legs:
        return
    lowest = flight.columns("foot_height_m")[contact:].min(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lowest > 0.0, [False]])))
    for start, end in list(pairwise(edges))[::2]:
        yield lowest[start:end]


def _margin(flight: Rows, contact: int) -> tuple[float | None, float | None]:
    if not (flight.columns("leg_locked")[contact:] > 0.5).any():
        return None, None
    margin = flight.column("tip_margin_rad")[contact:]
    row = int(margin.argmin())
    return float(np.rad2deg(margin[row])), float(flight.column("tip_margin_m")[contact:][row])


def _first_contact(flight: Rows, contact: int) -> str:
    touching = np.flatnonzero(_contacts(flight)[contact])
    if not len(touching):
        return STRUCK.get(int(flight.column("struck")[-1]), "hull")
    when = flight.columns("leg_touched_s")[contact, touching]
    legs = [int(leg) for leg in touching[when == when.min()]]
    if len(legs) == flight.record.shape.legs:
        return "all legs"
    return f"leg {legs[0]}" if len(legs) == 1 else f"legs {', '.join(map(str, legs[:-1]))} and {legs[-1]}"


def _ended_by(flight: Rows, struck: int, fell: bool) -> str:
    if flight.record.outcome != "impact":
        return ""
    if fell:
        return "tipped over"
    if struck == LEG_BROKE:
        return f"leg {int(flight.columns('leg_stroke_m')[-1].argmax())} was crushed beyond its stroke"
    return f"{STRUCK.get(struck, 'hull')} hit the ground"
