"""Commands that a signal ends. Oracle: 128 and the number of the signal, one JSON object, what is on the disk."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hoverslam.harness.bench.bench import bench_command
from hoverslam.harness.commands import validate
from hoverslam.harness.commands.compare import CompareRequest, compare_command
from hoverslam.harness.commands.guard import guarded
from hoverslam.harness.validation.check import Check
from tests.acceptance.kills import table
from tests.harness.test_cli import COMMAND, ECHO_GNC, ENVIRONMENT, clean, hoverslam

__all__ = ["clean"]

DEADLINE_S = 300.0
ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
NOISE = ("Traceback", "resource_tracker", "leaked", "Exception")


def ended(
    number: signal.Signals, word: str, *arguments: str, cwd: Path, group: bool = True
) -> tuple[dict[str, Any], str]:
    """What a command tells that is ended when a line with this word comes: to its whole group, as a terminal does."""
    signal.signal(
        signal.SIGHUP, signal.SIG_DFL
    )  # under nohup the command would inherit that it is ignored, and keep to it
    running = subprocess.Popen(
        [*COMMAND, *arguments, "--json"], cwd=cwd, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    before = ""
    for line in running.stderr:
        before += line
        if word in line:
            break
    os.killpg(running.pid, number)
    out, rest = running.communicate(timeout=DEADLINE_S)
    said = before + rest
    assert running.returncode == 128 + number, said
    assert not [noise for noise in NOISE if noise in said], said
    told = json.loads(out)
    assert (told["exit_code"], told["signal"], told["error"]["kind"]) == (128 + number, number.name, "interrupted")
    assert told["error"]["message"] in said
    return told, said


@pytest.mark.usefixtures("tmp_path", "clean")
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_a_run_keeps_its_log_to_the_last_frame(number: signal.Signals, tmp_path: Path) -> None:
    told, _ = ended(
        number, "glide", "run", "zq3-last-5km", "--gnc", ECHO_GNC, "--realtime", "--out", "here", cwd=tmp_path
    )
    assert told["kept"] == "here"
    kept = json.loads((tmp_path / "here" / "run.json").read_text())
    assert kept["frames"] > 0
    frames = "1 frame" if kept["frames"] == 1 else f"{kept['frames']} frames"
    assert f"interrupted after {frames} (" in told["error"]["message"]
    again = json.loads(hoverslam("replay", "here", "--json", cwd=tmp_path).stdout)
    assert (again["equal"], again["frames"]) == (True, kept["frames"])
    assert hoverslam(*told["go_on"].split()[1:], cwd=tmp_path).returncode == 0
    assert (tmp_path / "here" / "report.html").is_file()


@pytest.mark.usefixtures("tmp_path", "clean")
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_a_run_that_is_ended_before_its_first_frame_leaves_no_folder(number: signal.Signals, tmp_path: Path) -> None:
    told, _ = ended(number, "HOVERSLAM_", "run", "--gnc", "wait", "--out", "here", cwd=tmp_path)
    assert (told["kept"], told["go_on"]) == (None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("tmp_path", "clean")
@pytest.mark.parametrize("number", [signal.SIGTERM], ids=lambda number: number.name)  # a run has all three
def test_cases_that_were_flown_are_told_and_the_rest_can_be_flown(number: signal.Signals, tmp_path: Path) -> None:
    names = ["zq3-landing", "zq3-light", "zq3-2025", "zq3-relight"]
    told, _ = ended(
        number,
        "1/4 flown",
        "cases",
        *names,
        "--fly",
        "--workers",
        "1",
        "--gnc",
        ECHO_GNC,
        "--junit",
        "x.xml",
        cwd=tmp_path,
    )
    assert 1 <= told["flown"] == len(told["cases"]) < 4
    assert shlex.split(told["go_on"]) == ["hoverslam", "cases", *names[told["flown"] :], "--fly", "--gnc", ECHO_GNC]
    suites = ElementTree.parse(tmp_path / "x.xml").getroot()
    assert [one.get("name") for one in suites][: told["flown"]] == names[: told["flown"]]
    assert suites.get("errors") == "1", "that it did not come to its end"


@pytest.mark.usefixtures("tmp_path", "clean")
@pytest.mark.parametrize("number", [signal.SIGHUP], ids=lambda number: number.name)  # that which took semaphores
def test_a_hunt_leaves_no_semaphores_and_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    hunt = ("hunt", "--scenario", "zq3-last-5km", "--budget", "60", "--gnc", ECHO_GNC, "--out", "h")
    told, _ = ended(number, "searching", *hunt, cwd=tmp_path)
    assert told["kept"] == "h"
    assert told["go_on"].endswith("--resume")
    lines = (tmp_path / "h" / "flights.jsonl").read_text().splitlines()
    flights = "1 flight is kept" if len(lines) == 2 else f"{len(lines) - 1} flights are kept"
    assert told["error"]["message"].startswith(flights)


@pytest.mark.usefixtures("tmp_path", "clean")
def test_a_campaign_keeps_what_was_flown_and_says_how_to_go_on(tmp_path: Path) -> None:
    options = ("zq3-last-5km", "-n", "60", "--workers", "1", "--interleave", "1", "--gnc", ECHO_GNC, "--out", "c")
    told, _ = ended(signal.SIGHUP, "1/60", "campaign", *options, cwd=tmp_path)
    there = len(table(tmp_path / "c"))
    assert 1 <= there < 60
    assert told["kept"] == "c"
    assert told["go_on"] == shlex.join(["hoverslam", "campaign", *options, "--json", "--resume"])
    assert f"{there} flight{'s are' if there > 1 else ' is'} kept" in told["error"]["message"]


@pytest.mark.usefixtures("tmp_path", "clean")
def test_a_certificate_tells_what_was_flown_and_certifies_nothing(tmp_path: Path) -> None:
    options = ("zq3-last-5km", "-n", "40", "--gnc", ECHO_GNC, "--out", "here")
    told, _ = ended(signal.SIGTERM, "flight 2 of", "certify", *options, cwd=tmp_path)
    assert (told["certified"], told["kept"]) == (False, "here")
    assert 1 <= len(told["flights"]) < 40
    written = json.loads((tmp_path / "here" / "certificate.json").read_text())
    assert (written["flights"], written["exit_code"]) == (told["flights"], 128 + signal.SIGTERM)
    assert told["go_on"] == shlex.join(["hoverslam", "certify", *options, "--json"])


def in_process(command: Callable[[], int], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What a command tells in which something raises a KeyboardInterrupt, as a signal does."""
    assert guarded(command, as_json=True) == 130
    out, said = capsys.readouterr()
    told: dict[str, Any] = json.loads(out)
    assert (told["exit_code"], told["signal"], told["error"]["kind"]) == (130, "SIGINT", "interrupted")
    assert told["error"]["message"] in said.replace("\n", " ")
    return told


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_comparison_keeps_both_campaigns_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hoverslam.harness.campaign.cluster.cluster", lambda *_: nullcontext())
    monkeypatch.setattr("hoverslam.harness.campaign.run.CampaignRun.run", interrupt)
    monkeypatch.setattr(sys, "argv", ["hoverslam", "compare", "reference", "reference", "--out", "c"])
    request = CompareRequest(
        "reference", "reference", "zq3-landing", 2, out=Path("c"), junit=Path("x.xml"), as_json=True
    )
    told = in_process(lambda: compare_command(request), capsys)
    assert (told["kept"], told["go_on"]) == ("c", "hoverslam compare reference reference --out c --resume")
    assert table(tmp_path / "c" / "a") == [], "a database that can be gone on with"
    assert ElementTree.parse(tmp_path / "x.xml").getroot().get("errors") == "1", "that it did not come to its end"


def test_a_validation_tells_the_suites_that_are_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = Check("nesc", "1", "altitude", 0.5, 1.0, "m", "a test")
    monkeypatch.setattr(validate, "_checks", lambda name: [done] if name == "nesc" else interrupt())
    monkeypatch.setattr(sys, "argv", ["hoverslam", "validate"])
    told = in_process(lambda: validate.validate_command("all", None, None, as_json=True), capsys)
    assert (told["suites"], [check["error"] for check in told["checks"]]) == (["nesc"], [0.5])
    assert (told["kept"], told["go_on"]) == (None, "hoverslam validate")
    assert told["error"]["message"] == "interrupted: 1 of 5 suites done; to repeat: hoverslam validate"


def test_a_benchmark_tells_the_figures_that_are_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hoverslam.harness.bench.lockstep.measure", lambda: {"us_per_frame": 50.0})
    monkeypatch.setattr("hoverslam.harness.bench.plant.measure", interrupt)
    monkeypatch.setattr(sys, "argv", ["hoverslam", "bench"])
    told = in_process(lambda: bench_command(as_json=True), capsys)
    assert told["figures"] == {"lockstep": {"us_per_frame": 50.0}}
    assert (told["kept"], told["go_on"]) == (None, "hoverslam bench")


@pytest.mark.usefixtures("tmp_path", "clean")
def test_what_was_started_to_ignore_a_hangup_goes_on(tmp_path: Path) -> None:
    running = subprocess.Popen(
        ["nohup", *COMMAND, "run", "--gnc", ECHO_GNC, "--out", "here"], cwd=tmp_path, env=ENVIRONMENT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    for line in running.stderr:
        if "glide" in line:
            break
    os.killpg(running.pid, signal.SIGHUP)
    out, said = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 1, said
    assert " FAIL  zq3-landing" in out


@pytest.mark.usefixtures("tmp_path", "clean")
def test_a_second_signal_while_things_are_put_away_breaks_nothing(tmp_path: Path) -> None:
    code = (
        "import os, signal\n"
        "from hoverslam.harness.console.ending import endings, came\n"
        "with endings():\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    except KeyboardInterrupt:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print('put away after', came().name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "put away after SIGTERM\n")
