"""A vehicle is a TOML file and nothing else: read, checked, and turned into the parameter tables that kernels take.

Each table of the file is validated straight into the NamedTuple that its kernel defines, so a parameter is defined
once. A bad file is refused with the file, the key, the value and what would be right.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from plant.kernels.aero import AeroParams
from plant.kernels.bending import BendingParams
from plant.kernels.engine import EngineParams, NotNegative, Positive
from plant.kernels.fins import FinParams
from plant.kernels.legs import LegParams
from plant.kernels.mass import BodyParams, TankParams
from plant.kernels.propulsion import ClusterParams
from plant.kernels.rcs import RcsParams
from plant.kernels.records import COLUMNS, ROWS
from plant.kernels.rotation import Vec
from plant.kernels.slosh import SloshParams
from plant.layout import VehicleShape

SHIPPED = files("plant") / "vehicles"


class VehicleError(ValueError):
    """A vehicle file cannot be used; the text names the file, the key, the value and the remedy."""


class SensorSpec(NamedTuple):
    """Avionics of a type of vehicle: places, rates, errors; `*_bias`, scale and misalignment too are one sigma."""

    imu_position_m: Vec
    antenna_position_m: Vec
    gyro_noise_radps_rthz: NotNegative
    accel_noise_mps2_rthz: NotNegative
    gyro_quantum_rad: Positive
    accel_quantum_mps: Positive
    gnss_period_s: Positive
    gnss_latency_s: NotNegative
    gnss_horizontal_m: NotNegative
    gnss_vertical_m: NotNegative
    gnss_velocity_mps: NotNegative
    radar_max_m: Positive
    radar_max_tilt_rad: Annotated[float, Field(gt=0, lt=1.5)]
    radar_noise_m: NotNegative
    radar_noise_fraction: NotNegative
    radar_position_m: float
    pressure_noise_fraction: NotNegative
    level_noise_m: NotNegative
    gyro_bias_radps: NotNegative
    accel_bias_mps2: NotNegative
    imu_scale: NotNegative
    imu_misalignment_rad: NotNegative


class Vehicle(NamedTuple):
    """All parameter tables of one vehicle."""

    name: str
    description: str
    body: BodyParams
    lox: TankParams
    lch4: TankParams
    slosh: SloshParams
    bending: BendingParams
    engine: EngineParams
    cluster: ClusterParams
    fins: FinParams
    rcs: RcsParams
    legs: LegParams
    aero: AeroParams
    sensors: SensorSpec

    @property
    def shape(self) -> VehicleShape:
        """How many engines, swivelling engines, fins, thrusters and legs."""
        return VehicleShape(
            len(self.cluster.starts),
            len(self.cluster.gimballed),
            len(self.fins.span_yz),
            len(self.rcs.position_m),
            len(self.legs.angle_rad),
        )


@cache
def _adapter() -> TypeAdapter[Vehicle]:
    return TypeAdapter(Vehicle, config=ConfigDict(arbitrary_types_allowed=True, extra="forbid", allow_inf_nan=False))


def shipped_vehicles() -> list[str]:
    """Names of the vehicles that come with the package."""
    return sorted(entry.name.removesuffix(".toml") for entry in SHIPPED.iterdir() if entry.name.endswith(".toml"))


def _read(name_or_path: str) -> tuple[str, str]:
    """Text of the vehicle file and where it came from."""
    path = Path(name_or_path)
    if path.suffix == ".toml":
        if not path.is_file():
            raise VehicleError(f"vehicle file {name_or_path}: no such file; give a path to a TOML file")
        return path.read_text(), str(path)
    if name_or_path not in shipped_vehicles():
        raise VehicleError(
            f"vehicle {name_or_path!r}: not shipped; there are: {', '.join(shipped_vehicles())}, "
            "or give a path to a .toml"
        )
    return (SHIPPED / f"{name_or_path}.toml").read_text(), f"{name_or_path}.toml"


def _override(table: dict[str, Any], overrides: Mapping[str, Any], where: str) -> None:
    """Put dotted keys into the nested table; a key that is not there is an error, never silence."""
    for dotted, value in overrides.items():
        *parents, last = dotted.split(".")
        inner: Any = table
        for parent in parents:
            inner = inner.get(parent) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last not in inner:
            known = ", ".join(inner) if isinstance(inner, dict) else ", ".join(table)
            raise VehicleError(f"{where}: override {dotted}: no such key; there are: {known}")
        inner[last] = value


def _sentence(where: str, error: ErrorDetails) -> str:
    """One line from one validation error."""
    key = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing_argument" or error["type"] == "missing":
        return f"{where}: {key}: missing; add it (every number of a vehicle has to be stated)"
    if error["type"] == "extra_forbidden" or error["type"].startswith("unexpected"):
        return f"{where}: {key}: unknown key; remove it or correct its spelling"
    value = repr(error["input"])
    shown = value if len(value) < 60 else value[:57] + "..."
    return f"{where}: {key} = {shown}: {message[0].lower()}{message[1:]}"


def _check_sizes(vehicle: Vehicle, where: str) -> None:
    """Tables that must match one another."""
    aero, cluster, rcs = vehicle.aero, vehicle.cluster, vehicle.rcs
    grid = (len(aero.mach), len(aero.alpha_rad))
    engines = len(cluster.starts)
    expected: list[tuple[str, tuple[int, ...], np.ndarray]] = [
        ("aero.axial", (len(aero.axial_mach),), aero.axial),
        ("aero.normal", grid, aero.normal),
        ("aero.centre_of_pressure_m", grid, aero.centre_of_pressure_m),
        ("aero.plume_factor", (len(aero.plume_thrust_coefficient),), aero.plume_factor),
        ("fins.slope_prad", (len(vehicle.fins.mach),), vehicle.fins.slope_prad),
        ("fins.span_yz", (len(vehicle.fins.span_yz), 2), vehicle.fins.span_yz),
        ("cluster.position_m", (engines, 2), cluster.position_m),
        ("rcs.position_m", (len(rcs.position_m), 3), rcs.position_m),
        ("rcs.direction", (len(rcs.position_m), 3), rcs.direction),
    ]
    for key, shape, table in expected:
        if table.shape != shape:
            raise VehicleError(f"{where}: {key} has shape {table.shape}; its grid asks for {shape}")
        if table.shape[0] > ROWS or (table.ndim > 1 and table.shape[1] > COLUMNS):
            raise VehicleError(
                f"{where}: {key} has shape {table.shape}; at most {(ROWS, COLUMNS)} fit; make it coarser"
            )
    sensors = vehicle.sensors
    if sensors.gnss_latency_s >= sensors.gnss_period_s:
        raise VehicleError(
            f"{where}: sensors.gnss_latency_s = {sensors.gnss_latency_s}: a fix has to come before the next is taken; "
            f"make it less than gnss_period_s = {sensors.gnss_period_s}"
        )
    angles = vehicle.legs.angle_rad
    if np.any(np.diff(angles) <= 0.0) or angles[-1] - angles[0] >= 2.0 * np.pi:
        raise VehicleError(f"{where}: legs.angle_rad must rise within one turn, as the feet follow round; sort it")
    bad = [int(i) for i in cluster.gimballed if not 0 <= i < engines]
    if bad:
        raise VehicleError(f"{where}: cluster.gimballed names engine {bad[0]}; engines are 0 to {engines - 1}")


def load_vehicle(name_or_path: str, overrides: Mapping[str, Any] | None = None) -> Vehicle:
    """Read a shipped vehicle by name or any by path, with dotted overrides; raises VehicleError."""
    text, where = _read(name_or_path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise VehicleError(f"{where}: not valid TOML: {error}") from None
    _override(table, overrides or {}, where)
    try:
        vehicle = _adapter().validate_python(table)
    except ValidationError as error:
        raise VehicleError(_sentence(where, error.errors(include_url=False)[0])) from None
    _check_sizes(vehicle, where)
    return vehicle
