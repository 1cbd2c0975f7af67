"""One instance of an FMU, from its parameters to its last step, by way of FMPy."""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.fmu.description import FmuDescription, Variable
from hoverslam.harness.fmu.errors import FmuError
from hoverslam.harness.fmu.wiring import FLOATS, Wire

TYPES_OF_FMI_2 = {"Enumeration": "Integer"}
TYPES_OF_FMI_3 = {"Enumeration": "Int64"}
KEPT_LINES = 5
"""Messages of the FMU that are told when it fails."""
Lent = Callable[..., Any]


class _Group(NamedTuple):
    """Variables of one type: one call sets or gets them all."""

    call: Lent
    references: list[int]
    offsets: list[int]
    is_float: bool


class FmuInstance:
    """Of one flight; what the FMU said last is told when it fails."""

    def __init__(self, fmu: FmuDescription, folder: Path, inputs: Sequence[Wire], outputs: Sequence[Wire]) -> None:
        self._fmu, self._said = fmu, deque[str](maxlen=KEPT_LINES)
        self._slave = self._loaded(folder)
        self._sets = self._groups("set", inputs)
        self._gets = self._groups("get", outputs)

    def begin(self, parameters: Sequence[tuple[Variable, Sequence[float]]], row: Sequence[float]) -> None:
        """Parameters and first inputs, through the initialization mode. Raises FmuError."""
        slave = self._slave
        self._instantiate()
        if self._fmu.fmi == 2:
            self._called(slave.setupExperiment, startTime=0.0)
            self._called(slave.enterInitializationMode)
        else:
            self._called(slave.enterInitializationMode, startTime=0.0)
        for variable, values in parameters:
            (group,) = self._groups("set", [Wire(variable, tuple(range(len(values))))])
            self._set([group], values)
        self._set(self._sets, row)
        self._called(slave.exitInitializationMode)

    def step(self, time_s: float, step_s: float, row: Sequence[float], out: list[float]) -> None:
        """Inputs at `time_s`, a step, outputs after it into `out`. Raises FmuError."""
        self._set(self._sets, row)
        told = self._called(self._slave.doStep, time_s, step_s)
        if self._fmu.fmi == 3 and (told[1] or told[2]):
            raise self._failed(f"it asked to {'end the simulation' if told[1] else 'return early'} at {time_s:g} s")
        for group in self._gets:
            values = self._called(group.call, group.references, len(group.offsets)) if self._fmu.fmi == 3 else (
                self._called(group.call, group.references)
            )  # fmt: skip
            for offset, value in zip(group.offsets, values, strict=True):
                out[offset] = float(value)

    def end(self) -> None:
        """Let go of it; what it does wrong now is told and harms nobody."""
        for last in (self._slave.terminate, self._slave.freeInstance):
            try:
                last()
            except Exception as error:  # noqa: BLE001  FMPy raises whatever it meets; the flight is over
                self._say(f"at its end: {error}")

    def _loaded(self, folder: Path) -> Any:
        from fmpy import fmi2, fmi3

        kind = fmi2.FMU2Slave if self._fmu.fmi == 2 else fmi3.FMU3Slave
        try:
            return kind(
                guid=self._fmu.token, unzipDirectory=str(folder), modelIdentifier=self._fmu.identifier,
                instanceName=self._fmu.name,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001  whatever the loader meets in a library that it cannot load
            raise FmuError(f"{self._fmu.file}: its program cannot be loaded ({error}); export it again") from None

    def _instantiate(self) -> None:
        from fmpy import fmi2

        if self._fmu.fmi == 2:
            self._callbacks = fmi2.fmi2CallbackFunctions()
            ctypes.memmove(
                ctypes.byref(self._callbacks), ctypes.byref(fmi2.defaultCallbacks), ctypes.sizeof(self._callbacks)
            )
            self._logger = fmi2.fmi2CallbackLoggerTYPE(lambda _who, _name, *told: self._log(*told[:3]))
            self._callbacks.logger = self._logger
            self._called(self._slave.instantiate, callbacks=self._callbacks)
        else:
            self._called(
                self._slave.instantiate,
                logMessage=lambda _who, status, category, text: self._log(status, category, text),
            )

    def _groups(self, verb: str, wires: Sequence[Wire]) -> list[_Group]:
        """Calls for these variables, one for each type."""
        names: Mapping[str, str] = TYPES_OF_FMI_2 if self._fmu.fmi == 2 else TYPES_OF_FMI_3
        by_type = dict[str, tuple[list[int], list[int]]]()
        for variable, offsets in wires:
            references, places = by_type.setdefault(names.get(variable.type, variable.type), ([], []))
            references.append(variable.reference)
            places.extend(offsets)
        return [
            _Group(getattr(self._slave, f"{verb}{kind}"), references, places, kind in FLOATS)
            for kind, (references, places) in by_type.items()
        ]

    def _set(self, groups: Sequence[_Group], row: Sequence[float]) -> None:
        for group in groups:
            values = [row[offset] for offset in group.offsets]
            if not group.is_float:
                values = [0 if math.isnan(value) else int(value) for value in values]
            self._called(group.call, group.references, values)

    def _called(self, call: Lent, *arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except Exception as error:  # noqa: BLE001  FMPy raises what the FMU returned, and whatever it meets itself
            raise self._failed(str(error)) from None

    def _failed(self, why: str) -> FmuError:
        said = "; ".join(self._said)
        return FmuError(f"{self._fmu.file}: {why}" + (f"; it said: {said}" if said else "; it said nothing"))

    def _log(self, status: int, category: Any, text: Any) -> None:
        told = [one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in (category, text)]
        self._say(f"[{told[0]}, status {status}] {told[1]}")

    def _say(self, text: str) -> None:
        self._said.append(text)
