"""A flight from scenario to verdict, without the command line: prepare, fly, assess.

`run`, `bench` and anything that flies many share this. Importing it loads the plant, and numba with it.
"""

import math
from dataclasses import replace
from typing import NamedTuple

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.build.build import build_plant, flight_load
from hoverslam.harness.build.no_effect import refuse_no_effect, refuse_unread
from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.fly.inputs import KEYS, WORDS, Inputs, read_inputs, scenario_again, stored_inputs
from hoverslam.harness.judge.sets import RequirementSet, refuse_empty_windows, requirements_of
from hoverslam.harness.loop.link_faults import armed
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.loop.string_faults import strings_plan
from hoverslam.harness.record.flight_record import RecordError, StoredRun
from hoverslam.harness.trace.flight import FlightContext
from hoverslam.harness.window.oracle import Oracle
from hoverslam.harness.window.window import FlightWindow
from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.plant import Plant
from hoverslam.scenarios.reads import watched
from hoverslam.scenarios.schema import Scenario


class Prepared(NamedTuple):
    """Everything of a flight but the flight software. A plant flies once."""

    scenario: Scenario
    plant: Plant
    plan: FlightPlan
    requirements: RequirementSet
    context: FlightContext
    inputs: Inputs

    def again(self) -> "Prepared":
        """The same flight with another plant."""
        return prepare(self.scenario, self.plan.run_id, self.inputs)


def prepare(scenario: Scenario, run_id: str, inputs: Inputs | None = None, *, feels: bool = True) -> Prepared:
    """Build the plant at release; the first call on a machine compiles its kernels. `feels` as for Plant.

    `inputs`: what stands in for the files that the scenario names, where it is not read from these.
    Everything is read through a view that notes it: what the scenario says to nobody, or to no effect, is refused.
    """
    view, read = watched(scenario)
    inputs = inputs or read_inputs(view)
    read.update(KEYS.values())
    plan = planned(view, run_id, inputs)
    requirements = requirements_of(inputs.requirements)
    refuse_empty_windows(requirements, 1e-9 * plan.frame_period_ns)
    plant = build_plant(view, view.seed, inputs.vehicle, feels=feels)
    engine = plant.vehicle.engine
    plan = replace(plan, throttle_range=(engine.throttle_floor, engine.throttle_ceiling))
    context = _context(view, plant)
    refuse_no_effect(scenario, plant.vehicle)
    refuse_unread(scenario, read)
    return Prepared(scenario, plant, plan, requirements, context, inputs)


def planned(scenario: Scenario, run_id: str, inputs: Inputs) -> FlightPlan:
    """What the frame loop has to know of a flight, and its program with it, without a plant."""
    rates = scenario.rates
    return FlightPlan(
        run_id=run_id,
        scenario=scenario.name,
        seed=scenario.seed,
        plant_hz=rates.plant_hz,
        frame_ticks=rates.frame_ticks,
        command_delay_ticks=rates.command_delay_ticks,
        max_frames=rates.max_frames,
        flight_load=flight_load(scenario, inputs.load),
        link_faults=armed(scenario),
        strings=strings_plan(scenario),
    )


def checked(scenario: Scenario) -> Prepared:
    """The flight as it would be prepared, not to be flown: whatever is wrong with its files is raised here.

    Many flights are checked so before processes are started for them. Raises ScenarioError, VehicleError and
    RequirementSetError.
    """
    return prepare(scenario, "checked", feels=False)


def prepare_stored(stored: StoredRun, *, feels: bool = True) -> Prepared:
    """A stored flight prepared again, from its folder's own copies; the only way to do so, whichever command asks.

    `feels` as for Plant.
    Raises RecordError for all that is in the way: a copy that was changed, a file that is gone, an older scenario.
    """
    try:
        scenario = scenario_again(stored)
        prepared = prepare(scenario, stored.record.run_id, stored_inputs(stored, scenario), feels=feels)
    except users_mistakes() as mistake:
        raise RecordError(f"run folder {stored.folder}: {mistake}; {_remedy(stored)}") from None
    if prepared.plant.shape != stored.record.shape:  # kernels look at rows of its own shape, and check nothing
        flown, now = (_parts(shape) for shape in (stored.record.shape, prepared.plant.shape))
        text = f"run folder {stored.folder}: flown with {flown}, but the vehicle of its scenario now has {now}"
        raise RecordError(f"{text}; restore the vehicle file, or fly it again")
    return prepared


def planned_again(stored: StoredRun) -> FlightPlan:
    """The plan of a stored flight, without its plant. Raises RecordError as `prepare_stored`."""
    try:
        scenario = scenario_again(stored)
        return planned(scenario, stored.record.run_id, stored_inputs(stored, scenario))
    except users_mistakes() as mistake:
        raise RecordError(f"run folder {stored.folder}: {mistake}; {_remedy(stored)}") from None


def _remedy(stored: StoredRun) -> str:
    """What to do where the files of a stored flight cannot be used."""
    if lacking := [word for name, word in WORDS.items() if name not in stored.copies]:
        without = f"the folder has no copy of its {' and its '.join(lacking)}, as older versions kept none"
        return f"{without}: put the file back as it was, or fly it again"
    return "read it with the hoverslam that wrote it, or fly it again"


def _parts(shape: VehicleShape) -> str:
    return ", ".join(f"{name} {count}" for name, count in shape._asdict().items())


STARTING_TO_RUNNING = (1.0, 3.0)
"""Codes of `engine_state` between which an engine is lit or being lit."""


def _context(scenario: Scenario, plant: Plant) -> FlightContext:
    """What the judge knows of the vehicle besides the trace. k_req is for the engines that are lit or being lit."""
    vehicle, release = plant.vehicle, scenario.release
    states = plant.truth_layout.slice("engine_state")
    first, last = STARTING_TO_RUNNING

    def required_throttle(truth_row: FloatArray) -> float:
        state = truth_row[states]
        engines = int(((state >= first) & (state <= last)).sum())
        return plant.required_throttle(truth_row, engines) if engines else math.nan

    return FlightContext(
        azimuth_rad=math.radians(release.azimuth_deg),
        throttle_min=vehicle.engine.throttle_floor,
        throttle_max=vehicle.engine.throttle_ceiling,
        gimbal_max_rad=vehicle.cluster.gimbal_limit_rad,
        fin_max_rad=vehicle.fins.limit_rad,
        gimballed=tuple(int(engine) for engine in vehicle.cluster.gimballed),
        rcs_load_kg=release.rcs_kg,
        length_m=vehicle.body.ref_length_m,
        required_throttle=required_throttle,
        time_from_liftoff_s=release.time_from_liftoff_s,
        fin_rate_radps=vehicle.fins.rate_radps,
        window=lambda flight: FlightWindow(Oracle(plant), flight),
        vehicle=vehicle,
        pad_slope_rad=math.radians(scenario.pad.slope_deg),
        pad_slope_azimuth_rad=math.radians(scenario.pad.slope_azimuth_deg),
    )
