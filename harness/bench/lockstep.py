"""What a lockstep frame costs, against the bare minimum of the same transport and codec, measured in one run.

The frame is the whole of it (encode, send, wait with a deadline, bound, check, hash, record), flown against an echo
program with a plant that stands still. The floor echoes the same frames with pyzmq and msgpack alone, over the same
socket types. All processes are on one core and short blocks of both alternate, so both meet the same disturbances;
medians over the blocks are compared.
"""

import sys
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import Deadlines, FlightPlan, Progress
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.program.pinning import default_core, on_one_core
from hoverslam.harness.program.supervisor import PACKAGE_ROOT, Supervisor
from hoverslam.harness.wire.bare import BareEcho
from hoverslam.harness.wire.codec import decode
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import VehicleShape, sensor_layout

SHAPE = VehicleShape(engines=9, gimballed=5, fins=4, thrusters=8, legs=4)
BLOCK_FRAMES, BLOCKS = 1000, 9
GNSS_EVERY_FRAMES = 10
GNSS_NEW = sensor_layout(SHAPE).slice("gnss_new").start


class StillPlant:
    """Repeats its sensor rows, one in ten of them with a GNSS fix; moves nothing."""

    shape = SHAPE
    outcome = None

    def __init__(self) -> None:
        self._frame = 0
        self._row = _sensor_row()

    def sense(self, out: FloatArray) -> None:
        """The same row again, with a GNSS fix in one frame of ten."""
        if self._frame == 0:
            out[:] = self._row
        out[GNSS_NEW] = self._frame % GNSS_EVERY_FRAMES == 0
        self._frame += 1

    def truth(self, out: FloatArray) -> None:
        """Nothing moves; the row is written, as every plant does."""
        out[:] = 0.0

    def advance(self, command: FloatArray, ticks: int) -> None:
        """Stay."""


def measure(blocks: int = BLOCKS, block_frames: int = BLOCK_FRAMES) -> dict[str, float]:
    """Microseconds a frame, of lockstep and of the floor, and their ratio."""
    with ZmqHarness() as transport:
        assert transport.folder is not None
        bare = f"ipc://{transport.folder}/bare"
        floor, link = BareEcho(bare), HarnessLink(transport)
        environment = {**transport.environment(), "PYTHONPATH": str(PACKAGE_ROOT)}
        programs = [
            Supervisor([sys.executable, "-P", "-m", "hoverslam.harness.wire.echo"], environment, transport.folder),
            Supervisor([sys.executable, "-P", "-m", "hoverslam.harness.wire.bare", bare], environment),
        ]
        try:
            for program in programs:
                program.start()
            _shake_hands(link, floor)
            return _measure(link, floor, [program.await_pid(5.0) for program in programs], blocks, block_frames)
        finally:
            floor.close()
            for program in programs:
                program.stop()


def _measure(
    link: HarnessLink, floor: BareEcho, pids: list[int | None], blocks: int, block_frames: int
) -> dict[str, float]:
    messages = _messages()
    whole, bare = [], []
    core = default_core()
    with on_one_core(core, pids[0]), on_one_core(core, pids[1]):
        for block in range(blocks + 1):
            seconds = _lockstep_block(link, block_frames), floor.frames(messages, block_frames)
            if block:  # the first warms everything up
                whole.append(seconds[0])
                bare.append(seconds[1])
    frame_us, floor_us = (median(times) / block_frames * 1e6 for times in (whole, bare))
    return {
        "us_per_frame": round(frame_us, 2),
        "floor_us_per_frame": round(floor_us, 2),
        "ratio": round(frame_us / floor_us, 3),
    }


def _lockstep_block(link: HarnessLink, frames: int) -> float:
    plan = FlightPlan("bench", "bench", 0, 1000, 10, 10, frames)
    recorder = Recorder(SHAPE, frames, lead=2)
    began_s = perf_counter()
    end = fly_frames(StillPlant(), plan, link.exchange, recorder, Deadlines(), _look_on)
    recorder.hash()
    seconds = perf_counter() - began_s
    if end.lost is not None:
        raise end.lost
    return seconds


def _look_on(_: Progress) -> None:
    """Progress is part of a frame's cost."""


def _shake_hands(link: HarnessLink, floor: BareEcho) -> None:
    link.transport.await_hello(30.0)
    shape: dict[str, Any] = SHAPE._asdict()
    link.send({"type": "reset", "run_id": "bench", "frame_period_ns": 10**7, "flight_load": {}, "shape": shape})
    link.transport.receive(30.0)
    floor.await_peer(harmless_command(shape))


def _sensor_row() -> FloatArray:
    layout = sensor_layout(SHAPE)
    row = np.random.default_rng(7).normal(size=layout.width)
    row[layout.slice("gnss_time_ns")] = 10**9
    row[layout.slice("radar_valid")] = 1.0
    row[layout.slice("engine_state")] = 3.0
    return row


def _messages() -> list[dict[str, Any]]:
    """The sensors messages that a still plant gives rise to, decoded."""
    writer, plant, row = SensorWriter(SHAPE), StillPlant(), np.zeros(sensor_layout(SHAPE).width)
    messages = []
    for frame in range(GNSS_EVERY_FRAMES):
        plant.sense(row)
        messages.append(decode(writer.encode(frame, 0, row.tobytes())))
    return messages
