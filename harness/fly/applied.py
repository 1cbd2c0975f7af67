"""All values as flown, as plain data: every number after overrides and dispersions, faults in ticks.

A scenario states the request; this states the result. It is read from the plant and the plan, not from the scenario,
so that a lost key would be visible. A run folder keeps it as `applied.toml`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hoverslam.harness.loop.link_faults import LinkFault, wake_ticks
from hoverslam.plant.faults import KINDS, ArmedFault
from hoverslam.plant.vehicle import vehicle_of
from hoverslam.scenarios.dispersions import draw
from hoverslam.scenarios.link_kinds import LINK_KINDS, is_of_link

if TYPE_CHECKING:
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.record.flight_record import FlightRecord

PAD = ("latitude_rad", "longitude_rad", "elevation_m", "slope_rad", "slope_azimuth_rad")
COLUMNS = ("wind_east_mps", "wind_north_mps", "density")
"""Draws by altitude: they stand in the table `air`, added up with the mean."""


def applied(prepared: "Prepared", *, flown: bool, record: "FlightRecord | None" = None) -> dict[str, Any]:
    """Everything that decides the flight but the flight software; once flown, with the ticks at which faults woke.

    When faults of the link woke can be told from a record only.
    """
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
        "pad": {key: getattr(plant.setup, key) for key in PAD},
        "air": _air(prepared),
        "imu": plain(plant.setup.imu._asdict()),
        "gauges": plain(plant.setup.gauges._asdict()),
        "relight": plant.setup.relight,
        "faults": list(_faults(prepared, flown, record)),
        "strings": _strings(prepared, record),
        "vehicle": {"file": scenario.vehicle.file, **plain(plant.vehicle._asdict())},
        "flight_load": {"file": scenario.flight_load.file, **plain(plan.flight_load)},
    }


def _strings(prepared: "Prepared", record: "FlightRecord | None") -> dict[str, Any]:
    """How many flight programs there are, and how they are voted; what --gnc says of their number a record knows."""
    plan = prepared.plan.strings
    assert plan is not None  # as `prepare` makes it
    flown = None if record is None or record.strings is None else len(record.strings.each)
    rules = {"cut_after_frames": plan.cut_after_frames, "voter": plan.voter, "tolerance": plan.tolerance}
    return {"count": flown or plan.stated_count or 1, **plain(rules)}


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
    read = prepared.inputs.vehicle
    file, changed = vehicle_of(read), vehicle_of(read, given.override)
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


def _faults(prepared: "Prepared", flown: bool, record: "FlightRecord | None") -> Iterator[dict[str, Any]]:
    of_plant, outside = _armed_in_plant(prepared), iter(_outside(prepared))
    for stated, tick in zip(prepared.scenario.faults, fault_ticks(prepared, record), strict=True):
        entry: dict[str, Any] = {
            "kind": stated.kind,
            "target": stated.target,
            "at": stated.at,
            "numbers": stated.full_numbers,
        }
        entry |= _link_ticks(next(outside)) if is_of_link(stated.kind) else next(of_plant)
        if flown:
            entry |= {"came": tick is not None}
            entry |= {} if tick is None else {"tick": tick, "time_s": tick * prepared.plant.setup.dt_s}
        yield entry


def _outside(prepared: "Prepared") -> list[LinkFault]:
    """Faults of link, computer and strings as they are armed, in the order of the scenario."""
    strings = prepared.plan.strings
    of_link = iter(prepared.plan.link_faults)
    of_string = {} if strings is None else {one.place: one.fault for one in strings.faults}
    kinds = [fault.kind for fault in prepared.scenario.faults]
    return [of_string[i] if i in of_string else next(of_link) for i, kind in enumerate(kinds) if is_of_link(kind)]


def _armed_in_plant(prepared: "Prepared") -> Iterator[dict[str, Any]]:
    """Numbers, trigger and duration of each fault as the plant has them."""
    table = prepared.plant.params["faults"]
    for i, fault in enumerate(prepared.plant.setup.faults):
        yield {
            "numbers": dict(zip(KINDS[fault.kind].numbers, fault.numbers, strict=True)),
            **_trigger(fault, int(table["delay_ticks"][0, i])),
            "duration_ticks": int(table["duration_ticks"][0, i]),
        }


def _link_ticks(fault: LinkFault) -> dict[str, Any]:
    unit = "ticks" if fault.direction == "commands" else "frames"
    kind = LINK_KINDS[fault.kind]
    takes = {unit: fault.amount} if kind.counts and kind.told else {}
    return {**_trigger(fault, fault.delay_ticks), "duration_ticks": fault.duration_ticks, **takes}


def _trigger(fault: ArmedFault | LinkFault, delay_ticks: int) -> dict[str, Any]:
    if fault.trigger.sort in {"time", "event"}:
        return {"delay_ticks": delay_ticks}
    return {"threshold": fault.trigger.threshold}


def fault_ticks(prepared: "Prepared", record: "FlightRecord | None") -> list[int | None]:
    """When each fault of the scenario woke, in its order; of link and strings only with a record of the flight."""
    plan, plant = prepared.plan, prepared.plant
    truth = np.zeros((0, plant.truth_layout.width)) if record is None else record.truth[: record.frames]
    outside = _outside(prepared)
    of_link = iter(wake_ticks(outside, truth, plant.shape, plan.frame_ticks) if outside else ())
    of_plant = iter(plant.fault_ticks)
    return [next(of_link if is_of_link(fault.kind) else of_plant) for fault in prepared.scenario.faults]


def asleep(prepared: "Prepared", record: "FlightRecord | None" = None) -> Iterator[str]:
    """A sentence for each fault that was armed and never started: its trigger was not reached."""
    for i, (fault, tick) in enumerate(zip(prepared.scenario.faults, fault_ticks(prepared, record), strict=True)):
        if tick is None:
            yield f"fault {i} ({fault.kind} on {fault.target}, at {fault.at}) never started"
