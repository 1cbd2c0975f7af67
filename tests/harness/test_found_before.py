"""Mistakes are found before a process is started. Oracle: files with one thing wrong, and starts that fail a test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hoverslam.harness.campaign import cluster
from hoverslam.harness.campaign.run import CampaignRun, MistakeError
from hoverslam.harness.commands.campaign import CampaignRequest, campaign_command
from hoverslam.harness.commands.cases import CasesRequest, cases_command
from hoverslam.harness.commands.certify import CertifyRequest, certify_command
from hoverslam.harness.commands.compare import CompareRequest, compare_command
from hoverslam.harness.commands.hunt import HuntRequest, hunt_command
from hoverslam.harness.errors import users_mistakes
from hoverslam.harness.fly.workers import Crew
from hoverslam.harness.judge.sets import RequirementSetError
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.plant.vehicle import VehicleError
from hoverslam.scenarios.load import ScenarioError

SET = (
    'extends = "landing"\n[[requirement]]\nid = "X-1"\ntitle = "t"\nsource = "s"\n[[requirement.clause]]\nname = "n"\n'
)
SETS = {
    "no formula": (SET + 'formula = "always(nosuch <= 5)"', "no signal or phase 'nosuch'"),
    "a window between frames": (SET + 'formula = "eventually[0.001:0.002](tilt_deg <= 5)"', "contains no frame"),
    "no TOML": (SET + "[[", r"set\.toml: is not valid TOML"),
    "another key": (SET + "limits = 3", "limits"),
}
COMMANDS: dict[str, Callable[[str], int]] = {
    "campaign": lambda scenario: campaign_command(CampaignRequest(scenario, 2, out=Path("out"))),
    "hunt": lambda scenario: hunt_command(HuntRequest(scenario=scenario, out=Path("out"))),
    "cases": lambda scenario: cases_command(CasesRequest(["zq3-landing", scenario], fly=True, out=Path("out"))),
    "certify": lambda scenario: certify_command(CertifyRequest(scenario, {}, 6, out=Path("out"))),
    "compare": lambda scenario: compare_command(CompareRequest("reference", "reference", scenario, 2, out=Path("out"))),
}


FAILURE = '[[failure]]\nname = "a"\nweight = 1e-9\n'
ENGINE_40 = '[[failure.faults]]\nkind = "engine_no_light"\ntarget = 40\nat = "1 s"\n'
STUCK = '[[failure.faults]]\nkind = "sensor_stuck"\ntarget = "fin"\nat = "1 s"\n'


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def starts(*_: object, **__: object) -> None:
        pytest.fail("something was started")

    monkeypatch.chdir(tmp_path)
    for place, name in ((Supervisor, "start"), (Crew, "__enter__"), (cluster, "cluster")):
        monkeypatch.setattr(place, name, starts)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("wrong", SETS)
def test_a_requirement_set_that_is_wrong_is_found_before_anything_is_started(
    command: str, wrong: str, tmp_path: Path
) -> None:
    text, said = SETS[wrong]
    (tmp_path / "set.toml").write_text(text)
    (tmp_path / "mine.toml").write_text('extends = "zq3-landing"\nrequirements.set = "set.toml"\n')
    with pytest.raises(RequirementSetError, match=said) as refused:
        COMMANDS[command]("mine.toml")
    assert isinstance(refused.value, users_mistakes()), "exit code 2"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('flight_load.override."stage.nosuch" = 1.0', "stage.nosuch"),
        ("vehicle.override.sensors.radar_plume_hold_s = 0.0117", "radar_plume_hold_s"),
        ('[[faults]]\nkind = "engine_no_light"\ntarget = 40\nat = "1 s"', r"faults\.0\.target"),
        ("vehicle.override.fins.area_m2 = 1e9", r"fins\.area_m2"),
    ],
)
def test_so_is_any_other_file(command: str, wrong: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'extends = "zq3-landing"\n{wrong}\n')
    with pytest.raises((ScenarioError, VehicleError), match=said):
        COMMANDS[command]("mine.toml")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (FAILURE + ENGINE_40, r"failure\.0.*target = 40"),
        (FAILURE + STUCK + STUCK, r"failure\.0: faults\.1\.kind"),
        ('[aim]\nshift.normal_force = 1.0\nfailure = "R-99"', "aim.failure = 'R-99'"),
    ],
)
def test_a_failure_of_a_campaign_that_cannot_be_flown_is_found_too(wrong: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'scenario = "zq3-landing"\nsound = 1e6\n{wrong}\n')
    with pytest.raises(ScenarioError, match=said):
        campaign_command(CampaignRequest("mine.toml", 2, out=Path("out")))


class Refused:
    """A batch that a worker refused, as Dask hands it over."""

    status = "error"

    def exception(self) -> Exception:
        return VehicleError("release.lox_kg = 1e6 kg exceeds the tank")


def test_flights_that_a_worker_refuses_for_their_files_are_the_users_mistake_and_are_named() -> None:
    run = CampaignRun.__new__(CampaignRun)
    with pytest.raises(MistakeError, match=r"one of the flights 3 to 5 cannot be flown: release\.lox_kg"):
        run._took_batch([3, 4, 5], Refused())
