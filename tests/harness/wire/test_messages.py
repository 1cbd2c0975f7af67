"""The schema of protocol 1: what is accepted, and with which words something is not."""

from typing import Any

import pytest

from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import MESSAGES, Actuators, Hello, Message, Ready, Sensors, validate

ACTUATORS: dict[str, Any] = {
    "type": "actuators", "flight": 0, "seq": 3, "engine_on": [True], "throttle": [0.7], "gimbal_rad": [0.0, 0.1],
    "fin_rad": [0.0], "rcs_open": [False], "leg_deploy": False,
}  # fmt: skip


def test_every_message_names_its_type_and_forbids_other_keys() -> None:
    for model in MESSAGES:
        assert model.model_config["extra"] == "forbid"
        assert model.model_config["strict"] is True
        assert model.model_fields["type"].is_required()


def test_no_field_of_the_sensors_is_truth() -> None:
    forbidden = ("enu", "q_", "mass", "landed", "altitude", "wind", "mach", "truth")
    assert not [name for name in Sensors.model_fields if any(word in name for word in forbidden)]


def test_a_whole_number_is_a_float() -> None:
    assert validate(Actuators, {**ACTUATORS, "throttle": [1]}).model_dump()["throttle"] == [1.0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"throttle": [float("nan")]}, "actuators.throttle[0] = nan: input should be a finite number"),
        ({"throttle": [float("-inf")]}, "actuators.throttle[0] = -inf: input should be a finite number"),
        ({"throttle": [True]}, "actuators.throttle[0] = True: input should be a valid number"),
        ({"throttle": ["1"]}, "actuators.throttle[0] = '1': input should be a valid number"),
        ({"throttle": [0.1] * 65}, "list should have at most 64 items"),
        ({"throttle": 0.5}, "actuators.throttle = 0.5: input should be a valid list"),
        ({"seq": -1}, "actuators.seq = -1"),
        ({"seq": 1.0}, "actuators.seq = 1.0: input should be a valid integer"),
        ({"seq": True}, "actuators.seq = True: input should be a valid integer"),
        ({"engine_on": [1]}, "actuators.engine_on[0] = 1: input should be a valid boolean"),
        ({"landed": True}, "actuators.landed is not a field of protocol 1"),
        ({"telemetry": [1]}, "actuators.telemetry = [1]"),
        ({"type": "sensors"}, "message of type 'sensors' instead of 'actuators'"),
        ({"seq": -1, "landed": 1}, "(and 1 more)"),
        ({"throttle": "x" * 900}, "..."),
    ],
)
def test_a_refusal_names_field_and_value(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        validate(Actuators, {**ACTUATORS, **change})
    assert reason in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("model", "message", "reason"),
    [
        (Hello, {"type": "hello"}, "hello.protocol is missing (and 3 more)"),
        (Ready, {"type": "ready"}, "ready.run_id is missing"),
        (Ready, {}, "message of type None instead of 'ready'"),
    ],
)
def test_what_is_missing_is_named(model: type[Message], message: dict[str, Any], reason: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        validate(model, message)
    assert str(refused.value) == reason
