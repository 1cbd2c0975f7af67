"""The grid of faults that a hunt searches: when, how long, on what, and how far each number is from its default."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hoverslam.plant.faults import SENSORS
from hoverslam.plant.sensors import TARGETS
from hoverslam.scenarios.link_kinds import ALL_KINDS, DIRECTIONS, LINK_KINDS, NUMBERS, SWITCHES

MOST_NUMBER = 4  # steps of a fault's number from its default to either limit
MOMENTS = (
    "landing_ignition",
    *(f"landing_ignition + {s} s" for s in (1, 2, 3, 4, 6, 8)),
    *(f"{s} s" for s in (0, 10, 20, 30, 40, 50)),
    *(f"altitude_agl_m < {m}" for m in (2000, 1000, 300, 100, 30)),
)
BEFORE_START = ("0 s",)
"""Moment of a fault of the start: armed from the release on, it shows when the engine is started."""
LASTS_S = (0.0, 10.0, 3.0, 1.0)
"""For good, then ever shorter."""
FIELDS = tuple(f"{way}.{field}" for way in DIRECTIONS for field in NUMBERS[way] + SWITCHES[way])
"""Fields of a message of which a bit can be flipped."""
SENSOR_NUMBERS = {"bias": 1.0, "sigma": 1.0, "per_s": 0.1}
NOT_SEARCHED = ("hurts",)
WHOLE = ("attempts", "bit", "frames")


class FaultPoint(NamedTuple):
    """A fault on its grid: places in MOMENTS and LASTS_S, and steps of its numbers from their defaults."""

    kind: str
    target: int | str
    moment: int = 0
    lasts: int = 0
    numbers: tuple[int, ...] = ()


class Parts(NamedTuple):
    """What of a vehicle can fail, by index."""

    engines: tuple[int, ...]
    gimballed: int
    fins: int
    thrusters: int
    legs: int
    strings: int = 1


def targets(kind: str, parts: Parts) -> Sequence[int | str]:
    """What a fault of this kind can befall."""
    what = ALL_KINDS[kind].target
    if what == "link":
        return [*DIRECTIONS, *(FIELDS if LINK_KINDS[kind].fields else ())]
    if what == "string":  # one that flies alone is the whole flight software
        return [f"string[{i}]" for i in range(parts.strings)] if parts.strings > 1 else []
    counts = {
        "gimballed engine": parts.gimballed,
        "fin": parts.fins,
        "all fins": min(parts.fins, 1),
        "thruster": parts.thrusters,
        "cold gas": min(parts.thrusters, 1),
        "leg": parts.legs,
        "tank": 2,
    }
    return parts.engines if what == "engine" else SENSORS if what == "sensor" else range(counts.get(what, 1))


def moments(kind: str) -> tuple[str, ...]:
    """When a fault of this kind can come, the simplest first."""
    return BEFORE_START if ALL_KINDS[kind].group == "start" else MOMENTS


def searched_numbers(kind: str) -> tuple[str, ...]:
    """The numbers of a kind that are searched."""
    return tuple(name for name in ALL_KINDS[kind].numbers if name not in NOT_SEARCHED)


def fault_tree(point: FaultPoint) -> dict[str, Any]:
    """The fault of a point as a scenario states it, whether it would do anything or not."""
    when = moments(point.kind)
    tree: dict[str, Any] = {"kind": point.kind, "target": point.target, "at": when[point.moment % len(when)]}
    if point.lasts:
        tree["for_s"] = LASTS_S[point.lasts % len(LASTS_S)]
    names = searched_numbers(point.kind)
    steps = (*point.numbers, *(0,) * (len(names) - len(point.numbers)))
    given = zip(names, steps, strict=False)
    numbers = {name: _number(point, name, step) for name, step in given if step or name in SENSOR_NUMBERS}
    return tree | ({"numbers": numbers} if numbers else {})


def _number(point: FaultPoint, name: str, step: int) -> float:
    """So many steps from the default toward a limit; of a sensor, shares of its span, the smallest where 0."""
    step = max(min(step, MOST_NUMBER), -MOST_NUMBER)
    if name in SENSOR_NUMBERS:
        share = (step or 0.5) / MOST_NUMBER
        return round(
            SENSOR_NUMBERS[name] * TARGETS[str(point.target)].span * (abs(share) if name == "sigma" else share), 6
        )
    known = ALL_KINDS[point.kind].numbers[name]
    end = known.high if step > 0 else known.low
    value = known.default + abs(step) / MOST_NUMBER * (end - known.default)
    return float(round(value)) if name in WHOLE else round(value, 6)
