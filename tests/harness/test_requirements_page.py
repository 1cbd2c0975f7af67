"""The page on requirements. Oracle: the examples it prints, taken at their word."""

import re
from pathlib import Path

from hoverslam.harness.judge.requirements import evaluate, load_requirements
from hoverslam.harness.signals.vocabulary import VOCABULARY
from hoverslam.harness.stl.parser import parse
from tests.harness.flights import view

PAGE = Path(__file__).parents[2] / "docs" / "requirements.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_set_on_the_page_is_one_and_judges_a_flight(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    (tmp_path / "mine.toml").write_text(example, encoding="utf-8")
    judged = {result.id: result for result in evaluate(view(), load_requirements(str(tmp_path / "mine.toml")))}
    assert (judged["M-01"].status, judged["M-01"].goal_met, judged["M-01"].unit) == ("pass", True, "deg")
    assert judged["R-31"].severity == "required"


def test_formulas_on_the_page_are_formulas() -> None:
    found = re.findall(r"`((?:always|full_thrust)[^`]* (?:implies|<=)[^`]*)`", TEXT)
    assert len(found) >= 4
    for text in found:
        parse(text, VOCABULARY)
