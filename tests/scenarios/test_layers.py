"""What `extends` and `--set` lay over a scenario. Oracle: two files whose merged result is written out by hand."""

from pathlib import Path

import pytest

from hoverslam.scenarios.load import ScenarioError, load
from tests.scenarios.files import Write, mistake


def test_extends_merges_tables_and_keeps_what_is_not_said(write: Write, tmp_path: Path) -> None:
    write(more="[wind]\naltitude_msl_m = [0.0]\neast_mps = [5.0]\nnorth_mps = [0.0]\n", name="base.toml")
    folder = tmp_path / "mine"
    folder.mkdir()
    child = folder / "child.toml"
    child.write_text('extends = "../base.toml"\n[release]\nspeed_mps = 600.0\n', encoding="utf-8")
    scenario = load(child)
    assert scenario.name == "child"
    assert scenario.description == "a test flight"
    assert scenario.release.speed_mps == 600.0
    assert scenario.release.lox_kg == 9300.0
    assert scenario.wind.east_mps == (5.0,)
    assert scenario.vehicle.file == str(tmp_path / "stage.toml"), "named by the base, so found beside the base"


def test_a_mistake_in_what_is_extended_names_that_file(write: Write, tmp_path: Path) -> None:
    base = write("lox_kg = 9300.0", "lox_kg = -1.0", name="base.toml")
    child = tmp_path / "child.toml"
    child.write_text('extends = "base.toml"\n', encoding="utf-8")
    assert mistake(child).startswith(f"{base}:17: release.lox_kg = -1.0")


def test_extends_that_goes_round_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text('extends = "two.toml"\n', encoding="utf-8")
    two.write_text('extends = "one.toml"\n', encoding="utf-8")
    assert "forms a loop" in mistake(one)


def test_set_overrides_keys_tables_and_array_entries(write: Write) -> None:
    path = write(more='[[faults]]\nkind = "engine_shutdown"\ntarget = 2\nat = "landing_ignition + 3 s"\n')
    sets = {
        "seed": "7",
        "rates.gnc_hz": "50",
        "wind.turbulence": "severe",
        "faults.0.target": "4",
        "vehicle.override.mass.dry_kg": "46000.0",
        "dispersions.plume": "[0.5, 1.0]",
    }
    scenario = load(path, sets)
    assert scenario.seed == 7
    assert scenario.rates.frame_ticks == 20
    assert scenario.rates.command_delay_ticks == 20, "one frame, as nothing else was said"
    assert scenario.wind.turbulence == "severe"
    assert scenario.faults[0].target == 4
    assert scenario.vehicle.override == {"mass.dry_kg": 46000.0}
    assert scenario.dispersions.plume == (0.5, 1.0)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("faults.3.engine", "1", "--set: faults.3: no such entry; faults has 1, counted from 0"),
        ("rates..gnc_hz", "1", "--set rates..gnc_hz=1: needs a dotted key"),
        ("bogus", "1", "--set: bogus = 1: unknown key"),
        ("seed", "-1", "--set: seed = -1: must be at least 0; raise it"),
    ],
)
def test_a_bad_set_says_so(write: Write, key: str, value: str, expected: str) -> None:
    path = write(more='[[faults]]\nkind = "engine_shutdown"\ntarget = 2\nat = "landing_ignition + 3 s"\n')
    with pytest.raises(ScenarioError) as refused:
        load(path, {key: value})
    assert str(refused.value).startswith(expected)


BASE_WIND = """[wind]
altitude_msl_m = [0.0, 9000.0]
east_mps = [5.0, 20.0]
north_mps = [0.0, 1.0]
turbulence = "moderate"
w20_mps = 7.0
"""


def test_an_envelope_takes_the_place_of_a_profile_below_it_and_the_other_way_round(
    write: Write, tmp_path: Path
) -> None:
    write(more=BASE_WIND, name="base.toml")
    windy = tmp_path / "windy.toml"
    windy.write_text('extends = "base.toml"\n[wind]\nenvelope = 99\nfrom_deg = 180.0\n', encoding="utf-8")
    wind = load(windy).wind
    assert (wind.envelope, wind.from_deg, wind.altitude_msl_m, wind.east_mps) == (99, 180.0, (), ())
    assert (wind.turbulence, wind.w20_mps) == ("moderate", 7.0), "gusts are another matter"
    sets = {"wind.altitude_msl_m": "[0.0]", "wind.east_mps": "[2.0]", "wind.north_mps": "[1.0]"}
    wind = load(windy, sets).wind
    assert (wind.envelope, wind.from_deg, wind.east_mps) == (None, None, (2.0,))
    assert load(tmp_path / "base.toml", {"wind.from_deg": "90.0", "wind.envelope": "50"}).wind.envelope == 50


def test_gusts_switched_off_take_what_scales_them_along_unless_it_was_said_in_the_same_place(write: Write) -> None:
    base = write(more=BASE_WIND)
    assert load(base, {"wind.turbulence": "none"}).wind.w20_mps == 0.0
    for order in (("wind.turbulence", "wind.w20_mps"), ("wind.w20_mps", "wind.turbulence")):
        values = {"wind.turbulence": "none", "wind.w20_mps": "3.0"}
        with pytest.raises(ScenarioError, match=r"^--set: wind\.w20_mps = 3\.0: scales gusts, but there are none"):
            load(base, {key: values[key] for key in order})
