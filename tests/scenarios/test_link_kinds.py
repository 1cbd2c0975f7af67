"""Faults of the link as a scenario states them. Oracle: hand-written files whose one mistake is known."""

from pathlib import Path

import pytest

from hoverslam.plant.faults import KINDS
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import ALL_KINDS, LINK_KINDS, place
from hoverslam.scenarios.load import load
from tests.scenarios.files import Write, mistake
from tests.scenarios.test_no_effect import fault

SENSORS, COMMANDS, COMPUTER = '"sensors"', '"commands"', "0"


def test_the_plant_knows_none_of_them_and_the_page_lists_all() -> None:
    assert not KINDS.keys() & LINK_KINDS.keys()
    page = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in page for kind in ALL_KINDS)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("sensors", ("sensors", "", None)),
        ("commands.throttle", ("commands", "throttle", None)),
        ("sensors.imu_dvel_b_mps[2]", ("sensors", "imu_dvel_b_mps", 2)),
    ],
)
def test_a_target_names_direction_field_and_element(target: str, expected: object) -> None:
    assert place(target) == expected


REFUSED = [
    (
        fault("link_drop", target="1"),
        ":28: faults.0.target = 1: link_drop needs a direction of the link; known: se",
    ),
    (fault("link_drop", target='"radar"'), ':28: faults.0.target = "radar": link_drop needs a direction'),
    (fault("link_drop", target='"sensors["'), ':28: faults.0.target = "sensors[": link_drop needs a direction'),
    (fault("link_late", target='"sensors.gnss_pos_e_m"'), "link_late acts on whole messages; write target = "),
    (fault("link_duplicate", target=COMMANDS), 'faults.0.target = "commands": a duplicate command is discarded'),
    (fault("link_corrupt", target='"sensors.mass_kg"'), "link_corrupt cannot flip a bit of mass_kg; possible: imu_dv"),
    (
        fault("deadline_missed", target="1"),
        "faults.0.target = 1: deadline_missed acts on the only flight computer",
    ),
    (
        fault("computer_restart", "for_s = 1.0", target=COMPUTER),
        "faults.0.for_s = 1.0: has no effect: a restart happens",
    ),
    (
        fault("link_late", "numbers.by_s = 0.004", target=SENSORS),
        ":30: faults.0.numbers.by_s = 0.004: is less than half a frame of 0.01 s; make it longer",
    ),
    (
        fault("link_jitter", "numbers.most_s = 0.003", target=SENSORS),
        ":30: faults.0.numbers.most_s = 0.003: is less than half a frame of 0.01 s; make it longer",
    ),
    (fault("link_corrupt", "numbers.bit = 3.5", target='"commands.throttle"'), "numbers.bit = 3.5: is a count or an"),
    (fault("deadline_missed", "numbers.frames = 1.5", target=COMPUTER), "numbers.frames = 1.5: is a count or an index"),
    (fault("link_corrupt", "numbers.bit = 3.0", target=SENSORS), "numbers.bit = 3.0: the whole message is rejected"),
    (
        fault("link_corrupt", "numbers.bit = 3.0", target='"commands.engine_on"'),
        "numbers.bit = 3.0: engine_on is a switch",
    ),
    (fault("link_drop", "numbers.share = 0.0", target=SENSORS), "numbers.share = 0.0: must lie between 0.001 and 1"),
    (fault("link_drop", target=SENSORS, at="200 s"), 'faults.0.at = "200 s": is after the end of the flight'),
]


@pytest.mark.parametrize(("more", "expected"), REFUSED)
def test_what_would_do_nothing_or_cannot_be_is_refused(write: Write, more: str, expected: str) -> None:
    said = mistake(write(more=more))
    assert expected in said
    assert "\n" not in said


TAKEN = [
    fault("link_late", "numbers.by_s = 0.001", target=COMMANDS),
    fault("link_late", "numbers.by_s = 0.006", target=SENSORS),
    fault("link_corrupt", "numbers.bit = 3.0", target='"commands.gimbal_rad[3]"'),
    fault("link_corrupt", target='"sensors.leg_contact"'),
    fault("deadline_missed", target=COMPUTER),
    fault("computer_restart", "numbers.restart_s = 0.0", target=COMPUTER),
]


@pytest.mark.parametrize("more", TAKEN)
def test_what_does_something_is_taken(write: Write, more: str) -> None:
    assert load(write(more=more)).faults[0].kind in LINK_KINDS


def test_a_flight_computer_needs_no_target() -> None:
    assert Fault(kind="computer_restart", at="3 s").target == 0


TOGETHER = [
    ("3 s", 1.0, "4 s", 1.0, True),
    ("3 s", 1.5, "4 s", 1.0, False),
    ("4 s", 1.0, "3 s", 1.0, True),
    ("3 s", 0.0, "4 s", 1.0, False),
    ("landing_ignition", 1.0, "landing_ignition + 1 s", 0.0, True),
    ("landing_ignition", 1.0, "touchdown", 1.0, False),
    ("3 s", 1.0, "mach < 1", 1.0, False),
]


@pytest.mark.parametrize(("first", "for_first", "second", "for_second", "welcome"), TOGETHER)
def test_two_of_a_kind_on_one_target_must_be_known_to_lie_apart(
    write: Write, first: str, for_first: float, second: str, for_second: float, welcome: bool
) -> None:
    more = fault("link_drop", f"for_s = {for_first}", target=SENSORS, at=first)
    more += fault("link_drop", f"for_s = {for_second}", target=SENSORS, at=second)
    if welcome:
        assert len(load(write(more=more)).faults) == 2
    else:
        assert "cannot be combined with faults.0 (link_drop): both are link_drop of sensors" in mistake(
            write(more=more)
        )


def test_other_kinds_and_faults_of_the_plant_go_together(write: Write) -> None:
    more = fault("link_drop", target=SENSORS) + fault("fin_stuck") + fault("link_late", target=SENSORS)
    more += fault("link_drop", target=COMMANDS) + fault("link_corrupt", target='"commands.throttle"')
    assert len(load(write(more=more)).faults) == 5


def test_clashes_of_the_plant_keep_their_places_beside_faults_of_the_link(write: Write) -> None:
    more = fault("link_drop", target=SENSORS) + fault("fin_stuck") + fault("fin_floating")
    assert "cannot be combined with faults.1 (fin_stuck): both act on the fin" in mistake(write(more=more))
