"""The fast paths of a frame against the general ones: the same bytes in, the same verdict and the same row out."""

import struct
from typing import Any

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, decode_own, encode
from hoverslam.harness.wire.contract import ACTUATORS, SENSORS, row_of
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import Sensors, validate
from hoverslam.harness.wire.sensor_reader import SensorReader
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout

SHAPES = st.builds(
    VehicleShape,
    engines=st.integers(0, 40), gimballed=st.integers(0, 20), fins=st.integers(0, 6),
    thrusters=st.integers(0, 20), legs=st.integers(0, 18),
)  # fmt: skip
ZQ3 = VehicleShape(engines=9, gimballed=5, fins=4, thrusters=8, legs=4)
NUMBERS = st.floats(width=64)
COMMANDS = st.floats(allow_nan=False, allow_infinity=False)


@given(SHAPES)
def test_the_rows_of_plant_and_wire_are_the_same(shape: VehicleShape) -> None:
    assert [tuple(field) for field in sensor_layout(shape).fields] == row_of(SENSORS, shape)
    assert [tuple(field) for field in command_layout(shape).fields] == row_of(ACTUATORS, shape)


def slow_sensors(shape: VehicleShape, seq: int, time_ns: int, row: list[float]) -> dict[str, Any]:
    """The message, written down field by field."""
    at = {name: row[place] for name, place in sensor_layout(shape).slices.items()}
    gnss = {"time_ns": int(at["gnss_time_ns"][0]), "pos_e_m": at["gnss_pos_e_m"], "vel_e_mps": at["gnss_vel_e_mps"]}
    scalars = ("lox_level_m", "lch4_level_m", "lox_pressure_pa", "lch4_pressure_pa", "rcs_pressure_pa")
    vectors = ("imu_dvel_b_mps", "imu_dangle_b_rad", "chamber_pressure_pa", "gimbal_rad", "fin_rad")
    return {
        "type": "sensors", "flight": 0, "seq": seq, "time_ns": time_ns,
        **{name: at[name] for name in vectors},
        **{name: at[name][0] for name in scalars},
        "gnss": gnss if at["gnss_new"][0] else None,
        "radar_range_m": at["radar_range_m"][0] if at["radar_valid"][0] else None,
        "engine_state": [int(value) for value in at["engine_state"]],
        "leg_locked": [bool(value) for value in at["leg_locked"]],
        "leg_contact": [bool(value) for value in at["leg_contact"]],
    }  # fmt: skip


@st.composite
def sensor_rows(draw: st.DrawFn) -> tuple[VehicleShape, list[float]]:
    shape = draw(SHAPES)
    row: list[float] = []
    for name, width in row_of(SENSORS, shape):
        flag = name in {"gnss_new", "radar_valid", "leg_locked", "leg_contact"}
        whole = {"engine_state": 5, "gnss_time_ns": 2**53}.get(name, 1 if flag else 0)
        values = st.integers(0, whole).map(float) if whole else NUMBERS
        row += draw(st.lists(values, min_size=width, max_size=width))
    return shape, row


@given(sensor_rows())
def test_the_row_that_flight_software_reads_is_the_one_that_was_written(
    given_row: tuple[VehicleShape, list[float]],
) -> None:
    shape, row = given_row
    found = SensorReader(shape).values(slow_sensors(shape, 0, 0, row))
    at = sensor_layout(shape).slices
    for flag, fields in (
        ("gnss_new", ("gnss_time_ns", "gnss_pos_e_m", "gnss_vel_e_mps")),
        ("radar_valid", ("radar_range_m",)),
    ):
        if not row[at[flag].start]:
            for name in fields:
                row[at[name]] = [0.0] * len(row[at[name]])
    assert struct.pack(f"<{len(found)}d", *found) == struct.pack(f"<{len(row)}d", *row), "NaN too"


@given(sensor_rows(), st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_a_sensor_row_becomes_the_message_that_the_schema_describes(
    given_row: tuple[VehicleShape, list[float]], seq: int, time_ns: int
) -> None:
    shape, row = given_row
    data = SensorWriter(shape).encode(seq, time_ns, struct.pack(f"<{len(row)}d", *row))
    message = decode(data, FROM_HARNESS)
    validate(Sensors, message)
    expected = slow_sensors(shape, seq, time_ns, row)
    assert {k: encode({k: v}) for k, v in message.items()} == {k: encode({k: v}) for k, v in expected.items()}


def test_one_writer_keeps_nothing_from_frame_to_frame() -> None:
    writer = SensorWriter(ZQ3)
    width = sensor_layout(ZQ3).width
    rows = [struct.pack(f"<{width}d", *(float((i * k) % 3) for i in range(width))) for k in range(6)]
    assert [writer.encode(k, 7, row) for k, row in enumerate(rows)] == [
        SensorWriter(ZQ3).encode(k, 7, row) for k, row in enumerate(rows)
    ]


def command(shape: VehicleShape, draw: Any, seq: int) -> dict[str, Any]:
    flags = {name: draw(st.lists(st.booleans(), min_size=n, max_size=n)) for name, n in row_of(ACTUATORS, shape)}
    floats = {name: draw(st.lists(COMMANDS, min_size=n, max_size=n)) for name, n in row_of(ACTUATORS, shape)}
    return {
        "type": "actuators", "flight": 0, "seq": seq,
        **{name: flags[name] for name in ("engine_on", "rcs_open")},
        **{name: floats[name] for name in ("throttle", "gimbal_rad", "fin_rad")},
        "leg_deploy": flags["leg_deploy"][0],
    }  # fmt: skip


def read(reader: ActuatorReader, data: bytes, seq: int, shape: VehicleShape) -> tuple[bytes, Any] | None:
    """The row and the telemetry, or None for a refused message."""
    row = bytearray(8 * command_layout(shape).width + 16)
    try:
        telemetry = reader.read(data, seq, row, 8)
    except MessageRefused:
        return None
    assert row[:8] == row[-8:] == bytes(8)
    return bytes(row[8:-8]), None if telemetry is None else decode_own(telemetry)


@given(st.data(), SHAPES)
def test_a_learned_layout_reads_the_same_row_as_the_full_check(data: st.DataObject, shape: VehicleShape) -> None:
    reader, layout = ActuatorReader(shape), command_layout(shape)
    order = data.draw(st.permutations(sorted(command(shape, data.draw, 0))))
    seqs = st.sampled_from([0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32, 2**40])
    for seq in data.draw(st.lists(seqs, min_size=2, max_size=4)):
        message = command(shape, data.draw, seq)
        packed = msgpack.packb({key: message[key] for key in order})
        expected: list[float] = []
        for name, width in layout.fields:
            value = message[name] if isinstance(message[name], list) else [message[name]]
            assert len(value) == width
            expected += [float(x) for x in value]
        assert read(reader, packed, seq, shape) == (struct.pack(f"<{layout.width}d", *expected), None)


GOOD = {
    "type": "actuators", "flight": 0, "seq": 200,
    "engine_on": [True] * 9, "throttle": [0.5] * 9, "gimbal_rad": [0.01] * 10, "fin_rad": [0.1] * 4,
    "rcs_open": [False] * 8, "leg_deploy": False,
}  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, len(encode(GOOD)) - 1), st.integers(0, 255)), max_size=4),
    st.sampled_from([0, 100, 127, 128, 200, 201, 255]),
    st.sampled_from([5, 100, 127, 200]),
)
@example([], 200, 200)
@example([(23, 0xC8)], 200, 100)
def test_damaged_bytes_are_judged_alike_with_and_without_a_learned_layout(
    damage: list[tuple[int, int]], seq: int, learned_seq: int
) -> None:
    learned, fresh = ActuatorReader(ZQ3), ActuatorReader(ZQ3)
    learned.read(encode({**GOOD, "seq": learned_seq}), learned_seq, bytearray(8 * 41), 0)
    data = bytearray(encode({**GOOD, "seq": learned_seq}))
    for place, value in damage:
        data[place % len(data)] = value
    assert read(learned, bytes(data), seq, ZQ3) == read(fresh, bytes(data), seq, ZQ3)


REPORT = {"mode": "glide", "pos_enu_m": [1.0, 2.0, 3.0], "count": 3, "deep": {"ok": True, "none": None}}
REPORTING = {**GOOD, "telemetry": REPORT}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**63) | st.floats(width=64) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=70) | st.dictionaries(st.text(max_size=20), inner, max_size=20),
    max_leaves=80,
)


@given(
    st.lists(st.tuples(st.integers(0, len(encode(REPORTING)) - 1), st.integers(0, 255)), max_size=3),
    st.integers(-3, 3),
)
@example([], 0)
@example([], 1)
@example([(0, 0x80)], 0)
@example([(len(encode(GOOD)), 0xA8)], 0)
def test_damaged_telemetry_is_judged_alike_with_and_without_a_learned_layout(
    damage: list[tuple[int, int]], longer: int
) -> None:
    learned, fresh = ActuatorReader(ZQ3), ActuatorReader(ZQ3)
    learned.read(encode(GOOD), 200, bytearray(8 * 41), 0)
    data = bytearray(encode(REPORTING))
    for place, value in damage:
        data[place] = value
    sent = bytes(data[:longer] if longer < 0 else data + b"\xc0" * longer)
    assert repr(read(learned, sent, 200, ZQ3)) == repr(read(fresh, sent, 200, ZQ3))


@given(st.one_of(VALUES, st.dictionaries(st.text(max_size=20), VALUES, max_size=70)))
@example({"telemetry": {"telemetry": 1.0}})
@example([1.0])
def test_any_telemetry_is_judged_alike_with_and_without_a_learned_layout(telemetry: Any) -> None:
    learned, fresh = ActuatorReader(ZQ3), ActuatorReader(ZQ3)
    learned.read(encode(GOOD), 200, bytearray(8 * 41), 0)
    sent = encode({**GOOD, "telemetry": telemetry})
    assert repr(read(learned, sent, 200, ZQ3)) == repr(read(fresh, sent, 200, ZQ3))


def test_telemetry_after_a_known_command_is_read_without_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, row = ActuatorReader(ZQ3), bytearray(8 * 41)
    reader.read(encode(GOOD), 200, row, 0)
    monkeypatch.setattr(ActuatorReader, "_read_fully", None)
    assert reader.read(encode({**REPORTING, "throttle": [0.25] * 9}), 200, row, 0) == encode(REPORT)
    assert struct.unpack_from("<9d", row, 72) == (0.25,) * 9


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("field", ["throttle", "gimbal_rad", "fin_rad"])
def test_a_learned_layout_lets_no_infinite_command_through(field: str, value: float) -> None:
    reader, row = ActuatorReader(ZQ3), bytearray(8 * 41)
    reader.read(encode(GOOD), 200, row, 0)
    bad = {**GOOD, field: [*GOOD[field][:-1], value]}  # type: ignore[index]  # only fields that are lists
    with pytest.raises(MessageRefused, match="finite"):
        reader.read(encode(bad), 200, row, 0)


def test_finite_commands_whose_sum_is_not_are_accepted() -> None:
    reader, row = ActuatorReader(ZQ3), bytearray(8 * 41)
    reader.read(encode(GOOD), 200, row, 0)
    reader.read(encode({**GOOD, "throttle": [1.7e308] * 9}), 200, row, 0)
    assert struct.unpack_from("<9d", row, 72) == (1.7e308,) * 9


def test_narrow_numbers_are_read_as_what_they_are() -> None:
    reader, row = ActuatorReader(ZQ3), bytearray(8 * 41)
    narrow = msgpack.packb({**GOOD, "throttle": [1, 0, 1, 0, 1, 0, 1, 0, 1]}, use_single_float=True)
    for _ in range(2):
        reader.read(narrow, 200, row, 0)
    assert struct.unpack_from("<9d", row, 72) == (1, 0, 1, 0, 1, 0, 1, 0, 1)


def test_telemetry_is_handed_on() -> None:
    reader, row = ActuatorReader(ZQ3), bytearray(8 * 41)
    for telemetry in ({"mode": "glide", "pos_enu_m": [1.0, 2.0, 3.0]}, None, {"k_req": float("inf")}):
        expected = None if telemetry is None else encode(telemetry)
        assert reader.read(encode({**GOOD, "telemetry": telemetry}), 200, row, 0) == expected


def test_another_flight_is_refused() -> None:
    with pytest.raises(MessageRefused, match=r"actuators\.flight = 1: must be 0, the only flight on this link"):
        ActuatorReader(ZQ3).read(encode({**GOOD, "flight": 1}), 200, bytearray(8 * 41), 0)
