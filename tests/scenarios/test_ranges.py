"""Every number of every file has a range, and what is told of one outside says it. Oracle: schemas, units in names.

The numbers are found in the schemas that pydantic gives, and in the shipped files; nobody lists them here.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.campaign.baseline import Baseline, check
from hoverslam.harness.judge.sets import RequirementSetError, load_requirements
from hoverslam.plant.ranges import VEHICLE, unit_of
from hoverslam.plant.vehicle import VehicleError, load_vehicle, resolved_vehicle
from hoverslam.scenarios.campaign import Campaign, read_campaign
from hoverslam.scenarios.limits import Limits, read_limits
from hoverslam.scenarios.load import ScenarioError, load
from hoverslam.scenarios.load_ranges import KEYS, LOAD
from hoverslam.scenarios.schema import Scenario

ROOT = Path(__file__).parents[2]
UNITS = {
    "m": "metres", "mps": "metres per second", "deg": "degrees", "s": "seconds", "kg": "kilograms", "hz": "hertz",
    "k": "kelvin",
}  # fmt: skip
CHECKED_ELSEWHERE = ("override", "plume.", "target", "numbers", "clause")
"""By the file that an override is of, by a validator, by the table of faults, by unit; each has its case below."""


def numbers(schema: Any, defs: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every number of a schema: its key, and both ends."""
    schema = defs[schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from numbers(one, defs, path)
    if schema.get("type") in {"number", "integer"} and "enum" not in schema:
        ends = [schema.get(f"{end}imum", schema.get(f"exclusive{end.title()}imum")) for end in ("min", "max")]
        yield path, *ends
    for key, inner in schema.get("properties", {}).items():
        yield from numbers(inner, defs, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from numbers(schema[key], defs, f"{path}.0")
    for inner in schema.get("prefixItems", ()):
        yield from numbers(inner, defs, f"{path}.0")


@pytest.mark.parametrize("model", [Scenario, Campaign, Limits, Baseline])
def test_every_number_of_a_schema_has_both_ends(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    found = list(numbers(schema, schema.get("$defs", {})))
    assert found
    assert [
        key for key, low, high in found if None in {low, high} and not any(w in key for w in CHECKED_ELSEWHERE)
    ] == []


def of_a_scenario() -> list[str]:
    schema = Scenario.model_json_schema()
    found = [key.strip(".") for key, *_ in numbers(schema, schema["$defs"])]
    return sorted({key for key in found if not any(word in key for word in CHECKED_ELSEWHERE) and "faults" not in key})


@pytest.mark.parametrize("key", of_a_scenario())
def test_a_number_of_a_scenario_beyond_its_range_is_told_with_limit_and_unit(key: str) -> None:
    name = key.removesuffix(".0")
    count = 2 if name in {"drawn.cg_lateral_m", "drawn.wind_mps"} else 3
    value = str([-9e17] * count) if key.endswith(".0") else "-900000000000000000"
    with pytest.raises(ScenarioError, match=rf"{name}[^\n]*must be at (least|most) ") as refused:
        load("zq3-landing", {name: value})
    line = next(one for one in str(refused.value).splitlines() if name in one and "must be at" in one)
    unit = "standard deviations" if name.startswith("drawn") else UNITS.get(name.rpartition("_")[2], "")
    assert unit in line, line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dispersions.plume = [0.0, 1e9]", "lo <= hi <= 10"),
        ('[[faults]]\nkind = "engine_no_light"\ntarget = 99\nat = "1 s"', "index from 0 to 63"),
        ('[[faults]]\nkind = "engine_no_light"\nat = "99999 s"', "between 0 and 3600 seconds"),
        ('[[faults]]\nkind = "engine_no_light"\nat = "landing_ignition + 99999 s"', "between 0 and 3600 seconds"),
        ('[[faults]]\nkind = "engine_no_light"\nat = "altitude_agl_m < 1e300"', "between -1000 and 2e.06 metres"),
        ('[[faults]]\nkind = "link_late"\ntarget = "sensors"\nat = "1 s"\nnumbers.by_s = 99.0', "0.0005 and 2 s"),
    ],
)
def test_so_is_one_that_a_schema_cannot_say(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(f'extends = "zq3-landing"\n{text}\n')
    with pytest.raises(ScenarioError, match=said):
        load(str(tmp_path / "made.toml"))


def test_every_number_of_the_shipped_vehicles_and_loads_has_a_range_and_the_pages_have_it() -> None:
    tables = {name: value for name, value in resolved_vehicle("zq3_y1").tree.items() if isinstance(value, dict)}
    assert {name: set(keys) for name, keys in tables.items()} == {name: set(keys) for name, keys in VEHICLE.items()}
    assert set(LOAD) == set(KEYS)
    written = (ROOT / "docs" / "vehicle-file.md").read_text(encoding="utf-8")
    assert [key for table, keys in tables.items() for key in keys if f"| `{table}.{key}` |" not in written] == []


@pytest.mark.parametrize(
    ("name", "unit"),
    [("thrust_per_pa", "per pascal"), ("per_k", "per kelvin"), ("thrust_n", "newtons"), ("axial_scale", ""),
     ("gyro_noise_radps_rthz", "radians per second per root hertz")],
)  # fmt: skip
def test_units_are_those_of_the_name(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize("value", ["1.0", '["1.0", "2.0"]', "[true, false]", "[{a = 1.0}]", "[[1.0], 2.0]"])
def test_what_is_no_list_of_numbers_is_no_table_of_a_vehicle(value: str, tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(f'extends = "zq3_y1"\n[aero]\nplume_factor = {value}\n')
    with pytest.raises(VehicleError, match=r"made\.toml: aero\.plume_factor: must be a list of numbers"):
        load_vehicle(str(tmp_path / "made.toml"))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [("cluster.gimballed", "[0.5]", "whole numbers"), ("cluster.gimballed", "[9000000000000000000]", "0 and 63"),
     ("aero.mach", "[0.5, 1e300]", "between 0 and 100")],
)  # fmt: skip
def test_a_number_in_a_list_is_looked_at_before_it_is_converted(
    key: str, value: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "made.toml").write_text(f'extends = "zq3_y1"\n{key} = {value}\n')
    with pytest.raises(VehicleError, match=said):
        load_vehicle(str(tmp_path / "made.toml"))


def told(key: str, value: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        flight_load(load("zq3-landing", {f"flight_load.override.{key}": value}))
    return str(refused.value)


@pytest.mark.parametrize("key", LOAD)
def test_a_number_of_a_flight_load_beyond_its_range_is_told_with_both_ends_and_its_unit(key: str) -> None:
    table, leaf = key.split(".")
    there = flight_load(load("zq3-landing"))[table][leaf]
    beyond = json.loads(json.dumps(there), parse_float=lambda _: -9e17, parse_int=lambda _: -9e17)
    beyond = [-9e17] if beyond == [] else beyond
    low, high = LOAD[key]
    wanted = f"{key} = -9e+17: must lie between {low:g} and {high:g} {KEYS[key].unit}".rstrip()
    assert wanted in told(key, json.dumps(beyond))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("start.pos_enu_m", "1.0", "must be a list of numbers"),
        ("start.pos_enu_m", "[1.0, 2.0]", "has 2 numbers per row, must have 3"),
        ("stage.dry_mass_kg", "[1.0]", "must be a number"),
        ("stage.dry_mass_kg", "true", "must be a number"),
        ("stage.engine_yz_m", "[[1.0, 2.0], [1.0]]", "must be a list of lists of numbers, all of one length"),
        ("stage.axial", "[1.0]", "stage.axial: has 1 points of the table of the axial force, but stage.axial_mach"),
    ],
)
def test_a_list_of_a_flight_load_that_has_another_shape_is_told(key: str, value: str, said: str) -> None:
    assert said in told(key, value)


CLAUSE = (
    'extends = "landing"\n[[requirement]]\nid = "X"\ntitle = "t"\nsource = "s"\n[[requirement.clause]]\nname = "n"\n'
)
SHORT = 'signal = "tilt_deg"\nphase = "always"\ncomparison = "<="\nunit = "deg"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHORT + "limit = 1e6", "limit 1e.06 must lie between -100000 and 100000 deg"),
        (SHORT + "limit = 5.0\nrank_by = 1e9", "rank_by 1e.09 must lie between -100000 and 100000 deg"),
        (SHORT + "limit = 5.0\ngoal = -1e30", "goal -1e.30 must lie between -100000 and 100000 deg"),
        (SHORT + 'limit = "5"', "valid number"),
        (SHORT + "limit = true", "valid number"),
        ('formula = "always(tilt_deg <= 1e30)"', "must lie between -100000 and 100000 deg"),
        ('formula = "always(tilt_deg * 1e300 <= 5)"', "constant 1e.300 must lie between -1e.12 and 1e.12"),
        ('formula = "always[0:1e9](tilt_deg <= 5)"', "must end within 3600 s"),
    ],
)
def test_a_number_of_a_requirement_beyond_its_range_is_told(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(CLAUSE + text)
    with pytest.raises(RequirementSetError, match=rf"made\.toml: X\.clause\.0.*{said}"):
        load_requirements(str(tmp_path / "made.toml"))


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_campaign, 'scenario = "zq3-landing"\naim.shift.normal_force = 1e9', r"at most 3 \(standard deviations\)"),
        (read_campaign, 'scenario = "zq3-landing"\nflights = 0', "must be at least 1"),
        (read_limits, "sigma = 1e9", "must be at most 3"),
    ],
)
def test_so_is_one_of_a_campaign_and_of_a_hunt(read: Any, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(text)
    with pytest.raises(ScenarioError, match=said):
        read(str(tmp_path / "made.toml"))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("miss_m", -1.0, r"miss_m\.0 = -1.0: must be at least 0 \(metres\)"),
        ("touchdown_mps", 1e9, r"touchdown_mps\.0 = .* at most 100000 \(metres per second\)"),
        ("seed", 1.5, r"seed\.0 = 1.5: must be a whole number"),
        ("passed", 2, r"passed\.0 = 2: must be at most 1"),
        ("propellant_kg", "x", r"propellant_kg\.0 = .x.: must be a number"),
    ],
)
def test_so_is_one_of_a_baseline(key: str, value: Any, said: str) -> None:
    content = json.loads((ROOT / "docs" / "evidence" / "bank-reference.json").read_text(encoding="utf-8"))
    content.pop("checksum", None)
    check(content)
    content[key][0] = value
    with pytest.raises(ValueError, match=said):
        check(content)


def test_the_shipped_files_are_within_all_of_them() -> None:
    for path in (ROOT / "scenarios" / "cases").glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))
        flight_load(load(path.stem))
