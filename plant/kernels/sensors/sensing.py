"""What the avionics report: the sensor row of one instant, a line for each sensor in the order of `plant.sensors`.

Here are the gauges: chamber, tank and bottle pressures, tank levels, positions of gimbals and fins, switches. Each
has a bias of its own, drawn once a flight, and white noise of every reading; a level has a scale error too. Inertial
unit, GNSS (its noise is drawn when a fix is taken, not when delivered) and radar are in `units`. A reading is the
mean since the last one (`gauges`).
"""

import numpy as np

from hoverslam.plant.kernels.columns import TICK
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.propulsion import PHASE, THRUST
from hoverslam.plant.kernels.faults import READING, spoil
from hoverslam.plant.kernels.noise import normal_pair
from hoverslam.plant.kernels.rows import put
from hoverslam.plant.kernels.sensors.gauges import SUM, average
from hoverslam.plant.kernels.sensors.units import (
    LANE_FIN,
    LANE_GIMBAL,
    LANE_LEVELS,
    LANE_PRESSURE,
    LANE_TANK_PRESSURE,
    SensorParams,
    deliver_gnss,
    sense_imu,
    sense_radar,
)
from hoverslam.plant.kernels.step import PlantParams, PlantState, fitted, gauges, read_gauges, read_rigid


@kernel
def sense(params_record: np.ndarray, state_record: np.ndarray, span_s: float, out: np.ndarray) -> None:
    """What the avionics report now; `span_s` is the time since the last report. Records as in `advance`.

    A line for each sensor, in the order of `plant.sensors.DEVICES`: each returns where the next goes.
    """
    params, state = params_record[0], fitted(state_record[0])
    tick, sensors = state.clock[TICK], params.sensors
    now_ns = tick * sensors.tick_ns
    read_gauges(params, state)
    average(state.gauged, gauges(state), int(span_s / params.dt_s + 0.5))
    at = sense_imu(sensors, state.imu, now_ns, span_s, out, 0)
    at = deliver_gnss(sensors, state.gnss, tick, params.dt_s, out, at)
    at = echo(params, state, tick, out, at)
    at = chamber_pressures(params, state, now_ns, out, at)
    at = put(out, at, state.engines[:, PHASE])
    at = levels(sensors, state, now_ns, out, at)
    at = tank_pressures(sensors, state, now_ns, out, at)
    at = gimbal_positions(sensors, state, now_ns, out, at)
    at = fin_positions(sensors, state, now_ns, out, at)
    at = bottle_pressure(sensors, state, now_ns, out, at)
    switches = at
    at = locks(state, out, at)
    at = put(out, at, state.leg_touching)
    state.gauged[SUM, :] = 0.0
    if params.faults.armed > 0:
        spoil(
            params.faults,
            state.effects.woken,
            state.spoilt,
            sensors.key,
            tick,
            now_ns,
            state.frames[0],
            span_s,
            params.dt_s,
            out,
        )
        for i in range(switches, at):
            out[i] = 1.0 if out[i] >= 0.5 else 0.0  # on or off, whatever ails it
    state.frames[0] += 1


@kernel
def any_burns(engines: np.ndarray) -> bool:
    """Whether any engine pushes."""
    for i in range(engines.shape[0]):
        if engines[i, THRUST] > 0.0:
            return True
    return False


@kernel
def echo(params: PlantParams, state: PlantState, tick: int, out: np.ndarray, at: int) -> int:
    """Whether there is an echo, and its range."""
    site, burning = params.around.site, any_burns(state.engines)
    rigid = read_rigid(state.rigid)
    distance = sense_radar(params.sensors, site, rigid, state.cg_m[0], burning, tick, params.dt_s)
    out[at], out[at + 1] = (1.0, distance) if distance > 0.0 else (0.0, 0.0)
    return at + 2


@kernel
def pressure(params: SensorParams, true_pa: float, bias_pa: float, lane: int, now_ns: int) -> float:
    """Reading of a pressure; it may be below zero."""
    n, _ = normal_pair(params.key, now_ns, lane)
    return true_pa * (1.0 + params.noise * params.pressure_noise_fraction * n) + bias_pa


@kernel
def chamber_pressures(params: PlantParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of each engine, as its transducer shows it while a fault of the engine falsifies it."""
    sensors, seen, n = params.sensors, state.gauged[SUM], state.engines.shape[0]
    for i in range(n):
        read_pa = pressure(sensors, seen[i], sensors.chamber_pressure_bias_pa[i], LANE_PRESSURE + i, now_ns)
        out[at + i] = read_pa * state.effects.engine[i, READING]
    return at + n


@kernel
def levels(params: SensorParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of LOX and LCH4, never negative."""
    seen, n = state.gauged[SUM], state.engines.shape[0]
    a, b = normal_pair(params.key, now_ns, LANE_LEVELS)
    spread, bias, slope = params.noise * params.level_noise_m, params.level_bias_m, params.level_scale
    out[at] = max((1.0 + slope[0]) * seen[n] + bias[0] + spread * a, 0.0)
    out[at + 1] = max((1.0 + slope[1]) * seen[n + 1] + bias[1] + spread * b, 0.0)
    return at + 2


@kernel
def tank_pressures(params: SensorParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """At the outlets of LOX and LCH4."""
    seen, n = state.gauged[SUM], state.engines.shape[0]
    for i in range(2):
        bias_pa = params.tank_pressure_bias_pa[i]
        out[at + i] = pressure(params, seen[n + 2 + i], bias_pa, LANE_TANK_PRESSURE + i, now_ns)
    return at + 2


@kernel
def gimbal_positions(params: SensorParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of each axis of each engine that swivels."""
    first, count = state.engines.shape[0] + 4, state.gimbal_rad.shape[0]
    true = state.gauged[SUM, first : first + count]
    return positions(params, true, params.gimbal_bias_rad, params.gimbal_noise_rad, LANE_GIMBAL, now_ns, out, at)


@kernel
def fin_positions(params: SensorParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of each fin."""
    first, count = state.engines.shape[0] + 4 + state.gimbal_rad.shape[0], state.fin_rad.shape[0]
    true = state.gauged[SUM, first : first + count]
    return positions(params, true, params.fin_bias_rad, params.fin_noise_rad, LANE_FIN, now_ns, out, at)


@kernel
def positions(
    params: SensorParams,
    true: np.ndarray,
    bias: np.ndarray,
    sigma: float,
    lane: int,
    now_ns: int,
    out: np.ndarray,
    at: int,
) -> int:
    """Readings of as many angles as `true` has, into `out` from `at`; returns where the next goes."""
    even, odd = 0.0, 0.0
    for i in range(true.shape[0]):
        if i % 2 == 0:
            even, odd = normal_pair(params.key, now_ns, lane + i // 2)
        out[at + i] = true[i] + bias[i] + params.noise * sigma * (even if i % 2 == 0 else odd)
    return at + true.shape[0]


@kernel
def bottle_pressure(params: SensorParams, state: PlantState, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of the cold gas."""
    seen = state.gauged[SUM, gauges(state) - 1]
    out[at] = pressure(params, seen, params.tank_pressure_bias_pa[2], LANE_TANK_PRESSURE + 2, now_ns)
    return at + 1


@kernel
def locks(state: PlantState, out: np.ndarray, at: int) -> int:
    """Down-lock switches of the legs."""
    for i in range(state.leg_progress.shape[0]):
        out[at + i] = 1.0 if state.leg_progress[i] >= 1.0 else 0.0
    return at + state.leg_progress.shape[0]
