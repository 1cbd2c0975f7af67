"""How the flights of a campaign differ: a pure function of the campaign file and a flight's place in it."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.statistics.importance import Proposal, draw, proposal
from hoverslam.scenarios.campaign import Aim, Campaign
from hoverslam.scenarios.dispersions import deviates
from hoverslam.scenarios.drawn import FACTORS, LARGEST_SIGMA, OFFSETS
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.space import Axis, Space

SOUND = "nothing"
"""Name of what fails in a flight in which nothing does."""


class CampaignPlace(NamedTuple):
    """What sets a flight apart: its place, its seed, what fails, and what of the scenario is stated otherwise."""

    place: int
    seed: int
    failure: str
    changes: dict[str, Any]


class Sample:
    """The flights of a campaign on a scenario."""

    def __init__(self, campaign: Campaign, base: Scenario) -> None:
        """Raises ScenarioError where nothing is dispersed that could be sampled so."""
        self.campaign, self.base = campaign, base
        self._tree = base.model_dump(mode="json", exclude_none=True)
        self._tree.pop("expected", None)
        if campaign.sampling != "random" and not self.axes:
            raise ScenarioError(
                f"{campaign.name}: sampling = {campaign.sampling!r}: {base.name} disperses no scalar; write "
                "sampling = 'random'"
            )
        if campaign.aim is not None and (wrong := sorted(set(campaign.aim.shift) - self._can_be_aimed)):
            raise ScenarioError(
                f"{campaign.name}: aim.shift.{wrong[0]}: no normally dispersed scalar; known: "
                f"{', '.join(sorted(self._can_be_aimed))}"
            )

    @property
    def tree_of_all(self) -> dict[str, Any]:
        """The scenario that all flights share."""
        return self._tree

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The single numbers that are dispersed; what goes by altitude always comes from the seed."""
        return tuple(axis for axis in Space(self.base).axes if axis.key not in FACTORS and axis.key not in OFFSETS)

    @cached_property
    def _can_be_aimed(self) -> frozenset[str]:
        own = deviates(self.base.dispersions, 0, len(self._thrusts), self.base.drawn)
        return frozenset(own) - {"plume"}

    @cached_property
    def _points(self) -> FloatArray:
        """Places in the unit cube, a row a flight."""
        from scipy.stats import qmc

        campaign, size = self.campaign, len(self.axes)
        if campaign.sampling == "sobol":
            doublings = max(campaign.flights - 1, 1).bit_length()
            drawn = qmc.Sobol(size, scramble=True, rng=campaign.sampling_seed).random_base2(doublings)
        else:
            drawn = qmc.LatinHypercube(size, rng=campaign.sampling_seed).random(campaign.flights)
        return np.asarray(drawn[: campaign.flights], dtype=np.float64)

    def flight(self, place: int) -> CampaignPlace:
        """The flight at a place, counted from 0."""
        seed = self.campaign.first_seed + place
        changes: dict[str, Any] = {"seed": seed}
        if self.campaign.aim is not None:
            changes["drawn"] = {**self._tree.get("drawn", {}), **self._aimed(seed)}
        if self.campaign.sampling != "random":
            changes["drawn"] = {**self._tree.get("drawn", {}), **self._stated(self._points[place])}
        failure = self._failure(seed)
        if failure is not None:
            own = [fault.model_dump(mode="json", exclude_defaults=True) for fault in failure.faults]
            changes["faults"] = [*self._tree.get("faults", []), *own]
        return CampaignPlace(place, seed, SOUND if failure is None else failure.name, changes)

    def _aimed(self, seed: int) -> dict[str, Any]:
        """The numbers that are aimed, and the others of their vectors as the seed has them."""
        assert self.campaign.aim is not None
        aimed = dict(zip(sorted(self.campaign.aim.shift), aimed_at(self.campaign.aim, seed), strict=True))
        own = deviates(self.base.dispersions, seed, len(self._thrusts), self.base.drawn)
        keys = {label.partition(".")[0] for label in aimed}
        stated: dict[str, Any] = {}
        for label, value in own.items():
            key, _, place = label.partition(".")
            if key in keys:
                cut = float(np.clip(aimed.get(label, value), -LARGEST_SIGMA, LARGEST_SIGMA))
                stated[key] = [*stated.get(key, []), cut] if place else cut
        return stated

    @cached_property
    def _thrusts(self) -> range:
        from hoverslam.plant.vehicle import load_vehicle

        vehicle = load_vehicle(self.base.vehicle.file, self.base.vehicle.override)
        return range(vehicle.shape.engines)

    def _failure(self, seed: int) -> Any:
        campaign = self.campaign
        if not campaign.failure:
            return None
        digest = hashlib.sha256(f"{seed}:campaign:failure".encode()).digest()
        total = campaign.sound + sum(failure.weight for failure in campaign.failure)
        left = int.from_bytes(digest[:8], "little") / 2.0**64 * total - campaign.sound
        if left < 0.0:
            return None
        for failure in campaign.failure:
            left -= failure.weight
            if left < 0.0:
                return failure
        return campaign.failure[-1]

    def _stated(self, point: FloatArray) -> dict[str, Any]:
        from scipy.special import ndtri

        sigmas = np.clip(ndtri(np.clip(point, 1e-12, 1.0 - 1e-12)), -LARGEST_SIGMA, LARGEST_SIGMA)
        stated: dict[str, Any] = {}
        for axis, share, sigma in zip(self.axes, point, sigmas, strict=True):
            value = self._plume(float(share)) if axis.key == "plume" else float(sigma)
            if axis.place is None:
                stated[axis.key] = value
            else:
                row = stated.setdefault(axis.key, [])
                row += [0.0] * (axis.place + 1 - len(row))
                row[axis.place] = value
        return {key: _whole(key, value) for key, value in stated.items()}

    def _plume(self, share: float) -> float:
        """A factor uniform within its interval, as `[drawn]` states it: from nominal toward an end."""
        low, high = self.base.dispersions.plume or (1.0, 1.0)
        factor, nominal = low + share * (high - low), min(max(1.0, low), high)
        span = high - nominal if factor > nominal else nominal - low
        return 0.0 if span <= 0.0 else (factor - nominal) / span


def aimed_at(aim: Aim, seed: int) -> FloatArray:
    """What a flight draws of the labels in `aim.shift`, in their order sorted, before it is cut at three sigma."""
    digest = hashlib.sha256(f"{seed}:campaign:aim".encode()).digest()
    rng = np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
    drawn: FloatArray = draw(aim_of(aim), 1, rng)[0]
    return drawn


def aim_of(aim: Aim) -> Proposal:
    """As the statistics take it, labels sorted."""
    return proposal(np.array([aim.shift[label] for label in sorted(aim.shift)]), aim.scale, aim.nominal)


def _whole(key: str, value: Any) -> Any:
    """Vectors with all their elements, as `[drawn]` wants them."""
    length = {"cg_lateral_m": 2}.get(key, 3 if key.startswith("release_") else 0)
    return [*value, *[0.0] * (length - len(value))] if isinstance(value, list) else value


def tree_of(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The whole scenario of a flight, from what a database keeps of it."""
    return {**base, **changes}
