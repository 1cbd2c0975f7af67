"""The limit of every clause that was violated, in the chart of its signal, and a mark where it was worst.

A chart is added where there is none; of a quantity of one instant it holds that mark alone.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.judge.requirements import ClauseResult, RequirementResult
from hoverslam.harness.report.kit.columns import Columns
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.trace.series import Missing


class LimitPlace(NamedTuple):
    """The chart that shows a signal; a number of the signal stands there plus one of the context, times a factor."""

    chart: str
    factor: float = 1.0
    above: str = ""

    def shown(self, flight: Flight, number: float) -> float:
        """A number of the signal as the chart has it."""
        return (number + (getattr(flight.context, self.above) if self.above else 0.0)) * self.factor


SHOWN = {
    "tilt_deg": LimitPlace("tilt"), "touchdown_tilt_deg": LimitPlace("tilt"), "attitude_error_deg": LimitPlace("tilt"),
    "body_rate_dps": LimitPlace("rates"), "touchdown_rate_dps": LimitPlace("rates"),
    "speed_mps": LimitPlace("speed"), "sink_mps": LimitPlace("speed"), "touchdown_vertical_mps": LimitPlace("speed"),
    "horizontal_speed_mps": LimitPlace("speed"), "touchdown_horizontal_mps": LimitPlace("speed"),
    "altitude_agl_m": LimitPlace("altitude"), "mach": LimitPlace("mach"), "angle_of_attack_deg": LimitPlace("alpha"),
    "dynamic_pressure_kpa": LimitPlace("q"), "q_alpha_kpa_deg": LimitPlace("q_alpha_kpa_deg"),
    "axial_g": LimitPlace("accel"), "lateral_g": LimitPlace("accel"),
    "bending_moment_knm": LimitPlace("bending_moment_knm"), "heat_flux_kwpm2": LimitPlace("heat_flux_kwpm2"),
    "heat_load_kjpm2": LimitPlace("heat_load_kjpm2"), "k_req": LimitPlace("k_req", 100.0),
    "k_req_above_floor": LimitPlace("k_req", 100.0, "throttle_min"), "thrust_kn": LimitPlace("thrust", 1e-3),
    "propellant_kg": LimitPlace("propellant", 1e-3), "touchdown_propellant_kg": LimitPlace("propellant", 1e-3),
    "driest_tank_kg": LimitPlace("propellant", 1e-3),
    "nav_position_error_m": LimitPlace("error_pos_enu_m"), "nav_velocity_error_mps": LimitPlace("error_vel_enu_mps"),
}  # fmt: skip
AS_CHART = {
    "touchdown_miss_m": "pad_distance_m", "touchdown_downrange_size_m": "downrange_m",
    "touchdown_crossrange_size_m": "crossrange_m",
}  # fmt: skip
"""What is judged at one moment is drawn as the signal over time that it is the last value of."""
EVERY_ROW = {"impact_offset_m": 5}
"""Of signals that are slow to compute, one row in so many: here two samples a second, 0.1 s of work for a flight."""
FEWEST_SAMPLES = 3


def with_failed_limits(
    charts: list[dict[str, Any]], flight: Flight, results: Sequence[RequirementResult], columns: Columns
) -> list[dict[str, Any]]:
    """The charts with the limits of what failed, and a chart more for each signal that had none."""
    by_key = {chart["key"]: chart for chart in charts}
    for result in results:
        for clause in result.clauses:
            if clause.status in {"fail", "advisory"} and clause.limit is not None:
                _draw(by_key, flight, result.id, clause, columns)
    return list(by_key.values())


def _draw(by_key: dict[str, Any], flight: Flight, id_: str, clause: ClauseResult, columns: Columns) -> None:
    signal = next((word for word in re.findall(r"[a-z_][a-z0-9_]*", clause.formula) if word in SIGNALS), None)
    if signal is None:
        return
    place = SHOWN.get(signal, LimitPlace(f"signal_{signal}"))
    lines = [] if place.chart in by_key else _lines(flight, AS_CHART.get(signal, signal), place.chart, columns)
    worst = _worst(flight, id_, clause, place, columns)
    if place.chart not in by_key:
        if not lines and not worst:
            return
        by_key[place.chart] = _chart(AS_CHART.get(signal, signal) if lines else signal, place.chart, lines)
    sign = clause.comparison.replace("<=", "≤").replace(">=", "≥")
    limit = place.shown(flight, float(clause.limit or 0.0))
    by_key[place.chart]["limits"].append({"y": limit, "label": f"{id_} {sign} {limit:g}", "from": -1e9, "failed": True})
    by_key[place.chart]["lines"] += worst


def _worst(flight: Flight, id_: str, clause: ClauseResult, place: LimitPlace, columns: Columns) -> list[dict[str, Any]]:
    """A mark at the moment of the smallest margin; none where there is no number of it."""
    if clause.value is None or clause.time_s is None:
        return []
    name = f"worst_{id_}_{clause.formula}"
    x = columns.add(f"t_{name}", np.array([clause.time_s]))
    y = columns.add(name, np.array([place.shown(flight, clause.value)]))
    return [{"x": x, "y": y, "name": f"{id_} smallest margin", "colour": 1, "mark": True}]


def _lines(flight: Flight, signal: str, key: str, columns: Columns) -> list[dict[str, Any]]:
    """A signal over time; none where it has too few samples for a line."""
    series = SIGNALS[signal].compute(flight, np.arange(0, flight.rows, EVERY_ROW.get(signal, 1)))
    if isinstance(series, Missing) or len(series.time_s) < FEWEST_SAMPLES:
        return []
    keep = np.unique(np.linspace(0, len(series.time_s) - 1, min(len(series.time_s), 3000)).astype(np.intp))
    x, y = columns.add(f"t_{key}", series.time_s[keep]), columns.add(key, series.value[keep])
    return [{"x": x, "y": y, "name": signal, "colour": 1}]


def _chart(signal: str, key: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    told = SIGNALS[signal]
    title = f"{signal}: {told.meaning.partition(';')[0]}"
    return {"key": key, "title": title, "unit": told.unit, "limits": [], "lines": lines}
