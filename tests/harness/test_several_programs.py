"""Several `--gnc` as one value, from the command line to a session. Oracle: command lines written by hand."""

import signal
from typing import Any

import pytest
from typer.testing import CliRunner

from hoverslam.harness import cli
from hoverslam.harness.commands import run as running
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.identity import of_binary, of_command
from hoverslam.harness.fly.pilot import _by_the_host
from hoverslam.harness.judge.string_findings import string_findings
from hoverslam.harness.judge.verdict import explain
from hoverslam.harness.loop.string_faults import StringsPlan
from hoverslam.harness.program.opening import (
    check_program,
    check_strings,
    gnc_options,
    open_session,
    programs,
    shown,
)
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.string_record import StringCut, StringRecord, StringsRecord
from hoverslam.harness.report.run.strings import strings_card
from hoverslam.scenarios.load import load
from tests.evidence.strings import kill_sets
from tests.harness.fake_plant import plan
from tests.harness.flights import Plan, fly, view

BOTH = "./a --x 'y z'\n./b"


@pytest.mark.parametrize(
    ("words", "gnc"),
    [
        ([], None),
        (["--gnc", "./a"], "./a"),
        (["--gnc", "./a --x 'y z'", "--gnc", "./b"], BOTH),
        (["--gnc", "reference", "--gnc", "reference"], "reference\nreference"),
    ],
)
def test_every_gnc_comes_to_the_command(words: list[str], gnc: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def run_command(request: running.RunRequest) -> int:
        asked.append(request.gnc)
        return 0

    monkeypatch.setattr(running, "run_command", run_command)
    assert CliRunner().invoke(cli.app, ["run", *words]).exit_code == 0
    assert asked == [gnc]


def test_a_command_of_two_lines_is_refused() -> None:
    told = CliRunner().invoke(cli.app, ["certify", "--gnc", "a\nb"])
    assert told.exit_code == 2
    assert "one command on one line" in " ".join(told.output.split())


def test_they_are_split_and_told_again() -> None:
    assert programs(None) == programs("reference") == [None]
    assert programs("reference\n./b") == [None, "./b"]
    assert gnc_options(BOTH) == ["--gnc", "./a --x 'y z'", "--gnc", "./b"]
    assert gnc_options(None) == gnc_options("reference") == []
    assert (shown(BOTH), shown(None)) == ("./a --x 'y z' | ./b", "reference")


@pytest.mark.parametrize(
    ("gnc", "told"),
    [
        ("\n".join(["reference"] * 9), "--gnc: 9 programs; at most 8"),
        ("reference\nwait", "--gnc wait: not possible beside other strings"),
        ("reference\n./no-such-program", "'./no-such-program' not found"),
    ],
)
def test_what_cannot_fly_together_is_refused(gnc: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        check_program("--gnc", gnc)
    assert told in str(error.value)


def test_strings_have_no_address_in_common() -> None:
    with pytest.raises(UsageError, match="--listen: one address for several strings"):
        open_session("reference\nreference", "tcp://127.0.0.1:*")


def test_a_scenario_that_states_another_number_is_refused() -> None:
    three, open_ended = (plan(strings=StringsPlan(count, 5, {}, {})) for count in (3, None))
    for gnc in (None, "./a", "./a\n./b\n./c"):
        check_strings(gnc, three)
    refused = {"./a\n./b": "--gnc: 2 programs, but strings.count = 3", "wait": "--gnc wait: not possible"}
    for gnc, told in refused.items():
        with pytest.raises(UsageError) as error:
            check_strings(gnc, three)
        assert told in str(error.value)
        check_strings(gnc, open_ended)


def test_the_identity_of_several_is_that_of_each_in_order() -> None:
    for of in (of_command, of_binary):
        assert len({of(gnc) for gnc in ("reference", "sh -c x", "reference\nsh -c x", "sh -c x\nreference")}) == 4


def cut(kind: str, fault: int | None = None, status: int | None = None) -> StringCut:
    return StringCut(frame=12, time_s=0.12, kind=kind, why=f"it {kind}", fault=fault, exit_status=status)


def string(one: StringCut | None, **told: Any) -> StringRecord:
    stated: dict[str, Any] = {
        "missed_frames": 0, "disagreed_frames": 0, "first_disagreement_s": None, "largest_deviation": {}, "cost": {},
        "cost_frames": 0,
    }  # fmt: skip
    return StringRecord(program="./a", name="a", version="1", cut=one, **(stated | told))


def flown(*each: StringRecord, **told: Any) -> FlightRecord:
    record = fly(Plan())
    stated: dict[str, Any] = {"undecided_frames": 0, "held_frames": 0, "touched": []}
    record.strings = StringsRecord(each=list(each), **(stated | told))
    return record


KILL = -signal.SIGKILL


@pytest.mark.parametrize(
    ("one", "again"),
    [
        (None, False),
        (cut("hung"), True),
        (cut("died", status=KILL), True),
        (cut("died", status=1), False),
        (cut("protocol"), False),
        (cut("killed", fault=0), False),
        (cut("outvoted"), False),
        (cut("hung", fault=0), False),
    ],
    ids=str,
)
def test_a_flight_is_flown_again_where_the_host_may_have_taken_a_string(one: StringCut | None, again: bool) -> None:
    assert bool(_by_the_host(flown(string(None), string(one)))) == again


FINDINGS = """\
string 0 was cut 0.12 s after release: it outvoted; cost: the vote differed from that of the others in 7 frames \
(throttle by up to 0.025, fin_rad by up to 0.0001)
string 1 was cut 0.12 s after release: it killed (fault 0 of the scenario); cost: none, the vote of the others is the \
same
string 2 missed 2 frames and disagreed in 1 frame; cost: none, the vote of the others is the same
in 4 frames strings disagreed and no majority agreed: nobody was cut for it
in 1 frame no string answered in time: the last command was held
fault 1 (string_killed on string[1], at 20 s) had no effect on any answer"""


def test_findings_say_who_was_cut_when_why_and_what_it_cost() -> None:
    scenario = load("zq3-last-5km", kill_sets([(1, "0.12 s"), (1, "20 s")]))
    costly = string(cut("outvoted"), cost={"throttle": 0.025, "fin_rad": 1e-4}, cost_frames=7)
    stumbled = string(None, missed_frames=2, disagreed_frames=1, first_disagreement_s=3.5, cost={}, cost_frames=0)
    record = flown(costly, string(cut("killed", 0)), stumbled, touched=[1, 0], undecided_frames=4, held_frames=1)
    found = [(one.kind, one.time_s) for one in string_findings(record, scenario)]
    assert found == [
        ("string_cut", 0.12), ("string_cut", 0.12), ("string_stumbled", 3.5), ("strings_undecided", None),
        ("strings_held", None), ("string_fault_idle", None),
    ]  # fmt: skip
    assert "\n".join(one.text for one in string_findings(record, scenario)) == FINDINGS
    assert list(string_findings(fly(Plan()), scenario)) == []


def test_the_page_has_a_table_of_flight_computers_and_marks_in_its_charts() -> None:
    record = flown(string(None), string(cut("killed", 0)), string(cut("<died>"), largest_deviation={"throttle": 0.25}))
    assert record.strings is not None
    card = strings_card(record.strings)
    assert card.count('<tr class="main') == 3
    assert '<button data-time="0.120">0.12 s</button>: it killed (fault 0 of the scenario)' in card
    assert "&lt;died&gt;" in card
    assert "throttle 0.25" in card
    assert strings_card(None) == ""
    marks = [(event.label, event.time_s) for event in view(record).events if event.name == "string_cut"]
    assert marks == [("string 1 cut", 0.12), ("string 2 cut", 0.12)]


def test_the_verdict_says_which_strings_were_cut() -> None:
    told = explain(flown(string(None), string(cut("killed", 0))), [])
    assert told == (
        "landed; all evaluated requirements passed; string 1 was cut 0.12 s after release: it killed (fault 0 of the "
        "scenario); 1 of 2 strings flew to the end"
    )
    assert "string" not in explain(flown(string(None), string(None)), [])
