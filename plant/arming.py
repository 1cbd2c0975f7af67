"""The faults of a flight as kernels take them: a table of codes, triggers and numbers, and their effects so far."""

import numpy as np

from hoverslam.plant.faults import EVENTS, FAMILIES, KINDS, ORGANS, SORTS, ArmedFault, code
from hoverslam.plant.faults import QUANTITIES as QUANTITY_NAMES
from hoverslam.plant.kernels.engines.feed import TANK_COLUMNS
from hoverslam.plant.kernels.faults import (
    ENGINE_COLUMNS,
    SLOTS,
    Effects,
    FaultTable,
    heal_engine,
)
from hoverslam.plant.kernels.records import ROWS
from hoverslam.plant.layout import VehicleShape, sensor_layout
from hoverslam.plant.sensors import TARGETS
from hoverslam.plant.setup import FlightSetup


def armed_faults(setup: FlightSetup, shape: VehicleShape) -> FaultTable:
    """The faults of this flight as the kernels want them; raises ValueError for more than there are slots."""
    if len(setup.faults) > SLOTS:
        raise ValueError(f"{len(setup.faults)} faults; at most {SLOTS} are possible in one flight; remove some")
    kinds = {name: np.float64 if name in {"threshold", "a", "b", "c"} else np.int64 for name in FaultTable._fields[1:]}
    columns = {name: np.zeros(SLOTS, dtype=kind) for name, kind in kinds.items()}
    for slot, fault in enumerate(setup.faults):
        for name, value in _fault_row(fault, shape, setup.dt_s).items():
            columns[name][slot] = value
    return FaultTable(len(setup.faults), **columns)


def _fault_row(fault: ArmedFault, shape: VehicleShape, dt_s: float) -> dict[str, float]:
    kind, trigger = KINDS[fault.kind], fault.trigger
    numbers = fault.numbers or tuple(number.default for number in kind.numbers.values())
    row: dict[str, float] = {
        "kind": list(KINDS).index(fault.kind),
        "family": FAMILIES.index(kind.family),
        "organ": ORGANS.index(kind.target),
        "trigger": code(SORTS, trigger.sort),
        "what": code(EVENTS if trigger.sort == "event" else QUANTITY_NAMES, trigger.what),
        "threshold": trigger.threshold,
        "delay_ticks": round(trigger.delay_s / dt_s),
        "duration_ticks": round(fault.duration_s / dt_s),
        **dict(zip("abc", numbers, strict=False)),
    }
    if isinstance(fault.target, str):
        return row | dict(zip(("first", "width", "flag"), _sensor_place(shape, fault.target), strict=True))
    return row | {"target": fault.target}


def _sensor_place(shape: VehicleShape, sensor: str) -> tuple[int, int, int]:
    """Where the values of a sensor lie in the sensor row: first, how many, and the flag's place or -1."""
    at = sensor_layout(shape).slice
    target = TARGETS[sensor]
    start, end = at(target.first).start, at(target.last).stop
    return start, end - start, at(target.flag).start if target.flag else -1


def no_effects_yet() -> Effects:
    """Those of a flight in which no fault has woken."""
    engine = np.zeros((ROWS, ENGINE_COLUMNS))
    for row in engine:
        heal_engine(row)
    return Effects(
        np.full(SLOTS, -1, dtype=np.int64),
        engine,
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros(1),
        np.zeros((2, TANK_COLUMNS)),
    )
