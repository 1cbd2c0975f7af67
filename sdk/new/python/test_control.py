"""Tests with golden frames: messages as the harness sends them, without a harness."""

import json
import math
from pathlib import Path

import msgpack
import pytest
from control import Control

GOLDEN = Path(__file__).parent / "golden"
INDEX = {one["file"]: one for one in json.loads((GOLDEN / "index.json").read_text())["frames"]}
SENSORS = [name for name, one in INDEX.items() if one["message"] == "sensors" and one["shape"]["fins"] == 4]


def golden(name):
    return msgpack.unpackb((GOLDEN / name).read_bytes())


@pytest.fixture
def control():
    """After the golden reset."""
    return Control(golden("reset.msgpack"))


@pytest.mark.parametrize("name", SENSORS)
def test_commands_are_within_their_limits_whatever_the_sensors_say(control, name):
    answer = control.step(golden(name))
    assert answer["seq"] == golden(name)["seq"]
    assert all(abs(one) <= control.stage["fin_limit_rad"] for one in answer["fin_rad"])
    assert not any(answer["engine_on"])


def test_an_answer_has_the_keys_and_lengths_that_the_harness_accepts(control):
    accepted = INDEX["actuators-nine.msgpack"]["content"]
    answer = msgpack.unpackb(msgpack.packb(control.step(golden("sensors-nine.msgpack"))))
    assert set(answer) == set(accepted)
    assert {key: len(one) for key, one in answer.items() if isinstance(one, list)} == {
        key: len(one) for key, one in accepted.items() if isinstance(one, list)
    }
    assert all(math.isfinite(one) for one in answer["fin_rad"] + answer["throttle"] + answer["gimbal_rad"])


def test_fins_push_against_a_rate_about_y(control):
    still = golden("sensors-nine.msgpack")
    turning = {**still, "imu_dvel_b_mps": [0.0] * 3, "imu_dangle_b_rad": [0.0, 0.001, 0.0]}
    fins = control.step(turning)["fin_rad"]  # the nose moves toward -z: fin 0, at +y, pushes toward +z when positive
    assert fins[0] > 0.0 > fins[2]
