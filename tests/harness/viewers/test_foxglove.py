"""What viewers are given. Oracles: the published schemas, the truth and scipy's rotations, dates of the library."""

import json
import math
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcap.reader import make_reader
from scipy.spatial.transform import Rotation

from hoverslam.harness.judge.findings import findings
from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.record.clock import epoch_ns
from hoverslam.harness.record.log import write_log
from hoverslam.harness.report.scene import Judged
from hoverslam.plant.layout import command_layout, truth_layout
from hoverslam.plant.vehicle import load_vehicle
from tests.harness.flights import SHAPE, Plan, fly, truth_of, view
from tests.harness.test_pages_in_a_browser import attitudes, turning
from tests.harness.viewers.layout_types import hold

ZQ3 = load_vehicle("zq3_y1")
LANDING = load_requirements("landing")
DRAWN_M = 0.01
"""Seven digits of a height of some kilometres."""


class Channel:
    """A channel of a log, read back."""

    def __init__(self, schema: dict[str, Any], name: str) -> None:
        self.schema, self.name = schema, name
        self.messages: list[tuple[int, dict[str, Any]]] = []


def logged(path: Path, record: Any = None, epoch: int | None = None) -> dict[str, Channel]:
    flight = view(record or turning(), vehicle=ZQ3)
    write_log(flight.record, path, Judged(flight, evaluate(flight, LANDING), findings(flight)).channels, epoch)
    found: dict[str, Channel] = {}
    with path.open("rb") as stream:
        for schema, channel, message in make_reader(stream, validate_crcs=True).iter_messages():
            assert schema is not None
            known = found.setdefault(channel.topic, Channel(json.loads(schema.data), schema.name))
            known.messages.append((message.log_time, json.loads(message.data)))
    return found


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Channel]:
    return logged(tmp_path_factory.mktemp("log") / "flight.mcap")


def refuse(value: Any, schema: dict[str, Any], place: str = "") -> None:
    """A validator of the part of JSON Schema that the published schemas use."""
    if "oneOf" in schema:
        assert value in [option["const"] for option in schema["oneOf"]], place
        return
    kind: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    assert isinstance(value, kind.get(schema["type"], int | float)), f"{place}: {value!r} is no {schema['type']}"
    if isinstance(value, dict):
        properties = schema["properties"]
        assert set(schema.get("required", ())) <= set(value) <= set(properties), f"{place}: {sorted(value)}"
        for name, item in value.items():
            refuse(item, properties[name], f"{place}.{name}")
    elif isinstance(value, list):
        for place_in, item in enumerate(value):
            refuse(item, schema["items"], f"{place}[{place_in}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        assert schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf), place


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("/tf", "foxglove.FrameTransforms"), ("/log", "foxglove.Log"), ("/scene", "foxglove.SceneUpdate"),
        ("/scene/moving", "foxglove.SceneUpdate"),
    ],
)  # fmt: skip
def test_what_is_drawn_holds_to_the_published_schema(log: dict[str, Channel], topic: str, name: str) -> None:
    published = json.loads(files("hoverslam.harness.viewers").joinpath("foxglove.json").read_text())[name]
    assert (log[topic].name, log[topic].schema) == (name, published)
    assert log[topic].messages
    for _, message in log[topic].messages:
        refuse(message, published)


def test_the_stage_stands_and_turns_as_the_truth_says(log: dict[str, Channel]) -> None:
    record = turning()
    position, turns = truth_of(record)["pos_enu_m"], attitudes(record)
    for row in (0, 500, 1200, 2000):
        time_ns = epoch_ns() + row * 10_000_000
        message = next(message for at_ns, message in log["/tf"].messages if at_ns == time_ns)
        (told,) = message["transforms"]
        assert (told["parent_frame_id"], told["child_frame_id"]) == ("pad", "stage")
        assert told["timestamp"] == {"sec": time_ns // 10**9, "nsec": time_ns % 10**9}
        assert [told["translation"][axis] for axis in "xyz"] == pytest.approx(position[row], abs=DRAWN_M)
        turn = Rotation.from_quat([told["rotation"][axis] for axis in "xyzw"])
        assert (turn * turns[row].inv()).magnitude() < 1e-5


def axis_of(part: dict[str, Any]) -> Any:
    """Where the z of a part points, in body axes."""
    return Rotation.from_quat([part["pose"]["orientation"][axis] for axis in "xyzw"]).apply([0.0, 0.0, 1.0])


def test_flames_go_where_the_engines_push_from_and_only_while_they_burn(log: dict[str, Channel]) -> None:
    """A gimbal pair pushes along (cos y cos z, sin z, sin y cos z); the flame goes the other way, from the nozzle."""
    record = turning()
    moving = dict(log["/scene/moving"].messages)
    assert moving[epoch_ns()]["entities"][0]["cylinders"] == []
    (entity,) = moving[epoch_ns() + 12 * 10**9]["entities"]
    flames = entity["cylinders"]
    pairs = truth_of(record)["gimbal_rad"][1200].reshape(-1, 2)
    assert len(flames) == 3
    for flame, engine in zip(flames, (0, 1, 5), strict=True):
        y, z = pairs[list(ZQ3.cluster.gimballed).index(engine)]
        push = np.array([math.cos(y) * math.cos(z), math.sin(z), math.sin(y) * math.cos(z)])
        assert axis_of(flame) == pytest.approx(-push, abs=1e-5)
        root = np.array([flame["pose"]["position"][axis] for axis in "xyz"]) + 0.5 * flame["size"]["z"] * push
        nozzle = np.array([-ZQ3.legs.foot_m, *ZQ3.cluster.position_m[engine]]) + ZQ3.body.hull_base_m * push
        assert root == pytest.approx(nozzle, abs=0.001)


def test_fins_are_turned_about_their_span(log: dict[str, Channel]) -> None:
    record = turning()
    (entity,) = dict(log["/scene/moving"].messages)[epoch_ns() + 12 * 10**9]["entities"]
    angles = truth_of(record)["fin_rad"][1200]
    for fin, (c, s), angle in zip(entity["cubes"], ZQ3.fins.span_yz, angles, strict=True):
        turn = Rotation.from_quat([fin["pose"]["orientation"][axis] for axis in "xyzw"])
        assert turn.apply([0.0, 1.0, 0.0]) == pytest.approx([0.0, c, s], abs=1e-5)
        chord = Rotation.from_rotvec(angle * np.array([0.0, c, s])).apply([1.0, 0.0, 0.0])
        assert turn.apply([1.0, 0.0, 0.0]) == pytest.approx(chord, abs=1e-5)


def test_the_hull_reaches_from_the_gimbal_plane_to_the_nose_and_what_stands_still_is_one_message(
    log: dict[str, Channel],
) -> None:
    ((_, message),) = log["/scene"].messages
    hull = next(entity for entity in message["entities"] if entity["id"] == "hull")
    wide = [part for part in hull["cylinders"] if part["size"]["x"] == pytest.approx(2.0 * ZQ3.body.hull_radius_m)]
    ends = [part["pose"]["position"]["x"] + side * 0.5 * part["size"]["z"] for part in wide for side in (-1.0, 1.0)]
    foot = -ZQ3.legs.foot_m
    assert (min(ends), max(ends)) == pytest.approx((foot, ZQ3.body.ref_length_m + foot), abs=0.001)
    assert all(axis_of(part) == pytest.approx([1.0, 0.0, 0.0], abs=1e-6) for part in hull["cylinders"])


def test_the_log_tells_events_and_what_failed_at_its_time(tmp_path: Path) -> None:
    told = logged(tmp_path / "flight.mcap", fly(Plan(touchdown_mps=6.0)))["/log"].messages
    assert [time for time, _ in told] == sorted(time for time, _ in told)
    ignition = next(line for line in told if line[1]["message"] == "ignition")
    assert ignition[0] == epoch_ns() + 5 * 10**9
    hard = next(line for line in told if line[1]["name"] == "R-18")
    assert hard[1]["level"] == 4
    assert abs(hard[0] - (epoch_ns() + 20.01 * 1e9)) < 1e7


def test_every_field_of_every_channel_of_ours_says_its_unit_and_what_it_is(log: dict[str, Channel]) -> None:
    for topic in ("/truth", "/loads", "/actuators"):
        schema = log[topic].schema["properties"]
        assert list(log[topic].messages[0][1]) == list(schema)
        for name, field in schema.items():
            unit, _, meaning = field["description"].partition("] ")
            assert unit.startswith("["), name
            assert len(meaning) > 3, f"{topic}.{name}: {field['description']}"
    truth = log["/truth"].schema["properties"]
    assert "scalar first: w, x, y, z" in truth["q_enu_b"]["description"]
    for name, unit in {
        "pos_enu_m": "m", "omega_b_radps": "rad/s", "accel_b_mps2": "m/s2", "density_kgpm3": "kg/m3", "mach": "1",
        "bending_nm": "N m", "heat_flux_wpm2": "W/m2", "q_pa": "Pa", "flow_kgps": "kg/s", "feed_warm_k": "K",
    }.items():  # fmt: skip
        assert truth[name]["description"].startswith(f"[{unit}] "), name
    assert {name for name, _ in truth_layout(SHAPE).fields} == set(truth)
    assert {name for name, _ in command_layout(SHAPE).fields} == set(log["/actuators"].schema["properties"])


def test_the_layout_shows_what_is_in_the_log(log: dict[str, Channel]) -> None:
    layout = json.loads(files("hoverslam.harness.viewers").joinpath("layout.json").read_text())
    panels = layout["configById"]
    placed: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, str):
            placed.append(part)
        else:
            walk(part["first"])
            walk(part["second"])

    walk(layout["layout"])
    assert sorted(placed) == sorted(panels)
    assert {"3D", "Plot", "RosOut"} == {name.partition("!")[0] for name in panels}
    assert set(panels["3D!stage"]["topics"]) <= set(log)
    assert panels["RosOut!log"]["topicToRender"] in log
    for panel in panels.values():
        for path in panel.get("paths", ()):
            topic, _, field = path["value"].partition(".")
            assert field.partition("[")[0] in log[topic].schema["properties"], path["value"]


def test_the_layout_holds_to_the_types_that_viewers_read_it_by_and_to_the_frames_and_lengths_of_a_log(
    log: dict[str, Channel],
) -> None:
    layout = json.loads(files("hoverslam.harness.viewers").joinpath("layout.json").read_text())
    hold("layout", layout)
    frames = {part[key] for _, told in log["/tf"].messages for part in told["transforms"]
              for key in ("parent_frame_id", "child_frame_id")}  # fmt: skip
    for name, panel in layout["configById"].items():
        hold(name.partition("!")[0], panel)
        for path in panel.get("paths", ()):
            hold("path", path)
            topic, _, field = path["value"].partition(".")
            plain, _, index = field.rstrip("]").partition("[")
            value = log[topic].messages[0][1][plain]
            assert isinstance(value[int(index)] if index else value, int | float), path["value"]
    stage = layout["configById"]["3D!stage"]
    hold("cameraState", stage["cameraState"])
    hold("publish", stage["publish"])
    for name, layer in stage["layers"].items():
        hold("layer", layer)
        assert layer["instanceId"] == name
        assert layer["frameId"] in frames
    assert stage["followTf"] in frames


def test_times_are_dates_that_viewers_take_and_the_same_flight_has_the_same_ones(tmp_path: Path) -> None:
    first, again = logged(tmp_path / "a.mcap"), logged(tmp_path / "b.mcap")
    year_ns = 365 * 86400 * 10**9
    for topic, channel in first.items():
        times = [time for time, _ in channel.messages]
        assert min(times) > year_ns, topic
        assert times == [time for time, _ in again[topic].messages]
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()
    moved = logged(tmp_path / "c.mcap", epoch=epoch_ns("2026-03-01T12:00:00+02:00"))
    released = datetime(2026, 3, 1, 10, tzinfo=UTC).timestamp()
    assert moved["/truth"].messages[0][0] == int(released) * 10**9
    assert moved["/tf"].messages[0][1]["transforms"][0]["timestamp"]["sec"] == int(released)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1970-01-01", "must be from 1971 to 2199"), ("1900-01-01", "must be from 1971 to 2199"),
        ("2500-01-01", "must be from 1971 to 2199"), ("yesterday", "is no ISO 8601 date and time"),
        ("", "is no ISO 8601 date and time"),
    ],
)  # fmt: skip
def test_an_epoch_that_viewers_would_not_take_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        epoch_ns(text)


def test_an_epoch_without_a_zone_is_utc() -> None:
    assert epoch_ns("2020-02-29T00:00:00.5") == int(datetime(2020, 2, 29, tzinfo=UTC).timestamp()) * 10**9 + 5 * 10**8
