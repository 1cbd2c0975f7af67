"""Campaign files: which flights are flown, how their dispersions are drawn, what fails how often, when to stop."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.plant.toml_file import is_file
from hoverslam.scenarios.drawn import LARGEST_SIGMA
from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.faults import Fault
from hoverslam.scenarios.load import ScenarioError, load, read_tree, shipped, told
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.table import Table

MOST_FLIGHTS = 100_000


def _array(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Failure(Table):
    """A failure in some of the flights; at most one in each flight."""

    name: str = Field(min_length=1, max_length=80)
    weight: float = Field(gt=0.0, le=1e6, description="relative to the other failures and to `sound`")
    faults: Annotated[tuple[Fault, ...], BeforeValidator(_array)] = Field(
        min_length=1, description="as in a scenario, in addition to those of the scenario"
    )


class Aim(Table):
    """Importance sampling: these numbers are drawn near failures, and each flight gets a weight.

    A share `nominal` of the flights is drawn from the nominal distribution, so that no weight exceeds 1 / nominal.
    """

    shift: dict[str, Annotated[float, Field(ge=-LARGEST_SIGMA, le=LARGEST_SIGMA)]] = Field(
        min_length=1, description="shift of the mean in sigmas, by label, e.g. normal_force, release_velocity_mps.1"
    )
    scale: float = Field(default=1.0, ge=0.5, le=3.0, description="standard deviation of the proposal, in sigmas")
    nominal: float = Field(
        default=0.1, gt=0.0, lt=1.0, description="share of flights drawn from the nominal distribution"
    )
    failure: str = Field(
        default="", description="id of the requirement that counts as the failure; default: any failure"
    )


class Stop(Table):
    """Wald's sequential test of the success rate, evaluated after each flight in the order of their seeds."""

    at_least: float = Field(gt=0.0, lt=1.0, description="success rate that must be accepted")
    hardly: float = Field(
        gt=0.0, lt=1.0, description="success rate that must be rejected; between the two, either result is possible"
    )
    accept_wrongly: float = Field(
        default=0.05, gt=0.0, lt=0.5, description="probability of accepting a success rate of `hardly`"
    )
    reject_wrongly: float = Field(
        default=0.05, gt=0.0, lt=0.5, description="probability of rejecting a success rate of `at_least`"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Stop":
        if self.hardly >= self.at_least:
            text = "must be below at_least = {high}; lower it"
            raise PydanticCustomError("campaign", text, {"key": "hardly", "value": self.hardly, "high": self.at_least})
        return self


class Campaign(Table):
    """A campaign file. A flight's seed is `first_seed` and its place, counted from 0."""

    name: str = Field(default="", max_length=80, description="default: the file name")
    description: str = ""
    scenario: str = Field(description="a shipped scenario, or the path of a .toml file relative to this file")
    set: dict[str, Any] = Field(
        default_factory=dict, description="scenario keys to change, dotted, as in `hoverslam run --set`"
    )
    flights: int = Field(
        default=1000, ge=1, le=MOST_FLIGHTS, description="number of flights; the largest number if [stop] is given"
    )
    first_seed: int = Field(default=1, ge=0, le=2**53)
    sampling: Literal["random", "latin-hypercube", "sobol"] = Field(
        default="random",
        description=(
            "sampling method of dispersed scalars; profiles of wind and density, gusts and noise always come from "
            "the seed"
        ),
    )
    sampling_seed: int = Field(default=0, ge=0, le=2**53, description="seed that scrambles latin-hypercube and sobol")
    sound: float = Field(default=0.0, ge=0.0, le=1e6, description="weight of flights without failure")
    failure: Annotated[tuple[Failure, ...], BeforeValidator(_array)] = ()
    stop: Stop | None = None
    aim: Aim | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Campaign":
        if self.aim is not None and (self.sampling != "random" or self.stop is not None):
            text = "works only with sampling = 'random' and without [stop]; remove one of them"
            raise PydanticCustomError("campaign", text, {"key": "aim", "value": "{...}"})
        return self

    def base(self, sets: Mapping[str, str] | None = None) -> Scenario:
        """The scenario that all flights share, with `sets` of a command line on top."""
        stated = {key: json.dumps(value) for key, value in self.set.items()}
        return load(self.scenario, {**stated, **(sets or {})})


OF_A_SCENARIO = {"extends", *Scenario.model_fields} - set(Campaign.model_fields)
"""Keys by which a scenario is told from a campaign."""


def read_campaign(name_or_path: str) -> Campaign:
    """A shipped campaign, a .toml file, or a scenario flown with what a campaign has by default.

    Raises ScenarioError: place, key, value, remedy.
    """
    known = shipped(folder="campaigns")
    if not name_or_path.endswith(".toml") and name_or_path not in known:
        if name_or_path in shipped():
            return Campaign(name=name_or_path, scenario=name_or_path)
        raise ScenarioError(
            f"campaign {name_or_path!r}: unknown; shipped: {', '.join(known)}; or give the path of a .toml file, or "
            "a scenario"
        )
    path = known.get(name_or_path, Path(name_or_path))
    if not is_file(path):
        raise ScenarioError(f"campaign: no file {name_or_path!r}; check the path")
    tree = read_tree(path, name_or_path)
    if "scenario" not in tree and tree.keys() & OF_A_SCENARIO:
        return Campaign(name=path.name.removesuffix(".toml")[:80], scenario=name_or_path)
    tree.setdefault("name", Path(name_or_path).stem)
    try:
        campaign = Campaign.model_validate(tree)
    except ValidationError as invalid:
        found = explain(invalid, tree, Campaign)
        raise ScenarioError(told(found, name_or_path)) from None
    if campaign.scenario.endswith(".toml"):
        campaign = campaign.model_copy(update={"scenario": str(Path(name_or_path).parent / campaign.scenario)})
    return campaign
