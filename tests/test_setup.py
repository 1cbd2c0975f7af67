"""What `make run` and `make test` install. Oracle: what the installed packages say that they need."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PARTS = re.split(r"^# .+\n", (ROOT / "requirements.lock").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
FLIES, BEYOND = (set(re.findall(r"^([\w.-]+)==", part, re.MULTILINE)) for part in PARTS)
NOT_TO_FLY = {
    "cryptography", "distributed", "fluids", "hypothesis", "import-linter", "jsbsim", "mypy", "playwright", "pyarrow",
    "pytest", "rtamt", "ruff",
}  # fmt: skip

ELSEWHERE = {"colorama"}
"""Of a flight, but on other systems than those where the tests run."""


def needed(names: set[str]) -> set[str]:
    """These packages and whatever they need on this machine, as their own metadata has it."""
    found: set[str] = set()
    open_ = set(names)
    while open_:
        name = open_.pop()
        try:
            wants = [Requirement(text) for text in distribution(name).requires or []]
        except PackageNotFoundError:
            pytest.fail(f"{name} is needed to fly and is not installed")
        found.add(name)
        here = {canonicalize_name(w.name) for w in wants if w.marker is None or w.marker.evaluate({"extra": ""})}
        open_ |= here - found
    return found


def test_the_first_part_of_the_lock_is_what_a_flight_and_the_installation_need() -> None:
    direct = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert "numba" in direct
    assert needed(direct | {"hatchling", "editables"}) == FLIES - ELSEWHERE


def test_the_lock_has_what_the_extras_that_a_user_may_want_need() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted: set[str] = {
        canonicalize_name(Requirement(text).name) for name in ("campaign", "hunt", "parquet") for text in extras[name]
    }
    assert needed(wanted) <= FLIES | BEYOND


def test_to_fly_takes_no_campaigns_no_browser_driver_no_linters_and_no_parquet() -> None:
    assert NOT_TO_FLY <= BEYOND
    assert not NOT_TO_FLY & FLIES


def test_a_package_stands_in_one_part_of_the_lock() -> None:
    assert not FLIES & BEYOND


def test_every_package_is_pinned_with_its_hashes_and_no_address() -> None:
    stanzas = re.split(r"\n(?=\S)", "".join(PARTS).strip())
    assert len(stanzas) == len(FLIES) + len(BEYOND)
    assert all("--hash=sha256:" in stanza for stanza in stanzas)
    assert "://" not in "".join(PARTS)


def test_the_makefile_cuts_the_lock_where_its_second_part_begins() -> None:
    mark = re.search(r"^BEYOND := \\(#.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert mark is not None
    headings = re.findall(r"^# .+$", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["# What a flight needs.", mark[1]]


def test_ci_does_no_set_up_of_its_own() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")][-1] == "CI=true exec make test"
    assert "apt-get" not in "".join(lines)
