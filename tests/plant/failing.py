"""Stages with faults for the plant's tests: engines 1 and 5 of the shipped vehicle burn, the first of them ill."""

import numpy as np

from hoverslam.plant.faults import KINDS, ArmedFault, Trigger
from hoverslam.plant.plant import Plant
from hoverslam.plant.vehicle import Vehicle
from tests.plant.stage import STEP_S, FloatArray, engines_on, place, plant, sense, truth

AT_ONCE = Trigger("time")
PAIR = (1, 5)  # opposite engines of the shipped vehicle; the fault is on the first
THROTTLE = 0.8


def burning(
    *faults: ArmedFault, seconds: float = 0.0, throttle: float = THROTTLE, vehicle: Vehicle | None = None
) -> Plant:
    """Engines 1 and 5 lit at release; `seconds` later."""
    flying = plant(vehicle, faults=faults)
    place(flying, (0.0, 0.0, 3000.0), (0.0, 0.0, -300.0))
    flying.advance(engines_on(flying, PAIR, throttle), round(seconds / STEP_S))
    return flying


def history(flying: Plant, seconds: float, throttle: float = THROTTLE, every: int = 5) -> dict[str, FloatArray]:
    """Thrust, chamber pressure, flow and state of both engines, and the reading, every so many ticks."""
    rows: dict[str, list[FloatArray]] = {"thrust_n": [], "chamber_pressure_pa": [], "flow_kgps": [], "engine_state": []}
    readings = []
    row = engines_on(flying, PAIR, throttle)
    for _ in range(round(seconds / STEP_S / every)):
        flying.advance(row, every)
        now = truth(flying)
        for name, seen in rows.items():
            seen.append(now[name][list(PAIR)])
        readings.append(sense(flying)["chamber_pressure_pa"][list(PAIR)])
    return {name: np.array(seen) for name, seen in rows.items()} | {"reading_pa": np.array(readings)}


def fault(
    kind: str, trigger: Trigger = AT_ONCE, target: int | str = PAIR[0], lasts_s: float = 0.0, **numbers: float
) -> ArmedFault:
    given_numbers = tuple(numbers.get(name, number.default) for name, number in KINDS[kind].numbers.items())
    return ArmedFault(kind, target, trigger, given_numbers, lasts_s)


def sensed(frames: int, *faults: ArmedFault) -> list[dict[str, FloatArray]]:
    """Sensor rows of a fall, a frame each 10 ms."""
    flying = plant(faults=faults)
    place(flying, (0.0, 0.0, 900.0), (5.0, 0.0, -100.0), turn_b_radps=(0.0, 0.02, 0.0))
    row, rows = engines_on(flying, PAIR, THROTTLE), []
    for _ in range(frames):
        flying.advance(row, 10)
        rows.append(sense(flying))
    return rows
