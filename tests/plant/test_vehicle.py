"""Vehicle files: what is refused and in which words, and that every number says where it comes from.

Oracle: the file's own text, read by tomllib; published numbers are checked in `validation/`.
"""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.vehicle import VehicleError, load_vehicle, shipped_vehicles

TEXT = (files("hoverslam.plant") / "vehicles" / "zq3_y1.toml").read_text()
TAG = re.compile(r"\[[PDRC]\]")


def refused(path: Path, text: str, overrides: dict[str, object] | None = None) -> str:
    """What is said about this vehicle file."""
    path.write_text(text)
    with pytest.raises(VehicleError) as error:
        load_vehicle(str(path), overrides)
    message = str(error.value)
    assert "\n" not in message, "one line"
    assert path.name in message, "the file is named"
    return message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a bad vehicle file goes."""
    return tmp_path / "mine.toml"


def test_the_shipped_vehicle_is_listed_and_loads() -> None:
    assert "zq3_y1" in shipped_vehicles()
    assert load_vehicle("zq3_y1").shape == VehicleShape(engines=9, gimballed=5, fins=4, thrusters=8, legs=4)


def test_a_file_beside_the_user_loads_as_the_shipped_one(path: Path) -> None:
    path.write_text(TEXT)
    assert load_vehicle(str(path)).engine == load_vehicle("zq3_y1").engine


def test_every_number_of_the_file_reaches_the_tables() -> None:
    loaded = load_vehicle("zq3_y1")
    for table, values in tomllib.loads(TEXT).items():
        for key, value in values.items() if isinstance(values, dict) else ():
            np.testing.assert_array_equal(getattr(getattr(loaded, table), key), value, err_msg=f"{table}.{key}")


def test_an_unknown_vehicle_is_answered_with_those_there_are() -> None:
    with pytest.raises(VehicleError, match=r"vehicle 'falcon': not shipped; shipped: .*zq3_y1.*\.toml"):
        load_vehicle("falcon")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(VehicleError, match=r"vehicle file nowhere/x\.toml: no such file"):
        load_vehicle("nowhere/x.toml")


def test_broken_toml_is_named_with_its_line(path: Path) -> None:
    assert "mine.toml:1: is not valid TOML" in refused(path, "name = \n" + TEXT)


def test_an_unknown_key_is_named(path: Path) -> None:
    message = refused(path, TEXT.replace("dry_cg_m = 16.6", "dry_cg_m = 16.6\ndry_cg_ft = 54.0"))
    assert "body.dry_cg_ft: unknown key" in message


def test_a_missing_key_is_named(path: Path) -> None:
    message = refused(path, TEXT.replace("dry_cg_m = 16.6", ""))
    assert "body.dry_cg_m: missing" in message


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("dry_mass_kg = 46000.0", "dry_mass_kg = -46000.0", "body.dry_mass_kg"),
        ("dry_mass_kg = 46000.0", "dry_mass_kg = nan", "body.dry_mass_kg"),
        ("dry_mass_kg = 46000.0", 'dry_mass_kg = "heavy"', "body.dry_mass_kg"),
        ("throttle_floor = 0.5", "throttle_floor = 1.5", "engine.throttle_floor"),
        ("residual_kg = 40.0", "residual_kg = -1.0", "lch4.residual_kg"),
        ("gimbal_limit_rad = 0.10472", "gimbal_limit_rad = 6.0", "cluster.gimbal_limit_rad"),
        ("limit_rad = 0.34907 ", "limit_rad = 20.0 ", "fins.limit_rad"),
        ("gnss_period_s = 0.1", "gnss_period_s = 0.0", "sensors.gnss_period_s"),
    ],
)
def test_a_value_outside_its_limits_is_shown_with_its_key(path: Path, old: str, new: str, key: str) -> None:
    assert old in TEXT
    message = refused(path, TEXT.replace(old, new))
    assert key in message
    assert new.split("=")[1].strip(' "') in message


def test_a_grid_that_does_not_increase_is_refused(path: Path) -> None:
    message = refused(
        path, TEXT.replace("plume_thrust_coefficient = [0.0, 0.5,", "plume_thrust_coefficient = [0.5, 0.5,")
    )
    assert "aero.plume_thrust_coefficient" in message
    assert "increasing" in message


def test_a_table_of_the_wrong_size_is_refused_with_both_sizes(path: Path) -> None:
    message = refused(
        path, TEXT.replace("plume_factor = [1.0, 0.5, 0.25, 0.1, 0.1]", "plume_factor = [1.0, 0.5, 0.25]")
    )
    assert "aero.plume_factor has shape (3,); its grid needs (5,)" in message


def test_a_table_longer_than_the_kernels_hold_is_refused_by_name_and_limit(path: Path) -> None:
    long = ", ".join(str(0.5 * i) for i in range(40))
    ones = ", ".join(["1.0"] * 40)
    text = re.sub(r"axial_mach = \[.*?\]", f"axial_mach = [{long}]", TEXT)
    message = refused(path, re.sub(r"axial = \[.*?\]", f"axial = [{ones}]", text))
    assert "aero.axial" in message
    assert "32" in message


def test_a_ragged_table_is_refused(path: Path) -> None:
    message = refused(path, TEXT.replace("[1.6500, 0.0000],", "[1.6500],"))
    assert "cluster.position_m" in message


def test_a_gimbal_on_an_engine_that_is_not_there_is_refused(path: Path) -> None:
    message = refused(path, TEXT.replace("gimballed = [0, 1, 3, 5, 7]", "gimballed = [0, 1, 3, 5, 9]"))
    assert "cluster.gimballed lists engine 9; engines are 0 to 8" in message


def test_an_engine_that_swivels_twice_is_refused(path: Path) -> None:
    message = refused(path, TEXT.replace("gimballed = [0, 1, 3, 5, 7]", "gimballed = [0, 1, 3, 5, 5]"))
    assert "cluster.gimballed" in message


def test_an_override_reaches_its_number() -> None:
    assert load_vehicle("zq3_y1", {"engine.throttle_ceiling": 1.1}).engine.throttle_ceiling == 1.1
    assert load_vehicle("zq3_y1", {"body.dry_mass_kg": 44_000}).body.dry_mass_kg == 44_000.0


@pytest.mark.parametrize("key", ["engine.throttel", "motor.thrust", "engine", "name.first", "engine.rise_time_s.unit"])
def test_an_override_of_nothing_is_refused_with_what_there_is(key: str) -> None:
    value: object = 1.0
    with pytest.raises(VehicleError) as error:
        load_vehicle("zq3_y1", {key: value})
    assert key in str(error.value)
    assert "\n" not in str(error.value)


def test_a_bad_value_in_an_override_is_refused_as_in_the_file() -> None:
    with pytest.raises(VehicleError, match=r"zq3_y1 \(shipped\): body\.dry_mass_kg = -1: .*greater than 0"):
        load_vehicle("zq3_y1", {"body.dry_mass_kg": -1})


def test_a_fix_that_comes_later_than_the_next_one_is_taken_is_refused() -> None:
    # the receiver model holds one fix: a latency of a whole period or more would never deliver any
    with pytest.raises(VehicleError, match=r"gnss_latency_s"):
        load_vehicle("zq3_y1", {"sensors.gnss_latency_s": 0.15})


def extending(folder: Path, more: str, name: str = "mine.toml", base: str = "zq3_y1") -> Path:
    """A vehicle file that states only what differs."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'extends = "{base}"\n{more}')
    return path


def test_a_file_that_extends_another_states_only_what_differs(tmp_path: Path) -> None:
    mine = load_vehicle(str(extending(tmp_path, "[engine]\nthrottle_floor = 0.3\n")))
    base = load_vehicle("zq3_y1")
    assert mine.engine == base.engine._replace(throttle_floor=0.3)
    assert mine.name == "mine"
    for table in set(mine._fields) - {"name", "description", "engine"}:
        for key, value in getattr(base, table)._asdict().items():
            np.testing.assert_array_equal(getattr(getattr(mine, table), key), value, err_msg=f"{table}.{key}")
    assert mine.shape == base.shape


def test_a_path_in_extends_starts_from_the_file_that_names_it(tmp_path: Path) -> None:
    extending(tmp_path, "[body]\ndry_mass_kg = 44000.0\n", "base.toml")
    path = extending(tmp_path, "[legs]\nstroke_m = 0.7\n", "deeper/top.toml", "../base.toml")
    top = load_vehicle(str(path))
    assert (top.body.dry_mass_kg, top.legs.stroke_m) == (44_000.0, 0.7)


def test_an_array_replaces_that_of_the_base_whole(tmp_path: Path) -> None:
    path = extending(
        tmp_path,
        "[cluster]\nposition_m = [[0.0, 0.0], [1.0, 0.0]]\nstarts = [1, 1]\ncharges = [1, 1]\ngimballed = [0]\n",
    )
    assert load_vehicle(str(path)).shape == VehicleShape(engines=2, gimballed=1, fins=4, thrusters=8, legs=4)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("[engine]\nthrottel_floor = 0.3\n", "engine.throttel_floor: unknown key"),
        ("[engin]\nthrottle_floor = 0.3\n", "engin: unknown key"),
        ("[body]\ndry_mass_kg = -1.0\n", "body.dry_mass_kg = -1.0: "),
        ("[cluster]\nstarts = [1]\n", "cluster.position_m has shape (9, 2); its grid needs (1, 2)"),
    ],
)
def test_a_mistake_in_an_extending_file_is_told_of_that_file(tmp_path: Path, more: str, expected: str) -> None:
    path = extending(tmp_path, more)
    with pytest.raises(VehicleError) as error:
        load_vehicle(str(path))
    assert str(error.value).startswith(f"{path}: {expected}")


def test_a_mistake_in_what_is_extended_is_told_of_that_file(tmp_path: Path) -> None:
    base = extending(tmp_path, "[body]\ndry_mass_kg = -1.0\n", "base.toml")
    with pytest.raises(VehicleError) as error:
        load_vehicle(str(extending(tmp_path, "", base="base.toml")))
    assert str(error.value).startswith(f"{base}: body.dry_mass_kg = -1.0: ")


def test_extends_that_goes_round_is_refused_with_the_way_round(tmp_path: Path) -> None:
    one = extending(tmp_path, "", "one.toml", "two.toml")
    extending(tmp_path, "", "two.toml", "one.toml")
    with pytest.raises(VehicleError, match=r"forms a loop.*one\.toml -> .*two\.toml -> .*one\.toml"):
        load_vehicle(str(one))


def test_a_copy_under_the_name_of_its_base_does_not_go_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extending(tmp_path, "[body]\ndry_mass_kg = 45000.0\n", "zq3_y1.toml")
    monkeypatch.chdir(tmp_path)
    assert load_vehicle("zq3_y1.toml").body.dry_mass_kg == 45_000.0


@pytest.mark.parametrize(
    ("base", "expected"),
    [("zq3_y9", "not shipped; shipped: f9_b5, .*zq3_y1"), ("gone.toml", r"no such file \(.*gone\.toml\)")],
)
def test_a_base_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path, base: str, expected: str) -> None:
    path = extending(tmp_path, "", base=base)
    with pytest.raises(VehicleError, match=rf"mine\.toml: extends = '{base}': {expected}"):
        load_vehicle(str(path))


def test_extends_that_is_no_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("extends = 7\n")
    with pytest.raises(VehicleError, match=r"extends = 7: must be one name or path"):
        load_vehicle(str(path))


def _numbers_and_their_comments(text: str) -> list[tuple[str, str]]:
    """Each key that holds numbers, and the comments that speak of it: on its line, or on the line above its table."""
    lines, found = text.splitlines(), []
    for i, line in enumerate(lines):
        key = re.match(r"(\w+) = (?=[\[\d-])", line)
        if key:
            above = lines[i - 1] if lines[i - 1].startswith("#") else ""
            found.append((f"{i + 1}: {key[1]}", line.partition("#")[2] + above))
    return found


@pytest.mark.parametrize("vehicle", shipped_vehicles())
def test_every_number_carries_the_tag_of_its_source(vehicle: str) -> None:
    text = (files("hoverslam.plant") / "vehicles" / f"{vehicle}.toml").read_text()
    lines = _numbers_and_their_comments(text)
    assert len(lines) >= (5 if "extends" in tomllib.loads(text) else 91)
    untagged = [where for where, comment in lines if not TAG.search(comment)]
    assert not untagged, f"{vehicle}.toml has numbers without [P], [D], [R] or [C]: {', '.join(untagged)}"


def test_a_plume_without_thrust_is_refused_because_nothing_would_read_it() -> None:
    with pytest.raises(VehicleError, match=r"aero\.plume_factor begins with 0\.9: .*; set it to 1"):
        load_vehicle("zq3_y1", {"aero.plume_factor": [0.9, 0.5, 0.25, 0.1, 0.1]})


def test_legs_out_of_order_are_refused(path: Path) -> None:
    message = refused(path, TEXT, {"legs.angle_rad": [0.8, 3.9, 2.4, 5.5]})
    assert "legs.angle_rad must increase within one turn" in message
