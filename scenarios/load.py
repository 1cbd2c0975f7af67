"""Reads a scenario: a shipped name or a file, what it extends, and values set on the command line.

A file may extend another: tables merge key by key, anything else replaces. Files named inside a scenario are looked up
beside the file that names them, so a folder of scenarios can be moved as a whole.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hoverslam.plant.extends import Folder, FoundFile, Layer, LayerError, chain, copied, laid, origin
from hoverslam.plant.toml_file import MOST_PARTS, NotTomlError, TomlError, is_file, parsed, read_text
from hoverslam.scenarios.explain import Mistake, cut, explain
from hoverslam.scenarios.schema import Scenario

MAX_SHOWN = 10
COMMAND_LINE = "--set"
# What a scenario may name: the key, the package folder with the shipped ones, and what to call it.
REFERENCES = (
    ("vehicle.file", "hoverslam.plant", "vehicles", "vehicle"),
    ("flight_load.file", "hoverslam.scenarios", "flight_loads", "flight load"),
    ("requirements.set", "hoverslam.scenarios", "requirements", "requirement set"),
)


class ScenarioError(Exception):
    """A scenario that cannot be flown; one line a mistake: place, key, value, limit, remedy."""


def shipped(package: str = "hoverslam.scenarios", folder: str = "cases") -> dict[str, Traversable]:
    """The shipped files of a kind by name, sorted; they travel as package data."""
    root = files(package) / folder
    if not root.is_dir():
        return {}
    found = ((Path(item.name).stem, item) for item in root.iterdir() if item.name.endswith(".toml"))
    return dict(sorted(found))


def read_tree(path: Folder, label: str) -> dict[str, Any]:
    """The tree of a TOML file that extends nothing; raises ScenarioError."""
    try:
        tree: dict[str, Any] = copied(parsed(read_text(path)))
    except TomlError as wrong:
        raise ScenarioError(wrong.at(label)) from None
    return tree


def load(name_or_path: str | Path, sets: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of this name or file, with `sets` (dotted key -> TOML value as text) on top of it."""
    try:
        layers = [*_files(str(name_or_path)), *_from_command_line(sets or {})]
        _expect_nothing_of_another_flight(layers)
        tree, origins = laid(layers, _give_way)
    except LayerError as wrong:
        raise ScenarioError(str(wrong)) from None
    mistakes = list(_resolve_references(tree, origins))
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as invalid:
        mistakes = [*explain(invalid, tree), *mistakes]
    if mistakes:
        raise ScenarioError("\n".join(_lines(mistakes, origins, layers)))
    return scenario


def _files(reference: str) -> list[Layer]:
    """The scenario's file and what it extends, the most general first; a name belongs to one file."""
    layers = chain(_find, reference)
    for base in layers[:-1]:
        base.tree.pop("name", None)
        base.tree.pop("expected", None)
    layers[-1].tree.setdefault("name", Path(reference).stem)
    return layers


def _expect_nothing_of_another_flight(layers: list[Layer]) -> None:
    """What is expected is about the file as it stands: what the command line makes of it is another flight."""
    if any(layer.label == COMMAND_LINE and layer.tree.keys() != {"expected"} for layer in layers):
        for layer in layers:
            if layer.label != COMMAND_LINE:
                layer.tree.pop("expected", None)


def _find(reference: str, base: Folder, asked_by: str | None) -> FoundFile:
    """Where a scenario lies; paths are shown as they were given."""
    if reference.endswith(".toml") or "/" in reference:
        path = base / reference
        if not is_file(path):
            raise ScenarioError(f"{asked_by or 'scenario'}: no file {str(path)!r}; check the path")
        return FoundFile(path, str(path), path.parent if isinstance(path, Path) else base)
    cases = shipped()
    if reference in cases:
        return FoundFile(cases[reference], f"{reference} (shipped)", files("hoverslam.scenarios") / "cases")
    known = f"; shipped: {', '.join(cases)}; a file of your own ends in .toml"
    raise ScenarioError(f"{asked_by or 'scenario'}: no scenario {reference!r}{_did_you_mean(reference, cases)}{known}")


def _from_command_line(sets: Mapping[str, str]) -> Iterator[Layer]:
    """Each `--set` as a layer of its own; an array element is named by its index, as in `faults.0.engine`."""
    for dotted, text in sets.items():
        *path, last = dotted.split(".")
        if not all([*path, last]) or len(path) >= MOST_PARTS:
            raise ScenarioError(f"{COMMAND_LINE} {dotted[:80]}={text[:80]}: needs a dotted key, e.g. rates.gnc_hz=50")
        tree: dict[str, Any] = {}
        inner = tree
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = _value(dotted, text)
        yield Layer(COMMAND_LINE, "", Path(), tree)


def _value(dotted: str, text: str) -> Any:
    """A TOML value; what is none, such as `severe`, is taken as text."""
    try:
        tree = parsed(f"value = {text}")
    except NotTomlError:
        return text
    except TomlError as wrong:
        raise ScenarioError(f"{COMMAND_LINE} {dotted}{str(wrong).removeprefix('value')}") from None
    return tree["value"] if len(tree) == 1 else text


PROFILE, ENVELOPE = ("altitude_msl_m", "east_mps", "north_mps"), ("envelope", "from_deg")


def _give_way(tree: dict[str, Any], layer: Layer, origins: Mapping[str, Layer]) -> None:
    """A wind stated in one way takes out what a layer below says of the other, and no gusts what scales them."""
    stated, below = layer.tree.get("wind"), tree.get("wind")
    if not isinstance(stated, dict) or not isinstance(below, dict):
        return
    gone = ["w20_mps"] if stated.get("turbulence") == "none" else []
    gone += PROFILE if "envelope" in stated else ENVELOPE if any(stated.get(key) for key in PROFILE) else ()
    for key in gone:
        if key in below and key not in stated and origins[f"wind.{key}"].label != layer.label:
            del below[key]


def _resolve_references(tree: dict[str, Any], origins: Mapping[str, Layer]) -> Iterator[Mistake]:
    """Make paths absolute and see that every named file exists."""
    for dotted, package, folder, noun in REFERENCES:
        table, key = dotted.split(".")
        reference = tree.get(table, {}).get(key) if isinstance(tree.get(table), dict) else None
        if not isinstance(reference, str):
            continue
        if not reference.endswith(".toml"):
            known = shipped(package, folder)
            if reference not in known:
                names = ", ".join(known) or "none"
                guess = _did_you_mean(reference, known)
                remedy = f"shipped: {names}; a file of your own ends in .toml"
                yield Mistake(dotted, reference, f"no such {noun}{guess}", remedy)
            continue
        path = origins[dotted].folder / reference
        if is_file(path):
            tree[table][key] = str(path.resolve()) if isinstance(path, Path) else reference
        else:
            yield Mistake(dotted, reference, f"no such {noun} file ({cut(str(path), 200)})", "check the path")


def _did_you_mean(word: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def told(mistakes: list[Mistake], label: str) -> str:
    """Lines for people about a file that extends nothing."""
    return "\n".join(_shortened([f"{label}: {mistake}" for mistake in mistakes]))


def _shortened(lines: list[str]) -> list[str]:
    return [*lines[:MAX_SHOWN], *([f"and {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else [])]


def _lines(mistakes: list[Mistake], origins: dict[str, Layer], layers: list[Layer]) -> Iterator[str]:
    for mistake in mistakes[:MAX_SHOWN]:
        layer = origin(mistake.key, origins) or next((layer for layer in reversed(layers) if layer.text), layers[0])
        line = _line_of(layer.text, mistake.key)
        place = f"{layer.label}:{line}" if line else layer.label
        yield f"{place}: {mistake}"
    if len(mistakes) > MAX_SHOWN:
        yield f"and {len(mistakes) - MAX_SHOWN} more"


def _line_of(text: str, key: str) -> int | None:
    """The line where a key is set, or else where its table begins; a reader's help, so a plain scan is enough."""
    wanted = tuple(key.split("."))
    table: tuple[str, ...] = ()
    entries: dict[tuple[str, ...], int] = {}
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[(\[?)([^\[\]]+)\]", line):
            table = _parts(header[2])
            if header[1]:
                entries[table] = entries.get(table, -1) + 1
                table = (*table, str(entries[table]))
            here = table
        elif assignment := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            here = (*table, *_parts(assignment[1]))
        else:
            continue
        if here == wanted[: len(here)] and len(here) > best[0]:
            best = (len(here), number)
    return best[1]


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in key.split("."))
