"""Files as a careless or hostile hand would make them, from those that are shipped: pure functions of a seed.

A tree has a few of its values changed: to what no table can hold, by powers of ten, to the ends of ranges; keys are
taken out, put in or put elsewhere. One file in eight is damaged as text.
"""

import json
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from hoverslam.harness.record.toml_text import toml_text

Tree = dict[str, Any]
Path_ = tuple[str | int, ...]
MOST_CHANGES = 4
AS_TEXT = 8
"""One file of so many is damaged as text."""
ODD: tuple[Any, ...] = (
    -1, 0, 1, 2, 10**6, 2**31, 2**53, 2**63 - 1, -(2**63), 2**64, 10**40, 0.0, -0.0, 5e-324, 1e-300, 1e-9, 0.0117, 1e18,
    1e308, -1e308, float("nan"), float("inf"), -float("inf"), True, False, "", " ", "x", "\0", "\x1b[31mred", "[/bold]",
    "\u202e", "x" * 5000, "../../x.toml", "/", ".", "none.toml", "zq3-landing", "zq3_y1", "landing", "extends", [],
    [[]], [0.0], [1.0, 2.0], [[1.0], [1.0, 2.0]], [1.0] * 40, ["x"], [{}], {}, {"a": 1.0}, {"": {}}, [None],
)  # fmt: skip
KEYS = ("extends", "name", "seed", "description", "", "x", "x.y", "__class__", "\u00e9", "file", "override", "faults")


def leaves(tree: Any, path: Path_ = ()) -> list[Path_]:
    """Where every value is that is no table or array, and every empty one of these."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = [place for key, value in items for place in leaves(value, (*path, key))]
    return found or ([path] if path else [])


def inside(tree: Any, path: Path_) -> Any:
    """What is there."""
    for part in path:
        tree = tree[part]
    return tree


def changed(tree: Tree, rng: random.Random) -> Tree:
    """A tree with a few of its values otherwise."""
    made = deepcopy(tree)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        places = leaves(made)
        if places:
            rng.choice(CHANGES)(made, rng.choice(places), rng)
    return made


def _odd(tree: Tree, path: Path_, rng: random.Random) -> None:
    inside(tree, path[:-1])[path[-1]] = deepcopy(rng.choice(ODD))


def _scaled(tree: Tree, path: Path_, rng: random.Random) -> None:
    value = inside(tree, path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        factor = rng.choice((-1.0, 0.0, 10.0 ** rng.uniform(-12.0, 12.0), 1.0 + rng.uniform(-0.3, 0.3)))
        inside(tree, path[:-1])[path[-1]] = value * factor if isinstance(value, float) else round(value * factor)


def _gone(tree: Tree, path: Path_, rng: random.Random) -> None:
    place = path[: rng.randint(1, len(path))]
    del inside(tree, place[:-1])[place[-1]]


def _moved(tree: Tree, path: Path_, rng: random.Random) -> None:
    other = rng.choice(leaves(tree))
    inside(tree, other[:-1])[other[-1]] = deepcopy(inside(tree, path[: rng.randint(1, len(path))]))


def added(tree: Tree, path: Path_, rng: random.Random) -> None:
    """A key more in a table, or a list that is longer, up to seventy times."""
    table = inside(tree, path[: rng.randint(0, len(path) - 1)])
    if isinstance(table, list):
        more = rng.choice((1, 2, 70)) if table else 0  # each its own: a change to one shall not be one to all
        table.extend([deepcopy(table[0]) for _ in range(more)] or [0.0])
    else:
        table[rng.choice((*KEYS, *map(str, path)))] = deepcopy(rng.choice(ODD))


CHANGES: Sequence[Callable[[Tree, Path_, random.Random], None]] = (_odd, _odd, _scaled, _scaled, _gone, _moved, added)


def as_toml(tree: Tree, rng: random.Random) -> bytes:
    """The file of a tree; what TOML has no word for is text."""
    return _text(toml_text(_without_none(tree)).encode("utf-8", "surrogatepass"), rng)


def as_json(told: Any, rng: random.Random) -> bytes:
    """The same as JSON."""
    return _text(json.dumps(told, indent=1).encode(), rng)


def _text(data: bytes, rng: random.Random) -> bytes:
    from tests.harness.campaign.damage import damaged  # loads half the harness: a tree needs nothing of it

    return damaged(data, rng) if data and rng.randrange(AS_TEXT) == 0 else data


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_none(inner) for key, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value if inner is not None] if isinstance(value, list) else value
