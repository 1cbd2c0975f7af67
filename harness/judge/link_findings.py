"""Findings about a disturbed link: lost frames, longest gaps, the safe law, faults without effect."""

from collections.abc import Iterator
from typing import Any

from hoverslam.harness.judge.findings import Finding
from hoverslam.harness.loop.receiver import COMMAND_LOSS_S
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.link_kinds import is_of_link, is_of_string
from hoverslam.scenarios.schema import Scenario


def link_findings(record: FlightRecord, scenario: Scenario) -> Iterator[Finding]:
    """One for each direction, one for the computer, one for each fault without effect."""
    if (told := record.link) is None:
        return
    frame_s, dt_s = record.frame_ticks * record.dt_s, record.dt_s
    yield from _sensors(told, record.frames, frame_s)
    yield from _commands(told, dt_s)
    yield from _computer(told)
    of_link = [is_of_link(fault.kind) and not is_of_string(fault.kind) for fault in scenario.faults]
    faults = [(i, fault) for i, fault in enumerate(scenario.faults) if of_link[i]]
    for (i, fault), touched in zip(faults, told["touched"], strict=True):
        if not touched:
            text = f"fault {i} ({fault.kind} on {fault.target}, at {fault.at}) had no effect on any message"
            yield Finding("link_fault_idle", text)


def _sensors(told: dict[str, Any], frames: int, frame_s: float) -> Iterator[Finding]:
    names = ("lost", "refused", "unheard", "corrupted", "repeated", "late")
    counts = [f"{told[f'sensors_{name}']} {name}" for name in names if told[f"sensors_{name}"]]
    if not counts:
        return
    gap_s = told["sensors_longest_gap_frames"] * frame_s
    late = told["sensors_latest_frames"]
    worst = f", delay up to {counted(late, 'frame')}" if late else ""
    told_of = f"sensors link: of {counted(frames, 'frame')}, {', '.join(counts)}{worst}"
    text = f"{told_of}; longest gap {gap_s:.3f} s"
    missing = sum(told[f"sensors_{name}"] for name in names[:3])
    yield Finding("link_sensors", text, None, missing, gap_s, None, "s")


def _commands(told: dict[str, Any], dt_s: float) -> Iterator[Finding]:
    names = ("lost", "refused", "stale", "corrupted", "late")
    counts = [f"{told[f'commands_{name}']} {name}" for name in names if told[f"commands_{name}"]]
    gap_s = told["commands_longest_gap_ticks"] * dt_s
    safe_s = told["safe_law_ticks"] * dt_s
    if not counts and not safe_s:
        return
    safe = f"; safe law active for {safe_s:.3f} s" if safe_s else ""
    text = f"commands link: {', '.join(counts) or 'commands missing'}; longest gap {gap_s:.3f} s{safe}"
    first_s = None if told["safe_law_first_tick"] is None else told["safe_law_first_tick"] * dt_s
    missing = sum(told[f"commands_{name}"] for name in names[:3])
    yield Finding("link_commands", text, first_s, missing, gap_s, COMMAND_LOSS_S, "s")


def _computer(told: dict[str, Any]) -> Iterator[Finding]:
    if told["restarts"]:
        text = f"the flight computer restarted {counted(told['restarts'], 'time')}"
        yield Finding("computer_restart", text, None, told["restarts"])
    if told["deadlines_missed"]:
        missed = told["deadlines_missed"]
        yield Finding("deadline_missed", f"the flight computer missed {counted(missed, 'deadline')}", None, missed)
