"""When landing ignition still ends on the pad: the oracle behind R-08, independent of any flight software.

It takes from the truth of a flight the coast up to its ignition and what would follow without it, the engines that it
lit and that were alive, its own masses, thrusts, dead times and air. What the plant's kernels make of that is in
`plant.kernels.descent` and `plant.kernels.ignition`, how far a descent can lean aside in `harness.divert`.
Everything is computed when it is asked for.
"""

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.crew import Crew, crew_of, plan_of
from harness.divert import GOAL, LEAN_RAD, PASS, felt, reach_m
from harness.masks import FloatArray
from harness.optimum import Descent, Optimum, free_time
from plant.kernels.descent import STOPPED, TRACE_COLUMNS, Around, Ending, EnginePlan, Falling
from plant.kernels.atmosphere import standard_air
from plant.kernels.earth import OMEGA_RADPS, gravitation
from plant.kernels.engine import EngineScatter, flow, thrust
from plant.kernels.ignition import (
    BEFORE_RECORD,
    COAST_COLUMNS,
    OPEN,
    TOO_DRY,
    TOO_SLOW,
    TOO_STRONG,
    Question,
    air_along,
    coast,
    least_descent,
    on_coast,
    one_descent,
)
from plant.kernels.ignition import window as window_kernel
from plant.layout import truth_layout
from plant.plant import Plant

if TYPE_CHECKING:
    from harness.signals import Flight

HANDOVER_MPS = 18.0
"""Speed at which all engines but one are told off, where one can carry the stage (chosen: the engine plan)."""
STOP_MPS = 4.0
"""Descent speed at the pad that passes R-18."""
PAD_M = 40.0
"""Miss that passes R-21."""
PROVEN_S = 0.5
"""Engines are proven so long after their rise (R-06); then the stage may lean to divert."""
HORIZON_S = 30.0
"""How far before its ignition a flight's coast is searched."""
COAST_STEP_S = 0.1
LONGEST_COAST_ROWS = 900
LONGEST_TRACE_ROWS = 2500
SAMPLES = 9
OPTIMUM_NODES = 20
HALVINGS = 8
THROTTLE_HALVINGS = 16
CARRIES = 1.1
"""Thrust over weight from which one engine can land the stage."""
NO_TRACE = np.zeros((0, TRACE_COLUMNS))
REASONS = {
    TOO_SLOW: "no throttle stops the stage above the pad",
    TOO_DRY: "the propellant does not last for any descent to the pad",
    TOO_STRONG: "the engines at their floor stop the stage above the pad",
}


class Bounds(NamedTuple):
    """Earliest and latest command that end on the pad [s since release], or why there is none.

    `note` says what bounds the earliest.
    """

    earliest_s: float | None
    latest_s: float | None
    reason: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no command ends on the pad."""
        return self.earliest_s is None


EARLIEST = {
    TOO_DRY: "earlier, the propellant does not last",
    TOO_STRONG: "earlier, the engines at their floor stop the stage above the pad",
    BEFORE_RECORD: f"earlier commands than {HORIZON_S:g} s before this one, or than the release, are not looked at",
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
        found = window_kernel(self.plant.params, question, table, NO_TRACE)
        if found.latest_s <= found.earliest_s and found.why != OPEN:
            return Bounds(None, None, REASONS.get(found.why, "there is no command"))
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
        engine, plan = self.plant.vehicle.engine, question.plan
        own = EngineScatter(1.0, float(self.plant.setup.scatter.isp[0]), 0.0, 0.0, 1.0)
        ambient = standard_air(0.5 * start.pos_m[2] + self.plant.setup.elevation_m).pressure_pa
        most = thrust(engine, own, question.ceiling, ambient)
        factors = sum(group.count * group.thrust for group in plan)
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

        def air(found: Optimum) -> FloatArray:
            out = np.zeros((len(found.nodes), 3))
            air_along(self.plant.params, question, found.nodes, out)
            return out

        fall_s = start.pos_m[2] / max(-start.vel_mps[2], 1.0)
        return free_time(descent, 1.2 * fall_s, 3.0 * fall_s, air, nodes=OPTIMUM_NODES).propellant_kg

    def traced(self, question: Question, start: Falling, switch_s: float) -> tuple[Ending, FloatArray]:
        """A descent, floor until the switch, with what it felt step by step."""
        trace = np.zeros((LONGEST_TRACE_ROWS, TRACE_COLUMNS))
        end = one_descent(self.plant.params, question, start, switch_s, trace)
        return end, trace[: end.steps]


class FlightWindow:
    """The window of one flight, around its ignition; of a flight without one, around the last moment before ground."""

    def __init__(self, oracle: Oracle, flight: "Flight") -> None:
        self.oracle = oracle
        self._flight = flight

    @cached_property
    def anchor(self) -> int:
        """The last row that surely knows no thrust: that of the ignition command."""
        if self._flight.ignition_frame is not None:
            return self._flight.ignition_frame
        last = self._flight.contact_frame
        return max((self._flight.rows if last is None else last) - 1, 0)

    @cached_property
    def crew(self) -> Crew:
        """Who was lit and could burn, and who could have been lit besides."""
        return crew_of(self._flight, self.oracle.plant, self.anchor)

    @cached_property
    def question(self) -> Question:
        """What is asked, for the engines alive."""
        return self._question(relight=False)

    def _question(self, relight: bool) -> Question:
        plan = plan_of(self.crew, self.oracle.plant, relight)
        return self.oracle.question(self._flight.truth[self.anchor], plan)

    @cached_property
    def coast(self) -> FloatArray:
        """Truth up to the command, then the fall without engines; time, position, velocity."""
        flight, end = self._flight, self.anchor
        step = max(round(COAST_STEP_S / (flight.record.dt_s * flight.record.frame_ticks)), 1)
        rows = np.arange(end, max(end - round(HORIZON_S / COAST_STEP_S) * step, -1), -step)[::-1]
        height = flight.column("altitude_agl_m")[rows]
        pos, vel = flight.columns("pos_enu_m")[rows], flight.columns("vel_enu_mps")[rows]
        known = np.column_stack([flight.time_s[rows], pos[:, :2], height, vel])
        return np.vstack([known[:-1], self.oracle.coast(self.question, self._at_anchor, flight.time_at(end))])

    @property
    def _at_anchor(self) -> Falling:
        flight, k = self._flight, self.anchor
        east, north, _ = (float(x) for x in flight.columns("pos_enu_m")[k])
        velocity = tuple(float(x) for x in flight.columns("vel_enu_mps")[k])
        q, height = self.question, float(flight.column("altitude_agl_m")[k])
        return Falling(
            (east, north, height), (velocity[0], velocity[1], velocity[2]), q.lox_kg, q.lch4_kg, q.rest_kg
        )

    def at(self, time_s: float) -> Falling:
        """The stage on the coast at a moment."""
        return on_coast(self.question, self.coast, time_s)

    @cached_property
    def bounds(self) -> Bounds:
        """The window for the engines alive."""
        if not self.crew.lit:
            return Bounds(None, None, self.crew.reason)
        return self._in_reach(self.question)

    @cached_property
    def with_relight(self) -> Bounds:
        """The window where one engine does not light and another, or the same again, is commanded as late as R-12 lets."""
        if not self.crew.lit or self.crew.spare is None:
            return Bounds(None, None, self.crew.reason or "no engine is left that could be lit in place of one that fails")
        return self._in_reach(self._question(relight=True))

    def _in_reach(self, question: Question) -> Bounds:
        """The bounds, drawn in to where leaning brings the stage to the pad."""
        bounds = self.oracle.bounds(question, self.coast)
        if bounds.earliest_s is None or bounds.latest_s is None:
            return bounds
        ends = (bounds.earliest_s, bounds.latest_s)
        if all(self.slack_m(question, end) >= 0.0 for end in ends):
            return bounds
        times = np.linspace(*ends, SAMPLES)
        slack = [self.slack_m(question, float(time_s)) for time_s in times]
        best = int(np.argmax(slack))
        if slack[best] < 0.0:
            return Bounds(None, None, f"the pad is {-slack[best]:.0f} m out of reach sideways at best")
        good = np.flatnonzero(np.array(slack) >= 0.0)
        first, last = int(good[0]), int(good[-1])
        earliest = ends[0] if first == 0 else self._edge(question, float(times[first]), float(times[first - 1]))
        latest = ends[1] if last == SAMPLES - 1 else self._edge(question, float(times[last]), float(times[last + 1]))
        note = bounds.note if first == 0 else "earlier, the pad is out of reach sideways"
        return Bounds(earliest, latest, note=note)

    def _edge(self, question: Question, inside_s: float, outside_s: float) -> float:
        for _ in range(HALVINGS):
            middle = 0.5 * (inside_s + outside_s)
            inside_s, outside_s = (middle, outside_s) if self.slack_m(question, middle) >= 0.0 else (inside_s, middle)
        return inside_s

    def slack_m(self, question: Question, time_s: float) -> float:
        """By how much leaning brings a command at this moment closer than the pad's edge; negative where it does not."""
        start = on_coast(question, self.coast, time_s)
        least = least_descent(self.oracle.plant.params, question, start, NO_TRACE)
        end, trace = self.oracle.traced(question, start, least.switch_s)
        miss = math.hypot(end.pos_m[0], end.pos_m[1])
        if miss <= PAD_M:
            return PAD_M - miss
        toward = (-end.pos_m[0] / miss, -end.pos_m[1] / miss)
        return PAD_M - miss + reach_m(felt(trace, toward), 0.0, PASS)

    @property
    def _proven_s(self) -> float:
        engine = self.oracle.plant.vehicle.engine
        return engine.dead_time_s + engine.rise_time_s + PROVEN_S

    @cached_property
    def ignition_s(self) -> float | None:
        """Time of the flight's own command."""
        frame = self._flight.ignition_frame
        return None if frame is None else self._flight.time_at(frame)

    def throttle_at(self, time_s: float) -> float:
        """k_req counted from a command at this moment; nan outside the engines' range."""
        return self.oracle.throttle(self.question, self.at(time_s)) if self.crew.lit else math.nan

    @cached_property
    def divert_m(self) -> dict[str, float] | None:
        """How far the end of the flight's own descent can be moved once its engines are proven, by direction.

        At the one throttle that ends at the pad. None where no throttle does or nothing was lit.
        """
        if self.ignition_s is None or not self.crew.lit:
            return None
        start = self.at(self.ignition_s)
        throttle = self.oracle.throttle(self.question, start)
        if not math.isfinite(throttle):
            return None
        held = self.question._replace(floor=throttle, ceiling=throttle)
        _, trace = self.oracle.traced(held, start, 0.0)
        azimuth = self._flight.context.azimuth_rad
        turns = {"forward": 0.0, "right": 0.5 * math.pi, "back": math.pi, "left": 1.5 * math.pi}
        headings = {name: azimuth + turn for name, turn in turns.items()}
        return {
            name: reach_m(felt(trace, (math.sin(heading), math.cos(heading))), self._proven_s, GOAL)
            for name, heading in headings.items()
        }

    @cached_property
    def propellant_used_kg(self) -> float | None:
        """From the command to first contact; None for a flight without either."""
        flight = self._flight
        if flight.ignition_frame is None or flight.touchdown is None:
            return None
        return float(flight.propellant_kg[flight.ignition_frame]) - flight.touchdown.propellant_kg

    @cached_property
    def propellant_optimum_kg(self) -> float:
        """The least that a descent needs after the dead time of the flight's own command; infinite without one."""
        if self.ignition_s is None or not self.crew.lit:
            return math.inf
        thrust_s = self.ignition_s + self.oracle.plant.vehicle.engine.dead_time_s
        return self.oracle.optimum_kg(self.question, self.at(thrust_s))
