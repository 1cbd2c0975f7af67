"""The program of docs/first-landing.md lands. Oracle: the requirement set, which knows nothing of the program."""

import sys
from collections.abc import Iterator

from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.program.opening import open_fleet
from hoverslam.scenarios.load import load
from tests.harness.fake_plant import ROOT

SEEDS = (1, 2)
"""Of those it was tuned with: that these land says that nothing broke, not how often it lands."""


def flights() -> Iterator[Prepared]:
    for seed in SEEDS:
        yield prepare(load("zq3-landing", {"seed": str(seed)}), str(seed))


def test_the_first_landing_of_the_docs_lands() -> None:
    program = f"{sys.executable} {ROOT / 'examples' / 'first_landing.py'}"
    with open_fleet(program, most=len(SEEDS)) as fleet:
        flown = {prepared.plan.run_id: assess(record, prepared) for prepared, record in fleet.fly_all(flights())}
    failed = {
        (seed, result.id): result.margin
        for seed, one in flown.items()
        for result in one.results
        if result.status == "fail"
    }
    assert failed == {}
    assert sorted(flown) == [str(seed) for seed in SEEDS]
