"""Errors of the check-cases against time.

python -m hoverslam.harness.validation.nesc_picture docs/img/nesc_errors.svg
"""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.validation.nesc import PUBLISHED, ErrorGate, Published, errors
from hoverslam.harness.validation.nesc_history import TIME, history
from hoverslam.harness.validation.published import published

WIDTH, HEIGHT = 960, 640
LEFTS, TOPS, ACROSS, TALL = (70, 545), (84, 379), 345, 215
LAST_S, LABEL_GAP = 30.0, 13
FONT = 'font-family="ui-sans-serif, system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"'
STYLE = """
    :root { --ink: #1c2430; --soft: #5b6675; --line: #d5dbe2; --paper: #ffffff; --error: #1d5fb4; --gate: #b4530a }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8edf3; --soft: #a3afbd; --line: #3a4552; --paper: #161c24; --error: #84b6f4; --gate: #f0a35e }
    }
    text { fill: var(--ink); font-size: 12px }
    .paper { fill: var(--paper) }
    .soft { fill: var(--soft) }
    .title { font-weight: 650; font-size: 15px }
    .grid { stroke: var(--line); stroke-width: 1 }
    .error { fill: none; stroke: var(--error); stroke-width: 1.8 }
    .dot { fill: var(--error) }
    .gate { fill: none; stroke: var(--gate); stroke-width: 1.5; stroke-dasharray: 5 4 }
    .limit { fill: var(--gate) }
"""


class NescPanel(NamedTuple):
    """One quantity: where it is drawn, and the powers of ten at the foot and the head of its scale."""

    quantity: str
    unit: str
    left: int
    top: int
    low: int
    high: int

    def x(self, time_s: float) -> float:
        """Across the page."""
        return self.left + ACROSS * time_s / LAST_S

    def y(self, error: float) -> float:
        """Down the page; what is below the scale, zero too, is drawn at its foot."""
        power = math.log10(max(error, 10.0**self.low))
        return self.top + TALL * (self.high - power) / (self.high - self.low)


PANELS = (
    NescPanel("height", "ft", LEFTS[0], TOPS[0], -10, 0),
    NescPanel("velocity", "ft/s", LEFTS[1], TOPS[0], -14, 0),
    NescPanel("Euler angles", "deg", LEFTS[0], TOPS[1], -14, 0),
    NescPanel("body rates", "deg/s", LEFTS[1], TOPS[1], -14, 0),
)


class Curve(NamedTuple):
    """The error of one quantity in one case, and its gate."""

    label: str
    gate: ErrorGate
    times_s: list[float]
    errors: FloatArray


def picture() -> str:
    """The whole drawing."""
    flown = {case: history(case) for case in {kept.case for kept in PUBLISHED}}
    curves = [_curve(kept, gate, flown[kept.case]) for kept in PUBLISHED for gate in kept.gates]
    parts = [part for panel in PANELS for part in _panel(panel, curves)]
    heading = "Largest error against NASA's published histories, by time"
    legend = (
        "solid: the case with this number (3*: other damping); dashed: gates; zero is drawn at the bottom of the scale"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT} role="img">',
            f"<title>{heading}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
            f'<text class="title" x="{LEFTS[0]}" y="26">{heading}</text>',
            f'<text class="soft" x="{LEFTS[0]}" y="44">{legend}</text>',
            *parts,
            "</svg>\n",
        ]
    )


def _curve(kept: Published, gate: ErrorGate, flown: dict[str, FloatArray]) -> Curve:
    theirs = published(kept.table)
    times_s, found = theirs[TIME].tolist()[1:], errors(gate, flown, theirs)[1:]  # at 0 s they start alike
    return Curve(f"{kept.case}{'*' if kept.note else ''}", gate, times_s, found)


def _panel(panel: NescPanel, curves: list[Curve]) -> Iterator[str]:
    yield from _frame(panel)
    own = [curve for curve in curves if curve.gate.quantity == panel.quantity]
    for curve in own:
        points = [(panel.x(t), panel.y(e)) for t, e in zip(curve.times_s, curve.errors.tolist(), strict=True)]
        yield f'<path class="error" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
        yield from (f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>' for x, y in points)
    for limit in sorted({curve.gate.limit for curve in own}):
        y, cases = panel.y(limit), ", ".join(curve.label for curve in own if curve.gate.limit == limit)
        yield f'<path class="gate" d="M{panel.left} {y:.1f}h{ACROSS}"/>'
        beside = f'x="{panel.left + ACROSS}" y="{y + _free_side(panel, own, y):.1f}" text-anchor="end"'
        yield f'<text class="limit" {beside}>gate {limit:g} of {cases}</text>'
    for label, y in _labels(panel, own):
        yield f'<text x="{panel.left + ACROSS + 8}" y="{y + 4:.1f}">{label}</text>'


def _free_side(panel: NescPanel, curves: list[Curve], y: float) -> float:
    """From a line to the foot of its label: above, or below where a curve passes in the last third."""
    ends = (panel.y(error) for curve in curves for error in curve.errors[-3:].tolist())
    return LABEL_GAP if any(y - LABEL_GAP - 4 < end < y for end in ends) else -4


def _frame(panel: NescPanel) -> Iterator[str]:
    yield f'<text x="{panel.left}" y="{panel.top - 8}">{panel.quantity}, {panel.unit}</text>'
    for power in range(panel.low, panel.high + 1, 2):
        y = panel.y(10.0**power)
        yield f'<path class="grid" d="M{panel.left} {y:.1f}h{ACROSS}"/>'
        yield f'<text class="soft" x="{panel.left - 8}" y="{y + 4:.1f}" text-anchor="end">1e{power}</text>'
    for time_s in range(0, 31, 10):
        x, foot = panel.x(time_s), panel.top + TALL + 18
        yield f'<text class="soft" x="{x:.1f}" y="{foot}" text-anchor="middle">{time_s} s</text>'


def _labels(panel: NescPanel, curves: list[Curve]) -> Iterator[tuple[str, float]]:
    """Numbers of cases where their curves end; those that end together share a place."""
    ends = sorted((panel.y(float(curve.errors[-1])), curve.label) for curve in curves)
    while ends:
        y = ends[0][0]
        near = [label for end, label in ends if end - y < LABEL_GAP]
        yield ", ".join(sorted(near)), y
        ends = [(end, label) for end, label in ends if end - y >= LABEL_GAP]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
