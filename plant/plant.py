"""The interface of the plant: built once per flight, advanced in ticks, read as rows.

This is the edge where parameters are coerced, once, to what the kernels take; everything moving is in the kernels.
"""

import hashlib
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoverslam.plant.faults import EVENTS, FAMILIES, KINDS, ORGANS, SORTS, ArmedFault, code
from hoverslam.plant.faults import QUANTITIES as QUANTITY_NAMES
from hoverslam.plant.kernels.body.bending import COLUMNS as BENDING_COLUMNS
from hoverslam.plant.kernels.body.dynamics import Rigid, Shell, Surroundings
from hoverslam.plant.kernels.body.mass import MassProperties, mass_properties
from hoverslam.plant.kernels.body.slosh import COLUMNS as SLOSH_COLUMNS
from hoverslam.plant.kernels.engines.feed import FEED_COLUMNS, GAP, GAS, TANK_COLUMNS, ULLAGE, Relight
from hoverslam.plant.kernels.engines.propulsion import CHARGES, STARTS, STATE_COLUMNS, WARM, ClusterScatter, EngineType
from hoverslam.plant.kernels.faults import (
    ENGINE_COLUMNS,
    LATE_FRAMES,
    QUANTITIES,
    SLOTS,
    Effects,
    FaultTable,
    heal_engine,
)
from hoverslam.plant.kernels.noise import normal_triple
from hoverslam.plant.kernels.records import ROWS, as_record
from hoverslam.plant.kernels.rotation import Quat, Vec, add, cross, multiply, normalise, scale
from hoverslam.plant.kernels.rows import truth as truth_kernel
from hoverslam.plant.kernels.sensors.gauges import LAST
from hoverslam.plant.kernels.sensors.sensing import sense as sense_kernel
from hoverslam.plant.kernels.sensors.units import (
    ACCEL_DRIFT,
    GYRO_DRIFT,
    LANE_ACCEL_DRIFT,
    LANE_GYRO_DRIFT,
    LANE_MULTIPATH,
    LANE_START,
    MULTIPATH,
    WANDER,
    SensorParams,
)
from hoverslam.plant.kernels.step import (
    AT_REST,
    DIVERGED,
    FLYING,
    PlantParams,
    PlantState,
    write_rigid,
)
from hoverslam.plant.kernels.step import advance as advance_kernel
from hoverslam.plant.kernels.world.earth import (
    Site,
    earth_from_enu,
    geodetic_altitude,
    inertial_from_earth,
    make_site,
    surface_velocity,
)
from hoverslam.plant.kernels.world.wind import FOOT_M, AirColumn, TurbulenceParams, first_gust, start_gusts
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout, truth_layout
from hoverslam.plant.oracle.stopping import required_throttle
from hoverslam.plant.sensors import KERNEL, SPECS, TARGETS, TICKS, in_ticks
from hoverslam.plant.vehicle import Vehicle

FloatArray = NDArray[np.float64]
GUST_PERIOD_S = 0.01
REFRESH_PERIOD_S = 0.01  # in which a tank loses three kilograms of liquid
FEELING_ROUNDS, FELT = 50, 1e-12  # what is felt at release, m/s2 and rad/s2: a tenth is left from round to round
ROOM = VehicleShape(*(ROWS,) * len(VehicleShape._fields))  # the most of each thing that a state has room for
DRIFT_PERIOD_S = 0.1  # chosen: short against any correlation time of a bias
# MIL-F-8785C, fig. 7: altitude [ft] and one-sigma turbulence [ft/s]
TURBULENCE_ALTITUDE_FT = (500.0, 1750.0, 3750.0, 7500.0, 15e3, 25e3, 35e3, 45e3, 55e3, 80e3)
TURBULENCE_SIGMA_FTPS = {
    "none": (0.0,) * 10,
    "light": (6.6, 6.9, 7.4, 6.7, 4.6, 2.7, 0.4, 0.0, 0.0, 0.0),
    "moderate": (8.6, 9.6, 10.6, 10.1, 8.0, 6.6, 5.0, 4.2, 2.7, 0.0),
    "severe": (15.6, 17.6, 23.0, 23.6, 22.1, 20.0, 16.0, 15.1, 12.1, 0.0),
}


class PlantDiverged(Exception):  # noqa: N818  says what happened; the caller makes it a harness error
    """The integration diverged: a fault of the plant, not of the flight software. States the tick."""


class ReleaseState(NamedTuple):
    """Where and how the flight begins, relative to the pad; the offsets are this flight's dispersions.

    The stage is `range_m` short of the pad along the azimuth and `left_m` to its left, nose against its Earth-relative
    velocity; body y points to the right of the azimuth. Flight path angle is from the pad's horizontal, negative
    going down. The liquids still have `unsettled_m` to fall to their sumps, the feed lines are `engine_warm_k` above
    chilled.
    """

    altitude_msl_m: float
    range_m: float
    left_m: float
    azimuth_rad: float
    speed_mps: float
    flight_path_rad: float
    lox_kg: float
    lch4_kg: float
    rcs_kg: float
    unsettled_m: float = 0.0
    engine_warm_k: float = 0.0
    pos_offset_enu_m: Vec = (0.0, 0.0, 0.0)
    vel_offset_enu_mps: Vec = (0.0, 0.0, 0.0)
    attitude_offset_rad: Vec = (0.0, 0.0, 0.0)


class ImuErrors(NamedTuple):
    """This unit's own constants, body axes."""

    gyro_bias_radps: Vec = (0.0, 0.0, 0.0)
    accel_bias_mps2: Vec = (0.0, 0.0, 0.0)
    gyro_scale: Vec = (0.0, 0.0, 0.0)
    accel_scale: Vec = (0.0, 0.0, 0.0)
    misalignment_rad: Vec = (0.0, 0.0, 0.0)
    noise: float = 1.0


class GaugeErrors(NamedTuple):
    """This flight's own gauges: offsets in the order of engines, gimbal axes and fins; what is left out has none.

    Tank pressures are those of LOX, LCH4 and cold gas; levels those of LOX and LCH4.
    """

    chamber_pressure_pa: tuple[float, ...] = ()
    tank_pressure_pa: Vec = (0.0, 0.0, 0.0)
    level_m: tuple[float, float] = (0.0, 0.0)
    level_scale: tuple[float, float] = (0.0, 0.0)
    gimbal_rad: tuple[float, ...] = ()
    fin_rad: tuple[float, ...] = ()


class FlightSetup(NamedTuple):
    """One flight: site, start, air, scatter of the vehicle, faults, seed, step; slope of the pad and its direction."""

    latitude_rad: float
    longitude_rad: float
    elevation_m: float
    release: ReleaseState
    column: AirColumn
    turbulence: str
    w20_mps: float
    scatter: ClusterScatter
    imu: ImuErrors
    faults: tuple[ArmedFault, ...]
    seed: int
    dt_s: float
    gauges: GaugeErrors = GaugeErrors()
    relight: bool = False
    slope_rad: float = 0.0
    slope_azimuth_rad: float = 0.0


def stream_key(seed: int, name: str) -> int:
    """Key of a noise stream, 62 bits: other names and seeds give unrelated streams."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "little") >> 2


def pad_normal(setup: FlightSetup) -> Vec:
    """Unit vector out of the pad, leaning downhill, east-north-up."""
    lean = math.sin(setup.slope_rad)
    azimuth = setup.slope_azimuth_rad
    return (lean * math.sin(azimuth), lean * math.cos(azimuth), math.cos(setup.slope_rad))


def release_position(site: Site, release: ReleaseState) -> Vec:
    """Earth-fixed release point: over the ground track, at the altitude (Newton on the geodetic height)."""
    s, c = math.sin(release.azimuth_rad), math.cos(release.azimuth_rad)
    east = -release.range_m * s - release.left_m * c + release.pos_offset_enu_m[0]
    north = -release.range_m * c + release.left_m * s + release.pos_offset_enu_m[1]
    wanted = release.altitude_msl_m + release.pos_offset_enu_m[2]
    up = wanted - site.elevation_m
    for _ in range(4):
        point = add(site.pos_e_m, earth_from_enu(site, (east, north, up)))
        up += wanted - geodetic_altitude(point)
    return add(site.pos_e_m, earth_from_enu(site, (east, north, up)))


def attitude_from_axes(x: Vec, y: Vec, z: Vec) -> Quat:
    """q_a_b of the frame b whose axes have these components in a (Shepperd's method)."""
    w2, x2 = 1.0 + x[0] + y[1] + z[2], 1.0 + x[0] - y[1] - z[2]
    y2, z2 = 1.0 - x[0] + y[1] - z[2], 1.0 - x[0] - y[1] + z[2]
    candidates = {
        w2: (w2, y[2] - z[1], z[0] - x[2], x[1] - y[0]),
        x2: (y[2] - z[1], x2, x[1] + y[0], x[2] + z[0]),
        y2: (z[0] - x[2], x[1] + y[0], y2, y[2] + z[1]),
        z2: (x[1] - y[0], x[2] + z[0], y[2] + z[1], z2),
    }
    return normalise(candidates[max(candidates)])


def release_attitude(site: Site, release: ReleaseState, vel_e_mps: Vec) -> Quat:
    """q_i_b with the nose against the velocity and body y to the right of the azimuth, then the offset (at time 0)."""
    nose = scale(-1.0 / math.sqrt(sum(v * v for v in vel_e_mps)), vel_e_mps)
    downrange = earth_from_enu(site, (math.sin(release.azimuth_rad), math.cos(release.azimuth_rad), 0.0))
    right = cross(downrange, nose)
    right = scale(1.0 / math.sqrt(sum(v * v for v in right)), right)
    q = attitude_from_axes(nose, right, cross(nose, right))
    a = release.attitude_offset_rad
    return multiply(q, normalise((1.0, 0.5 * a[0], 0.5 * a[1], 0.5 * a[2])))


def release_state(site: Site, release: ReleaseState) -> Rigid:
    """Inertial state at time 0 of a stage that does not turn."""
    pos = release_position(site, release)
    across = release.speed_mps * math.cos(release.flight_path_rad)
    vel_enu = (
        across * math.sin(release.azimuth_rad),
        across * math.cos(release.azimuth_rad),
        release.speed_mps * math.sin(release.flight_path_rad),
    )
    vel_e = earth_from_enu(site, vel_enu)
    disturbed = earth_from_enu(site, add(vel_enu, release.vel_offset_enu_mps))
    vel_i = add(inertial_from_earth(0.0, disturbed), surface_velocity(pos))
    return Rigid(pos, vel_i, release_attitude(site, release, vel_e), (0.0, 0.0, 0.0))


def _ticks(name: str, period_s: float, dt_s: float) -> int:
    ticks = round(period_s / dt_s)
    if ticks < 1 or abs(ticks * dt_s - period_s) > 1e-9:
        raise ValueError(f"{name} {period_s} s is not a whole number of {dt_s} s ticks; change it or plant_hz")
    return ticks


def _sensor_params(vehicle: Vehicle, setup: FlightSetup) -> SensorParams:
    """The type's numbers under their own names, those in seconds as ticks, and this flight's own errors."""
    spec, imu, gauges = vehicle.sensors._asdict(), setup.imu, setup.gauges
    same = {name: spec[name] for name, one in SPECS.items() if one.use == KERNEL}
    counted = {
        in_ticks(name): _ticks(f"sensors.{name}", spec[name], setup.dt_s) if spec[name] else 0
        for name, one in SPECS.items()
        if one.use == TICKS
    }
    own = {
        "drift_ticks": _ticks("drift grid", DRIFT_PERIOD_S, setup.dt_s),
        **imu._asdict(),
        "chamber_pressure_bias_pa": _each(gauges.chamber_pressure_pa),
        "tank_pressure_bias_pa": gauges.tank_pressure_pa,
        "level_bias_m": gauges.level_m,
        "level_scale": gauges.level_scale,
        "gimbal_bias_rad": _each(gauges.gimbal_rad),
        "fin_bias_rad": _each(gauges.fin_rad),
        "key": stream_key(setup.seed, "sensors"),
        "tick_ns": round(1e9 * setup.dt_s),
    }
    return SensorParams(**(same | counted | own))


def _each(values: tuple[float, ...]) -> FloatArray:
    """One number for each unit there may be, zero where none is given."""
    full = np.zeros(ROWS)
    full[: len(values)] = values
    return full


def _start_wander(params: SensorParams) -> FloatArray:
    """Drifts at release: drawn from what each is in the long run."""
    wander = np.zeros(WANDER)
    for at, lane, sigma in (
        (GYRO_DRIFT, LANE_GYRO_DRIFT, params.noise * params.gyro_drift_radps),
        (ACCEL_DRIFT, LANE_ACCEL_DRIFT, params.noise * params.accel_drift_mps2),
        (MULTIPATH, LANE_MULTIPATH, 1.0),
    ):
        wander[at : at + 3] = sigma * np.array(normal_triple(params.key, 0, lane + LANE_START))
    return wander


def _turbulence(setup: FlightSetup) -> TurbulenceParams:
    sigma = np.array(TURBULENCE_SIGMA_FTPS[setup.turbulence]) * FOOT_M
    w20 = setup.w20_mps if setup.turbulence != "none" else 0.0
    return TurbulenceParams(
        float(w20), np.array(TURBULENCE_ALTITUDE_FT) * FOOT_M, sigma, stream_key(setup.seed, "gusts")
    )


def _faults(setup: FlightSetup, shape: VehicleShape) -> FaultTable:
    """The faults of this flight as the kernels want them; raises ValueError for more than there are slots."""
    if len(setup.faults) > SLOTS:
        raise ValueError(f"{len(setup.faults)} faults; at most {SLOTS} are possible in one flight; remove some")
    kinds = {name: np.float64 if name in {"threshold", "a", "b", "c"} else np.int64 for name in FaultTable._fields[1:]}
    columns = {name: np.zeros(SLOTS, dtype=kind) for name, kind in kinds.items()}
    for slot, fault in enumerate(setup.faults):
        for name, value in _fault_row(fault, shape, setup.dt_s).items():
            columns[name][slot] = value
    return FaultTable(len(setup.faults), **columns)


def _fault_row(fault: ArmedFault, shape: VehicleShape, dt_s: float) -> dict[str, float]:
    kind, trigger = KINDS[fault.kind], fault.trigger
    numbers = fault.numbers or tuple(number.default for number in kind.numbers.values())
    row: dict[str, float] = {
        "kind": list(KINDS).index(fault.kind),
        "family": FAMILIES.index(kind.family),
        "organ": ORGANS.index(kind.target),
        "trigger": code(SORTS, trigger.sort),
        "what": code(EVENTS if trigger.sort == "event" else QUANTITY_NAMES, trigger.what),
        "threshold": trigger.threshold,
        "delay_ticks": round(trigger.delay_s / dt_s),
        "duration_ticks": round(fault.duration_s / dt_s),
        **dict(zip("abc", numbers, strict=False)),
    }
    if isinstance(fault.target, str):
        return row | dict(zip(("first", "width", "flag"), _sensor_place(shape, fault.target), strict=True))
    return row | {"target": fault.target}


def _sensor_place(shape: VehicleShape, sensor: str) -> tuple[int, int, int]:
    """Where the values of a sensor lie in the sensor row: first, how many, and the flag's place or -1."""
    at = sensor_layout(shape).slice
    target = TARGETS[sensor]
    start, end = at(target.first).start, at(target.last).stop
    return start, end - start, at(target.flag).start if target.flag else -1


def _no_effects() -> Effects:
    engine = np.zeros((ROWS, ENGINE_COLUMNS))
    for row in engine:
        heal_engine(row)
    return Effects(
        np.full(SLOTS, -1, dtype=np.int64),
        engine,
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros((ROWS, 2)),
        np.zeros(1),
        np.zeros((2, TANK_COLUMNS)),
    )


def _initial_state(vehicle: Vehicle, setup: FlightSetup, params: PlantParams) -> np.ndarray:
    shape = vehicle.shape
    engines = np.zeros((ROWS, STATE_COLUMNS))
    engines[: shape.engines, STARTS] = vehicle.cluster.starts
    engines[: shape.engines, CHARGES] = vehicle.cluster.charges
    release = setup.release
    engines[:, WARM] = release.engine_warm_k
    feed = np.zeros((2, FEED_COLUMNS))
    feed[:, ULLAGE], feed[:, GAP] = (vehicle.lox.ullage_pa, vehicle.lch4.ullage_pa), release.unsettled_m
    feed[:, GAS] = 1.0 if release.unsettled_m > 0.0 else 0.0
    tanks = np.array(
        [release.lox_kg + vehicle.lox.residual_kg, release.lch4_kg + vehicle.lch4.residual_kg, release.rcs_kg]
    )
    mass: MassProperties = mass_properties(
        vehicle.body, vehicle.lox, vehicle.lch4, tanks[0], tanks[1], tanks[2], vehicle.rcs.bottle_m
    )
    gust = np.zeros(11)
    gust[:5] = start_gusts(params.turbulence.key)
    height_m = release.altitude_msl_m + release.pos_offset_enu_m[2] - setup.elevation_m
    gust[8:] = first_gust(params.turbulence, height_m)
    state = PlantState(
        np.zeros(13),
        np.array(mass.cg_m),
        engines,
        np.zeros(2 * ROWS),
        np.zeros(ROWS),
        np.zeros(ROWS),
        tanks,
        np.zeros(ROWS),
        np.zeros(ROWS),
        np.zeros(ROWS),
        gust,
        np.zeros(6),
        np.zeros(9),
        np.ones(ROWS),
        np.zeros(6),
        np.array([0, -1, -1, 0], dtype=np.int64),
        _no_effects(),
        np.zeros(QUANTITIES),
        np.zeros((2, SLOSH_COLUMNS)),
        feed,
        np.full((LATE_FRAMES + 1, sensor_layout(ROOM).width), np.nan),
        np.zeros(1, dtype=np.int64),
        _start_wander(params.sensors),
        np.zeros((2, BENDING_COLUMNS)),
        np.zeros((ROWS, 4)),
        np.full(ROWS, -1.0),
        np.zeros(1, dtype=np.int64),
        np.zeros((3, ROWS + 4 + 2 * ROWS + ROWS + 1)),
        np.zeros(3),
        np.array([shape.engines, 2 * shape.gimballed, shape.fins, shape.thrusters, shape.legs], dtype=np.int64),
    )
    write_rigid(state.rigid, release_state(params.around.site, release))
    return as_record(state, pad=False)


class Plant:
    """One flight of one vehicle. Rows are float64 arrays laid out as in `plant.layout`; the kernels keep the state."""

    def __init__(self, vehicle: Vehicle, setup: FlightSetup, *, feels: bool = True) -> None:
        """Raises ValueError. With `feels` false nothing is flown ahead: it can be asked, and must not be flown."""
        self.vehicle = vehicle
        self.setup = setup
        self.shape: VehicleShape = vehicle.shape
        site = make_site(setup.latitude_rad, setup.longitude_rad, setup.elevation_m)
        params = PlantParams(
            Shell(vehicle.body, vehicle.aero, vehicle.fins, vehicle.legs),
            Surroundings(site, setup.column, pad_normal_enu=pad_normal(setup)),
            vehicle.lox,
            vehicle.lch4,
            vehicle.slosh,
            vehicle.bending,
            EngineType(
                vehicle.engine,
                vehicle.feed,
                Relight(int(setup.relight), vehicle.relight, stream_key(setup.seed, "relight")),
            ),
            vehicle.cluster,
            setup.scatter,
            vehicle.rcs,
            _turbulence(setup),
            _ticks("gust grid", GUST_PERIOD_S, setup.dt_s),
            _ticks("level grid", REFRESH_PERIOD_S, setup.dt_s),
            _sensor_params(vehicle, setup),
            _faults(setup, vehicle.shape),
            float(setup.dt_s),
        )
        self.params = as_record(params)
        self.state = _initial_state(vehicle, setup, params)
        self.truth_layout = truth_layout(self.shape)
        self.sensor_layout = sensor_layout(self.shape)
        self.command_layout = command_layout(self.shape)
        self._status = FLYING
        self._sensed_tick = 0
        if feels:
            self._feel()
            self._read_gauges()

    def _feel(self) -> None:
        """Specific force in the tick before release, in place: extrapolated from the two ticks that follow.

        Liquids push with what they felt in the tick before, so those are flown ahead until nothing changes any more.
        """
        params, safe = self.params.copy(), np.zeros(self.command_layout.width)
        params["faults"]["armed"] = 0
        for _ in range(FEELING_ROUNDS):
            ahead, felt = self.state.copy(), []
            for _ in range(2):
                if advance_kernel(params, ahead, safe, 1) == DIVERGED:
                    return
                felt.append(ahead["mean"].copy())
            before = 2.0 * felt[0] - felt[1]
            change = np.max(np.abs(before - self.state["mean"]))
            self.state["mean"] = before
            if change < FELT:
                break
        axial, y, z = self.state["mean"][0, :3]
        self.state["peaks"][0, :2] = axial, math.hypot(y, z)

    def _read_gauges(self) -> None:
        """What the gauges show at release, in place: the first reading takes its mean from here."""
        read = self.state.copy()
        sense_kernel(self.params, read, 0.0, np.zeros(self.sensor_layout.width))
        self.state["gauged"][0, LAST] = read["gauged"][0, LAST]

    @property
    def tick(self) -> int:
        """Ticks since release."""
        return int(self.state["clock"][0, 0])

    @property
    def outcome(self) -> str | None:
        """None while flying, then `at_rest` or `impact`."""
        if self._status == FLYING:
            return None
        return "at_rest" if self._status == AT_REST else "impact"

    @property
    def fault_ticks(self) -> list[int | None]:
        """Start tick of each fault, None if it has not started, in the order of the setup."""
        woken = self.state["effects"]["woken"][0, : len(self.setup.faults)].tolist()
        return [None if tick == -1 else tick if tick >= 0 else -2 - tick for tick in woken]

    def advance(self, command: FloatArray, ticks: int) -> None:
        """Up to `ticks` ticks with one command row; raises PlantDiverged where a state is no longer finite."""
        if self._status != FLYING:
            return
        self._status = advance_kernel(self.params, self.state, command, ticks)
        if self._status == DIVERGED:
            raise PlantDiverged(f"the plant's state is not finite at tick {self.tick}; report this with the run folder")

    def sense(self, out: FloatArray) -> None:
        """The sensor row of this instant; the inertial unit's accumulators start again."""
        span = (self.tick - self._sensed_tick) * self.setup.dt_s
        self._sensed_tick = self.tick
        sense_kernel(self.params, self.state, span, out)

    def truth(self, out: FloatArray) -> None:
        """The truth row of this instant."""
        truth_kernel(self.params, self.state, out)

    def required_throttle(self, truth_row: FloatArray, engines: float) -> float:
        """k_req of R-09 from a truth row: the one throttle on `engines` engines that stops the stage at the pad."""
        at = self.truth_layout.slice
        east, north, up = truth_row[at("vel_enu_mps")]
        start = (
            float(truth_row[at("altitude_agl_m")][0]),
            -float(up),
            math.hypot(east, north),
            float(truth_row[at("mass_kg")][0]),
        )
        return float(
            required_throttle(
                self.vehicle.aero,
                self.vehicle.body.ref_area_m2,
                self.vehicle.engine,
                self.setup.column,
                self.setup.elevation_m,
                float(engines),
                start,
            )
        )
