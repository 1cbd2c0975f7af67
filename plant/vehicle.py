"""A vehicle is one TOML file: read, checked, and converted to the parameter tables of the kernels.

A file may extend another and state only what differs. Each table of the file is validated straight into the NamedTuple
that its kernel defines, so a parameter is defined once. A bad file is refused with the file, the key, the value and
what would be right.
"""

import itertools
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from hoverslam.plant.extends import Folder, FoundFile, Layer, LayerError, Resolved, chain, copied, origin, resolved
from hoverslam.plant.kernels.aero import AeroParams
from hoverslam.plant.kernels.body.bending import BendingParams
from hoverslam.plant.kernels.body.legs import LegParams
from hoverslam.plant.kernels.body.mass import BodyParams, TankParams
from hoverslam.plant.kernels.body.slosh import SloshParams
from hoverslam.plant.kernels.effectors.fins import FinParams
from hoverslam.plant.kernels.effectors.rcs import RcsParams
from hoverslam.plant.kernels.engines.engine import EngineParams, NotNegative, Positive
from hoverslam.plant.kernels.engines.feed import FeedParams, RelightParams
from hoverslam.plant.kernels.engines.propulsion import ClusterParams
from hoverslam.plant.kernels.records import COLUMNS, ROWS
from hoverslam.plant.kernels.rotation import Vec
from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.ranges import beyond, disproportionate
from hoverslam.plant.sensors import SPECS
from hoverslam.plant.toml_file import is_file
from hoverslam.plant.vehicle_lists import list_mistakes

SHIPPED = files("hoverslam.plant") / "vehicles"


class VehicleError(ValueError):
    """A vehicle file cannot be used; the text names the file, the key, the value and the remedy."""


NUMBERS: dict[str, Any] = {
    "place": Vec,
    "any": float,
    "positive": Positive,
    "not_negative": NotNegative,
    "width_rad": Annotated[float, Field(ge=0, lt=1.5)],
    "tilt_rad": Annotated[float, Field(gt=0, lt=1.5)],
    "size": NotNegative,
    "span": Positive,
    "share": Annotated[float, Field(ge=0, le=1)],
}
"""The types of the kinds of numbers that `plant.sensors` has."""
if TYPE_CHECKING:
    SensorSpec = Any
else:
    SensorSpec = NamedTuple("SensorSpec", [(name, NUMBERS[spec.kind]) for name, spec in SPECS.items()])
    SensorSpec.__doc__ = """Avionics of a type of vehicle: places, rates, errors, and one sigma of biases and scales.

    `docs/sensors.md` says what each does. A bias of a pressure is a fraction of the full pressure.
    """


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
    feed: FeedParams
    relight: RelightParams
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


def _find(reference: str, base: Folder, asked_by: str | None) -> FoundFile:
    """Where a vehicle file lies: a path ending in .toml, from the folder of who names it, or a shipped name."""
    named = f"{asked_by}: extends = {reference!r}" if asked_by else None
    if reference.endswith(".toml"):
        path = base / reference
        if not is_file(path):
            told = f"{named}: no such file ({path})" if named else f"vehicle file {reference}: no such file"
            raise VehicleError(f"{told}; give a path to a TOML file")
        return FoundFile(path, str(path), path.parent if isinstance(path, Path) else base)
    if reference not in shipped_vehicles():
        raise VehicleError(
            f"{named or f'vehicle {reference!r}'}: not shipped; shipped: {', '.join(shipped_vehicles())}; or give "
            "the path of a .toml file"
        )
    return FoundFile(SHIPPED / f"{reference}.toml", f"{reference} (shipped)", SHIPPED)


def _layers(name_or_path: str) -> list[Layer]:
    """The vehicle's file and what it extends, the most general first; name and description belong to one file."""
    layers = chain(_find, name_or_path)
    for base in layers[:-1]:
        base.tree.pop("name", None)
        base.tree.pop("description", None)
    own = layers[-1].tree
    own.setdefault("name", Path(name_or_path).stem)
    if len(layers) > 1:
        own.setdefault("description", f"{layers[-2].label} with changes")
    return layers


def _override(table: dict[str, Any], overrides: Mapping[str, Any], where: str) -> None:
    """Put dotted keys into the nested table; a key that is not there is an error, never silence."""
    for dotted, value in overrides.items():
        *parents, last = dotted.split(".")
        inner: Any = table
        for parent in parents:
            inner = inner.get(parent) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last not in inner:
            known = ", ".join(inner) if isinstance(inner, dict) else ", ".join(table)
            raise VehicleError(f"{where}: override {dotted}: no such key; known: {known}")
        inner[last] = value


def _sentence(top: str, origins: dict[str, Layer], error: ErrorDetails) -> str:
    """One line from one validation error; the file is the one that set the key, that of the vehicle where none did."""
    key = ".".join(str(part) for part in error["loc"])
    where, key = top if (set_by := origin(key, origins)) is None else set_by.label, key[:120]
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing_argument" or error["type"] == "missing":
        return f"{where}: {key}: missing; add it (every number of a vehicle has to be stated)"
    if error["type"] == "extra_forbidden" or error["type"].startswith("unexpected"):
        return f"{where}: {key}: unknown key; remove it or correct its spelling"
    shown = f"{error['input']!r:.60}"
    return f"{where}: {key} = {shown}: {message[0].lower()}{message[1:]}"


def _check_sizes(vehicle: Vehicle, where: str) -> None:
    """Tables that must match one another, and those of which a stage that can be flown has some."""
    for part, name in (("fins", "span_yz"), ("cluster", "gimballed"), ("rcs", "position_m"), ("legs", "angle_rad")):
        if not len(getattr(getattr(vehicle, part), name)):
            raise VehicleError(f"{where}: {part}.{name} is empty; a stage needs at least one, add it")
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
        ("cluster.charges", (engines,), cluster.charges),
        ("rcs.position_m", (len(rcs.position_m), 3), rcs.position_m),
        ("rcs.direction", (len(rcs.position_m), 3), rcs.direction),
        ("legs.angle_rad", (len(vehicle.legs.angle_rad),), vehicle.legs.angle_rad),
    ]
    for key, shape, table in expected:
        if table.shape != shape:
            raise VehicleError(f"{where}: {key} has shape {table.shape}; its grid needs {shape}")
        if table.shape[0] > ROWS or (table.ndim > 1 and table.shape[1] > COLUMNS):
            raise VehicleError(
                f"{where}: {key} has shape {table.shape}; at most {(ROWS, COLUMNS)} are possible; make it coarser"
            )
    bad = [int(i) for i in cluster.gimballed if not 0 <= i < engines]
    if bad:
        raise VehicleError(f"{where}: cluster.gimballed lists engine {bad[0]}; engines are 0 to {engines - 1}")
    if aero.plume_factor[0] != 1.0:
        raise VehicleError(
            f"{where}: aero.plume_factor begins with {aero.plume_factor[0]:g}: this value without thrust is not "
            "used; set it to 1"
        )


def _check_order(vehicle: Vehicle, where: str) -> None:
    """Numbers of which one has to be less than another."""
    sensors = vehicle.sensors
    if sensors.gnss_latency_s >= sensors.gnss_period_s:
        raise VehicleError(
            f"{where}: sensors.gnss_latency_s = {sensors.gnss_latency_s}: a fix must arrive before the next one is "
            f"taken; make it less than gnss_period_s = {sensors.gnss_period_s}"
        )
    if vehicle.feed.igniter_s >= vehicle.engine.dead_time_s:
        raise VehicleError(
            f"{where}: feed.igniter_s = {vehicle.feed.igniter_s}: the igniter must fire within the dead time; make "
            f"it less than engine.dead_time_s = {vehicle.engine.dead_time_s}"
        )
    if sensors.radar_min_m >= sensors.radar_max_m:
        raise VehicleError(
            f"{where}: sensors.radar_min_m = {sensors.radar_min_m}: the range gate is empty; "
            f"make it less than radar_max_m = {sensors.radar_max_m}"
        )
    angles = vehicle.legs.angle_rad
    if np.any(np.diff(angles) <= 0.0) or angles[-1] - angles[0] >= 2.0 * np.pi:
        raise VehicleError(f"{where}: legs.angle_rad must increase within one turn; sort it")


def resolved_vehicle(name_or_path: str) -> Resolved:
    """A shipped vehicle by name or any by path, over what it extends, as yet unchecked; raises VehicleError."""
    try:
        return resolved(_layers(name_or_path))
    except LayerError as error:
        raise VehicleError(str(error)) from None


def load_vehicle(name_or_path: str, overrides: Mapping[str, Any] | None = None) -> Vehicle:
    """Read a shipped vehicle by name or any by path, with dotted overrides; raises VehicleError."""
    return vehicle_of(resolved_vehicle(name_or_path), overrides)


def vehicle_of(given: Resolved, overrides: Mapping[str, Any] | None = None) -> Vehicle:
    """The vehicle that a file says, checked, with dotted overrides; raises VehicleError."""
    table, origins, where = copied(given.tree), given.origins, given.own.label
    _override(table, overrides or {}, where)
    for key, mistake in list_mistakes(table, Vehicle):
        raise VehicleError(f"{(origin(key, origins) or given.own).label}: {mistake}")
    try:
        vehicle = _adapter().validate_python(table)
    except ValidationError as error:
        raise VehicleError(_sentence(where, origins, error.errors(include_url=False)[0])) from None
    for sentence in itertools.chain(beyond(vehicle), disproportionate(vehicle)):  # in turn: those divide
        raise VehicleError(f"{where}: {sentence}; correct it")
    _check_sizes(vehicle, where)
    _check_order(vehicle, where)
    return vehicle
