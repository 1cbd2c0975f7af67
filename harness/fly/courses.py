"""The first seconds of a scenario's flights, for the checks of `harness.wire.conformance`: plants that fly answers."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from hoverslam.harness.errors import OwnFaultError, UsageError
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.loop.frames import flown
from hoverslam.harness.loop.plan import FlightPlan, lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.wire.conformance.subject import Ask, Course, Courses
from hoverslam.plant.plant import Plant
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario

DEFAULT = "zq3-last-5km"
"""Its engines are started 4 s after release, and some frames later have pressure."""
SECONDS = 4.8
OTHERS = ("lm12a-landing", "zq3-landing")
"""One has seven engines, the other nine: where the scenario is of one shape, the other vehicle is of the other."""
BELIEF_M = 10.0
"""Chosen: below the error that a flight load states for its start."""
RUN_ID = "conform"


def courses_of(name: str, seconds: float = SECONDS) -> Courses:
    """Flights of a scenario, shipped or a file. Raises what loading and preparing it raises, and UsageError."""
    scenario = load(name)
    shape = prepare(scenario, RUN_ID, feels=False).plant.shape
    other = next(one for one in OTHERS if prepare(load(one), RUN_ID, feels=False).plant.shape != shape)
    return Courses(
        partial(_course, name, {}, seconds),
        partial(_believing_otherwise, name, {"seed": str(scenario.seed + 1)}, seconds),
        partial(_course, name, {"rates.gnc_hz": str(_other_hz(scenario))}, seconds),
        partial(_course, other, {}, seconds),
    )


def _other_hz(scenario: Scenario) -> int:
    """Half the rate of the scenario, or the next one below that its plant can be flown at."""
    rates = scenario.rates
    for hz in range(rates.gnc_hz // 2, 0, -1):
        if rates.plant_hz % hz == 0:
            return hz
    raise UsageError(f"rates.gnc_hz = {rates.gnc_hz}: no lower rate divides rates.plant_hz = {rates.plant_hz}")


def _course(name: str, sets: Mapping[str, str], seconds: float) -> Course:
    prepared = prepare(load(name, sets), RUN_ID)
    vehicle = prepared.plant.vehicle
    limits = {
        "throttle": prepared.plan.throttle_range,
        "gimbal_rad": (-vehicle.cluster.gimbal_limit_rad, vehicle.cluster.gimbal_limit_rad),
        "fin_rad": (-vehicle.fins.limit_rad, vehicle.fins.limit_rad),
    }
    frames = math.ceil(seconds * 1e9 / prepared.plan.frame_period_ns)
    plan = replace(prepared.plan, max_frames=min(frames, prepared.plan.max_frames), link_faults=())
    fly = partial(_fly, prepared, plan)
    return Course(prepared.plant.shape, plan.frame_period_ns, plan.flight_load, limits, fly)


def _believing_otherwise(name: str, sets: Mapping[str, str], seconds: float) -> Course:
    """The same with another belief of where the flight begins: seeds alone have one flight load."""
    course = _course(name, sets, seconds)
    start = course.flight_load["start"]
    moved = {**start, "pos_enu_m": [value + BELIEF_M for value in start["pos_enu_m"]]}
    return course._replace(flight_load={**course.flight_load, "start": moved})


def _fly(prepared: Prepared, plan: FlightPlan, ask: Ask) -> list[float]:
    """The frame loop of any flight, with `ask` in place of the program; what that raises ends it."""
    plant: Plant = prepared.plant
    recorder = Recorder(plant.shape, plan.max_frames, lead_rows(plan))
    frames = flown(plant, plan, recorder)
    message, _ = next(frames)
    try:
        while True:
            assert message is not None
            message, _ = frames.send(ask(message))
    except StopIteration as ended:
        if ended.value.harness_error:
            raise OwnFaultError(f"the plant of the checks: {ended.value.harness_error}") from None
    return _ground_m(plant, recorder)


def _ground_m(plant: Plant, recorder: Recorder) -> list[float]:
    """Distance to level ground along the nose axis: height of the feet over the cosine of the tilt."""
    rows = recorder.truth_rows[: recorder.frames]
    height_m, tilt_rad = (rows[:, plant.truth_layout.slice(name)][:, 0] for name in ("altitude_agl_m", "tilt_rad"))
    return [height / math.cos(tilt) for height, tilt in zip(height_m.tolist(), tilt_rad.tolist(), strict=True)]
