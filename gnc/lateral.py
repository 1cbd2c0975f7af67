"""Steering across the pad from the gate to touchdown: a finite-horizon linear-quadratic regulator.

Per horizontal axis: place r, speed v, lean of the nose s, commanded lean c, control the rate of c. With the axial and
lifting forces at speed V along the nominal burn,

    r' = v,  v' = (T - L) / m s - (L + D) / (m V) v,  s' = (c - s) / lag,  c' = u,

which is linear with known coefficients of the time to touchdown, because drag and lift both pull the speed across
down with the whole. The discrete Riccati equation (Bryson and Ho, Applied Optimal Control, ch. 5) is solved once, at
reset; in flight a gain is looked up. Its cost also says where the gate is best passed for the speed across left there.
"""

from typing import NamedTuple

import numpy as np

from gnc.load import Load
from gnc.prediction import TYPICAL_LEAN_RAD

STEP_S = 0.02
TABLE_STEP_S = 0.1
HORIZON_S = 18.0
NOMINAL_MASS_KG = 52e3
PAD_DENSITY_KGPM3, SCALE_HEIGHT_M = 1.07, 9000.0  # US76 at 1.35 km and above
TRIMMED_LIFT = 1.24  # body lift that trimming fins leave, about the centre of gravity at 16 m: 1 + 5.6 / 24


class Nominal(NamedTuple):
    """The nominal burn at a time to touchdown: thrust less lift per lean, damping, weights on lean and on place."""

    push_mps2: float
    damping_ps: float
    lean_rad: float
    place_pm2: float


def nominal_at(load: Load, to_go_s: float) -> Nominal:
    """Last engine, then all landing engines, with air at the pad's height over the nominal speed."""
    gains, stage = load.gains, load.stage
    last_s = gains.nominal_last_s
    if to_go_s < last_s:
        return Nominal(9.8 + 0.7 * gains.final_decel_mps2, 0.0, gains.final_lean_rad, gains.last_place_m**-2)
    speed = gains.hand_over_mps + gains.nominal_decel_mps2 * (to_go_s - last_s)
    density = PAD_DENSITY_KGPM3 * np.exp(-max(to_go_s - last_s, 0.0) * speed / 2.0 / SCALE_HEIGHT_M)
    pressure = 0.5 * density * speed * speed * stage.ref_area_m2
    lift = TRIMMED_LIFT * pressure * (stage.normal_slope + TYPICAL_LEAN_RAD * stage.normal_growth)
    push = NOMINAL_MASS_KG * (gains.nominal_decel_mps2 + 9.8)
    damping = lift / (NOMINAL_MASS_KG * speed)
    upright = to_go_s < last_s + gains.upright_s
    lean, place = (gains.final_lean_rad, gains.last_place_m**-2) if upright else (gains.burn_lean_rad, 0.0)
    return Nominal(max(push - lift, 0.1 * push) / NOMINAL_MASS_KG, damping, lean, place)


def solve(load: Load) -> tuple[np.ndarray, np.ndarray]:
    """Gains (n, 5) every TABLE_STEP_S of time to touchdown, and costs (n, 4, 4).

    Columns: gain on place, speed, lean and commanded lean, and the lead [s]: the distance that suits a speed across.
    """
    gains = load.gains
    p = np.diag([gains.rest_place_m**-2, gains.rest_speed_mps**-2, gains.rest_lean_rad**-2, gains.rest_lean_rad**-2])
    weight = STEP_S * gains.lean_rate_radps**-2
    table, costs = [], []
    steps = round(HORIZON_S / STEP_S)
    for i in range(steps + 1):
        now = nominal_at(load, i * STEP_S)
        lag = gains.lean_lag_s
        a = np.eye(4) + STEP_S * np.array(
            [
                [0.0, 1.0, 0.0, 0.0],
                [0.0, -now.damping_ps, now.push_mps2, 0.0],
                [0.0, 0.0, -1.0 / lag, 1.0 / lag],
                [0.0, 0.0, 0.0, 0.0],
            ]
        )
        gain = STEP_S * (p[3] @ a) / (weight + STEP_S * STEP_S * p[3, 3])
        if i % round(TABLE_STEP_S / STEP_S) == 0:
            table.append(np.append(gain, p[0, 1] / p[0, 0]))
            costs.append(p.copy())
        q = STEP_S * np.diag([now.place_pm2, 0.0, now.lean_rad**-2, now.lean_rad**-2])
        p = q + a.T @ p @ a - np.outer(gain, gain) * (weight + STEP_S * STEP_S * p[3, 3])
    return np.array(table), np.array(costs)


def gate_lead_s(load: Load, costs: np.ndarray) -> float:
    """Distance before the pad per speed across at which the gate is passed best, nose against the motion [s]."""
    gains = load.gains
    to_go = gains.nominal_last_s + (gains.gate_mps - gains.hand_over_mps) / gains.nominal_decel_mps2
    p = costs[min(round(to_go / TABLE_STEP_S), len(costs) - 1)]
    return float((p[0, 1] - (p[0, 2] + p[0, 3]) / gains.gate_mps) / p[0, 0])
