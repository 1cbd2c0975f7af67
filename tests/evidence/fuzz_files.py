"""Feeds of the coverage-guided fuzzer: the readers of files of a user, which read or refuse and raise nothing else.

Files are fed as text, and, as TOML in Python is slow to read, from behind the parser as well: there the bytes say which
values of a shipped tree are changed, and how.
"""

import pickle
import random
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.evidence.fuzz_wire import Feed
from tests.evidence.made_files import CHANGES, MOST_CHANGES, Path_, Tree, added, inside, leaves
from tests.evidence.tables import ROOT

TEXT_BYTES = 4096
"""Most of a file as text."""


class BytesAsChance(random.Random):
    """Random numbers that are the bytes of an input, then zeros: who changes a byte changes one decision."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self.left = memoryview(data)

    def getrandbits(self, bits: int) -> int:
        size = -(-bits // 8)
        taken, self.left = self.left[:size], self.left[size:]
        return int.from_bytes(taken, "little") & ((1 << bits) - 1)

    def random(self) -> float:
        return self.getrandbits(32) / 2**32

    def text(self) -> str:
        """A few of the bytes as text."""
        size = self.getrandbits(5)
        taken, self.left = bytes(self.left[:size]), self.left[size:]
        return taken.decode("utf-8", "replace")


def _scenario(path: Path) -> None:
    import_module("hoverslam.scenarios.load").load(str(path))


def _vehicle(path: Path) -> None:
    import_module("hoverslam.plant.vehicle").load_vehicle(str(path))


def _campaign(path: Path) -> None:
    import_module("hoverslam.scenarios.campaign").read_campaign(str(path))


def _requirements(path: Path) -> None:
    sets = import_module("hoverslam.harness.judge.sets")
    sets.refuse_empty_windows(sets.load_requirements(str(path)), 0.01)


READERS: dict[str, tuple[Callable[[Path], None], str, tuple[str, ...]]] = {
    "scenario": (_scenario, "scenarios/cases", ("hoverslam.scenarios.load", "hoverslam.scenarios.schema")),
    "campaign": (_campaign, "scenarios/campaigns", ("hoverslam.scenarios.campaign",)),
    "vehicle": (_vehicle, "plant/vehicles", ("hoverslam.plant.vehicle",)),
    "requirements": (_requirements, "scenarios/requirements", ("hoverslam.harness.judge.sets",)),
}
"""Of each kind of file: who reads it, where those that are shipped lie, what has to be loaded for it."""


@cache
def _place() -> Path:
    """A folder of this process, gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="hoverslam-fuzz-")
    _KEPT.append(folder)
    return Path(folder.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def let_go() -> None:
    """The folder is gone before the process is."""
    while _KEPT:
        _KEPT.pop().cleanup()
    _place.cache_clear()


def as_text(kind: str) -> Callable[[], Feed]:
    """The file itself."""

    def make() -> Feed:
        read, _, modules = READERS[kind]
        for module in modules:
            import_module(module)
        refusals, path = _refusals(), _place() / "made.toml"

        def feed(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read(path)
            except refusals:
                return

        return feed

    return make


def as_tree(kind: str) -> Callable[[], Feed]:
    """What the parser would hand on: a shipped tree of which the input changes a few values."""

    def make() -> Feed:
        read, _, modules = READERS[kind]
        for module in modules:
            import_module(module)
        toml, load = import_module("hoverslam.plant.toml_file"), import_module("hoverslam.scenarios.load")
        extends = import_module("hoverslam.plant.extends")
        refusals, path = _refusals(), _place() / "made.toml"
        trees = [(tree, leaves(tree)) for tree in _trees(kind)]
        path.write_text(MADE)
        made: dict[str, Any] = {}

        def parsed(text: str) -> dict[str, Any]:
            if text != MADE:
                tree: dict[str, Any] = toml.parsed(text)
                return tree
            toml._check(made)  # as of a tree that was parsed
            return made

        _put_in(extends, parsed=parsed, copied=_copied)
        _put_in(load, parsed=parsed, shipped=cache(load.shipped))  # half of the time, and nothing is shipped meanwhile

        def feed(data: bytes) -> None:
            nonlocal made
            chance = BytesAsChance(data)
            made = edited(*trees[chance.getrandbits(8) % len(trees)], chance)
            try:
                read(path)
            except refusals:
                return

        return feed

    return make


def _put_in(module: ModuleType, **ours: Callable[..., Any]) -> None:
    for name, one in ours.items():
        setattr(module, name, one)


def _copied(tree: Any) -> Any:
    """As `extends.copied`, which is a third of the time where it is instrumented and has no branch of interest."""
    return pickle.loads(pickle.dumps(tree))


MADE = "# The tree of this file is made.\n"


def _refusals() -> tuple[type[Exception], ...]:
    """What is raised for a mistake of the user, by whatever has been loaded."""
    found: tuple[type[Exception], ...] = import_module("hoverslam.harness.errors").users_mistakes()
    return found


def _files(kind: str) -> Iterator[Path]:
    return iter(sorted((ROOT / READERS[kind][1]).glob("*.toml")))


def _trees(kind: str) -> Iterator[Tree]:
    """Shipped files of a kind as trees, each small: two requirements, of vehicles those that extend another."""
    parse = import_module("hoverslam.plant.toml_file").parsed
    for path in _files(kind):
        tree = parse(path.read_text(encoding="utf-8"))
        if kind == "requirements":
            yield from (
                {**tree, "requirement": tree["requirement"][n : n + 2]} for n in range(len(tree["requirement"]))
            )
        elif kind != "vehicle" or "extends" in tree:
            yield dict(tree)


def edited(tree: Tree, places: Sequence[Path_], chance: BytesAsChance) -> Tree:
    """A tree with values changed as long as there are bytes that say how, at most four; only the first may multiply."""
    made: Tree = _copied(tree)
    for ways in (WAYS, *[SMALL_WAYS] * (MOST_CHANGES - 1)):
        if not len(chance.left):
            break
        place = places[chance.getrandbits(16) % len(places)]
        with suppress(LookupError, TypeError):  # what a change before has taken away
            inside(made, place)
            chance.choice(ways)(made, place, chance)
    return made


def _put(tree: Any, path: Path_, value: Any) -> None:
    inside(tree, path[:-1])[path[-1]] = value


def _text(tree: Any, path: Path_, chance: BytesAsChance) -> None:
    _put(tree, path, chance.text())


def _spliced(tree: Any, path: Path_, chance: BytesAsChance) -> None:
    """Into a text that is there, so that formulas and moments remain nearly right."""
    text = str(inside(tree, path))
    at = chance.getrandbits(16) % (len(text) + 1)
    _put(tree, path, text[:at] + chance.text() + text[at + chance.getrandbits(3) :])


def _number(tree: Any, path: Path_, chance: BytesAsChance) -> None:
    _put(tree, path, struct.unpack("<d", chance.getrandbits(64).to_bytes(8, "little"))[0])


def _whole(tree: Any, path: Path_, chance: BytesAsChance) -> None:
    _put(tree, path, chance.getrandbits(16) - 2**15)


BY_BYTES = (_text, _spliced, _spliced, _number, _whole)
"""Changes whose values are in the input."""
WAYS = (*CHANGES, *BY_BYTES)
SMALL_WAYS = tuple(way for way in WAYS if way is not added)
"""Those that do not make a list seventy times as long: one after the other, these would fill the memory."""


def texts(kind: str) -> Callable[[], dict[str, bytes]]:
    """Shipped files of a kind; of a long one its beginning, to whole lines."""

    def seeds() -> dict[str, bytes]:
        found = {path.stem: path.read_bytes() for path in _files(kind)}
        return {name: data[:TEXT_BYTES].rpartition(b"\n")[0] + b"\n" for name, data in found.items()}

    return seeds


def edits() -> dict[str, bytes]:
    """No change, and a few of each sort."""
    return {"none": b"", **{str(n): random.Random(n).randbytes(4 + 4 * (n % 8)) for n in range(64)}}
