"""No two files know each other, by whatever way round. Oracle: grimp's graph of imports, which reads the sources.

An import for types and one inside a function count as any other: they are knowledge too (docs/adr/0024-rooms.md).
"""

import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]


def packages() -> list[str]:
    """Ours, as the import contracts name them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(told["tool"]["importlinter"]["root_packages"])


def circles(*names: str) -> list[list[str]]:
    """Modules that lead to each other through imports, in groups."""
    graph = grimp.build_graph(*names, cache_dir=None)
    known = {module: graph.find_upstream_modules(module) for module in graph.modules}
    groups = {
        frozenset({module, *(other for other in reached if module in known[other])})
        for module, reached in known.items()
    }  # fmt: skip
    return sorted(sorted(group) for group in groups if len(group) > 1)


def test_no_file_knows_one_that_knows_it() -> None:
    assert circles(*packages()) == []


PLANTED = {
    "at the top": "from {package}.a import A\n",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {package}.a import A\n",
    "in a function": "def f():\n    from {package} import a\n",
}


@pytest.mark.parametrize("way", PLANTED)
def test_a_circle_is_found_however_it_is_closed(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = f"planted_{way.replace(' ', '_')}"
    folder = tmp_path / package
    folder.mkdir()
    sources = {
        "__init__": "",
        "a": f"import {package}.b\nA = 1\n",
        "b": f"import {package}.c\n",
        "c": PLANTED[way].format(package=package),
        "beside": f"import {package}.a\n",
    }
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert circles(package) == [[f"{package}.{name}" for name in "abc"]]
    (folder / "c.py").write_text("", encoding="utf-8")
    assert circles(package) == []
