"""Test-run wide settings: bounds-checked kernels, derandomised Hypothesis, and no skips in CI."""

import os
import signal
from collections.abc import Generator

# Without bounds checks an out-of-range read in a kernel returns a number instead of failing.
# Set before numba is imported anywhere; processes that tests start inherit it and share the kernel cache.
os.environ.setdefault("NUMBA_BOUNDSCHECK", "1")

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

# A test run started in the background ignores SIGINT and so would every program it starts; at a terminal none does.
signal.signal(signal.SIGINT, signal.default_int_handler)

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

UNTIMED = [HealthCheck.too_slow]  # a busy machine is no defect: no test here is timed
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=UNTIMED)
settings.register_profile("here", deadline=None, suppress_health_check=UNTIMED)
settings.load_profile("ci" if IN_CI else "here")


@pytest.fixture(scope="session", autouse=True)
def _base_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Made before any test sends temporary folders elsewhere: inside such a place it would be removed with it."""
    tmp_path_factory.getbasetemp()


LIBRARY = ("/test_vehicles.py", "acceptance/test_cases.py", "acceptance/test_hashes.py")


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # it has no stubs
    """Processes take one file after the other; what needs the flown case library stays in one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "the case library" if file.endswith(LIBRARY) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """How tests are dealt out (`-n 3`: one more than cores, as tests also wait)."""
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself proves nothing: with CI=true it fails, with its own reason shown."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and a skip is a failure in CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself as a whole."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"module skipped, and a skip is a failure in CI: {report.longrepr}"
    return report
