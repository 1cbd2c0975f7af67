"""Campaigns of scattered flights that nobody flew, for pages: each row lies a little elsewhere."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.sampling import SOUND
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.fly.identity import identity_of
from hoverslam.harness.report.campaign.page import write_campaign_page
from hoverslam.scenarios.campaign import Campaign
from hoverslam.scenarios.load import load
from tests.harness.test_report import Page

SCENARIO = "zq3-landing"
STARTED = (0, 1, 5)
"""Engines of the landing burn."""
HELD = [
    ["R-18", "pass", 2.5, "m/s"], ["R-21", "pass", 38.0, "m"], ["R-26", "advisory", -0.1, ""],
    ["R-25", "not_evaluated", None, "deg"],
]  # fmt: skip
"""How each requirement came out: id, status, margin, unit."""


def row(place: int, **stated: Any) -> Row:
    """A flight that passes with room to spare; what is stated is otherwise."""
    rng = np.random.default_rng(place)
    cross, down = rng.normal(0.0, 0.8), rng.normal(1.0, 1.2)
    values: dict[str, Any] = {
        "place": place, "seed": place + 1, "failure": SOUND, "changes": {"seed": place + 1},
        "verdict": "PASS", "outcome": "at_rest", "explanation": "landed", "hash": f"{place:064x}",
        "miss_m": float(np.hypot(cross, down)), "downrange_m": down, "crossrange_m": cross,
        "vertical_mps": rng.uniform(0.5, 1.5), "horizontal_mps": rng.uniform(0.0, 0.4),
        "tilt_deg": rng.uniform(0.0, 0.6),
        "rate_dps": rng.uniform(0.0, 1.0), "propellant_kg": rng.uniform(1600.0, 3200.0),
        "touchdown_s": 73.0, "ignition_s": 53.0 + rng.normal(0.0, 0.2), "window_earliest_s": 44.5,
        "window_latest_s": 56.0 + rng.normal(0.0, 0.2),
        "requirements": HELD,
        "starts": [[engine, 1, True] for engine in STARTED],
        "features": {"isp": rng.normal(), "dry_mass": rng.normal(), "wind_east_below_1km_mps": rng.normal(0.0, 3.0)},
        "wind_from": "west", "track": track(cross, down), "sim_s": 75.0, "vehicle": "zq3_y1",
        "plant": "plant-test", "gnc": "test 1.0",
    }  # fmt: skip
    return Row(**{**values, **stated})


def track(cross_m: float, down_m: float, points: int = 64) -> bytes:
    """A straight descent from 12 km."""
    height = np.linspace(12_000.0, 0.0, points)
    return np.column_stack([down_m - 0.3 * height, cross_m + 0.02 * height, height]).astype("<f4").tobytes()


def failing(place: int, **stated: Any) -> Row:
    """A flight that comes down 50 m off and too fast."""
    late = [["R-18", "fail", -3.25, "m/s"], ["R-21", "fail", -10.0, "m"], ["R-26", "pass", 0.1, ""]]
    own = {
        "verdict": "FAIL", "explanation": "R-18 failed", "miss_m": 50.0, "downrange_m": 40.0, "crossrange_m": -30.0,
        "vertical_mps": 7.25, "track": track(-30.0, 40.0), "requirements": late,
    }  # fmt: skip
    return row(place, **{**own, **stated})


def about(**campaign: Any) -> dict[str, Any]:
    """What a campaign of the default scenario says of itself."""
    told = Campaign.model_validate({"name": "synthetic", "scenario": SCENARIO, **campaign})
    scenario = load(SCENARIO, {})
    base, identity = scenario.model_dump(mode="json", exclude_none=True), identity_of(scenario)._asdict()
    return {
        "campaign": told.model_dump(mode="json"), "base": base, "gnc": None, "plant": "plant-test",
        "identity": identity,
    }  # fmt: skip


def store_of(folder: Path, rows: list[Row], **campaign: Any) -> Path:
    """A database of these rows; its folder."""
    with Store.create(folder, about(**campaign)) as store:
        for one in rows:
            store.add(one, 1.0, "worker")
    return folder


def thousands(folder: Path, flights: int, every: int = 20) -> Path:
    """A large campaign of which every so many-th flight fails."""
    return store_of(folder, [(row if place % every else failing)(place) for place in range(flights)], flights=flights)


class Written:
    """A page, and the numbers in it."""

    def __init__(self, folder: Path) -> None:
        with Store.read(folder) as store:
            path = write_campaign_page(folder / "report.html", store)
        self.text = path.read_text(encoding="utf-8")
        self.page = Page(self.text)
        self.data: dict[str, Any] = json.loads(self.page.data)

    def column(self, name: str) -> Any:
        return np.frombuffer(base64.b64decode(self.data["columns"][name]), dtype="<f4")

    def group(self, kind: str, name: str) -> dict[str, Any]:
        groups = self.data[kind]["groups"] if kind == "landings" else self.data[kind]
        found: dict[str, Any] = next(group for group in groups if group["name"] == name)
        return found

    def histogram(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in self.data["histograms"] if one["name"] == name)
        return found


def written(folder: Path, rows: list[Row], **campaign: Any) -> Written:
    return Written(store_of(folder, rows, **{"flights": max(len(rows), 1), **campaign}))
