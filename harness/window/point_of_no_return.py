"""The moment after which no landing was possible, and the distance from the pad that could still be reached (R-32).

Nothing here asks what the flight software did: the moment follows from the ignition window and from engines that were
lost, the distance from the fall after it, with the engines that are left at their ceiling or without any. It is one
that a stage within the goals of R-31 and R-15 can reach (`harness.window.divert.GOAL`), not the farthest that there is.
"""

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from hoverslam.harness.trace.series import Missing
from hoverslam.harness.window.divert import GOAL, aside_m, felt
from hoverslam.harness.window.landing_engines import NOBODY, NOTICED_S, LandingEngines, plan_of
from hoverslam.harness.window.oracle import PAD_M, STOP_MPS, Bounds, Oracle
from hoverslam.plant.oracle.descent import CLIMBS, DEEPEST_M, EnginePlan, Falling
from hoverslam.plant.oracle.ignition import Question

if TYPE_CHECKING:
    from hoverslam.harness.trace.flight import Flight

NO_ENGINES = EnginePlan(NOBODY, NOBODY, NOBODY, NOBODY)
POSSIBLE = Missing("by the ignition window and the number of lost engines, a landing was possible")


class Asked(Protocol):
    """What is asked of the window of a flight, which `harness.window.window.FlightWindow` answers."""

    oracle: Oracle

    @property
    def anchor(self) -> int:
        """The last row that surely knows no thrust."""

    @property
    def engines(self) -> LandingEngines:
        """Who was lit and could burn, and who could have been lit besides."""

    @property
    def question(self) -> Question:
        """What is asked of a descent, for the engines alive."""

    @property
    def bounds(self) -> Bounds:
        """Earliest and latest command that still land."""

    @property
    def ignition_s(self) -> float | None:
        """Time of the flight's own command."""

    def at(self, time_s: float) -> Falling:
        """The stage on the coast at a moment."""

    def stage(self, row: int, plan: EnginePlan) -> tuple[Question, Falling]:
        """What is asked of the stage of a truth row with these engines, and the stage."""

    def rescued(self, spare_s: float, lost: tuple[int, float] | None = None) -> str:
        """Why a spare lit so long after the flight's own command could not save it, else empty."""


class Hopeless(NamedTuple):
    """The moment after which no landing is possible, its reason, the stage then, and the usable engines (question)."""

    since_s: float
    why: str
    question: Question
    start: Falling


def hopeless(flight: "Flight", window: Asked) -> Hopeless | Missing:
    """That moment, or the reason why there is none."""
    if _landed(flight):
        return Missing("the stage landed")
    latest_s = window.bounds.latest_s
    if latest_s is None:
        return _without_window(flight, window)
    if window.ignition_s is None or window.ignition_s > latest_s:
        return Hopeless(
            latest_s, "the time of the latest landing ignition had passed", window.question, window.at(latest_s)
        )
    earliest_s = window.bounds.earliest_s
    if earliest_s is not None and window.ignition_s < earliest_s:
        return Missing(
            "Ignition came before the window opened; the moment after which no landing was possible is not "
            "computed for this case."
        )
    return _after_a_loss(flight, window, window.ignition_s)


def _landed(flight: "Flight") -> bool:
    """Whether the touchdown was soft and on the pad, whatever happened later."""
    touchdown = flight.touchdown
    return touchdown is not None and touchdown.vertical_mps <= STOP_MPS and touchdown.miss_m <= PAD_M


def _without_window(flight: "Flight", window: Asked) -> Hopeless | Missing:
    """From the ignition command on, if no command could have landed the stage."""
    if window.ignition_s is None:
        why = "no engine was commanded to start; the moment after which no landing was possible is not computed ({})"
        return Missing(why.format(window.bounds.reason))
    plan = plan_of(window.engines, window.oracle.plant, relight=False)
    return Hopeless(window.ignition_s, window.bounds.reason, *window.stage(window.anchor, plan))


def _after_a_loss(flight: "Flight", window: Asked, ignition_s: float) -> Hopeless | Missing:
    """From the first engine failure on, if the remaining engines and a spare cannot land the stage."""
    engines, plant = window.engines, window.oracle.plant
    if engines.duds:
        lost, after_s = (engines.duds[0], 0.0), plant.vehicle.engine.dead_time_s
    elif flight.engine_losses:
        after_s = flight.engine_losses[0].time_s - ignition_s
        lost = flight.engine_losses[0].engine, after_s
    else:
        return POSSIBLE
    if not (why := window.rescued(after_s + NOTICED_S, lost)):
        return POSSIBLE
    gone = {*engines.duds, lost[0]}
    left = tuple(engine for engine in (*engines.lit, *engines.idle[:1]) if engine not in gone)
    row = min(int(np.searchsorted(flight.time_s, ignition_s + after_s)), flight.rows - 1)
    plan = plan_of(engines._replace(lit=left), plant, relight=False)
    return Hopeless(flight.time_at(row), why, *window.stage(row, plan))


def reachable_m(oracle: Oracle, found: Hopeless, azimuth_rad: float) -> float:
    """Distance from the pad at which the stage could hit the ground, with its remaining engines or without engines."""
    ways = (found.question, found.question._replace(plan=NO_ENGINES))
    return max(_reachable_m(oracle, way, found.start, azimuth_rad) for way in ways)


def _reachable_m(oracle: Oracle, question: Question, start: Falling, azimuth_rad: float) -> float:
    """Where it strikes, or stops above the ground to fall from there.

    The kernel gives a fall up at `DEEPEST_M`; it is put that much lower, with its air, so that this is the pad.
    """
    east, north, up = start.pos_m
    around = question.around._replace(above_foot_m=question.around.above_foot_m - DEEPEST_M)
    held = question._replace(around=around, floor=question.ceiling, handover_mps=-1.0)
    end, trace = oracle.traced(held, start._replace(pos_m=(east, north, up + DEEPEST_M)), 0.0)
    if end.how == CLIMBS or end.spare_kg < 0.0:
        return 0.0  # no descent, or it runs dry on the way
    trace[:, 2] -= DEEPEST_M
    headings = [azimuth_rad + turn for turn in (0.0, 0.5 * math.pi, math.pi, 1.5 * math.pi)]
    headings.append(math.atan2(end.pos_m[0], end.pos_m[1]))
    struck = []
    for heading in headings:
        along = (math.sin(heading), math.cos(heading))
        moved = aside_m(felt(trace, along), 0.0, GOAL)
        struck.append(math.hypot(end.pos_m[0] + moved * along[0], end.pos_m[1] + moved * along[1]))
    return max(struck)
