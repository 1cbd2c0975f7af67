"""The unpowered glide of the f9_b5 vehicle against three real ones, each with the drag factor of the other two.

| verifies | release, gravity, air, axial drag and static stability over Mach 3 to 0.95, base first |
| gravity | WGS-84, J2, rotating |
| air | US76, no wind: that of the day is not known |
| vehicle | f9_b5 at 27 t, fins at rest, engines off |
| oracle | public webcast telemetry of CRS-11, OTV-5 and ZUMA, `harness/validation/tables/falcon9_*.csv`; its |
|        | landmarks as others noted them; another drag curve, from books |
| tolerance | peak q 10 %, speed at 4.5 km 8 %, time to 4.5 km 3 s |
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.falcon9 import (
    PEAK_GATE,
    SPEED_GATE,
    TIME_GATE_S,
    errors,
    falcon9,
    fit_scale,
    glide,
    predict,
    scaled,
    speed_errors,
)
from hoverslam.harness.validation.falcon9_flights import FLIGHTS, Track, fit_path, flight_path, flown, landmarks
from hoverslam.harness.validation.falcon9_picture import draw
from hoverslam.plant.vehicle import Vehicle, load_vehicle
from tests.plant.stage import FloatArray

DOCS = Path(__file__).parents[2] / "docs"
STAGE = load_vehicle("f9_b5")
# peak q [Pa], speed at landing ignition [m/s], seconds from release to it; ZUMA's was at 4.4 km
NOTED = {"CRS-11": (67.7e3, 315.0, 45.2), "OTV-5": (50.4e3, 313.0, 49.3), "ZUMA": (55.3e3, 299.0, 48.6)}
READING = 0.015  # relative: readings of the same telemetry, smoothed in another way
READING_S = 0.5  # 0.1 km at 300 m/s
FIT = 2e-3  # of the factor: the closed form takes speed errors as linear in it
HOERNER_MACH = np.array(
    [0.0, 0.4, 0.6, 0.8, 0.9, 0.99, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0]
)


@pytest.fixture(scope="module")
def checks() -> list[Check]:
    """What `hoverslam validate` shows of this suite."""
    return falcon9()


def test_each_flight_is_held_to_the_three_gates(checks: list[Check]) -> None:
    assert sorted(check.case for check in checks) == sorted(3 * FLIGHTS)
    assert {(check.gate, check.unit) for check in checks} == {(10.0, "%"), (8.0, "%"), (3.0, "s")}


@pytest.mark.parametrize("flight", FLIGHTS)
def test_a_glide_outside_the_fit_is_predicted_within_its_gates(checks: list[Check], flight: str) -> None:
    assert [check for check in checks if check.case == flight and not check.passed] == []


@pytest.mark.parametrize("flight", FLIGHTS)
def test_what_was_flown_is_read_as_the_notes_read_it(flight: str) -> None:
    found, (peak_q_pa, speed_mps, time_s) = landmarks(flown(flight)), NOTED[flight]
    assert found.peak_q_pa == pytest.approx(peak_q_pa, rel=READING)
    assert found.speed_mps == pytest.approx(speed_mps, rel=READING)
    assert found.time_s == pytest.approx(time_s, abs=READING_S)


def test_the_path_angle_of_a_fall_without_air_is_found_again_in_rounded_altitudes() -> None:
    level, sink, gravity = 250.0, 800.0, 9.7
    time_s: FloatArray = np.linspace(0.0, 15.0, 31)
    speed: FloatArray = np.hypot(level, sink + gravity * time_s)
    altitude = 100.0 * np.round((34_000.0 - sink * time_s - 0.5 * gravity * time_s**2) / 100.0)
    found = fit_path(Track(time_s, altitude, speed, np.zeros_like(speed)))
    assert math.degrees(found.path_sigma_rad) < 0.5
    # the turn of the horizon, 0.1 degree, is left out of the closed form
    assert math.degrees(found.path_rad) == pytest.approx(-math.degrees(math.atan2(sink, level)), abs=1.0)


@pytest.mark.parametrize("flight", FLIGHTS)
def test_the_stage_falls_base_first_by_itself(flight: str) -> None:
    angles: list[float] = []
    glide(STAGE, flight_path(flight), angles)
    assert math.degrees(max(angles)) < 1.0


def test_the_closed_fit_is_the_minimum_that_a_search_finds() -> None:
    def misfit(scale: float) -> float:
        return sum(float(np.mean(speed_errors(scaled(STAGE, scale), flight) ** 2)) for flight in FLIGHTS[:2])

    searched = minimize_scalar(misfit, bounds=(0.8, 1.3), method="bounded", options={"xatol": 1e-4}).x
    assert fit_scale(STAGE, FLIGHTS[:2]) == pytest.approx(searched, abs=FIT)


def test_the_shipped_factor_is_the_fit_to_all_three_flights() -> None:
    assert fit_scale(STAGE, FLIGHTS) == pytest.approx(STAGE.aero.axial_scale, abs=FIT)


def _with_axial(mach: FloatArray, axial: FloatArray) -> Vehicle:
    return STAGE._replace(aero=STAGE.aero._replace(axial_mach=mach, axial=axial))


@pytest.mark.parametrize("flight", FLIGHTS)
def test_a_drag_curve_that_knows_no_flight_holds_the_gates_too(flight: str) -> None:
    # the shipped curve comes from eleven glides, perhaps these too; this is Hoerner's blunt cylinder as lvreuse
    # has it, with the factor again from the other two flights
    m = np.maximum(HOERNER_MACH, 0.5)
    above = 0.9 * (1.84 - 0.76 / m**2 + 0.166 / m**4 + 0.035 / m**6)
    below = 0.8 * (1.0 + HOERNER_MACH**2 / 4.0 + HOERNER_MACH**4 / 10.0)
    hoerner = _with_axial(HOERNER_MACH, np.where(HOERNER_MACH >= 1.0, above, below))
    off = errors(predict(hoerner, flight)[1], flight)
    assert abs(off.peak_q_pa) < PEAK_GATE
    assert abs(off.speed_mps) < SPEED_GATE
    assert abs(off.time_s) < TIME_GATE_S


@pytest.mark.parametrize("flight", FLIGHTS)
def test_a_drag_coefficient_that_does_not_know_mach_misses_them(flight: str) -> None:
    constant = _with_axial(STAGE.aero.axial_mach, np.full_like(STAGE.aero.axial, 1.4))
    assert abs(errors(predict(constant, flight)[1], flight).peak_q_pa) > PEAK_GATE


@pytest.mark.parametrize("flight", FLIGHTS)
def test_the_page_states_what_the_plant_gives(flight: str) -> None:
    row = next(line for line in (DOCS / "falcon9.md").read_text().splitlines() if line.startswith(f"| {flight} |"))
    stated = [float(number.replace("−", "-")) for number in re.findall(r"[+−]?\d+\.\d+", row)]
    scale, track = predict(STAGE, flight)
    start = flight_path(flight)
    path = [math.degrees(start.path_rad), math.degrees(start.path_sigma_rad)]
    np.testing.assert_allclose(stated, [*path, scale, *errors(track, flight)], atol=0.051)


def test_the_picture_in_the_page_is_the_one_that_is_drawn() -> None:
    def headings(svg: str) -> list[str]:
        return re.findall(r"<text class=\"title\".*", svg)

    drawn = draw(STAGE)
    assert len(headings(drawn)) == len(FLIGHTS)
    assert headings((DOCS / "img" / "falcon9_glide.svg").read_text()) == headings(drawn)
