"""What decides a row, by content. Oracle: files that a test wrote, of which it knows which say the same."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hoverslam.harness.campaign.flyer import CampaignFlyer, FlightJob
from hoverslam.harness.campaign.logs import LogFlyer, LogToFly
from hoverslam.harness.campaign.sampling import CampaignPlace
from hoverslam.harness.fly.identity import (
    WORDS,
    ChangedError,
    Identity,
    differences,
    identity_of,
    mistakes_are_changes,
    of_binary,
    of_command,
    of_record,
    refuse_changed,
)
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.hunt.flyer import Flyer, HuntJob
from hoverslam.plant.vehicle import SHIPPED
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario
from tests.harness.test_cli import ECHO_GNC

MARGIN = """
[[requirement]]
id = "X-1"
title = "Tilt"
source = "a test"
[[requirement.clause]]
name = "tilt"
signal = "tilt_deg"
phase = "burn"
comparison = "<="
limit = {limit}
unit = "deg"
"""


def files(folder: Path, engine: str = "1.0", load_name: str = "zq3", limit: float = 5.0) -> Scenario:
    """A scenario in a folder with three files of its own, each on top of one that it extends."""
    folder.mkdir(exist_ok=True)
    (folder / "base.toml").write_text((SHIPPED / "zq3_y1.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "mine.toml").write_text(f'extends = "base.toml"\n[aero]\naxial_scale = {engine}\n', encoding="utf-8")
    (folder / "base-set.toml").write_text(f'name = "one"\n{MARGIN.format(limit=limit)}', encoding="utf-8")
    (folder / "set.toml").write_text('extends = "base-set.toml"\nname = "two"\n', encoding="utf-8")
    (folder / "load.toml").write_text(f'extends = "{load_name}"\n', encoding="utf-8")
    (folder / "flight.toml").write_text(
        'extends = "zq3-landing"\nvehicle.file = "mine.toml"\nrequirements.set = "set.toml"\n'
        'flight_load.file = "load.toml"\n', encoding="utf-8",
    )  # fmt: skip
    return load(folder / "flight.toml", {})


def parts(one: Identity, other: Identity) -> set[str]:
    return {name for name in Identity._fields if getattr(one, name) != getattr(other, name)}


def shipped_load() -> str:
    return load("zq3-landing", {}).flight_load.file


def test_the_same_files_in_another_folder_and_another_seed_are_the_same(tmp_path: Path) -> None:
    one, other = (files(tmp_path / name, load_name=shipped_load()) for name in "ab")
    assert identity_of(one) == identity_of(other.model_copy(update={"seed": 77}))


@pytest.mark.parametrize("name", ["mine.toml", "base.toml"])
def test_a_number_of_the_vehicle_or_of_what_it_extends_is_another_vehicle(tmp_path: Path, name: str) -> None:
    scenario = files(tmp_path, load_name=shipped_load())
    before, path = identity_of(scenario), tmp_path / name
    text = path.read_text(encoding="utf-8")
    changed = (
        text.replace("axial_scale = 1.0", "axial_scale = 1.1") if name == "mine.toml" else f"{text}\n[added]\nx = 1\n"
    )
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    assert parts(before, identity_of(scenario)) == {"vehicle"}


def test_a_limit_of_the_set_that_is_extended_is_another_requirement_set(tmp_path: Path) -> None:
    before = identity_of(files(tmp_path, load_name=shipped_load()))
    after = identity_of(files(tmp_path, load_name=shipped_load(), limit=6.0))
    assert parts(before, after) == {"requirements"}
    assert differences(before, after) == [WORDS["requirements"]]


def test_a_number_of_the_flight_load_is_another_load(tmp_path: Path) -> None:
    scenario = files(tmp_path, load_name=shipped_load())
    before = identity_of(scenario)
    with (tmp_path / "load.toml").open("a", encoding="utf-8") as file:
        file.write("[added]\nx = 1\n")
    assert parts(before, identity_of(scenario)) == {"load"}


def test_comments_names_and_descriptions_change_nothing(tmp_path: Path) -> None:
    scenario = files(tmp_path, load_name=shipped_load())
    before = identity_of(scenario)
    for name, more in (("mine.toml", "# a remark\n"), ("set.toml", "# a remark\n"), ("load.toml", "# a remark\n")):
        path = tmp_path / name
        path.write_text(more + path.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text('name = "other"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert identity_of(scenario.model_copy(update={"name": "x", "description": "y"})) == before


def test_a_key_of_the_scenario_and_an_override_are_another_scenario() -> None:
    before = identity_of(load("zq3-landing", {}))
    for key, value in (("wind.turbulence", '"severe"'), ("vehicle.override", '{"engine.dead_time_s" = 0.5}')):
        assert parts(before, identity_of(load("zq3-landing", {key: value}))) == {"scenario"}


def test_every_file_that_a_command_names_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("gnc.py", "gains.toml", "module.py"):
        (tmp_path / name).write_text("one", encoding="utf-8")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "inner.py").write_text("one", encoding="utf-8")
    for command, touched in (
        (f"{sys.executable} gnc.py", "gnc.py"), (f"{sys.executable} gnc.py --gains=gains.toml", "gains.toml"),
        (f"{sys.executable} -m module", "module.py"), (f"{sys.executable} -m package", "package/inner.py"),
        (f"{sys.executable} package", "package/inner.py"),
    ):  # fmt: skip
        before = of_binary(command)
        assert of_binary(command) == before
        (tmp_path / touched).write_text(f"two {command}", encoding="utf-8")
        assert of_binary(command) != before, command


def test_bytes_changed_behind_an_unchanged_size_and_time_count(tmp_path: Path) -> None:
    program = tmp_path / "fsw"
    program.write_bytes(b"one")
    then = program.stat()
    before = of_binary(str(program))
    program.write_bytes(b"two")
    os.utime(program, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert of_binary(str(program)) != before


def test_a_program_moved_is_another_command_with_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"program")
    shutil.copy(tmp_path / "a", tmp_path / "b")
    one, other = str(tmp_path / "a"), str(tmp_path / "b")
    assert (of_command(one) == of_command(other), of_binary(one) == of_binary(other)) == (False, True)


def test_the_reference_has_one_identity_by_whichever_name() -> None:
    assert (of_command(None), of_binary(None)) == (of_command("reference"), of_binary("reference"))
    assert of_binary("wait") == ""


@pytest.mark.parametrize("told", [None, {}, [], "text", {"scenario": "x"}, dict.fromkeys(Identity._fields, 1)])
def test_what_is_no_identity_is_none(told: object) -> None:
    assert of_record(told) is None


def test_an_identity_is_read_back_from_its_plain_data() -> None:
    one = identity_of(load("zq3-landing", {}))
    assert of_record(one._asdict()) == one


def test_a_file_that_changes_while_many_are_flown_stops_the_next_flight(tmp_path: Path) -> None:
    scenario, program = files(tmp_path, load_name=shipped_load()), tmp_path / "fsw"
    program.write_bytes(b"one")
    begun = identity_of(scenario, str(program))
    refuse_changed(scenario.model_copy(update={"seed": 5}), str(program), begun)
    files(tmp_path, load_name=shipped_load(), limit=6.0)
    with pytest.raises(ChangedError, match=r"the requirement set file, .* changed since the first flight"):
        refuse_changed(scenario, str(program), begun)
    files(tmp_path, load_name=shipped_load())
    refuse_changed(scenario, str(program), begun)
    program.write_bytes(b"two")
    with pytest.raises(ChangedError, match="the flight program, or a file named in its command"):
        refuse_changed(scenario, str(program), begun)


@pytest.mark.parametrize("broken", ["mine.toml", "base.toml", "set.toml", "load.toml"])
@pytest.mark.parametrize("text", ["[[", "nosuch = 1.0\n", None], ids=["no TOML", "another key", "gone"])
def test_a_file_that_becomes_invalid_or_goes_while_many_are_flown_has_changed(
    broken: str, text: str | None, tmp_path: Path
) -> None:
    scenario = files(tmp_path, load_name=shipped_load())
    begun = identity_of(scenario)
    (tmp_path / broken).unlink()
    if text is not None:
        (tmp_path / broken).write_text(text, encoding="utf-8")
    with pytest.raises(ChangedError, match="changed since the first flight"):
        flown_again(scenario, begun)


def flown_again(scenario: Scenario, begun: Identity) -> None:
    with mistakes_are_changes(scenario, None, begun):
        prepare(scenario, "again")
    refuse_changed(scenario, None, begun)


def test_every_flyer_of_many_takes_such_a_file_for_changed(tmp_path: Path) -> None:
    scenario = files(tmp_path, load_name=shipped_load())
    begun = identity_of(scenario, ECHO_GNC)
    tree = scenario.model_dump(mode="json", exclude_none=True)
    (tmp_path / "mine.toml").write_text("[[", encoding="utf-8")
    campaign = CampaignFlyer(FlightJob(tree, ECHO_GNC, identity=begun))
    hunt, logs = Flyer(HuntJob("requirements", ECHO_GNC, identity=begun)), LogFlyer(ECHO_GNC, begun)
    flights: list[Callable[[], object]] = [
        lambda: list(campaign.fly([CampaignPlace(0, 1, "", {})])),
        lambda: hunt.fly(tree),
        lambda: logs.fly(LogToFly(scenario, tmp_path / "log")),
    ]
    try:
        for fly in flights:
            with pytest.raises(ChangedError, match="changed since the first flight and can no longer be used"):
                fly()
    finally:
        for flyer in (campaign, hunt, logs):
            flyer.close()
