"""Flown and predicted glides as one SVG.

python -m hoverslam.harness.validation.falcon9_picture docs/img/falcon9_glide.svg
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.validation.falcon9 import errors, predict
from hoverslam.harness.validation.falcon9_flights import FLIGHTS, LANDMARK_M, flown
from hoverslam.plant.vehicle import Vehicle, load_vehicle

WIDTH, HEIGHT = 960, 560
LEFT, ACROSS, GAP = 62, 272, 32
TOPS, TALL = (92, 316), 180
LAST_S, TIME_STEP_S = 52.0, 10
DOT_EVERY = 3

FONT = 'font-family="ui-sans-serif, system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"'
STYLE = """
    :root { --ink: #1c2430; --soft: #5b6675; --line: #d5dbe2; --paper: #ffffff; --flown: #b4530a; --ours: #1d5fb4 }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8edf3; --soft: #a3afbd; --line: #3a4552; --paper: #161c24; --flown: #f0a35e; --ours: #84b6f4 }
    }
    text { fill: var(--ink) }
    .paper { fill: var(--paper) }
    .soft { fill: var(--soft); font-size: 12px }
    .title { font-weight: 650; font-size: 15px }
    .grid { stroke: var(--line); stroke-width: 1 }
    .mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 4 }
    .flown { fill: none; stroke: var(--flown); stroke-width: 1.3 }
    .ours { fill: none; stroke: var(--ours); stroke-width: 2 }
"""


class ChartAxis(NamedTuple):
    """One row of panels: what it shows, its column of a track in which unit, and its scale."""

    label: str
    column: str
    per_unit: float
    last: float
    step: int


ROWS = (
    ChartAxis("speed [m/s]", "speed_mps", 1.0, 1050.0, 200),
    ChartAxis("altitude [km]", "altitude_m", 1e-3, 36.0, 5),
)


class Panel(NamedTuple):
    """Where one axis of one flight is drawn."""

    left: float
    top: float
    axis: ChartAxis

    def x(self, time_s: float) -> float:
        """Across, for a time."""
        return self.left + ACROSS * time_s / LAST_S

    def y(self, value: float) -> float:
        """Down, for a value in the unit of the axis."""
        return self.top + TALL * (1.0 - value / self.axis.last)


def _grid(panel: Panel, *, labelled: bool) -> Iterator[str]:
    right, bottom = panel.left + ACROSS, panel.top + TALL
    for value in range(0, int(panel.axis.last) + 1, panel.axis.step):
        y = panel.y(value)
        yield f'<path class="grid" d="M{panel.left} {y:.1f} H{right}"/>'
        if labelled:
            yield f'<text class="soft" x="{panel.left - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    for time_s in range(0, int(LAST_S) + 1, TIME_STEP_S):
        x = panel.x(time_s)
        yield f'<path class="grid" d="M{x:.1f} {panel.top} V{bottom}"/>'
        yield f'<text class="soft" x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{time_s}</text>'
    if panel.axis.column == "altitude_m":
        yield f'<path class="mark" d="M{panel.left} {panel.y(LANDMARK_M * panel.axis.per_unit):.1f} H{right}"/>'


def _line(panel: Panel, time_s: FloatArray, values: FloatArray) -> str:
    pairs = zip(time_s, values * panel.axis.per_unit, strict=True)
    points = " ".join(f"{panel.x(t):.1f},{panel.y(v):.1f}" for t, v in pairs)
    return f'<polyline class="ours" points="{points}"/>'


def _dots(panel: Panel, time_s: FloatArray, values: FloatArray) -> Iterator[str]:
    for t, v in zip(time_s[::DOT_EVERY], values[::DOT_EVERY] * panel.axis.per_unit, strict=True):
        yield f'<circle class="flown" cx="{panel.x(t):.1f}" cy="{panel.y(v):.1f}" r="2.6"/>'


def _flight(vehicle: Vehicle, flight: str, left: float, *, labelled: bool) -> Iterator[str]:
    scale, track = predict(vehicle, flight)
    real, off = flown(flight), errors(track, flight)
    said = f"peak q {off.peak_q_pa:+.1f} %, at 4.5 km {off.speed_mps:+.1f} % and {off.time_s:+.1f} s"
    yield f'<text class="title" x="{left}" y="{TOPS[0] - 30}">{flight}, drag × {scale:.3f}</text>'
    yield f'<text class="soft" x="{left}" y="{TOPS[0] - 12}">{said.replace("-", "−")}</text>'
    for top, axis in zip(TOPS, ROWS, strict=True):
        panel = Panel(left, top, axis)
        yield from _grid(panel, labelled=labelled)
        yield _line(panel, track.time_s, getattr(track, axis.column))
        yield from _dots(panel, real.time_s, getattr(real, axis.column))
        if labelled:
            x, y = left - 46, top + TALL / 2
            yield f'<text class="soft" x="{x}" y="{y}" transform="rotate(-90 {x} {y})" text-anchor="middle">'
            yield f"{axis.label}</text>"


def _legend() -> Iterator[str]:
    yield '<circle class="flown" cx="68" cy="26" r="2.6"/><text class="soft" x="78" y="30">flown (webcast)</text>'
    yield '<path class="ours" d="M186 26 H214"/><text class="soft" x="222" y="30">'
    yield "predicted with the drag factor of the other two flights</text>"
    yield '<path class="mark" d="M560 26 H588"/><text class="soft" x="596" y="30">4.5 km, landing ignition</text>'
    yield f'<text class="soft" x="{WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle">'
    yield "time from one second after the end of the entry burn [s]</text>"


def draw(vehicle: Vehicle) -> str:
    """The picture as SVG; it follows the reader's light or dark theme."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT}>',
        "<title>Glides of three Falcon 9 first stages, flown and predicted</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        *_legend(),
    ]
    for i, flight in enumerate(FLIGHTS):
        parts += _flight(vehicle, flight, LEFT + i * (ACROSS + GAP), labelled=i == 0)
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(load_vehicle("f9_b5")), encoding="utf-8")
