"""The table [strings] and faults of strings as a scenario states them. Oracle: files whose one mistake is known."""

import pytest

from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import LINK_KINDS, place, string_of
from hoverslam.scenarios.load import ScenarioError, load
from hoverslam.scenarios.space import Space

CASE = "zq3-last-5km"


def sets(kind: str, target: str = "string[1]", count: int | None = 3, **keys: object) -> dict[str, str]:
    told = "".join(f", {key} = {value}" for key, value in keys.items())
    stated = {} if count is None else {"strings.count": str(count)}
    return {**stated, "faults": f'[{{kind = "{kind}", target = "{target}", at = "1 s"{told}}}]'}


KILLED = "string_killed"
REFUSED = {
    "strings.count = 0: must be at least 1": {"strings.count": "0"},
    "strings.count = 9: must be at most 8": {"strings.count": "9"},
    'strings.voter.throttle = "mean": unknown value; write': {"strings.voter.throttle": "mean"},
    'strings.voter.engine_on = "mid_value": unknown key; known: throttle': {"strings.voter.engine_on": "mid_value"},
    "strings.tolerance.engine_on = 0.5: unknown key": {"strings.tolerance.engine_on": "0.5"},
    "strings.tolerance.fin_rad = -0.1: must be at least 0": {"strings.tolerance.fin_rad": "-0.1"},
    "strings.cut_after_frames = 2: has no effect: one string": {"strings.count": "1", "strings.cut_after_frames": "2"},
    "strings.voter: has no effect: one string is not voted": {
        "strings.count": "1",
        "strings.voter.throttle": "majority",
    },
    'faults.0.target = "string[1]": needs several strings (strings.count)': sets(KILLED, count=None),
    'faults.0.target = "string[0]": needs several strings': sets(KILLED, "string[0]", count=1),
    'faults.0.target = "string[3]": strings are counted from 0 to 2': sets(KILLED, "string[3]"),
    'string_killed needs a string; write target = "string[0]"': sets(KILLED, "commands"),
    "string_stuck acts on whole messages": sets("string_stuck", "string[1].throttle"),
    "string_corrupt cannot flip a bit of mass_kg; possible: throttle": sets("string_corrupt", "string[1].mass_kg"),
    "faults.0.for_s = 1.0: has no effect: it happens once; remove it": sets(KILLED, for_s=1.0),
    "faults.0.for_s = 1.0: has no effect: a restart happens once; give": sets("string_restart", for_s=1.0),
    "numbers.frames = 1.5: is a count or an index": sets("string_late", numbers="{frames = 1.5}"),
    "numbers.bit = 3.0: the whole message is rejected": sets("string_corrupt", numbers="{bit = 3.0}"),
    "numbers.bit = 3.0: leg_deploy is a switch": sets("string_corrupt", "string[1].leg_deploy", numbers="{bit = 3.0}"),
}


@pytest.mark.parametrize("told", REFUSED)
def test_a_mistake_is_told_with_place_value_and_remedy(told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(CASE, REFUSED[told])
    assert told in str(error.value)


def test_what_is_sound_is_taken() -> None:
    scenario = load(CASE, sets("string_corrupt", "string[2].gimbal_rad[1]", numbers="{bit = 3.0, share = 0.5}"))
    assert (scenario.strings.count, scenario.strings.cut_after_frames) == (3, 5)
    assert load(CASE).strings.count is None


@pytest.mark.parametrize(
    ("direction", "number"), [("string[0]", 0), ("string[12]", 12), ("string", None), ("x[1]", None)]
)
def test_a_string_is_named_by_its_number(direction: str, number: int | None) -> None:
    assert string_of(direction) == number


def test_a_target_names_string_field_and_element() -> None:
    assert place("string[1].fin_rad[3]") == ("string[1]", "fin_rad", 3)
    assert place("string[1]") == ("string[1]", "", None)


def test_two_faults_of_one_kind_on_one_string_must_lie_apart() -> None:
    one, other = (
        f'{{kind = "string_silent", target = "string[1]", at = "{at} s", for_s = 1.0}}' for at in ("1.0", "1.5")
    )
    with pytest.raises(ScenarioError, match="both are string_silent of string"):
        load(CASE, {"strings.count": "3", "faults": f"[{one}, {other}]"})
    apart = other.replace("1.5 s", "2.0 s")
    assert len(load(CASE, {"strings.count": "3", "faults": f"[{one}, {apart}]"}).faults) == 2


def test_a_hunt_searches_faults_of_the_strings_that_there_are() -> None:
    kinds = {kind for kind, known in LINK_KINDS.items() if known.target == "string"}
    assert not kinds & {kind for kind, _ in Space(load(CASE)).strata}
    found = {one for one in Space(load(CASE, {"strings.count": "2"})).strata if one[0] in kinds}
    assert found == {(kind, f"string[{number}]") for kind in kinds for number in (0, 1)}
    assert all(Fault(kind=kind, target=target, at="1 s") for kind, target in found)
