"""The hunt without flights: a formula stands in for them, so that what is to be found, and how small, is known."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.commands.hunt import HuntRequest, closing
from hoverslam.harness.errors import UsageError
from hoverslam.harness.hunt.engine import Hunt, HuntState, SearchPlan
from hoverslam.harness.hunt.flyer import HuntFlown
from hoverslam.harness.hunt.ledger import LEDGER_FILE, Ledger
from hoverslam.harness.hunt.methods import METHODS, decode, encode, most_at_once
from hoverslam.harness.hunt.shrink import Shrunk
from hoverslam.scenarios.fault_grid import FaultPoint
from hoverslam.scenarios.limits import Limits
from hoverslam.scenarios.load import load
from hoverslam.scenarios.space import Case, Space
from tests.harness.campaign.damage import damaged
from tests.harness.hunt.model import ModelCrew, Tree, flown, windy

SPACE = Space(load("zq3-landing"), Limits(faults=1, off_nominal=4))
WINDS = Space(load("zq3-landing"), Limits(faults=0, off_nominal=3))
WINDS_STEP_SIGMA = 0.25
ABOUT = {"hunt": 1, "gnc": None}


def hunted(crew: Any, folder: Path, plan: SearchPlan, space: Space = SPACE, *, resume: bool = False) -> HuntState:
    return Hunt(space, crew, Ledger(folder, ABOUT, resume=resume), plan).run()


def breaks_in_wind(tree: Tree) -> dict[str, float]:
    """Broken from 2 sigma of east wind on; the rest makes it a little better or worse, as flights do."""
    others = sum(abs(x) for key, x in tree["drawn"].items() if isinstance(x, float))
    return {"R-21": 0.2 - 0.1 * windy(tree) - 0.001 * others}


@pytest.mark.parametrize("method", METHODS)
def test_finds_what_breaks_and_shrinks_it_to_what_matters(method: str, tmp_path: Path) -> None:
    state = hunted(ModelCrew(breaks_in_wind), tmp_path, SearchPlan(method, 3, 1000, first=True), WINDS)
    (failure,) = state.failures.values()
    assert failure.margin.id == "R-21"
    assert len(failure.case.steps) <= 2, "wind alone needs one step more than wind with a little of something else"
    assert dict(failure.case.steps)["wind_mps.0"] in (8, 9)
    assert not failure.case.faults


def gnss_is_silent(tree: Tree) -> dict[str, float]:
    return {
        "R-28": -0.5 if any(f["kind"] == "sensor_silent" and f["target"] == "gnss" for f in tree["faults"]) else 0.5
    }


def test_the_sweep_finds_any_single_fault_within_one_round(tmp_path: Path) -> None:
    state = hunted(ModelCrew(gnss_is_silent), tmp_path, SearchPlan("cmaes", 1, 1000, first=True))
    failure = state.failures["R-28"]
    assert failure.first_flight <= 1 + 2 * 21 + len(SPACE.strata), (
        "nominal, corners by turns with faults, every stratum"
    )
    assert failure.case == Case((FaultPoint("sensor_silent", "gnss", 0, 0, ()),), ())


@pytest.mark.parametrize("method", METHODS)
def test_a_method_asks_for_no_more_at_a_time_than_workers_are_started_for(method: str, tmp_path: Path) -> None:
    class Noting(ModelCrew):
        most = 0

        def fly(self, trees: Sequence[Tree]) -> list[HuntFlown]:
            self.most = max(self.most, len(trees))
            return super().fly(trees)

    crew = Noting(lambda tree: {"R-21": 1.0 - 0.01 * windy(tree)})
    hunted(crew, tmp_path, SearchPlan(method, 3, 200), WINDS)
    assert crew.most == most_at_once(method, WINDS)


def test_flights_that_were_flown_again_are_counted_and_told(tmp_path: Path) -> None:
    class Lossy(ModelCrew):
        def fly(self, trees: Sequence[Tree]) -> list[HuntFlown]:
            return [one._replace(again=self.flights == 1) for one in super().fly(trees)]

    plan = SearchPlan("hypothesis", 0, 5)  # it flies one at a time, of which the first counts
    state = hunted(Lossy(lambda _: {"R-21": 1.0}), tmp_path, plan, WINDS)
    assert (state.flown, state.flown_again) == (5, 1)
    assert "5 flights by hypothesis, 1 flown again" in closing(
        HuntRequest(method="hypothesis"), state, [], [], tmp_path
    )


def test_one_failure_does_not_hide_another(tmp_path: Path) -> None:
    def two(tree: Tree) -> dict[str, float]:
        return {"R-21": -0.9 if windy(tree) > 0.0 else 0.1, "R-18": 0.3 - 0.12 * windy(tree)}

    state = hunted(ModelCrew(two), tmp_path, SearchPlan("random", 0, 600), WINDS)
    assert set(state.failures) == {"R-21", "R-18"}
    assert dict(state.failures["R-21"].case.steps) == {"wind_mps.0": 1}
    assert dict(state.failures["R-18"].case.steps) == {"wind_mps.0": 11}, "2.5 sigma is the limit itself, which holds"


def test_what_breaks_only_while_another_is_shrunk_is_found_too(tmp_path: Path) -> None:
    """The first flight that breaks anything ends the search; on the way to the smallest, less wind breaks the other."""

    def two(tree: Tree) -> dict[str, float]:
        return {"R-21": 0.2 - 0.1 * windy(tree), "R-18": -0.5 if 0.0 < windy(tree) < 1.5 else 0.5}

    state = hunted(ModelCrew(two), tmp_path, SearchPlan("random", 5, 600, first=True), WINDS)
    assert list(state.failures) == ["R-21", "R-18"]
    assert 2.0 < WINDS_STEP_SIGMA * dict(state.failures["R-21"].case.steps)["wind_mps.0"] <= 2.25
    assert dict(state.failures["R-18"].case.steps) == {"wind_mps.0": 1}


def test_the_budget_is_kept_and_shrinking_has_its_own(tmp_path: Path) -> None:
    crew = ModelCrew(breaks_in_wind)
    state = hunted(crew, tmp_path, SearchPlan("random", 0, 400, shrink=2), WINDS)
    assert state.flights == 400
    assert state.shrink_flights <= 2 * len(state.failures)
    assert crew.flights == state.flights + state.shrink_flights == state.flown


def test_nothing_is_found_where_everything_holds(tmp_path: Path) -> None:
    state = hunted(ModelCrew(lambda _: {"R-18": 0.5}), tmp_path, SearchPlan("cmaes", 0, 60))
    assert not state.failures
    assert state.least == (0.5, "R-18")


def test_what_the_baseline_breaks_too_is_not_held_against_the_program(tmp_path: Path) -> None:
    class Excusing(ModelCrew):
        def fly(self, trees: Any) -> list[HuntFlown]:
            self.flights += len(trees)
            return [flown({"R-18": -1.0}, excused=windy(tree) < 2.0) for tree in trees]

    state = hunted(Excusing(breaks_in_wind), tmp_path, SearchPlan("random", 0, 500, first=True), WINDS)
    assert dict(state.failures["R-18"].case.steps)["wind_mps.0"] == 8
    assert state.excused > 0


def test_a_space_that_is_exhausted_ends_the_search(tmp_path: Path) -> None:
    tiny = Space(load("zq3-landing"), Limits(faults=0, off_nominal=1, sigma=0.25, dispersions=("isp",)))
    crew = ModelCrew(lambda _: {"R-18": 0.5})
    for method in METHODS:
        assert hunted(crew, tmp_path / method, SearchPlan(method, 0, 300), tiny).flights == 3, method


class Killed(BaseException):
    """A power cut."""


class Mortal(ModelCrew):
    """Dies in the middle."""

    def __init__(self, after: int) -> None:
        super().__init__(breaks_in_wind)
        self.after = after

    def fly(self, trees: Any) -> list[HuntFlown]:
        if self.flights >= self.after:
            raise Killed
        return super().fly(trees)


@pytest.mark.parametrize("method", METHODS)
def test_a_killed_hunt_goes_on_as_if_nothing_had_happened(method: str, tmp_path: Path) -> None:
    plan = SearchPlan(method, 5, 150)
    whole = hunted(ModelCrew(breaks_in_wind), tmp_path / "whole", plan, WINDS)
    with pytest.raises(Killed):
        hunted(Mortal(61), tmp_path / "killed", plan, WINDS)
    with (tmp_path / "killed" / LEDGER_FILE).open("a") as file:
        file.write('["half a li')
    crew = ModelCrew(breaks_in_wind)
    rest = hunted(crew, tmp_path / "killed", plan, WINDS, resume=True)
    assert rest.flights == whole.flights
    assert {k: v.case for k, v in rest.failures.items()} == {k: v.case for k, v in whole.failures.items()}
    assert 0 < crew.flights <= whole.flown - 61
    lines = [(tmp_path / name / LEDGER_FILE).read_text() for name in ("whole", "killed")]
    assert lines[0] == lines[1]


def test_what_no_flight_was_left_for_is_not_read_from_a_ledger_that_knows_it(tmp_path: Path) -> None:
    """Or a hunt that is gone on with would shrink to another case than one that was not killed."""
    hunt = Hunt(WINDS, ModelCrew(breaks_in_wind), Ledger(tmp_path, ABOUT, resume=False), SearchPlan("random"))
    east, more = (WINDS.case([], {"wind_mps.0": steps}) for steps in (9, 10))
    assert [bool(flown.broken) for flown in hunt._fly([east, more], 2)] == [True, True]
    again = Hunt(WINDS, ModelCrew(breaks_in_wind), Ledger(tmp_path, ABOUT, resume=True), SearchPlan("random"))
    assert [flown.outcome for flown in again._fly([east, more], 1)] == ["at_rest", "not flown"]


def test_more_budget_goes_on_where_less_ended(tmp_path: Path) -> None:
    crew = ModelCrew(lambda _: {"R-18": 0.5})
    hunted(crew, tmp_path, SearchPlan("cmaes", 0, 40))
    hunted(crew, tmp_path, SearchPlan("cmaes", 0, 100), resume=True)
    assert crew.flights == 100


def test_a_folder_of_another_hunt_is_not_gone_on_with(tmp_path: Path) -> None:
    Ledger(tmp_path, ABOUT, resume=False)
    with pytest.raises(UsageError, match="contains the flights of a hunt; resume it with --resume"):
        Ledger(tmp_path, ABOUT, resume=False)
    with pytest.raises(UsageError, match="belongs to another hunt \\(gnc has changed\\)"):
        Ledger(tmp_path, {**ABOUT, "gnc": "mine"}, resume=True)
    assert json.loads((tmp_path / LEDGER_FILE).read_text())[1] == ABOUT


def test_no_random_damage_to_a_ledger_is_taken_for_another_flight(tmp_path: Path) -> None:
    hunted(ModelCrew(breaks_in_wind), tmp_path, SearchPlan("random", 1, 40))
    path, rng = tmp_path / LEDGER_FILE, random.Random(3)
    content, whole = path.read_bytes(), Ledger(tmp_path, ABOUT, resume=True)._flown
    refused = 0
    for _ in range(200):
        path.write_bytes(damaged(content, rng))
        try:
            found = Ledger(tmp_path, ABOUT, resume=True)._flown
        except UsageError:
            refused += 1
            continue
        assert found.items() <= whole.items()
    assert refused > 100


def test_a_damaged_line_of_a_ledger_is_named_with_the_flights_that_are_whole(tmp_path: Path) -> None:
    hunted(ModelCrew(breaks_in_wind), tmp_path, SearchPlan("random", 1, 20))
    path = tmp_path / LEDGER_FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    other = lines[4].replace("at_rest", "at_rust")
    path.write_text("\n".join([*lines[:4], other, *lines[5:], ""]), encoding="utf-8")
    told = rf":5: was changed after it was written; {len(lines) - 2} other lines can be read"
    with pytest.raises(UsageError, match=told):
        Ledger(tmp_path, ABOUT, resume=True)
    path.write_text("\n".join([*lines[:4], *lines[5:], ""]), encoding="utf-8")
    assert len(Ledger(tmp_path, ABOUT, resume=True)) == len(lines) - 2


def test_a_case_survives_being_made_numbers() -> None:
    case = SPACE.case([FaultPoint("sensor_bias", "gnss", 3, 2, (-3,))], {"isp": -12, "wind_mps.1": 5})
    assert decode(SPACE, encode(SPACE, case), case.faults) == case


def test_three_that_only_together_break_give_way_to_one_that_goes_further(tmp_path: Path) -> None:
    """Broken where the sum of three deviations exceeds 2.9 sigma: three of one sigma, or one of three."""

    def adds_up(tree: dict[str, Any]) -> dict[str, float]:
        drawn = tree["drawn"]
        return {"R-09": 2.9 - sum(float(drawn.get(key, 0.0)) for key in ("isp", "dry_mass", "axial_force"))}

    space = Space(load("zq3-landing"), Limits(faults=0, off_nominal=3, dispersions=("isp", "dry_mass", "axial_force")))
    found = space.case([], {"isp": 4, "dry_mass": 4, "axial_force": 4})
    crew = ModelCrew(adds_up)

    def breaks(cases: Sequence[Case]) -> list[bool]:
        return [bool(one.broken) for one in crew.fly([space.whole_tree(case) for case in cases])]

    shrunk = Shrunk(space, found, breaks)
    assert shrunk.run().steps in {((label, 12),) for label in ("isp", "dry_mass", "axial_force")}
    assert crew.flights < 20


def test_three_that_are_each_needed_give_way_to_one_that_was_not_among_them(tmp_path: Path) -> None:
    """A local minimum: none of the three can be left out, even at its limit; some wind by itself breaks it too."""
    three = ("isp", "dry_mass", "axial_force")

    def judge(tree: dict[str, Any]) -> dict[str, float]:
        together = min(float(tree["drawn"].get(key, 0.0)) for key in three)
        return {"R-09": -0.1 if together >= 1.0 or 1.0 <= windy(tree) <= 2.0 else 0.1}

    space = Space(load("zq3-landing"), Limits(faults=0, off_nominal=4))
    crew = ModelCrew(judge)

    def breaks(cases: Sequence[Case]) -> list[bool]:
        return [bool(one.broken) for one in crew.fly([space.whole_tree(case) for case in cases])]

    found = space.case([], dict.fromkeys(three, 5))
    assert Shrunk(space, found, breaks).run().steps == (("wind_mps.0", 4),)
    in_any_order = crew.flights
    crew.flights = 0
    assert Shrunk(space, found, breaks, [("wind_mps.0", 1)]).run().steps == (("wind_mps.0", 4),)
    assert crew.flights < in_any_order, "the promising ones come first"


def test_what_is_promising_is_what_came_with_little_robustness(tmp_path: Path) -> None:
    hunt = Hunt(WINDS, ModelCrew(breaks_in_wind), Ledger(tmp_path, ABOUT, resume=False), SearchPlan("random", 1, 200))
    hunt.run()
    order = hunt.promising("R-21")
    assert order[0] == ("wind_mps.0", 1)
    assert order[-1] == ("wind_mps.0", -1)
    assert len(order) == len(set(order)) == 2 * len(WINDS.axes)
