"""Which engines the ignition window is about: those that a flight lit and that were alive, and who could stand in.

The group is read off the flight's first commands, because no vehicle file says how many engines land it; a flight that
lit none is given the smallest group, centre first and then pairs, that has engines at all.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.engine_history import ENGINE_FAILED
from plant.faults import KINDS
from plant.kernels.descent import NEVER_S, EnginePlan, Group
from plant.kernels.feed import Inlet, Relight, lights
from plant.layout import truth_layout
from plant.plant import Plant, stream_key

if TYPE_CHECKING:
    from harness.signals import Flight

TOGETHER_S = 0.5
"""Engines commanded so shortly after the first are one ignition."""
RELIGHT_AFTER_S = 2.0
"""A second attempt, or a spare in place of an engine that did not light, is commanded so late at most (R-12)."""
DEFAULT_LIT = 3
"""A centre and a pair: the group of a flight that lit none, where that many can start (chosen)."""


class Crew(NamedTuple):
    """Engines lit and alive, the one nearest the axis first; `spare` can be lit in place of one that fails."""

    lit: tuple[int, ...]
    spare: int | None
    reason: str = ""


def crew_of(flight: "Flight", plant: Plant, frame: int) -> Crew:
    """The crew of an ignition commanded at a frame."""
    radius = np.hypot(*plant.vehicle.cluster.position_m.T)
    alive = [engine for engine in range(plant.shape.engines) if _is_alive(flight, plant, frame, engine)]
    lit = tuple(sorted(set(_wanted(flight, plant, frame)) & set(alive), key=lambda e: (radius[e], e)))
    spares = [engine for engine in alive if engine not in lit]
    again = [engine for engine in lit[::-1] if _attempts_left(flight, plant, frame, engine) >= 2.0]
    reason = "" if lit else "no engine that was commanded to start was alive"
    return Crew(lit, next(iter([*spares, *again]), None), reason)


def _wanted(flight: "Flight", plant: Plant, frame: int) -> list[int]:
    if flight.ignition_frame is None:
        starts = plant.vehicle.cluster.starts
        return sorted(np.flatnonzero(starts >= 1.0).tolist(), key=lambda e: -starts[e])[:DEFAULT_LIT]
    within = round(TOGETHER_S / (flight.record.dt_s * flight.record.frame_ticks))
    return [int(e) for e in np.flatnonzero(flight.engine_on[frame : frame + within + 1].any(axis=0))]


def _attempts_left(flight: "Flight", plant: Plant, frame: int, engine: int) -> float:
    charges = flight.columns("igniter_charges")[frame, engine]
    return float(min(charges, plant.vehicle.cluster.starts[engine]))


def _is_alive(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """Whether a start commanded at this frame would light the engine: it has a charge, is sound, and draws well."""
    failed = flight.columns("engine_state")[frame, engine] == ENGINE_FAILED
    if failed or _attempts_left(flight, plant, frame, engine) < 1.0:
        return False
    return not _is_unlit(flight, plant, frame, engine) and _draws_light(flight, plant, frame, engine)


def _is_unlit(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """Whether a fault that is awake by the end of the dead time keeps the engine from lighting, or ends it."""
    until = flight.time_at(frame) + plant.vehicle.engine.dead_time_s
    for fault, tick in zip(plant.setup.faults, plant.fault_ticks, strict=True):
        ends_start = fault.kind in {"engine_no_light", "engine_shutdown"} and KINDS[fault.kind].target == "engine"
        if ends_start and fault.target == engine and tick is not None and tick * plant.setup.dt_s <= until:
            return True
    return False


def _draws_light(flight: "Flight", plant: Plant, frame: int, engine: int) -> bool:
    """What the relight model of this flight draws for a first attempt, as `plant.kernels.propulsion.ignite` does."""
    if not plant.setup.relight:
        return True
    row, at = flight.truth[frame], truth_layout(plant.shape).slice
    ullage, gas = row[at("ullage_pa")], row[at("gas_share")]
    short_pa = max(plant.vehicle.lox.ullage_pa - ullage[0], plant.vehicle.lch4.ullage_pa - ullage[1], 0.0)
    inlet = Inlet(0.0, float(short_pa), float(ullage[0]), float(gas.max()))
    model = Relight(1, plant.vehicle.relight, stream_key(plant.setup.seed, "relight"))
    return bool(lights(model, inlet, float(row[at("feed_warm_k")][engine]), 0.0, engine))


def plan_of(crew: Crew, plant: Plant, relight: bool) -> EnginePlan:
    """The crew as the kernels want it; with `relight` its last engine does not light, and the spare comes late."""
    lit = crew.lit[:-1] if relight else crew.lit
    late = (crew.spare,) if relight and crew.spare is not None else ()
    if not lit:
        return EnginePlan(_group(plant, late, RELIGHT_AFTER_S), *(_group(plant, ()),) * 3)
    return EnginePlan(
        _group(plant, lit[:1]), _group(plant, lit[1:]), _group(plant, late, RELIGHT_AFTER_S), _group(plant, ())
    )


def _group(plant: Plant, engines: tuple[int, ...], on_s: float = 0.0) -> Group:
    if not engines:
        return Group(0.0, 1.0, 0.0, 0.0, NEVER_S)
    scatter, chosen = plant.setup.scatter, list(engines)
    return Group(
        float(len(chosen)),
        float(scatter.thrust[chosen].mean()),
        float(scatter.dead_time_s[chosen].mean()),
        on_s,
        NEVER_S,
    )
