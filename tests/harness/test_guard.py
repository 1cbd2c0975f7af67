"""Exit codes. Oracle: the table of verdicts and codes in the README."""

import json
from collections.abc import Callable

import pytest

from hoverslam.harness.commands.guard import guarded
from hoverslam.harness.errors import UsageError
from hoverslam.harness.judge.requirements import RequirementSetError
from hoverslam.plant.vehicle import VehicleError
from hoverslam.scenarios.load import ScenarioError


def raises(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_a_commands_own_code_is_kept(code: int) -> None:
    assert guarded(lambda: code, as_json=False) == code


@pytest.mark.parametrize("kind", [ScenarioError, VehicleError, RequirementSetError, UsageError])
def test_a_mistake_in_the_users_files_is_one_line_and_two(
    kind: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raises(kind("x.toml:3: pad = 1: must be a table; write one")), as_json=False) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "hoverslam: error: x.toml:3: pad = 1: must be a table; write one\n")


def test_what_nobody_foresaw_is_our_own_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raises(ZeroDivisionError("division by zero")), as_json=False) == 4
    err = capsys.readouterr().err
    assert err.endswith("hoverslam: HARNESS_ERROR: ZeroDivisionError: division by zero\n")
    assert "Traceback" in err, "there was no run folder to keep it in"


def test_a_kept_traceback_is_named_and_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    error = OSError("disk full")
    error.add_note("traceback in runs/x/traceback.txt")
    assert guarded(raises(error), as_json=False) == 4
    assert (
        capsys.readouterr().err == "hoverslam: HARNESS_ERROR: OSError: disk full; traceback in runs/x/traceback.txt\n"
    )


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raises(KeyboardInterrupt()), as_json=False) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "kind", "verdict"),
    [
        (UsageError("no"), 2, "configuration", None),
        (ValueError("no"), 4, "harness", "HARNESS_ERROR"),
        (KeyboardInterrupt(), 130, "interrupted", None),
    ],
)
def test_with_json_an_error_is_one_object_as_well(
    error: BaseException, code: int, kind: str, verdict: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    guarded(raises(error), as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert (printed["exit_code"], printed["error"]["kind"], printed["verdict"]) == (code, kind, verdict)
