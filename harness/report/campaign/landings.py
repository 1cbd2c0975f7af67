"""What pages of many flights draw, as plain data: landings on the pad, tracks, histograms against limits, ignitions.

Flights come in groups that differ in colour: those that pass and those that fail, or those of two builds.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.judge.sets import RequirementSet
from hoverslam.harness.report.kit.columns import Columns

POINTS, TRACK_POINTS, BARS = 4000, 25_600, 400
"""Landings, points of tracks, and ignitions that are drawn at most: more is slow to draw and shows no more."""
SAMPLE = 200
"""Tracks drawn of a group of which a sample will do."""
BINS, CORE, REACH = 28, 0.98, 4.0
"""Histograms: how many bars, the share of flights they are laid out for, how far they go to show a limit."""

Item = TypeVar("Item")

AT_TOUCHDOWN = "touchdown_"
MEASURES = {
    "miss_m": ("Miss", "m"),
    "vertical_mps": ("Vertical speed", "m/s"),
    "horizontal_mps": ("Horizontal speed", "m/s"),
    "tilt_deg": ("Tilt", "deg"),
    "rate_dps": ("Body rate", "deg/s"),
    "propellant_kg": ("Propellant left", "kg"),
}


class Group(NamedTuple):
    """Flights of one colour (a name in `page.css`); `sampled` where a part of them is enough of a picture."""

    name: str
    colour: str
    rows: Sequence[Row]
    sampled: bool = False


class Limit(NamedTuple):
    """What a requirement says of a number at touchdown."""

    id: str
    comparison: str
    limit: float
    goal: float | None


def limits(requirements: RequirementSet | None) -> dict[str, Limit]:
    """The limits of the measures, by name; a set that has none for one leaves it out."""
    found: dict[str, Limit] = {}
    for requirement in requirements.requirement if requirements else ():
        for clause in requirement.clause:
            name = (clause.signal or "").removeprefix(AT_TOUCHDOWN)
            if (
                clause.signal == f"{AT_TOUCHDOWN}{name}"
                and name in MEASURES
                and clause.comparison is not None
                and clause.limit is not None
            ):
                goal = clause.goal if isinstance(clause.goal, float | int) else None
                found.setdefault(name, Limit(requirement.id, clause.comparison, clause.limit, goal))
    return found


def landings(columns: Columns, groups: Sequence[Group], scatter: Mapping[str, Any]) -> dict[str, Any]:
    """Points on the pad, crossrange to the right and downrange up, with the figures of `statistics.scatter`."""
    shown = [_points(columns, number, group) for number, group in enumerate(groups)]
    spots = [np.abs(_column(group.rows, ("downrange_m", "crossrange_m"))) for group in groups]
    farthest = max((float(np.nanmax(spot)) for spot in spots if np.isfinite(spot).any()), default=0.0)
    return {
        "groups": shown,
        "circles": [{"radius": 40.0, "label": "40 m: limit"}, {"radius": 10.0, "label": "10 m: goal"}],
        "ellipses": [
            {"name": "95 % of landings", **scatter["next_landing"]} if scatter["next_landing"] else None,
            {"name": "95 % ellipse of the mean", **scatter["mean_impact"]} if scatter["mean_impact"] else None,
        ],
        "mean": [scatter["mean_crossrange_m"], scatter["mean_downrange_m"]],
        "views": [
            {"name": "pad", "half": 46.0},
            {"name": "10 m", "half": 12.0},
            {"name": "all landings", "half": max(1.1 * farthest, 1.0)},
        ],
    }


def _points(columns: Columns, number: int, group: Group) -> dict[str, Any]:
    down = [row for row in group.rows if row.downrange_m is not None and row.crossrange_m is not None]
    kept = spread(down, POINTS) if group.sampled else down
    spots = _column(kept, ("crossrange_m", "downrange_m"))
    return {
        "name": group.name,
        "colour": group.colour,
        "x": columns.add(f"landing_x{number}", spots[:, 0]),
        "y": columns.add(f"landing_y{number}", spots[:, 1]),
        "places": [row.place for row in kept],
        "landed": len(down),
        "flights": len(group.rows),
    }


def _column(rows: Sequence[Row], names: tuple[str, ...]) -> FloatArray:
    """A row a flight, NaN where it has no such number."""
    values = [[np.nan if getattr(row, name) is None else getattr(row, name) for name in names] for row in rows]
    return np.array(values, dtype=np.float64).reshape(-1, len(names))


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of them, evenly spread."""
    if len(items) <= most:
        return list(items)
    return [items[int(place)] for place in np.linspace(0, len(items) - 1, most).round()]


def tracks(columns: Columns, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The last 12 km of each group as one line with gaps: downrange, crossrange, height [m]."""
    kept = [_with_track(group) for group in groups]
    each = max(TRACK_POINTS // max(sum(map(len, kept)), 1), 8)
    return [_lines(columns, number, groups[number], rows, each) for number, rows in enumerate(kept)]


def _with_track(group: Group) -> list[Row]:
    rows = [row for row in group.rows if row.track]
    return spread(rows, SAMPLE) if group.sampled else rows


def _lines(columns: Columns, number: int, group: Group, rows: Sequence[Row], each: int) -> dict[str, Any]:
    parts = [_thinned(np.frombuffer(row.track, dtype="<f4").reshape(-1, 3), each) for row in rows]
    points = np.concatenate([np.empty((0, 3)), *parts])
    named = {
        name: columns.add(f"track_{name}{number}", points[:, place])
        for place, name in enumerate(("down", "cross", "height"))
    }
    return {
        "name": group.name,
        "colour": group.colour,
        **named,
        "places": [row.place for row in rows],
        "flights": len(group.rows),
    }


def _thinned(track: FloatArray, points: int) -> FloatArray:
    """So many of its points, the first and the last among them, and a gap after it."""
    kept = np.unique(np.linspace(0, len(track) - 1, min(points, len(track))).round().astype(np.intp))
    return np.concatenate([track[kept], np.full((1, 3), np.nan)])


def histogram(
    name: str, groups: Sequence[Group], limit: Limit | None, quantiles: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """How often a measure came out how large; the last bar holds what lies beyond the picture too."""
    values = [_column(group.rows, (name,))[:, 0] for group in groups]
    landed = [column[np.isfinite(column)] for column in values]
    edges = _edges(np.concatenate([np.empty(0), *landed]), limit)
    title, unit = MEASURES[name]
    return {
        "name": name,
        "title": title,
        "unit": unit,
        "edges": edges.tolist(),
        "groups": [
            {"name": group.name, "colour": group.colour, "counts": _counts(column, edges)}
            for group, column in zip(groups, landed, strict=True)
        ],
        "beyond": int(sum((column > edges[-1]).sum() for column in landed)),
        "limit": None if limit is None else limit._asdict(),
        "quantiles": [dict(one) for one in quantiles],
    }


def _edges(values: FloatArray, limit: Limit | None) -> FloatArray:
    """Bars from 0 to where most flights are, or to the limit if that is not too far; the limit between two bars."""
    core = float(np.quantile(values, CORE)) if len(values) else 1.0
    core = max(1.15 * core, 1e-6)
    if limit is None or not 0.0 < limit.limit <= REACH * core:
        return np.linspace(0.0, core, BINS + 1)
    reach = max(core, 1.15 * limit.limit)
    width = limit.limit / max(round(BINS * limit.limit / reach), 1)
    return np.asarray(width * np.arange(int(np.ceil(reach / width)) + 1), dtype=np.float64)


def _counts(values: FloatArray, edges: FloatArray) -> list[int]:
    return [int(count) for count in np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]]


def ignitions(columns: Columns, rows: Sequence[Row]) -> dict[str, Any]:
    """Ignition of each flight inside its window, in seconds before the latest moment, the soonest first."""
    known = [row for row in rows if None not in {row.ignition_s, row.window_earliest_s, row.window_latest_s}]
    kept = sorted(_worth_a_bar(known), key=_late_s)
    return {
        "earliest": columns.add("window_earliest", np.array([_early_s(row) for row in kept], dtype=np.float64)),
        "ignition": columns.add("window_ignition", np.array([_late_s(row) for row in kept], dtype=np.float64)),
        "places": [row.place for row in kept],
        "passed": [row.verdict == "PASS" for row in kept],
        "known": len(known),
        "flights": len(rows),
    }


def _worth_a_bar(rows: Sequence[Row]) -> list[Row]:
    failed = [row for row in rows if row.verdict != "PASS"]
    passed = sorted((row for row in rows if row.verdict == "PASS"), key=_late_s)
    kept = spread(failed, BARS)
    return [*kept, *spread(passed, max(BARS - len(kept), BARS // 4))]


def _late_s(row: Row) -> float:
    return float((row.ignition_s or 0.0) - (row.window_latest_s or 0.0))


def _early_s(row: Row) -> float:
    return float((row.window_earliest_s or 0.0) - (row.window_latest_s or 0.0))
