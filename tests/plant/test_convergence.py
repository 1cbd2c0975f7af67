"""A flight in shorter ticks is the same flight: the same gusts, the same noise, and less of the error of the ticks.

Oracle: the flight at the finest rate; noise has to be equal to the last digits, motion to converge with the tick.
"""

import numpy as np
import pytest

from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import ImuErrors
from tests.plant.stage import REFERENCE_RELEASE, FloatArray, column, engines_on, plant, sense, shipped, truth

FRAME_S, FRAMES = 0.01, 400
RATES_HZ = (500, 1000, 2000, 4000)
WHITE = ("radar_range_m", "lox_level_m", "lch4_level_m", "rcs_pressure_pa", "gimbal_rad", "fin_rad")


def rough(plant_hz: int, noise: float = 1.0) -> Plant:
    """Low and fast in severe turbulence, every sensor noisy."""
    release = REFERENCE_RELEASE._replace(altitude_msl_m=2_300.0, range_m=100.0, speed_mps=150.0)
    return plant(
        shipped(sensors__radar_plume_probability=0.5), release=release, column=column(east_mps=5.0), w20_mps=10.0,
        turbulence="severe", imu=ImuErrors(noise=noise), dt_s=1.0 / plant_hz,
    )  # fmt: skip


def flown(plant_hz: int, noise: float = 1.0) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Truth and sensor rows of each frame with one command: an engine lit, gimbals and fins out."""
    flying, ticks = rough(plant_hz, noise), round(FRAME_S * plant_hz)
    row = engines_on(flying, (0,), 0.7, gimbal_rad=0.01, fin_rad=0.05)
    true, read = [truth(flying)], [sense(flying)]
    for _ in range(FRAMES):
        flying.advance(row, ticks)
        true.append(truth(flying))
        read.append(sense(flying))
    return tuple({name: np.array([one[name] for one in rows]) for name in rows[0]} for rows in (true, read))  # type: ignore[return-value]  # two, one for each of the pair


@pytest.fixture(scope="module")
def flights() -> dict[int, tuple[dict[str, FloatArray], dict[str, FloatArray]]]:
    return {rate: flown(rate) for rate in RATES_HZ}


def test_the_plant_rate_changes_no_gust(
    flights: dict[int, tuple[dict[str, FloatArray], dict[str, FloatArray]]],
) -> None:
    gust = {rate: true["wind_enu_mps"] - (5.0, 0.0, 0.0) for rate, (true, _) in flights.items()}
    assert np.ptp(gust[4000], axis=0).min() > 0.5, "there is a gust"
    for rate in RATES_HZ[:-1]:
        place_m = np.abs(flights[rate][0]["pos_enu_m"] - flights[4000][0]["pos_enu_m"]).max()
        per_m = 0.02  # m/s: strength and length follow the height, the filters the speed of a stage that is elsewhere
        np.testing.assert_allclose(gust[rate], gust[4000], atol=1e-4 + per_m * place_m)


def test_the_plant_rate_changes_no_noise(
    flights: dict[int, tuple[dict[str, FloatArray], dict[str, FloatArray]]],
) -> None:
    still = {rate: flown(rate, noise=0.0)[1] for rate in (1000, 4000)}
    noise = {rate: {name: flights[rate][1][name] - still[rate][name] for name in still[rate]} for rate in still}
    assert np.array_equal(flights[1000][1]["radar_valid"], flights[4000][1]["radar_valid"])
    assert np.array_equal(flights[1000][1]["gnss_new"], flights[4000][1]["gnss_new"])
    for name in WHITE:
        seen = flights[1000][1]["radar_valid"][:, 0] > 0.5 if name == "radar_range_m" else slice(None)
        coarse, fine = noise[1000][name][seen], noise[4000][name][seen]
        assert np.std(fine) > 0.0, name
        share = 1e-2  # of a sigma: noise that is a share of what is read follows it
        np.testing.assert_allclose(coarse, fine, atol=share * float(np.std(fine)), err_msg=name)


def test_the_flight_converges_with_the_tick(
    flights: dict[int, tuple[dict[str, FloatArray], dict[str, FloatArray]]],
) -> None:
    ends = {rate: true["pos_enu_m"][-1] for rate, (true, _) in flights.items()}
    off = [float(np.linalg.norm(ends[rate] - ends[2 * rate])) for rate in RATES_HZ[:-1]]
    assert off[0] < 0.1, off
    assert off[1] < 0.7 * off[0], off
    assert off[2] < 0.7 * off[1], off
