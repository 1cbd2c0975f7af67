"""The example in C lands. Oracles: the requirement set, and the answers of the reference to the same sensors."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import open_fleet
from hoverslam.scenarios.load import load
from tests.acceptance.conftest import Hoverslam
from tests.harness.wire.c_programs import CLIENT, CPP17, STRICT, done, landing, libraries

SEEDS = range(1000, 1010)
"""Of those that docs/evidence/c-example.md reports."""
LOST = {1000}
"""The reference loses it too."""
SOURCES = sorted((CLIENT / "examples" / "landing").glob("*.c"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Built as C99, without a warning."""
    return str(landing(tmp_path_factory.mktemp("landing"), STRICT))


def flights() -> Iterator[Prepared]:
    for seed in SEEDS:
        yield prepare(load("zq3-landing", {"seed": str(seed)}), str(seed))


def test_of_ten_dispersed_flights_it_lands_those_that_the_reference_lands(program: str) -> None:
    with open_fleet(program, most=len(SEEDS)) as fleet:
        flown = {int(prepared.plan.run_id): assess(record, prepared) for prepared, record in fleet.fly_all(flights())}
        assert fleet.losses == []
    assert sorted(flown) == list(SEEDS)
    assert {seed for seed, one in flown.items() if one.verdict is not Verdict.PASS} == LOST


def test_it_answers_as_the_reference_does(program: str, stored: Path, hoverslam: Hoverslam) -> None:
    """Two programs in two languages, each frame of a flight: what differs is how sums are rounded."""
    done = hoverslam("feed", str(stored), "--gnc", program, "--abs", "1e-8", "--json")
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["compared"] > 7000


def test_it_is_a_program_in_cpp_too(tmp_path: Path) -> None:
    for source in SOURCES:
        done(*CPP17, *STRICT, "-fsyntax-only", f"-I{CLIENT}", *libraries("--cflags"), source)
