"""The coverage-guided fuzzer without its engine. Oracle: shipped files and golden frames, which are good or refused."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hoverslam.plant import extends, toml_file
from hoverslam.plant.vehicle import VehicleError, load_vehicle
from hoverslam.scenarios import load
from tests.evidence import coverage_fuzz
from tests.evidence.coverage_fuzz import COLUMNS, figures, report
from tests.evidence.fuzz_files import BytesAsChance, edited, let_go
from tests.evidence.fuzz_targets import TARGETS
from tests.evidence.fuzzed import reached
from tests.evidence.made_files import leaves
from tests.evidence.tables import ROOT, resumed

SAID = """#100000 DONE   cov: 221 ft: 465 corp: 111/39Kb lim: 2048 exec/s: 375 rss: 82Mb
stat::number_of_executed_units: 100000
stat::slowest_unit_time_sec:    0
stat::peak_rss_mb:              84
"""
RAISED = """ === Uncaught Python exception: ===
ZeroDivisionError: float division by zero
Traceback (most recent call last):
==1== ERROR: libFuzzer: fuzz target exited
"""
MOST = 24
"""Seeds of a target that are fed here."""


@pytest.fixture
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a feed puts in place of the parser is taken out again, and its folder is removed."""
    for module, name in ((extends, "parsed"), (load, "parsed"), (load, "shipped"), (extends, "copied")):
        monkeypatch.setattr(module, name, getattr(module, name))
    toml_file.parsed.cache_clear()  # what was read before would not be read again
    yield
    let_go()


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_read_or_refused_and_reach_what_the_target_is_about(target: str, tmp_path: Path) -> None:
    seeds = TARGETS[target].seeds()
    for name, data in list(seeds.items())[:MOST]:
        assert len(data) <= TARGETS[target].longest
        (tmp_path / name).write_bytes(data)
    modules = reached(TARGETS[target], tmp_path)
    lines, of = (sum(counts) for counts in zip(*modules.values(), strict=True))
    assert 0.25 * of < lines <= of, modules


def test_only_rows_of_a_target_whose_sources_changed_are_made_again(tmp_path: Path) -> None:
    made: list[str] = []

    def make(target: str, _number: int) -> dict[str, Any]:
        made.append(target)
        return {"target": target, "batch": 0}

    def rows_of(sources: dict[str, str]) -> list[str]:
        made.clear()
        rows = resumed(tmp_path / "t.csv", COLUMNS, [(one, 0) for one in sources], make, 1.0, sources.__getitem__)
        assert {row["target"]: row["sources"] for row in rows} == sources
        return made

    assert rows_of({"wire": "a", "vehicle": "a"}) == ["wire", "vehicle"]
    assert rows_of({"wire": "a", "vehicle": "b"}) == ["vehicle"]


def test_what_a_target_is_made_of_are_its_modules_and_its_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, set[str]] = {}
    texts: dict[str, str] = {}

    def seen(paths: Iterable[Path], more: str) -> str:
        files[target], texts[target] = {str(path.relative_to(ROOT)) for path in paths}, more
        return "a"

    monkeypatch.setattr(coverage_fuzz, "digest_of", seen)
    for target in ("wire, from the program", "vehicle, text"):
        coverage_fuzz.sources.__wrapped__(target)
    assert {"requirements.lock", "harness/wire/codec.py"} <= files["wire, from the program"]
    assert {"requirements.lock", "plant/vehicle.py", "plant/vehicles/f9_b5.toml"} <= files["vehicle, text"]
    assert "actuators" in texts["wire, from the program"]
    assert "tank" in texts["vehicle, text"]
    assert "plant/vehicle.py" not in files["wire, from the program"]


def test_an_input_decides_what_is_changed_and_where() -> None:
    tree = {"a": {"b": 1.0, "c": [2.0, 3.0]}, "d": "text"}
    places = leaves(tree)
    made = {json.dumps(edited(tree, places, BytesAsChance(bytes([place, 0, way]) + b"\x05hello" * 3)), default=str)
            for place in range(4) for way in range(12)}  # fmt: skip
    assert len(made) > 20
    assert edited(tree, places, BytesAsChance(b"")) == tree == {"a": {"b": 1.0, "c": [2.0, 3.0]}, "d": "text"}


def test_bytes_are_the_random_numbers_then_zeros() -> None:
    chance = BytesAsChance(bytes([7, 1, 0xFF, 0xFF, 0xFF, 0xFF]))
    assert (chance.getrandbits(8), chance.getrandbits(4), chance.random() > 0.999) == (7, 1, True)
    assert (chance.random(), chance.getrandbits(64), len(chance.left)) == (0.0, 0, 0)


def test_what_the_engine_tells_is_counted_and_what_was_raised_is_bad() -> None:
    fine = figures(0, SAID)
    assert (fine["executions"], fine["bad"], fine["edges"], fine["kept"]) == (100_000, 0, "221", "111")
    bad = figures(77, RAISED + SAID)
    assert (bad["bad"], bad["why"]) == (1, "ZeroDivisionError: float division by zero")
    assert figures(1, "killed")["bad"] == 1


def test_a_target_is_a_line_with_all_of_its_batches() -> None:
    def row(**changed: Any) -> dict[str, Any]:
        told = {"target": "vehicle, tree", "executions": 1500, "bad": 0, "edges": 7, "kept": 5, "lines": 30, "of": 40}
        return dict.fromkeys(COLUMNS, "0") | told | {"rss_mb": 90} | changed

    page = list(report([row(), row(bad=1, lines=32, slowest_s=2)]))
    assert "| vehicle, tree | 3,000 | 1 | 7 | 5 | 32 of 40 (80 %) | 90 MiB | 2 s |" in page


@pytest.mark.parametrize("radius", ["7.8e-315", "0.0", "1e-170", "nan"])
def test_a_tank_as_thin_as_nothing_is_refused_by_its_range(tmp_path: Path, radius: str) -> None:
    """Its length was computed, with a division by zero, before its radius was looked at."""
    (tmp_path / "made.toml").write_text(f'extends = "zq3_y1"\n[lch4]\nradius_m = {radius}\n')
    with pytest.raises(VehicleError, match=r"lch4\.radius_m"):
        load_vehicle(str(tmp_path / "made.toml"))


@pytest.mark.parametrize("said", ["[{}]", "[[[0.0, 0.0]], [0]]", "1.0", '"nine"'])
def test_a_table_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    """A list was read as the values of the table in their order, and a table in it ended in a traceback."""
    (tmp_path / "made.toml").write_text(f'extends = "zq3_y1"\ncluster = {said}\n')
    with pytest.raises(VehicleError, match=r"made\.toml: cluster: must be a table; write \[cluster\] and its keys"):
        load_vehicle(str(tmp_path / "made.toml"))
