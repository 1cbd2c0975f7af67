"""Made rows of campaigns: flights that nobody flew, of which a test knows everything."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hoverslam.harness.campaign.row import Row
from hoverslam.harness.fly.identity import Identity

ABOUT: dict[str, Any] = {
    "campaign": {
        "name": "made", "scenario": "zq3-landing", "flights": 100, "sampling": "random", "sampling_seed": 0,
        "failure": [], "sound": 0.0,
    },
    "base": {"name": "zq3-landing", "seed": 1},
    "gnc": None,
    "plant": "plant-made",
    "identity": {name: f"{name}-made" for name in Identity._fields},
}  # fmt: skip


def about(**changed: str) -> dict[str, Any]:
    """The same but for some parts of its identity."""
    return {**ABOUT, "identity": {**ABOUT["identity"], **changed}}


def made(place: int, **given: Any) -> Row:
    """A landing 2 m right of the centre, but for what is given."""
    fails = given.pop("fails", ())
    east_m: Mapping[str, float] = given.pop("features", {"isp": 0.1 * (place % 7)})
    told: dict[str, Any] = {
        "place": place, "seed": 1 + place, "failure": "nothing", "changes": {"seed": 1 + place},
        "verdict": "FAIL" if fails else "PASS", "outcome": "at_rest", "explanation": "made", "hash": f"{place:064x}",
        "miss_m": 2.0, "downrange_m": 0.0, "crossrange_m": 2.0, "vertical_mps": 0.8, "horizontal_mps": 0.1,
        "tilt_deg": 0.3, "rate_dps": 0.5, "propellant_kg": 2200.0, "touchdown_s": 75.0, "ignition_s": 54.0,
        "window_earliest_s": 45.0, "window_latest_s": 57.0,
        "requirements": [[name, "fail" if name in fails else "pass", -1.0 if name in fails else 1.0, "m"]
                         for name in ("R-18", "R-21")],
        "starts": [[0, 1, True], [1, 1, True], [5, 1, not fails]], "features": dict(east_m), "wind_from": "west",
        "track": np.zeros((4, 3), dtype="<f4").tobytes(), "sim_s": 80.0, "vehicle": "zq3_y1", "plant": "plant-made",
        "gnc": "made 1",
    }  # fmt: skip
    return Row(**(told | given))
