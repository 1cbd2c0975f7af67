"""The flights among which a hunt searches. Oracles: the vehicle file by hand, the schema, the plant that is built."""

import json

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from hoverslam.harness.fly.prepare import prepare
from hoverslam.scenarios.fault_grid import MOMENTS, FaultPoint
from hoverslam.scenarios.faults import disagreements
from hoverslam.scenarios.limits import STEP_SIGMA, Limits, read_limits
from hoverslam.scenarios.link_kinds import ALL_KINDS
from hoverslam.scenarios.load import ScenarioError, load, shipped
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.space import Case, Space
from hoverslam.scenarios.strategies import cases, scenarios

LANDING = load("zq3-landing")
MANY = Space(load("zq3-landing", {"strings.count": "3"}), Limits(faults=3, off_nominal=6))
# zq3-landing disperses every key; engines that can be lit: 0, 1, 3, 5, 7
SCALARS, ENGINES, VECTORS, BY_ALTITUDE = 10, 3 * 5, 2 + 3 * 3, 2 + 1 + 3
FAULTY = FaultPoint("engine_no_light", 1)


def test_every_number_that_is_dispersed_is_an_axis() -> None:
    assert len(MANY.axes) == SCALARS - 1 + ENGINES + VECTORS + BY_ALTITUDE
    assert {axis.most for axis in MANY.axes} == {12}, "three sigma in quarters"
    still = Space(LANDING.model_copy(update={"dispersions": LANDING.dispersions.model_copy(update={"isp": 0.0})}))
    assert {axis.label for axis in MANY.axes} - {axis.label for axis in still.axes} == {"isp"}


def test_engines_that_cannot_be_lit_do_not_fail() -> None:
    engines = {target for kind, target in MANY.strata if ALL_KINDS[kind].target == "engine"}
    assert engines == {0, 1, 3, 5, 7}
    assert {kind for kind, _ in MANY.strata} == set(ALL_KINDS), (
        "every kind can befall this stage, its link and its computers"
    )


def test_the_nominal_case_is_nominal() -> None:
    tree = MANY.tree(Case())
    assert tree == {"drawn": {"rest": "nominal"}, "faults": []}


def test_a_case_says_what_it_says_in_sigmas() -> None:
    case = MANY.case([FAULTY], {"wind_mps.1": -8, "dead_time_s.3": 2, "isp": 12, "plume": 6, "dry_mass": 0})
    drawn = {"rest": "nominal", "isp": 3.0, "dead_time_s": [0.0, 0.0, 0.0, 0.5], "plume": 0.5, "wind_mps": [0.0, -2.0]}
    assert MANY.tree(case)["drawn"] == drawn
    assert MANY.tree(case)["faults"] == [{"kind": "engine_no_light", "target": 1, "at": "0 s"}]
    assert [label for label, _ in case.steps] == ["isp", "dead_time_s.3", "plume", "wind_mps.1"], "as in the schema"
    assert STEP_SIGMA == 0.25


@pytest.mark.parametrize(
    ("kind", "target", "step", "name", "value"),
    [
        ("engine_low_thrust", 1, 4, "loss", 0.9),  # default 0.25, from 0.01 to 0.9
        ("engine_low_thrust", 1, -4, "loss", 0.01),
        ("engine_low_thrust", 1, 2, "loss", 0.575),
        ("engine_no_light", 1, 1, "attempts", 3.0),  # a count
        ("link_drop", "sensors", -4, "share", 0.001),
        ("deadline_missed", 0, 2, "frames", 100.0),  # default 1, to 200: a count
        ("sensor_bias", "gnss", 4, "bias", 50.0),
        ("sensor_bias", "gnss", -2, "bias", -25.0),
        ("sensor_noisy", "gnss", -2, "sigma", 25.0),
        ("sensor_drift", "gnss", 4, "per_s", 5.0),
    ],
)
def test_numbers_of_a_fault_go_from_its_default_to_a_limit(
    kind: str, target: int | str, step: int, name: str, value: float
) -> None:
    tree = MANY.fault(FaultPoint(kind, target, 1, 0, (step,)))
    assert tree is not None
    assert tree["numbers"] == {name: pytest.approx(value)}


@settings(max_examples=40)
@given(cases(MANY))
def test_every_case_can_be_flown_and_none_clashes(case: Case) -> None:
    scenario = MANY.build(case)
    assert len(scenario.faults) == len(case.faults) <= 3
    assert len(case.steps) <= 6
    assert not disagreements(scenario.faults)
    assert prepare(scenario, "test").plant.outcome is None
    assert Case.from_key(case.key) == case


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_so_can_uniform_cases(seed: int) -> None:
    case = MANY.random(np.random.default_rng(seed))
    assert prepare(MANY.build(case), "test").plant.outcome is None


def test_the_scenarios_own_faults_and_outcomes_stay() -> None:
    base = load("zq3-engine-lost", {"drawn": "{isp = 1.0}"})
    space = Space(base)
    tree = space.tree(space.case([FaultPoint("engine_shutdown", 5)], {"axial_force": 4}))
    assert "isp" not in {axis.label for axis in space.axes}
    assert tree["drawn"] == {"rest": "nominal", "isp": 1.0, "axial_force": 1.0}
    assert [fault["target"] for fault in tree["faults"]] == [5], "engine 5 is lost already: once is enough"


FEW = Space(
    LANDING,
    Limits(
        faults=3, off_nominal=4, dispersions=("wind_mps", "dry_mass", "axial_force", "plume"),
        kinds=("engine_no_light", "sensor_silent", "sensor_bias", "fin_stuck"),
    ),
)  # fmt: skip


def shrunk(predicate: object) -> Case:
    quiet = settings(database=None, max_examples=2000, derandomize=True)
    return find(cases(FEW), predicate, settings=quiet)  # type: ignore[arg-type]  # hypothesis knows it by its own types


def test_shrinks_to_the_one_deviation_that_matters_and_no_further_than_it_must() -> None:
    assert shrunk(lambda case: dict(case.steps).get("wind_mps.0", 0) >= 7) == Case((), (("wind_mps.0", 7),))
    assert shrunk(lambda case: dict(case.steps).get("dry_mass", 0) <= -3) == Case((), (("dry_mass", -3),))


def test_shrinks_to_the_one_fault_that_matters_in_its_plainest_form() -> None:
    found = shrunk(lambda case: any(fault.kind == "sensor_silent" for fault in case.faults))
    assert found.steps == ()
    (fault,) = found.faults
    assert (fault.moment, fault.lasts, MOMENTS[fault.moment]) == (0, 0, "landing_ignition")


def test_shrinks_to_no_fault_where_it_can_do_without() -> None:
    bad = shrunk(lambda case: sum(abs(n) for _, n in case.steps) >= 5 * (1 + len(case.faults)))
    assert not bad.faults
    assert [abs(n) for _, n in bad.steps] == [5]


@settings(max_examples=10)
@given(scenarios("zq3-landing", Limits(faults=0, off_nominal=2, dispersions=("wind_mps", "isp"))))
def test_limits_hold(scenario: Scenario) -> None:
    told = scenario.drawn.model_dump(exclude_none=True)
    assert set(told) <= {"rest", "wind_mps", "isp"}
    assert not scenario.faults


@pytest.mark.parametrize("name", shipped(folder="hunts"))
def test_shipped_strategies_can_be_read(name: str) -> None:
    limits = read_limits(name)
    assert Space(LANDING, limits).axes
    assert limits.description


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults = 9", "faults = 9"),
        ("faults = ", "not valid TOML"),
        ('kinds = ["engine_sings"]', "no 'engine_sings'; known: engine_no_light"),
        ('dispersions = ["rest"]', "no 'rest'"),
        ("speed = 1", "speed = 1"),
    ],
)
def test_a_strategy_that_cannot_be_used_says_why(text: str, said: str, tmp_path: object) -> None:
    path = f"{tmp_path}/mine.toml"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  the path is a text here
        file.write(text)
    with pytest.raises(ScenarioError) as refused:
        read_limits(path)
    assert said in str(refused.value)


def test_an_unknown_strategy_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="everything, ignition-timing, relight"):
        read_limits("all")


def test_nothing_to_search_is_refused() -> None:
    calm = load("zq3-landing").model_dump(mode="json", exclude_none=True) | {"dispersions": {}}
    with pytest.raises(ScenarioError, match="nothing to search"):
        Space(Scenario.model_validate(calm), Limits(faults=0))


def test_a_key_is_plain_json() -> None:
    case = MANY.case([FAULTY], {"isp": 1})
    assert json.loads(case.key) == [[["engine_no_light", 1, 0, 0, []]], [["isp", 1]]]
