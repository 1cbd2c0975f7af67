"""Origin of an exception: the command line, the user's files, or the harness."""

import sys


class UsageError(Exception):
    """An argument that cannot be used: what, why, and the remedy, in one line."""


class OwnFaultError(Exception):
    """A fault of the harness or its machine that was foreseen: what happened, what is kept, and how to go on."""

    def __init__(self, told: str, **facts: object) -> None:
        super().__init__(told)
        self.facts = facts


USERS_MISTAKES = (
    ("hoverslam.scenarios.load", "ScenarioError"),
    ("hoverslam.plant.vehicle", "VehicleError"),
    ("hoverslam.harness.judge.sets", "RequirementSetError"),
    ("hoverslam.harness.campaign.store", "StoreError"),
)
"""What the parts raise for a mistake in the user's files. By name: a part that is not loaded has raised nothing, and
loading it to find out would make a typing slip cost the import of numba."""


def users_mistakes() -> tuple[type[Exception], ...]:
    """The exceptions that are the user's to correct."""
    loaded = ((sys.modules.get(module), name) for module, name in USERS_MISTAKES)
    return UsageError, *(getattr(module, name) for module, name in loaded if module is not None)
