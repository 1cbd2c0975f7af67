"""Checks a campaign before a worker is started: every file that it reads, every failure that it defines."""

from pydantic import ValidationError

from hoverslam.harness.campaign.sampling import Sample, tree_of
from hoverslam.harness.fly.prepare import Prepared, checked
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.load import ScenarioError, told
from hoverslam.scenarios.schema import Scenario


def check(sample: Sample) -> Prepared:
    """The flight that all share. Raises ScenarioError, VehicleError or RequirementSetError for a mistake in any."""
    campaign = sample.campaign
    first = {"seed": campaign.first_seed}
    of_all = checked(Scenario.model_validate(tree_of(sample.tree_of_all, first)))
    for number, failure in enumerate(campaign.failure):
        own = [fault.model_dump(mode="json", exclude_defaults=True) for fault in failure.faults]
        faults = [*sample.tree_of_all.get("faults", []), *own]
        tree, label = tree_of(sample.tree_of_all, {**first, "faults": faults}), f"{campaign.name}: failure.{number}"
        try:
            checked(Scenario.model_validate(tree))
        except ValidationError as invalid:
            raise ScenarioError(told(explain(invalid, tree), label)) from None
        except ScenarioError as wrong:
            raise ScenarioError(
                f"{label} ({failure.name}), its faults added to those of the scenario: {wrong}"
            ) from None
    if campaign.aim is not None:
        _check_aim(campaign.name, campaign.aim.failure, of_all)
    return of_all


def _check_aim(name: str, failure: str, of_all: Prepared) -> None:
    known = [requirement.id for requirement in of_all.requirements.requirement]
    if failure and failure not in known:
        there = f"no requirement of the set {of_all.requirements.name}; known: {', '.join(known)}"
        raise ScenarioError(f"{name}: aim.failure = {failure!r}: {there}")
