"""Faults in flight: armed before the flight, started by time, event or condition.

A fault writes its effect into a row of `effects` when it wakes, and takes it out again when its time is over; the
physics reads the effects, never the faults. Failure modes R1 to R13 are those of the relight-test taxonomy; their
signatures in thrust, chamber pressure and flow are chosen, and stated in `plant.faults`.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.plant.faults import FAMILIES, KINDS, ORGANS
from hoverslam.plant.kernels.compiled import kernel
from hoverslam.plant.kernels.engines.feed import CLOSED_OFF, FALL_PA, FALL_S, FALL_SINCE, SWING_HZ
from hoverslam.plant.kernels.noise import normal_pair

SLOTS = 32
TIME, EVENT, BELOW, ABOVE = 0, 1, 2, 3
LANDING_IGNITION, TOUCHDOWN = 0, 1
ALTITUDE, SPEED, MACH, Q, LOX, LCH4 = 0, 1, 2, 3, 4, 5
QUANTITIES = 6
IMU_WIDTH = 6  # velocity and angle increments come first in a sensor row
LATE_FRAMES = 64
LANE_FAULTS = 128

CODES = {name: code for code, name in enumerate(KINDS)}
NO_LIGHT = CODES["engine_no_light"]
SLOW_START = CODES["engine_slow_start"]
HARD_START = CODES["engine_hard_start"]
WARM_INLET = CODES["engine_warm_inlet"]
GAS_INGESTION = CODES["engine_gas_ingestion"]
LOW_TANK_PRESSURE = CODES["engine_low_tank_pressure"]
VALVE_STUCK = CODES["engine_valve_stuck"]
LOW_THRUST = CODES["engine_low_thrust"]
AFT_FIRE = CODES["engine_aft_fire"]
INSTABILITY = CODES["engine_instability"]
FALSE_PRESSURE = CODES["engine_false_pressure"]
GIMBAL_STUCK = CODES["gimbal_stuck"]
GIMBAL_SLOW = CODES["gimbal_slow"]
GIMBAL_HARD_OVER = CODES["gimbal_hard_over"]
FIN_STUCK = CODES["fin_stuck"]
FIN_FLOATING = CODES["fin_floating"]
FIN_HYDRAULICS = CODES["fin_hydraulics"]
THRUSTER_OPEN = CODES["thruster_open"]
THRUSTER_CLOSED = CODES["thruster_closed"]
GAS_LEAK = CODES["gas_leak"]
LEG_UNLOCKED = CODES["leg_unlocked"]
NO_CHILL = CODES["engine_no_chill"]
TANK_COLLAPSE = CODES["tank_collapse"]
TANK_UNREGULATED = CODES["tank_unregulated"]
SENSOR_STUCK = CODES["sensor_stuck"]
SENSOR_BIAS = CODES["sensor_bias"]
SENSOR_NOISY = CODES["sensor_noisy"]
SENSOR_LATE = CODES["sensor_late"]
SENSOR_SILENT = CODES["sensor_silent"]
SENSOR_NAN = CODES["sensor_nan"]
SENSOR_DRIFT = CODES["sensor_drift"]
START, BURN, LIFE, ACTUATOR, FEED, SENSOR = (
    FAMILIES.index(name) for name in ("start", "burn", "life", "actuator", "feed", "sensor")
)
ENGINE, GIMBAL, FIN, ALL_FINS, THRUSTER, BOTTLE, LEG, TANK = (
    ORGANS.index(name)
    for name in ("engine", "gimballed engine", "fin", "all fins", "thruster", "cold gas", "leg", "tank")
)

# columns of an engine's effects; a row of zeros but for the ones is a healthy engine
FACTOR, RIPPLE, RIPPLE_HZ, SINCE, LOSS, LOSS_S, FROZEN, RISE = 0, 1, 2, 3, 4, 5, 6, 7
UNLIT, SPIKE, SPIKE_S, READING, BLOW_S, HURTS, OXIDISER, LOSS_SINCE = 8, 9, 10, 11, 12, 13, 14, 15
UNCHILLED = 16
ENGINE_COLUMNS = 17
# columns of an actuator's effects: how it fails, and by how much
HOW, HOW_MUCH = 0, 1
SOUND, STUCK, SLOW, HARD_OVER, FLOATING, OPEN, CLOSED = 0, 1, 2, 3, 4, 5, 6


class FaultTable(NamedTuple):
    """Armed faults, `armed` of SLOTS; times in ticks, `duration` 0 for good. Targets are indices of their own sort.

    For a sensor, `first` and `width` say where its values lie in the sensor row, and `flag` where it is said that there
    are any, or -1.
    """

    armed: int
    kind: np.ndarray
    family: np.ndarray
    organ: np.ndarray
    target: np.ndarray
    trigger: np.ndarray
    what: np.ndarray
    threshold: np.ndarray
    delay_ticks: np.ndarray
    duration_ticks: np.ndarray
    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    first: np.ndarray
    width: np.ndarray
    flag: np.ndarray


class Effects(NamedTuple):
    """What the faults that are awake do. woken (SLOTS): tick, -1 asleep, -2 - tick when over. leak_kgps (1).

    tank (2, columns as in `feed`): LOX and LCH4.
    """

    woken: np.ndarray
    engine: np.ndarray
    gimbal: np.ndarray
    fin: np.ndarray
    valve: np.ndarray
    leg: np.ndarray
    leak_kgps: np.ndarray
    tank: np.ndarray


@kernel
def heal_engine(row: np.ndarray) -> None:
    """A healthy engine's effects, in place."""
    row[:] = 0.0
    row[FACTOR], row[RISE], row[READING], row[OXIDISER], row[HURTS] = 1.0, 1.0, 1.0, 1.0, -1.0


@kernel
def is_due(table: FaultTable, i: int, tick: int, ignition_tick: int, contact_tick: int, quantities: np.ndarray) -> bool:
    """Whether the trigger of fault i has come."""
    trigger, what = table.trigger[i], table.what[i]
    if trigger == TIME:
        return bool(tick >= table.delay_ticks[i])
    if trigger == EVENT:
        since = ignition_tick if what == LANDING_IGNITION else contact_tick
        return bool(since >= 0 and tick - since >= table.delay_ticks[i])
    value = quantities[what]
    return bool(value < table.threshold[i] if trigger == BELOW else value > table.threshold[i])


@kernel
def wake_start(kind: int, a: float, b: float, c: float, row: np.ndarray) -> None:
    """The effect of a fault that shows when an engine is started, in place."""
    if kind == NO_LIGHT:
        row[UNLIT] = a
    elif kind == SLOW_START:
        row[RISE] = a
    elif kind == HARD_START:
        row[SPIKE], row[SPIKE_S], row[HURTS] = a, b, c


@kernel
def wake_engine(kind: int, a: float, b: float, c: float, tick: int, row: np.ndarray) -> None:
    """The effect of a fault of a burning engine, in place."""
    if kind == WARM_INLET:
        row[FACTOR], row[RIPPLE], row[RIPPLE_HZ], row[SINCE] = a, b, c, tick
    elif kind == GAS_INGESTION:
        row[FACTOR], row[RIPPLE], row[RIPPLE_HZ], row[SINCE] = 0.5 * (a + b), 0.5 * (b - a), SWING_HZ, tick
        row[OXIDISER] = c
    elif kind in (LOW_TANK_PRESSURE, AFT_FIRE):
        row[LOSS], row[LOSS_S], row[LOSS_SINCE] = a, b, tick
        row[READING] = 0.0 if kind == AFT_FIRE else row[READING]
    elif kind == VALVE_STUCK:
        row[FROZEN] = 1.0
    elif kind == LOW_THRUST:
        row[FACTOR] = 1.0 - a
    elif kind == INSTABILITY:
        row[RIPPLE], row[RIPPLE_HZ], row[SINCE], row[BLOW_S] = a, b, tick, c
    elif kind == FALSE_PRESSURE:
        row[READING] = a


@kernel
def wake_actuator(table: FaultTable, i: int, effects: Effects) -> None:
    """The effect of an actuator's fault, in place."""
    kind, at, a = table.kind[i], table.target[i], table.a[i]
    if kind == GIMBAL_STUCK:
        effects.gimbal[at, HOW] = STUCK
    elif kind == GIMBAL_SLOW:
        effects.gimbal[at, HOW], effects.gimbal[at, HOW_MUCH] = SLOW, a
    elif kind == GIMBAL_HARD_OVER:
        effects.gimbal[at, HOW], effects.gimbal[at, HOW_MUCH] = HARD_OVER, a
    elif kind == FIN_STUCK:
        effects.fin[at, HOW] = STUCK
    elif kind == FIN_FLOATING:
        effects.fin[at, HOW] = FLOATING
    elif kind == FIN_HYDRAULICS:
        for fin in range(effects.fin.shape[0]):
            effects.fin[fin, HOW], effects.fin[fin, HOW_MUCH] = SLOW, a
    elif kind == THRUSTER_OPEN:
        effects.valve[at, HOW] = OPEN
    elif kind == THRUSTER_CLOSED:
        effects.valve[at, HOW] = CLOSED
    elif kind == GAS_LEAK:
        effects.leak_kgps[0] = a
    elif kind == LEG_UNLOCKED:
        effects.leg[at, HOW] = STUCK


@kernel
def wake_feed(table: FaultTable, i: int, tick: int, effects: Effects) -> None:
    """The effect of a fault of the feed system, in place."""
    kind, at = table.kind[i], table.target[i]
    if kind == NO_CHILL:
        effects.engine[at, UNCHILLED] = 1.0
    elif kind == TANK_COLLAPSE:
        row = effects.tank[at]
        row[FALL_PA], row[FALL_S], row[FALL_SINCE] = table.a[i], table.b[i], tick
    elif kind == TANK_UNREGULATED:
        effects.tank[at, CLOSED_OFF] = 1.0


@kernel
def heal(table: FaultTable, i: int, effects: Effects) -> None:
    """Take the effect of fault i out again, in place."""
    kind, organ, at = table.kind[i], table.organ[i], table.target[i]
    if organ == ENGINE:
        heal_engine(effects.engine[at])
    elif organ == GIMBAL:
        effects.gimbal[at, HOW] = SOUND
    elif organ == ALL_FINS:
        effects.fin[:, HOW] = SOUND
    elif organ == FIN:
        effects.fin[at, HOW] = SOUND
    elif organ == THRUSTER:
        effects.valve[at, HOW] = SOUND
    elif organ == BOTTLE:
        effects.leak_kgps[0] = 0.0
    elif organ == LEG:
        effects.leg[at, HOW] = SOUND
    elif kind == TANK_COLLAPSE:
        effects.tank[at, FALL_PA] = 0.0
    elif kind == TANK_UNREGULATED:
        effects.tank[at, CLOSED_OFF] = 0.0


@kernel
def spoil_value(kind: int, a: float, noise: float, age_s: float, seen: float, held: float) -> float:
    """What a failed sensor reports where it should report `seen`, `age_s` after it failed."""
    if kind == SENSOR_STUCK:
        return held
    if kind == SENSOR_BIAS:
        return seen + a
    if kind == SENSOR_NOISY:
        return seen + a * noise
    if kind == SENSOR_DRIFT:
        return seen + a * age_s
    return math.nan if kind == SENSOR_NAN else seen


@kernel
def spoil(
    table: FaultTable,
    woken: np.ndarray,
    rows: np.ndarray,
    key: int,
    tick: int,
    now_ns: int,
    frame: int,
    span_s: float,
    dt_s: float,
    out: np.ndarray,
) -> None:
    """What failed sensors make of a row, in place.

    `rows` keeps the last LATE_FRAMES sound rows, this one too, and last the row that stuck sensors hold. What is late
    is so with its flag and its time.
    """
    slots = rows.shape[0] - 1
    for i in range(out.shape[0]):
        rows[frame % slots, i] = out[i]
    for f in range(table.armed):
        kind = table.kind[f]
        if table.family[f] != SENSOR or woken[f] < 0:
            continue
        a = table.a[f] * (span_s if table.first[f] < IMU_WIDTH else 1.0)  # the unit reports increments
        back = min(int(table.a[f] / span_s + 0.5), slots - 1, frame) if span_s > 0.0 else 0
        flag = table.flag[f]
        first, end = table.first[f], table.first[f] + table.width[f]
        if kind == SENSOR_LATE:
            for i in range(flag if flag >= 0 else first, end):
                out[i] = rows[(frame - back) % slots, i]
            continue
        if kind == SENSOR_SILENT:
            out[flag] = 0.0
        fresh = flag < 0 or out[flag] > 0.5
        age_s = (tick - woken[f]) * dt_s
        for i in range(first, end):
            noise, _ = normal_pair(key, now_ns, LANE_FAULTS + i)
            if kind == SENSOR_STUCK and fresh and math.isnan(rows[slots, i]):
                rows[slots, i] = out[i]
            out[i] = spoil_value(kind, a, noise, age_s, out[i], rows[slots, i])


@kernel
def step_faults(
    table: FaultTable,
    effects: Effects,
    healthy: np.ndarray,
    tick: int,
    ignition_tick: int,
    contact_tick: int,
    quantities: np.ndarray,
) -> None:
    """Wake what is due and heal what is over, in place."""
    for i in range(table.armed):
        woken = effects.woken[i]
        if woken == -1 and is_due(table, i, tick, ignition_tick, contact_tick, quantities):
            effects.woken[i] = tick
            kind, family, at = table.kind[i], table.family[i], table.target[i]
            if family == LIFE:
                healthy[at] = 0.0
            elif family == START:
                wake_start(kind, table.a[i], table.b[i], table.c[i], effects.engine[at])
            elif family == FEED:
                wake_feed(table, i, tick, effects)
            elif family == BURN:
                wake_engine(kind, table.a[i], table.b[i], table.c[i], tick, effects.engine[at])
            elif family == ACTUATOR:
                wake_actuator(table, i, effects)
        elif woken >= 0 and table.duration_ticks[i] > 0 and tick - woken >= table.duration_ticks[i]:
            effects.woken[i] = -2 - woken
            heal(table, i, effects)


@kernel
def asks_for_quantities(table: FaultTable, woken: np.ndarray) -> bool:
    """Whether a fault still asleep waits for a condition."""
    for i in range(table.armed):
        if woken[i] == -1 and table.trigger[i] >= BELOW:
            return True
    return False


@kernel
def asks_for_air(table: FaultTable, woken: np.ndarray) -> bool:
    """Whether a fault still asleep waits for what the air does."""
    for i in range(table.armed):
        if woken[i] == -1 and table.trigger[i] >= BELOW and (table.what[i] == MACH or table.what[i] == Q):
            return True
    return False


@kernel
def pressure_factor(row: np.ndarray, tick: int, dt_s: float) -> float:
    """Chamber pressure over that of a healthy engine at the same level, by what acts on it now; never negative."""
    factor = row[FACTOR]
    if row[LOSS] > 0.0:
        factor *= 1.0 - row[LOSS] * min((tick - row[LOSS_SINCE]) * dt_s / row[LOSS_S], 1.0)
    if row[RIPPLE] > 0.0:
        age = (tick - row[SINCE]) * dt_s
        size = row[RIPPLE] * (min(age / row[BLOW_S], 1.0) if row[BLOW_S] > 0.0 else 1.0)
        factor += size * math.sin(2.0 * math.pi * row[RIPPLE_HZ] * age)
    return max(factor, 0.0)
