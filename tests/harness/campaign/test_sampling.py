"""How flights of a campaign are drawn. Oracles: scipy's normal distribution, strata counted, the plant's draws."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest, norm

from hoverslam.harness.campaign.features import features, wind_from
from hoverslam.harness.campaign.sampling import SOUND, Sample, tree_of
from hoverslam.scenarios.campaign import Campaign, read_campaign
from hoverslam.scenarios.dispersions import draw
from hoverslam.scenarios.load import ScenarioError, load, shipped
from hoverslam.scenarios.schema import Scenario

FLIGHTS, ENGINES = 256, 9
LANDING = load("zq3-landing")


def sample(**given: Any) -> Sample:
    campaign = Campaign.model_validate({"name": "c", "scenario": "zq3-landing", "flights": FLIGHTS, **given})
    return Sample(campaign, campaign.base())


def scenario(of: Sample, place: int) -> Scenario:
    return Scenario.model_validate(tree_of(of.tree_of_all, of.flight(place).changes))


def test_a_random_flight_is_that_of_its_seed() -> None:
    drawn = sample(first_seed=41)
    flight = drawn.flight(2)
    assert (flight.place, flight.seed, flight.failure) == (2, 43, SOUND)
    alone = load("zq3-landing", {"seed": "43"})
    assert scenario(drawn, 2).model_dump() == alone.model_dump() | {"expected": None}


@pytest.mark.parametrize("sampling", ["sobol", "latin-hypercube"])
def test_every_single_number_is_standard_normal_and_evenly_spread(sampling: str) -> None:
    drawn = sample(sampling=sampling)
    deviates: dict[str, list[float]] = {}
    for place in range(FLIGHTS):
        for key, value in features(scenario(drawn, place), ENGINES).items():
            deviates.setdefault(key, []).append(value)
    for key in ("isp", "dry_mass", "normal_force", "release_velocity_mps.1", "thrust_engine.7", "cg_lateral_m.0"):
        values = np.array(deviates[key])
        evenly = kstest(values, norm.cdf).statistic
        assert evenly < 2.5 / FLIGHTS + 0.002, (key, evenly)  # a random sample of as many: 0.06
    plume = np.array(deviates["plume"])
    assert kstest((plume - 0.5) / 1.5, "uniform").statistic < 2.5 / FLIGHTS + 0.002, "uniform from 0.5 to 2"


def test_a_latin_hypercube_has_one_flight_in_each_stratum() -> None:
    drawn = sample(sampling="latin-hypercube", sampling_seed=5)
    isp = np.array([drawn.flight(place).changes["drawn"]["isp"] for place in range(FLIGHTS)])
    strata = np.floor(FLIGHTS * norm.cdf(np.clip(isp, -2.9, 2.9))).astype(int)
    inner = Counter(strata[(np.abs(isp) < 2.5)])
    assert set(inner.values()) == {1}


def test_the_first_flights_of_a_longer_sobol_campaign_are_those_of_a_shorter_one() -> None:
    short, long = sample(sampling="sobol", flights=10), sample(sampling="sobol", flights=200)
    assert [short.flight(place) for place in range(10)] == [long.flight(place) for place in range(10)]


def test_another_sampling_seed_draws_other_flights_with_the_same_wind() -> None:
    one, other = sample(sampling="sobol"), sample(sampling="sobol", sampling_seed=1)
    a, b = features(scenario(one, 3), ENGINES), features(scenario(other, 3), ENGINES)
    assert a["isp"] != b["isp"]
    assert a["wind_east_below_1km_mps"] == b["wind_east_below_1km_mps"], "a column comes from the seed"


def test_failures_come_as_often_as_they_weigh() -> None:
    dud = {"name": "dud", "weight": 3.0, "faults": [{"kind": "engine_no_light", "target": 1, "at": "0 s"}]}
    fin = {"name": "fin", "weight": 1.0, "faults": [{"kind": "fin_stuck", "target": 0, "at": "0 s"}]}
    drawn = sample(flights=4000, failure=[dud, fin], sound=4.0)
    told = [drawn.flight(place) for place in range(4000)]
    count = Counter(flight.failure for flight in told)
    for name, share in ((SOUND, 0.5), ("dud", 0.375), ("fin", 0.125)):
        assert count[name] / 4000 == pytest.approx(share, abs=4.0 * np.sqrt(share * (1 - share) / 4000)), name
    first = next(flight for flight in told if flight.failure == "dud")
    (fault,) = scenario(drawn, first.place).faults
    assert (fault.kind, fault.target) == ("engine_no_light", 1)


def test_deviates_are_those_that_the_plant_draws() -> None:
    """`draw` multiplies with sigma and adds 1; both are undone by hand."""
    for seed in (1, 77):
        told = features(load("zq3-landing", {"seed": str(seed)}), ENGINES)
        drawn, sigmas = draw(LANDING.dispersions, seed, ENGINES), LANDING.dispersions
        assert told["isp"] == pytest.approx((drawn.isp - 1.0) / sigmas.isp, abs=1e-5)
        assert told["propellant_kg"] == pytest.approx(drawn.propellant_kg / sigmas.propellant_kg, abs=1e-5)
        assert told["dead_time_s.4"] == pytest.approx(drawn.dead_time_s[4] / sigmas.dead_time_s, abs=1e-5)
        thrust = (1.0 + sigmas.thrust_common * told["thrust_common"]) * (
            1.0 + sigmas.thrust_engine * told["thrust_engine.2"]
        )
        assert thrust == pytest.approx(drawn.thrust[2], abs=1e-7)
        assert told["plume"] == pytest.approx(drawn.plume, abs=1e-5)
        assert told["wind_east_below_1km_mps"] == pytest.approx(drawn.wind_east_mps[:3].mean(), abs=1e-3)


@pytest.mark.parametrize(
    ("wind", "said"), [((3.0, 0.0), "west"), ((0.0, 3.0), "south"), ((-3.0, 0.0), "east"), ((0.0, -3.0), "north")]
)
def test_wind_is_named_after_where_it_comes_from(wind: tuple[float, float], said: str) -> None:
    stated = load("zq3-landing", {"drawn.rest": '"nominal"', "drawn.wind_mps": str(list(wind))})
    assert wind_from(stated, ENGINES) == said
    assert wind_from(load("zq3-landing", {"drawn.rest": '"nominal"'}), ENGINES) == "calm"


def test_every_shipped_campaign_can_be_flown() -> None:
    for name in shipped(folder="campaigns"):
        campaign = read_campaign(name)
        drawn = Sample(campaign, campaign.base())
        assert scenario(drawn, campaign.flights - 1).seed == campaign.first_seed + campaign.flights - 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenario = 'zq3-landing'\nflight = 3", "flight = 3: unknown key; did you mean flights?"),
        ("flights = 3", "scenario: is missing"),
        ("scenario = 'zq3-landing'\nflights = 0", "flights = 0: must be at least 1"),
        (
            "scenario = 'zq3-landing'\n[stop]\nat_least = 0.9\nhardly = 0.95",
            "stop.hardly = 0.95: must be below at_least = 0.9",
        ),
        ("scenario = 'zq3-landing'\n[[failure]]\nname = 'x'\nweight = 1.0\nfaults = []", "failure.0.faults"),
        ("scenario =", "not valid TOML"),
    ],
)
def test_a_campaign_file_that_is_wrong_says_where(tmp_path: Any, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=said.replace(".", r"\.").replace("?", r"\?")):
        read_campaign(str(path))


def test_a_campaign_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ScenarioError, match="campaign 'zq4': unknown; shipped: zq3-at-least, zq3-landing"):
        read_campaign("zq4")


def test_a_scenario_is_a_campaign_with_what_campaigns_have_by_default() -> None:
    assert read_campaign("zq3-heavy") == Campaign(name="zq3-heavy", scenario="zq3-heavy")


def test_nothing_dispersed_cannot_be_sampled_evenly() -> None:
    still = {f"dispersions.{key}": 0.0 for key in ("isp",)}
    assert sample(sampling="sobol", set=still).axes
    calm = LANDING.model_copy(update={"dispersions": type(LANDING.dispersions)()})
    with pytest.raises(ScenarioError, match="write sampling = 'random'"):
        Sample(Campaign(name="c", scenario="zq3-landing", sampling="sobol"), calm)
