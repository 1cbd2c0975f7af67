"""Requirement sets as files: what ships, what a user may write, and what a mistake says."""

from pathlib import Path

import numpy as np
import pytest

from hoverslam.harness.judge.requirements import RequirementSetError, load_requirements, shipped_sets
from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.reserved import NOT_FLOWN, NOT_RECORDED
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.signals.vocabulary import VOCABULARY
from hoverslam.harness.stl.formula import predicates
from hoverslam.harness.stl.parser import parse
from hoverslam.harness.trace.series import Missing
from tests.harness.flights import view

GOOD = """
name = "mine"
[[requirement]]
id = "X-1"
title = "Tilt"
source = "me"
[[requirement.clause]]
name = "tilt"
signal = "tilt_deg"
phase = "burn"
comparison = "<="
limit = 5.0
goal = 2.0
unit = "deg"
"""

DECIDING = [f"R-{number:02d}" for number in (8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 27)]
ALL = [f"R-{number:02d}" for number in range(1, 33)]


def test_the_landing_set_decides_by_the_requirements_of_a_landing() -> None:
    requirements = load_requirements("landing").requirement
    assert sorted(r.id for r in requirements if r.severity == "required") == DECIDING
    assert sorted(r.id for r in requirements) == ALL


def test_published_limits_are_in_the_landing_set() -> None:
    """Pass limits and goals of the requirement table, written down a second time."""
    limits = {
        ("R-03", "axial acceleration"): (5.5, 4.5),
        ("R-04", "dynamic pressure"): (100.0, 80.0),
        ("R-05", "angle of attack"): (15.0, None),
        ("R-31", "lateral acceleration"): (1.0, 0.6),
        ("R-05", "dynamic pressure times angle of attack"): (800.0, 500.0),
        ("R-08", "not too late"): (0.0, 1.0),
        ("R-08", "not too early"): (0.0, 1.0),
        ("R-09", "reserve to maximum throttle"): (0.97, 0.88),
        ("R-10", "start response"): (2.4, None),
        ("R-14", "continuous"): (0.3, None),
        ("R-14", "total"): (1.0, None),
        ("R-15", "body rate"): (10.0, 5.0),
        ("R-16", "below 1 km"): (15.0, None),
        ("R-18", "vertical speed"): (4.0, 2.0),
        ("R-19", "horizontal speed"): (1.0, 0.5),
        ("R-20", "tilt"): (5.0, 2.0),
        ("R-21", "total"): (40.0, 10.0),
        ("R-22", "cut-off command after contact"): (0.1, None),
        ("R-23", "usable propellant"): (500.0, 1500.0),
    }
    found = {(r.id, c.name): (c.limit, c.goal) for r in load_requirements("landing").requirement for c in r.clause}
    assert {key: found[key] for key in limits} == limits


def test_every_shipped_set_is_valid() -> None:
    assert "landing" in shipped_sets()
    for name in shipped_sets():
        assert load_requirements(name).name == name


def test_a_users_own_set_is_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    [requirement] = load_requirements(str(path)).requirement
    assert requirement.clause[0].formula == "always(burn implies tilt_deg <= 5)"
    assert requirement.severity == "required"


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('"tilt_deg"', '"tilt"', "X-1.clause.0.signal: no such signal; known: altitude_agl_m"),
        ('"burn"', '"entree"', "X-1.clause.0.phase: no such phase; known: airborne, always"),
        ('"<="', '"="', "X-1.clause.0.comparison"),
        ("limit = 5.0", "limit = nan", "X-1.clause.0.limit"),
        ("limit = 5.0", "limt = 5.0", "X-1.clause.0.lim"),
        ("goal = 2.0", "goal = 7.0", "goal 7 is outside the limit <= 5; swap them"),
        ('id = "X-1"', 'id = "X-1"\nseverity = "grave"', "X-1.severity"),
        ("[[requirement]]", "[[requirements]]", "requirement"),
        ('name = "mine"', "name = ", "mine.toml:2: is not valid TOML"),
    ],
)
def test_a_mistake_names_file_key_and_remedy(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(wrong, right, 1))
    with pytest.raises(RequirementSetError) as caught:
        load_requirements(str(path))
    assert str(path) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_id_may_appear_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD + GOOD.partition("\n\n")[0].split("\n", 2)[2])
    with pytest.raises(RequirementSetError, match="X-1 appears twice"):
        load_requirements(str(path))


@pytest.mark.parametrize(
    ("name", "says"), [("landin", r"did you mean 'landing'\?\); shipped: landing"), ("/no/such.toml", "no such file")]
)
def test_a_set_that_is_not_there_is_refused(name: str, says: str) -> None:
    with pytest.raises(RequirementSetError, match=says):
        load_requirements(name)


def test_the_unit_of_every_shipped_clause_is_that_of_its_signal() -> None:
    for name in shipped_sets():
        for clause in (clause for r in load_requirements(name).requirement for clause in r.clause):
            assert {p.unit for p in predicates(parse(clause.formula, VOCABULARY))} == {clause.unit}, clause


def test_every_signal_and_phase_is_explained_each_by_its_own_words() -> None:
    for table in (SIGNALS, PHASES):
        meanings = [row.meaning for row in table.values()]
        assert all(meanings)
        again = {text for text in meanings if meanings.count(text) > 1}
        assert again <= {"over ground", "at first contact"}, "the name says the rest"


def test_a_name_that_no_flight_has_says_so_and_why_when_it_is_judged() -> None:
    flight, rows = view(), np.arange(3)
    for name, reserved in NOT_RECORDED.items():
        assert SIGNALS[name].compute(flight, rows) == Missing(reserved.reason)
        assert SIGNALS[name].meaning.endswith(f"; never available: {reserved.reason}")
    assert all(PHASES[name].mask(flight) == Missing(reserved.reason) for name, reserved in NOT_FLOWN.items())


SUFFIXES = {
    "m": "m", "km": "km", "mps": "m/s", "mps2": "m/s2", "s": "s", "deg": "deg", "dps": "deg/s", "kg": "kg", "kn": "kN",
    "hz": "Hz", "kpa": "kPa", "g": "g",
}  # fmt: skip


def test_the_unit_of_a_signal_is_the_one_that_its_name_says() -> None:
    said = {name: SUFFIXES[name.rpartition("_")[2]] for name in SIGNALS if name.rpartition("_")[2] in SUFFIXES}
    assert len(said) > 40
    compound = {"q_alpha_kpa_deg": "kPa deg"}
    assert {name: SIGNALS[name].unit for name in said} == said | compound
