"""No file, however made, is our fault: it is read, or refused in lines that fit a screen. Oracle: its readers' errors.

Each of these once took minutes, ended in a traceback or printed a hundred thousand characters.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.build.build import build_plant, flight_load
from hoverslam.harness.judge.sets import RequirementSetError, load_requirements
from hoverslam.plant.vehicle import VehicleError, load_vehicle
from hoverslam.scenarios.campaign import read_campaign
from hoverslam.scenarios.limits import read_limits
from hoverslam.scenarios.load import ScenarioError, load

MANY = 100_000
CLAUSE = '[[requirement]]\nid = "a"\ntitle = "a"\nsource = "s"\n[[requirement.clause]]\nformula = "'
HOSTILE: dict[str, str | bytes] = {
    "brackets": "a = " + "[" * MANY,
    "some brackets": "a = " + "[" * 20 + "]" * 20,
    "braces": "a = " + "{a=" * 5000,
    "dots": ".".join("a" * MANY) + " = 1",
    "quoted parts": ".".join(['"a,"'] * 30_000) + " = 1",
    "deep keys": "\n".join(".".join("a" * 30) + f".x{i} = 1" for i in range(1500)),
    "deep tables": "\n".join("[" + ".".join("a" * 30) + f".x{i}]" for i in range(1500)),
    "digits": "a = " + "9" * 5000,
    "hexadecimal digits": "a = 0x" + "f" * 5000,
    "beyond 64 bits": "seed = 99999999999999999999",
    "a date": "release.speed_mps = 2020-01-01",
    "a megabyte of text": 'name = "' + "x" * 1_000_000 + '"',
    "many keys": "\n".join(f"k{i} = 1" for i in range(9000)),
    "many faults": "[[faults]]\n" * 9000,
    "faults of a kind": '[[faults]]\nkind = "engine_slow_start"\nat = "3 s"\n' * 2000,
    "a long array": "wind.altitude_msl_m = [" + "1," * 50_000 + "]",
    "no text": b"\xff\xfe",
    "nothing": "",
    "requirements": '[[requirement]]\nid = "a"\n' * 4000,
    "other requirements": "\n".join(f'[[requirement]]\nid = "a{i}"' for i in range(4000)),
    "formula of brackets": CLAUSE + "(" * 50_000 + '"\n',
    "formula of nots": CLAUSE + "not " * 25_000 + 'x"\n',
    "a long key": "x" * MANY + " = 1",
    "a zero": 'a = "\0"',
    "a moment": 'extends = "zq3-landing"\n[[faults]]\nkind = "engine_slow_start"\nat = "' + "1" * 50_000 + ' s"',
    "extends what has no name": 'extends = "' + "x" * MANY + '.toml"',
    "a path": 'extends = "zq3-landing"\nvehicle.file = "' + "x" * 5000 + '.toml"',
    "a zero in a path": 'extends = "a\\u0000.toml"',
    "no legs": 'extends = "zq3_y1"\n[legs]\nangle_rad = []',
    "no engines": 'extends = "zq3_y1"\n[cluster]\nstarts = []\nposition_m = []\ncharges = []\ngimballed = []',
    "no table": 'extends = "zq3_y1"\n[aero]\nplume_factor = []\nplume_thrust_coefficient = []',
    "a ragged table": 'extends = "zq3_y1"\n[aero]\nnormal = [[1.0], [1.0, 2.0]]',
    "a cube": 'extends = "zq3_y1"\n[aero]\nnormal = [[[1.0]]]',
    "a number for a table": 'extends = "zq3_y1"\nengine = 3',
}
MOST_SAID = 4000


def _load(path: str) -> Any:
    return flight_load(load("zq3-landing", {"flight_load.file": f'"{Path(path).resolve()}"'}))


READERS: dict[str, Callable[[str], Any]] = {
    "scenario": load,
    "campaign": lambda path: read_campaign(path).base(),
    "strategy": read_limits,
    "requirements": load_requirements,
    "vehicle": load_vehicle,
    "flight load": _load,
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("made", HOSTILE)
def test_a_file_however_made_is_read_or_refused_in_a_few_lines(made: str, kind: str, tmp_path: Path) -> None:
    text = HOSTILE[made]
    path = tmp_path / "made.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        READERS[kind](str(path))
    except (ScenarioError, VehicleError, RequirementSetError) as refused:
        said = str(refused)
        assert 0 < len(said) < MOST_SAID + len(str(path)) * 10, said[:500]


@pytest.mark.parametrize("text", ["extends = 'zq3-landing'", "\r\nextends = 'zq3-landing'\r\n"])
def test_a_file_with_a_byte_order_mark_is_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(str(path)).model_copy(update={"name": "zq3-landing"}) == load("zq3-landing").model_copy(
        update={"expected": load(str(path)).expected, "description": load(str(path)).description}
    )


@pytest.mark.parametrize("value", ["nan", "inf", "[1.0, nan]"])
def test_a_number_that_is_none_is_told_with_its_key(value: str) -> None:
    for key in ("vehicle.override.body.dry_mass_kg", "flight_load.override.stage.length_m"):
        with pytest.raises(ScenarioError, match=key.replace(".", r"\.")):
            load("zq3-landing", {key: value})


def test_a_scenarios_file_is_flown_as_a_campaign(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "zq3-landing"\npad.slope_deg = 1.0\n')
    assert read_campaign(str(path)).base() == load(str(path))


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("body.dry_mass_kg", "1e9", "kilograms"),
        ("engine.vacuum_thrust_n", "1e12", "newtons"),
        ("aero.axial_scale", "-1.0", ""),
        ("lox.radius_m", "0.05", "m long"),
        ("bending.generalised_mass_kg", "1.0", "kilograms"),
        ("feed.thrust_per_pa", "1e-3", ""),
        ("fins.mach", "[0.5, 1e300]", ""),
        ("sensors.radar_max_m", "1e30", "metres"),
    ],
)
def test_a_vehicles_number_beyond_physics_is_told_with_its_range_and_unit(key: str, value: str, unit: str) -> None:
    override = load("zq3-landing", {f"vehicle.override.{key}": value}).vehicle.override
    with pytest.raises(VehicleError) as refused:
        load_vehicle("zq3_y1", override)
    assert key in str(refused.value)
    assert unit in str(refused.value)


@pytest.mark.parametrize(
    "sets",
    [
        {"wind.altitude_msl_m": "[0.0]", "wind.east_mps": "[9e18]", "wind.north_mps": "[0.0]"},
        {"release.speed_mps": "5e-324"},
        {"rates.max_time_s": "5e-324"},
    ],
)
def test_a_scenarios_number_beyond_physics_is_refused_by_its_key(sets: dict[str, str]) -> None:
    with pytest.raises(ScenarioError, match="must be at"):
        load("zq3-landing", sets)


def test_a_period_that_is_no_whole_number_of_ticks_is_the_users_mistake() -> None:
    scenario = load("zq3-landing", {"vehicle.override.sensors.radar_plume_hold_s": "0.0117"})
    with pytest.raises(VehicleError, match=r"radar_plume_hold_s.* whole number of"):
        build_plant(scenario, 1)
