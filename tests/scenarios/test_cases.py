"""The files of the case library. Oracle: the list of what it has to hold, restated here, and published wind speeds."""

import math
import tomllib
from typing import Any

import pytest

from hoverslam.plant.faults import KINDS
from hoverslam.scenarios.load import load, shipped

MODES = range(1, 14)
SIDES = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
ENVELOPE_95_MPS = {10: 75.0, 13: 75.0, 20: 25.0, 23: 25.0}
"""NASA-style scalar envelope of 95 % of days, by altitude in km [P]."""
WANTED = {
    "zq3-landing", "zq3-hot-day", "zq3-cold-day", "zq3-light", "zq3-heavy", "zq3-engine-lost",
    "zq3-engine-lost-no-spare", "zq3-relight", "zq3-gnss-lost", "zq3-radar-plume", "zq3-fin-stuck", "zq3-gimbal-stuck",
    "zq3-low-propellant", "zq3-2025", "zq3-wind-unforecast", *(f"zq3-wind-{side}" for side in SIDES),
}  # fmt: skip


def stated(name: str) -> dict[str, Any]:
    return tomllib.loads(shipped()[name].read_text(encoding="utf-8"))


def test_everything_that_a_landing_has_to_survive_is_there() -> None:
    assert shipped().keys() >= WANTED


@pytest.mark.parametrize("name", shipped())
def test_every_case_says_what_it_shows_and_what_is_expected(name: str) -> None:
    tree = stated(name)
    assert tree["name"] == name
    assert len(tree["description"]) > 20
    expected = tree["expected"]
    assert expected["outcome"]
    if expected["verdict"] == "fail":
        assert expected["fails"], "named, and exactly these"
        assert len(expected["why"]) > 20


@pytest.mark.parametrize("mode", MODES)
def test_each_failure_mode_has_one_case_at_landing_ignition(mode: int) -> None:
    (name,) = [name for name in shipped() if name.startswith(f"zq3-r{mode:02d}-")]
    (fault,) = stated(name)["faults"]
    assert KINDS[fault["kind"]].mode == f"R{mode}"
    assert fault["at"] in {"landing_ignition", "landing_ignition + 2 s"}


@pytest.mark.parametrize("side", SIDES)
def test_the_forecast_is_the_envelope_from_that_side(side: str) -> None:
    load_of_it = tomllib.loads(shipped("scenarios", "flight_loads")[f"zq3_wind_{side}"].read_text(encoding="utf-8"))
    east, north = load_of_it["forecast"]["east_mps"], load_of_it["forecast"]["north_mps"]
    from_rad = math.radians(SIDES[side])
    for km, speed in ENVELOPE_95_MPS.items():
        assert east[km] == pytest.approx(-speed * math.sin(from_rad), abs=0.01)
        assert north[km] == pytest.approx(-speed * math.cos(from_rad), abs=0.01)
    assert load(f"zq3-wind-{side}").wind.from_deg == SIDES[side]


def test_the_illustration_of_2025_says_that_it_is_none() -> None:
    text = shipped()["zq3-2025"].read_text(encoding="utf-8")
    assert "not a reconstruction" in text
    assert "not a reconstruction" in stated("zq3-2025")["description"]
