"""Stated outcomes of dispersions. Oracles: sigma times the number by hand, and the seed's own draws scaled and cut."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from hoverslam.harness.fly.prepare import prepare
from hoverslam.scenarios.dispersions import WIND_CORRELATION_M, correlated_column, draw, stream
from hoverslam.scenarios.drawn import DISPERSION, EACH_ENGINE, Dispersions, Drawn
from hoverslam.scenarios.load import ScenarioError, load
from hoverslam.scenarios.schema import Scenario

SIGMAS = Dispersions(
    thrust_common=0.01, thrust_engine=0.02, isp=0.004, dead_time_s=0.08, shut_delay_s=0.01, dry_mass=0.01,
    propellant_kg=400.0, axial_force=0.07, normal_force=0.2, fin_force=0.15, density=0.04, cg_axial_m=0.1,
    cg_lateral_m=0.005, plume=(0.5, 2.0), release_position_m=150.0, release_velocity_mps=3.0,
    release_attitude_deg=1.0, wind_mps=5.0, sensors=1,
)  # fmt: skip
SEED, ENGINES = 7, 9
SCALARS = ("isp", "dry_mass", "axial_force", "normal_force", "fin_force")


def drawn(**stated: Any) -> Any:
    return draw(SIGMAS, SEED, ENGINES, Drawn(**stated))


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_nothing_stated_is_what_the_seed_draws() -> None:
    assert same(drawn(), draw(SIGMAS, SEED, ENGINES))
    by_hand = 400.0 * np.clip(stream(SEED, "propellant_kg").standard_normal(1), -3.0, 3.0)[0]
    assert drawn().propellant_kg == by_hand
    assert drawn().release_velocity_mps == tuple(3.0 * stream(SEED, "release_velocity_mps").standard_normal(3))


def test_the_rest_can_be_nominal() -> None:
    still = drawn(rest="nominal")
    calm = draw(Dispersions(), SEED, ENGINES)
    assert same(still, calm)


@pytest.mark.parametrize("name", SCALARS)
def test_a_stated_number_is_in_sigmas_and_leaves_the_others_alone(name: str) -> None:
    stated = drawn(**{name: -1.5})
    assert getattr(stated, name) == pytest.approx(1.0 - 1.5 * getattr(SIGMAS, name), abs=1e-15)
    before = drawn()._replace(**{name: getattr(stated, name)})
    assert same(stated, before)


def test_engines_not_named_are_nominal() -> None:
    stated = drawn(thrust_common=2.0, thrust_engine=(0.0, -1.0), dead_time_s=(3.0,), shut_delay_s=())
    assert stated.thrust == pytest.approx([1.02, 1.02 * 0.98] + [1.02] * 7)
    assert stated.dead_time_s == pytest.approx([0.24] + [0.0] * 8)
    assert stated.shut_delay_s.tolist() == [0.0] * 9


def test_vectors_are_by_axis() -> None:
    stated = drawn(release_position_m=(1.0, -2.0, 0.0), cg_lateral_m=(0.0, 3.0))
    assert stated.release_position_m == pytest.approx((150.0, -300.0, 0.0))
    assert stated.cg_lateral_m == pytest.approx((0.0, 0.015))


@pytest.mark.parametrize(("share", "factor"), [(0.0, 1.0), (1.0, 2.0), (-1.0, 0.5), (0.5, 1.5), (-0.5, 0.75)])
def test_plume_runs_from_nominal_to_the_ends_of_its_interval(share: float, factor: float) -> None:
    assert drawn(plume=share).plume == pytest.approx(factor)


def test_an_interval_without_nominal_begins_at_its_nearest_end() -> None:
    strong = SIGMAS.model_copy(update={"plume": (1.5, 2.0)})
    assert [draw(strong, SEED, ENGINES, Drawn(plume=x)).plume for x in (-1.0, 0.0, 1.0)] == [1.5, 1.5, 2.0]


def test_columns_are_the_seeds_times_a_factor_and_an_offset_cut_at_three_sigma() -> None:
    east = correlated_column(SEED, "wind_east", 5.0, WIND_CORRELATION_M)
    uncut = np.abs(east) < 15.0
    assert drawn(wind_column=-0.5).wind_east_mps[uncut] == pytest.approx(-0.5 * east[uncut])
    moved = drawn(wind_mps=(2.0, 0.0))
    assert moved.wind_east_mps[uncut] == pytest.approx(np.clip(east + 10.0, -15.0, 15.0)[uncut])
    assert np.array_equal(moved.wind_north_mps, drawn().wind_north_mps)
    even = drawn(rest="nominal", wind_mps=(-3.0, 1.0), density=2.0)
    assert even.wind_east_mps.tolist() == [-15.0] * 261
    assert even.wind_north_mps.tolist() == [5.0] * 261
    assert even.density == pytest.approx([1.08] * 261)
    assert drawn(rest="nominal", wind_column=1.0).wind_east_mps.tolist() == east.tolist()


def test_sensor_errors_are_the_seeds_times_a_factor() -> None:
    half = drawn(sensors=0.5)
    assert np.array_equal(half.imu.ravel(), 0.5 * stream(SEED, "imu").standard_normal(15))
    assert np.abs(drawn(sensors=3.0).imu).max() == 3.0


def scenario(drawn: dict[str, Any], **dispersions: Any) -> Scenario:
    tree = load("zq3-landing").model_dump(mode="json", exclude_none=True)
    return Scenario.model_validate({**tree, "drawn": drawn, "dispersions": {**tree["dispersions"], **dispersions}})


def one_of(key: str) -> Any:
    """A number that is not nominal, for any key."""
    vector = {"cg_lateral_m": 2, "wind_mps": 2} | dict.fromkeys(EACH_ENGINE, 1)
    count = 3 if key.startswith("release_") else vector.get(key, 0)
    return [1.0] * count or 1.0


@pytest.mark.parametrize("key", [key for key in Drawn.model_fields if key != "rest"])
def test_what_is_not_dispersed_cannot_come_out_some_way(key: str) -> None:
    name, tree = DISPERSION.get(key, key), load("zq3-landing").model_dump(mode="json", exclude_none=True)
    assert scenario({key: one_of(key)}).drawn.model_fields_set == {key}
    others = {k: v for k, v in tree["dispersions"].items() if k != name}
    with pytest.raises(ValidationError, match=f"is in sigmas of dispersions.{name}, which is 0"):
        Scenario.model_validate({**tree, "drawn": {key: one_of(key)}, "dispersions": others})


def test_a_rest_of_nothing_is_refused() -> None:
    tree = load("zq3-landing").model_dump(mode="json", exclude_none=True)
    for dispersions, drawn in (({}, {}), ({"isp": 0.004}, {"isp": 1.0})):
        with pytest.raises(ValidationError, match="there is no other dispersion"):
            Scenario.model_validate({**tree, "dispersions": dispersions, "drawn": {"rest": "nominal", **drawn}})
    offset = {"dispersions": {"wind_mps": 5.0}, "drawn": {"rest": "nominal", "wind_mps": [1, 0]}}
    assert Scenario.model_validate({**tree, **offset}).drawn.wind_mps == (1, 0), "the column is left"


@pytest.mark.parametrize(
    ("key", "value"), [("isp", 3.1), ("plume", 1.1), ("wind_mps", [1.0]), ("sensors", -4.0), ("thrust_engine", [4.0])]
)
def test_a_number_beyond_its_limit_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=key):
        scenario({key: value})


def test_more_engines_than_there_are_are_refused() -> None:
    with pytest.raises(
        ScenarioError, match=r"drawn\.dead_time_s = .*has values for 10 engines, but zq3_y1 has 9; shorten it"
    ):
        prepare(scenario({"dead_time_s": [0.5] * 10}), "test")
