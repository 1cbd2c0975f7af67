"""What a flight was really given, as plain data: every number after overrides and dispersions, faults in ticks.

A scenario says what was asked for; this says what came of it. It is read off the plant and the plan, not off the
scenario, so a key that got lost on the way would show. A run folder keeps it as `applied.toml`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from plant.faults import KINDS, Fault
from plant.vehicle import load_vehicle
from scenarios.dispersions import draw

if TYPE_CHECKING:
    from harness.flight import Prepared

APPLIED_FILE = "applied.toml"
COLUMNS = ("wind_east_mps", "wind_north_mps", "density")
"""Draws by altitude: they stand in the table `air`, added up with the mean."""


def applied(prepared: "Prepared", *, flown: bool) -> dict[str, Any]:
    """Everything that decides the flight but the flight software; once flown, with the ticks at which faults woke."""
    scenario, plant, plan = prepared.scenario, prepared.plant, prepared.plan
    return {
        "scenario": plan.scenario,
        "seed": plan.seed,
        "rates": {
            "dt_s": plant.setup.dt_s,
            "frame_ticks": plan.frame_ticks,
            "command_delay_ticks": plan.command_delay_ticks,
            "max_frames": plan.max_frames,
        },
        "requirements": {"set": scenario.requirements.set, "ids": [r.id for r in prepared.requirements.requirement]},
        "overrides": {
            "vehicle": _overridden(prepared),
            "flight_load": plain(scenario.flight_load.override),
        },
        "drawn": _drawn(prepared),
        "stated": scenario.drawn.model_dump(mode="json", exclude_none=True),
        "release": {
            "time_from_liftoff_s": prepared.context.time_from_liftoff_s,
            **plain(plant.setup.release._asdict()),
        },
        "pad": {key: getattr(plant.setup, key) for key in ("latitude_rad", "longitude_rad", "elevation_m")},
        "air": _air(prepared),
        "imu": plain(plant.setup.imu._asdict()),
        "gauges": plain(plant.setup.gauges._asdict()),
        "relight": plant.setup.relight,
        "faults": list(_faults(prepared, flown)),
        "vehicle": {"file": scenario.vehicle.file, **plain(plant.vehicle._asdict())},
        "flight_load": {"file": scenario.flight_load.file, **plain(plan.flight_load)},
    }


def plain(value: Any) -> Any:
    """Tables, arrays and numbers of numpy as what TOML and JSON know."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _overridden(prepared: "Prepared") -> dict[str, Any]:
    """Each key with what the vehicle file says and what it was changed to, before dispersion."""
    given = prepared.scenario.vehicle
    if not given.override:
        return {}
    file, changed = load_vehicle(given.file), load_vehicle(given.file, given.override)
    return {key: {"file": plain(_at(file, key)), "flown": plain(_at(changed, key))} for key in given.override}


def _at(vehicle: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        vehicle = getattr(vehicle, part)
    return vehicle


def _drawn(prepared: "Prepared") -> dict[str, Any]:
    """The deviations of this flight; drawing them again gives the same numbers."""
    scenario = prepared.scenario
    draws = draw(scenario.dispersions, prepared.plan.seed, prepared.plant.shape.engines, scenario.drawn)
    return {key: plain(value) for key, value in draws._asdict().items() if key not in COLUMNS}


def _air(prepared: "Prepared") -> dict[str, Any]:
    setup = prepared.plant.setup
    return {"turbulence": setup.turbulence, "w20_mps": setup.w20_mps, **plain(setup.column._asdict())}


def _faults(prepared: "Prepared", flown: bool) -> Iterator[dict[str, Any]]:
    plant = prepared.plant
    table, dt_s = plant.params["faults"], plant.setup.dt_s
    for i, (fault, tick) in enumerate(zip(plant.setup.faults, plant.fault_ticks, strict=True)):
        entry = {
            "kind": fault.kind,
            "target": fault.target,
            "at": prepared.scenario.faults[i].at,
            "numbers": dict(zip(KINDS[fault.kind].numbers, fault.numbers, strict=True)),
            **_trigger(fault, int(table["delay_ticks"][0, i])),
            "duration_ticks": int(table["duration_ticks"][0, i]),
        }
        if flown:
            entry |= {"came": tick is not None} | ({} if tick is None else {"tick": tick, "time_s": tick * dt_s})
        yield entry


def _trigger(fault: Fault, delay_ticks: int) -> dict[str, Any]:
    if fault.trigger.sort in {"time", "event"}:
        return {"delay_ticks": delay_ticks}
    return {"threshold": fault.trigger.threshold}


def asleep(prepared: "Prepared") -> Iterator[str]:
    """A sentence for each fault that was armed and never came: its moment was not reached."""
    for i, tick in enumerate(prepared.plant.fault_ticks):
        if tick is None:
            fault = prepared.scenario.faults[i]
            yield f"fault {i} ({fault.kind} on {fault.target}, at {fault.at}) never came"
