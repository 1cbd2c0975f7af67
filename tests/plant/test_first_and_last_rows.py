"""Every number of the truth and of the sensors is right at the first row and at the last.

Oracles: a smooth motion has no jump in its first milliseconds, whatever the column; the specific force is what changes
the velocity, gravitation (a sphere and J2, in numpy) taken off; the same flight, flown tick by tick.
"""

import math

import numpy as np
import pytest

from hoverslam.plant.plant import Plant
from tests.plant.stage import (
    REFERENCE_RELEASE,
    FloatArray,
    column,
    command,
    engines_on,
    place,
    plant,
    sense,
    shipped,
    truth,
)

MU_M3PS2, J2, EQUATOR_M = 3.986004418e14, 1.08263e-3, 6378137.0  # WGS-84


def low_and_fast(**changes: object) -> Plant:
    """Released at 8 km in dense and rough air, a little off the wind."""
    release = REFERENCE_RELEASE._replace(
        altitude_msl_m=8_000.0, range_m=1_000.0, speed_mps=420.0, attitude_offset_rad=(0.0, 0.03, -0.05)
    )
    given = {"release": release, "column": column(east_mps=20.0), "turbulence": "severe", "w20_mps": 10.0, **changes}
    return plant(shipped(), **given)


def rows(flying: Plant, count: int, ticks: int = 1) -> dict[str, FloatArray]:
    """The truth at release and after each of so many steps, by name."""
    found = [truth(flying)]
    for _ in range(count):
        flying.advance(command(flying), ticks)
        found.append(truth(flying))
    return {name: np.array([row[name] for row in found]) for name in found[0]}


def gravitation(pos_m: FloatArray) -> FloatArray:
    """Of a sphere with J2 (Vallado, Fundamentals of Astrodynamics, eq. 8-30)."""
    r = float(np.linalg.norm(pos_m))
    flat = 1.5 * J2 * (EQUATOR_M / r) ** 2
    across, along = 1.0 + flat * (1.0 - 5.0 * (pos_m[2] / r) ** 2), 1.0 + flat * (3.0 - 5.0 * (pos_m[2] / r) ** 2)
    return np.asarray(-MU_M3PS2 / r**3 * pos_m * [across, across, along])


@pytest.mark.parametrize("unsettled_m", [0.0, 3.0])
def test_no_column_of_the_truth_jumps_from_the_first_row_to_the_second(unsettled_m: float) -> None:
    low = low_and_fast()
    release = low.setup.release._replace(unsettled_m=unsettled_m)
    flown = rows(low_and_fast(release=release), 6)
    for name, values in flown.items():
        steps = np.abs(np.diff(values, axis=0)).max(axis=1)
        size = np.abs(values).max()
        # as smooth as it goes on; what the fins and the bending start with from rest grows over some ticks
        assert steps[0] <= 2.0 * steps[1:].max() + 2e-3 * size, f"{name}: {values[:3].tolist()}"


def test_the_first_row_feels_what_changes_the_velocity() -> None:
    flying = low_and_fast()
    told = truth(flying)
    pos, vel = flying.state["rigid"][0, :3].copy(), flying.state["rigid"][0, 3:6].copy()
    flying.advance(command(flying), 2)
    felt = np.linalg.norm((flying.state["rigid"][0, 3:6] - vel) / 0.002 - gravitation(pos))
    jerk = 0.05  # m/s2 in a millisecond
    assert np.linalg.norm(told["accel_b_mps2"]) == pytest.approx(felt, abs=jerk)
    assert told["accel_b_mps2"][0] > 10.0, "it is braked hard"
    assert told["axial_peak_mps2"][0] == told["accel_b_mps2"][0]
    assert told["lateral_peak_mps2"][0] == pytest.approx(math.hypot(*told["accel_b_mps2"][1:]))


def test_gusts_blow_from_the_first_row_on() -> None:
    flown = rows(low_and_fast(), 40)
    gust = flown["wind_enu_mps"] - (20.0, 0.0, 0.0)
    assert np.all(np.abs(gust[0]) > 0.1)
    per_tick = 0.3  # m/s: five sigma of 7 m/s over a scale of 500 m at 420 m/s, on a grid of 10 ms
    assert np.abs(np.diff(gust, axis=0)).max() < per_tick


def test_an_unsettled_liquid_lets_gas_to_the_outlets_from_the_first_row_on() -> None:
    release = REFERENCE_RELEASE._replace(unsettled_m=2.0)
    np.testing.assert_array_equal(truth(plant(release=release))["gas_share"], 1.0)
    np.testing.assert_array_equal(truth(plant())["gas_share"], 0.0)


def test_every_gauge_reads_at_release_what_it_reads_a_tick_later() -> None:
    flying = low_and_fast()
    first = sense(flying)
    flying.advance(command(flying), 1)
    second = sense(flying)
    for name, values in first.items():
        if name.startswith("imu"):
            np.testing.assert_array_equal(values, 0.0, err_msg="increments over no time at all")
        else:
            np.testing.assert_allclose(second[name], values, rtol=2e-3, atol=1e-3, err_msg=name)
    head_pa = first["lox_pressure_pa"][0] - truth(low_and_fast())["ullage_pa"][0]
    felt, level = truth(low_and_fast())["accel_b_mps2"][0], first["lox_level_m"][0]
    assert head_pa == pytest.approx(flying.vehicle.lox.density_kgpm3 * felt * level, rel=1e-9)


def test_reading_the_first_row_twice_gives_it_twice_and_moves_nothing() -> None:
    flying = low_and_fast()
    once, again = truth(flying), truth(flying)
    for name in once:
        np.testing.assert_array_equal(once[name], again[name], err_msg=name)
    assert flying.tick == 0
    np.testing.assert_array_equal(low_and_fast().state["rigid"], flying.state["rigid"])


def test_the_last_row_of_a_flight_that_ends_inside_a_frame_is_that_of_its_last_tick() -> None:
    def falling() -> Plant:
        stage = plant()
        place(stage, (0.0, 0.0, 1.1), (1.0, 0.0, -60.0))
        return stage

    framed, ticked = falling(), falling()
    ticks, frames = 0, 0
    while framed.outcome is None:
        framed.advance(engines_on(framed, (0,), 0.7), 10)
        frames += 1
    while ticked.outcome is None:
        ticked.advance(engines_on(ticked, (0,), 0.7), 1)
        ticks += 1
    assert ticks % 10, "it ends inside a frame"
    assert frames == ticks // 10 + 1
    told, by_tick = truth(framed), truth(ticked)
    assert told["time_s"][0] == pytest.approx(ticks * 0.001, abs=1e-12)
    for name, values in told.items():
        np.testing.assert_array_equal(values, by_tick[name], err_msg=name)


def test_peaks_are_those_of_every_tick_since_the_last_reading() -> None:
    framed, ticked = low_and_fast(), low_and_fast()
    row = engines_on(framed, (0, 1, 2), 1.0)
    axial, lateral = [], []
    for flying in (framed, ticked):
        flying.advance(row, 2_000)
        sense(flying)
    for _ in range(50):
        felt = []
        for _ in range(10):
            ticked.advance(row, 1)
            felt.append(truth(ticked)["accel_b_mps2"])
        framed.advance(row, 10)
        told = truth(framed)
        sense(framed)
        axial.append((told["axial_peak_mps2"][0], max((f[0] for f in felt), key=abs)))
        lateral.append((told["lateral_peak_mps2"][0], max(math.hypot(f[1], f[2]) for f in felt)))
    for pairs in (axial, lateral):
        told_all, felt_all = np.array(pairs).T
        np.testing.assert_allclose(told_all, felt_all, rtol=1e-12)
