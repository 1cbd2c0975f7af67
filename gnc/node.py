"""The flight software as a program: sensor frames in, actuator frames out, telemetry now and then.

Kernels are compiled or loaded before `ready`, never inside a frame's deadline. A `reset` starts a new flight in the
same process.
"""

import struct
import sys
from typing import Any

import numpy as np

from hoverslam.gnc.compiled import are_warm, as_record
from hoverslam.gnc.fit import check_engines, check_shape, roomy
from hoverslam.gnc.layout import Counts, frame_width, start_state, wiring
from hoverslam.gnc.load import LoadError, read_load
from hoverslam.gnc.plausible import Plausible
from hoverslam.gnc.state import (
    BURN,
    EVENT,
    EVENT_CUT_OFF,
    EVENT_FAILED,
    EVENT_IGNITION,
    EVENT_LAST,
    EVENT_LEGS,
    EVENT_SPARE,
    GLIDE,
    LAST,
    MODE,
    NEEDED,
    SAFE,
)
from hoverslam.gnc.step import step_frame
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, places
from hoverslam.harness.wire.link import GncLink, LinkClosed
from hoverslam.harness.wire.sensor_reader import SensorReader

NAME, VERSION = "hoverslam-reference", "1.0"
TELEMETRY_FRAMES = 10
MOST_MISSING = 500
"""Missing frames that are bridged: after five seconds with held measurements, navigation is useless."""
MODES = {GLIDE: "glide", BURN: "burn", LAST: "last_engine", SAFE: "safe"}
EVENT_NAMES = {
    EVENT_IGNITION: "landing_ignition",
    EVENT_FAILED: "engine_lost",
    EVENT_SPARE: "spare_lit",
    EVENT_LAST: "last_engine",
    EVENT_LEGS: "legs_commanded",
    EVENT_CUT_OFF: "cut_off",
}


class GncFlight:
    """One flight: its load, its state, and the buffers between messages and rows."""

    def __init__(self, reset: dict[str, Any]) -> None:
        """Read the load of a `reset` message and run the first frame once, so that machine code is ready."""
        shape = reset["shape"]
        counts = Counts(**shape)
        self.frame_ns = int(reset["frame_period_ns"])
        load = read_load(reset["flight_load"], self.frame_ns * 1e-9)
        check_engines(load.stage)
        check_shape(load, shape)
        self.wiring, self.measured, self.plausible = wiring(counts), SensorReader(counts), Plausible(load, counts)
        self.places = places(ACTUATORS, counts)
        width = frame_width(counts)
        self.frame, self.command = np.zeros(width), np.zeros(self.wiring.width)
        self.pack = struct.Struct(f"<{width}d").pack_into
        self.frame_bytes = self.frame.data.cast("B")
        self.load_record, self.wiring_record = as_record(roomy(load)), as_record(self.wiring)
        self.state = start_state(load, counts.engines)
        step_frame(self.load_record, self.wiring_record, self.state.copy(), self.frame, self.command)
        self.told = 0
        self.due: int | None = None

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The actuators message for a sensors message: of a frame that it knows already, what it commanded last."""
        missing = 0 if self.due is None else message["seq"] - self.due
        if missing >= 0:
            self.ride_over(min(missing, MOST_MISSING))
            self.measure(message)
            self.step()
            self.due = message["seq"] + 1
        out = self.commands(message)
        if message["seq"] % TELEMETRY_FRAMES == 0 or self.state["clock"][0, EVENT] > self.told:
            out["telemetry"] = self.telemetry()
        return out

    def ride_over(self, frames: int) -> None:
        """Missing frames: the last measurements are held, without fix and echo, so that time continues."""
        self.frame[[self.wiring.gnss, self.wiring.radar]] = 0.0
        for _ in range(frames):
            self.step()

    def step(self) -> None:
        """One frame from the row that is there."""
        step_frame(self.load_record, self.wiring_record, self.state, self.frame, self.command)

    def measure(self, message: dict[str, Any]) -> None:
        """The measurements of a message into the row."""
        self.pack(self.frame_bytes, 0, *self.plausible.mended(self.measured.values(message)))

    def commands(self, message: dict[str, Any]) -> dict[str, Any]:
        """The command row as the answer to a message."""
        row = self.command.tolist()
        out: dict[str, Any] = {"type": "actuators", "flight": message["flight"], "seq": message["seq"]}
        for field in ACTUATORS:
            given = row[self.places[field.name]]
            told = [value > 0.5 for value in given] if field.form == FLAG else given
            out[field.key] = told if field.is_list else told[0]
        return out

    def telemetry(self) -> dict[str, Any]:
        """Mode, estimate, plan, and the events since the last report. The position is that of the foot plane."""
        state = self.state[0]
        nav, clock = state["nav"], state["clock"]
        events = self.state["events"][0, self.told : clock[EVENT]]
        self.told = int(clock[EVENT])
        return {
            "mode": MODES[int(clock[MODE])],
            "pos_enu_m": self.state["foot"][0, :3].tolist(),
            "vel_enu_mps": self.state["foot"][0, 3:].tolist(),
            "q_enu_b": nav[6:10].tolist(),
            "k_req": float(state["throttle"][NEEDED]),
            "time_to_go_s": float(state["to_go_s"][0]),
            "miss_enu_m": state["miss_m"].tolist(),
            "attitude_error_rad": float(state["off_rad"][0]),
            "events": [
                {"name": EVENT_NAMES[int(code)], "time_ns": int(frame) * self.frame_ns, "engine": int(engine)}
                for code, frame, engine in events
            ],
        }


def serve(link: GncLink) -> None:
    """Answer until told to shut down."""
    if not are_warm():
        print("compiling the flight software, only the first time on this machine", file=sys.stderr)  # noqa: T201  shown by the harness
    link.hello(NAME, VERSION, ["reset", "fleet"])
    flights: dict[int, GncFlight] = {}
    while (message := link.receive())["type"] != "shutdown":
        number = message.get("flight", 0)
        if message["type"] == "sensors" and number in flights:
            link.send_actuators(flights[number].answer(message))
        elif message["type"] == "reset":
            flights[number] = GncFlight(message)
            link.ready(message["run_id"], number)
        elif message["type"] == "end":
            flights.pop(number, None)


def main() -> int:
    """Run until the harness is done; returns the exit status."""
    try:
        with GncLink.from_environment() as link:
            serve(link)
    except (LinkClosed, LoadError) as error:
        print(error, file=sys.stderr)  # noqa: T201  a flight program's standard error is shown by the harness
        return 1
    return 0
