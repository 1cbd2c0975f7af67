"""Reading scenarios. Oracle: hand-written files whose one mistake, and the line to expect for it, are known."""

from pathlib import Path

import pytest

from hoverslam.scenarios.load import ScenarioError, load, shipped
from hoverslam.scenarios.schema import Scenario
from tests.scenarios.files import Write, mistake


def test_a_good_file_is_read_with_its_defaults(write: Write) -> None:
    scenario = load(write())
    assert scenario.name == "flight"
    assert scenario.seed == 1
    assert scenario.release.altitude_msl_m == 40_000.0
    assert scenario.rates.frame_period_ns == 10_000_000
    assert scenario.rates.max_frames == 14_000
    assert scenario.dispersions.isp == 0.0
    assert scenario.wind.turbulence == "none"


def test_named_files_are_found_beside_the_scenario_from_any_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert load(path).vehicle.file == str(tmp_path / "stage.toml")


def test_a_resolved_scenario_survives_json(write: Write) -> None:
    scenario = load(
        write(
            more='[[faults]]\nkind = "engine_shutdown"\ntarget = 2\nat = "landing_ignition + 3 s"\n'
            "[wind]\naltitude_msl_m = [0.0, 9000.0]\neast_mps = [1.0, 20.0]\nnorth_mps = [0.0, 0.0]\n"
            "[dispersions]\nplume = [0.5, 1.0]\n"
        ),
        {"vehicle.override.engine.floor": "0.5", "vehicle.override.list": "[1, [2, 3]]"},
    )
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "altitude_msl_m = 40000",
            "altitude_km = 40",
            (
                ":12: release.altitude_km = 40: unknown key (wrong unit); "
                "the key is altitude_msl_m, in metres: altitude_msl_m = 40000"
            ),
        ),
        (
            "speed_mps = 662.0",
            "speed_kmh = 1800",
            (
                ":15: release.speed_kmh = 1800: unknown key (wrong unit); "
                "the key is speed_mps, in metres per second: speed_mps = 500"
            ),
        ),
        (
            "lox_kg = 9300.0",
            "lox_t = 9.3",
            ":17: release.lox_t = 9.3: unknown key (wrong unit); the key is lox_kg, in kilograms: lox_kg = 9300",
        ),
        (
            "azimuth_deg = 270.0",
            "azimuth = 270.0",
            ":14: release.azimuth = 270.0: unknown key (wrong unit); the key is azimuth_deg, in degrees",
        ),
        (
            "azimuth_deg = 270.0",
            "azimut_deg = 270.0",
            ":14: release.azimut_deg = 270.0: unknown key; did you mean azimuth_deg?",
        ),
        (
            "lox_kg = 9300.0",
            "lox_kg = -1.0",
            ":17: release.lox_kg = -1.0: must be at least 0 (kilograms); raise it",
        ),
        (
            "altitude_msl_m = 40000",
            'altitude_msl_m = "40 km"',
            ':12: release.altitude_msl_m = "40 km": must be a number; write a number (metres)',
        ),
        (
            "altitude_msl_m = 40000",
            "altitude_msl_m = true",
            ":12: release.altitude_msl_m = True: must be a number; write a number (metres)",
        ),
        (
            "altitude_msl_m = 40000",
            "altitude_msl_m = nan",
            ":12: release.altitude_msl_m = nan: must be a finite number; write a finite number (metres)",
        ),
        (
            "altitude_msl_m = 40000",
            "altitude_msl_m = 1200",
            (
                ":12: release.altitude_msl_m = 1200.0: must be above the pad (pad.elevation_m = 1350.0); "
                "raise it or lower the pad"
            ),
        ),
        (
            "elevation_m = 1350.0",
            "",
            ":6: pad.elevation_m: is missing; add it (metres, altitude of the pad, used as height",
        ),
        (
            "elevation_m = 1350.0",
            "elevation_m = 1350.0\nslope_deg = 25.0",
            ":10: pad.slope_deg = 25.0: must be at most 20 (degrees); lower it",
        ),
        (
            "elevation_m = 1350.0",
            "elevation_m = 1350.0\nslope_azimuth_deg = -90.0",
            ":10: pad.slope_azimuth_deg = -90.0: must be at least 0 (degrees); raise it",
        ),
        (
            'file = "stage.toml"',
            'file = "other.toml"',
            ':4: vehicle.file = "other.toml": no such vehicle file',
        ),
        ('file = "stage.toml"', 'file = "zq9_y1"', ':4: vehicle.file = "zq9_y1": no such vehicle'),
        ("[pad]", "[pad", ":6: is not valid TOML (Expected ']' at the end of a table declaration); correct the line"),
        ("[pad]", "[pads]", ":6: pads = {...}: unknown key; did you mean pad?"),
    ],
)
def test_one_mistake_is_one_line_with_place_value_limit_and_remedy(
    write: Write, old: str, new: str, expected: str
) -> None:
    path = write(old, new)
    said = mistake(path)
    assert said.startswith(f"{path}{expected}")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            "[rates]\ngnc_hz = 30\n",
            ":27: rates.gnc_hz = 30: must divide rates.plant_hz = 1000; pick 25 or 40, or change plant_hz",
        ),
        ("[rates]\nplant_hz = 999\n", ":27: rates.plant_hz = 999: a tick must be a whole number of nanoseconds; pick"),
        ('[wind]\nturbulence = "sever"\n', ":27: wind.turbulence = \"sever\": unknown value; write 'none',"),
        (
            "[wind]\naltitude_msl_m = [0, 1000]\neast_mps = [1, 2]\nnorth_mps = [0]\n",
            ":29: wind.north_mps = [0]: has 1 numbers, wind.altitude_msl_m has 2; give one speed for each altitude",
        ),
        (
            "[wind]\naltitude_msl_m = [1000, 0]\neast_mps = [1, 2]\nnorth_mps = [0, 0]\n",
            ":27: wind.altitude_msl_m = [1000, 0]: must increase from entry to entry; sort the profile",
        ),
        ("[dispersions]\nips = 0.01\n", ":27: dispersions.ips = 0.01: unknown key; did you mean isp?"),
        ("[dispersions]\nplume = [1.0, 0.5]\n", ":27: dispersions.plume = [1.0, 0.5]: must be [lo, hi] with 0 <= lo"),
        (
            (
                '[[faults]]\nkind = "engine_shutdown"\ntarget = 1\nat = "landing_ignition + 3 s"\n'
                '[[faults]]\nkind = "engine_shutdown"\ntarget = -1\nat = "landing_ignition + 3 s"\n'
            ),
            ":32: faults.1.target = -1: must be an index from 0 to 63; change it",
        ),
        (
            '[[faults]]\nkind = "sensor_nan"\ntarget = "gps"\nat = "3 s"\n',
            ':28: faults.0.target = "gps": sensor_nan needs the name of a sensor; known: accel, gyro, gnss',
        ),
        (
            '[[faults]]\nkind = "sensor_nan"\ntarget = "leg_contact"\nat = "3 s"\n',
            ':28: faults.0.target = "leg_contact": a switch is on or off; use sensor_stuck, or sensor_bias with',
        ),
        (
            '[[faults]]\nkind = "sensor_bias"\ntarget = "engine_state"\nat = "3 s"\n',
            ':28: faults.0.target = "engine_state": the state of a controller is not a measurement; use',
        ),
        (
            '[[faults]]\nkind = "sensor_silent"\ntarget = "gyro"\nat = "3 s"\n',
            ':28: faults.0.target = "gyro": only gnss and radar can be silent; use sensor_nan or sensor_stuck',
        ),
        (
            '[[faults]]\nkind = "fin_stuck"\ntarget = "left"\nat = "3 s"\n',
            ':28: faults.0.target = "left": fin_stuck needs an index; count from 0 as the vehicle file does',
        ),
        (
            '[[faults]]\nkind = "engine_stall"\nat = "3 s"\n',
            ':27: faults.0.kind = "engine_stall": is no kind of fault; known: engine_no_light, engine_slow_start',
        ),
        (
            '[[faults]]\nkind = "engine_low_thrust"\nat = "ignition + 3 s"\n',
            ":28: faults.0.at = \"ignition + 3 s\": is no valid time; write '12.5 s'",
        ),
        (
            '[[faults]]\nkind = "engine_low_thrust"\nat = "3 s"\nnumbers.loss = 2.0\n',
            ":29: faults.0.numbers.loss = 2.0: must lie between 0.01 and 0.9",
        ),
        (
            '[[faults]]\nkind = "engine_low_thrust"\nat = "3 s"\nnumbers.lost = 0.2\n',
            ":29: faults.0.numbers.lost = 0.2: engine_low_thrust has no such number; known: loss",
        ),
        (
            (
                '[[faults]]\nkind = "engine_low_thrust"\nat = "3 s"\n'
                '[[faults]]\nkind = "engine_warm_inlet"\nat = "5 s"\n'
            ),
            ':30: faults.1.kind = "engine_warm_inlet": cannot be combined with faults.0 (engine_low_thrust): both act',
        ),
    ],
)
def test_a_mistake_in_an_optional_table_names_its_line(write: Write, more: str, expected: str) -> None:
    path = write(more=more)
    said = mistake(path)
    assert said.startswith(f"{path}{expected}")
    assert "\n" not in said


def test_every_mistake_is_reported_at_once(write: Write) -> None:
    said = mistake(write("rcs_kg = 200.0", "rcs_kg = -2.0"), rates__gnc_hz="30").splitlines()
    assert len(said) == 2
    assert said[0].startswith("--set: rates.gnc_hz = 30: must divide")
    assert "release.rcs_kg = -2.0" in said[1]


def test_an_unknown_name_lists_what_is_shipped() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'zq3-landin' \(did you mean 'zq3-landing'\?\); shipped: "):
        load("zq3-landin")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert mistake(tmp_path / "none.toml").endswith("check the path")


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('description = "é"'.encode("latin-1"))
    assert mistake(path) == f"{path}:1: is not UTF-8 text; save it as UTF-8"


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads_and_is_called_what_its_file_is(name: str) -> None:
    assert load(name).name == name
