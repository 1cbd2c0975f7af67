"""Counts agree with their nouns: one of a thing is named as one. Oracles: English, and the text of the sources."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.commands.certify import _condition_line
from hoverslam.harness.commands.validate import _graded
from hoverslam.harness.judge.link_findings import _computer, _sensors
from hoverslam.harness.statistics.words import counted

ROOT = Path(__file__).parents[1]
NOUNS = (
    "flights|frames|faults|times|requirements|findings|cases|checks|rows|lines|results|messages|workers|cores|causes"
    "|deadlines|deviations|engines|formulas|failures|processes|signals|seeds|fields|connections"
)
AFTER_A_VALUE = re.compile(rf"^ (?:more )?(?:{NOUNS})\b")
PERHAPS = re.compile(rf"[}}](?:\"\s*f?\")? (?:more )?(?:{NOUNS})\b")
"""The same in the text of a file, so that few files are parsed."""
NEVER_ONE = {
    "harness/bench/bench.py": "a rate",
    "harness/certify/certify.py": "six at least",
    "harness/commands/hunt.py": "a rate",
    "harness/report/run/tables.py": "how many times as fast",
    "harness/campaign/bank.py": "a list of numbers",
    "scenarios/no_effect.py": "refused where it is none or too many",
    "plant/arming.py": "more than can be had",
    "gnc/fit.py": "more than can be had",
    "harness/statistics/sensitivity.py": "a mistake in code that calls it",
    "harness/statistics/sequential.py": "a mistake in code that calls it",
}
"""Where a value stands before a plural on purpose, and why."""


def sources() -> Iterator[Path]:
    for package in ("harness", "scenarios", "plant", "gnc"):
        yield from sorted((ROOT / package).rglob("*.py"))


def written(path: Path) -> Iterator[tuple[int, str]]:
    """Each text with "(s)" in a file that is no docstring, with its line."""
    text = path.read_text(encoding="utf-8")
    if "(s)" not in text:
        return
    tree = ast.parse(text)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def values_before_plurals(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    if not PERHAPS.search(text):
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for before, after in zip(node.values, node.values[1:], strict=False):
            plain = isinstance(before, ast.FormattedValue) and isinstance(after, ast.Constant)
            if plain and AFTER_A_VALUE.match(str(after.value)):  # type: ignore[attr-defined]  # a constant, as `plain` says
                name = ast.unparse(before.value)  # type: ignore[attr-defined]  # a formatted value, as it was chosen
                if not name.rpartition(".")[2].isupper():
                    yield node.lineno, f"{{{name}}}{str(after.value)[:30]}"  # type: ignore[attr-defined]  # a constant, as `plain` says


def test_no_text_leaves_its_plural_to_the_reader() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {text[:60]}" for path in sources() for line, text in written(path)
             if re.search(r"[a-z]\(s\)", text)]  # fmt: skip
    assert found == []


def test_no_value_stands_before_a_plural_that_it_may_not_agree_with() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {text}" for path in sources() for line, text in
             values_before_plurals(path) if str(path.relative_to(ROOT)) not in NEVER_ONE]  # fmt: skip
    assert found == []


def computer(count: int) -> str:
    return "; ".join(one.text for one in _computer({"restarts": count, "deadlines_missed": count}))


def sensors(count: int) -> str:
    names = ("lost", "refused", "unheard", "corrupted", "repeated", "late")
    told: dict[str, Any] = {f"sensors_{name}": count for name in names}
    (one,) = _sensors({**told, "sensors_longest_gap_frames": count, "sensors_latest_frames": count}, count, 0.02)
    return one.text


def certified(count: int) -> str:
    flight = {"same": True, "program_stops": count, "harness_stops": count, "reused": True, "tries": count}
    return _condition_line("stopped", [flight])


@pytest.mark.parametrize(
    ("says", "one", "two"),
    [
        (computer, ["restarted 1 time;", "missed 1 deadline"], ["restarted 2 times;", "missed 2 deadlines"]),
        (sensors, ["of 1 frame, 1 lost", "delay up to 1 frame;"], ["of 2 frames, 2 lost", "delay up to 2 frames;"]),
        (certified, ["program 1 time, harness 1 time)"], ["program 2 times, harness 2 times)", "1 flown again"]),
        (lambda count: _graded(0, count), ["1 check within its gate"], ["all 2 checks within their gates"]),
        (lambda count: _graded(count, count), ["1 of 1 check beyond its gate"], ["2 of 2 checks beyond their gates"]),
        (lambda count: counted(count, "process", "processes"), ["1 process"], ["2 processes"]),
    ],
)
def test_one_is_told_as_one_and_two_as_two(says: Callable[[int], str], one: list[str], two: list[str]) -> None:
    assert all(part in says(1) for part in one), says(1)
    assert not re.search(r"\b1 [a-z]+s\b", re.sub(r"1 process\b", "", says(1))), says(1)
    assert all(part in says(2) for part in two), says(2)
