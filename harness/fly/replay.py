"""Fly a stored flight again and compare, bit for bit.

Without a flight program, the recorded commands are fed to a plant built afresh: equality shows that the plant and the
loop are a pure function of scenario, seed and commands. With one, the program flies again: equality shows that it is
deterministic too. A difference is named by the first frame and field in which it shows.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, FlightPlan, PlantLike, lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.difference import Difference, Trace, answer_rows, first_difference
from hoverslam.harness.record.fingerprint import differences, environment_fingerprint
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure, StoredRun
from hoverslam.harness.record.run_folder import load
from hoverslam.harness.record.tolerance import FieldDeviation, Tolerance, deviations, length_sentence
from hoverslam.harness.wire.actuator_writer import actuators_message
from hoverslam.harness.wire.codec import decode_own

Build = Callable[[StoredRun], tuple[PlantLike, FlightPlan]]
"""Makes the plant at release, and the plan, from what a run folder says about its scenario and seed."""
NOT_OF_THE_PLANT = frozenset({"gnc_lost", "interrupted", "harness_error"})
"""Outcomes that recorded commands cannot bring about again: a flight that was cut short replays as far as it went."""


class Replay(NamedTuple):
    """What a replay found. `environment` lists what is not as it was where the flight was recorded.

    `length` says in a sentence how the two differ in length and end, empty where they do not. `deviations` lists fields
    that differ, where a tolerance was asked for (else None); `within`: all of them and the length are within it, and
    the outcome is the same: no tolerance lets a flight end otherwise.
    """

    identical: bool
    recorded_hash: str
    replayed_hash: str
    frames: int
    difference: Difference | None
    environment: list[str]
    gnc_failure: GncFailure | None = None
    harness_error: str | None = None
    length: str = ""
    deviations: list[FieldDeviation] | None = None
    within: bool = False


def replay(
    folder: Path, build: Build, session: Session | None = None, allowed: Tolerance | None = None
) -> Replay:  # fmt: skip
    """Fly the run in a folder again: from its recorded commands, or with the flight program of a session.

    Raises RecordError for a folder that cannot be read, ToleranceError for a field that there is not, and what `build`
    raises.
    """
    stored = load(folder)
    plant, plan = build(stored)
    record = stored.record
    if session is None:
        trace, error = _from_commands(record, plant, plan)
        failure = None
    else:
        again = session.fly(plant, plan)
        trace, error, failure = Trace.of(again), again.harness_error, again.gnc_failure
    before = Trace.of(record)
    alike = before.outcome == trace.outcome
    difference = first_difference(record.shape, before, trace)
    if difference is None and not alike:
        difference = Difference(trace.frames, "outcome", before.outcome, trace.outcome)
    apart = None if allowed is None else deviations(record.shape, before, trace, allowed)
    return Replay(
        identical=difference is None,
        recorded_hash=record.hash,
        replayed_hash=trace.hash,
        frames=trace.frames,
        difference=difference,
        environment=differences(stored.fingerprint, environment_fingerprint()),
        gnc_failure=failure,
        harness_error=error if record.harness_error is None else None,
        length=length_sentence(before, trace, record.frame_period_ns * 1e-9, ("the recorded flight", "the replay")),
        deviations=apart,
        within=allowed is not None
        and all(one.within for one in apart or [])
        and alike
        and abs(before.frames - trace.frames) <= allowed.frames,
    )


def flown_again(stored: StoredRun, plant: PlantLike, plan: FlightPlan) -> None:
    """Bring a plant at release to where a stored flight ended, by its commands: then it tells which faults came."""
    _from_commands(stored.record, plant, plan)


def _from_commands(record: FlightRecord, plant: PlantLike, plan: FlightPlan) -> tuple[Trace, str | None]:
    plan = FlightPlan(**{**vars(plan), "max_frames": record.frames})
    recorder = Recorder(record.shape, record.frames, lead_rows(plan))
    answered = answer_rows(b"".join(record.answers), record.shape) if plan.link_faults else record.commands
    rows, frames = iter(answered.tolist()), count()

    def exchange(sensors: bytes, _deadline_s: float) -> bytes:
        seq = decode_own(sensors)["seq"] if plan.link_faults else next(frames)
        return actuators_message(seq, next(rows), record.shape)

    end = fly_frames(plant, plan, exchange, recorder, DEFAULT_DEADLINES)
    outcome = end.outcome
    if outcome == "max_time" and record.outcome in NOT_OF_THE_PLANT:
        outcome = record.outcome  # its commands ended there, as they did then
    trace = Trace(
        recorder.hash(), recorder.frames, outcome, recorder.sensors, recorder.commands, recorder.truth,
        recorder.answers,
    )  # fmt: skip
    return trace, end.harness_error
