"""A million frames in one connection: python -m tests.evidence.soak [--frames 1000000].

One flight after another of a fake plant, with a program that keeps its own time. `conform` soaks flight programs; this
is the harness. A line of docs/evidence/soak.csv is a connection; docs/evidence/soak.md follows from it.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.plant.layout import truth_layout
from tests.evidence.tables import FOLDER, MINUTES, Row, made, publish, resumed
from tests.harness.fake_plant import PROGRAMS, SHAPE, FakePlant, plan, session

FRAMES, OF_A_FLIGHT = 1_000_000, 20_000
LISTEN = {"ipc": None, "tcp with CURVE": "tcp://127.0.0.1:*"}
TIMEKEEPER = [sys.executable, str(PROGRAMS / "timekeeper.py")]
FRAME_NS, TICK_NS, FRAME_TICKS = 10_000_000, 1_000_000, 10
"""Of the flights of `fake_plant.plan`."""
TIME = truth_layout(SHAPE).slice("time_s")
WARM = 0.1
"""The share of the flights after which memory is compared: until then, caches fill."""
MOST_GROWTH_MIB = 8.0
"""Of either process, over the other nine tenths: nine bytes a frame would be seen."""
COLUMNS = (
    "connection", "frames", "flights", "exact", "same_hash", "harness_mib", "harness_growth_mib", "program_mib",
    "program_growth_mib", "files_growth", "wall_s", "date", "sources",
)  # fmt: skip


class Size(NamedTuple):
    """Resident memory of harness and program, and how many files the harness has open."""

    harness_mib: float
    program_mib: float
    files: int


def size(flights: Session) -> Size:
    """As it is now."""
    gc.collect()
    ours, theirs = psutil.Process(), psutil.Process(flights.pid)
    return Size(ours.memory_info().rss / 2**20, theirs.memory_info().rss / 2**20, ours.num_fds())


def drift(record: FlightRecord, plant: FakePlant, frames: int, seen: int) -> str:
    """What disagrees about a flight, in whole numbers; empty where nothing does. `seen`: frames up to its end."""
    ticks = np.arange(frames + 1) * FRAME_TICKS
    told = [message["frames_seen"] for _, message in record.telemetry]
    found = {
        "outcome": (record.outcome, "at_rest"),
        "frames": (record.frames, frames),
        "ticks": (plant.ticks, frames * FRAME_TICKS),
        "time": (np.array_equal(np.rint(record.truth[:, TIME].ravel() * 1e9).astype(np.int64), ticks * TICK_NS), True),
        "frames that the program counted": (told[-1:], [seen]),
    }
    return "; ".join(f"{what}: {one}, must be {due}" for what, (one, due) in found.items() if one != due)


def soaked(connection: str, frames: int = FRAMES, of_a_flight: int = OF_A_FLIGHT) -> Row:
    """A connection of so many frames. Flights are counted as exact up to the first that is not, and it ends there."""
    begun_s, count = time.monotonic(), frames // of_a_flight
    sizes, hashes, exact = list[Size](), set[str](), 0
    with session(TIMEKEEPER, listen=LISTEN[connection]) as flights:
        for number in range(count):
            plant = FakePlant(of_a_flight)
            record = flights.fly(plant, plan(max_frames=of_a_flight + 1))
            if wrong := drift(record, plant, of_a_flight, (number + 1) * of_a_flight):
                sys.stderr.write(f"flight {number}: {wrong}: {record.gnc_failure}\n")
                break
            exact += 1
            hashes.add(record.hash)
            del record, plant
            sizes.append(size(flights))
    return {
        "connection": connection, "frames": frames, "flights": count, "exact": exact,
        "same_hash": int(len(hashes) == 1), **growth(sizes), "wall_s": f"{time.monotonic() - begun_s:.0f}",
    }  # fmt: skip


def growth(sizes: Sequence[Size]) -> Row:
    """How large at the end, and by how much the largest since the first flights is above what it was after these."""
    kept = np.array(sizes[int(WARM * len(sizes)) :] or [Size(0.0, 0.0, 0)], dtype=np.float64)
    last, grown = kept[-1], kept.max(axis=0) - kept[0]
    return {
        "harness_mib": f"{last[0]:.1f}", "harness_growth_mib": f"{grown[0]:.2f}", "program_mib": f"{last[1]:.1f}",
        "program_growth_mib": f"{grown[1]:.2f}", "files_growth": int(grown[2]),
    }  # fmt: skip


def good(row: Row) -> bool:
    """Whether nothing drifted, every flight had the same bits, and nothing grew."""
    grown = max(float(row["harness_growth_mib"]), float(row["program_growth_mib"]))
    same = int(row["exact"]) == int(row["flights"]) and int(row["same_hash"]) == 1
    return same and grown <= MOST_GROWTH_MIB and int(row["files_growth"]) <= 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, write, print; exit code 1 where a connection was not good."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.soak", description=__doc__)
    parser.add_argument("--frames", type=int, default=FRAMES, metavar="N", help="of each connection")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no connection after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    file = given.folder / "soak.csv"
    rows = resumed(file, COLUMNS, [(name, given.frames) for name in LISTEN], soaked, given.minutes)
    if rows:
        publish(file.with_suffix(".md"), report(rows))
    return int(not all(map(good, rows)))


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The figures as a page."""
    yield "# A million frames in one connection"
    yield ""
    yield f"Flights of {OF_A_FLIGHT:,} frames one after another, by `reset`, of a fake plant and a program that keeps"
    yield "its own count. Exact: sequence, time (sequence times frame period, and the time of a fix) and ticks of the"
    yield "plant agree as whole numbers in every frame of the flight, on both sides; the program has seen every frame."
    yield "Memory and open files: at the end, and by how much they grew at most since a tenth of the flights were over;"
    yield f"{MOST_GROWTH_MIB:g} MiB are allowed."
    yield ""
    yield "| connection | frames | exact flights | one hash | harness | program | open files | time |"
    yield "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |"
    yield from map(line, rows)
    yield ""
    yield from made("tests.evidence.soak", rows, "soak.csv")


def line(row: Row) -> str:
    """One connection's row of the table."""
    mib = {who: f"{row[f'{who}_mib']} MiB, {float(row[f'{who}_growth_mib']):+.2f}" for who in ("harness", "program")}
    one_hash = "yes" if int(row["same_hash"]) else "no"
    return (
        f"| {row['connection']} | {int(row['frames']):,} | {row['exact']} of {row['flights']} | {one_hash} | "
        f"{mib['harness']} | {mib['program']} | {int(row['files_growth']):+d} | {row['wall_s']} s |"
    )


if __name__ == "__main__":
    sys.exit(main())
