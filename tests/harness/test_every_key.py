"""Each key of a scenario, a vehicle and a flight load decides something, or is refused: never silence.

Oracle: a sweep. One key at a time is changed; what the plant, the plan and the judge are then given must be another,
bit by bit, or an error must come. What is compared comes from the far end: the records that the kernels take.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hoverslam.harness.build import build
from hoverslam.harness.fly.applied import applied
from hoverslam.harness.fly.prepare import prepare
from hoverslam.plant.kernels.world.wind import AirColumn
from hoverslam.plant.vehicle import VehicleError
from hoverslam.scenarios.expected import Expected
from hoverslam.scenarios.load import ScenarioError
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.strings import Voter
from hoverslam.scenarios.wind import Wind
from tests.harness.sweep import BASE, Path_, changed, dotted, fingerprint, flown, leaves

FOR_PEOPLE = {"description", *(f"expected.{key}" for key in Expected.model_fields)}
FILES = {"vehicle.file", "flight_load.file", "requirements.set"}
CHOICES: dict[str, list[Any]] = {
    "name": ["another"],
    "wind.turbulence": ["severe"],
    "drawn.rest": ["nominal"],
    **{f"strings.voter.{field}": ["majority"] for field in Voter.model_fields},
    "faults.0.kind": ["engine_slow_start"],
    "faults.0.at": ["4 s", "landing_ignition + 1 s"],
    "faults.0.numbers.hurts": [0.0, 7.0],
    "faults.1.kind": ["sensor_stuck"],
    "faults.1.target": ["radar"],
    "faults.1.at": ["altitude_agl_m < 8000", "speed_mps < 400"],
}


def others(key: str, value: Any) -> list[Any]:
    """Values near this one, some of which the schema will take."""
    if key in CHOICES:
        return CHOICES[key]
    if isinstance(value, int):
        return [x for x in (value + 1, value - 1, 2 * value) if x != value]
    return [x for x in (1.01 * value, value + 0.01, value + 1.0, value - 0.01) if x != value]


SCENARIO_LEAVES = [
    (path, value) for path, value in leaves(BASE) if dotted(path) not in FOR_PEOPLE | FILES and value is not None
]


@pytest.fixture(scope="module")
def as_it_is() -> tuple[Any, ...]:
    return flown(BASE)


def test_the_same_scenario_twice_gives_the_same_bits(as_it_is: tuple[Any, ...]) -> None:
    assert flown(deepcopy(BASE)) == as_it_is
    assert flown({**BASE, "description": "for people"}) == as_it_is
    assert flown({**BASE, "expected": {"verdict": "fail", "fails": ["R-18"], "why": "for people"}}) == as_it_is


@pytest.mark.parametrize(("path", "value"), SCENARIO_LEAVES, ids=lambda x: dotted(x) if isinstance(x, tuple) else "")
def test_a_key_that_changes_changes_what_is_flown(path: Path_, value: Any, as_it_is: tuple[Any, ...]) -> None:
    taken = 0
    for other in others(dotted(path), value):
        try:
            now = flown(changed(BASE, path, other))
        except (ValueError, ScenarioError, VehicleError):
            continue  # beyond a limit: another value will do
        taken += 1
        assert now != as_it_is, f"{dotted(path)} = {other!r} instead of {value!r} changes nothing"
    assert taken, f"no other value of {dotted(path)} was taken, so nothing was shown"


def test_every_key_of_the_schema_is_in_the_sweep() -> None:
    swept = {dotted(tuple(part for part in path if not isinstance(part, int))) for path, _ in SCENARIO_LEAVES}
    known = {key for key in _schema_keys() if key not in FOR_PEOPLE | FILES}
    # stated in another way: the envelope instead of the profile, overrides and files below
    assert known - swept == {"wind.envelope", "wind.from_deg", *(f"drawn.{key}" for key in LEFT)}


def _schema_keys() -> Iterator[str]:
    def keys(model: Any, prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            inner = [x for x in (field.annotation, *getattr(field.annotation, "__args__", ())) if _is_model(x)]
            if inner:
                yield from keys(inner[0], f"{prefix}{name}.")
            elif name == "numbers":
                yield from (f"{prefix}numbers.{number}" for number in ("spike", "hurts", "bias"))
            elif name != "override":
                yield f"{prefix}{name}"

    return keys(Scenario, "")


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "model_fields")


def test_envelope_and_direction_change_what_is_flown() -> None:
    no_profile: dict[str, Any] = {"altitude_msl_m": [], "east_mps": [], "north_mps": []}
    winds = [(50, 270.0), (95, 270.0), (99, 270.0), (99, 260.0)]
    tree = [{**BASE, "wind": {**BASE["wind"], **no_profile, "envelope": e, "from_deg": d}} for e, d in winds]
    assert len({flown(one)[0] for one in tree}) == len(winds)


LEFT = ("fin_force", "plume", "sensors")
"""Outcomes that the sweep leaves to the seed: `rest` is about them, and a plume that is stated uses one end only."""


@pytest.mark.parametrize("key", LEFT)
def test_an_outcome_that_the_sweep_leaves_to_the_seed_changes_what_is_flown(key: str) -> None:
    tree = [{**BASE, "drawn": {**BASE["drawn"], key: value}} for value in (0.0, 0.5)]
    assert len({flown(one)[0] for one in [BASE, *tree]}) == 3


class Foggy(Wind):
    """A key that was added to the schema, and that nobody reads yet."""

    fog_m: float = 0.0


def test_a_key_that_nobody_reads_is_refused_by_name() -> None:
    scenario = Scenario.model_validate(BASE)
    clear = scenario.model_copy(update={"wind": Foggy(**vars(scenario.wind))})
    assert fingerprint(prepare(clear, "at its default it says nothing"))
    foggy = scenario.model_copy(update={"wind": Foggy(**{**vars(scenario.wind), "fog_m": 50.0})})
    expected = r"^zq3-landing: wind\.fog_m = 50\.0: is not used in this flight; remove it$"
    with pytest.raises(ScenarioError, match=expected):
        prepare(foggy, "test")


def test_a_builder_that_forgets_a_part_of_the_scenario_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    still = AirColumn(500.0, np.zeros(261), np.zeros(261), np.ones(261))
    monkeypatch.setattr(build, "_column", lambda *_: still)
    with pytest.raises(ScenarioError) as refused:
        prepare(Scenario.model_validate(BASE), "test")
    said = str(refused.value).splitlines()
    forgotten = [line.split(" = ")[0].split(": ")[1] for line in said]
    assert forgotten == ["wind.altitude_msl_m", "wind.east_mps", "wind.north_mps"]


@settings(max_examples=50)
@given(data=st.data())
def test_an_unknown_key_anywhere_is_refused(data: st.DataObject) -> None:
    tables = [(), *{path[:i] for path, _ in SCENARIO_LEAVES for i in range(1, len(path))}]
    place = data.draw(st.sampled_from([t for t in sorted(tables, key=str) if _is_table(t)]))
    word = data.draw(st.from_regex(r"[a-z]{1,12}_q", fullmatch=True))
    with pytest.raises(ValidationError, match=word):
        prepare(Scenario.model_validate(changed(BASE, (*place, word), 1.0)), "test")


def _is_table(path: Path_) -> bool:
    inner: Any = BASE
    for part in path:
        inner = inner[part]
    return isinstance(inner, dict)


@pytest.mark.parametrize(("path", "value"), SCENARIO_LEAVES, ids=lambda x: dotted(x) if isinstance(x, tuple) else "")
def test_the_echo_shows_each_key_that_changed(path: Path_, value: Any) -> None:
    """`applied` is read off the plant: another value of any key but the judge's is another echo."""
    before = applied(prepare(Scenario.model_validate(BASE), "echo"), flown=False)
    seen = False
    for other in others(dotted(path), value):
        try:
            now = applied(prepare(Scenario.model_validate(changed(BASE, path, other)), "echo"), flown=False)
        except (ValueError, ScenarioError, VehicleError):
            continue
        seen = True
        assert now != before, f"{dotted(path)} = {other!r} instead of {value!r} does not show"
    assert seen
