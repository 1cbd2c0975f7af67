"""Flights of the reference flight software, flown once for all tests here: two real processes each."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hoverslam.harness.fly.assess import Assessment, assess
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.loop.plan import Deadlines, ProgressCallback
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.run_folder import save
from hoverslam.harness.report.scene import Judged
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.load import load
from tests.harness import prefork
from tests.harness.fake_plant import ROOT, nothing_left_behind

PATIENT = Deadlines(hello_s=240.0, first_answer_s=240.0, answer_s=60.0, exit_s=5.0)
"""The first flight compiles bounds-checked kernels, on a machine that may be busy."""
COMMAND_DEADLINE_S = 900.0
"""The case library is flown whole, on a machine that may be busy."""
SEED = 1
"""That of the default scenario."""


class Flown(NamedTuple):
    """A flight and what it came to."""

    record: FlightRecord
    assessment: Assessment
    scenario: dict[str, Any]

    def status(self, requirement: str) -> str:
        """How a requirement came out."""
        return next(result.status for result in self.assessment.results if result.id == requirement)


def fly(
    session: Session,
    scenario: str = "zq3-landing",
    progress: ProgressCallback | None = None,
    sets: Mapping[str, str] | None = None,
) -> Flown:
    """Fly a shipped scenario in a session."""
    flown = load(scenario, sets)
    prepared = prepare(flown, "acceptance")
    record = session.fly(prepared.plant, prepared.plan, progress)
    return Flown(record, assess(record, prepared), flown.model_dump(mode="json"))


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One flight program for many flights; when all are flown, no process and no socket of it is left."""
    tmp_path_factory.getbasetemp()  # made before temporary folders move to where nothing may stay
    with (
        pytest.MonkeyPatch.context() as patch,
        nothing_left_behind(patch),
        Session(transport=ZmqHarness, deadlines=PATIENT, environment={"PYTHONPATH": str(ROOT)}) as session,
    ):
        yield session


@pytest.fixture(scope="session")
def nominal(warm: Session) -> Flown:
    """The default scenario."""
    return fly(warm)


@pytest.fixture(scope="session")
def stored(nominal: Flown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its run folder."""
    folder = tmp_path_factory.mktemp("nominal")
    flight, results, found, *_ = nominal.assessment
    save(nominal.record, folder, nominal.scenario, Judged(flight, results, found).channels)
    return folder


Hoverslam = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def hoverslam(warm: Session, tmp_path_factory: pytest.TempPathFactory) -> Hoverslam:
    """The command in a process of its own. Kernels are warm by then: no deadline of the user's is stretched here."""
    assert warm.pid is not None
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folder = tmp_path_factory.mktemp("runs")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.MonkeyPatch.context() as patch, nothing_left_behind(patch) as sockets:
            return prefork.run(arguments, folder, {**environment, "TMPDIR": str(sockets)}, COMMAND_DEADLINE_S)

    return run


class Library(NamedTuple):
    """The case library as `hoverslam cases` flew it."""

    code: int
    stderr: str
    told: dict[str, Any]
    junit: Path
    page: Path

    @property
    def flights(self) -> dict[str, dict[str, Any]]:
        """Summaries by the name of the case."""
        return {one["scenario"]: one for one in self.told["cases"]}


@pytest.fixture(scope="session")
def library(hoverslam: Hoverslam, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Every shipped case, flown once for all tests here."""
    folder = tmp_path_factory.mktemp("library")
    junit, page = folder / "cases.xml", folder / "cases.md"
    done = hoverslam("cases", "--fly", "--json", "--junit", str(junit), "--page", str(page))
    return Library(done.returncode, done.stderr, json.loads(done.stdout), junit, page)


@pytest.fixture(scope="session")
def told(nominal: Flown, hoverslam: Hoverslam, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """Exit code and summary of `hoverslam run --json`."""
    assert nominal.record.frames
    out = tmp_path_factory.mktemp("told") / "run"
    done = hoverslam("run", "--json", "--out", str(out))
    return done.returncode, json.loads(done.stdout)
