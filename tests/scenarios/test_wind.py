"""Winds stated as an envelope. Oracles: the published figures written down again, and compass points."""

import math

import pytest

from hoverslam.scenarios.wind import Profile, Wind, envelope, profile
from tests.scenarios.files import Write, mistake

PAD_M = 1350.0
ROUNDING_MPS = 1e-9
# percent: 1 km, 10 to 13.6 km, 20 to 23 km, 50 to 80 km
PUBLISHED = {50: (10.0, 46.0, 15.0, 57.0), 95: (19.0, 75.0, 25.0, 102.0), 99: (28.0, 96.0, 40.0, 120.0)}


def speed_at(altitude_m: float, percentile: int) -> float:
    """Linear between the entries, written without numpy."""
    altitudes, speeds = envelope(percentile, PAD_M)
    if altitude_m <= altitudes[0]:
        return speeds[0]
    for low, high, a, b in zip(altitudes, altitudes[1:], speeds, speeds[1:], strict=False):
        if altitude_m <= high:
            return a + (altitude_m - low) / (high - low) * (b - a)
    return speeds[-1]


@pytest.mark.parametrize("percentile", PUBLISHED)
def test_the_table_holds_the_published_speeds(percentile: int) -> None:
    at_1_km, jet, calm, high = PUBLISHED[percentile]
    assert speed_at(PAD_M + 1000.0, percentile) == pytest.approx(at_1_km)
    assert [speed_at(1e3 * km, percentile) for km in (10.0, 12.0, 13.6)] == pytest.approx([jet] * 3)
    assert [speed_at(1e3 * km, percentile) for km in (20.0, 21.0, 23.0)] == pytest.approx([calm] * 3)
    assert [speed_at(1e3 * km, percentile) for km in (50.0, 65.0, 80.0, 120.0)] == pytest.approx([high] * 4)
    assert speed_at(16_800.0, percentile) == pytest.approx(0.5 * (jet + calm)), "half way from 13.6 to 20 km"


@pytest.mark.parametrize("percentile", PUBLISHED)
def test_near_the_ground_it_falls_as_the_seventh_root_of_the_height(percentile: int) -> None:
    at_1_km = PUBLISHED[percentile][0]
    for height_m in (10.0, 100.0):
        assert speed_at(PAD_M + height_m, percentile) == pytest.approx(at_1_km * (height_m / 1000.0) ** (1 / 7))
    assert speed_at(PAD_M, percentile) == speed_at(PAD_M + 10.0, percentile), "held below 10 m"


def test_a_higher_share_of_days_is_windier_everywhere() -> None:
    for altitude_m in range(0, 130_000, 500):
        assert speed_at(altitude_m, 50) < speed_at(altitude_m, 95) < speed_at(altitude_m, 99)


@pytest.mark.parametrize("elevation_m", [-430.0, 0.0, 6000.0])
def test_altitudes_rise_over_any_pad(elevation_m: float) -> None:
    altitudes, speeds = envelope(95, elevation_m)
    assert list(altitudes) == sorted(set(altitudes))
    assert len(altitudes) == len(speeds)


@pytest.mark.parametrize(
    ("from_deg", "east", "north"),
    [
        (0.0, 0.0, -1.0),
        (90.0, -1.0, 0.0),
        (180.0, 0.0, 1.0),
        (270.0, 1.0, 0.0),
        (225.0, math.sqrt(0.5), math.sqrt(0.5)),
    ],
)
def test_a_wind_blows_away_from_where_it_comes(from_deg: float, east: float, north: float) -> None:
    found = profile(Wind(envelope=95, from_deg=from_deg), PAD_M)
    jet = found.altitude_msl_m.index(10_000.0)
    assert found.east_mps[jet] == pytest.approx(75.0 * east, abs=ROUNDING_MPS)
    assert found.north_mps[jet] == pytest.approx(75.0 * north, abs=ROUNDING_MPS)


def test_a_profile_of_ones_own_is_left_as_it_is() -> None:
    own = Wind(altitude_msl_m=(0.0, 9000.0), east_mps=(1.0, 2.0), north_mps=(3.0, 4.0))
    assert profile(own, PAD_M) == Profile((0.0, 9000.0), (1.0, 2.0), (3.0, 4.0))
    assert profile(Wind(), PAD_M) == Profile((), (), ())


@pytest.mark.parametrize(
    ("wind", "expected"),
    [
        ("envelope = 95\n", ":27: wind.envelope = 95: has no direction; add wind.from_deg"),
        ("from_deg = 270.0\n", ":27: wind.from_deg = 270.0: has no effect; add wind.envelope"),
        ("envelope = 90\nfrom_deg = 270.0\n", ":27: wind.envelope = 90: unknown value; write 50, 95 or 99"),
        ("envelope = 95\nfrom_deg = 400.0\n", ":28: wind.from_deg = 400.0: must be at most 360 (degrees); lower it"),
        (
            "envelope = 95\nfrom_deg = 270.0\naltitude_msl_m = [0.0]\neast_mps = [1.0]\nnorth_mps = [0.0]\n",
            ":27: wind.envelope = 95: cannot be combined with wind.altitude_msl_m; remove one",
        ),
    ],
)
def test_a_wind_stated_by_halves_or_twice_is_refused(write: Write, wind: str, expected: str) -> None:
    path = write(more=f"[wind]\n{wind}")
    assert mistake(path).startswith(f"{path}{expected}")
