"""What a verdict looks like. Oracle: a synthetic flight whose numbers are known, at two widths of terminal."""

import io
from dataclasses import replace

import pytest

from hoverslam.harness.commands.verdict_view import COLUMNS, requirement_rows, verdict_lines
from hoverslam.harness.console.console import Screen
from hoverslam.harness.fly.summary import Summary, summarise
from hoverslam.harness.record.flight_record import GncFailure
from tests.harness.flights import Plan, fly, truth_of
from tests.harness.test_summary import assessed


def drawn(summary: Summary, width: int) -> list[str]:
    console = Screen(file=io.StringIO(), width=width)
    console.tabulate(COLUMNS, requirement_rows(summary))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 118, 200])
def test_no_number_is_cut_at_any_width(width: int) -> None:
    summary = summarise(assessed(Plan()), "runs/x")
    lines = drawn(summary, width)
    judged = [requirement for requirement in summary.requirements if requirement.status != "not_evaluated"]
    judged.sort(key=lambda one: ("fail", "advisory", "pass").index(one.status))
    assert all(len(line.rstrip()) <= width for line in lines)
    lines = [lines[0], *(line for line in lines[1:] if line[0] != " ")]  # the first line of each row has its numbers
    assert len(lines) == len(judged) + 1
    assert all(len(line.rstrip()) <= width for line in lines)
    for line, requirement in zip(lines[1:], judged, strict=True):
        assert line.startswith(requirement.id)
        assert f"{requirement.comparison} {requirement.limit:g} {requirement.unit}".rstrip() in line
        assert f"{requirement.time_s:.2f} s" in line


def test_a_violation_is_marked_with_its_margin() -> None:
    summary = summarise(assessed(Plan(touchdown_mps=5.0)), "runs/x")
    line = next(line for line in drawn(summary, 118) if line.startswith("R-18"))
    assert "FAIL" in line
    assert line.split()[-3:-2] == ["-1"], "5 m/s against a limit of 4 m/s"


def test_a_landing_is_summed_up_in_words_of_the_trade() -> None:
    lines = [line.plain for line in verdict_lines(summarise(assessed(Plan()), "runs/x"))]
    assert " PASS  closed-form, seed 1: landed; all evaluated requirements passed" in lines
    flown = next(line for line in lines if "touchdown" in line)
    assert "touchdown 5.00 m from the pad centre (downrange +3.00, crossrange +4.00)" in flown
    assert "1.50 m/s down, 0.25 m/s across" in flown
    assert "ignition at" in flown
    assert flown.endswith("2000 kg of propellant left")
    assert lines[-1].startswith("run folder: runs/x")


def test_a_stage_that_tipped_over_is_said_to_in_capitals() -> None:
    record = fly(Plan(outcome="impact"))
    truth = truth_of(record)
    truth["tip_margin_rad"], truth["struck"][-1] = -1.0, 2.0
    truth["foot_height_m"][2050:2060] = 0.25
    lines = [line.plain for line in verdict_lines(summarise(assessed(record), None))]
    assert any(line.startswith(" FAIL ") and "the stage tipped over after touchdown" in line for line in lines)
    assert any("all legs touched first, 1 bounce up to 0.25 m: TIPPED OVER" in line for line in lines)


def test_the_margin_against_toppling_is_told() -> None:
    record = fly()
    truth_of(record)["tip_margin_rad"] = 0.3
    lines = [line.plain for line in verdict_lines(summarise(assessed(record), None))]
    assert any("all legs touched first, 17.2 deg from tipping over" in line for line in lines)


def test_a_lost_program_shows_its_last_lines() -> None:
    failure = GncFailure("died", "exited with status 7", 1200, "glide", 7, "\x1b[2Jone\nguidance: no solution")
    record = replace(fly(Plan(end_s=12.0), failure), outcome="gnc_lost")
    lines = [line.plain for line in verdict_lines(summarise(assessed(record), None))]
    assert "  | guidance: no solution" in lines
    assert "  | \ufffd[2Jone" in lines, "a flight program does not steer our terminal"
    assert any(line.startswith(" GNC_LOST ") and "frame 1200 (glide)" in line for line in lines)
    assert not any("run folder" in line for line in lines)


def test_requirements_that_were_not_judged_are_named_once_for_each_reason() -> None:
    record = fly(Plan(ignition_s=30.0, touchdown_s=40.0, end_s=4.0, outcome="max_time"))
    lines = [line.plain for line in verdict_lines(summarise(assessed(record), None))]
    assert len([line for line in lines if line.startswith("not evaluated") and "R-09" in line]) == 1


@pytest.mark.parametrize("width", [60, 80, 100, 118])
def test_failures_come_first_and_no_title_is_cut_nor_word_broken(width: int) -> None:
    """Oracle: the words of the table, read column by column, are those of the requirements."""
    ids = {"pass": "R-01", "fail": "R-02", "advisory": "R-03"}
    title = "Vertical acceleration while coasting, largest, without its first second"
    summary = summarise(assessed(Plan()), "runs/x")
    one = next(one for one in summary.requirements if one.status == "pass")
    told = [
        one.model_copy(update={"id": name, "title": title, "status": status, "clauses": []})
        for status, name in ids.items()
    ]
    printed = "\n".join(drawn(summary.model_copy(update={"requirements": told}), width))
    assert [line[:4] for line in printed.splitlines() if line.startswith("R-")] == ["R-02", "R-03", "R-01"]
    assert "…" not in printed
    for word in title.split():
        assert printed.split().count(word) == 3
