"""The summary of a run: what `--json` prints and `summary.json` keeps, with keys that stay.

Numbers are finite or null; where null needs a word of explanation, the object says it in `reason`.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from hoverslam.harness.judge.causes import chain, sentence
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.record.string_record import StringsRecord
from hoverslam.harness.signals.window_signals import window_summary
from hoverslam.harness.trace.flight import Flight, ignition

if TYPE_CHECKING:
    from hoverslam.harness.fly.assess import Assessment

SUMMARY_VERSION: Final = 1
Status = Literal["pass", "fail", "advisory", "not_evaluated"]


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TouchdownSummary(_Object):
    """State at first contact with the ground."""

    miss_m: float | None = Field(description="distance from the pad centre")
    downrange_m: float | None = Field(
        description="component of the miss along the azimuth of the release; positive: long"
    )
    crossrange_m: float | None = Field(
        description="component of the miss to the right of that azimuth; positive: right"
    )
    vertical_mps: float | None = Field(description="positive down")
    horizontal_mps: float | None
    tilt_deg: float | None = Field(description="angle of the nose from the local vertical")
    rate_dps: float | None = Field(description="magnitude of the angular velocity")
    propellant_kg: float | None = Field(description="usable, both tanks")
    time_s: float | None = Field(description="since release")
    first_contact: str = Field(
        description="first part on the ground: `leg 2`, `legs 0 and 1`, `all legs`, `nozzles`, ..."
    )
    bounces: int = Field(description="number of times that all feet left the ground again")
    bounce_height_m: float = Field(description="largest height of the lowest foot after first contact")
    tip_over_margin_deg: float | None = Field(
        description="smallest rotation that would have put the centre of gravity over an edge of the footprint; "
        "negative: outside; null without a locked leg"
    )
    tip_over_margin_m: float | None = Field(
        description="distance of the centre of gravity inside that edge at that time"
    )
    tipped_over: bool = Field(description="fell over after its legs had touched")
    ended_by: str = Field(description="cause of the end, if the stage did not end on its legs; otherwise empty")
    reason: str = Field(default="", description="reason why a number is null")


class IgnitionSummary(_Object):
    """The first start command of a landing engine."""

    time_s: float | None = Field(description="since release")
    altitude_agl_m: float | None
    window_earliest_s: float | None = Field(None, description="earliest command that ends on the pad, since release")
    window_latest_s: float | None = Field(None, description="latest command that ends on the pad, since release")
    margin_early_s: float | None = Field(
        None, description="time from the earliest command to the command; negative: too early"
    )
    margin_late_s: float | None = Field(
        None, description="time from the command to the latest command; negative: too late"
    )
    with_relight_earliest_s: float | None = Field(
        None, description="the same if one engine has to be relit or replaced"
    )
    with_relight_latest_s: float | None = None
    divert_reachable_m: float | None = Field(
        None, description="distance by which the touchdown point can be moved, in the worst direction"
    )
    propellant_used_kg: float | None = Field(None, description="from the ignition command to touchdown")
    propellant_optimum_kg: float | None = Field(
        None, description="minimum for a descent from the ignition command (convex optimisation)"
    )
    reason: str = Field(default="", description="reason why a number is null")


class ClauseSummary(_Object):
    """One formula of a requirement."""

    name: str
    formula: str = Field(description="signal temporal logic, the language of docs/requirements.md")
    status: Status
    value: float | None
    margin: float | None
    robustness: float | None
    unit: str
    comparison: str
    goal: float | None
    limit: float | None = Field(description="null if not evaluated and no limit is a constant")
    time_s: float | None
    goal_met: bool | None
    reason: str


class RequirementSummary(_Object):
    """Result of a requirement; the numbers are those of its binding clause."""

    id: str
    title: str
    severity: Literal["required", "advisory"]
    source: str
    status: Status
    clause: str
    value: float | None
    margin: float | None = Field(description="distance to the limit in `unit`, positive inside")
    robustness: float | None = Field(description="margin divided by limit; for ranking only")
    unit: str
    comparison: str
    goal: float | None
    limit: float | None = Field(description="null if not evaluated and no limit is a constant")
    time_s: float | None = Field(description="time of the smallest margin, since release")
    goal_met: bool | None
    reason: str
    clauses: list[ClauseSummary]


class LoadSummary(_Object):
    """The peak of a load before first contact, in the unit of its name."""

    name: str
    value: float | None = Field(description="value of largest magnitude, with its sign")
    unit: str
    time_s: float | None = Field(description="since release")
    altitude_agl_m: float | None
    reason: str = Field(default="", description="reason why a number is null")


class FindingSummary(_Object):
    """A fact about the flight that no requirement covers."""

    kind: str
    text: str
    time_s: float | None
    count: int | None
    value: float | None
    limit: float | None
    unit: str
    reason: str = Field(default="", description="reason why a number is null")


class GncFailureSummary(_Object):
    """How the flight software was lost."""

    kind: str
    reason: str
    frame: int
    phase: str
    exit_status: int | None = Field(description="negative: number of the signal; null: still running")
    stderr_tail: str


class ExpectedSummary(_Object):
    """The expectation of the scenario, and whether the flight matches it."""

    verdict: Literal["pass", "fail"]
    outcome: str | None
    fails: list[str] | None = Field(description="exactly these ids; null: any")
    why: str
    met: bool
    differences: list[str] = Field(description="differences from the expectation, one sentence each")


class PaceSummary(_Object):
    """How well a flight in real time kept its schedule."""

    frames: int = Field(
        description="number of frames in real time; the clock starts with the answer to the first frame"
    )
    missed: int = Field(description="frames whose answer was missing when the next frame was due")
    late_answers: int = Field(0, description="answers that came in a later frame; the last command was held meanwhile")
    slow_answers: int = Field(description="frames for which the flight program alone took longer than a frame period")
    behind_most_s: float = Field(description="longest delay of an answer after the next frame was due")
    behind_most_frame: int
    behind_at_end_s: float = Field(description="delay with which the last frame began")
    kept: bool = Field(description="whether the flight ended on time")
    answer_longest_s: float = Field(description="longest response time of the flight program")
    answer_p50_s: float
    answer_p90_s: float | None = None
    answer_p99_s: float
    answer_p99_9_s: float
    begun_late_most_s: float | None = Field(None, description="jitter: longest delay of the sensors of a frame")
    clock_offset_s: float | None = Field(
        None, description="the flight computer's clock less ours, where its telemetry has `clock_ns`"
    )
    clock_offset_error_s: float | None = Field(None, description="by how much that may be off")
    begun_late_p50_s: float | None = None
    begun_late_p90_s: float | None = None
    begun_late_p99_s: float | None = None
    begun_late_p99_9_s: float | None = None


class Summary(_Object):
    """One run."""

    version: Literal[1] = SUMMARY_VERSION
    verdict: Literal["PASS", "FAIL", "GNC_LOST", "HARNESS_ERROR"]
    exit_code: int
    explanation: str = Field(description="reason for the verdict, in one sentence")
    how: str = Field("", description="sequence of events that led to a failure, each with its time")
    expected: ExpectedSummary | None = Field(None, description="null if the scenario states no expectation")
    scenario: str
    seed: int
    outcome: str = Field(description="how the flight ended: at_rest, impact, max_time, gnc_lost, interrupted, ...")
    gnc: dict[str, str] = Field(description="name and version reported by the flight software")
    touchdown: TouchdownSummary | None
    ignition: IgnitionSummary | None
    loads: list[LoadSummary]
    requirements: list[RequirementSummary]
    findings: list[FindingSummary]
    gnc_failure: GncFailureSummary | None
    hash: str = Field(description="end of the hash chain over sensors, accepted commands and final state")
    sim_s: Annotated[float, Field(ge=0.0)]
    wall_s: Annotated[float, Field(ge=0.0, description="of the flight itself")]
    realtime_factor: float | None
    pace: PaceSummary | None = Field(None, description="null unless flown with --realtime")
    strings: StringsRecord | None = Field(None, description="null unless several flight programs flew as strings")
    run_id: str
    run_folder: str | None

    def harness_failed(self, why: str) -> "Summary":
        """The same flight, if the harness failed to complete the evaluation."""
        ours = Verdict.HARNESS_ERROR
        return self.model_copy(update={"verdict": ours.value, "exit_code": ours.exit_code, "explanation": why})


def summarise(assessment: "Assessment", run_folder: str | None) -> Summary:
    """The summary of a judged flight."""
    flight, verdict = assessment.flight, assessment.verdict
    record = flight.record
    sim_s = flight.time_at(flight.rows - 1)
    tree = {
        "verdict": verdict.value,
        "exit_code": verdict.exit_code,
        "explanation": assessment.explanation,
        "how": sentence(chain(flight, assessment.results)),
        "scenario": record.scenario,
        "seed": record.seed,
        "outcome": record.outcome,
        "gnc": record.gnc,
        "touchdown": _touchdown(flight),
        "ignition": _ignition(flight),
        "loads": [peak._asdict() for peak in flight.peak_loads],
        "requirements": [result.as_json() for result in assessment.results],
        "findings": [finding.as_json() for finding in assessment.findings],
        "gnc_failure": None if record.gnc_failure is None else asdict(record.gnc_failure),
        "hash": record.hash,
        "sim_s": sim_s,
        "wall_s": record.wall_s,
        "realtime_factor": sim_s / record.wall_s if record.wall_s > 0.0 else None,
        "pace": record.pace,
        "strings": None if record.strings is None else record.strings.model_dump(),
        "run_id": record.run_id,
        "run_folder": run_folder,
    }
    return Summary.model_validate(without_infinities(tree))


def _ignition(flight: Flight) -> dict[str, Any] | None:
    told = ignition(flight)
    return None if told is None else {**told, **window_summary(flight)}


def _touchdown(flight: "Flight") -> dict[str, Any] | None:
    down, stood = flight.touchdown, flight.standing
    if down is None or stood is None:
        return None
    why = {"reason": "no leg was locked, so there is no footprint"} if stood.tip_over_margin_deg is None else {}
    return {**down.as_json(), **stood.as_json(), **why}


def without_infinities(value: Any) -> Any:
    """NaN and infinity become null, and the object that contains them gives the reason."""
    if isinstance(value, Mapping):
        clean = {key: without_infinities(item) for key, item in value.items()}
        lost = [key for key, item in value.items() if isinstance(item, float) and not math.isfinite(item)]
        if lost and not clean.get("reason"):
            clean["reason"] = f"not a finite number: {', '.join(lost)}"
        return clean
    if isinstance(value, list | tuple):
        return [without_infinities(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
