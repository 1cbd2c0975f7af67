"""The ignition window of R-08: the times of landing ignition that end on the pad, independent of flight software.

It takes from the truth of a flight the coast up to its ignition and what would follow without it, the engines that it
lit and that were alive, its own masses, thrusts, dead times and air; `harness.window.oracle` answers for them, and
`harness.window.divert` says how far a descent can lean aside. Everything is computed when it is asked for.
"""

import math
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.trace.series import Missing
from hoverslam.harness.window.divert import BOUND, GOAL, felt, reach_m
from hoverslam.harness.window.ignition import NO_TRACE
from hoverslam.harness.window.landing_engines import LandingEngines, landing_engines, plan_of, rescue_of
from hoverslam.harness.window.oracle import PAD_M, REASONS, Bounds, Oracle
from hoverslam.harness.window.point_of_no_return import Hopeless, hopeless, reachable_m
from hoverslam.plant.oracle.descent import EnginePlan, Falling
from hoverslam.plant.oracle.ignition import OPEN, Question, least_descent, on_coast

if TYPE_CHECKING:
    from hoverslam.harness.trace.flight import Flight

PROVEN_S = 0.5
"""Engines are proven so long after their rise (R-06); then the stage may lean to divert."""
HORIZON_S = 30.0
"""How far before its ignition a flight's coast is searched."""
COAST_STEP_S = 0.1
SAMPLES = 9
HALVINGS = 8


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
    def engines(self) -> LandingEngines:
        """Who was lit and could burn, and who could have been lit besides."""
        return landing_engines(self._flight, self.oracle.plant, self.anchor)

    @cached_property
    def question(self) -> Question:
        """What is asked, for the engines alive."""
        return self._question(relight=False)

    def _question(self, relight: bool) -> Question:
        return self._asked_of(plan_of(self.engines, self.oracle.plant, relight))

    def _asked_of(self, plan: EnginePlan, row: int | None = None) -> Question:
        return self.oracle.question(self._flight.truth[self.anchor if row is None else row], plan)

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
        return self._falling(self.anchor, self.question)

    def _falling(self, row: int, question: Question) -> Falling:
        """The stage of a truth row, with the masses of a question."""
        flight = self._flight
        east, north, _ = (float(x) for x in flight.columns("pos_enu_m")[row])
        v_east, v_north, v_up = (float(x) for x in flight.columns("vel_enu_mps")[row])
        at = (east, north, float(flight.column("altitude_agl_m")[row]))
        return Falling(at, (v_east, v_north, v_up), question.lox_kg, question.lch4_kg, question.rest_kg)

    def stage(self, row: int, plan: EnginePlan) -> tuple[Question, Falling]:
        """What is asked of the stage of a truth row with these engines, and the stage."""
        question = self._asked_of(plan, row)
        return question, self._falling(row, question)

    def impact_offset_m(self, row: int) -> float:
        """Distance from the pad centre at which the stage of a truth row would strike without engines (R-06)."""
        question, start = self.stage(row, plan_of(self.engines, self.oracle.plant, relight=False))
        fall = self.oracle.coast(question, start, 0.0)
        return math.hypot(float(fall[-1, 1]), float(fall[-1, 2]))

    def at(self, time_s: float) -> Falling:
        """The stage on the coast at a moment."""
        return on_coast(self.question, self.coast, time_s)

    @cached_property
    def bounds(self) -> Bounds:
        """The window for the engines alive."""
        if not self.engines.lit:
            return Bounds(None, None, self.engines.reason)
        return self._in_reach(self.question)

    @cached_property
    def with_relight(self) -> Bounds:
        """The window where one engine does not light, and another, or it again, is commanded as late as R-12 lets."""
        if not self.engines.lit or self.engines.spare is None:
            return Bounds(None, None, self.engines.reason or "no engine is left to replace one that fails")
        return self._in_reach(self._question(relight=True))

    def rescued(self, spare_s: float, lost: tuple[int, float] | None = None) -> str:
        """Reason why the flight could not land with a spare lit this long after its command; empty if it could.

        `lost` is an engine and how long after the command it fails.
        """
        engines = self.engines
        if self.ignition_s is None or not engines.lit:
            return engines.reason or "no engine was commanded to start"
        if not engines.idle and lost is None:
            return "no engine is left to replace one that fails"
        question = self._asked_of(rescue_of(engines, self.oracle.plant, spare_s, lost))
        found = least_descent(self.oracle.plant.params, question, self.at(self.ignition_s), NO_TRACE)
        if found.why != OPEN:
            return REASONS[found.why]
        slack_m = self.slack_m(question, self.ignition_s)
        return "" if slack_m >= 0.0 else f"the pad is {-slack_m:.0f} m beyond the divert range"

    @cached_property
    def hopeless(self) -> Hopeless | Missing:
        """The moment after which no landing was possible, or the reason why there is none."""
        return hopeless(self._flight, self)

    @cached_property
    def abort_reach_m(self) -> float:
        """Distance from the pad that the stage could have reached from that moment on; 0 if there is none."""
        found = self.hopeless
        return 0.0 if isinstance(found, Missing) else reachable_m(self.oracle, found, self._flight.context.azimuth_rad)

    def _in_reach(self, question: Question) -> Bounds:
        """The bounds, reduced to commands from which a divert reaches the pad."""
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
            return Bounds(None, None, f"the pad is at least {-slack[best]:.0f} m beyond the divert range")
        good = np.flatnonzero(np.array(slack) >= 0.0)
        first, last = int(good[0]), int(good[-1])
        earliest = ends[0] if first == 0 else self._edge(question, float(times[first]), float(times[first - 1]))
        latest = ends[1] if last == SAMPLES - 1 else self._edge(question, float(times[last]), float(times[last + 1]))
        note = bounds.note if first == 0 else "bounded by the divert range"
        return Bounds(earliest, latest, note=note)

    def _edge(self, question: Question, inside_s: float, outside_s: float) -> float:
        for _ in range(HALVINGS):
            middle = 0.5 * (inside_s + outside_s)
            inside_s, outside_s = (middle, outside_s) if self.slack_m(question, middle) >= 0.0 else (inside_s, middle)
        return inside_s

    def slack_m(self, question: Question, time_s: float) -> float:
        """Distance inside the pad edge that a divert after a command now reaches; negative: outside."""
        start = on_coast(question, self.coast, time_s)
        least = least_descent(self.oracle.plant.params, question, start, NO_TRACE)
        slack = self._slack_m(question, start, least.switch_s)
        throttle = math.nan if slack >= 0.0 else self.oracle.throttle(question, start)
        if math.isfinite(throttle):
            slack = max(slack, self._slack_m(question._replace(floor=throttle, ceiling=throttle), start, 0.0))
        return slack

    def _slack_m(self, question: Question, start: Falling, switch_s: float) -> float:
        end, trace = self.oracle.traced(question, start, switch_s)
        miss = math.hypot(end.pos_m[0], end.pos_m[1])
        if miss <= PAD_M:
            return PAD_M - miss
        toward = (-end.pos_m[0] / miss, -end.pos_m[1] / miss)
        return PAD_M - miss + reach_m(felt(trace, toward), 0.0, BOUND)

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
        return self.oracle.throttle(self.question, self.at(time_s)) if self.engines.lit else math.nan

    @cached_property
    def divert_m(self) -> dict[str, float] | None:
        """How far the end of the flight's own descent can be moved once its engines are proven, by direction.

        At the one throttle that ends at the pad. None where no throttle does or nothing was lit.
        """
        if self.ignition_s is None or not self.engines.lit:
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
        if self.ignition_s is None or not self.engines.lit:
            return math.inf
        thrust_s = self.ignition_s + self.oracle.plant.vehicle.engine.dead_time_s
        return self.oracle.optimum_kg(self.question, self.at(thrust_s))


def window_of(flight: "Flight") -> FlightWindow | None:
    """The ignition window of a flight, which computes what it is asked for; None without an oracle."""
    return cast("FlightWindow | None", flight.window)
