"""`hoverslam validate` from outside. Oracle: exit codes and streams as the README says, and docs/json.md."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from hoverslam.harness.commands import validate
from hoverslam.harness.docs.validation import table_rows
from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.gravity import gravity
from hoverslam.harness.validation.nesc import nesc
from hoverslam.harness.validation.us76 import us76
from tests.harness.fake_plant import ROOT
from tests.harness.test_cli import _strict, hoverslam

COLUMNS = (
    "time,altitudeMsl_ft,latitude_deg,longitude_deg,feVelocity_ft_s_X,feVelocity_ft_s_Y,feVelocity_ft_s_Z,"
    "eulerAngle_deg_Yaw,eulerAngle_deg_Pitch,eulerAngle_deg_Roll,bodyAngularRateWrtEi_deg_s_Roll,"
    "bodyAngularRateWrtEi_deg_s_Pitch,bodyAngularRateWrtEi_deg_s_Yaw,airDensity_slug_ft3,mach,dynamicPressure_lbf_ft2"
)
GOOD = Check("us76", "here", "height", 1.0, 2.0, "m", "book")


def test_every_check_is_told_in_json(tmp_path: Path) -> None:
    done = hoverslam("validate", "us76", "--json", cwd=tmp_path)
    told = _strict(done.stdout)
    assert (done.returncode, told["passed"], told["exit_code"]) == (0, True, 0)
    assert {check["quantity"] for check in told["checks"]} == {"temperature", "pressure", "density", "speed of sound"}
    assert all(0.0 <= check["error"] <= check["gate"] for check in told["checks"])


def test_the_table_has_case_quantity_error_gate_and_verdict(tmp_path: Path) -> None:
    done = hoverslam("validate", "gravity", cwd=tmp_path)
    heading, suite, *rows, _, last = done.stdout.splitlines()
    assert heading.split("  ")[0] == "case"
    assert heading.split() == ["case", "quantity", "largest", "error", "gate", "verdict"]
    assert suite.strip() == "gravity"
    assert all(row.rstrip().endswith("pass") for row in rows)
    assert last == "all 5 checks within their gates"


@pytest.mark.parametrize("number", [4, 9])
def test_a_case_is_written_as_published_histories_are(number: int, tmp_path: Path) -> None:
    done = hoverslam("validate", "nesc", "--case", str(number), "--out", "case.csv", "--json", cwd=tmp_path)
    told = _strict(done.stdout)
    assert told["history"] == {"case": number, "file": "case.csv", "rows": 301}
    assert told["passed"] is (None if number == 4 else True)
    assert bool(told["reason"]) == (number == 4), "that nothing was compared is said"
    text = (tmp_path / "case.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == COLUMNS
    rows = list(csv.DictReader(text.splitlines()))
    assert [float(row["time"]) for row in rows] == [round(0.1 * k, 1) for k in range(301)]
    assert all(math.isfinite(float(value)) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nesk"], "no suite 'nesk' (did you mean 'nesc'?); give one of: nesc, us76, gravity, numerics, falcon9, all"),
        (["us76", "--case", "3"], "--case 3: only the suite nesc has cases, not us76; use: validate nesc --case 3"),
        (["nesc", "--case", "11"], "--case 11: must be 1 to 10; give one of these"),
        (["nesc", "--out", "x.csv"], "--out x.csv: writes one check-case; select it with --case N"),
        (["--case", "4", "--out", "no/x.csv"], "--out no/x.csv: no folder no; create it, or give another"),
        (["--case", "4", "--out", "."], "--out .: is a folder; give a file, e.g. case.csv"),
        (["--case", "4", "--out", "/dev/full"], "--out /dev/full: is a device, a pipe or a socket; give a file"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: list[str], expected: str, tmp_path: Path) -> None:
    done = hoverslam("validate", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    said = [line for line in done.stderr.splitlines() if not line.startswith("compiling kernels")]
    assert len(said) == 1
    assert expected in said[0]


def _told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *checks: Check) -> tuple[int, Any]:
    monkeypatch.setattr(validate, "_checks", lambda _name: list(checks))
    code = validate.validate_command("us76", None, None, as_json=True)
    return code, json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_an_error_beyond_its_gate_is_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = _told(capsys, monkeypatch, GOOD, GOOD._replace(error=2.5))
    assert (code, told["exit_code"], told["passed"]) == (1, 1, False)
    assert [check["passed"] for check in told["checks"]] == [True, False]


@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_an_error_that_is_no_number_is_null_with_a_reason(
    error: float, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = _told(capsys, monkeypatch, GOOD._replace(error=error))
    assert (code, told["checks"][0]["error"], told["checks"][0]["passed"]) == (1, None, False)
    assert str(error) in told["checks"][0]["reason"]


def test_the_page_shows_what_the_command_shows() -> None:
    """But for the errors, which follow the machine in their last digits, and the suites that take long."""
    page = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    for row in table_rows([*nesc(), *us76(), *gravity()]):
        before, after = row.split(" | ")[:3], row.split(" | ")[4:]
        assert any(line.split(" | ")[:3] == before and line.split(" | ")[4:] == after for line in page.splitlines()), (
            row
        )
