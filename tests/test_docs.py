"""The pages that people read. Oracle: the files they link to, and the code whose behaviour they state."""

import inspect
import re
from pathlib import Path

import pytest
from typer.main import get_command

from hoverslam.harness.cli import app, compare
from hoverslam.harness.judge.verdict import Verdict

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # an app of many commands is a group


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_anchor_is_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert [
        (file, anchor) for file, anchor in links if anchor not in _anchors(page.parent / file if file else page)
    ] == []


def _anchors(page: Path) -> set[str]:
    """The anchors of a page, made of its headings as GitHub does."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {
        re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in re.findall(r"^#+ (.+)$", text, re.M)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_that_is_told_is_one_of_its_command(page: Path) -> None:
    told = re.findall(r"\bhoverslam ([a-z]+) ([^`\n]*)", page.read_text(encoding="utf-8"))
    known = {name: _options(name) for name, _ in told if name in COMMANDS}
    assert [f"{name} {option}" for name, rest in told if name in known for option in _told(rest) - known[name]] == []


def _told(line: str) -> set[str]:
    """Options of a command line, without what is quoted (the flight program) or three blanks away (a note)."""
    return set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", " " + re.sub(r'"[^"]*"', "", line.split("   ")[0])))


def _options(name: str) -> set[str]:
    return {"--help", *(one for option in COMMANDS[name].params for one in option.opts)}


def test_the_readme_states_the_exit_codes_that_there_are() -> None:
    stated = dict(
        re.findall(r"^\| (\d+) \| `(\w+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert stated == {str(verdict.exit_code): verdict.value for verdict in Verdict}


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert [name for name in commands if f"hoverslam {name}" not in text] == []


def test_ci_flies_the_cases_with_the_commands_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "cases.yml").read_text(encoding="utf-8")
    commands = [line.removeprefix(".venv/bin/") for line in re.findall(r"^ +- run: (.+)$", workflow, re.MULTILINE)]
    assert any(command.startswith("hoverslam cases --fly --junit ") for command in commands)
    assert [command for command in commands if command not in readme] == []


def test_ci_compares_builds_with_options_that_there_are() -> None:
    workflow = (ROOT / ".github" / "workflows" / "lands.yml").read_text(encoding="utf-8")
    found = re.search(r"hoverslam compare (.+\n.+)$", workflow, re.MULTILINE)
    assert found is not None
    options = re.findall(r" (--?[a-z]+)\b", re.sub(r'"[^"]*"', "", found[1]))
    assert options == ["--campaign", "-n", "--out", "--junit", "--page"]
    there = inspect.signature(compare).parameters
    assert {option.strip("-") for option in options} - {"n"} <= set(there)


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
