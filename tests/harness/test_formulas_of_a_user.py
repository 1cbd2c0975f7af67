"""A user's own formulas, in a file and nothing else: what they extend, how they are judged, what a mistake says."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hoverslam.harness.fly.summary import RequirementSummary, without_infinities
from hoverslam.harness.judge.requirements import ClauseResult, RequirementSetError, evaluate, load_requirements
from hoverslam.harness.judge.sets import refuse_empty_windows
from hoverslam.harness.signals.samples import FlightTrace, NotThereError
from hoverslam.harness.signals.signals import SIGNALS
from tests.harness.flights import Plan, fly, truth_of, view

HEAD = """
name = "mine"
[[requirement]]
id = "X-1"
title = "Mine"
source = "me"
[[requirement.clause]]
name = "mine"
"""
EXACT = 1e-9
CARRIED = 5e-3


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def judged(tmp_path: Path, clause: str, plan: Plan | None = None, **context: Any) -> ClauseResult:
    """The first clause of a set with this clause, on a flight."""
    requirements = load_requirements(written(tmp_path / "mine.toml", HEAD + clause))
    [result] = evaluate(view(plan, **context), requirements)
    return result.clauses[0]


def test_the_readers_first_formula(tmp_path: Path) -> None:
    """Below 50 m the stage tilts by 1 degree all the way: 4 degrees inside, 1 degree inside the goal."""
    clause = 'formula = "always(altitude_agl_m < 50 implies tilt_deg <= 5)"\nunit = "deg"\ngoal = 2.0'
    found = judged(tmp_path, clause)
    assert (found.status, found.unit, found.comparison, found.limit, found.goal) == ("pass", "deg", "<=", 5.0, 2.0)
    assert found.value == pytest.approx(1.0)
    assert found.margin == pytest.approx(4.0)
    assert found.goal_met is True
    plan = Plan()
    first_below_s = plan.touchdown_s - (
        (math.sqrt(plan.touchdown_mps**2 + 2.0 * plan.deceleration_mps2 * 50.0) - plan.touchdown_mps)
        / plan.deceleration_mps2
    )
    assert found.time_s == pytest.approx(math.ceil(first_below_s / 0.01) * 0.01)


def test_a_limit_that_is_a_signal_is_reported_as_it_stood(tmp_path: Path) -> None:
    """The cone of R-17 said in full has the margin of the short form."""
    found = judged(
        tmp_path, 'formula = "always(powered implies pad_distance_m <= 10 + 0.3 * altitude_agl_m)"\nunit = "m"'
    )
    [cone] = [r for r in evaluate(view(), load_requirements("landing")) if r.id == "R-17"]
    assert found.margin == pytest.approx(cone.margin, abs=EXACT)
    assert found.time_s == cone.time_s
    assert found.limit is not None
    assert found.value is not None
    assert found.limit - found.value == pytest.approx(found.margin, abs=EXACT)


def test_a_violation_says_which_predicate_when_and_by_how_much(tmp_path: Path) -> None:
    found = judged(tmp_path, 'formula = "not(eventually(burn and sink_mps >= 270))"\nunit = "m/s"')
    assert (found.status, found.comparison, found.limit) == ("fail", "<", 270.0)
    assert found.margin == pytest.approx(270.0 - 280.0, abs=0.2)
    assert found.time_s == pytest.approx(6.70)
    assert found.reason == f"mine {found.value:.4g} m/s at 6.70 s, limit < 270 m/s"


def test_a_limit_met_exactly_holds_where_it_may_be_met(tmp_path: Path) -> None:
    """The throttle reserve is 0.82 at both instants. Turned round by not, `<` may be met and `<=` may not."""
    verdicts = {
        text: judged(tmp_path, f'formula = "always(full_thrust implies {text})"').status
        for text in ("k_req <= 0.82", "k_req < 0.82", "not(k_req > 0.82)", "not(k_req >= 0.82)", "0.82 >= k_req")
    }
    assert list(verdicts.values()) == ["pass", "fail", "pass", "fail", "pass"]


def test_something_that_has_to_happen_in_time(tmp_path: Path) -> None:
    """R-10 said with eventually: thrust within 2.4 s of the command; it comes after 0.8 s and a rise."""
    clause = 'formula = "always(rise(engines_commanded >= 1) implies eventually[0:{}](engines_burning >= 3))"'
    assert judged(tmp_path, clause.format(2.4)).status == "pass"
    assert judged(tmp_path, clause.format(0.9)).status == "fail"


def test_a_goal_may_be_a_formula(tmp_path: Path) -> None:
    clause = (
        'formula = "always(burn implies (tilt_deg <= 5 and tilt_deg >= 0))"\nunit = "deg"\n'
        'goal = "always(burn implies tilt_deg <= {})"'
    )
    assert [judged(tmp_path, clause.format(limit)).goal_met for limit in (2.0, 0.5)] == [True, False]
    assert judged(tmp_path, clause.format(2.0)).goal is None


def test_what_never_came_is_not_evaluated_and_what_had_to_come_is_violated(tmp_path: Path) -> None:
    idle = Plan(engines=(), touchdown_mps=90.0)
    never = judged(tmp_path, 'formula = "always(burn implies tilt_deg <= 5)"', idle)
    assert (never.status, never.reason) == ("not_evaluated", "the flight had no phase burn")
    missed = judged(tmp_path, 'formula = "eventually(burn and tilt_deg <= 5)"', idle)
    assert (missed.status, missed.margin, missed.reason) == ("fail", None, "the flight had no phase burn")
    after = judged(tmp_path, 'formula = "eventually[100:200](tilt_deg <= 5)"')
    assert (after.status, after.reason) == ("fail", "no frame met its conditions, so there is no measured value")
    before = judged(tmp_path, 'formula = "always(speed_mps > 1000 implies tilt_deg <= 5)"\nunit = "deg"')
    assert (before.status, before.reason) == (
        "not_evaluated",
        "its conditions were never true together, so there is no measured value",
    )


def test_a_division_by_zero_violates_and_says_when(tmp_path: Path) -> None:
    found = judged(tmp_path, 'formula = "always(speed_mps / thrust_kn <= 5)"\nunit = "m/(s kN)"')
    assert (found.status, found.value) == ("fail", None)
    assert "is not a finite number at 0.00 s" in found.reason


def test_a_result_without_a_constant_limit_fits_the_summary(tmp_path: Path) -> None:
    set_file = written(tmp_path / "mine.toml", HEAD + 'formula = "always(coast implies downrange_m <= crossrange_m)"')
    [result] = evaluate(view(), load_requirements(set_file))
    assert RequirementSummary.model_validate(without_infinities(result.as_json())).limit is None


def test_a_report_holds_until_the_next_one(tmp_path: Path) -> None:
    """Reported at 9.0 and 9.5 s: from the first frame of the burn on 2 deg, from 9.5 s on 1 deg."""
    reports: list[Any] = [
        (900, {"attitude_error_rad": math.radians(2.0)}),
        (950, {"attitude_error_rad": math.radians(1.0)}),
    ]
    needed = np.arange(view().rows) >= 700
    samples = FlightTrace(view(Plan(telemetry=reports))).signal("attitude_error_deg", needed)
    assert samples.value[[700, 900, 949, 950, 2000]] == pytest.approx([2.0, 2.0, 2.0, 1.0, 1.0])
    assert samples.time_s[[700, 949, 950]] == pytest.approx([9.0, 9.0, 9.5])


def test_every_signal_that_a_flight_has_is_finite_everywhere_it_is_asked() -> None:
    trace = FlightTrace(view())
    for name in ("k_req", *(name for name in SIGNALS if not name.startswith("k_req"))):
        needed = np.arange(trace.rows) % 500 == 0
        try:
            samples = trace.signal(name, needed)
        except NotThereError:
            continue
        assert np.isfinite(samples.value).all(), name
        assert (samples.time_s[needed] <= trace.period_s * trace.rows).all(), name


BASE = HEAD + 'formula = "always(burn implies tilt_deg <= 5)"\n'


def test_a_set_extends_another_by_id(tmp_path: Path) -> None:
    written(tmp_path / "base.toml", BASE)
    mine = """
extends = "base.toml"
[[requirement]]
id = "X-1"
severity = "advisory"
[[requirement]]
id = "X-2"
title = "More"
source = "me"
[[requirement.clause]]
name = "sink"
formula = "always(touchdown implies sink_mps <= 3)"
unit = "m/s"
"""
    found = load_requirements(written(tmp_path / "more.toml", mine))
    assert [(r.id, r.severity, len(r.clause)) for r in found.requirement] == [
        ("X-1", "advisory", 1),
        ("X-2", "required", 1),
    ]
    assert found.name == "more"


def test_a_set_that_extends_landing_may_make_an_advisory_decide(tmp_path: Path) -> None:
    mine = 'extends = "landing"\n[[requirement]]\nid = "R-31"\nseverity = "required"\n'
    found = {r.id: r for r in load_requirements(written(tmp_path / "strict.toml", mine)).requirement}
    shipped = {r.id: r for r in load_requirements("landing").requirement}
    assert found["R-31"] == shipped["R-31"].model_copy(update={"severity": "required"})
    assert {**found, "R-31": None} == {**shipped, "R-31": None}
    record = fly()
    truth_of(record)["accel_b_mps2"][300, 1] = 2.0 * 9.80665
    failed = [
        r.id for r in evaluate(view(record), load_requirements(str(tmp_path / "strict.toml"))) if r.status == "fail"
    ]
    assert failed == ["R-31"]


def test_clauses_that_are_stated_again_take_the_place_of_all(tmp_path: Path) -> None:
    mine = (
        'extends = "landing"\n[[requirement]]\nid = "R-21"\n[[requirement.clause]]\nname = "total"\n'
        'formula = "always(touchdown implies touchdown_miss_m <= 5)"\n'
    )
    found = {r.id: r for r in load_requirements(written(tmp_path / "near.toml", mine)).requirement}
    assert [clause.formula for clause in found["R-21"].clause] == ["always(touchdown implies touchdown_miss_m <= 5)"]
    assert found["R-21"].title == "Miss distance"


MISTAKES = [
    ('formula = "always(tilt_dge <= 5)"', "clause.0: column 8: no signal or phase 'tilt_dge' (did you mean"),
    ('formula = "always(burn implies tilt_deg)"', "'tilt_deg' is a number, but a condition is needed"),
    ('formula = "always(burn)"', "the formula contains no comparison of a signal, so it has no margin"),
    ('formula = "always(tilt_deg < 5 implies mach < 3)"', "has no unit: the formula compares in 'deg', ''; give"),
    ('formula = "always(tilt_deg < 5)"\nunit = "m"', "unit 'm': the formula compares in 'deg'; give one of them"),
    ('formula = "always(tilt_deg < 5)"\nlimit = 5.0', "has a formula and also limit; give one or the other"),
    ('signal = "tilt_deg"\nlimit = 5.0', "needs a formula, or phase, comparison, unit"),
    ('formula = "always(tilt_deg < 5)"\ngoal = 7.0', "goal 7 is outside the limit < 5; swap them"),
    ('formula = "always(tilt_deg < 5 and tilt_deg > 1)"\ngoal = 2.0', "a number as goal needs one comparison"),
    ('formula = "always(tilt_deg < 5)"\ngoal = "tilt_deg <"', "column 11: found the end, expected a signal"),
    ("formula = 5", "X-1.clause.0.formula"),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "says"), MISTAKES)
def test_a_mistake_in_a_formula_names_file_requirement_and_column(tmp_path: Path, clause: str, says: str) -> None:
    path = written(tmp_path / "mine.toml", HEAD + clause)
    with pytest.raises(RequirementSetError) as caught:
        load_requirements(path)
    assert str(caught.value).startswith(f"{path}: X-1.clause.0")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('extends = "landnig"\n', "'landnig' is not shipped (did you mean 'landing'?)"),
        ('extends = "gone.toml"\n', "gone.toml: no such file"),
        ('extends = "mine.toml"\n', "extends forms a loop"),
        ('extends = "landing"\n[[requirement]]\ntitle = "x"\n', "requirement 0: has no id"),
        (
            'extends = "landing"\n[requirement]\nid = "x"\n',
            "requirement: must be a list of tables; write each as [[requirement]]",
        ),
        ('extends = "landing"\n[[requirement]]\nid = "R-31"\nseverty = "required"\n', "mine.toml: R-31.severty"),
        (BASE + '[[requirement.clause]]\nname = "mine"\nformula = "always(mach < 9)"\n', "X-1 has two clauses mine"),
        ('name = "mine"\n', "requirement"),
    ],
)
def test_a_mistake_in_a_set_says_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RequirementSetError) as caught:
        load_requirements(written(tmp_path / "mine.toml", text))
    assert says in str(caught.value)


def test_a_window_that_no_frame_is_in_is_refused_before_the_flight(tmp_path: Path) -> None:
    requirements = load_requirements(
        written(tmp_path / "mine.toml", HEAD + 'formula = "always[0.011:0.015](mach < 9)"')
    )
    refuse_empty_windows(requirements, 0.001)
    with pytest.raises(
        RequirementSetError, match=r"mine: X-1: mine: window \[0\.011:0\.015\] contains no frame of 0\.01 s"
    ):
        refuse_empty_windows(requirements, 0.01)
