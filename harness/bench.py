"""`hoverslam bench`: what a lockstep frame, a plant step and a whole flight cost on this machine.

Each figure is a median, taken after a first round that warms everything up. The flight is the default scenario with the
reference flight software, both processes on one core, from the first frame to the last; `wall_s` and
`realtime_factor` are of the same flight.
"""

from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from harness.commands.console import print_json, progress, results
from harness.pinning import default_core, on_one_core
from scenarios.load import load

SCENARIO = "zq3-landing"
FLIGHTS = 3
BLOCK_TICKS, BLOCKS = 10_000, 5


def bench_command(*, as_json: bool) -> int:
    """Measure and tell."""
    console = progress()
    console.print("timing the lockstep frame")
    from harness.bench_lockstep import measure

    figures: dict[str, Any] = {"lockstep": measure()}
    console.print("timing the plant")
    figures["plant"] = plant_step()
    console.print(f"flying {SCENARIO} {FLIGHTS + 1} times")
    figures["run"] = whole_flight()
    if as_json:
        print_json(figures)
    else:
        for line in _lines(figures):
            results().print(line)
    return 0


def plant_step() -> dict[str, float]:
    """Microseconds a step of the default vehicle: dense air, gusts, three engines burning, gimbals and fins moving."""
    from harness.flight import prepare

    prepared = prepare(load(SCENARIO, {"release.altitude_msl_m": "12000.0"}), "bench")
    layout = prepared.plant.command_layout
    command = np.zeros(layout.width)
    command[layout.slice("engine_on")][:3] = 1.0
    command[layout.slice("throttle")][:3] = 0.7
    command[layout.slice("gimbal_rad")] = 0.01
    command[layout.slice("fin_rad")] = 0.05
    frame_ticks = prepared.plan.frame_ticks
    times = []
    with on_one_core(default_core(), None):
        for _ in range(BLOCKS + 1):
            prepared = prepare(prepared.scenario, "bench")
            times.append(_advance_s(prepared.plant, command, frame_ticks))
    return {"us_per_step": round(median(times[1:]) / BLOCK_TICKS * 1e6, 3)}


def _advance_s(plant: Any, command: Any, frame_ticks: int) -> float:
    begun_s = perf_counter()
    for _ in range(BLOCK_TICKS // frame_ticks):
        plant.advance(command, frame_ticks)
    seconds = perf_counter() - begun_s
    assert plant.outcome is None, "the plant reached the ground, so the block was not all flight"
    return seconds


def whole_flight() -> dict[str, float]:
    """Wall time of the default scenario with the reference flight software, and how many times real time that is."""
    from harness.flight import prepare
    from harness.session import Session

    flown = []
    with Session() as session:
        for _ in range(FLIGHTS + 1):
            prepared = prepare(load(SCENARIO), "bench")
            record = session.fly(prepared.plant, prepared.plan)
            if record.outcome != "at_rest":
                raise RuntimeError(f"the benchmark flight ended in {record.outcome}: {record.gnc_failure or ''}")
            flown.append((record.wall_s, float(record.truth[-1, 0])))
    wall_s = median(wall for wall, _ in flown[1:])
    return {"realtime_factor": round(flown[0][1] / wall_s, 1), "wall_s": round(wall_s, 3)}


def _lines(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    lockstep, plant, run = figures["lockstep"], figures["plant"], figures["run"]
    bare = f"{lockstep['ratio']:.2f} x the bare transport ({lockstep['floor_us_per_frame']:.1f} us)"
    return [
        f"lockstep  {lockstep['us_per_frame']:.1f} us a frame, {bare}",
        f"plant     {plant['us_per_step']:.2f} us a step",
        f"run       {run['realtime_factor']:.0f} x real time, {run['wall_s']:.2f} s for {SCENARIO}",
    ]
