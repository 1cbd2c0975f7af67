"""What faults of the link and of the computer's timing do, frame by frame: pure functions of scenario, seed and truth.

A fault wakes at the first frame at which its moment has come, seen in the truth row of that frame, and acts on every
message sent while it is awake. Random numbers come from a counter-based stream for each kind and direction, so no
fault disturbs another and the order in which faults are declared means nothing. All times are ticks, or frames.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hoverslam.harness.arrays import FloatArray
from hoverslam.plant.faults import Trigger
from hoverslam.plant.kernels.noise import uniform
from hoverslam.plant.layout import Layout, VehicleShape, command_layout, sensor_layout, truth_layout
from hoverslam.plant.setup import stream_key
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.link_kinds import (
    LINK_KINDS,
    NUMBERS,
    UNDISTURBED,
    Effect,
    Met,
    is_of_link,
    is_of_string,
    place,
)
from hoverslam.scenarios.rates import Rates
from hoverslam.scenarios.schema import Scenario

SENSORS, COMMANDS = "sensors", "commands"
RESTART = "computer_restart"


class LinkFault(NamedTuple):
    """A fault as the loop takes it. `amount`: as its kind counts it, else 0."""

    kind: str
    direction: str
    field: str
    element: int | None
    trigger: Trigger
    delay_ticks: int
    duration_ticks: int
    amount: int = 0
    share: float = 1.0


def armed(scenario: Scenario) -> tuple[LinkFault, ...]:
    """The faults of link and computer of a scenario, in its order."""
    there = (fault for fault in scenario.faults if is_of_link(fault.kind) and not is_of_string(fault.kind))
    return tuple(arm(fault, scenario.rates) for fault in there)


def arm(fault: Fault, rates: Rates) -> LinkFault:
    """One fault in ticks and frames of these rates."""
    kind, numbers = LINK_KINDS[fault.kind], fault.full_numbers
    direction, field, index = ("computer", "", None) if kind.target == "computer" else place(str(fault.target))
    hz = rates.plant_hz if direction == COMMANDS else rates.gnc_hz
    delay_ticks, duration_ticks = round(fault.trigger.delay_s * rates.plant_hz), round(fault.for_s * rates.plant_hz)
    return LinkFault(
        fault.kind,
        direction,
        field,
        index,
        fault.trigger,
        delay_ticks,
        duration_ticks,
        kind.amount(numbers, hz),
        numbers.get("share", 1.0),
    )


class Waker:
    """Follows a flight's truth rows and knows which faults are awake. Every frame is shown to it once, in order."""

    def __init__(self, faults: Sequence[LinkFault], shape: VehicleShape) -> None:
        self.faults = faults
        self.woken: list[int | None] = [None] * len(faults)
        self._layout = truth_layout(shape)
        self._since: dict[str, int] = {}

    def look(self, tick: int, truth: FloatArray) -> list[int]:
        """The faults that are awake at a frame, by their numbers."""
        for event, field in (("landing_ignition", "engine_state"), ("touchdown", "leg_contact")):
            if event not in self._since and (truth[self._layout.slice(field)] > 0.5).any():
                self._since[event] = tick
        for i, fault in enumerate(self.faults):
            if self.woken[i] is None and self._is_due(fault, tick, truth):
                self.woken[i] = tick
        return [i for i, tick_of in enumerate(self.woken) if tick_of is not None and self._acts(i, tick, tick_of)]

    def _is_due(self, fault: LinkFault, tick: int, truth: FloatArray) -> bool:
        sort, what, threshold, _ = fault.trigger
        if sort == "time":
            return tick >= fault.delay_ticks
        if sort == "event":
            return what in self._since and tick - self._since[what] >= fault.delay_ticks
        value = truth[self._layout.slice(what).start]
        return bool(value < threshold if sort == "below" else value > threshold)

    def _acts(self, i: int, tick: int, since: int) -> bool:
        fault = self.faults[i]
        lasts = LINK_KINDS[fault.kind].lasts_ticks or fault.duration_ticks
        return not lasts or tick - since < lasts


def wake_ticks(
    faults: Sequence[LinkFault], truth: FloatArray, shape: VehicleShape, frame_ticks: int
) -> list[int | None]:
    """When each fault woke in a flight with these truth rows, one a frame; None for one that did not."""
    waker = Waker(faults, shape)
    for frame, row in enumerate(truth):
        waker.look(frame * frame_ticks, row)
    return waker.woken


def restart_frames(
    faults: Sequence[LinkFault], truth: FloatArray, shape: VehicleShape, frame_ticks: int
) -> list[int]:  # fmt: skip
    """Frames in which the flight computer restarted in a flight with these truth rows, one a frame."""
    waker = Waker(faults, shape)
    awake = (waker.look(frame * frame_ticks, row) for frame, row in enumerate(truth))
    return [frame for frame, now in enumerate(awake) if any(faults[i].kind == RESTART for i in now)]


class Together(NamedTuple):
    """What several faults do to one message at once, whatever their order; names as of an Effect."""

    lost: bool
    refused: bool
    late: int
    doubled: bool
    held: bool
    flipped: tuple[LinkFault, ...]


def together(effects: Iterable[tuple[LinkFault, Effect]]) -> Together:
    """What all of them do."""
    some = list(effects)
    return Together(
        any(e.lost for _, e in some),
        any(e.refused for _, e in some),
        sum(e.late for _, e in some),
        any(e.doubled for _, e in some),
        any(e.held for _, e in some),
        tuple(fault for fault, e in some if e.flipped),
    )


class LinkDraws:
    """The random numbers of the link in one flight: by kind and direction, frame, and message within the frame."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._keys: dict[str, int] = {}

    def uniform(self, fault: LinkFault, frame: int, lane: int) -> float:
        """A number between 0 and 1, the same whenever it is asked for."""
        name = f"{fault.kind}:{fault.direction}.{fault.field}"
        key = self._keys.setdefault(name, stream_key(self._seed, name))
        return float(uniform(key, frame, lane))


def effect(fault: LinkFault, draws: LinkDraws, frame: int, lane: int, woken_frame: int) -> Effect:
    """What one fault that is awake does to a message sent in a frame."""
    kind, drawn = LINK_KINDS[fault.kind], draws.uniform(fault, frame, lane)
    if "share" in kind.numbers and drawn >= fault.share:
        return UNDISTURBED
    return kind.effect(Met(drawn, frame - woken_frame, fault.amount, fault.field))


class Flipper:
    """Turns bits of rows as corrupted messages show them."""

    def __init__(self, shape: VehicleShape) -> None:
        self._layouts: dict[str, Layout] = {SENSORS: sensor_layout(shape), COMMANDS: command_layout(shape)}

    def flip(self, fault: LinkFault, row: FloatArray) -> None:
        """Flip the bit of the field in place; a switch is turned round. Twice is not at all."""
        place_in_row = self._layouts[fault.direction].slice(fault.field)
        cells = row[place_in_row] if fault.element is None else row[place_in_row][fault.element : fault.element + 1]
        if fault.field in NUMBERS[fault.direction]:
            bits: NDArray[np.uint64] = cells.view(np.uint64)
            bits ^= np.uint64(1 << fault.amount)
        else:
            cells[:] = 1.0 - cells
