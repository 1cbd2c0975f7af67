"""Predictions of the plant's kernels for a landing ignition: bounds, throttle needed, descents, least propellant.

The kernels are in `plant.oracle.descent` and `plant.oracle.ignition`; `harness.window.window` asks about a flight.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.window.divert import LEAN_RAD
from hoverslam.harness.window.ignition import BEFORE_RECORD, NO_TRACE, window
from hoverslam.plant.kernels.engines.engine import EngineScatter, flow, thrust
from hoverslam.plant.kernels.world.atmosphere import standard_air
from hoverslam.plant.kernels.world.earth import OMEGA_RADPS, gravitation
from hoverslam.plant.layout import truth_layout
from hoverslam.plant.oracle.descent import STOPPED, TRACE_COLUMNS, Around, DescentEnd, EnginePlan, Falling
from hoverslam.plant.oracle.ignition import (
    COAST_COLUMNS,
    OPEN,
    TOO_DRY,
    TOO_SLOW,
    TOO_STRONG,
    Question,
    air_along,
    coast,
    one_descent,
)
from hoverslam.plant.plant import Plant

if TYPE_CHECKING:
    from hoverslam.harness.window.least_propellant import Optimum

HANDOVER_MPS = 18.0
"""Speed at which all engines but one are told off, where one can carry the stage (chosen: the engine plan)."""
STOP_MPS = 4.0
"""Descent speed at the pad that passes R-18."""
PAD_M = 40.0
"""Miss that passes R-21."""
LONGEST_COAST_ROWS = 900
LONGEST_TRACE_ROWS = 2500
OPTIMUM_NODES = 20
THROTTLE_HALVINGS = 16
CARRIES = 1.1
"""Thrust over weight from which one engine can land the stage."""
REASONS = {
    TOO_SLOW: "no throttle stops the stage above the pad",
    TOO_DRY: "the propellant is not sufficient for any descent to the pad",
    TOO_STRONG: "at minimum throttle the engines stop the stage above the pad",
}


class Bounds(NamedTuple):
    """Earliest and latest command that end on the pad [s since release], or why there is none.

    `note` says what bounds the earliest.
    """

    earliest_s: float | None
    latest_s: float | None
    reason: str = ""
    note: str = ""


EARLIEST = {
    TOO_DRY: "bounded by the propellant",
    TOO_STRONG: "bounded by the minimum throttle: earlier, the stage stops above the pad",
    BEFORE_RECORD: "bounded by the start of the search",
    OPEN: "",
}


class Oracle:
    """What the kernels know of one plant; asked about states of its flight."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        setup, site = plant.setup, plant.params[0]["around"]["site"]
        pos = tuple(float(x) for x in site["pos_e_m"])
        up = np.array([float(x) for x in site["up_e"]])
        pull = np.array(gravitation((pos[0], pos[1], pos[2])))
        centrifugal = OMEGA_RADPS**2 * np.array([pos[0], pos[1], 0.0])
        self._gravity_mps2 = -float(up @ (pull + centrifugal))
        self._latitude_rad = setup.latitude_rad

    def question(self, row: FloatArray, plan: EnginePlan) -> Question:
        """What is asked of a stage with the masses of a truth row."""
        vehicle, at = self.plant.vehicle, truth_layout(self.plant.shape).slice
        lox_kg = float(row[at("lox_kg")][0]) + vehicle.lox.residual_kg
        lch4_kg = float(row[at("lch4_kg")][0]) + vehicle.lch4.residual_kg
        rest_kg = float(row[at("mass_kg")][0]) - lox_kg - lch4_kg
        cg_m = float(row[at("cg_m")][0])
        around = Around(
            self._gravity_mps2,
            math.sin(self._latitude_rad),
            math.cos(self._latitude_rad),
            cg_m - vehicle.legs.foot_m,
            cg_m,
        )
        engine = vehicle.engine
        weight_n = self._gravity_mps2 * (rest_kg + vehicle.lox.residual_kg + vehicle.lch4.residual_kg)
        lone_n = plan.lone.thrust * engine.throttle_ceiling * engine.vacuum_thrust_n - 1.0e5 * engine.exit_area_m2
        handover_mps = HANDOVER_MPS if lone_n > CARRIES * weight_n else -1.0
        return Question(
            around,
            plan,
            engine.throttle_floor,
            engine.throttle_ceiling,
            handover_mps,
            STOP_MPS,
            lox_kg,
            lch4_kg,
            rest_kg,
            LEAN_RAD,
        )

    def bounds(self, question: Question, table: FloatArray) -> Bounds:
        """Earliest and latest command on a coast, sideways apart."""
        found = window(self.plant.params, question, table)
        if found.latest_s <= found.earliest_s and found.why != OPEN:
            return Bounds(None, None, REASONS.get(found.why, "no command lands the stage"))
        return Bounds(found.earliest_s, found.latest_s, note=EARLIEST[found.why])

    def coast(self, question: Question, start: Falling, time_s: float) -> FloatArray:
        """The fall from a state to the ground without engines, a row every 0.1 s."""
        table = np.zeros((LONGEST_COAST_ROWS, COAST_COLUMNS))
        return table[: coast(self.plant.params, question, start, time_s, table)]

    def throttle(self, question: Question, start: Falling) -> float:
        """k_req counted from a command now: the one throttle that ends at the pad; nan where none within the range."""
        low, high = question.floor, question.ceiling
        for bound, above in ((high, True), (low, False)):
            if (self._height_m(question, start, bound) >= 0.0) != above:
                return math.nan
        for _ in range(THROTTLE_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if self._height_m(question, start, middle) >= 0.0 else (middle, high)
        return 0.5 * (low + high)

    def _height_m(self, question: Question, start: Falling, throttle: float) -> float:
        held = question._replace(floor=throttle, ceiling=throttle)
        end = one_descent(self.plant.params, held, start, 0.0, NO_TRACE)
        return end.pos_m[2] if end.how == STOPPED else -1.0

    def optimum_kg(self, question: Question, start: Falling) -> float:
        """Least propellant of a descent with thrust from now on, rise and lag left out; infinite where there is none.

        Thrust from one engine at its floor to all at the ceiling, at the ambient pressure of half the height.
        """
        # Loaded here: scipy's solvers take longer to load than all else in this module.
        from hoverslam.harness.window.least_propellant import Descent, free_time

        engine, plan = self.plant.vehicle.engine, question.plan
        own = EngineScatter(1.0, float(self.plant.setup.scatter.isp[0]), 0.0, 0.0, 1.0)
        ambient = standard_air(0.5 * start.pos_m[2] + self.plant.setup.elevation_m).pressure_pa
        most = thrust(engine, own, question.ceiling, ambient)
        factors = sum(group.engines * group.thrust for group in plan)
        descent = Descent(
            question.lox_kg + question.lch4_kg + question.rest_kg,
            question.rest_kg + self.plant.vehicle.lox.residual_kg + self.plant.vehicle.lch4.residual_kg,
            start.pos_m,
            start.vel_mps,
            plan.lone.thrust * thrust(engine, own, question.floor, ambient),
            factors * most,
            flow(engine, own, question.ceiling) / most,
            self._gravity_mps2,
        )

        def air(found: "Optimum") -> FloatArray:
            out = np.zeros((len(found.nodes), 3))
            air_along(self.plant.params, question, found.nodes, out)
            return out

        fall_s = start.pos_m[2] / max(-start.vel_mps[2], 1.0)
        return free_time(descent, 1.2 * fall_s, 3.0 * fall_s, air, nodes=OPTIMUM_NODES).propellant_kg

    def traced(self, question: Question, start: Falling, switch_s: float) -> tuple[DescentEnd, FloatArray]:
        """A descent, floor until the switch, with what it felt step by step."""
        trace = np.zeros((LONGEST_TRACE_ROWS, TRACE_COLUMNS))
        end = one_descent(self.plant.params, question, start, switch_s, trace)
        return end, trace[: end.steps]
