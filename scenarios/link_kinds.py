"""Faults between plant and flight software: of the link, of the computer's timing, of one string of several.

The plant knows none of them. Everything happens in ticks or frames: a scenario says what the link does, the wall clock
never. What each does to the messages, to the bit, is in docs/link-faults.md and docs/strings.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hoverslam.harness.wire.contract import ACTUATORS, FLAG, FLOAT, SENSORS, of_form
from hoverslam.plant.faults import KINDS, FaultKind, FaultNumber

SHARE = FaultNumber(1.0, 0.001, 1.0, "", "probability, drawn for each message")
BIT = FaultNumber(62.0, 0.0, 63.0, "", "number of the bit to flip; 63: sign, 52 to 62: exponent")
LATE_FRAMES = FaultNumber(1.0, 1.0, 200.0, "", "delay of the answer; sensors of the frames in between are not read")
RESTART_S = FaultNumber(0.25, 0.0, 10.0, "s", "time from the loss of its state to the next frame that it reads")


class Effect(NamedTuple):
    """What happens to one message. `late` in frames or ticks; `held`: comes right after the next one sent.

    `flipped`: a bit of the field that the fault names is the other way round.
    """

    lost: bool = False
    refused: bool = False
    late: int = 0
    doubled: bool = False
    held: bool = False
    flipped: bool = False


UNDISTURBED = Effect()


class Met(NamedTuple):
    """A message as a fault that is awake meets it: a number drawn for it, frames since the fault woke, its field."""

    drawn: float
    age_frames: int
    amount: int
    field: str


@dataclass(frozen=True)
class LinkKind:
    """A kind of fault of the link, of the computer or of a string; all that is known of it is here.

    `effect` is what it does to a message; where the kind has a number `share`, to that share of them. `counts` names
    the number that is its amount, in frames or ticks where it is in seconds; `told` says that this is worth telling.
    `lasts_ticks`: how long it acts, 0 where its scenario says so; what acts once has 1. `fields`: whether it can act on
    one field. `refuses`: directions that it cannot act in, and why. Other names as in a FaultKind.
    """

    target: str
    numbers: dict[str, FaultNumber]
    meaning: str
    effect: Callable[[Met], Effect] = lambda _: UNDISTURBED
    counts: str = ""
    told: bool = True
    lasts_ticks: int = 0
    fields: bool = False
    refuses: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    mode: str = ""

    @property
    def waits(self) -> bool:
        """Whether its amount is a time."""
        return self.counts.endswith("_s")

    def amount(self, numbers: Mapping[str, float], hz: float) -> int:
        """The amount, at so many frames or ticks a second."""
        value = numbers.get(self.counts, 0.0)
        return int(value * hz + 0.5) if self.waits else int(value)


LINK_KINDS: dict[str, LinkKind] = {
    "link_late": LinkKind(
        "link",
        {"by_s": FaultNumber(0.05, 0.0005, 2.0, "s", "rounded to frames for sensors, to ticks for commands")},
        "messages are delayed, order kept",
        lambda met: Effect(late=met.amount),
        "by_s",
    ),
    "link_jitter": LinkKind(
        "link",
        {"most_s": FaultNumber(0.03, 0.0005, 2.0, "s", "each delay is drawn from 0 to this, in frames or ticks")},
        "messages are delayed by a random time each, order kept",
        lambda met: Effect(late=int(met.drawn * (met.amount + 1))),
        "most_s",
    ),
    "link_drop": LinkKind("link", {"share": SHARE}, "messages are lost", lambda _: Effect(lost=True)),
    "link_duplicate": LinkKind(
        "link",
        {"share": SHARE},
        "messages are duplicated, one right after the other; sensors only",
        lambda _: Effect(doubled=True),
        refuses={"commands": 'a duplicate command is discarded by its seq; write target = "sensors"'},
    ),
    "link_reorder": LinkKind(
        "link",
        {"share": SHARE},
        "every second message arrives right after the following one",
        lambda met: Effect(held=met.age_frames % 2 == 0),
    ),
    "link_corrupt": LinkKind(
        "link",
        {"share": SHARE, "bit": BIT},
        "`sensors` or `commands`: the message is rejected by its checksum. `sensors.FIELD`, `commands.FIELD` or one "
        "element, e.g. `commands.throttle[1]`: the message arrives with one bit of it flipped, or a switch inverted",
        lambda met: Effect(flipped=True) if met.field else Effect(refused=True),
        "bit",
        told=False,
        fields=True,
    ),
    "deadline_missed": LinkKind(
        "computer",
        {"frames": LATE_FRAMES},
        "the answer comes too late",
        counts="frames",
    ),
    "computer_restart": LinkKind(
        "computer",
        {"restart_s": RESTART_S},
        "the flight computer restarts and knows only its flight load",
        counts="restart_s",
        lasts_ticks=1,
    ),
    "string_killed": LinkKind("string", {}, "the flight program is killed with SIGKILL", lasts_ticks=1),
    "string_silent": LinkKind("string", {}, "the answers of the flight program do not arrive"),
    "string_late": LinkKind(
        "string",
        {"frames": LATE_FRAMES},
        "the answers come too late for the vote",
        counts="frames",
    ),
    "string_stuck": LinkKind("string", {}, "the last command is repeated"),
    "string_corrupt": LinkKind(
        "string",
        {"share": SHARE, "bit": BIT},
        "`string[N]`: the answer is rejected by its checksum. `string[N].FIELD` or one element, e.g. "
        "`string[0].throttle[1]`: the answer arrives with one bit of it flipped, or a switch inverted",
        counts="bit",
        told=False,
        fields=True,
    ),
    "string_restart": LinkKind(
        "string",
        {"restart_s": RESTART_S},
        "the flight program restarts and knows only its flight load",
        counts="restart_s",
        lasts_ticks=1,
    ),
}
ALL_KINDS: dict[str, FaultKind | LinkKind] = {**KINDS, **LINK_KINDS}
DIRECTIONS = ("sensors", "commands")
NUMBERS = {"sensors": of_form(SENSORS, FLOAT), "commands": of_form(ACTUATORS, FLOAT)}
"""Fields of 64-bit floats, of which a bit can be flipped; names as in the rows of `plant.layout`."""
SWITCHES = {"sensors": of_form(SENSORS, FLAG), "commands": of_form(ACTUATORS, FLAG)}
"""Fields that are on or off."""
STRING = re.compile(r"string\[(\d{1,2})\]")
PLACE = re.compile(r"(?P<direction>[a-z]+(\[\d{1,2}\])?)(\.(?P<field>[a-z0-9_]+)(\[(?P<index>\d+)\])?)?")


def is_of_link(kind: str) -> bool:
    """Whether a fault of this kind acts between plant and flight software, not on the vehicle."""
    return kind in LINK_KINDS


def is_of_string(kind: str) -> bool:
    """Whether a fault of this kind acts on one flight program of several."""
    return is_of_link(kind) and LINK_KINDS[kind].target == "string"


def string_of(direction: str) -> int | None:
    """The number of the string in `string[1]`; None for anything else."""
    found = STRING.fullmatch(direction)
    return None if found is None else int(found[1])


def row_direction(direction: str) -> str:
    """The direction whose fields a message has: a string sends commands."""
    return direction if string_of(direction) is None else "commands"


def place(target: str) -> tuple[str, str, int | None]:
    """Direction, field ("" for the whole message) and element (None for all of them) of a link fault's target."""
    found = PLACE.fullmatch(target)
    if found is None:
        return target, "", None
    index = found["index"]
    return found["direction"], found["field"] or "", None if index is None else int(index)


def refusal(kind: str, target: int | str) -> str:
    """Why a fault of link, computer or string cannot act on this target, and what to write; empty where it can."""
    known = LINK_KINDS[kind]
    if known.target == "computer":
        return "" if target == 0 else f"{kind} acts on the only flight computer; remove the target"
    direction, field, _ = place(str(target))
    if known.target == "string" and string_of(direction) is None:
        return f'{kind} needs a string; write target = "string[0]", counted from 0'
    if known.target == "link" and direction not in DIRECTIONS:
        return f"{kind} needs a direction of the link; known: {', '.join(DIRECTIONS)}"
    if field and not known.fields:
        return f'{kind} acts on whole messages; write target = "{direction}"'
    fields = NUMBERS[row_direction(direction)] + SWITCHES[row_direction(direction)]
    if field and field not in fields:
        return f"{kind} cannot flip a bit of {field}; possible: {', '.join(fields)}"
    return known.refuses.get(direction, "")
