"""The list of current violations at the end of docs/style.md. Oracle: the sources, counted."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("harness", "gnc", "plant", "scenarios", "src", "tests")
MODULE_LINES, FUNCTION_LINES, ARGUMENTS = 300, 40, 6


def test_what_breaks_the_house_rules_is_listed_with_its_reason() -> None:
    text = (ROOT / "docs" / "style.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([\w/]+\.py(?::\w+)?)`", text.split("## Where we break our own rules")[1]))
    found = {place: what for path in _sources() for place, what in _violations(path)}
    assert {place: what for place, what in found.items() if place not in listed} == {}, "add them, or mend them"
    assert listed - found.keys() == set(), "these are mended: take them off the list"


BARE = re.compile(r"# (type: ignore(\[[a-z, -]+\])?|noqa(: [A-Z0-9, ]+)?)$")


def test_each_ignore_has_its_reason_beside_it() -> None:
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in _sources() for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    ]  # fmt: skip
    assert [place for place, line in lines if BARE.search(line)] == []


def test_no_two_public_classes_have_one_name() -> None:
    found: dict[str, list[str]] = {}
    for path in _sources():
        if (place := str(path.relative_to(ROOT))).startswith("tests/"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(place)
    assert len(found) > 300
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted(path for path in (ROOT / package).rglob("*.py") if not path.is_symlink())


def _violations(path: Path) -> Iterator[tuple[str, str]]:
    text, place = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
    if (lines := len(text.splitlines())) > MODULE_LINES:
        yield place, f"{lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{place}:{node.name}", f"{length} lines"
            if not place.startswith("tests/") and (arguments := _arguments(node)) > ARGUMENTS:
                yield f"{place}:{node.name}", f"{arguments} arguments"


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])
