"""A plant of a few lines, whose sensors depend on every command it was given; and real processes to fly it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hoverslam.harness.loop.plan import Deadlines, FlightPlan
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.transport import OpenTransport
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout, truth_layout

FloatArray = NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[2]
HERE = {"PYTHONPATH": str(ROOT)}
"""The environment of programs that are to find this checkout."""
PROGRAMS = ROOT / "tests" / "programs"
SHAPE = VehicleShape(engines=3, gimballed=1, fins=4, thrusters=2, legs=4)
ECHO = [sys.executable, "-m", "hoverslam.harness.wire.echo"]
PATIENT = Deadlines(hello_s=30.0, first_answer_s=30.0, answer_s=10.0, exit_s=5.0)
"""For programs that behave: the machine may be busy."""
STRICT = Deadlines(hello_s=30.0, first_answer_s=30.0, answer_s=0.4, exit_s=1.0)
"""For programs that fall silent, once they have flown a frame."""


class FakePlant:
    """Remembers its commands as a sum that the sensors show; ends at rest after so many frames of ten ticks."""

    def __init__(self, frames: int = 120, shape: VehicleShape = SHAPE) -> None:
        self.shape = shape
        self.ticks = 0
        self.outcome: str | None = None
        self.log: list[tuple[FloatArray, int]] = []
        self._end = 10 * frames
        self._memory = 0.0
        self._weights = np.cos(np.arange(command_layout(shape).width))
        self._sensors, self._truth = sensor_layout(shape), truth_layout(shape)

    def sense(self, out: FloatArray) -> None:
        out[:] = np.sin(np.arange(len(out)) + self._memory)
        out[self._sensors.slice("gnss_new")] = self.ticks % 100 == 0
        out[self._sensors.slice("gnss_time_ns")] = self.ticks * 10**6
        out[self._sensors.slice("radar_valid")] = self.ticks > 300
        out[self._sensors.slice("engine_state")] = 3.0
        for name in ("leg_locked", "leg_contact"):
            out[self._sensors.slice(name)] = self.ticks > 500

    def truth(self, out: FloatArray) -> None:
        out[:] = self._memory
        out[self._truth.slice("time_s")] = self.ticks / 1000
        out[self._truth.slice("leg_contact")] = 0.0

    def advance(self, command: FloatArray, ticks: int) -> None:
        if len(self.log) < 10_000:
            self.log.append((command.copy(), ticks))
        self._memory = np.sin(self._memory + ticks * 1e-3 * float(command @ self._weights))
        self.ticks += ticks
        if self.ticks >= self._end:
            self.outcome = "at_rest"


def plan(max_frames: int = 1000, **changes: Any) -> FlightPlan:
    """A flight of the fake plant."""
    given = {"run_id": "test", "scenario": "fake", "seed": 1, "plant_hz": 1000, "frame_ticks": 10}
    return FlightPlan(**{**given, "command_delay_ticks": 10, "max_frames": max_frames, **changes})


def program(deed: str, frame: int = 0) -> list[str]:
    """Command of the program that misbehaves in one way."""
    return [sys.executable, str(PROGRAMS / "misbehave.py"), deed, str(frame)]


def session(
    command: Any, deadlines: Deadlines = PATIENT, transport: OpenTransport = ZmqHarness, **options: Any
) -> Session:  # fmt: skip
    """A session whose programs find this checkout."""
    return Session(command, transport=transport, deadlines=deadlines, environment=HERE, **options)


@contextmanager
def nothing_left_behind(patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Sockets go to a folder of their own; afterwards it is empty, and no process knows of it."""
    with tempfile.TemporaryDirectory(prefix="hs", dir="/tmp") as folder:
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("TMPDIR", folder)
        yield Path(folder)
        left = [str(path) for path in Path(folder).rglob("*")]
        assert left == [], left
        running = processes_with(f"HOVERSLAM_ENDPOINT=ipc://{folder}")
        assert running == [], running


def processes_with(variable: str) -> list[str]:
    """Living processes in whose environment the text occurs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if variable.encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
    return found
