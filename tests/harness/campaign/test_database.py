"""A campaign's database under attack. Oracles: what was put in, a twin that was not damaged, the files in a folder."""

import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hoverslam.harness.campaign import database
from hoverslam.harness.campaign.database import StoreError
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.store import DATABASE, Store
from hoverslam.harness.cli import app
from tests.harness.campaign.damage import damages
from tests.harness.campaign.rows import ABOUT, about, made

FLIGHTS = 40
SEEDED_DAMAGES = 60
SAYS = "import sys; sys.stdout.write('held\\n'); sys.stdout.flush(); sys.stdin.read()"


def filled(folder: Path, count: int = FLIGHTS) -> Path:
    with Store.create(folder, ABOUT) as store:
        for place in range(count):
            store.add(made(place, fails=("R-21",) if place % 7 == 0 else ()), 0.5, "0")
    return folder


def test_no_random_damage_is_read_as_other_flights(tmp_path: Path) -> None:
    """The large twin of this is in `make evidence ARGS=damage`."""
    outcomes = damages(tmp_path, random.Random(7), SEEDED_DAMAGES)
    assert sum(outcomes.values()) == SEEDED_DAMAGES
    assert not outcomes["read as others"]
    assert not outcomes["traceback"]
    assert outcomes["refused"] > SEEDED_DAMAGES / 2, "a check that refuses nothing would also pass"


def changed(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    with connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("sql", "said", "saved"),
    [
        ("UPDATE flights SET verdict = 'PASS' WHERE place = 7", "flight 7 was changed after it was written", 39),
        ("UPDATE flights SET miss_m = NULL WHERE place = 7", "flight 7 was changed after it was written", 39),
        ("DELETE FROM flights WHERE place = 7", "it contains 39 flights of 40 written", 39),
        ("UPDATE seal SET total = total + 1", "40 flights of 40", 40),
        ("DROP TABLE costs", "its tables are not those of a campaign", 40),
        ("UPDATE about SET value = '{}' WHERE key = 'base'", "its description of the campaign ('base')", None),
        ("DELETE FROM about WHERE key = 'identity'", "its identity is missing", None),
    ],
)
def test_what_was_changed_in_it_is_named_with_what_can_be_saved(
    tmp_path: Path, sql: str, said: str, saved: int | None
) -> None:
    changed(filled(tmp_path / "a"), sql)
    for arguments in (("report", str(tmp_path / "a")), ("run", "--from", f"{tmp_path / 'a'}:3")):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2, done.output
        assert said in done.stderr
        assert ("nothing can be recovered" in done.stderr) == (saved is None)
        assert saved is None or f"{saved} flights are undamaged: `hoverslam salvage" in done.stderr
    with pytest.raises(StoreError, match=r"salvage|nothing can be recovered"):
        Store.resume(tmp_path / "a", ABOUT)


def test_what_is_salvaged_is_what_was_written_and_can_be_gone_on_with(tmp_path: Path) -> None:
    whole = rows(filled(tmp_path / "a"))
    changed(tmp_path / "a", "UPDATE flights SET hash = 'other' WHERE place IN (3, 20)")
    before = (tmp_path / "a" / DATABASE).read_bytes()
    done = CliRunner().invoke(app, ["salvage", str(tmp_path / "a"), "--out", str(tmp_path / "b")])
    assert (done.exit_code, "38 flights" in done.stdout) == (0, True), done.output
    assert rows(tmp_path / "b") == [row for row in whole if row.place not in {3, 20}]
    assert (tmp_path / "a" / DATABASE).read_bytes() == before
    with Store.resume(tmp_path / "b", ABOUT) as store:
        for row in whole:
            store.add(row, 0.5, "0")
        assert list(store.rows()) == whole


def rows(folder: Path) -> list[Row]:
    with Store.read(folder) as store:
        return list(store.rows())


def entries(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_reading_leaves_the_folder_as_it_was_and_needs_no_right_to_write(tmp_path: Path) -> None:
    filled(tmp_path)
    before = entries(tmp_path)
    for path in (*tmp_path.iterdir(), tmp_path):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert len(rows(tmp_path)) == FLIGHTS
        done = CliRunner().invoke(app, ["compare", str(tmp_path), str(tmp_path)])
        assert done.exit_code == 0, done.output
    finally:
        tmp_path.chmod(0o755)
    assert entries(tmp_path) == before


@pytest.mark.parametrize("with_index", [True, False])
def test_a_database_whose_writer_was_killed_is_read_with_its_log_and_left_as_it_is(
    tmp_path: Path, *, with_index: bool
) -> None:
    kills_itself = (
        "import os, sys; from pathlib import Path; from tests.harness.campaign.test_database import *\n"
        "store = Store.create(Path(sys.argv[1]), ABOUT)\n"
        "for place in range(FLIGHTS): store.add(made(place), 0.5, '0')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", kills_itself, str(tmp_path)], cwd=root, check=False)
    assert done.returncode == -9
    assert (tmp_path / f"{DATABASE}-wal").stat().st_size > 0
    if not with_index:
        (tmp_path / f"{DATABASE}-shm").unlink()
    names, database_before = sorted(entries(tmp_path)), (tmp_path / DATABASE).read_bytes()
    assert [row.place for row in rows(tmp_path)] == list(range(FLIGHTS))
    assert (sorted(entries(tmp_path)), (tmp_path / DATABASE).read_bytes()) == (names, database_before)
    with Store.resume(tmp_path, ABOUT) as store:
        assert len(store.places()) == FLIGHTS


@pytest.mark.parametrize("command", ["report", "resume"])
def test_the_database_of_another_program_is_refused_and_not_touched(tmp_path: Path, command: str) -> None:
    path = tmp_path / DATABASE
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE precious (x)")
        connection.execute("INSERT INTO precious VALUES (1)")
    connection.close()
    before = path.read_bytes()
    if command == "report":
        done = CliRunner().invoke(app, ["report", str(path)])
        assert (done.exit_code, "is not marked as a campaign database" in done.stderr) == (2, True)
    else:
        with pytest.raises(StoreError, match="is not marked as a campaign database"):
            Store.resume(tmp_path, ABOUT)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*-wal")) + list(tmp_path.glob("*-shm"))


def test_a_database_of_another_schema_is_named_with_both(tmp_path: Path) -> None:
    changed(filled(tmp_path), "PRAGMA user_version = 7")
    with pytest.raises(StoreError, match="has schema 7, this version reads 2; read it with the version that wrote it"):
        Store.read(tmp_path)


class Holder:
    """Another process that holds the database locked until it is told to let go."""

    def __init__(self, path: Path) -> None:
        holds = (
            "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1], isolation_level=None); "
            f"connection.execute('BEGIN IMMEDIATE'); {SAYS}"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", holds, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        self.process.communicate(timeout=60.0)


def test_a_locked_database_is_waited_for_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TRY_S", 0.01)
    filled(tmp_path)
    said: list[str] = []
    holder = Holder(tmp_path / DATABASE)

    def hears(text: str) -> None:
        said.append(text)
        holder.let_go()

    with Store.resume(tmp_path, ABOUT, hears) as store:
        store.add(made(FLIGHTS), 0.5, "0")
        assert FLIGHTS in store.places()
    assert len(said) == 1
    assert "locked by another process; waiting up to" in said[0]


def test_a_database_that_stays_locked_ends_with_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TRY_S", 0.01)
    monkeypatch.setattr(database, "LOCKED_S", 0.0)
    filled(tmp_path)
    holder = Holder(tmp_path / DATABASE)
    with pytest.raises(StoreError, match="resume with --resume; completed flights are safe"):
        Store.resume(tmp_path, ABOUT).add(made(FLIGHTS), 0.5, "0")
    holder.let_go()


@pytest.mark.parametrize("part", ["scenario", "vehicle", "load", "requirements", "plant", "judge", "command", "binary"])
def test_a_campaign_of_which_one_part_is_another_is_not_gone_on_with(tmp_path: Path, part: str) -> None:
    filled(tmp_path)
    with pytest.raises(StoreError, match=r"has changed.*; use the same inputs as before, or give another --out"):
        Store.resume(tmp_path, about(**{part: "other"}))
    assert len(rows(tmp_path)) == FLIGHTS


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"campaign": {**ABOUT["campaign"], "sound": ["x"]}}, "campaign.sound"),
        ({"campaign": {**ABOUT["campaign"], "flights": 0}}, "campaign.flights"),
        ({"campaign": []}, "campaign"),
        ({"base": [1]}, "base"),
        ({"base": {"name": {}}}, "base.name"),
        ({"base": {"requirements": {"set": 3}}}, "base.requirements.set"),
        ({"identity": {"plant": 1}}, "identity.plant"),
        ({"gnc": ["./fsw"]}, "gnc"),
        ({"plant": None}, "plant"),
    ],
)
def test_one_that_says_of_itself_what_none_says_is_a_mistake_of_its_place(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    """Its checksums fit: somebody made it."""
    with Store.create(tmp_path / "made", {**ABOUT, **wrong}) as store:
        store.add(made(0), 0.5, "0")
    here = str(tmp_path / "made")
    for words in (["report", here], ["run", "--from", f"{here}:0"], ["compare", here, here]):
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"its description of the campaign: {said}" in " ".join(done.stderr.split())


def test_a_copy_elsewhere_says_the_same(tmp_path: Path) -> None:
    shutil.copytree(filled(tmp_path / "a"), tmp_path / "b ?#% c")
    assert rows(tmp_path / "b ?#% c") == rows(tmp_path / "a")
