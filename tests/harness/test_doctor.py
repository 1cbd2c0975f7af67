"""The doctor. Oracle: this machine, on which the tests run, is healthy; and machines that are made ill on purpose."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from hoverslam.harness.commands import doctor
from hoverslam.harness.commands.doctor import MachineCheck, doctor_command, examine


def found(name: str) -> MachineCheck:
    return next(check for check in examine() if check.name == name)


def test_the_machine_that_runs_the_tests_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor_command(as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is True
    names = [check["name"] for check in report["checks"]]
    assert names == [
        "python",
        "packages",
        "platform",
        "processes",
        "cores",
        "ipc",
        "tcp",
        "kernel cache",
        "disk",
        "clock",
    ]
    assert all(check["remedy"] for check in report["checks"] if check["status"] != "ok")


def test_the_report_for_people_has_a_line_for_each_check(capsys: pytest.CaptureFixture[str]) -> None:
    doctor_command(as_json=False)
    printed = capsys.readouterr().out
    assert all(line in printed for line in ("python", "ipc", "kernel cache", "disk"))


def test_an_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=(3, 10, 1), executable="python"))
    check = next(doctor._python())
    assert (check.status, check.remedy) == ("failed", "install Python 3.11 to 3.13")


def test_a_full_disk_fails_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert found("disk").status == "failed"
    assert "free some space" in found("disk").remedy


def test_a_temporary_folder_that_is_not_there_fails_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/not/there")  # short: a path too long for a socket gives way to /tmp
    assert found("ipc").status == "failed"


def test_a_system_without_pinning_is_told_what_that_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    assert (found("cores").status, "results are the same" in found("cores").remedy) == ("warning", True)


def test_a_system_that_gives_no_certainty_that_all_processes_end_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("processes").status == "ok"
    monkeypatch.setattr("hoverslam.harness.program.guardian.sys", SimpleNamespace(platform="darwin"))
    assert found("processes").status == "warning"
    assert "may continue unreported" in found("processes").found


def test_a_busy_machine_is_told_that_results_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (99.0, 0.0, 0.0))
    assert "bit-equal" in found("cores").remedy


def test_a_check_that_breaks_is_a_finding_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def _broken() -> Iterator[MachineCheck]:
        raise ImportError("no libzmq")
        yield

    monkeypatch.setattr(doctor, "EXAMINATIONS", (_broken, doctor._clock))
    broken, clock = examine()
    assert (broken.name, broken.status, broken.found) == ("broken", "failed", "ImportError: no libzmq")
    assert clock.name == "clock"
    assert doctor_command(as_json=True) == 1
