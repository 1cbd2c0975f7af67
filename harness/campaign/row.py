"""What a campaign keeps of a flight: one row, the same whenever and wherever the flight is flown."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.campaign.features import features, wind_from
from hoverslam.harness.campaign.sampling import CampaignPlace as Place
from hoverslam.harness.fly.assess import Assessment
from hoverslam.harness.fly.prepare import Prepared
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.window.window import window_of
from hoverslam.plant.kernels.compiled import PLANT

TRACK_POINTS, TRACK_BELOW_M = 64, 12_000.0


class Row(NamedTuple):
    """Columns of the table `flights`; None where the flight had no such thing.

    `requirements` is a list of [id, status, margin, unit], `starts` of [engine, attempt, whether it lit];
    `track` holds float32 rows of downrange, crossrange and height [m], the last 12 km down.
    """

    place: int
    seed: int
    failure: str
    changes: dict[str, Any]
    verdict: str
    outcome: str
    explanation: str
    hash: str
    miss_m: float | None
    downrange_m: float | None
    crossrange_m: float | None
    vertical_mps: float | None
    horizontal_mps: float | None
    tilt_deg: float | None
    rate_dps: float | None
    propellant_kg: float | None
    touchdown_s: float | None
    ignition_s: float | None
    window_earliest_s: float | None
    window_latest_s: float | None
    requirements: list[list[Any]]
    starts: list[list[Any]]
    features: dict[str, float]
    wind_from: str
    track: bytes
    sim_s: float
    vehicle: str
    plant: str
    gnc: str


NUMBERS = (
    "miss_m", "downrange_m", "crossrange_m", "vertical_mps", "horizontal_mps", "tilt_deg", "rate_dps", "propellant_kg",
)  # fmt: skip


def row_of(place: Place, assessment: Assessment, prepared: Prepared) -> Row:
    """The row of a judged flight."""
    flight, verdict = assessment.flight, assessment.verdict
    record, scenario = flight.record, prepared.scenario
    touchdown = None if flight.touchdown is None else flight.touchdown._asdict()
    numbers = dict.fromkeys(NUMBERS) if touchdown is None else {name: _finite(touchdown[name]) for name in NUMBERS}
    window = window_of(flight) if flight.ignition_frame is not None else None
    bounds = None if window is None else window.bounds
    engines = prepared.plant.shape.engines
    return Row(
        **place._asdict(),
        verdict=verdict.value,
        outcome=record.outcome,
        explanation=assessment.explanation,
        hash=record.hash,
        **numbers,
        touchdown_s=None if touchdown is None else _finite(touchdown["time_s"]),
        ignition_s=None if window is None else window.ignition_s,
        window_earliest_s=None if bounds is None else bounds.earliest_s,
        window_latest_s=None if bounds is None else bounds.latest_s,
        requirements=[[one.id, one.status, _finite(one.margin), one.unit] for one in assessment.results],
        starts=_starts(flight),
        features=features(scenario, engines),
        wind_from=wind_from(scenario, engines),
        track=_track(flight),
        sim_s=flight.time_at(flight.rows - 1),
        vehicle=scenario.vehicle.file,
        plant=PLANT,
        gnc=" ".join(filter(None, (record.gnc["name"], record.gnc["version"]))),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _starts(flight: Flight) -> list[list[Any]]:
    attempts: Counter[int] = Counter()
    told = []
    for start in flight.engine_starts:
        attempts[start.engine] += 1
        told.append([start.engine, attempts[start.engine], start.ready_s is not None])
    return told


def _track(flight: Flight) -> bytes:
    height = flight.column("altitude_agl_m")
    low = np.flatnonzero((height < TRACK_BELOW_M) & flight.airborne)
    if not len(low):
        return b""
    rows = low[np.unique(np.linspace(0, len(low) - 1, TRACK_POINTS).round().astype(np.intp))]
    down, cross = flight.downrange_crossrange_m
    return np.column_stack([down[rows], cross[rows], height[rows]]).astype("<f4").tobytes()
