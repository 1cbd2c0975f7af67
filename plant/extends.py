"""Files that extend other files: read and merged key by key.

Vehicles, flight loads and scenarios share this. A file may name another in `extends`, looked up beside itself or among
those shipped: tables merge key by key, anything else replaces.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.plant.toml_file import TomlError, parsed, read_text

MAX_EXTENDS = 8
MOST_PATH = 1000
Folder = Path | Traversable


class LayerError(ValueError):
    """A file of an `extends` chain cannot be used; the text names the file, what is wrong and the remedy."""


class Layer(NamedTuple):
    """One file of an `extends` chain, or another source of keys such as the command line."""

    label: str
    text: str
    folder: Folder
    tree: dict[str, Any]


class FoundFile(NamedTuple):
    """Where a file lies, what to call it in messages, and where the paths in it start."""

    where: Folder
    label: str
    folder: Folder


class Resolved(NamedTuple):
    """A file over what it extends, read once: the tree, the layer that each dotted key is of, the file's own layer."""

    tree: dict[str, Any]
    origins: dict[str, Layer]
    own: Layer


Find = Callable[[str, Folder, str | None], FoundFile]
"""From a name or path, the folder that a path starts from, and who asked (None: the user); raises if there is none."""


def chain(find: Find, reference: str, base: Folder = Path(), seen: tuple[str, ...] = ()) -> list[Layer]:
    """The file and what it extends, the most general first; raises LayerError."""
    layer = _read(find(reference, base, seen[-1] if seen else None))
    if layer.label in seen or len(seen) >= MAX_EXTENDS:
        loop = " -> ".join([*seen, layer.label])
        raise LayerError(f"{layer.label}: extends forms a loop or is nested too deeply ({loop}); remove one extends")
    parent = layer.tree.pop("extends", None)
    if parent is None:
        return [layer]
    if not isinstance(parent, str) or len(parent) > MOST_PATH:
        shown = f"{parent!r}"[:60]
        raise LayerError(f"{layer.label}: extends = {shown}: must be one name or path; put it in quotes")
    return [*chain(find, parent, layer.folder, (*seen, layer.label)), layer]


def _read(found: FoundFile) -> Layer:
    where, label, folder = found
    try:
        text = read_text(where)
        tree = copied(parsed(text))
    except TomlError as wrong:
        raise LayerError(wrong.at(label)) from None
    return Layer(label, text, folder, tree)


def copied(tree: Any) -> Any:
    """A tree of one's own: whoever lays layers over one another writes into them."""
    if isinstance(tree, dict):
        return {key: copied(value) for key, value in tree.items()}
    return [copied(value) for value in tree] if isinstance(tree, list) else tree


GiveWay = Callable[[dict[str, Any], Layer, Mapping[str, Layer]], None]
"""Takes out of the tree so far what a new layer puts in another way."""


def laid(layers: Iterable[Layer], give_way: GiveWay | None = None) -> tuple[dict[str, Any], dict[str, Layer]]:
    """The layers over one another, and which layer each dotted key came from."""
    tree: dict[str, Any] = {}
    origins: dict[str, Layer] = {}
    for layer in layers:
        if give_way is not None:
            give_way(tree, layer, origins)
        merge(tree, layer.tree, layer, origins)
    return tree, origins


def resolved(layers: Sequence[Layer]) -> Resolved:
    """The layers over one another, the last being the file's own. Raises LayerError."""
    return Resolved(*laid(layers), layers[-1])


def merge(
    onto: dict[str, Any], tree: dict[str, Any], layer: Layer, origins: dict[str, Layer], prefix: str = ""
) -> None:
    """Lay `tree` over `onto`, in place, and note which layer each key came from."""
    for key, value in tree.items():
        dotted = f"{prefix}{key}"
        below = onto.get(key)
        if isinstance(value, dict) and isinstance(below, list):
            below = onto[key] = _merge_items(below, value, layer, origins, dotted)
        elif isinstance(value, dict):
            if not isinstance(below, dict):
                onto[key] = {}
                origins[dotted] = layer
            merge(onto[key], value, layer, origins, f"{dotted}.")
        else:
            onto[key] = value
            origins[dotted] = layer


def _merge_items(
    items: list[Any], tree: dict[str, Any], layer: Layer, origins: dict[str, Layer], dotted: str
) -> list[Any]:
    indexed = {str(index): item for index, item in enumerate(items)}
    if not tree.keys() <= indexed.keys():
        wrong = next(iter(tree.keys() - indexed.keys()))
        raise LayerError(f"{layer.label}: {dotted}.{wrong}: no such entry; {dotted} has {len(items)}, counted from 0")
    merge(indexed, tree, layer, origins, f"{dotted}.")
    return list(indexed.values())


def origin(key: str, origins: dict[str, Layer]) -> Layer | None:
    """The layer that set the key, or the nearest table around it."""
    while key:
        if key in origins:
            return origins[key]
        key = key.rpartition(".")[0]
    return None
