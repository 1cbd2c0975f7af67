"""Time charts of the report: for each chart its lines, and the limits of requirements.

A chart is plain data; `page.js` turns it into a plotly figure in the colours of the reader's theme.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from hoverslam.harness.arrays import FloatArray, IntArray
from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.report.kit.columns import Columns
from hoverslam.harness.signals.trace_signals import navigation_error
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.window.window import window_of

Chart = dict[str, Any]
COLOURS = 9
K_REQ_SAMPLES = 60
WINDOW_SAMPLES = 24


class TimeCharts:
    """Builds the charts of a flight that share the time axis, filling the columns as it goes."""

    def __init__(self, flight: Flight, rows: IntArray, columns: Columns) -> None:
        self._flight = flight
        self._rows = rows
        self._columns = columns
        self._frames = np.minimum(rows, max(flight.frames - 1, 0))
        columns.add("t", flight.time_s[rows])

    def all(self) -> list[Chart]:
        """Every chart that this flight has data for."""
        builders = (
            self._trajectory,
            self._engines,
            self._window,
            self._attitude,
            self._air,
            self._loads,
            self._actuators,
            self._stores,
            self._navigation,
            self._legs,
        )
        return [chart for builder in builders for chart in builder() if chart["lines"]]

    def _line(self, name: str, label: str, values: FloatArray, colour: int = 1, **style: Any) -> dict[str, Any]:
        """A line over the kept rows; `values` has one entry a truth row."""
        return {"x": "t", "y": self._columns.add(name, values[self._rows]), "name": label, "colour": colour, **style}

    def _command_line(self, name: str, label: str, values: FloatArray, colour: int) -> dict[str, Any]:
        """A line of what was commanded, held until the next command."""
        column = self._columns.add(name, values[self._frames])
        return {"x": "t", "y": column, "name": label, "colour": colour, "dash": "dot", "step": True}

    def _trajectory(self) -> Iterator[Chart]:
        f = self._flight
        velocity = f.columns("vel_enu_mps")
        yield _chart(
            "altitude", "Altitude above ground", "m", [self._line("agl", "altitude", f.column("altitude_agl_m"))]
        )
        yield _chart(
            "speed",
            "Speed",
            "m/s",
            [
                self._line("speed", "speed", f.column("speed_mps")),
                self._line("sink", "downwards", -velocity[:, 2], 2),
                self._line("level", "horizontal", np.hypot(velocity[:, 0], velocity[:, 1]), 3),
            ],
        )

    def _engines(self) -> Iterator[Chart]:
        f = self._flight
        engines = lit_engines(f)
        colour = {engine: slot % COLOURS + 1 for slot, engine in enumerate(engines)}
        throttle: list[dict[str, Any]] = []
        for engine in engines:
            level = 100.0 * f.columns("engine_level")[:, engine]
            throttle.append(self._line(f"level{engine}", f"engine {engine}", level, colour[engine]))
        if engines:
            asked = 100.0 * np.array([f.throttle_cmd[:, e] for e in engines])
            for engine, values in zip(engines, asked, strict=True):
                throttle.append(self._command_line(f"asked{engine}", f"{engine} commanded", values, colour[engine]))
        limits = [_limit(100.0 * bound, "range") for bound in (f.context.throttle_min, f.context.throttle_max)]
        yield _chart("throttle", "Throttle: chamber pressure over rated, and command", "%", throttle, limits)
        pressure = [
            self._line(f"pc{e}", f"engine {e}", 1e-6 * f.columns("chamber_pressure_pa")[:, e], colour[e])
            for e in engines
        ]
        yield _chart("pressure", "Chamber pressure", "MPa", pressure)
        thrust = [self._line("thrust", "thrust", 1e-6 * f.columns("thrust_n").sum(axis=1), 2)]
        yield _chart("thrust", "Thrust, all engines", "MN", thrust if engines else [])
        yield _chart("k_req", "Required throttle to stop at the pad", "%", list(self._required_throttle()), limits)

    def _required_throttle(self) -> Iterator[dict[str, Any]]:
        f = self._flight
        frames = _spread(powered_frames(f), K_REQ_SAMPLES)
        if f.context.required_throttle is not None and len(frames):
            values = np.array([f.required_throttle_at(int(frame)) for frame in frames], dtype=np.float64)
            self._columns.add("t_k_req", f.time_s[frames])
            column = self._columns.add("k_req", 100.0 * values)
            yield {"x": "t_k_req", "y": column, "name": "from the truth", "colour": 1}
        yield from self._reported("k_req", "reported by the flight software", 100.0, 2)

    def _reported(self, key: str, label: str, factor: float, colour: int) -> Iterator[dict[str, Any]]:
        """A line of a number in the flight software's telemetry, if it reports one."""
        frames, values = self._flight.reported(key)
        if len(frames) and values.shape[1] == 1:
            self._columns.add(f"t_said_{key}", self._flight.time_s[frames])
            column = self._columns.add(f"said_{key}", factor * values[:, 0])
            yield {"x": f"t_said_{key}", "y": column, "name": label, "colour": colour, "dash": "dot"}

    def _window(self) -> Iterator[Chart]:
        """The throttle needed for an ignition command at each time; the window as a bar, the command as an event."""
        window = window_of(self._flight)
        if window is None or window.bounds.earliest_s is None or window.bounds.latest_s is None:
            return
        lines = []
        for name, bounds, colour, width in (("window", window.bounds, 3, 9), ("relight", window.with_relight, 2, 5)):
            if bounds.earliest_s is not None and bounds.latest_s is not None:
                self._columns.add(f"t_{name}", np.array([bounds.earliest_s, bounds.latest_s]))
                column = self._columns.add(f"bar_{name}", np.full(2, 100.0 * self._flight.context.throttle_min))
                label = "window" if name == "window" else "window with one relight"
                lines.append({"x": f"t_{name}", "y": column, "name": label, "colour": colour, "width": width})
        times = np.linspace(window.bounds.earliest_s, window.bounds.latest_s, WINDOW_SAMPLES)
        self._columns.add("t_k_command", times)
        throttle = np.array([100.0 * window.throttle_at(float(time_s)) for time_s in times])
        column = self._columns.add("k_command", throttle)
        lines.append(
            {
                "x": "t_k_command",
                "y": column,
                "name": "throttle needed for an ignition command at this time",
                "colour": 1,
            }
        )
        yield _chart("window", "Ignition window, and the constant throttle that ends at the pad", "%", lines)

    def _attitude(self) -> Iterator[Chart]:
        f = self._flight
        tilt = [self._line("tilt", "tilt", np.rad2deg(f.column("tilt_rad")))]
        tilt += self._reported("attitude_error_rad", "reported attitude error", np.rad2deg(1.0), 2)
        limits = [_limit(15.0, "below 1 km", _first_below(f, 1000.0)), _limit(5.0, "below 50 m", _first_below(f, 50.0))]
        yield _chart("tilt", "Tilt", "deg", tilt, [limit for limit in limits if limit["from"] is not None])
        rate = np.rad2deg(f.columns("omega_b_radps"))
        names = ("roll", "pitch", "yaw")
        lines = [self._line(f"rate_{n}", n, rate[:, i], i + 1) for i, n in enumerate(names)]
        yield _chart("rates", "Body rates", "deg/s", lines)

    def _air(self) -> Iterator[Chart]:
        f = self._flight
        q_kpa = 1e-3 * f.column("q_pa")
        alpha = np.where(q_kpa > 0.1, np.rad2deg(f.column("alpha_rad")), np.nan)
        yield _chart("alpha", "Angle of attack (0: base first)", "deg", [self._line("alpha", "angle of attack", alpha)])
        limits = [_limit(100.0, "limit"), _limit(80.0, "goal")]
        yield _chart("q", "Dynamic pressure", "kPa", [self._line("q", "dynamic pressure", q_kpa)], limits)
        yield _chart("mach", "Mach number", "", [self._line("mach", "Mach", f.column("mach"))])
        accel = f.columns("accel_b_mps2") / 9.80665
        yield _chart(
            "accel",
            "Specific force at the centre of gravity",
            "g",
            [
                self._line("accel_x", "axial", accel[:, 0]),
                self._line("accel_r", "lateral", np.hypot(accel[:, 1], accel[:, 2]), 2),
            ],
        )
        wind = f.columns("wind_enu_mps")
        sin, cos = np.sin(f.context.azimuth_rad), np.cos(f.context.azimuth_rad)
        yield _chart(
            "wind",
            "Wind, direction towards",
            "m/s",
            [
                self._line("wind_down", "downrange", wind[:, 0] * sin + wind[:, 1] * cos),
                self._line("wind_cross", "crossrange, to the right", wind[:, 0] * cos - wind[:, 1] * sin, 2),
                self._line("wind_up", "up", wind[:, 2], 3),
            ],
        )

    def _loads(self) -> Iterator[Chart]:
        charts: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
            ("q_alpha_kpa_deg", "q alpha", [_limit(800.0, "limit"), _limit(500.0, "goal")]),
            ("bending_moment_knm", "Bending moment at mid-body", []),
            ("heat_flux_kwpm2", "Heat flux at the base, an indicator", []),
            ("heat_load_kjpm2", "Heat load since release, an indicator", []),
        )
        for name, title, limits in charts:
            series = np.where(self._flight.airborne, self._flight.loads[name], np.nan)
            yield _chart(name, title, LOADS[name].unit, [self._line(name, LOADS[name].label, series)], limits)

    def _actuators(self) -> Iterator[Chart]:
        f = self._flight
        angle = np.rad2deg(f.columns("gimbal_rad"))
        lit = set(lit_engines(f))
        gimbals: list[dict[str, Any]] = []
        for pair, engine in enumerate(f.context.gimballed):
            if engine in lit:
                colour = sorted(lit).index(engine) % COLOURS + 1
                for axis, dash in enumerate(("solid", "dot")):
                    label = f"engine {engine} {'yz'[axis]}"
                    gimbals.append(
                        self._line(f"gimbal{pair}{axis}", label, angle[:, 2 * pair + axis], colour, dash=dash)
                    )
        stop = float(np.rad2deg(f.context.gimbal_max_rad))
        yield _chart("gimbal", "Gimbals", "deg", gimbals, [_limit(stop, "stop"), _limit(-stop, "stop")])
        fins = np.rad2deg(f.columns("fin_rad"))
        lines = [self._line(f"fin{i}", f"fin {i}", fins[:, i], i % COLOURS + 1) for i in range(fins.shape[1])]
        stop = float(np.rad2deg(f.context.fin_max_rad))
        yield _chart("fins", "Grid fins", "deg", lines, [_limit(stop, "stop"), _limit(-stop, "stop")])
        open_count = f.columns("rcs_open").sum(axis=1)
        valves = [self._line("rcs_open", "thrusters open", open_count, step=True)]
        yield _chart("rcs", "RCS thrusters open", "", valves if f.record.shape.thrusters else [])

    def _stores(self) -> Iterator[Chart]:
        f = self._flight
        lines = [
            self._line("usable", "both", 1e-3 * f.propellant_kg),
            self._line("lox", "oxygen", 1e-3 * f.column("lox_kg"), 6),
            self._line("lch4", "methane", 1e-3 * f.column("lch4_kg"), 2),
        ]
        yield _chart("propellant", "Usable propellant", "t", lines, [_limit(0.5, "limit at touchdown")])
        load = [self._line("rcs_kg", "RCS propellant", f.column("rcs_kg"))]
        yield _chart("rcs_kg", "RCS propellant", "kg", load if f.context.rcs_load_kg > 0.0 else [])

    def _navigation(self) -> Iterator[Chart]:
        parts = ("east", "north", "up")
        charts = (
            ("pos_enu_m", "Position error of navigation (logarithmic)", "m"),
            ("vel_enu_mps", "Velocity error of navigation (logarithmic)", "m/s"),
        )
        for key, title, unit in charts:
            frames, error = navigation_error(self._flight, key)
            lines = []
            if len(frames):
                self._columns.add(f"t_{key}", self._flight.time_s[frames])
                for axis, part in enumerate(parts):
                    column = self._columns.add(f"error_{key}_{part}", error[:, axis])
                    lines.append({"x": f"t_{key}", "y": column, "name": part, "colour": axis + 1})
            yield {**_chart(f"error_{key}", title, unit, lines), "log": True}

    def _legs(self) -> Iterator[Chart]:
        f = self._flight
        height = f.columns("foot_height_m")
        if f.contact_frame is None or not height.shape[1]:
            return
        low = f.column("altitude_agl_m") < 5.0
        height = np.where(low[:, None], height, np.nan)
        lines = [self._line(f"foot{i}", f"foot {i}", height[:, i], i % COLOURS + 1) for i in range(height.shape[1])]
        yield _chart("feet", "Feet above the ground in the last 5 m", "m", lines)
        stroke = 1e3 * f.columns("leg_stroke_m")
        lines = [self._line(f"stroke{i}", f"leg {i}", stroke[:, i], i % COLOURS + 1) for i in range(stroke.shape[1])]
        yield _chart("stroke", "Leg crush", "mm", lines if stroke.any() else [])


def lit_engines(flight: Flight) -> list[int]:
    """Engines that were commanded on or that burnt; the others would draw flat lines."""
    burnt = (flight.columns("engine_level") > 0.0).any(axis=0)
    return [int(engine) for engine in np.flatnonzero(flight.engine_on.any(axis=0) | burnt)]


def powered_frames(flight: Flight) -> IntArray:
    """Rows from ignition to half a second before contact, where a constant throttle still means something."""
    start, end = flight.ignition_frame, flight.contact_frame
    if start is None:
        return np.zeros(0, dtype=np.intp)
    rows = np.arange(start, flight.rows if end is None else end)
    return rows[flight.time_s[rows] < flight.time_s[rows[-1]] - 0.5] if len(rows) else rows


def _spread(rows: IntArray, count: int) -> IntArray:
    return rows if len(rows) <= count else rows[np.linspace(0, len(rows) - 1, count).astype(np.intp)]


def _chart(key: str, title: str, unit: str, lines: list[dict[str, Any]], limits: Iterable[Any] = ()) -> Chart:
    return {"key": key, "title": title, "unit": unit, "lines": lines, "limits": list(limits)}


def _limit(value: float, label: str, since_s: float | None = -1e9) -> dict[str, Any]:
    """A horizontal limit line; `since_s` is None where its condition never came."""
    return {"y": value, "label": label, "from": since_s}


def _first_below(flight: Flight, height_m: float) -> float | None:
    below = np.flatnonzero(flight.column("altitude_agl_m") < height_m)
    return float(flight.time_s[below[0]]) if len(below) else None
