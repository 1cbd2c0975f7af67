"""What the process of the live view is told of a flight before it begins: its vehicle, its shape, its limits."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from hoverslam.harness.trace.flight import FlightContext
from hoverslam.plant.layout import VehicleShape

if TYPE_CHECKING:
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.plant.vehicle import Vehicle

RATE_HZ = 25.0
"""Rows a second of flight that are shown: as many as the replay of a report has."""
NOT_SENT: dict[str, Any] = {"required_throttle": None, "window": None, "vehicle": None}
"""Of a context: what judges, and the vehicle, which is sent as tables."""


def told(prepared: "Prepared") -> dict[str, Any]:
    """As JSON takes it."""
    plan, plant = prepared.plan, prepared.plant
    return {
        "kind": "begin",
        "run": {"scenario": plan.scenario, "seed": plan.seed},
        "shape": plant.shape._asdict(),
        "dt_s": 1.0 / plan.plant_hz,
        "frame_ticks": plan.frame_ticks,
        "stride": stride(plan.frame_period_ns),
        "context": prepared.context._replace(**NOT_SENT)._asdict(),
        "vehicle": {name: _plain(table) for name, table in plant.vehicle._asdict().items()},
    }


def stride(frame_period_ns: int) -> int:
    """Every which frame is shown."""
    return max(round(1e9 / (RATE_HZ * frame_period_ns)), 1)


def context_of(begin: dict[str, Any]) -> FlightContext:
    """The context again, with the vehicle."""
    stated = {**begin["context"], "gimballed": tuple(begin["context"]["gimballed"])}
    return FlightContext(**{**stated, "vehicle": vehicle_of(begin)})


def vehicle_of(begin: dict[str, Any]) -> "Vehicle":
    """Tables with the names and numbers of the vehicle, which is all that drawing it reads."""
    return cast("Vehicle", _table(begin["vehicle"]))


def _table(value: Any) -> Any:
    """Maps as objects, lists as arrays."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _table(one) for name, one in value.items()})
    return np.array(value) if isinstance(value, list) else value


def shape_of(begin: dict[str, Any]) -> VehicleShape:
    """How many of each thing the vehicle has."""
    return VehicleShape(**begin["shape"])


def _plain(value: Any) -> Any:
    """Tables as maps, arrays as lists."""
    if hasattr(value, "_asdict"):
        return {name: _plain(one) for name, one in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
