"""Findings about several flight programs of one vehicle: which was cut, when, why, and what that cost."""

from collections.abc import Iterator

from hoverslam.harness.judge.findings import Finding
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.string_record import StringRecord, StringsRecord, cut_text
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.link_kinds import is_of_string
from hoverslam.scenarios.schema import Scenario


def string_findings(record: FlightRecord, scenario: Scenario) -> Iterator[Finding]:
    """One for each string that was cut, missed or disagreed; what the voter could not decide; idle faults."""
    if (strings := record.strings) is None:
        return
    for number, one in enumerate(strings.each):
        if one.cut is not None:
            yield Finding("string_cut", f"{cut_text(number, one.cut)}; cost: {cost_text(one)}", one.cut.time_s, 1)
        elif one.missed_frames or one.disagreed_frames:
            yield _stumbled(number, one)
    yield from _voter(strings)
    faults = [(i, fault) for i, fault in enumerate(scenario.faults) if is_of_string(fault.kind)]
    for (i, fault), touched in zip(faults, strings.touched, strict=True):
        if not touched:
            text = f"fault {i} ({fault.kind} on {fault.target}, at {fault.at}) had no effect on any answer"
            yield Finding("string_fault_idle", text)


def cost_text(one: StringRecord) -> str:
    """How far the vote was moved by a string that disagreed."""
    if not one.cost:
        return "none, the vote of the others is the same"
    moved = ", ".join(f"{name} by up to {value:.3g}" for name, value in one.cost.items())
    return f"the vote differed from that of the others in {counted(one.cost_frames, 'frame')} ({moved})"


def _stumbled(number: int, one: StringRecord) -> Finding:
    """A string that flew to the end and was not always in the vote, or not of its opinion."""
    told = [f"missed {counted(one.missed_frames, 'frame')}"] if one.missed_frames else []
    if one.disagreed_frames:
        told.append(f"disagreed in {counted(one.disagreed_frames, 'frame')}; cost: {cost_text(one)}")
    count = one.missed_frames + one.disagreed_frames
    return Finding("string_stumbled", f"string {number} {' and '.join(told)}", one.first_disagreement_s, count)


def _voter(strings: StringsRecord) -> Iterator[Finding]:
    if strings.undecided_frames:
        frames = counted(strings.undecided_frames, "frame")
        text = f"in {frames} strings disagreed and no majority agreed: nobody was cut for it"
        yield Finding("strings_undecided", text, None, strings.undecided_frames)
    if strings.held_frames:
        text = f"in {counted(strings.held_frames, 'frame')} no string answered in time: the last command was held"
        yield Finding("strings_held", text, None, strings.held_frames)
