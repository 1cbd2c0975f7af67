"""Golden frames: files and index as they travel in the package, against readers and against libraries.

Oracle: the MessagePack library for what a file holds; words written here by hand for why one is refused; the places in
the sources where a message is refused, found by ast; a real socket for messages that are refused for how they come.
"""

import ast
import json
import math
import re
from typing import Any

import msgpack
import pytest
import zmq

from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.program.conversation import check_ready
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.admission import Admission
from hoverslam.harness.wire.codec import FROM_HARNESS, decode
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import MESSAGES, validate
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import VehicleShape
from tests.harness.fake_plant import ROOT

FOLDER = ROOT / "harness" / "wire" / "golden"
INDEX: dict[str, Any] = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
FRAMES: list[dict[str, Any]] = INDEX["frames"]
DEADLINE_S = 30.0
WORDS = {
    "refused-empty": "incomplete input",
    "refused-truncated": "incomplete input",
    "refused-cut-value": "message ends inside the float",
    "refused-trailing": "extra data",
    "refused-array": "must be a map, not list",
    "refused-binary": "0xc4: binary",
    "refused-extension": "extension or timestamp",
    "refused-not-utf8": "not UTF-8",
    "refused-long-text": "256 bytes; text has at most 255",
    "refused-many-elements": "65 elements; the limit is 64",
    "refused-many-containers": "70 maps and arrays; the limit is 64",
    "refused-large": "the limit is 16384",
    "refused-key-twice": "'type' appears twice",
    "refused-number-as-key": "int is not allowed for map key",
    "refused-float-seq": "actuators.seq = 7.0: input should be a valid integer",
    "refused-missing-key": "actuators.fin_rad is missing",
    "refused-unknown-key": "actuators.landed is not a field",
    "refused-other-type": "type 'ready' instead of 'actuators'",
    "refused-number-for-flag": "valid boolean",
    "refused-flag-for-number": "True: input should be a valid number",
    "refused-text-for-number": "'1': input should be a valid number",
    "refused-scalar-for-list": "valid list",
    "refused-list-for-scalar": "valid boolean",
    "refused-negative-seq": "seq = -1",
    "refused-nan": "nan: input should be a finite number",
    "refused-infinite": "inf: input should be a finite number",
    "refused-text-telemetry": "telemetry = 'glide'",
    "refused-not-hello": "the first message is not `hello`",
    "refused-wrong-token": "wrong token",
    "refused-protocol": "hello.protocol = 2; must be 1",
    "refused-hello-missing-key": "hello.name is missing",
    "refused-hello-capabilities": "capabilities = 'reset'",
    "refused-ready-run": "run_id = 'other'; must be 'golden'",
    "refused-ready-flight": "ready.flight = 5; must be 0",
    "refused-ready-missing-key": "ready.run_id is missing",
    "refused-seq": "seq = 6; must be 7",
    "refused-flight": "flight = 5: must be 0",
    "refused-length": "fin_rad has 3 values; must be 4",
    "refused-early": "answer to frame 7 arrived before",
    "refused-unasked": "unsolicited message: a message of type 'actuators', flight 0, seq 7",
    "refused-two-parts": "message of 2 parts",
    "refused-no-frame": "no frame of this flight waits",
    "refused-flight-number": "flight = '5': must be a whole number",
}
"""What the reason of each refused frame says, in short."""


def data_of(frame: dict[str, Any]) -> bytes:
    path = FOLDER / str(frame["file"])
    return path.read_bytes()


def named(*names: str) -> list[dict[str, Any]]:
    return [one for one in FRAMES if one["file"].removesuffix(".msgpack") in names]


def without_text_numbers(value: Any) -> Any:
    """The content of an index as the library reads it: NaN and infinities are numbers again."""
    if isinstance(value, dict):
        return {key: without_text_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_text_numbers(one) for one in value]
    return float(value) if value in {"NaN", "Infinity", "-Infinity"} else value


def same(one: Any, other: Any) -> bool:
    """Equal, with the types of numbers; NaN is equal to itself."""
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and bool(one == other)


def read_by_us(frame: dict[str, Any]) -> None:
    """As the harness reads a message that comes when it is due. Raises MessageRefused."""
    data, expected = data_of(frame), frame.get("expected", {})
    if frame["from"] == "harness":
        model = next(one for one in MESSAGES if one.__name__.lower() == frame["message"])
        validate(model, decode(data, FROM_HARNESS))
    elif frame["message"] == "hello":
        door = Admission(lambda _: None)
        door.token = expected["token"]
        if door.admitted(data) is None:
            raise MessageRefused(f"hello refused: {door.refused[0]}")
    elif frame["message"] == "ready":
        plan = FlightPlan(expected["run_id"], "", 0, 1000, 10, 10, 1)
        check_ready(data, plan, expected["flight"])
    else:
        ActuatorReader(VehicleShape(**frame["shape"]), expected["flight"]).read(
            data, expected["seq"], bytearray(4096), 0
        )


DUE = [one for one in FRAMES if one["from"] == "harness" or one["expected"]["sent"] == "sent when it is due"]


@pytest.mark.parametrize("frame", DUE, ids=lambda one: one["file"])
def test_we_accept_or_refuse_each_as_the_index_says(frame: dict[str, Any]) -> None:
    reason = None
    try:
        read_by_us(frame)
    except MessageRefused as refused:
        reason = str(refused)
    assert (frame["valid"], frame.get("reason")) == (reason is None, reason)


@pytest.mark.parametrize("frame", [one for one in FRAMES if one["content"] is not None], ids=lambda one: one["file"])
def test_the_library_finds_the_content_that_the_index_states(frame: dict[str, Any]) -> None:
    assert same(without_text_numbers(frame["content"]), msgpack.unpackb(data_of(frame)))


def test_what_holds_no_content_is_no_map_for_the_library_or_breaks_a_rule_of_ours() -> None:
    without = [one for one in FRAMES if one["content"] is None]
    assert {one["rule"] for one in without} == {"encoding"}
    readable = []
    for frame in without:
        try:
            readable += [frame["file"]] if isinstance(msgpack.unpackb(data_of(frame), timestamp=0), dict) else []
        except (ValueError, msgpack.UnpackException, UnicodeDecodeError):
            continue
    assert sorted(readable) == ["refused-extension.msgpack", "refused-key-twice.msgpack", "refused-long-text.msgpack"]


def test_the_reason_of_each_refused_frame_says_what_is_wrong_with_it() -> None:
    refused = {one["file"].removesuffix(".msgpack"): one["reason"] for one in FRAMES if not one["valid"]}
    assert refused.keys() == WORDS.keys()
    assert {name: reason for name, reason in refused.items() if WORDS[name] not in reason} == {}


def test_there_is_one_of_each_message_with_measurements_there_and_missing_and_of_several_shapes() -> None:
    good = [one for one in FRAMES if one["valid"]]
    assert {one["message"] for one in good} == {one.__name__.lower() for one in MESSAGES}
    sensors = [one["content"] for one in good if one["message"] == "sensors"]
    found = {(one["gnss"] is None, one["radar_range_m"] is None) for one in sensors}
    assert found == {(False, False), (True, False), (False, True), (True, True)}
    assert any(one["imu_dangle_b_rad"] == ["NaN"] * 3 for one in sensors)
    assert len({tuple(one["shape"].values()) for one in good}) == 3


def refusals() -> dict[str, list[str]]:
    """Of every text with which a message is refused in the sources: its place, and its constant parts."""
    found = {}
    for folder in ("wire", "program"):
        for path in sorted((ROOT / "harness" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MessageRefused":
                    found[f"{path.name}:{node.lineno}"] = constants(node.args[0])
    return found


def constants(node: ast.expr) -> list[str]:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]


PASSED_ON = ("; then: ", "; then ", "not MessagePack messages: ", "there is no message")
"""Texts that only join a reason with what came after it, and of files that we wrote ourselves."""


def test_every_kind_of_refusal_in_the_sources_has_a_golden_frame() -> None:
    reasons = [one["reason"] for one in FRAMES if not one["valid"]]
    kinds = {place: parts for place, parts in refusals().items() if parts and not set(PASSED_ON) & set(parts)}
    assert len(kinds) > 12
    unheard = [place for place, parts in kinds.items() if not any(all(p in why for p in parts) for why in reasons)]
    assert unheard == []


def test_every_type_that_is_checked_first_is_refused_in_a_golden_frame() -> None:
    """Of the first words of pydantic's reasons, as the models can give them."""
    reasons = " ".join(one["reason"] for one in FRAMES if not one["valid"])
    for words in ("valid boolean", "valid number", "valid integer", "valid list", "valid dictionary", "finite number"):
        assert f"input should be a {words}" in reasons


@pytest.fixture
def pair() -> Any:
    """The harness's end, locked to a DEALER, which is the other."""
    with ZmqHarness() as harness, zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(harness.endpoint)
        (hello,) = named("hello")
        harness.admission.token = hello["expected"]["token"]
        dealer.send(data_of(hello))
        assert harness.await_hello(DEADLINE_S).name == "mine"
        yield harness, dealer


def test_a_second_answer_is_refused_as_the_index_says(pair: Any) -> None:
    harness, dealer = pair
    (frame,) = named("refused-unasked")
    for _ in range(2):
        dealer.send(data_of(frame))
    assert harness.receive(DEADLINE_S) == data_of(frame)
    with pytest.raises(MessageRefused) as refused:
        HarnessLink(harness).hear_out(DEADLINE_S)
    assert str(refused.value) == frame["reason"]


def test_a_message_of_two_parts_is_refused_as_the_index_says(pair: Any) -> None:
    harness, dealer = pair
    (frame,) = named("refused-two-parts")
    dealer.send_multipart([data_of(frame), b""])
    with pytest.raises(MessageRefused) as refused:
        harness.receive(DEADLINE_S)
    assert str(refused.value) == frame["reason"]


def test_names_tell_what_files_are_and_nothing_lies_beside_them() -> None:
    names = {one["file"] for one in FRAMES}
    assert {path.name for path in FOLDER.iterdir()} == names | {"index.json"}
    assert all(re.fullmatch(r"[a-z0-9-]+\.msgpack", name) for name in names)
    assert all(name.startswith("refused-") == (not one["valid"]) for one in FRAMES for name in [one["file"]])
