"""A scenario as code states it: a shipped name, a file or an object, with keys changed as `--set` changes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hoverslam.harness.errors import UsageError
from hoverslam.harness.record.toml_text import value_text
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario


def said(sets: Mapping[str, Any] | None, seed: int | None) -> dict[str, str]:
    """Keys and values as `--set` takes them; text is taken as it is."""
    told = {key: value if isinstance(value, str) else value_text(value) for key, value in (sets or {}).items()}
    return told if seed is None else told | {"seed": str(seed)}


def stated(scenario: str | Path | Scenario, told: Mapping[str, str]) -> Scenario:
    """The scenario with these keys. Raises ScenarioError, and UsageError for keys of one that is made already."""
    if not isinstance(scenario, Scenario):
        return load(scenario, told)
    if others := told.keys() - {"seed"}:
        raise UsageError(
            f"sets = {{{', '.join(sorted(others))}}}: these go with a name or a file; change a Scenario with model_copy"
        )
    return scenario.model_copy(update={"seed": int(told["seed"]), "expected": None}) if told else scenario
