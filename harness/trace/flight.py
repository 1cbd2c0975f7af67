"""A recorded flight: its columns by name, its phases, its events and its touchdown.

Everything is derived from the truth rows and the accepted commands, never from what the flight software believes;
its telemetry is read only where a requirement asks what it reported. Row k of the truth is the state at which
command k was given.
"""

import math
from array import array
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray, IntArray
from hoverslam.harness.record.loads import Peak, loads, peaks
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.trace.engines import (
    THRUST_ON_LEVEL,
    EngineLoss,
    EngineStart,
    engine_losses,
    engine_starts,
)
from hoverslam.harness.trace.masks import any_of, first
from hoverslam.harness.trace.phase import FLIGHT_PHASES, PhaseTracker
from hoverslam.harness.trace.rows import Rows
from hoverslam.harness.trace.standing import Standing
from hoverslam.harness.trace.standing import standing as stand
from hoverslam.harness.trace.touchdown import Touchdown, touchdown_at

if TYPE_CHECKING:
    from hoverslam.harness.record.flight_record import FlightRecord
    from hoverslam.plant.vehicle import Vehicle


class FlightContext(NamedTuple):
    """Information for evaluation besides the trace: limits of the vehicle, release, and an oracle.

    `gimballed` holds the engine that each gimbal pair moves. `required_throttle` maps a truth row to the constant
    throttle that would stop the stage at the pad (R-09), not a number where none would; `window` makes that of R-08.
    The vehicle is for the replay, which draws it.
    """

    azimuth_rad: float
    throttle_min: float
    throttle_max: float
    gimbal_max_rad: float
    fin_max_rad: float
    gimballed: tuple[int, ...]
    rcs_load_kg: float
    length_m: float
    required_throttle: Callable[[FloatArray], float] | None = None
    time_from_liftoff_s: float = 0.0
    fin_rate_radps: float = math.inf
    window: Callable[["Flight"], object] | None = None
    vehicle: "Vehicle | None" = None
    pad_slope_rad: float = 0.0
    pad_slope_azimuth_rad: float = 0.0


class Event(NamedTuple):
    """Something that happened once, at a frame: `name` for programs, `label` for people."""

    name: str
    label: str
    frame: int
    time_s: float


class Flight(Rows):
    """A read-only view of a record, with everything derived from it computed once, on demand.

    Nothing is judged on a flight that was lost before its first frame.
    """

    def __init__(self, record: "FlightRecord", context: FlightContext) -> None:
        super().__init__(record)
        self.context = context
        self._reported: dict[str, tuple[IntArray, FloatArray]] = {}

    @cached_property
    def throttle_cmd(self) -> FloatArray:
        """Throttle as the engines will take it: clipped to their range, 0 where the engine is commanded off."""
        clipped = np.clip(self.commands("throttle"), self.context.throttle_min, self.context.throttle_max)
        return np.where(self.engine_on, clipped, 0.0)

    @cached_property
    def _phases(self) -> PhaseTracker:
        """The tracker, shown the whole record; an impact is a contact in the last row."""
        seen = PhaseTracker(self.record.shape, (self.context.throttle_min, self.context.throttle_max))
        seen.update(self.record.commands[: self.frames], self.truth)
        if seen.contact is None and self.record.outcome == "impact":
            seen.contact = self.rows - 1
        return seen

    @property
    def ignition_frame(self) -> int | None:
        """Frame of the first start command."""
        return self._phases.ignition

    @cached_property
    def thrust_on_frame(self) -> int | None:
        """First frame at which an engine burns."""
        return first(any_of(self.columns("engine_level") > THRUST_ON_LEVEL))

    @property
    def full_thrust_frame(self) -> int | None:
        """First frame at which every engine still commanded on has its commanded pressure; failed ones do not count."""
        return self._phases.full_thrust

    @property
    def cutoff_frame(self) -> int | None:
        """Frame of the final cut-off command; None if an engine is still commanded on at the end."""
        return self._phases.cutoff

    @property
    def contact_frame(self) -> int | None:
        """First frame with a leg on the ground, or the last one of a flight that ended in an impact."""
        return self._phases.contact

    @cached_property
    def legs_command_frame(self) -> int | None:
        """Frame of the command to deploy the legs."""
        return first(self.commands("leg_deploy")[:, 0] > 0.5)

    @property
    def legs_command_s(self) -> float | None:
        """Time of that command."""
        frame = self.legs_command_frame
        return None if frame is None else self.time_at(frame)

    @cached_property
    def legs_locked_frame(self) -> int | None:
        """First frame with every leg down and locked; None for a vehicle without legs."""
        locked = self.columns("leg_locked") > 0.5
        return first(~any_of(~locked)) if locked.shape[1] else None

    @cached_property
    def phase_codes(self) -> IntArray:
        """Index into FLIGHT_PHASES, for each truth row."""
        return self._phases.codes(self.rows)

    def phase_at(self, frame: int) -> str:
        """Name of the phase at a frame."""
        return FLIGHT_PHASES[self.phase_codes[min(frame, self.rows - 1)]]

    @cached_property
    def downrange_crossrange_m(self) -> tuple[FloatArray, FloatArray]:
        """Position relative to the pad centre, along the azimuth of the release and to the right of it."""
        east, north = self.columns("pos_enu_m")[:, 0], self.columns("pos_enu_m")[:, 1]
        sin, cos = np.sin(self.context.azimuth_rad), np.cos(self.context.azimuth_rad)
        return east * sin + north * cos, east * cos - north * sin

    @cached_property
    def body_rate_dps(self) -> FloatArray:
        """Size of the angular velocity."""
        return np.asarray(np.rad2deg(np.linalg.norm(self.columns("omega_b_radps"), axis=1)))

    @cached_property
    def loads(self) -> dict[str, FloatArray]:
        """Every load by its name in `harness.record.loads`, one number a truth row."""
        return loads(self.truth, self._truth)

    @cached_property
    def airborne(self) -> BoolArray:
        """Rows before first contact."""
        return np.arange(self.rows) < (self.rows if self.contact_frame is None else self.contact_frame)

    @cached_property
    def peak_loads(self) -> list[Peak]:
        """The largest of each load before first contact; none for a flight that never began."""
        rows = self.airborne & self.begun
        return peaks(self.loads, rows, self.time_s, self.column("altitude_agl_m"))

    @cached_property
    def touchdown(self) -> Touchdown | None:
        """The state at first contact, None for a flight without one."""
        frame = self.contact_frame
        return None if frame is None else touchdown_at(self, frame, self.downrange_crossrange_m)

    @cached_property
    def standing(self) -> Standing | None:
        """Behaviour of the stage after first contact, None for a flight without contact."""
        return None if self.contact_frame is None else stand(self, self.contact_frame)

    @cached_property
    def engine_starts(self) -> tuple[EngineStart, ...]:
        """Every start command, in order of time and then of engine."""
        return tuple(sorted(engine_starts(self, self.throttle_cmd), key=lambda start: (start.frame, start.engine)))

    @cached_property
    def engine_losses(self) -> tuple[EngineLoss, ...]:
        """Every engine that failed while commanded on, in order of time."""
        return tuple(sorted(engine_losses(self, self.engine_starts), key=lambda loss: loss.frame))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order of time."""
        return tuple(sorted(_events(self), key=lambda event: event.frame))

    @cached_property
    def window(self) -> object | None:
        """The ignition window, or None without an oracle; `harness.window.window.window_of` gives it with its type."""
        return None if self.context.window is None else self.context.window(self)

    def reported(self, key: str) -> tuple[IntArray, FloatArray]:
        """Frames and values of a number or vector that the flight software reported; misshapen ones are left out."""
        if key not in self._reported:
            self._reported[key] = self._read_reports(key)
        return self._reported[key]

    def _read_reports(self, key: str) -> tuple[IntArray, FloatArray]:
        frames, values, width = array("q"), array("d"), 0
        for frame, report in self.record.telemetry:
            value = report.get(key)
            given = value if isinstance(value, list | tuple) else [value]
            numbers = [float(x) for x in given if isinstance(x, int | float) and math.isfinite(x)]
            if frame < self.rows and len(numbers) == len(given) and (not frames or len(numbers) == width):
                width = len(numbers)
                frames.append(frame)
                values.extend(numbers)
        return np.array(frames, dtype=np.intp), np.array(values).reshape(len(frames), width)

    @property
    def string_cuts(self) -> list[tuple[int, int]]:
        """Number and frame of each string that was cut."""
        strings = self.record.strings
        return [] if strings is None else [(number, cut.frame) for number, cut in strings.cuts]

    def required_throttle_at(self, frame: int) -> float | None:
        """k_req at a frame, from the truth; None without an oracle, not a number where no throttle would do."""
        oracle = self.context.required_throttle
        return None if oracle is None else float(oracle(self.truth[frame]))


def ignition(flight: Flight) -> dict[str, float] | None:
    """The first start command; None for a flight in which no engine was commanded."""
    if (frame := flight.ignition_frame) is None:
        return None
    return {"time_s": flight.time_at(frame), "altitude_agl_m": float(flight.column("altitude_agl_m")[frame])}


def _events(flight: Flight) -> Iterator[Event]:
    named = (
        ("ignition", "ignition", flight.ignition_frame),
        ("thrust_on", "first thrust", flight.thrust_on_frame),
        ("full_thrust", "full thrust", flight.full_thrust_frame),
        ("legs", "legs", flight.legs_command_frame),
        ("contact", _contact_label(flight), flight.contact_frame),
        ("cutoff", "cut-off", flight.cutoff_frame),
    )
    for name, label, frame in named:
        if frame is not None:
            yield Event(name, label, frame, flight.time_at(frame))
    if flight.standing is not None and flight.standing.tipped_over:
        yield Event("tipped_over", "tipped over", flight.rows - 1, flight.time_at(flight.rows - 1))
    yield from _engine_changes(flight)
    for number, cut_frame in flight.string_cuts:
        frame = min(cut_frame, flight.rows - 1)
        yield Event("string_cut", f"string {number} cut", frame, flight.time_at(frame))
    for loss in flight.engine_losses:
        yield Event("engine_lost", f"engine {loss.engine} lost", loss.frame, loss.time_s)


def _contact_label(flight: Flight) -> str:
    fell = flight.standing is not None and flight.standing.tipped_over
    return "impact" if flight.record.outcome == "impact" and not fell else "contact"


def _engine_changes(flight: Flight) -> Iterator[Event]:
    """Where the number of engines commanded on changes without reaching or leaving none: 3 to 1, a spare lit."""
    count = flight.engine_on.sum(axis=1)
    for frame in np.flatnonzero((count[1:] != count[:-1]) & (count[1:] > 0) & (count[:-1] > 0)) + 1:
        label = f"{count[frame - 1]}→{counted(int(count[frame]), 'engine')}"
        yield Event("engines_changed", label, int(frame), flight.time_at(int(frame)))
