"""What the docs tell to type for evidence is there. Oracle: the docs."""

import re
from pathlib import Path

import pytest

from tests.evidence.__main__ import PARTS

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "Makefile", *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("file", [file for file in FILES if "make evidence ARGS" in file.read_text()], ids=str)
def test_every_part_that_is_told_is_a_part(file: Path) -> None:
    told = re.findall(r'make evidence ARGS=(?:"([^"]+)"|(\w+))', file.read_text(encoding="utf-8"))
    words = {word for both in told for one in both for word in one.split()}
    assert words
    assert words <= set(PARTS)


def test_the_makefile_names_all_of_them() -> None:
    (told,) = re.findall(r'^evidence: .*ARGS="([^"]+)"', (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told.split()) == sorted(PARTS)
