"""A campaign as its page needs it: rows, figures, requirements, and what each failing flight was."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.campaign.figures import QUANTILES, failed_ids, feature_columns, figures, independent
from hoverslam.harness.campaign.logs import FLIGHTS
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.sampling import SOUND
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.fly.identity import of_requirements
from hoverslam.harness.judge.sets import Requirement, RequirementSet, RequirementSetError, load_requirements
from hoverslam.harness.report.campaign.landings import MEASURES, Group, histogram, ignitions, landings, limits, tracks
from hoverslam.harness.report.kit.columns import Columns
from hoverslam.harness.statistics.quantiles import quantile
from hoverslam.harness.statistics.sequential import StopPoint, follow, plan
from hoverslam.scenarios.campaign import Campaign

TOLD = 1000
"""Failing flights whose details are in the page; of more, points and tracks alone."""
NOTABLE_SIGMAS = 1.5
NOT_IN_SIGMAS = ("wind_", "density_", "plume")
"""Features that are means of columns, or a factor: told in standard deviations over the flights of the campaign."""
LITTLE_IS_BAD = ("propellant_kg",)


class MarginColumn(NamedTuple):
    """A requirement over all flights: `worst` is the smallest margin, in flight `place`.

    Where flights fail it, of those alone: a failure may have no number, and then there is none. `relative` is `worst`
    as a share of the limit, to rank margins of different units.
    """

    id: str
    title: str
    severity: str
    unit: str
    judged: int
    failed: int
    worst: float | None
    median: float | None
    place: int | None
    relative: float | None


class Told(NamedTuple):
    """A test that stops a campaign early: where it stands, and what was asked."""

    state: str
    flights: int
    hardly: float
    at_least: float


class CampaignView:
    """A database, read once. `rows` are flights that differ; what is bit-equal to one of them is in `flown` alone."""

    def __init__(self, store: Store, told: Mapping[str, Any] | None = None) -> None:
        self.store, self.folder = store, store.path.parent
        self.about = store.about
        self.flown = list(store.rows())
        self.rows = independent(self.flown)
        self.campaign = Campaign.model_validate(self.about["campaign"])
        self.told = told or figures(store)

    @cached_property
    def requirements(self) -> RequirementSet | None:
        """The set that the flights were judged by; None where it is a file that is gone, or says something else now."""
        try:
            name = self.about["base"]["requirements"]["set"]
            return load_requirements(name) if of_requirements(name) == self.about["identity"]["requirements"] else None
        except (KeyError, RequirementSetError):
            return None

    @cached_property
    def titles(self) -> dict[str, Requirement]:
        """Requirements by id."""
        return {one.id: one for one in (self.requirements.requirement if self.requirements else ())}

    @cached_property
    def failing(self) -> list[Row]:
        """Flights that did not pass."""
        return [row for row in self.rows if row.verdict != "PASS"]

    @cached_property
    def groups(self) -> list[Group]:
        """Those that pass, of which a sample will do, under those that fail."""
        passing = [row for row in self.rows if row.verdict == "PASS"]
        return [Group("pass", "c1", passing, sampled=True), Group("fail", "bad", self.failing)]

    @cached_property
    def test(self) -> Told | None:
        """The sequential test as far as flights are there without a gap; None where the campaign has none."""
        stop = self.campaign.stop
        if stop is None:
            return None
        made = plan(stop.hardly, stop.at_least, stop.accept_wrongly, stop.reject_wrongly, self.campaign.flights)
        there = independent([row for count, row in enumerate(self.flown) if row.place == count])
        found: StopPoint = follow(made, [row.verdict == "PASS" for row in there])
        over = found.state == "go on" and len(self.flown) == self.campaign.flights
        return Told("undecided" if over else found.state, found.flights, stop.hardly, stop.at_least)

    @cached_property
    def margins(self) -> list[MarginColumn]:
        """Every requirement, those that decide first, the worst first."""
        ids = dict.fromkeys(one[0] for row in self.rows for one in row.requirements)
        found = [_margin(id_, self.titles.get(id_), self.rows) for id_ in ids]
        return sorted(found, key=_urgency)

    def folder_of(self, place: int) -> tuple[str, bool] | None:
        """Run folder of a flight relative to the page, and whether a report is in it; None where none was kept."""
        relative = Path(FLIGHTS) / f"{place:06d}"
        if not (self.folder / relative).is_dir():
            return None
        return relative.as_posix(), (self.folder / relative / "report.html").is_file()


BROKEN = ("fail", "advisory")


def _urgency(one: MarginColumn) -> tuple[bool, bool, bool, float]:
    """Those that decide first, of them those that fail, of these the worst."""
    unmeasured = one.relative is None
    return one.severity != "required", not one.failed, unmeasured and not one.failed, one.relative or 0.0


def _margin(id_: str, requirement: Requirement | None, rows: Sequence[Row]) -> MarginColumn:
    results = [(row.place, *one[1:]) for row in rows for one in row.requirements if one[0] == id_]
    judged = [(margin, place) for place, status, margin, _ in results if status != "not_evaluated"]
    known = [(margin, place) for margin, place in judged if margin is not None]
    unit = str(results[0][3])
    bad = [(margin, place) for place, status, margin, _ in results if status in BROKEN]
    failed = len(bad)
    worst, place = min([one for one in bad if one[0] is not None] or bad if bad else known, default=(None, None))
    told_by_status = any(status == "advisory" for _, status, _, _ in results)
    severity = requirement.severity if requirement else "advisory" if told_by_status else "required"
    return MarginColumn(
        id_,
        requirement.title if requirement else "",
        severity,
        unit,
        len(judged),
        failed,
        worst,
        float(np.median([margin for margin, _ in known])) if known else None,
        place,
        None if worst is None else worst / _scale(requirement, unit, [margin for margin, _ in known]),
    )


def _scale(requirement: Requirement | None, unit: str, margins: Sequence[float]) -> float:
    """What a margin is compared with: the smallest limit in its unit, or else the largest margin."""
    clauses = requirement.clause if requirement else ()
    sizes = [abs(clause.limit or clause.rank_by or 0.0) for clause in clauses if clause.unit == unit]
    return min([size for size in sizes if size > 0.0], default=max([*map(abs, margins), 1e-9]))


def campaign_data(view: CampaignView) -> dict[str, Any]:
    """What the page draws; a campaign without flights draws nothing."""
    if not view.rows:
        return {}
    columns = Columns()
    shown = {
        "landings": landings(columns, view.groups, view.told["scatter"]),
        "tracks": tracks(columns, view.groups),
        "histograms": _histograms(view),
        "ignitions": ignitions(columns, view.rows),
        "flights": details(view),
        "titles": {id_: one.title for id_, one in view.titles.items()},
        "measures": list(MEASURES.values()),
        "failing": [row.place for row in view.failing],
        "database": str(view.store.path),
        "program": view.store.about.get("gnc"),
        "folder": str(view.folder),
    }
    return {"columns": columns.packed(), **shown}


def _histograms(view: CampaignView) -> list[dict[str, Any]]:
    known = limits(view.requirements)
    return [histogram(name, view.groups, known.get(name), _quantiles(view, name)) for name in MEASURES]


def _quantiles(view: CampaignView, name: str) -> list[dict[str, Any]]:
    """Towards the limit: of what is the better the more there is, the lower end."""
    if name not in LITTLE_IS_BAD:
        told: list[dict[str, Any]] = view.told["numbers"][name]
        return told
    values = np.array([value for row in view.rows if (value := getattr(row, name)) is not None], dtype=np.float64)
    return [quantile(values, round(1.0 - q, 6))._asdict() for q in QUANTILES]


def details(view: CampaignView) -> dict[str, dict[str, Any]]:
    """By place: flights that fail, and those with the worst margins."""
    worst = {one.place for one in view.margins if one.place is not None}
    told = {row.place for row in view.failing[:TOLD]} | worst
    scales = _scales(feature_columns(view.rows))
    return {str(row.place): _detail(view, row, scales) for row in view.rows if row.place in told}


def _detail(view: CampaignView, row: Row, scales: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    kept = view.folder_of(row.place)
    return {
        "seed": row.seed,
        "verdict": row.verdict,
        "explanation": row.explanation,
        "failure": "" if row.failure == SOUND else row.failure,
        "failed": [[id_, *_margin_of(row, id_)] for id_ in failed_ids(row)],
        "numbers": [_short(getattr(row, name)) for name in MEASURES],
        "drawn": _notable(row, scales),
        "folder": kept[0] if kept else None,
        "page": bool(kept and kept[1]),
    }


def _short(value: float | None) -> float | None:
    """As many digits as are shown."""
    return None if value is None else float(f"{value:.4g}")


def _margin_of(row: Row, id_: str) -> tuple[float | None, str]:
    return next(((_short(margin), unit) for name, _, margin, unit in row.requirements if name == id_), (None, ""))


def _scales(columns: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of what is not drawn in sigmas; left out where all are alike."""
    found = {}
    for label, values in columns.items():
        known = values[np.isfinite(values)]
        if label.startswith(NOT_IN_SIGMAS) and len(known) > 2 and known.std() > 0.0:
            found[label] = (float(known.mean()), float(known.std(ddof=1)))
    return found


def _notable(row: Row, scales: Mapping[str, tuple[float, float]]) -> list[list[Any]]:
    """What came out beyond 1.5 sigma, the farthest first: label, sigmas, and the value where it has a unit."""
    found: list[list[Any]] = []
    for label, value in row.features.items():
        if not label.startswith(NOT_IN_SIGMAS):
            found.append([label, round(value, 2), None])
        elif label in scales:
            mean, sigma = scales[label]
            found.append([label, round((value - mean) / sigma, 2), value])
    return sorted((one for one in found if abs(one[1]) > NOTABLE_SIGMAS), key=lambda one: -abs(one[1]))
