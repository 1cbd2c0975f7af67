"""The pytest plugin: a team's own test file says `def test_lands(fly): assert fly("zq3-landing").passed`.

    pytest --hoverslam-gnc "./build/fsw"                the program under test; the reference flight software otherwise
    @pytest.mark.hoverslam_requirement("R-21")          what a test is about; `passed` is then about these alone

Loaded in every pytest run on this machine: nothing of ours is imported before a test asks for a flight, a suite that
has a package of its own called `harness` finds that one, and options and markers carry our name.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hoverslam.harness.fly.pilot import Pilot
    from hoverslam.harness.pytest_plugin import FlyFixture

CURRENT = pytest.StashKey[pytest.Item]()
GNC, RUNS, MARKER = "--hoverslam-gnc", "--hoverslam-runs", "hoverslam_requirement"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The program to fly, and where flights that fail are kept."""
    group = parser.getgroup("hoverslam")
    group.addoption(GNC, metavar="CMD", default=None, help="flight program that the fixture `fly` flies")
    group.addoption(RUNS, metavar="DIR", default="runs", help="folder for failed flights")


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line("markers", f"{MARKER}(*ids): requirements on which a flight of this test is judged")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Which test it is that flies. The fixture lives as long as the run, so that Hypothesis may call a test again."""
    item.config.stash[CURRENT] = item


@pytest.fixture(scope="session")
def hoverslam_session(request: pytest.FixtureRequest) -> Iterator["Pilot"]:
    """The one flight program of a test run."""
    from hoverslam.harness.errors import UsageError
    from hoverslam.harness.fly.pilot import Pilot

    with ExitStack() as stack:
        try:
            pilot = stack.enter_context(Pilot(request.config.getoption(GNC)))
        except UsageError as error:
            raise pytest.UsageError(str(error).replace("--gnc", GNC)) from None
        yield pilot


@pytest.fixture(scope="session")
def fly(hoverslam_session: "Pilot", request: pytest.FixtureRequest) -> "FlyFixture":
    """Flies a scenario to a verdict: `fly("zq3-landing", seed=3).passed`."""
    from hoverslam.harness.pytest_plugin import FlyFixture

    config = request.config
    gnc, runs = config.getoption(GNC), Path(config.getoption(RUNS))
    return FlyFixture(hoverslam_session, lambda: config.stash[CURRENT], MARKER, gnc, runs)
