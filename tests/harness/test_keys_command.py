"""`hoverslam keys`, and `run --allow --key`. Oracle: the files, and what the options say of each other."""

import json
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.errors import UsageError
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.door import door_of
from hoverslam.harness.program.opening import ByHand, open_debug
from hoverslam.harness.wire.curve import PUBLIC, SECRET, Door, make_pair
from hoverslam.harness.wire.key_files import read_pair, write_pair
from tests.harness.fake_plant import ECHO, ROOT, FakePlant, plan

TCP = "tcp://127.0.0.1:*"


def test_keys_lie_in_the_folder_of_the_user_and_the_secret_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["keys", "fc", "--json"])
    told, folder = json.loads(done.stdout), tmp_path / "hoverslam" / "keys"
    pair = read_pair(folder / "fc.env")
    assert told == {
        "exit_code": 0, "name": "fc", "public_key": pair.public, "pair": str(folder / "fc.env"),
        "public": str(folder / "fc.pub"),
    }  # fmt: skip
    assert stat.S_IMODE((folder / "fc.env").stat().st_mode) == 0o600
    assert pair.secret not in done.output + CliRunner().invoke(app, ["keys", "other"]).output
    again = CliRunner().invoke(app, ["keys", "fc"])
    assert (again.exit_code, read_pair(folder / "fc.env")) == (2, pair)


def test_the_options_make_a_door(tmp_path: Path) -> None:
    own, listed = make_pair(), make_pair()
    key, _ = write_pair(own, tmp_path, "harness")
    _, allow = write_pair(listed, tmp_path / "listed", "fc")
    assert door_of(None, None, None, None) is None
    assert door_of("wait", TCP, key, allow) == Door(own, frozenset({listed.public}))
    assert door_of("./fsw", TCP, key, None) == Door(own)
    for arguments, why in (
        ((None, None, key, None), "--key: keys are used over tcp only; add --listen"),
        (("wait", "ipc:///tmp/x", None, allow), "--allow: keys are used over tcp only; add --listen"),
        (("./fsw", TCP, None, allow), "--allow: for a program that is started by hand .*; add --gnc wait"),
        (("wait", TCP, tmp_path / "none", None), "--key .*none: cannot be read .*; check path"),
        (("wait", TCP, None, tmp_path / "none"), "--allow .*none: cannot be read .*; check path"),
    ):
        with pytest.raises(UsageError, match=why):
            door_of(*arguments)


def test_run_refuses_keys_that_it_cannot_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["run", "--gnc", "wait", "--listen", TCP, "--allow", "nobody.pub"])
    assert done.exit_code == 2
    assert "--allow nobody.pub: cannot be read" in done.output


def test_a_program_with_a_key_of_the_list_flies_and_is_told_to_load_it() -> None:
    ours, own, said = make_pair(), make_pair(), list[str]()
    running: list[subprocess.Popen[bytes]] = []

    def start(variables: Mapping[str, str]) -> None:
        ByHand(said.append).announce(variables)
        mine = {PUBLIC: ours.public, SECRET: ours.secret, "PYTHONPATH": str(ROOT)}
        running.append(subprocess.Popen(ECHO, env={**os.environ, **variables, **mine}))

    door = Door(own, frozenset({ours.public}))
    with open_debug("wait", TCP, door, listeners=Listeners(announce=start)) as flights:
        record = flights.fly(FakePlant(30), plan(), last=True)
    assert (record.outcome, running[0].wait(20.0)) == ("at_rest", 0)
    assert any(own.public in line for line in said)
    assert said[-1].endswith("of which the public key is on the list:  . NAME.env")
    assert not any(secret in line for line in said for secret in (ours.secret, own.secret))
