"""The lists of a vehicle file, looked at before they become arrays: numpy would convert text, and cut off digits."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_type_hints

import numpy as np

from hoverslam.plant.ranges import VEHICLE, outside

INDICES = ("cluster.gimballed",)
_hints = cache(get_type_hints)


def list_mistakes(table: Mapping[str, Any], kinds: type) -> Iterator[tuple[str, str]]:
    """Keys of tables, of these kinds, whose value cannot become an array, and why, in words; tables that are none."""
    for name, kind in _hints(kinds).items():
        if hasattr(kind, "_fields") and not isinstance(table.get(name, {}), dict):  # a list would be read as its values
            yield name, f"{name}: must be a table; write [{name}] and its keys below it"
        keys = _hints(kind) if isinstance(table.get(name), dict) else {}
        for key in (key for key, hint in keys.items() if hint is np.ndarray and key in table[name]):
            if mistake := _mistake(name, key, table[name][key]):
                yield f"{name}.{key}", mistake


def _mistake(name: str, key: str, value: Any) -> str:
    """What is wrong with a list, in words; empty where it is one."""
    numbers = _numbers(value) if isinstance(value, list | tuple) else None
    if numbers is None:
        return f"{name}.{key}: must be a list of numbers, or of lists of them that are of one length; write numbers"
    if f"{name}.{key}" in INDICES and not all(isinstance(one, int) for one in numbers):
        return f"{name}.{key}: must be a list of whole numbers; write whole numbers"
    low, high = VEHICLE[name][key]
    wrong = next((one for one in numbers if not low <= one <= high), None)
    return "" if wrong is None else f"{outside(name, key, wrong)}; correct it"


def _numbers(values: Sequence[Any]) -> list[float] | None:
    """All of them in a row; None where something else is among them, or lists of unlike lengths."""
    if any(isinstance(value, list | tuple) for value in values):
        rows = [_numbers(value) if isinstance(value, list | tuple) else None for value in values]
        if len({len(value) if isinstance(value, list | tuple) else -1 for value in values}) > 1 or None in rows:
            return None
        return [one for row in rows for one in row or ()]
    return list(values) if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) else None
