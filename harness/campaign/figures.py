"""The statistics of a campaign, out of its database: plain data for a page, a console, a comparison."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.campaign.row import NUMBERS, Row
from hoverslam.harness.campaign.sampling import aim_of, aimed_at
from hoverslam.harness.campaign.stopping import at_least
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.statistics.copies import firsts
from hoverslam.harness.statistics.importance import importance
from hoverslam.harness.statistics.proportion import proportion
from hoverslam.harness.statistics.quantiles import quantile
from hoverslam.harness.statistics.relight import StartAttempt, relights
from hoverslam.harness.statistics.scatter import scatter
from hoverslam.harness.statistics.sensitivity import what_fails, what_moves
from hoverslam.harness.statistics.words import agrees, counted, interval, number, percent
from hoverslam.scenarios.campaign import Aim, Campaign

QUANTILES = (0.5, 0.95, 0.99)
NAMED = 5


def column(rows: Sequence[Row], name: str) -> FloatArray:
    """A number of each flight, NaN where it has none."""
    return np.array([np.nan if (value := getattr(row, name)) is None else value for row in rows], dtype=np.float64)


def feature_columns(rows: Sequence[Row]) -> dict[str, FloatArray]:
    """How dispersions came out, by label."""
    labels = dict.fromkeys(label for row in rows for label in row.features)
    return {label: np.array([row.features.get(label, np.nan) for row in rows]) for label in labels}


def categories(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What flights fall into; left out where all are alike."""
    found = {"failure": [row.failure for row in rows], "wind from": [row.wind_from for row in rows]}
    return {name: values for name, values in found.items() if len(set(values)) > 1}


def independent(rows: Sequence[Row]) -> list[Row]:
    """The first of flights that are equal to the bit: the others are no evidence of their own."""
    return [rows[row] for row in firsts([one.hash for one in rows])]


def figures(store: Store) -> dict[str, Any]:
    """All of it, of flights that differ; a campaign without flights has counts of zero and nothing else.

    Of flights aimed at failures each counts in `rare`: its weight is that of its draw.
    """
    flown = list(store.rows())
    rows = independent(flown)
    passed = np.array([row.verdict == "PASS" for row in rows], dtype=np.bool_)
    both = proportion(int(passed.sum()), len(rows))
    low = at_least(Campaign.model_validate(store.about["campaign"]), passed.tolist())
    told: dict[str, Any] = {
        "flights": len(flown),
        "copies": len(flown) - len(rows),
        "success": {**both._asdict(), "low_one_sided": low},
        "failed_by": dict(Counter(name for row in rows for name in failed_ids(row)).most_common()),
        "outcomes": dict(Counter(row.outcome for row in rows).most_common()),
    }
    if not rows:
        return told
    told["scatter"] = _plain(scatter(column(rows, "downrange_m"), column(rows, "crossrange_m")))
    told["numbers"] = {name: [_plain(quantile(_known(rows, name), q)) for q in QUANTILES] for name in NUMBERS}
    starts = [StartAttempt(e, a, lit, row.place) for row in rows for e, a, lit in row.starts]
    told["relight"] = _plain(relights(starts)) if starts else None
    kinds, columns = categories(rows), feature_columns(rows)
    told["rare"] = _rare(store.about["campaign"].get("aim"), flown)
    told["what_fails"] = (
        [_plain(one) for one in what_fails(~passed, columns, kinds)] if 0 < passed.sum() < len(rows) else []
    )
    told["what_moves_miss"] = [_plain(one) for one in what_moves(column(rows, "miss_m"), columns, kinds)]
    return told


def _rare(aim: dict[str, Any] | None, rows: Sequence[Row]) -> dict[str, Any] | None:
    """How often it fails where flights were aimed at failures, each weighed; None where they were not."""
    if aim is None or len(rows) < 2:
        return None
    of = Aim.model_validate(aim)
    z = np.array([aimed_at(of, row.seed) for row in rows])
    bad = np.array([of.failure in failed_ids(row) if of.failure else row.verdict != "PASS" for row in rows])
    found: dict[str, Any] = _plain(importance(aim_of(of), z, bad))
    return {"failure": of.failure or "any", **found}


def failed_ids(row: Row) -> list[str]:
    """Required requirements that a flight failed; the verdict where none did and it did not pass."""
    ids = [one[0] for one in row.requirements if one[1] == "fail"]
    return ids or ([] if row.verdict == "PASS" else [row.verdict])


def _known(rows: Sequence[Row], name: str) -> FloatArray:
    values = column(rows, name)
    return values[np.isfinite(values)]


def _plain(value: Any) -> Any:
    """NamedTuples as objects, numpy's numbers as Python's, what is not finite as None."""
    if hasattr(value, "_asdict"):
        return {key: _plain(one) for key, one in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def lines(campaign: Campaign, told: dict[str, Any], test: str) -> Iterator[str]:
    """The figures for a console."""
    success = told["success"]
    if not told["flights"]:
        yield "no flights"
        return
    sure = f"{interval(success['low'], success['high'])}; at least {percent(success['low_one_sided'])}"
    yield f"{campaign.name}: {passing(success)}, {percent(success['share'])} ({sure} with 95 % confidence)"
    if told["copies"]:
        yield copies_line(told)
    if told.get("rare") is not None:
        yield rare_line(told["rare"])
    if test != "go on":
        yield f"test: {test} after {counted(told['flights'] - told['copies'], 'flight')}"
    if told["failed_by"]:
        yield failing_line(success["trials"] - success["successes"], told["failed_by"])
    where = told["scatter"]
    yield f"miss: 50 % within {_span(where['cep_m'], 'm')}, 99 % within {_span(where['miss_99_m'], 'm')}"
    for name in ("vertical_mps", "horizontal_mps", "tilt_deg", "propellant_kg"):
        quantity, _, unit = name.rpartition("_")
        shown = ", ".join(f"{100 * one['probability']:.0f} % {number(one['value'])}" for one in told["numbers"][name])
        yield f"{quantity} [{UNITS[unit]}]: {shown}"
    for named, title in (("what_fails", "failure depends on"), ("what_moves_miss", "miss depends on")):
        shown_named = [one for one in told[named] if one["named"]][:NAMED]
        if shown_named:
            yield f"{title}: " + ", ".join(f"{one['name']} ({one['pattern']})" for one in shown_named)


def passing(success: Mapping[str, Any]) -> str:
    """As in "18 of 20 flights pass": of flights that differ, which is what an interval beside it is of."""
    return (
        f"{success['successes']:,} of {counted(success['trials'], 'flight')} {agrees(success['successes'], 'passes')}"
    )


def copies_line(told: Mapping[str, Any]) -> str:
    """Flights that are not counted."""
    copies, flown = told["copies"], told["flights"]
    return (
        f"{copies:,} of {counted(flown, 'flight')} flown {agrees(copies, 'is')} bit-equal to another flight and "
        f"{agrees(copies, 'is')} not counted: no independent evidence"
    )


def failing_line(failing: int, failed_by: Mapping[str, int]) -> str:
    """How many fail, and each requirement with how many fail it: a flight may fail several."""
    listed = ", ".join(f"{name} in {count:,}" for name, count in failed_by.items())
    return f"{counted(failing, 'flight')} {agrees(failing, 'fails')} (a flight may fail several requirements): {listed}"


def rare_line(rare: dict[str, Any]) -> str:
    """Failure probability with nominal dispersions, from flights drawn by importance sampling."""
    what = "fail" if rare["failure"] == "any" else f"fail {rare['failure']}"
    note = f" ({rare['note']})" if rare["note"] else ""
    if rare["chance"] is None:
        return f"importance sampling: with nominal dispersions, at most {rare['high']:.2g} of flights {what}{note}"
    span = f"95 % interval {rare['low']:.2g} to {rare['high']:.2g}"
    return f"importance sampling: with nominal dispersions, {rare['chance']:.2g} of flights {what} ({span}){note}"


UNITS = {"mps": "m/s", "deg": "deg", "kg": "kg", "m": "m"}


def _span(one: Mapping[str, Any], unit: str) -> str:
    """A quantile with as much of its interval as the flights give."""
    if one["value"] is None:
        return f"an unknown distance ({counted(one['flights'], 'flight')} {agrees(one['flights'], 'is')} too few)"
    return f"{number(one['value'])} {unit} ({bounds(one, unit)})"


def bounds(one: Mapping[str, Any], unit: str = "") -> str:
    """The 95 % interval of a quantile as far as it goes, or how many flights it would take."""
    low, high = one["low"], one["high"]
    if low is not None and high is not None:
        return f"95 % interval {number(low)} to {number(high)} {unit}".rstrip()
    if high is not None:
        return f"at most {number(high)} {unit} with 95 % confidence"
    short = one["flights"] < one["flights_needed"]
    needed = f"an interval needs {counted(one['flights_needed'], 'flight')}" if short else ""
    needed = needed or "no upper bound: too many flights did not land"
    return f"at least {number(low)} {unit}".rstrip() + f"; {needed}" if low is not None else needed
