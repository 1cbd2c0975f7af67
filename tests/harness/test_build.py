"""From a scenario to a plant. Oracles: compass points and published speeds, read off the truth of the plant."""

import numpy as np
import pytest

from harness.flight import Prepared, prepare
from scenarios.load import load

CALM = {
    "wind.altitude_msl_m": "[]",
    "wind.east_mps": "[]",
    "wind.north_mps": "[]",
    "wind.w20_mps": "0.0",
    "wind.turbulence": "none",
    "dispersions.wind_mps": "0.0",
    "dispersions.release_position_m": "0.0",
}


def prepared(**sets: str) -> Prepared:
    """The default flight with these keys set; `wind__envelope="95"` sets wind.envelope."""
    return prepare(load("zq3-landing", {key.replace("__", "."): value for key, value in sets.items()}), "test")


@pytest.mark.parametrize(("from_deg", "east", "north"), [("270.0", 1.0, 0.0), ("0.0", 0.0, -1.0), ("135.0", -0.5, 0.5)])
def test_an_envelope_blows_on_the_stage_from_its_direction(from_deg: str, east: float, north: float) -> None:
    plant = load("zq3-landing", {**CALM, "wind.envelope": "99", "wind.from_deg": from_deg})
    flying = prepare(plant, "test").plant
    row = np.zeros(flying.truth_layout.width)
    flying.truth(row)
    scale = 40.0 + (40_000.0 - 23_000.0) / (50_000.0 - 23_000.0) * 80.0  # between 23 and 50 km, at 40
    expected = scale * np.array([east, north, 0.0]) / np.hypot(east, north)
    # centre of gravity and foot plane are 19 m apart, and the column holds a point every 500 m
    np.testing.assert_allclose(row[flying.truth_layout.slice("wind_enu_mps")], expected, atol=0.1)
