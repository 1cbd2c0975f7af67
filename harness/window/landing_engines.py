"""Engines of the ignition window: those lit in the flight and not failed, and possible replacements.

The group is read off the flight's first commands, because no vehicle file says how many engines land it; a flight that
lit none is given the smallest group, centre first and then pairs, that has engines at all.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hoverslam.harness.trace.phase import ENGINE_FAILED
from hoverslam.plant.faults import KINDS
from hoverslam.plant.kernels.engines.feed import Inlet, Relight, lights
from hoverslam.plant.layout import truth_layout
from hoverslam.plant.oracle.descent import NEVER_S, EngineGroup, EnginePlan
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import stream_key

if TYPE_CHECKING:
    from hoverslam.harness.trace.flight import Flight

TOGETHER_S = 0.5
"""Engines commanded so shortly after the first are one ignition."""
RELIGHT_AFTER_S = 2.0
"""A second attempt, or a spare in place of an engine that did not light, is commanded so late at most (R-12)."""
NOTICED_S = 0.6
"""From a loss to a new plan, at most (R-11)."""
NOBODY = EngineGroup(0.0, 1.0, 0.0, 0.0, NEVER_S)
DEFAULT_LIT = 3
"""A centre and a pair: the group of a flight that lit none, where that many can start (chosen)."""


class LandingEngines(NamedTuple):
    """Engines commanded that nothing yet showed to be dead, the one nearest the axis first.

    `idle` are such as were not commanded and would light; `again` were commanded and have a second start left. `duds`
    are those commanded that then do not light, which nobody could know.
    """

    lit: tuple[int, ...]
    idle: tuple[int, ...]
    again: tuple[int, ...]
    duds: tuple[int, ...] = ()
    reason: str = ""

    @property
    def spare(self) -> int | None:
        """What can be lit in place of an engine that does not light."""
        return next(iter([*self.idle, *self.again]), None)


def landing_engines(flight: "Flight", plant: Plant, frame: int) -> LandingEngines:
    """Those of an ignition commanded at a frame."""
    radius = np.hypot(*plant.vehicle.cluster.position_m.T)
    sound = [engine for engine in range(plant.shape.engines) if _is_sound(flight, plant, frame, engine)]
    duds = {e for e in sound if _is_unlit(flight, plant, frame, e) or not _draws_light(flight, plant, frame, e)}
    lit = tuple(sorted(set(_wanted(flight, plant, frame)) & set(sound), key=lambda e: (radius[e], e)))
    idle = tuple(engine for engine in sound if engine not in lit and engine not in duds)
    again = tuple(engine for engine in lit[::-1] if _attempts_left(flight, plant, frame, engine) >= 2.0)
    reason = "" if lit else "no engine commanded to start was able to start"
    return LandingEngines(lit, idle, again, tuple(engine for engine in lit if engine in duds), reason)


def _wanted(flight: "Flight", plant: Plant, frame: int) -> list[int]:
    if flight.ignition_frame is None:
        starts = plant.vehicle.cluster.starts
        return sorted(np.flatnonzero(starts >= 1.0).tolist(), key=lambda e: -starts[e])[:DEFAULT_LIT]
    within = round(TOGETHER_S / (flight.record.dt_s * flight.record.frame_ticks))
    return [int(e) for e in np.flatnonzero(flight.engine_on[frame : frame + within + 1].any(axis=0))]


def _attempts_left(flight: "Flight", plant: Plant, frame: int, engine: int) -> float:
    charges = flight.columns("igniter_charges")[frame, engine]
    return float(min(charges, plant.vehicle.cluster.starts[engine]))


def _is_sound(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """Whether nothing shows yet that a start commanded at this frame would not light the engine."""
    failed = flight.columns("engine_state")[frame, engine] == ENGINE_FAILED
    return not failed and _attempts_left(flight, plant, frame, engine) >= 1.0


def _is_unlit(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """Whether a fault that is awake by the end of the dead time keeps the engine from lighting, or ends it."""
    until = flight.time_at(frame) + plant.vehicle.engine.dead_time_s
    for fault, tick in zip(plant.setup.faults, plant.fault_ticks, strict=True):
        ends_start = fault.kind in {"engine_no_light", "engine_shutdown"} and KINDS[fault.kind].target == "engine"
        if ends_start and fault.target == engine and tick is not None and tick * plant.setup.dt_s <= until:
            return True
    return False


def _draws_light(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """What the relight model of this flight draws for a first attempt, as `ignite` in the plant's kernels does."""
    if not plant.setup.relight:
        return True
    row, at = flight.truth[frame], truth_layout(plant.shape).slice
    ullage, gas = row[at("ullage_pa")], row[at("gas_share")]
    short_pa = max(plant.vehicle.lox.ullage_pa - ullage[0], plant.vehicle.lch4.ullage_pa - ullage[1], 0.0)
    inlet = Inlet(0.0, float(short_pa), float(ullage[0]), float(gas.max()))
    model = Relight(1, plant.vehicle.relight, stream_key(plant.setup.seed, "relight"))
    return bool(lights(model, inlet, float(row[at("feed_warm_k")][engine]), 0.0, engine))


def plan_of(engines: LandingEngines, plant: Plant, relight: bool) -> EnginePlan:
    """They as the kernels want them; with `relight` its last engine does not light, and the spare comes late."""
    lit = engines.lit[:-1] if relight else engines.lit
    late = (engines.spare,) if relight and engines.spare is not None else ()
    if not lit:
        return EnginePlan(_group(plant, late, RELIGHT_AFTER_S), *(_group(plant, ()),) * 3)
    return EnginePlan(
        _group(plant, lit[:1]), _group(plant, lit[1:]), _group(plant, late, RELIGHT_AFTER_S), _group(plant, ())
    )


def rescue_of(
    engines: LandingEngines, plant: Plant, spare_s: float, lost: tuple[int, float] | None = None
) -> EnginePlan:
    """They less those that do not light, with an idle engine lit so long after the command, less one lost after it."""
    gone = () if lost is None else lost[:1]
    kept = tuple(engine for engine in engines.lit if engine not in gone and engine not in engines.duds)
    late = _group(plant, engines.idle[:1], spare_s)
    after = _group(plant, gone, lost_s=NEVER_S if lost is None else lost[1])
    if not kept:
        return EnginePlan(late, NOBODY, NOBODY, after)
    return EnginePlan(_group(plant, kept[:1]), _group(plant, kept[1:]), late, after)


def _group(plant: Plant, engines: tuple[int, ...], on_s: float = 0.0, lost_s: float = NEVER_S) -> EngineGroup:
    if not engines:
        return NOBODY
    scatter, chosen = plant.setup.scatter, list(engines)
    return EngineGroup(
        float(len(chosen)),
        float(scatter.thrust[chosen].mean()),
        float(scatter.dead_time_s[chosen].mean()),
        on_s,
        lost_s,
    )
