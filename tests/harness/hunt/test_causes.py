"""Findings by cause. Oracle: a formula in the place of flights, so that what is one cause and what are two is known."""

import json
from pathlib import Path

import pytest

from hoverslam.harness.commands.hunt import cause_lines
from hoverslam.harness.hunt.causes import Cause, causes, deviations, words
from hoverslam.harness.hunt.engine import Hunt, SearchPlan
from hoverslam.harness.hunt.flyer import HuntFlown, HuntJob
from hoverslam.harness.hunt.found import Origin, write_found
from hoverslam.harness.hunt.ledger import Ledger
from hoverslam.scenarios.limits import Limits
from hoverslam.scenarios.load import load
from hoverslam.scenarios.space import Space
from tests.harness.hunt.model import ModelCrew, Tree, flown

SPACE = Space(load("zq3-landing"), Limits(faults=1, off_nominal=2, dispersions=("normal_force", "isp")))
THRESHOLDS = {"R-09": 2.5, "R-17": 2.5, "R-18": 2.75, "R-19": 2.75, "R-20": 3.0, "R-21": 3.0, "R-28": 2.5}


def symptoms(tree: Tree) -> dict[str, float]:
    """Seven requirements fall with the normal force low, an eighth with a silent receiver."""
    low = -float(tree["drawn"].get("normal_force", 0.0))
    silent = any((one["kind"], one["target"]) == ("sensor_silent", "gnss") for one in tree["faults"])
    by_force = {name: 0.01 * (limit - low) - 0.001 for name, limit in THRESHOLDS.items()}
    return by_force | {"R-27": -0.5 if silent else 0.5}


@pytest.fixture(scope="module")
def hunted(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Cause], Path]:
    out = tmp_path_factory.mktemp("hunt")
    ledger = Ledger(out, {"hunt": 1}, resume=False)
    state = Hunt(SPACE, ModelCrew(symptoms), ledger, SearchPlan("cmaes", 0, 400)).run()
    assert len(state.failures) == 8
    return causes(list(state.failures.values()), ledger.broken), out


def test_seven_symptoms_of_one_deviation_are_one_cause(hunted: tuple[list[Cause], Path]) -> None:
    found, _ = hunted
    by_words = {words(SPACE, one.case): sorted(each.margin.id for each in one.failures) for one in found}
    assert by_words["normal_force at -3 sigma"] == sorted(THRESHOLDS)
    assert len(found) == 2
    (other,) = (ids for name, ids in by_words.items() if "gnss" in name)
    assert other == ["R-27"]


def test_each_requirement_says_how_far_it_takes(hunted: tuple[list[Cause], Path]) -> None:
    force = next(one for one in hunted[0] if len(one.failures) == 7)
    told = {one.margin.id: deviations(SPACE, one.case) for one in force.failures}
    assert {name: (one.label, -one.amount, one.unit) for name, (one,) in told.items()} == {
        name: ("normal_force", limit, "sigma") for name, limit in THRESHOLDS.items()
    }
    assert {margin.id for margin in force.margins} == set(THRESHOLDS), "the flight that is kept breaks them all"


def test_a_cause_has_one_folder_and_file_and_screen_name_the_deviation(hunted: tuple[list[Cause], Path]) -> None:
    found, out = hunted
    written = [
        write_found(one, SPACE, Origin("zq3-landing", {}, "own"), HuntJob("requirements", None), out) for one in found
    ]
    assert len({one.run_folder for one in written}) == len([one for one in out.iterdir() if one.is_dir()]) == 2
    force = next(one for one in written if len(one.requirements) == 7)
    text = Path(force.scenario).read_text(encoding="utf-8")
    assert text.startswith("# Cause: normal_force at -3 sigma\n")
    assert all(f"# Violates {name} " in text for name in THRESHOLDS)
    assert load(force.scenario).drawn.normal_force == -3.0
    printed = list(cause_lines(force))
    assert printed[0] == "cause: normal_force at -3 sigma"
    assert "7 requirements are violated" in printed[1]
    assert any(line.startswith("    R-18 at normal_force -2.75 sigma, margin ") for line in printed)
    json.dumps(force._asdict(), allow_nan=False)


def test_the_same_number_to_either_side_is_two_causes(tmp_path: Path) -> None:
    def both(tree: Tree) -> dict[str, float]:
        isp = float(tree["drawn"].get("isp", 0.0))
        return {"R-18": 1.9 - isp, "R-21": 1.9 + isp}

    ledger = Ledger(tmp_path, {"hunt": 1}, resume=False)
    state = Hunt(SPACE, ModelCrew(both), ledger, SearchPlan("cmaes", 0, 200)).run()
    found = causes(list(state.failures.values()), ledger.broken)
    assert sorted(words(SPACE, one.case) for one in found) == ["isp at +2 sigma", "isp at -2 sigma"]


def test_a_nominal_flight_that_breaks_something_is_said_to_be_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, {"hunt": 1}, resume=False)
    state = Hunt(SPACE, ModelCrew(lambda _: {"R-18": -0.1, "R-21": -0.2}), ledger, SearchPlan("cmaes", 0, 30)).run()
    (one,) = causes(list(state.failures.values()), ledger.broken)
    assert words(SPACE, one.case) == "no deviation, the nominal flight fails"
    assert len(one.failures) == 2


def test_flights_of_a_search_that_are_bit_equal_are_counted_also_after_it_was_gone_on_with(tmp_path: Path) -> None:
    class Alike(ModelCrew):
        def fly(self, trees: object) -> list[HuntFlown]:
            return [flown({"R-18": 0.5})._replace(hash=str(len(tree["faults"]))) for tree in trees]  # type: ignore[attr-defined]  # trees are plain here

    for resume in (False, True):
        ledger = Ledger(tmp_path, {"hunt": 1}, resume=resume)
        state = Hunt(SPACE, Alike(symptoms), ledger, SearchPlan("random", 0, 50)).run()
        assert (state.flights, state.copies) == (50, 48), "with a fault and without are the only two"
