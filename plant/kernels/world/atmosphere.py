"""US Standard Atmosphere 1976 to 86 km in closed form, and its tabulated extension to 130 km; vacuum above.

Layers and constants: NOAA/NASA/USAF, U.S. Standard Atmosphere, 1976, table 4 and section 1.3. The extension is the
standard's own table at 2 km steps (computed from its formulas), interpolated linearly in the logarithm.
Temperature is the molecular-scale temperature up to 86 km, which is what density and the speed of sound follow from.
"""

import math
from typing import NamedTuple

import numpy as np

from hoverslam.plant.kernels.compiled import kernel

EARTH_RADIUS_M = 6356766.0
G0_MPS2 = 9.80665
GAS_CONSTANT = 8314.32 / 28.9644
GAMMA = 1.4
TOP_FORMULA_M = 86000.0
TOP_TABLE_M = 130000.0
TABLE_STEP_M = 2000.0

BASE_GEOPOTENTIAL_M = np.array([0.0, 11000.0, 20000.0, 32000.0, 47000.0, 51000.0, 71000.0])
LAPSE_KPM = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])


def _layer_bases() -> tuple[np.ndarray, np.ndarray]:
    """Temperature and pressure at the foot of each layer, from hydrostatic balance upward."""
    temperature, pressure = [288.15], [101325.0]
    for low, high, lapse in zip(BASE_GEOPOTENTIAL_M[:-1], BASE_GEOPOTENTIAL_M[1:], LAPSE_KPM[:-1], strict=True):
        t, p, rise = temperature[-1], pressure[-1], high - low
        top = t + lapse * rise
        exponent = G0_MPS2 / (GAS_CONSTANT * lapse) if lapse else 0.0
        ratio = (t / top) ** exponent if lapse else math.exp(-G0_MPS2 * rise / (GAS_CONSTANT * t))
        temperature.append(top)
        pressure.append(p * ratio)
    return np.array(temperature), np.array(pressure)


BASE_TEMPERATURE_K, BASE_PRESSURE_PA = _layer_bases()

UPPER_TEMPERATURE_K = np.array(
    [186.9459, 186.8673, 186.8673, 186.9633, 187.7358, 189.305, 191.7234, 195.0813, 199.5274, 205.3117, 212.8939]
    + [223.286, 239.9997, 264.0, 288.0, 312.0, 336.0, 360.0, 383.5484, 406.2167, 428.0381, 449.045, 469.268]
)
UPPER_LOG_PRESSURE = np.log(
    [0.3733764, 0.2617362, 0.1836074, 0.1289021, 0.09060688, 0.0638284, 0.04513184, 0.03209424, 0.0232177]
    + [0.01695174, 0.01251809, 0.009377302, 0.007157092, 0.005602793, 0.004490936, 0.003670754, 0.00305028]
    + [0.002570785, 0.002193233, 0.001890657, 0.001644391, 0.00144127, 0.001271789]
)
UPPER_LOG_DENSITY = np.log(
    [6.957754e-06, 4.875141e-06, 3.416449e-06, 2.392867e-06, 1.670372e-06, 1.162611e-06, 8.078393e-07]
    + [5.612265e-07, 3.941996e-07, 2.775015e-07, 1.959121e-07, 1.386299e-07, 9.749094e-08, 6.871965e-08]
    + [5.003775e-08, 3.744098e-08, 2.86702e-08, 2.239309e-08, 1.781225e-08, 1.440609e-08, 1.181803e-08]
    + [9.814676e-09, 8.238747e-09]
)


class Air(NamedTuple):
    """Still air at a height."""

    temperature_k: float
    pressure_pa: float
    density_kgpm3: float
    sound_mps: float


@kernel
def lower_air(geopotential_m: float) -> Air:
    """The seven layers of the standard, in geopotential height."""
    layer = 0
    for i in range(1, 7):
        if geopotential_m >= BASE_GEOPOTENTIAL_M[i]:
            layer = i
    base, lapse = BASE_TEMPERATURE_K[layer], LAPSE_KPM[layer]
    rise = geopotential_m - BASE_GEOPOTENTIAL_M[layer]
    temperature = base + lapse * rise
    if lapse == 0.0:
        ratio = math.exp(-G0_MPS2 * rise / (GAS_CONSTANT * base))
    else:
        ratio = math.exp(-G0_MPS2 / (GAS_CONSTANT * lapse) * math.log(temperature / base))
    pressure = BASE_PRESSURE_PA[layer] * ratio
    return Air(
        temperature,
        pressure,
        pressure / (GAS_CONSTANT * temperature),
        math.sqrt(GAMMA * GAS_CONSTANT * temperature),
    )


@kernel
def upper_air(altitude_m: float) -> Air:
    """The extension from 86 to 130 km; vacuum above."""
    sound = math.sqrt(GAMMA * GAS_CONSTANT * BASE_TEMPERATURE_K[6])
    if altitude_m >= TOP_TABLE_M:
        return Air(UPPER_TEMPERATURE_K[-1], 0.0, 0.0, sound)
    x = (altitude_m - TOP_FORMULA_M) / TABLE_STEP_M
    i = int(x)
    f = x - i
    temperature = UPPER_TEMPERATURE_K[i] + f * (UPPER_TEMPERATURE_K[i + 1] - UPPER_TEMPERATURE_K[i])
    pressure = math.exp(UPPER_LOG_PRESSURE[i] + f * (UPPER_LOG_PRESSURE[i + 1] - UPPER_LOG_PRESSURE[i]))
    density = math.exp(UPPER_LOG_DENSITY[i] + f * (UPPER_LOG_DENSITY[i + 1] - UPPER_LOG_DENSITY[i]))
    return Air(temperature, pressure, density, math.sqrt(GAMMA * GAS_CONSTANT * temperature))


@kernel
def standard_air(altitude_m: float) -> Air:
    """Air at a geometric altitude above mean sea level [m]; below -5 km the lowest layer is continued."""
    if altitude_m > TOP_FORMULA_M:
        return upper_air(altitude_m)
    return lower_air(EARTH_RADIUS_M * altitude_m / (EARTH_RADIUS_M + altitude_m))
