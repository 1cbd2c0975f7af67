"""Lateral guidance from ignition to touchdown: a finite-horizon linear-quadratic regulator.

Per horizontal axis: place r, speed v, lean of the nose s, commanded lean c, what the wind pushes w; controls are the
rate u of c and a side push d (fins and gimbals pushing the same way, so that the stage moves without turning). With
thrust T, lift L and axial force D at speed V along the nominal burn,

    r' = v,  v' = (T + D - L) / m s - L / (m V) v + d + w,  s' = (c - s) / lag,  c' = u,  w ~ V,

which is linear with known coefficients of the time to touchdown, because drag and lift both pull the speed across
down with the whole. The discrete Riccati equation (Bryson and Ho, Applied Optimal Control, ch. 5) is solved once, at
reset; in flight a gain is looked up. Its cost also says where the burn best begins for the speed across left there.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.gnc.compiled import as_record, kernel
from hoverslam.gnc.load import Load
from hoverslam.gnc.prediction import TYPICAL_LEAN_RAD

STEP_S = 0.02
TABLE_STEP_S = 0.1
HORIZON_S = 30.0
STATES = 5
LEAD, PUSH = 2 * STATES, 2 * STATES + 1
PAD_DENSITY_KGPM3, SCALE_HEIGHT_M = 1.07, 9000.0  # US76 at 1.35 km and above
SOUND_MPS = 335.0
FIN_SHARE = 0.5  # chosen: of the fins' range that a side push may take
SURE_SHARE = 0.15  # chosen: of thrust left over lift, below which a lean is spared
LEAST_SIDE_MPS2 = 0.02  # stands for none
FIRST_GAIN = 4.0  # the gains grow without bound toward touchdown: held over the last 0.4 s
LEAST_BLOW_PS = 0.05  # chosen: a stage nearly at rest in 15 m/s

REMEMBERED = 32  # chosen: tables of so many kinds of flight, 60 kB each

_SOLVED: dict[tuple[tuple[np.dtype, bytes], ...], tuple[np.ndarray, np.ndarray]] = {}


class Nominal(NamedTuple):
    """The nominal burn at a time to touchdown.

    Sideways acceleration per lean, damping, weights on lean and on place, the side push that costs
    one, and what a wind across pushes per speed of it.
    """

    push_mps2: float
    damping_ps: float
    lean_rad: float
    place_pm2: float
    side_mps2: float
    blow_ps: float


def nominal_at(load: Load, to_go_s: float) -> Nominal:
    """Last engine, then all landing engines, with air at the pad's height over the nominal speed."""
    gains, stage = load.gains, load.stage
    last_s, mass_kg, cg_m = gains.nominal_last_s, gains.nominal_mass_kg, gains.nominal_cg_m
    if to_go_s < last_s:
        push = 9.8 + 0.7 * gains.final_decel_mps2
        return Nominal(push, 0.0, gains.final_lean_rad, gains.last_place_m**-2, LEAST_SIDE_MPS2, LEAST_BLOW_PS)
    speed = gains.hand_over_mps + gains.nominal_decel_mps2 * (to_go_s - last_s)
    density = PAD_DENSITY_KGPM3 * np.exp(-max(to_go_s - last_s, 0.0) * speed / 2.0 / SCALE_HEIGHT_M)
    pressure = 0.5 * density * speed * speed
    arm, lever = stage.fin_position_m - cg_m, stage.normal_position_m - cg_m
    slope = stage.normal_slope + TYPICAL_LEAN_RAD * stage.normal_growth
    lift = (1.0 - lever / arm) * pressure * stage.ref_area_m2 * slope
    push = mass_kg * (gains.nominal_decel_mps2 + 9.8)
    damping = lift / (mass_kg * speed)
    upright = to_go_s < last_s + gains.upright_s
    sure = min(max(abs(push - lift) / push / SURE_SHARE, 0.1), 1.0)
    lean, place = (gains.final_lean_rad, gains.last_place_m**-2) if upright else (gains.burn_lean_rad * sure, 0.0)
    fins = FIN_SHARE * 2.0 * pressure * stage.fin_area_m2 * stage.fin_limit_rad
    fins *= float(np.interp(speed / SOUND_MPS, stage.fin_mach, stage.fin_slope))
    side = min(fins, gains.side_gimbal_rad * push * cg_m / arm) * (1.0 + arm / cg_m)
    return Nominal(
        (push - lift) / mass_kg,
        damping,
        lean,
        place,
        gains.side_weight * side / mass_kg + LEAST_SIDE_MPS2,
        max(damping, LEAST_BLOW_PS),
    )


def solve(load: Load) -> tuple[np.ndarray, np.ndarray]:
    """What `_solve` returns, read-only: remembered for the next flight of the same gains and the same stage."""
    about = as_record(load.gains), as_record(load.stage)
    key = tuple((record.dtype, record.tobytes()) for record in about)
    if key not in _SOLVED:
        if len(_SOLVED) >= REMEMBERED:
            _SOLVED.clear()
        _SOLVED[key] = found = _solve(load)
        for table in found:
            table.setflags(write=False)
    return _SOLVED[key]


def _solve(load: Load) -> tuple[np.ndarray, np.ndarray]:
    """Gains (n, 12) every TABLE_STEP_S of time to touchdown, and costs (n, 5, 5).

    Columns: gains of the lean's rate on place, speed, lean, commanded lean and wind; those of the side push; the lead
    [s], which is the distance that suits a speed across; the nominal sideways acceleration per lean [m/s2].
    """
    gains = load.gains
    lean = gains.rest_lean_rad**-2
    p = np.diag([gains.rest_place_m**-2, gains.rest_speed_mps**-2, lean, lean, 0.0])
    table, costs = [], []
    b = STEP_S * np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    for i in range(round(HORIZON_S / STEP_S) + 1):
        now = nominal_at(load, i * STEP_S)
        lag = gains.lean_lag_s
        before = nominal_at(load, (i + 1) * STEP_S)
        a = np.eye(5) + STEP_S * np.array(
            [
                [0.0, 1.0, 0.0, 0.0, 0.0],
                [0.0, -now.damping_ps, now.push_mps2, 0.0, 1.0],
                [0.0, 0.0, -1.0 / lag, 1.0 / lag, 0.0],
                [0.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0, (now.blow_ps / before.blow_ps - 1.0) / STEP_S],
            ]
        )
        r = STEP_S * np.diag([gains.lean_rate_radps**-2, now.side_mps2**-2])
        gain = np.linalg.solve(r + b.T @ p @ b, b.T @ p @ a)
        if i % round(TABLE_STEP_S / STEP_S) == 0:
            table.append(np.concatenate((gain.ravel(), [p[0, 1] / p[0, 0], now.push_mps2])))
            costs.append(p.copy())
        q = STEP_S * np.diag([now.place_pm2, 0.0, now.lean_rad**-2, now.lean_rad**-2, 0.0])
        p = q + a.T @ p @ (a - b @ gain)
        p = 0.5 * (p + p.T)
    return np.array(table), np.array(costs)


@kernel
def gain_at(gain: np.ndarray, to_go_s: float, column: int) -> float:
    """One column of the regulator's table at a time to touchdown."""
    x = min(max(to_go_s / TABLE_STEP_S, FIRST_GAIN), gain.shape[0] - 1.001)
    i = int(x)
    return float(gain[i, column] + (x - i) * (gain[i + 1, column] - gain[i, column]))
