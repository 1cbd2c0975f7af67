"""The loads of a flight in the units that engineers state them in, derived from its truth, row by row.

Accelerations are specific forces at the centre of gravity, so 1 g is standing on the pad; each is the largest since the
row before, tick by tick, so no rate of frames hides a peak. The others are those of the row's instant. The heat load is
the integral of the heat flux since release. What bending and heat flux stand for: `plant.kernels.body.loads`.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.plant.layout import Layout

G0_MPS2 = 9.80665


class LoadName(NamedTuple):
    """What a load is called on a page, and its unit."""

    label: str
    unit: str


LOADS = {
    "dynamic_pressure_kpa": LoadName("dynamic pressure", "kPa"),
    "q_alpha_kpa_deg": LoadName("dynamic pressure times angle of attack", "kPa deg"),
    "axial_g": LoadName("axial acceleration", "g"),
    "lateral_g": LoadName("lateral acceleration", "g"),
    "bending_moment_knm": LoadName("bending moment at mid-body", "kN m"),
    "heat_flux_kwpm2": LoadName("heat flux, an indicator", "kW/m2"),
    "heat_load_kjpm2": LoadName("heat load, the integral of the heat flux", "kJ/m2"),
}
"""Every load by the name under which requirements, logs and summaries know it."""


def loads(truth: FloatArray, layout: Layout) -> dict[str, FloatArray]:
    """Each load of LOADS, one number a truth row."""

    def column(name: str) -> FloatArray:
        return truth[:, layout.slice(name).start]

    accel = truth[:, layout.slice("accel_b_mps2")]
    axial, lateral = accel[:, 0], np.hypot(accel[:, 1], accel[:, 2])
    peak = column("axial_peak_mps2")
    q_kpa, flux_kwpm2 = 1e-3 * column("q_pa"), 1e-3 * column("heat_flux_wpm2")
    return {
        "dynamic_pressure_kpa": q_kpa,
        "q_alpha_kpa_deg": q_kpa * np.rad2deg(column("alpha_rad")),
        "axial_g": np.where(np.abs(peak) > np.abs(axial), peak, axial) / G0_MPS2,
        "lateral_g": np.maximum(column("lateral_peak_mps2"), lateral) / G0_MPS2,
        "bending_moment_knm": 1e-3 * column("bending_nm"),
        "heat_flux_kwpm2": flux_kwpm2,
        "heat_load_kjpm2": integral(flux_kwpm2, column("time_s")),
    }


def integral(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Trapezoidal integral from the first row to each."""
    steps = 0.5 * (values[1:] + values[:-1]) * np.diff(time_s)
    return np.concatenate([np.zeros(min(len(values), 1)), np.cumsum(steps)])


class Peak(NamedTuple):
    """The largest size of a load before first contact, and where it was."""

    name: str
    value: float
    unit: str
    time_s: float
    altitude_agl_m: float


def peaks(
    series: dict[str, FloatArray], airborne: BoolArray, time_s: FloatArray, altitude_agl_m: FloatArray
) -> list[Peak]:
    """The peak of each load over the rows that are airborne; none where there are none."""
    rows = np.flatnonzero(airborne)
    found = []
    for name, values in series.items() if len(rows) else ():
        row = rows[int(np.argmax(np.abs(values[rows])))]
        found.append(Peak(name, float(values[row]), LOADS[name].unit, float(time_s[row]), float(altitude_agl_m[row])))
    return found
