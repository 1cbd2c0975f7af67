"""Fixtures for scenario files."""

from pathlib import Path

import pytest

from tests.scenarios.files import GOOD, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a scenario with replacements or additions beside the files that it names."""
    for name in ("stage.toml", "believed.toml", "judge.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")

    def _write(old: str = "", new: str = "", *, more: str = "", name: str = "flight.toml") -> Path:
        assert old in GOOD
        path = tmp_path / name
        path.write_text(GOOD.replace(old, new, 1) + more if old else GOOD + more, encoding="utf-8")
        return path

    return _write
