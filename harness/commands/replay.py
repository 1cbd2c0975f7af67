"""`hoverslam replay`: prove a stored run bit-equal, or name the first frame and field that differ."""

from pathlib import Path
from typing import Any

from harness.commands.console import print_json, progress, results
from harness.commands.guard import UsageError
from harness.commands.program import open_session
from harness.progress import Dashboard
from harness.record import RecordError, StoredRun
from harness.replay import Replay, replay
from harness.verdict import Verdict


def replay_command(run_folder: Path, gnc: str | None, *, as_json: bool) -> int:
    """0 for the same flight, 1 for another one, 3 or 4 where the flight software or the harness was lost on the way."""
    with Dashboard(progress()) as dashboard:
        dashboard.stage("flying the recorded commands again" if gnc is None else "flying the program again")
        try:
            found = _replay(run_folder, gnc)
        except RecordError as error:
            raise UsageError(str(error)) from None
    code = _exit_code(found)
    if as_json:
        print_json(_as_json(found, gnc, code))
    else:
        _tell(found)
    return code


def _replay(run_folder: Path, gnc: str | None) -> Replay:
    if gnc is None:
        return replay(run_folder, _build)
    with open_session(gnc) as session:
        return replay(run_folder, _build, session)


def _build(stored: StoredRun) -> Any:
    """The plant at release, from what the run folder says."""
    from harness.flight import prepare
    from scenarios.schema import Scenario

    prepared = prepare(Scenario.model_validate(stored.scenario), stored.record.run_id)
    return prepared.plant, prepared.plan


def _exit_code(found: Replay) -> int:
    if found.identical:
        return 0
    if found.harness_error is not None:
        return Verdict.HARNESS_ERROR.exit_code
    return Verdict.FAIL.exit_code if found.gnc_failure is None else Verdict.GNC_LOST.exit_code


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
        "reason": _trouble(found),
    }


def _trouble(found: Replay) -> str:
    if found.harness_error is not None:
        return f"the harness failed: {found.harness_error}"
    if found.gnc_failure is not None:
        return (
            f"flight software {found.gnc_failure.kind} in frame {found.gnc_failure.frame}: {found.gnc_failure.reason}"
        )
    return ""


def _tell(found: Replay) -> None:
    console = results()
    if found.identical:
        console.print(f"identical: {found.frames} frames, hash {found.replayed_hash}", soft_wrap=True)
    else:
        console.print(f"different: {found.difference}", soft_wrap=True)
        if trouble := _trouble(found):
            console.print(trouble, soft_wrap=True)
    for line in found.environment:
        console.print(
            f"flown elsewhere: {line}; equality is promised for equal environments only", soft_wrap=True, markup=False
        )
