"""How large the numbers of a requirement may be, by the unit that they are in.

The ends are chosen: beyond whatever a flight could measure, so that a slip of a comma or a unit is told by name.
"""

from collections.abc import Iterator

from hoverslam.harness.stl.deciding import stated
from hoverslam.harness.stl.formula import Formula, Number, Predicate, Temporal, Until, nodes

LARGEST = {
    "": 1e9, "Hz": 1e5, "deg": 1e5, "deg/s": 1e5, "g": 1e4, "kJ/m2": 1e9, "kN": 1e7, "kN m": 1e9, "kPa": 1e7,
    "kPa deg": 1e9, "kW/m2": 1e9, "kg": 1e8, "km": 1e5, "m": 1e7, "m/s": 1e5, "m/s2": 1e5, "s": 1e5,
}  # fmt: skip
"""Of a limit, a goal, or what margins are ranked by, either way."""
OF_OTHERS, OTHER = 1e12, "of its unit"
"""Of a unit that is made of others, and of a constant that is reckoned with."""
LONGEST_WINDOW_S = 3600.0
"""No flight is longer (`rates.max_time_s`)."""


def beyond(key: str, value: float | None, unit: str) -> Iterator[str]:
    """What is wrong with a number that stands alone, in words."""
    most = LARGEST.get(unit, OF_OTHERS)
    if value is not None and not -most <= value <= most:
        yield f"{key} {value:g} must lie between {-most:g} and {most:g}{unit and ' '}{unit}; correct it"


def beyond_in(formula: Formula) -> Iterator[str]:
    """The same of every number in a formula."""
    for node in nodes(formula):
        if isinstance(node, Predicate):
            yield from beyond("limit", stated(node).limit, node.unit)
        elif isinstance(node, Number):
            yield from beyond("constant", node.value, OTHER)
        elif isinstance(node, Temporal | Until) and node.window and node.window.end_s > LONGEST_WINDOW_S:
            yield f"window {node.window} must end within {LONGEST_WINDOW_S:g} s, the longest flight; shorten it"
