"""The flights among which a hunt searches: faults on a grid, and dispersions in quarters of a sigma.

A case is whole numbers only, and all of them zero is the nominal flight. Made from what the scenario disperses and what
the vehicle has, so that every case can be flown; of two faults that cannot act together the later is left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from hoverslam.scenarios.drawn import DISPERSION, EACH_ENGINE, Drawn
from hoverslam.scenarios.fault_grid import (
    LASTS_S,
    MOST_NUMBER,
    FaultPoint,
    Parts,
    fault_tree,
    moments,
    searched_numbers,
    targets,
)
from hoverslam.scenarios.faults import Fault, disagreements
from hoverslam.scenarios.limits import STEP_SIGMA, Limits
from hoverslam.scenarios.link_kinds import ALL_KINDS
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.no_effect import fault_without_effect
from hoverslam.scenarios.schema import Scenario


class Case(NamedTuple):
    """A flight: its faults, and steps of what is off nominal by the label of its axis, in the order of the axes."""

    faults: tuple[FaultPoint, ...] = ()
    steps: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> str:
        """The same for the same case, in any process."""
        return json.dumps(self)

    @staticmethod
    def from_key(key: str) -> "Case":
        """The case of a key."""
        faults, steps = json.loads(key)
        return Case(
            tuple(FaultPoint(*fault)._replace(numbers=tuple(fault[-1])) for fault in faults),
            tuple((label, count) for label, count in steps),
        )


class Axis(NamedTuple):
    """A number of `[drawn]`: its key, its place in the array or None, and how many steps it may go either way."""

    key: str
    place: int | None
    most: int

    @property
    def label(self) -> str:
        """As in `wind_mps.0`."""
        return self.key if self.place is None else f"{self.key}.{self.place}"


def parts_of(scenario: Scenario) -> Parts:
    """Read off the vehicle file; engines are those that can be lit."""
    from hoverslam.plant.vehicle import load_vehicle

    vehicle = load_vehicle(scenario.vehicle.file, scenario.vehicle.override)
    lit = tuple(i for i, starts in enumerate(vehicle.cluster.starts) if starts >= 1.0)
    shape = vehicle.shape
    strings = scenario.strings.count or 1
    return Parts(lit, shape.gimballed, shape.fins, shape.thrusters, shape.legs, strings)


class Space:
    """All cases of a scenario within limits."""

    def __init__(self, scenario: Scenario, limits: Limits | None = None, parts: Parts | None = None) -> None:
        """Raises ScenarioError where nothing is left to search."""
        self.scenario, self.limits = scenario, limits or Limits()
        self.parts = parts or parts_of(scenario)
        self._stated: dict[FaultPoint, dict[str, Any] | None] = {}
        if self.limits.faults and self.limits.least_faults and not self.strata:
            raise ScenarioError(
                f"{scenario.name}: none of the fault kinds of the strategy applies to this vehicle; change `kinds`"
            )
        if not self.axes and not (self.limits.faults and self.strata):
            raise ScenarioError(f"{scenario.name}: no dispersions and no faults: nothing to search; add some")

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """What can be off nominal, each number for itself."""
        return tuple(self._axes())

    def _axes(self) -> Iterator[Axis]:
        most = round(self.limits.sigma / STEP_SIGMA)
        for key in Drawn.model_fields:
            chosen = key in self.limits.dispersions if self.limits.dispersions else key != "rest"
            if not chosen or not getattr(self.scenario.dispersions, DISPERSION.get(key, key)):
                continue
            if getattr(self.scenario.drawn, key) is not None:
                continue  # the scenario itself says how it came out
            length = {"cg_lateral_m": 2, "wind_mps": 2}.get(key, 3 if key.startswith("release_") else 0)
            for index in self.parts.engines if key in EACH_ENGINE else range(length) if length else (None,):
                yield Axis(key, index, most)

    @cached_property
    def strata(self) -> tuple[tuple[str, int | str], ...]:
        """Each kind of fault on each thing that can have it."""
        kinds = self.limits.kinds or tuple(ALL_KINDS)
        found = [(kind, target) for kind in kinds for target in targets(kind, self.parts)]
        return tuple(one for one in found if self.fault(FaultPoint(*one)) is not None)

    def fault(self, point: FaultPoint) -> dict[str, Any] | None:
        """As a scenario states it; plainer where it would do nothing in this way, None where in no way."""
        if point not in self._stated:
            self._stated[point] = self._plainest(point)
        return self._stated[point]

    def _plainest(self, point: FaultPoint) -> dict[str, Any] | None:
        plainer = (
            point,
            point._replace(lasts=0),
            point._replace(lasts=0, numbers=()),
            FaultPoint(point.kind, point.target),
        )
        for attempt in plainer:
            tree = fault_tree(attempt)
            try:
                fault = Fault.model_validate(tree)
            except ValidationError:
                continue
            if not any(fault_without_effect(fault, self.scenario.rates)):
                return tree
        return None

    def tree(self, case: Case) -> dict[str, Any]:
        """`drawn` and `faults` of the case, as a scenario file states them; those of the scenario come first."""
        stated = self.scenario.drawn.model_dump(mode="json", exclude_none=True) | {"rest": "nominal"}
        steps = dict(case.steps)
        for axis in self.axes:
            if axis.label in steps:
                _state(stated, axis, steps[axis.label] * _unit(axis))
        own = [fault.model_dump(mode="json", exclude_defaults=True) for fault in self.scenario.faults]
        return {"drawn": stated, "faults": [*own, *self._agreeing(case.faults)]}

    def _agreeing(self, points: Sequence[FaultPoint]) -> Iterator[dict[str, Any]]:
        """Those that can act together with all before them."""
        agreed = self.scenario.faults
        for point in points:
            tree = self.fault(point)
            if tree is None:
                continue
            together = (*agreed, Fault.model_validate(tree))
            if not disagreements(together):
                agreed = together
                yield tree

    def build(self, case: Case) -> Scenario:
        """The scenario of a case."""
        return Scenario.model_validate(self.whole_tree(case))

    def whole_tree(self, case: Case) -> dict[str, Any]:
        """The scenario of a case as plain data."""
        return {**self._base, **self.tree(case)}

    @cached_property
    def _base(self) -> dict[str, Any]:
        return self.scenario.model_dump(mode="json", exclude_none=True, exclude={"expected"})

    def case(self, faults: Sequence[FaultPoint], steps: Mapping[str, int]) -> Case:
        """In one form: axes in their order, zeros left out, no fault that would not come through."""
        kept: list[FaultPoint] = []
        for point in faults:
            if len(list(self._agreeing([*kept, point]))) > len(kept):
                kept.append(point)
        told = tuple((axis.label, steps[axis.label]) for axis in self.axes if steps.get(axis.label))
        return Case(tuple(kept), told)

    def random(self, rng: np.random.Generator) -> Case:
        """Uniform: how many faults and deviations, which, and how large."""
        limits = self.limits
        most = limits.faults if self.strata else 0
        faults = [self.random_fault(rng) for _ in range(int(rng.integers(min(limits.least_faults, most), most + 1)))]
        off = int(rng.integers(0, min(limits.off_nominal, len(self.axes)) + 1))
        chosen = rng.choice(len(self.axes), off, replace=False) if off else ()
        return self.case(faults, {self.axes[i].label: _nonzero(rng, self.axes[i].most) for i in chosen})

    def random_fault(self, rng: np.random.Generator, stratum: tuple[str, int | str] | None = None) -> FaultPoint:
        """A kind and then a target of it, uniform, unless given; the rest uniform."""
        if stratum is None:
            kinds = sorted({kind for kind, _ in self.strata})
            kind = kinds[int(rng.integers(len(kinds)))]
            targets = [target for k, target in self.strata if k == kind]
            stratum = (kind, targets[int(rng.integers(len(targets)))])
        kind, target = stratum
        numbers = tuple(int(rng.integers(-MOST_NUMBER, MOST_NUMBER + 1)) for _ in searched_numbers(kind))
        return FaultPoint(kind, target, int(rng.integers(len(moments(kind)))), int(rng.integers(len(LASTS_S))), numbers)


def _nonzero(rng: np.random.Generator, most: int) -> int:
    return int(rng.integers(1, most + 1)) * (1 if rng.random() < 0.5 else -1)


def _unit(axis: Axis) -> float:
    """What a step is in the unit of the key; the plume runs from -1 to 1."""
    return 1.0 / axis.most if axis.key == "plume" else STEP_SIGMA


def _state(stated: dict[str, Any], axis: Axis, value: float) -> None:
    value = round(value, 6)
    if axis.place is None:
        stated[axis.key] = value
        return
    length = {"cg_lateral_m": 2, "wind_mps": 2}.get(axis.key, 3 if axis.key.startswith("release_") else axis.place + 1)
    given = list(stated.get(axis.key, ()))
    given += [0.0] * (max(length, axis.place + 1) - len(given))
    given[axis.place] = value
    stated[axis.key] = given
