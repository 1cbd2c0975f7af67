"""The flight program that an FMU is: it answers the harness, one step of the FMU a frame."""

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hoverslam.harness.fmu.archive import unpacked
from hoverslam.harness.fmu.description import FmuDescription
from hoverslam.harness.fmu.errors import FmuError
from hoverslam.harness.fmu.instance import FmuInstance
from hoverslam.harness.fmu.mapping import FmuMapping
from hoverslam.harness.fmu.wiring import parameters, wired
from hoverslam.harness.wire.contract import ACTUATORS, FLAG, places
from hoverslam.harness.wire.link import GncLink, LinkClosed
from hoverslam.harness.wire.sensor_reader import SensorReader
from hoverslam.plant.layout import VehicleShape

REPORT_FRAMES = 10
"""A report of outputs that are telemetry comes with every tenth answer."""


class FmuFlight:
    """One flight of an FMU: a new instance, so that nothing of the flight before is left in it."""

    def __init__(self, fmu: FmuDescription, mapping: FmuMapping, folder: Path, reset: Mapping[str, Any]) -> None:
        shape = VehicleShape(**reset["shape"])
        self.wiring = wired(fmu, mapping, shape)
        self._step_s = reset["frame_period_ns"] * 1e-9
        self._read, self._at = SensorReader(shape), places(ACTUATORS, shape)
        self._row, self._parameters = [0.0] * self.wiring.width, parameters(fmu, mapping, reset)
        self._begun = False
        self._instance = FmuInstance(fmu, folder, self.wiring.inputs, self.wiring.outputs)

    def answer(self, sensors: Mapping[str, Any]) -> dict[str, Any]:
        """The step from this frame to the next, and what it commands. Raises FmuError."""
        measured = list(self._read.values(sensors))
        if not self._begun:
            self._instance.begin(self._parameters, measured)
            self._begun = True
        self._instance.step(sensors["time_ns"] * 1e-9, self._step_s, measured, self._row)
        told: dict[str, Any] = {"type": "actuators", "flight": sensors["flight"], "seq": sensors["seq"]}
        for field in ACTUATORS:
            given: Sequence[Any] = self._row[self._at[field.name]]
            if field.form == FLAG:
                given = [value > 0.5 for value in given]
            told[field.key] = list(given) if field.is_list else given[0]
        if self.wiring.reports and sensors["seq"] % REPORT_FRAMES == 0:
            told["telemetry"] = self._report()
        return told

    def end(self) -> None:
        """Let go of the instance."""
        if self._begun:
            self._instance.end()

    def _report(self) -> dict[str, Any]:
        found = {}
        for key, offsets, is_list in self.wiring.reports:
            numbers = [self._row[offset] for offset in offsets]
            if all(map(math.isfinite, numbers)):
                found[key] = numbers if is_list else numbers[0]
        return found


def fly(fmu: FmuDescription, mapping: FmuMapping) -> int:
    """Answer until told to shut down; returns the exit status. What goes wrong is told on standard error."""
    try:
        with TemporaryDirectory(prefix="hoverslam-fmu-") as into, GncLink.from_environment() as link:
            _serve(link, fmu, mapping, unpacked(fmu.file, Path(into)))
    except (LinkClosed, FmuError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _serve(link: GncLink, fmu: FmuDescription, mapping: FmuMapping, folder: Path) -> None:
    link.hello(fmu.name[:64] or "fmu", fmu.version[:64] or f"FMI {fmu.fmi}", ["reset"])
    flight: FmuFlight | None = None
    told = False
    try:
        while (message := link.receive())["type"] != "shutdown":
            if message["type"] == "reset":
                _end(flight)
                flight = FmuFlight(fmu, mapping, folder, message)
                if flight.wiring.unmapped and not told:
                    sys.stderr.write(f"no output gives {', '.join(flight.wiring.unmapped)}: 0 and false are sent\n")
                    told = True
                link.ready(message["run_id"], message.get("flight", 0))
            elif message["type"] == "sensors" and flight is not None:
                link.send_actuators(flight.answer(message))
    finally:
        _end(flight)


def _end(flight: FmuFlight | None) -> None:
    if flight is not None:
        flight.end()
