"""Synthetic flights with a closed-form trajectory, so that every requirement has an answer known beforehand.

The stage sinks at a constant speed, brakes at a constant deceleration and meets the ground at exactly `touchdown_s`,
which need not be a frame. Engines answer after a dead time with a linear rise. Nothing here integrates anything.
"""

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.trace.flight import Flight, FlightContext
from hoverslam.harness.trace.phase import FLIGHT_PHASES
from hoverslam.harness.trace.series import Missing
from hoverslam.plant.layout import Layout, VehicleShape, command_layout, truth_layout


class KnownBounds(NamedTuple):
    """A window that a test states; there is none where both are None."""

    earliest_s: float | None
    latest_s: float | None
    reason: str = ""


class KnownWindow:
    """Stands in for the ignition window: bounds, reach and optimum as stated, nothing computed."""

    bounds = KnownBounds(3.0, 6.5)
    with_relight = KnownBounds(2.5, 5.75)
    divert_m: dict[str, float] | None = {"forward": 110.0, "right": 100.0, "back": 80.0, "left": 100.0}  # noqa: RUF012  stated once, changed by nobody
    propellant_used_kg: float | None = 7500.0
    propellant_optimum_kg = 7000.0

    def __init__(self, flight: Flight) -> None:
        frame = flight.ignition_frame
        self.ignition_s = None if frame is None else flight.time_at(frame)

    rescue = ""

    def rescued(self, spare_s: float, lost: tuple[int, float] | None = None) -> str:
        """Why no spare would help, as stated, whichever is asked about."""
        return self.rescue

    hopeless = Missing("a landing was possible")
    impact_m = 80.0

    def impact_offset_m(self, _row: int) -> float:
        """As stated, in every frame."""
        return self.impact_m

    def throttle_at(self, time_s: float) -> float:
        """Some throttle that grows."""
        return 0.6 + 0.1 * (time_s - 3.0)


def known_window(**stated: Any) -> Any:
    """What a context calls for a window, with these attributes stated."""
    return type("Stated", (KnownWindow,), stated)


SHAPE = VehicleShape(engines=9, gimballed=5, fins=4, thrusters=8, legs=4)
GIMBALLED = (0, 1, 3, 5, 7)
CONTEXT = FlightContext(
    azimuth_rad=math.radians(90.0),  # flies due east: downrange is east, cross-range is south
    throttle_min=0.5,
    throttle_max=1.05,
    gimbal_max_rad=math.radians(6.0),
    fin_max_rad=math.radians(20.0),
    gimballed=GIMBALLED,
    rcs_load_kg=300.0,
    length_m=42.0,
    required_throttle=lambda _row: 0.82,
    window=known_window(),
    fin_rate_radps=math.radians(40.0),
)
FRAME_S = 0.01


@dataclass
class Plan:
    """What the flight does; the defaults satisfy every requirement and every goal."""

    ignition_s: float = 5.0
    touchdown_s: float = 20.004
    end_s: float = 22.0
    sink_before_mps: float = 280.0
    touchdown_mps: float = 1.5
    dead_time_s: float = 0.8
    rise_s: float = 1.0
    throttle: float = 0.8
    engines: tuple[int, ...] = (0, 1, 5)
    one_engine_s: float = 17.0
    cutoff_s: float = 20.05
    tail_off_s: float = 0.2
    legs_command_s: float = 14.5
    legs_locked_s: float = 16.5
    east_m: float = 3.0
    north_m: float = -4.0
    horizontal_mps: float = 0.25
    tilt_deg: float = 1.0
    rate_dps: float = 0.5
    propellant_kg: float = 2000.0
    burn_kgps: float = 500.0
    drag_mps2: float = 0.05
    outcome: str = "at_rest"
    telemetry: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def deceleration_mps2(self) -> float:
        """Constant from the end of the rise to contact."""
        return (self.sink_before_mps - self.touchdown_mps) / (self.touchdown_s - self.burn_s)

    @property
    def burn_s(self) -> float:
        """Time of full thrust."""
        return self.ignition_s + self.dead_time_s + self.rise_s


class Row:
    """Named columns of an array, for reading and for writing."""

    def __init__(self, array: FloatArray, layout: Layout) -> None:
        self._array = array
        self._layout = layout

    def __getitem__(self, name: str) -> FloatArray:
        columns = self._array[:, self._layout.slice(name)]
        return columns[:, 0] if columns.shape[1] == 1 else columns

    def __setitem__(self, name: str, value: Any) -> None:
        self[name][...] = value


def truth_of(record: FlightRecord) -> Row:
    """Truth columns of a record by name."""
    return Row(record.truth, truth_layout(record.shape))


def commands_of(record: FlightRecord) -> Row:
    """Command columns of a record by name."""
    return Row(record.commands, command_layout(record.shape))


def fly(plan: Plan | None = None, gnc_failure: GncFailure | None = None) -> FlightRecord:
    """The record of a plan."""
    plan = plan or Plan()
    frames = round(plan.end_s / FRAME_S)
    truth = np.zeros((frames + 1, truth_layout(SHAPE).width))
    commands = np.zeros((frames, command_layout(SHAPE).width))
    record = FlightRecord(
        run_id="synthetic",
        scenario="closed-form",
        seed=1,
        shape=SHAPE,
        dt_s=0.001,
        frame_ticks=10,
        frames=frames,
        truth=truth,
        commands=commands,
        sensors=[],
        telemetry=Telemetry(plan.telemetry),
        outcome=plan.outcome,
        gnc_failure=gnc_failure,
        hash="0123456789abcdef" * 4,
        wall_s=0.5,
        gnc={"name": "closed-form", "version": "1"},
    )
    _command(plan, commands_of(record), np.arange(float(frames)) * FRAME_S)
    _move(plan, truth_of(record), np.arange(frames + 1.0) * FRAME_S)
    return record


def view(record: FlightRecord | Plan | None = None, **context: Any) -> Flight:
    """A flight to judge, of a record or of a plan."""
    flown = record if isinstance(record, FlightRecord) else fly(record)
    return Flight(flown, CONTEXT._replace(**context))


def _command(plan: Plan, commands: Row, time_s: FloatArray) -> None:
    for engine in plan.engines:
        until_s = plan.cutoff_s if engine == plan.engines[0] else plan.one_engine_s
        on = at_or_after(time_s, plan.ignition_s) & ~at_or_after(time_s, until_s)
        commands["engine_on"][:, engine] = on
        commands["throttle"][:, engine] = plan.throttle
    commands["leg_deploy"] = at_or_after(time_s, plan.legs_command_s)


def at_or_after(time_s: FloatArray, event_s: float) -> Any:
    """Mask of the frames from an event on, safe against the rounding of k * 0.01."""
    return time_s > event_s - 1e-6


def _move(plan: Plan, truth: Row, time_s: FloatArray) -> None:
    left_s = np.maximum(plan.touchdown_s - time_s, 0.0)
    braking_s = plan.touchdown_s - plan.burn_s
    in_burn_s = np.minimum(left_s, braking_s)
    fall_m = plan.sink_before_mps * np.maximum(left_s - braking_s, 0.0)
    height_m = plan.touchdown_mps * in_burn_s + 0.5 * plan.deceleration_mps2 * in_burn_s**2 + fall_m
    flying = left_s > 0.0
    sink_mps = np.where(flying, plan.touchdown_mps + plan.deceleration_mps2 * in_burn_s, 0.0)
    east_m = plan.east_m - plan.horizontal_mps * left_s
    truth["time_s"] = time_s
    truth["pos_enu_m"] = np.stack([east_m, np.full_like(time_s, plan.north_m), height_m], axis=1)
    velocity = np.stack([np.where(flying, plan.horizontal_mps, 0.0), np.zeros_like(time_s), -sink_mps], axis=1)
    truth["vel_enu_mps"] = velocity
    half = math.radians(90.0) / 2.0  # nose up: body x onto ENU z
    truth["q_enu_b"] = np.array([math.cos(half), 0.0, -math.sin(half), 0.0])
    truth["omega_b_radps"] = np.array([0.0, math.radians(plan.rate_dps), 0.0])
    truth["altitude_agl_m"] = height_m
    truth["altitude_msl_m"] = height_m + 1350.0
    truth["speed_mps"] = np.linalg.norm(velocity, axis=1)
    truth["mach"] = truth["speed_mps"] / 330.0
    truth["q_pa"] = 0.5 * truth["speed_mps"] ** 2
    truth["alpha_rad"] = math.radians(2.0)
    truth["tilt_rad"] = math.radians(plan.tilt_deg)
    truth["accel_b_mps2"] = np.array([plan.drag_mps2, 0.0, 0.0])
    truth["rcs_kg"] = 200.0
    _burn(plan, truth, time_s)
    truth["leg_locked"] = at_or_after(time_s, plan.legs_locked_s)[:, None]
    truth["leg_contact"] = (~flying)[:, None]
    truth["foot_height_m"] = height_m[:, None]


def _burn(plan: Plan, truth: Row, time_s: FloatArray) -> None:
    thrust_s = plan.ignition_s + plan.dead_time_s
    for engine in plan.engines:
        until_s = plan.cutoff_s if engine == plan.engines[0] else plan.one_engine_s
        rise = np.clip((time_s - thrust_s) / plan.rise_s, 0.0, 1.0)
        decay = np.clip(1.0 - (time_s - until_s) / plan.tail_off_s, 0.0, 1.0)
        truth["engine_level"][:, engine] = plan.throttle * rise * decay
        truth["engine_state"][:, engine] = np.where(decay < 1.0, 4, np.where(rise >= 1.0, 3, 0))
    truth["thrust_n"] = truth["engine_level"] * 814e3
    truth["chamber_pressure_pa"] = truth["engine_level"] * 10.5e6
    burnt_kg = plan.burn_kgps * np.clip(plan.touchdown_s - time_s, 0.0, plan.touchdown_s - thrust_s)
    truth["lox_kg"] = 0.78 * (plan.propellant_kg + burnt_kg)
    truth["lch4_kg"] = 0.22 * (plan.propellant_kg + burnt_kg)
    truth["mass_kg"] = 46_000.0 + plan.propellant_kg + burnt_kg


def phases(flight: Flight) -> list[str]:
    """Name of the phase at each truth row."""
    return [FLIGHT_PHASES[code] for code in flight.phase_codes]
