"""What becomes of standard output decides nothing. Oracle: /dev/full, closed descriptors, pipes, encodings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.test_cli import COMMAND, ECHO_GNC, ENVIRONMENT

DEADLINE_S = 300.0
PASSES = (
    "import sys\n"
    "from hoverslam.harness.console.ending import endings\n"
    "from hoverslam.harness.commands.guard import guarded\n"
    "from hoverslam.harness.console.console import print_json, progress, results\n"
    "from hoverslam.harness.console.streams import steady\n"
    "steady()\n"
    "def command():\n"
    "    progress().print('on the way \\u2192')\n"
    "    for _ in range(400): results().print('verdict \\u2192 \\U0001f680 \\udcff')\n"
    "    print_json({'verdict': '\\u2192'})\n"
    "    return int(sys.argv[1])\n"
    "sys.exit(guarded(command, as_json=False, shows=len(sys.argv) > 2))\n"
)
BROKEN = {
    "closed": ">&-", "full": ">/dev/full", "errors closed": "2>&-", "errors full": "2>/dev/full",
    "all closed": "<&- >&- 2>&-", "both full": ">/dev/full 2>&1", "both closed": ">&- 2>&-", "gone": "| true",
    "gone soon": "| head -1 >/dev/null",
}  # fmt: skip
NARROW = [
    {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii:strict"},
    {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"TERM": "dumb"}, {"NO_COLOR": "1"},
    {"COLUMNS": "1"}, {"COLUMNS": "0"}, {"COLUMNS": "-5"}, {"COLUMNS": "wide"}, {"TERM": ""}, {"FORCE_COLOR": "1"},
]  # fmt: skip


def bash(how: str, *command: str, cwd: Path, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """A command with its streams as a shell redirects them; the exit code is its own and not that of a reader."""
    return subprocess.run(
        ["bash", "-c", f'"$@" {how}; exit ${{PIPESTATUS[0]}}', "-", *command],
        cwd=cwd, env={**ENVIRONMENT, **(env or {})},
        capture_output=True, text=True, errors="replace", timeout=DEADLINE_S, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("code", [0, 1, 3])
@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN)
def test_a_verdict_keeps_its_exit_code(how: str, code: int, tmp_path: Path) -> None:
    done = bash(how, sys.executable, "-c", PASSES, str(code), cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["closed", "full"])
def test_what_standard_output_does_not_take_goes_to_standard_error(how: str, tmp_path: Path) -> None:
    done = bash(BROKEN[how], sys.executable, "-c", PASSES, "0", cwd=tmp_path)
    assert done.stderr.count("standard output cannot be written") == 1
    assert done.stderr.count("verdict \u2192") == 400


def test_a_reader_that_has_gone_is_not_given_the_rest_elsewhere(tmp_path: Path) -> None:
    done = bash(BROKEN["gone"], sys.executable, "-c", PASSES, "0", cwd=tmp_path)
    assert done.stderr == "on the way \u2192\n"


@pytest.mark.parametrize(
    ("how", "code"), [("closed", 2), ("full", 2), ("all closed", 2), ("gone", 141), ("errors full", 0)]
)
def test_a_command_that_only_shows_has_failed_where_it_could_not(how: str, code: int, tmp_path: Path) -> None:
    assert bash(BROKEN[how], sys.executable, "-c", PASSES, "0", "shows", cwd=tmp_path).returncode == code


@pytest.mark.parametrize("env", NARROW, ids=str)
def test_no_terminal_and_no_locale_is_an_error(env: dict[str, str], tmp_path: Path) -> None:
    done = bash("", sys.executable, "-c", PASSES, "0", cwd=tmp_path, env=env)
    assert (done.returncode, done.stdout.count("verdict")) == (0, 401), done.stderr


@pytest.mark.parametrize("how", ["all closed", "both full", "gone soon"])
def test_a_flight_whose_output_nobody_gets_keeps_verdict_and_folder(how: str, tmp_path: Path) -> None:
    """The echo program lets the stage fall: FAIL, whose code is 1."""
    done = bash(BROKEN[how], *COMMAND, "run", "zq3-last-5km", "--gnc", ECHO_GNC, "--out", "here", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert json.loads((tmp_path / "here" / "summary.json").read_text())["verdict"] == "FAIL"
    assert (tmp_path / "here" / "report.html").read_text().endswith("</html>\n")


@pytest.mark.parametrize("env", [NARROW[0], NARROW[3], {"COLUMNS": "1", "TERM": "dumb"}], ids=str)
def test_a_flight_in_a_narrow_encoding_is_the_same_flight(env: dict[str, str], tmp_path: Path) -> None:
    done = bash("", *COMMAND, "run", "zq3-last-5km", "--gnc", ECHO_GNC, "--out", "here", cwd=tmp_path, env=env)
    assert done.returncode == 1, done.stderr
    assert json.loads((tmp_path / "here" / "summary.json").read_bytes())["verdict"] == "FAIL"


def test_a_closed_descriptor_is_not_that_of_a_file_that_is_opened_later(tmp_path: Path) -> None:
    """Else what is printed would go into the file."""
    code = (
        "from hoverslam.harness.console.streams import steady\nsteady()\n"
        "file = open('database', 'w')\nprint('printed')\nimport os; os.write(1, b'printed'); file.write('kept')"
    )
    bash(BROKEN["all closed"], sys.executable, "-c", code, cwd=tmp_path)
    assert (tmp_path / "database").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["database"]
