"""The channels of a log as maps of numbers, which is what PlotJuggler plots."""

import math
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from hoverslam.harness.live.so_far import LiveStretch
from hoverslam.harness.record.log import numbers

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""As the log writes them."""


def plotted(stretch: LiveStretch) -> Iterator[dict[str, Any]]:
    """Of each message `timestamp`, seconds since release, and the map under the name of its channel."""
    for topic, _, messages in numbers(stretch.record):
        for time_ns, data in messages:
            yield {"timestamp": 1e-9 * (stretch.begin_ns + time_ns), topic.strip("/"): only_numbers(from_json(data))}


def only_numbers(value: dict[str, Any]) -> dict[str, Any]:
    """Without text and what was not there."""
    named = {name: _number(one) for name, one in value.items()}
    return {name: one for name, one in named.items() if one is not None}


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return only_numbers(value) or None
    if isinstance(value, list):
        items = [_number(item) for item in value]
        return [math.nan if item is None else item for item in items] or None
    if isinstance(value, str):
        return NOT_FINITE.get(value)
    return value if value is None else float(value)
