"""A crew that flies nothing: what a flight comes to is a formula of its scenario, so what a hunt must find is known."""

from collections.abc import Callable, Sequence
from typing import Any

from hoverslam.harness.hunt.flyer import HuntFlown
from hoverslam.harness.hunt.properties import Margin

Tree = dict[str, Any]
Judge = Callable[[Tree], dict[str, float]]


class ModelCrew:
    """Counts what it flies; robustness by id from a judge."""

    def __init__(self, judge: Judge) -> None:
        self.judge, self.flights = judge, 0

    def fly(self, trees: Sequence[Tree]) -> list[HuntFlown]:
        self.flights += len(trees)
        return [flown(self.judge(tree)) for tree in trees]


def flown(robustness: dict[str, float], *, excused: bool = False) -> HuntFlown:
    margins = tuple(
        Margin(name, value < 0.0, value, 10.0 * value, "m", f"{name} by formula") for name, value in robustness.items()
    )
    return HuntFlown(margins, "at_rest", 0.5, excused)


def windy(tree: Tree) -> float:
    """Sigmas of wind towards the east."""
    return float(tree["drawn"].get("wind_mps", [0.0])[0])
