"""The example in C lands. Oracles: the requirement set, the answers of the reference to the same sensors, and checks of
`conform` that find programs that are wrong in one way (tests/harness/test_conform.py)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.courses import DEFAULT, courses_of
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import open_fleet
from hoverslam.harness.wire.conformance.verdicts import PASSED
from hoverslam.scenarios.load import load
from tests.acceptance.conftest import Hoverslam
from tests.harness.test_conform import SECONDS, TALK, held
from tests.harness.wire.c_programs import CLIENT, CPP17, STRICT, done, landing, libraries

SEEDS = range(1000, 1010)
"""Of those that docs/evidence/c-example.md reports."""
LOST = {1000}
"""The reference loses it too."""
HARD_IN_C = ("again", "other-vehicle", "flipped-bits", "nan-all", "shutdown", "harness-gone", "fleet-together")
"""Checks that memory which is not cleared, a list without bounds, or a socket that blocks would fail."""
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


def test_it_obeys_the_contract(program: str) -> None:
    """Where a program in C goes wrong most easily; all checks: docs/evidence/conform.md."""
    names = [*TALK, *HARD_IN_C]
    results = held([program], courses_of(DEFAULT, SECONDS), names)
    assert {one.name: (one.result, one.told) for one in results if one.result != PASSED} == {}
    assert {one.name for one in results} >= set(names)


def test_it_is_a_program_in_cpp_too(tmp_path: Path) -> None:
    for source in SOURCES:
        done(*CPP17, *STRICT, "-fsyntax-only", f"-I{CLIENT}", *libraries("--cflags"), source)
