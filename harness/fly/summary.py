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
    downrange_m: float | None = Field(description="its part along the azimuth of the release; positive is long")
    crossrange_m: float | None = Field(description="its part to the right of that")
    vertical_mps: float | None = Field(description="positive down")
    horizontal_mps: float | None
    tilt_deg: float | None = Field(description="nose from local up")
    rate_dps: float | None = Field(description="size of the angular velocity")
    propellant_kg: float | None = Field(description="usable, both tanks")
    time_s: float | None = Field(description="since release")
    first_contact: str = Field(description="what touched first: `leg 2`, `legs 0 and 1`, `all legs`, `nozzles`, ...")
    bounces: int = Field(description="how often every foot left the ground again")
    bounce_height_m: float = Field(description="the most that the lowest foot rose after first contact")
    tip_over_margin_deg: float | None = Field(
        description="least turn that would have brought the centre of gravity over an edge of the footprint; negative "
        "outside; null without a locked leg"
    )
    tip_over_margin_m: float | None = Field(description="its distance inside that edge then")
    tipped_over: bool = Field(description="fell over after its legs had touched")
    ended_by: str = Field(description="what ended a flight that did not end on its legs, else empty")
    reason: str = Field(default="", description="why a number is null")


class IgnitionSummary(_Object):
    """The first start command of a landing engine."""

    time_s: float | None = Field(description="since release")
    altitude_agl_m: float | None
    window_earliest_s: float | None = Field(None, description="earliest command that ends on the pad, since release")
    window_latest_s: float | None = Field(None, description="latest command that ends on the pad, since release")
    margin_early_s: float | None = Field(None, description="command after the earliest; negative is too early")
    margin_late_s: float | None = Field(None, description="command before the latest; negative is too late")
    with_relight_earliest_s: float | None = Field(
        None, description="the same where one engine has to be relit or replaced"
    )
    with_relight_latest_s: float | None = None
    divert_reachable_m: float | None = Field(None, description="least, over directions, that the landing can be moved")
    propellant_used_kg: float | None = Field(None, description="from the command to touchdown")
    propellant_optimum_kg: float | None = Field(
        None, description="least for a descent from the command, convex optimum"
    )
    reason: str = Field(default="", description="why a number is null")


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
    limit: float | None = Field(description="null where nothing was decided and no limit is a constant")
    time_s: float | None
    goal_met: bool | None
    reason: str


class RequirementSummary(_Object):
    """How a requirement came out; the numbers are those of its binding clause."""

    id: str
    title: str
    severity: Literal["required", "advisory"]
    source: str
    status: Status
    clause: str
    value: float | None
    margin: float | None = Field(description="distance to the limit in `unit`, positive inside")
    robustness: float | None = Field(description="margin over limit; ranks requirements, decides nothing")
    unit: str
    comparison: str
    goal: float | None
    limit: float | None = Field(description="null where nothing was decided and no limit is a constant")
    time_s: float | None = Field(description="when the margin was smallest, since release")
    goal_met: bool | None
    reason: str
    clauses: list[ClauseSummary]


class LoadSummary(_Object):
    """The peak of a load before first contact, in the unit of its name."""

    name: str
    value: float | None = Field(description="with its sign, where its size was largest")
    unit: str
    time_s: float | None = Field(description="since release")
    altitude_agl_m: float | None
    reason: str = Field(default="", description="why a number is null")


class FindingSummary(_Object):
    """Something worth knowing that no requirement asks for."""

    kind: str
    text: str
    time_s: float | None
    count: int | None
    value: float | None
    limit: float | None
    unit: str
    reason: str = Field(default="", description="why a number is null")


class GncFailureSummary(_Object):
    """How the flight software was lost."""

    kind: str
    reason: str
    frame: int
    phase: str
    exit_status: int | None = Field(description="negative for a signal, null while it was still running")
    stderr_tail: str


class ExpectedSummary(_Object):
    """What was written beside the scenario, and whether the flight came to that."""

    verdict: Literal["pass", "fail"]
    outcome: str | None
    fails: list[str] | None = Field(description="ids, these and no others; null: any")
    why: str
    met: bool
    differences: list[str] = Field(description="what came otherwise, a sentence each")


class PaceSummary(_Object):
    """How well a flight that was held to the wall clock kept to it."""

    frames: int = Field(description="held to it; the clock starts with the answer to the first frame")
    missed: int = Field(description="whose answer was not there when the next frame was due")
    slow_answers: int = Field(description="for which the flight program alone took longer than a frame period")
    behind_most_s: float = Field(description="longest time between the due time of a frame and the answer before it")
    behind_most_frame: int
    behind_at_end_s: float = Field(description="the same for the last frame")
    kept: bool = Field(description="whether the flight ended on time")
    answer_longest_s: float = Field(description="from asking to the answer, the longest")
    answer_p50_s: float
    answer_p99_s: float
    answer_p99_9_s: float


class Summary(_Object):
    """One run."""

    version: Literal[1] = SUMMARY_VERSION
    verdict: Literal["PASS", "FAIL", "GNC_LOST", "HARNESS_ERROR"]
    exit_code: int
    explanation: str = Field(description="why the verdict is what it is, in one sentence")
    how: str = Field("", description="how a failure came about: a chain of what happened, each link with its time")
    expected: ExpectedSummary | None = Field(None, description="null where nothing is written beside the scenario")
    scenario: str
    seed: int
    outcome: str = Field(description="how the flight ended: at_rest, impact, max_time, gnc_lost, interrupted, ...")
    gnc: dict[str, str] = Field(description="name and version that the flight software gave of itself")
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
    pace: PaceSummary | None = Field(None, description="null unless it was flown with --realtime")
    run_id: str
    run_folder: str | None

    def harness_failed(self, why: str) -> "Summary":
        """The same flight, when we failed to finish our part of it."""
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
    """NaN and infinity become null, and the object that held them says so."""
    if isinstance(value, Mapping):
        clean = {key: without_infinities(item) for key, item in value.items()}
        lost = [key for key, item in value.items() if isinstance(item, float) and not math.isfinite(item)]
        if lost and not clean.get("reason"):
            clean["reason"] = f"not a finite number: {', '.join(lost)}"
        return clean
    if isinstance(value, list | tuple):
        return [without_infinities(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
