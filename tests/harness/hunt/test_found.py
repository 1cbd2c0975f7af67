"""The counterexample as a file. Oracle: loading it gives the very scenario that was hunted, but for its name."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from hoverslam.harness.hunt.causes import Cause
from hoverslam.harness.hunt.engine import HuntFailure
from hoverslam.harness.hunt.flyer import HuntJob
from hoverslam.harness.hunt.found import Found, Origin, adopt, write_found
from hoverslam.harness.hunt.properties import Margin
from hoverslam.scenarios.fault_grid import FaultPoint
from hoverslam.scenarios.limits import Limits
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.space import Space

MARGIN = Margin("R-21", True, -0.33, -13.2, "m", "in all 53.2 m at 73.01 s, limit <= 40 m")
OWN = """
extends = "zq3-landing"
[wind]
turbulence = "severe"
w20_mps = 15.0
[drawn]
isp = 0.5
[[faults]]
kind = "fin_stuck"
target = 2
at = "20 s"
"""


def handed_back(named: str, sets: Mapping[str, str], out: Path, margin: Margin = MARGIN) -> tuple[Found, Scenario]:
    space = Space(load(named, sets), Limits())
    case = space.case([FaultPoint("sensor_bias", "gnss", 3, 1, (-2,))], {"wind_mps.0": 6, "dead_time_s.5": -4})
    origin, job = Origin(named, sets, "everything"), HuntJob("requirements", "./mine --fast")
    cause = Cause((HuntFailure(margin, 17, case, case, 9),), case, (margin,))
    found = write_found(cause, space, origin, job, out)
    return found, space.build(case)


def but_for_its_name(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"name": "", "description": ""})


@pytest.mark.parametrize(
    "sets",
    [
        {},
        {"wind.turbulence": "severe", "seed": "7", "dispersions.wind_mps": "8.0"},
        {"vehicle.override.body.dry_mass_kg": "46500.0", "faults": '[{kind = "fin_stuck", target = 1, at = "3 s"}]'},
    ],
)
def test_the_file_is_the_case(sets: dict[str, str], tmp_path: Path) -> None:
    found, flown = handed_back("zq3-landing", sets, tmp_path / "out")
    assert but_for_its_name(load(found.scenario)) == but_for_its_name(flown)
    assert load(found.scenario).name == "zq3-landing-r-21"


def test_a_file_of_the_users_own_is_found_again_from_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "storm.toml").write_text(OWN, encoding="utf-8")
    found, flown = handed_back(str(tmp_path / "mine" / "storm.toml"), {}, tmp_path / "out")
    assert but_for_its_name(load(found.scenario)) == but_for_its_name(flown)
    assert tomllib.loads(Path(found.scenario).read_text())["extends"] == "../../mine/storm.toml"
    adopted = adopt(found, tmp_path / "cases" / "deep")
    assert but_for_its_name(load(adopted)) == but_for_its_name(flown)
    assert str(adopted) in adopted.read_text(), "the line that flies it"


def test_it_says_what_it_breaks_and_how_to_fly_it(tmp_path: Path) -> None:
    found, _ = handed_back("zq3-landing", {}, tmp_path)
    cause, first, second, *_ = Path(found.scenario).read_text(encoding="utf-8").splitlines()
    assert cause == f"# Cause: {found.cause}"
    assert found.cause.endswith("dead_time_s.5 at -1 sigma; wind_mps.0 at +1.5 sigma"), found.cause
    assert found.cause.startswith("sensor bias of gnss (")
    assert first == "# Violates R-21 (margin -13.2 m): in all 53.2 m at 73.01 s, limit <= 40 m"
    assert second == f"# Fly it: hoverslam run {found.scenario} --gnc './mine --fast'"
    assert (found.first_flight, found.shrink_flights, found.faults, found.off_nominal) == (17, 9, 1, 2)


def test_an_id_that_is_no_name_of_a_folder_is_made_one(tmp_path: Path) -> None:
    found, _ = handed_back("zq3-landing", {}, tmp_path, MARGIN._replace(id="pad/edge 1"))
    assert Path(found.scenario) == tmp_path / "pad-edge-1" / "zq3-landing-pad-edge-1.toml"
    assert load(found.scenario).seed == 1
