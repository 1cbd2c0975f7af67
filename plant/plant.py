"""The interface of the plant: built once per flight, advanced in ticks, read as rows.

This is the edge where parameters are coerced, once, to what the kernels take; everything moving is in the kernels.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hoverslam.plant.arming import armed_faults, no_effects_yet
from hoverslam.plant.kernels.body.bending import COLUMNS as BENDING_COLUMNS
from hoverslam.plant.kernels.body.dynamics import Shell, Surroundings
from hoverslam.plant.kernels.body.mass import MassProperties, mass_properties
from hoverslam.plant.kernels.body.slosh import COLUMNS as SLOSH_COLUMNS
from hoverslam.plant.kernels.engines.feed import FEED_COLUMNS, GAP, GAS, ULLAGE, Relight
from hoverslam.plant.kernels.engines.propulsion import CHARGES, STARTS, STATE_COLUMNS, WARM, EngineType
from hoverslam.plant.kernels.faults import (
    LATE_FRAMES,
    QUANTITIES,
)
from hoverslam.plant.kernels.noise import normal_triple
from hoverslam.plant.kernels.records import ROWS, as_record
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
    make_site,
)
from hoverslam.plant.kernels.world.wind import FOOT_M, TurbulenceParams, first_gust, start_gusts
from hoverslam.plant.layout import VehicleShape, command_layout, sensor_layout, truth_layout
from hoverslam.plant.oracle.stopping import required_throttle
from hoverslam.plant.release import release_state
from hoverslam.plant.sensors import KERNEL, SPECS, TICKS, in_ticks
from hoverslam.plant.setup import FlightSetup, pad_normal, stream_key
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
        no_effects_yet(),
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
            armed_faults(setup, vehicle.shape),
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
