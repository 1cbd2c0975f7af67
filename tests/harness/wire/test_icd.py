"""The contract as a document, a JSON Schema and a header for C.

Oracle: golden frames, which a validator of a few lines accepts or refuses; the names in contract and flight load; the
ranges of the vehicle file; compilers for C99 and C++17.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.wire.contract import ACTUATORS, COUNTS, ENGINE_STATES, SENSORS
from hoverslam.harness.wire.signs import SIGNS
from hoverslam.plant.kernels.engines import engine
from hoverslam.plant.ranges import VEHICLE
from hoverslam.scenarios.load_keys import LONGEST
from hoverslam.scenarios.load_ranges import KEYS, LOAD, load_mistakes
from tests.harness.fake_plant import ROOT
from tests.harness.wire.test_golden import FRAMES

LIMIT_S = 120.0
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip
NOT_RULES = {"title", "description", "default", "$schema", "$defs"}


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["icd", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shown("--format", "json"))
    return found


@pytest.fixture(scope="module")
def document() -> str:
    return shown("--format", "md")


@pytest.fixture(scope="module")
def header() -> str:
    return shown("--format", "c")


def holds(value: Any, rule: Any, root: dict[str, Any]) -> bool:
    """Whether a value obeys a schema, of the words of draft 2020-12 that this one uses; raises KeyError for others."""
    return all(RULES[word](value, told, root, rule) for word, told in rule.items() if word not in NOT_RULES)


def is_of(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def looked_up(root: dict[str, Any], reference: str) -> Any:
    return root["$defs"][reference.removeprefix("#/$defs/")]


RULES: dict[str, Any] = {
    "$ref": lambda v, told, root, _: holds(v, looked_up(root, told), root),
    "oneOf": lambda v, told, root, _: sum(holds(v, one, root) for one in told) == 1,
    "anyOf": lambda v, told, root, _: any(holds(v, one, root) for one in told),
    "type": lambda v, told, *_: is_of(v, told),
    "const": lambda v, told, *_: v == told,
    "enum": lambda v, told, *_: v in told,
    "required": lambda v, told, *_: all(key in v for key in told),
    "properties": lambda v, told, root, _: all(holds(v[key], one, root) for key, one in told.items() if key in v),
    "additionalProperties": lambda v, told, _, rule: told is not False or set(v) <= set(rule["properties"]),
    "items": lambda v, told, root, _: all(holds(one, told, root) for one in v),
    "minItems": lambda v, told, *_: len(v) >= told,
    "maxItems": lambda v, told, *_: len(v) <= told,
    "maxLength": lambda v, told, *_: len(v) <= told,
    "minimum": lambda v, told, *_: v >= told,
    "maximum": lambda v, told, *_: v <= told,
    "exclusiveMinimum": lambda v, told, *_: v > told,
    "exclusiveMaximum": lambda v, told, *_: v < told,
}


def in_order(rule: Any) -> Any:
    """The type first, so that what comes after it may rely on it."""
    if isinstance(rule, dict):
        kind = {"type": rule["type"]} if isinstance(rule.get("type"), str) else {}
        return kind | {key: in_order(one) for key, one in rule.items()}
    return [in_order(one) for one in rule] if isinstance(rule, list) else rule


@pytest.mark.parametrize("frame", [one for one in FRAMES if one["content"] is not None], ids=lambda one: one["file"])
def test_the_schema_accepts_what_is_well_formed_and_refuses_the_rest(
    schema: dict[str, Any], frame: dict[str, Any]
) -> None:
    if frame["valid"] or frame["rule"] != "encoding":  # a JSON Schema does not see how a value was encoded
        wanted = frame["valid"] or frame["rule"] == "context"
        assert holds(frame["content"], in_order(schema), in_order(schema)) == wanted


def test_the_schema_knows_each_message_and_each_key_of_the_load_with_its_range(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert len(schema["oneOf"]) == 7
    tables = schema["$defs"]["FlightLoad"]["properties"]
    for name, key in KEYS.items():
        table, _, leaf = name.partition(".")
        found = tables[table]["properties"][leaf]
        assert key.meaning in found["description"]
        while "items" in found:
            found = found["items"]
        assert (found["minimum"], found["maximum"]) == tuple(LOAD[name])


def test_the_document_has_each_field_and_each_key_with_unit_range_and_meaning(document: str) -> None:
    rows = [line for line in document.splitlines() if line.startswith("| ")]
    for field in (*SENSORS, *ACTUATORS):
        (row, *_) = [one for one in rows if f"`{field.map}.{field.key}`" in one or one.startswith(f"| `{field.key}` ")]
        assert field.source in "".join(rows)
        assert field.units in row
    for name, key in KEYS.items():
        (row,) = [one for one in rows if one.startswith(f"| `{name}` ")]
        low, high = LOAD[name]
        assert f"| {low:g} | {high:g} | {key.meaning} |" in row
        assert key.unit in row
    assert all(any(f"| `{sign.number}` |" in row for row in rows) for sign in SIGNS)


def test_the_document_stands_alone(document: str) -> None:
    for needed in ("HOVERSLAM_ENDPOINT", "HOVERSLAM_CURVE_SERVER", "16 KiB", "GNC_LOST", "Protocol 2", "WGS-84"):
        assert needed in document
    links = re.findall(r"\]\(([^)]*)\)", document)
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", document, flags=re.DOTALL), re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings}
    assert [link for link in links if not link.startswith("https://") and link not in anchors] == []
    assert "<!--" not in document


def test_the_header_has_each_field_and_each_key_with_a_comment_and_room_for_the_largest(header: str) -> None:
    assert set(re.findall(r"HS_ENGINE_(\w+) = (\d)", header)) - {("STATES", "6")} == {
        (state.upper().replace(" ", "_"), str(code)) for code, state in enumerate(ENGINE_STATES)
    }
    flat = " ".join(re.sub(r"\n\s+\*", "", header).split())
    for field in (*SENSORS, *ACTUATORS):
        assert re.search(rf"{re.escape(field.source)}[^/]*\*/ \w+ {field.key}[;\[]", flat), field.name
    for name, key in KEYS.items():
        leaf = name.partition(".")[2]
        assert re.search(rf"{re.escape(key.meaning)}; from \S+ to \S+ \*/ \w+ {leaf}[;\[]", flat), name
    assert all(f"#define HS_MAX_{word.upper()} 64 " in header for word in COUNTS)


@pytest.mark.parametrize("compiler", [["cc", "-std=c99"], ["c++", "-x", "c++", "-std=c++17"]], ids=["C99", "C++17"])
def test_the_header_compiles_alone(compiler: list[str], header: str, tmp_path: Path) -> None:
    (tmp_path / "hoverslam_icd.h").write_text(header, encoding="utf-8")
    (tmp_path / "alone.c").write_text('#include "hoverslam_icd.h"\nint rows(const hs_load *l) { return l->n_rows; }\n')
    command = [*compiler, "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "alone.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_engine_states_are_those_of_the_plant() -> None:
    assert [getattr(engine, state.upper().replace(" ", "_")) for state in ENGINE_STATES] == list(range(6))


def test_ranges_of_commands_are_the_widest_that_a_vehicle_may_have() -> None:
    of = {field.name: (field.low, field.high) for field in ACTUATORS}
    assert of["throttle"][1] == VEHICLE["engine"]["throttle_ceiling"].high
    assert of["gimbal_rad"] == (
        -VEHICLE["cluster"]["gimbal_limit_rad"].high,
        VEHICLE["cluster"]["gimbal_limit_rad"].high,
    )
    assert of["fin_rad"] == (-VEHICLE["fins"]["limit_rad"].high, VEHICLE["fins"]["limit_rad"].high)


@pytest.mark.parametrize("word", ["rows", "axial", "any"])
def test_a_list_that_no_program_reserves_room_for_is_refused_before_the_flight(word: str) -> None:
    name = {"rows": "forecast.east_mps", "axial": "stage.axial", "any": "stage.landing"}[word]
    table, _, leaf = name.partition(".")
    most = LONGEST[word]
    assert list(load_mistakes({table: {leaf: [0.0] * most}})) == []
    (told,) = load_mistakes({table: {leaf: [0.0] * (most + 1)}})
    assert told.startswith(f"{name}: has {most + 1} ")
    assert told.endswith(f"; must have at most {most}; shorten it")


def test_a_file_is_written_and_an_older_one_replaced_but_not_one_of_the_user(tmp_path: Path) -> None:
    for form, name in (("md", "icd.md"), ("json", "icd.json"), ("c", "hoverslam_icd.h")):
        place = tmp_path / name
        for _ in range(2):
            assert shown("--format", form, "--out", str(place)) == f"{place}: written\n"
        assert place.read_text(encoding="utf-8") == shown("--format", form)
        place.write_text("mine\n")
        refused = CliRunner().invoke(app, ["icd", "--format", form, "--out", str(place)])
        assert refused.exit_code == 2
        assert "is not a contract written by hoverslam icd" in " ".join(refused.stderr.split())
        assert place.read_text() == "mine\n"
    assert (ROOT / "sdk" / "c" / "hoverslam_icd.h").read_text(encoding="utf-8") == shown("--format", "c")


def test_golden_frames_are_copied_into_a_new_folder_only(tmp_path: Path) -> None:
    told = json.loads(shown("--golden", str(tmp_path / "new"), "--json"))
    source = ROOT / "harness" / "wire" / "golden"
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == {
        path.name: path.read_bytes() for path in source.iterdir()
    }
    assert told == {"exit_code": 0, "written": str(tmp_path / "new"), "files": len(list(source.iterdir()))}
    refused = CliRunner().invoke(app, ["icd", "--golden", str(tmp_path / "new")])
    assert refused.exit_code == 2
    assert f"--golden {tmp_path / 'new'}: is not empty" in " ".join(refused.stderr.split())


def test_json_carries_the_content_and_a_format_that_there_is_not_is_refused(header: str) -> None:
    assert json.loads(shown("--format", "c", "--json")) == {"exit_code": 0, "format": "c", "content": header}
    refused = CliRunner().invoke(app, ["icd", "--format", "pdf"])
    assert refused.exit_code == 2
    assert "--format pdf: must be one of md, json, c" in refused.stderr
