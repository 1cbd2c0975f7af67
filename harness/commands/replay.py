"""`hoverslam replay`: prove a stored run bit-equal, or name the first frame and field that differ."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.kernels import tell_compiling
from hoverslam.harness.fly.replay import Replay, replay
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import ByHand, check_strings, open_session
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.harness.record.tolerance import FieldDeviation, Tolerance, ToleranceError
from hoverslam.harness.statistics.words import counted

if TYPE_CHECKING:
    from hoverslam.harness.fly.provenance import CopyUsed


def replay_command(run_folder: Path, gnc: str | None, tolerances: Sequence[str] = (), *, as_json: bool) -> int:
    """0 for the same flight (with tolerances: for one within them), 1 for another one.

    3 or 4 where the flight software or the harness was lost on the way.
    """
    changed: list[str] = []
    copies: list[CopyUsed] = []
    with Dashboard(progress()) as dashboard:
        tell_compiling(dashboard.remark)
        dashboard.stage(
            "repeating the flight from its recorded commands"
            if gnc is None
            else "repeating the flight with the flight program"
        )
        try:
            allowed = Tolerance.parse(list(tolerances)) if tolerances else None
            found = _replay(run_folder, gnc, allowed, changed, copies)
        except (RecordError, ToleranceError) as error:
            raise UsageError(str(error)) from None
    code = _exit_code(found)
    if as_json:
        print_json({**_as_json(found, gnc, code), "changed": changed, "copies": [one._asdict() for one in copies]})
    else:
        _tell(found)
        for what in changed:
            results().say(f"changed since the flight: {what}")
        for one in copies:
            if one.now != "same":
                results().say(str(one))
    return code


def _replay(
    run_folder: Path, gnc: str | None, allowed: Tolerance | None, changed: list[str], copies: "list[CopyUsed]"
) -> Replay:  # fmt: skip
    """Fly it again; into `changed` goes what is another than when it was flown, into `copies` what the folder gave."""

    def build(stored: StoredRun) -> Any:
        from hoverslam.harness.fly.prepare import prepare_stored
        from hoverslam.harness.fly.provenance import changed_since, copies_used

        prepared = prepare_stored(stored)
        if gnc is not None:
            check_strings(gnc, prepared.plan)
        changed.extend(changed_since(stored, gnc))
        copies.extend(copies_used(stored))
        return prepared.plant, prepared.plan

    if gnc is None:
        return replay(run_folder, build, allowed=allowed)
    by_hand = ByHand(lambda text: progress().say(text))
    with open_session(gnc, listeners=by_hand.listeners()) as session:
        return replay(run_folder, build, session, allowed)


def _exit_code(found: Replay) -> int:
    if found.identical:
        return 0
    if found.harness_error is not None:
        return Verdict.HARNESS_ERROR.exit_code
    if found.gnc_failure is not None and not found.within:
        return Verdict.GNC_LOST.exit_code
    return 0 if found.within else Verdict.FAIL.exit_code


def _as_json(found: Replay, gnc: str | None, exit_code: int) -> dict[str, Any]:
    return {
        "equal": found.identical,
        "exit_code": exit_code,
        "mode": "commands" if gnc is None else "gnc",
        "frames": found.frames,
        "hash_recorded": found.recorded_hash,
        "hash_now": found.replayed_hash,
        "difference": None if found.difference is None else str(found.difference),
        "environment_differences": list(found.environment),
        "length": found.length,
        "within_tolerance": found.within if found.deviations is not None else None,
        "deviations": None if found.deviations is None else [_deviation(one) for one in found.deviations],
        "reason": _trouble(found),
    }


def _deviation(one: FieldDeviation) -> dict[str, Any]:
    told = one._asdict()
    return {**told, **{key: plain(told[key]) for key in ("recorded", "replayed")}}


def plain(value: Any) -> Any:
    """As JSON has it: what is not a finite number, a word or nothing is told as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, bool | int | str) else repr(value)


def _trouble(found: Replay) -> str:
    if found.harness_error is not None:
        return f"the harness failed: {found.harness_error}"
    if found.gnc_failure is not None:
        return (
            f"flight software {found.gnc_failure.event} in frame {found.gnc_failure.frame}: {found.gnc_failure.reason}"
        )
    return ""


MOST_TOLD = 20


def _tell_deviations(found: Sequence[FieldDeviation]) -> None:
    console = results()
    for one in found[:MOST_TOLD]:
        console.say(f"  {one}")
    if len(found) > MOST_TOLD:
        console.say(f"  and {counted(len(found) - MOST_TOLD, 'more field')}, all in --json")


def _tell(found: Replay) -> None:
    console = results()
    if found.identical:
        console.say(f"identical: {counted(found.frames, 'frame')}, hash {found.replayed_hash}")
    else:
        grade = "within tolerance" if found.within else "different"
        console.say(f"{grade}: first difference in {found.difference}")
        if found.length:
            console.say(found.length)
        _tell_deviations(found.deviations or [])
        if trouble := _trouble(found):
            console.say(trouble)
    for line in found.environment:
        console.say(f"flown in a different environment: {line}; equality is guaranteed for equal environments only")
