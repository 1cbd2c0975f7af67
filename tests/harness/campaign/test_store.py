"""The database of a campaign. Oracles: what was put in, what SQLite's own check says, another process."""

import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.campaign.store import DATABASE, Store, StoreError
from tests.harness.campaign.rows import ABOUT, about, made

ROOT = Path(__file__).parents[3]


def filled(folder: Path, count: int = 3, about: Mapping[str, Any] = ABOUT) -> Path:
    with Store.create(folder, about) as store:
        for place in range(count):
            store.add(made(place), 0.5, "0")
    return folder


def test_what_is_put_in_comes_out(tmp_path: Path) -> None:
    rows = [
        made(place, fails=("R-21",) if place == 1 else (), miss_m=None if place == 2 else 2.0) for place in range(3)
    ]
    with Store.create(tmp_path, ABOUT) as store:
        for row in reversed(rows):
            store.add(row, 0.5, "worker")
        assert list(store.rows()) == rows
        assert store.row(1) == rows[1]
        assert store.verdicts() == {0: (True, f"{0:064x}"), 1: (False, f"{1:064x}"), 2: (True, f"{2:064x}")}
        assert store.wall_s() == [0.5] * 3
        assert {key: store.about[key] for key in ABOUT} == ABOUT


def test_each_flight_is_there_for_others_as_soon_as_it_is_added(tmp_path: Path) -> None:
    with Store.create(tmp_path, ABOUT) as store:
        for place in range(3):
            store.add(made(place), 0.5, "0")
            with Store.read(tmp_path) as reader:
                assert reader.places() == set(range(place + 1))


def test_a_flight_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    with Store.create(tmp_path, ABOUT) as store:
        store.add(made(0), 0.5, "0")
        store.add(made(0, miss_m=99.0), 0.5, "0")
        assert store.row(0).miss_m == 2.0


def test_two_databases_with_the_same_flights_hold_the_same_table(tmp_path: Path) -> None:
    """Whatever the order in which flights came, and what they cost."""
    tables = []
    for name, order in (("one", (0, 1, 2)), ("two", (2, 0, 1))):
        with Store.create(tmp_path / name, ABOUT) as store:
            for place in order:
                store.add(made(place), float(place), name)
        connection = sqlite3.connect(tmp_path / name / DATABASE)
        tables.append(connection.execute("SELECT * FROM flights ORDER BY place").fetchall())
        connection.close()
    assert tables[0] == tables[1]


def test_what_is_cut_is_gone(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    with Store.resume(tmp_path, ABOUT) as store:
        store.cut(2)
        assert (store.places(), len(store.wall_s())) == ({0, 1}, 2)


def test_a_folder_that_holds_a_campaign_is_not_begun_in_again(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(StoreError, match="resume it with --resume"):
        Store.create(tmp_path, ABOUT)
    with Store.resume(tmp_path, ABOUT) as store:
        assert store.places() == {0, 1, 2}


def test_another_campaign_is_not_gone_on_with(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(
        StoreError, match=r"the plant \(.*\) has changed; use the same inputs as before, or give another --out"
    ):
        Store.resume(tmp_path, about(plant="plant-other"))
    with Store.resume(tmp_path, ABOUT) as store:
        assert store.places() == {0, 1, 2}, "nothing was lost by that"


def test_a_campaign_may_go_on_longer_but_a_latin_hypercube_may_not(tmp_path: Path) -> None:
    told: dict[str, Any] = ABOUT["campaign"]
    for name, sampling in (("sobol", "sobol"), ("cube", "latin-hypercube")):
        filled(tmp_path / name, about={**ABOUT, "campaign": {**told, "sampling": sampling}})
    longer = {**told, "sampling": "sobol", "flights": 500}
    with Store.resume(tmp_path / "sobol", {**ABOUT, "campaign": longer}) as store:
        assert (store.places(), store.about["campaign"]["flights"]) == ({0, 1, 2}, 500)
    with pytest.raises(StoreError, match="flights has changed"):
        Store.resume(tmp_path / "cube", {**ABOUT, "campaign": {**longer, "sampling": "latin-hypercube"}})


def test_a_kill_before_anything_was_laid_out_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    with Store.resume(tmp_path, ABOUT) as store:
        assert store.places() == set()


def test_two_do_not_fly_one_campaign_at_a_time(tmp_path: Path) -> None:
    filled(tmp_path)
    holds = (
        "import sys; from pathlib import Path; from hoverslam.harness.campaign.store import Store; "
        "from tests.harness.campaign.rows import ABOUT; store = Store.resume(Path(sys.argv[1]), ABOUT); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="another process is flying this campaign"):
            Store.resume(tmp_path, ABOUT)
        other.kill()
    with Store.resume(tmp_path, ABOUT) as store:
        assert store.places() == {0, 1, 2}, "a killed one holds nothing"


def test_a_full_disk_is_told_and_what_was_committed_is_whole(tmp_path: Path) -> None:
    with Store.create(tmp_path, ABOUT) as store:
        store.add(made(0), 0.5, "0")
        ((pages,),) = store._database.ask("PRAGMA page_count")
        store._database.ask(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StoreError, match="full; free disk space and resume with --resume"):  # noqa: PT012  it is raised by whichever row no longer fits
            for place in range(1, 200):
                store.add(made(place, explanation="x" * 2000), 0.5, "0")
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with Store.resume(tmp_path, ABOUT) as store:
        assert 0 in store.places()
        store.add(made(500), 0.5, "0")
        assert 500 in store.places()


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 40])
def test_what_is_no_database_of_a_campaign_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(StoreError, match="give the folder of a campaign"):
        Store.read(tmp_path)


def test_a_place_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    filled(tmp_path)
    with Store.read(tmp_path) as store, pytest.raises(StoreError, match="no flight 7; the last flight is 2"):
        store.row(7)
    with pytest.raises(StoreError, match="no such database"):
        Store.read(tmp_path / "elsewhere")
