"""What goes into the 3-D replay. Oracle: truth rows, the vehicle file, and closed forms where rows are made up."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hoverslam.harness.report.kit.document import safe_json
from hoverslam.harness.report.replay3d import replay_data, replay_script
from hoverslam.harness.report.replay3d.data import MOST_ROWS, leg_progress, like_signs, packed
from hoverslam.harness.report.replay3d.files import BUILT_FROM, FOLDER, sources_digest
from hoverslam.harness.trace.flight import Flight
from hoverslam.plant.vehicle import load_vehicle
from tests.harness.flights import Plan, fly, truth_of, view

ZQ3 = load_vehicle("zq3_y1")
LARGEST_MB = 0.9
"""Script and data of a flight of 75 s: three.js alone is most of it."""


def shown(flight: Flight) -> dict[str, Any]:
    data = replay_data(flight)
    assert data is not None
    return data


def table(data: dict[str, Any], name: str) -> Any:
    column = data["columns"][name]
    numbers = np.frombuffer(base64.b64decode(column["data"]), dtype=f"<{column['type']}")
    return column["scale"] * numbers.reshape(data["rows"], column["width"]).astype(float)


def times(data: dict[str, Any]) -> Any:
    return np.linspace(data["start_s"], data["end_s"], data["rows"])


def test_the_motion_is_that_of_the_truth_between_its_rows() -> None:
    flight = view(vehicle=ZQ3)
    data = shown(flight)
    at = times(data)
    assert at[1] - at[0] == pytest.approx(0.04, rel=0.01)
    for name, off in (("pos_enu_m", 0.002), ("vel_enu_mps", 0.01), ("gimbal_rad", 1e-6), ("fin_rad", 1e-6)):
        truth = flight.columns(name)
        wanted = np.stack([np.interp(at, flight.time_s, column) for column in truth.T], axis=1)
        assert np.abs(table(data, name) - wanted).max() <= off, name
    assert np.abs(table(data, "propellant_kg")[:, 0] - np.interp(at, flight.time_s, flight.propellant_kg)).max() < 0.01


def test_thrust_is_a_share_of_that_in_vacuum() -> None:
    record = fly()
    truth_of(record)["thrust_n"] = 0.0
    truth_of(record)["thrust_n"][:, 3] = 0.5 * ZQ3.engine.vacuum_thrust_n
    thrust = table(shown(view(record, vehicle=ZQ3)), "thrust")
    assert thrust[:, 3] == pytest.approx(0.5)
    assert not np.delete(thrust, 3, axis=1).any()


def test_neighbouring_quaternions_have_like_signs_and_stay_the_same_attitudes() -> None:
    turns = Rotation.from_rotvec(np.outer(np.linspace(0.0, 4.0 * np.pi, 50), [0.0, 0.0, 1.0]))
    given = turns.as_quat(scalar_first=True, canonical=True)
    assert ((given[1:] * given[:-1]).sum(axis=1) < 0.0).any()
    smooth = like_signs(given)
    assert ((smooth[1:] * smooth[:-1]).sum(axis=1) > 0.0).all()
    assert (Rotation.from_quat(smooth, scalar_first=True) * turns.inv()).magnitude().max() < 1e-7


def test_legs_come_out_over_their_time_and_are_out_when_they_lock() -> None:
    flight = view(Plan(legs_locked_s=16.5), vehicle=ZQ3)
    progress = leg_progress(flight, 2.5)
    assert progress == pytest.approx(
        np.clip((flight.time_s - 14.0) / 2.5, 0.0, 1.0)[:, None].repeat(4, axis=1), abs=1e-9
    )


def test_a_leg_that_never_locks_comes_out_from_its_command_on() -> None:
    record = fly(Plan(legs_command_s=14.5))
    truth_of(record)["leg_locked"][:, 2] = 0.0
    flight = view(record, vehicle=ZQ3)
    wanted = np.clip((flight.time_s - 14.5) / 2.5, 0.0, 1.0)
    assert leg_progress(flight, 2.5)[:, 2] == pytest.approx(wanted, abs=1e-9)


def test_a_leg_is_shorter_by_what_is_crushed_and_what_is_pressed() -> None:
    record = fly()
    truth_of(record)["leg_stroke_m"] = 0.2
    truth_of(record)["foot_height_m"] = -0.05
    data = shown(view(record, vehicle=ZQ3))
    squeezed = table(data, "squeezed_m")
    assert squeezed[times(data) > 16.6] == pytest.approx(0.25, abs=0.002)
    assert not squeezed[times(data) < 16.4].any()


def test_a_short_pulse_of_a_thruster_is_not_lost_between_rows() -> None:
    record = fly()
    truth_of(record)["rcs_open"] = 0.0
    truth_of(record)["rcs_open"][1001:1003, 5] = 1.0  # 20 ms
    data = shown(view(record, vehicle=ZQ3))
    opened = table(data, "rcs")
    step_s = times(data)[1] - times(data)[0]
    assert opened[:, 5].sum() * step_s == pytest.approx(0.02, rel=0.02)
    assert not np.delete(opened, 5, axis=1).any()


def test_a_long_flight_is_thinned() -> None:
    record = fly(Plan(end_s=300.0))
    assert shown(view(record, vehicle=ZQ3))["rows"] == MOST_ROWS + 1


@pytest.mark.parametrize(("kind", "step"), [("i1", 3.0 / 127), ("i2", 3.0 / 32767), ("u1", 3.0 / 255), ("f4", 1e-6)])
def test_packing_is_as_fine_as_it_says(kind: str, step: float) -> None:
    low = 0.0 if kind == "u1" else -3.0
    values = np.linspace(low, 3.0, 101)
    made = packed(values, kind)
    back = made["scale"] * np.frombuffer(base64.b64decode(made["data"]), dtype=f"<{kind}")
    assert np.abs(back - values).max() <= 0.51 * step


def test_what_is_not_a_number_does_not_reach_the_page() -> None:
    record = fly()
    truth_of(record)["pos_enu_m"][40] = math.nan
    data = shown(view(record, vehicle=ZQ3))
    assert np.isfinite(table(data, "pos_enu_m")).all()
    json.loads(safe_json(data))


def test_sizes_are_those_of_the_vehicle_file() -> None:
    stage = shown(view(vehicle=ZQ3))["stage"]
    assert (stage["length_m"], stage["radius_m"], stage["base_m"]) == (42.0, 2.25, -1.6)
    assert stage["legs"] == {
        "angle_rad": pytest.approx([0.25 * math.pi * k for k in (1, 3, 5, 7)]),
        "radius_m": 9.0,
        "foot_m": -2.8,
    }
    assert stage["engines_m"][0] == [0.0, 0.0]
    assert len(stage["engines_m"]) == 9
    assert math.pi * stage["exit_m"] ** 2 == pytest.approx(0.871)


def test_a_flight_without_a_vehicle_or_without_a_first_frame_has_no_replay() -> None:
    assert replay_data(view()) is None
    record = fly()
    record.truth = record.truth[:0]
    assert replay_data(view(record, vehicle=ZQ3)) is None


def test_script_and_data_stay_small() -> None:
    flight = view(Plan(end_s=75.0), vehicle=ZQ3)
    assert len(replay_script()) + len(safe_json(shown(flight))) < LARGEST_MB * 1e6


def test_the_script_is_built_from_the_sources_beside_it() -> None:
    """Mended by `make replay`."""
    assert f"{BUILT_FROM}{sources_digest()}" in replay_script()[:200]


def test_the_script_carries_the_licence_of_what_is_in_it() -> None:
    licence = FOLDER.joinpath("LICENSE.three.txt").read_text(encoding="utf-8").strip()
    assert "MIT License" in licence
    assert licence in replay_script()


def test_the_pinned_packages_have_no_addresses() -> None:
    assert "http" not in FOLDER.joinpath("package-lock.json").read_text(encoding="utf-8")
