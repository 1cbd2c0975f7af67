"""Where the wall time of a flight goes: plant, flight software, codec, transport.

The default scenario is flown three ways in turn: whole; with the sensors of that flight played back in place of the
plant; and with those against a program that echoes. What the first costs more than the second is the plant, what the
second costs more than the third is the flight software. Codec is both ends of both messages, timed alone; the rest of
the third way is transport: sockets, the switch from process to process, and the loop with its checks and its record.
"""

import sys
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Any

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.loop.plan import FlightPlan, PlantLike
from hoverslam.harness.program.opening import TRANSPORT
from hoverslam.harness.program.session import Session
from hoverslam.harness.program.supervisor import PACKAGE_ROOT
from hoverslam.harness.wire.actuator_reader import ActuatorReader
from hoverslam.harness.wire.codec import decode_own, encode
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape, command_layout
from hoverslam.scenarios.load import load

SCENARIO = "zq3-landing"
ROUNDS = 5
ECHO = [sys.executable, "-P", "-m", "hoverslam.harness.wire.echo"]


class Listened:
    """A plant whose sensor rows are kept."""

    def __init__(self, plant: PlantLike) -> None:
        self._plant, self.rows = plant, list[FloatArray]()
        self.shape, self.truth, self.advance = plant.shape, plant.truth, plant.advance

    @property
    def outcome(self) -> str | None:
        """The plant's."""
        return self._plant.outcome

    def sense(self, out: FloatArray) -> None:
        """The plant's, kept."""
        self._plant.sense(out)
        self.rows.append(out.copy())


class Played:
    """Sensor rows of a flight that was, one a frame; nothing moves."""

    outcome = None

    def __init__(self, shape: VehicleShape, rows: list[FloatArray]) -> None:
        self.shape, self._rows = shape, iter(rows)

    def sense(self, out: FloatArray) -> None:
        """The next row."""
        out[:] = next(self._rows)

    def truth(self, out: FloatArray) -> None:
        """Nothing moves."""

    def advance(self, command: FloatArray, ticks: int) -> None:
        """Stay."""


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Microseconds a frame of a whole flight, and of its parts; the parts add up to the whole."""
    environment = {"PYTHONPATH": str(PACKAGE_ROOT)}
    with (
        Session(transport=TRANSPORT) as reference,
        Session(ECHO, transport=TRANSPORT, environment=environment) as echo,
    ):
        plan, shape, rows = _listen(reference)
        ways = [
            (
                _fly(reference, *_whole()),
                _fly(reference, Played(shape, rows), plan),
                _fly(echo, Played(shape, rows), plan),
                _codec(shape, rows),
            )
            for _ in range(rounds + 1)
        ][1:]
    whole, without_plant, echoed, codec = (1e6 * median(times) / len(rows) for times in zip(*ways, strict=True))
    parts = {
        "plant": whole - without_plant, "flight_software": without_plant - echoed, "codec": codec,
        "transport": echoed - codec,
    }  # fmt: skip
    return {"us_per_frame": round(whole, 2), **{name: round(us, 2) for name, us in parts.items()}}


def _whole() -> tuple[PlantLike, FlightPlan]:
    from hoverslam.harness.fly.prepare import prepare

    prepared = prepare(load(SCENARIO), "bench")
    return prepared.plant, prepared.plan


def _listen(session: Session) -> tuple[FlightPlan, VehicleShape, list[FloatArray]]:
    """The plan of as many frames as the flight has, and its sensor rows."""
    plant, plan = _whole()
    listened = Listened(plant)
    record = session.fly(listened, plan)
    if record.outcome != "at_rest":
        raise RuntimeError(f"the benchmark flight ended in {record.outcome}: {record.gnc_failure or ''}")
    return replace(plan, max_frames=record.frames), plant.shape, listened.rows


def _fly(session: Session, plant: PlantLike, plan: FlightPlan) -> float:
    record = session.fly(plant, plan)
    if record.gnc_failure is not None or record.harness_error is not None:
        raise RuntimeError(f"a flight of the benchmark was lost: {record.gnc_failure or record.harness_error}")
    return record.wall_s


def _codec(shape: VehicleShape, rows: list[FloatArray]) -> float:
    """Seconds for all messages of a flight, written and read, at both ends."""
    writer, reader = SensorWriter(shape).encode, ActuatorReader(shape).read
    answer: dict[str, Any] = harmless_command(shape._asdict())
    into = memoryview(bytearray(8 * command_layout(shape).width))
    raw = [row.tobytes() for row in rows]
    began_s = perf_counter()
    for frame, row in enumerate(raw):
        answer["seq"] = decode_own(writer(frame, 0, row))["seq"]
        reader(encode(answer), frame, into, 0)
    return perf_counter() - began_s
