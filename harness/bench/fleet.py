"""What interleaving flights saves: a frame, and whole flights a minute, each beside the same flown one at a time.

Frames are those of `bench_lockstep`: the echo program and a plant that stands still. Whole flights are of the default
scenario with the reference flight software, from scenario to verdict. Both ways keep both processes on one core, and
blocks of both alternate, so both meet the same disturbances; medians are compared.
"""

import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from hoverslam.harness.bench.lockstep import StillPlant
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.program.fleet import IN_THE_AIR, FleetSession
from hoverslam.harness.program.opening import TRANSPORT
from hoverslam.harness.program.supervisor import PACKAGE_ROOT

SCENARIO = "zq3-landing"
BLOCKS, BLOCK_FRAMES = 5, 300
FLIGHT_BLOCKS, FLIGHTS_ALONE = 2, 6
ECHO = [sys.executable, "-P", "-m", "hoverslam.harness.wire.echo"]


class Still(NamedTuple):
    """A flight of frames alone."""

    plant: StillPlant
    plan: FlightPlan


def measure() -> dict[str, float]:
    """Microseconds a frame and flights a minute on one core, interleaved and alone, and what is gained."""
    frame_us, alone_us = _in_turn(_frames, ECHO, BLOCKS)
    flight_s, alone_s = _in_turn(_flights, None, FLIGHT_BLOCKS)
    return {
        "in_the_air": IN_THE_AIR,
        "us_per_frame": round(frame_us, 2),
        "alone_us_per_frame": round(alone_us, 2),
        "frame_gain": round(alone_us / frame_us, 3),
        "flights_per_min": round(60.0 / flight_s, 1),
        "alone_flights_per_min": round(60.0 / alone_s, 1),
        "flight_gain": round(alone_s / flight_s, 3),
    }


def _in_turn(
    block: Callable[[FleetSession, int], float], command: list[str] | None, blocks: int
) -> tuple[float, float]:
    """Medians over blocks of both ways in turn; a first round of both warms everything up."""
    environment = {"PYTHONPATH": str(PACKAGE_ROOT)}
    with (
        FleetSession(command, transport=TRANSPORT, environment=environment) as many,
        FleetSession(command, transport=TRANSPORT, most=1, environment=environment) as one,
    ):
        rounds = [(block(many, IN_THE_AIR), block(one, FLIGHTS_ALONE)) for _ in range(blocks + 1)][1:]
    return median(both[0] for both in rounds), median(both[1] for both in rounds)


def _frames(session: FleetSession, flights: int) -> float:
    plan = FlightPlan("bench", "bench", 0, 1000, 10, 10, BLOCK_FRAMES)
    began_s = perf_counter()
    flown = list(session.fly_all(Still(StillPlant(), plan) for _ in range(flights)))
    seconds = perf_counter() - began_s
    _refuse_losses([record for _, record in flown], "max_time")
    return 1e6 * seconds / (flights * BLOCK_FRAMES)


def _flights(session: FleetSession, flights: int) -> float:
    from hoverslam.harness.fly.assess import assess

    began_s = perf_counter()
    for prepared, record in session.fly_all(_prepared(flights)):
        assess(record, prepared)
        _refuse_losses([record], "at_rest")
    return (perf_counter() - began_s) / flights


def _prepared(flights: int) -> Iterator[Any]:
    from hoverslam.harness.fly.prepare import prepare
    from hoverslam.scenarios.load import load

    for number in range(flights):
        yield prepare(load(SCENARIO), f"bench {number}")


def _refuse_losses(records: list[Any], outcome: str) -> None:
    for record in records:
        if record.outcome != outcome:
            raise RuntimeError(f"a flight of the benchmark ended in {record.outcome}: {record.gnc_failure or ''}")
