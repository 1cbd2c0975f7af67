"""The scenario reference in the docs. Oracle: the schema that reads the files."""

from pathlib import Path

import pytest

from hoverslam.scenarios.reference import TABLES, reference
from hoverslam.scenarios.schema import Scenario

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"


def test_the_page_in_the_docs_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run: python -m hoverslam.scenarios.reference > docs/scenarios.md"
    )


@pytest.mark.parametrize("key", Scenario.model_fields)
def test_every_top_level_key_is_explained(key: str) -> None:
    assert key in {name.strip("[]") for name in TABLES} or f"`{key}`" in reference()
