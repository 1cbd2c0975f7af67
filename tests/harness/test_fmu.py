"""Controllers exported as FMUs. Oracle: the law of programs/c/controller_fmu.c, computed from recorded sensors."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import fmpy
import msgpack
import pytest

from tests.harness import prefork
from tests.harness.fmus import NAME, description, exported, packed, variables
from tests.harness.test_cli import DEADLINE_S, ENVIRONMENT, hoverslam

FRAMES = 60
LIMIT_RAD = 0.35
SHORT = ("--set", f"rates.max_time_s={FRAMES / 100}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fmu")


def command(fmu: Path, *more: str) -> str:
    return shlex.join([sys.executable, "-P", "-m", "hoverslam.harness.cli", "fmu", str(fmu), *more])


def flown(program: str, out: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = hoverslam("run", "zq3-last-5km", *SHORT, "--gnc", program, "--out", str(out), "--json", *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def exchanged(run: Path) -> list[dict[str, Any]]:
    """Sensors and answers of a run, in turn."""
    assert hoverslam("frames", str(run)).returncode == 0
    messages = msgpack.Unpacker()
    messages.feed((run / "frames.msgpack").read_bytes())
    return list(messages)


@pytest.mark.parametrize("fmi", [2, 3])
def test_it_commands_what_its_law_says_in_every_frame(fmi: int, folder: Path) -> None:
    run = folder / f"run{fmi}"
    code, told = flown(command(exported(folder, fmi)), run)
    assert (code, told["gnc"]["name"]) == (1, NAME), "it falls, and is not lost"
    messages, turned = exchanged(run), 0.0
    assert len(messages) == 2 * FRAMES
    for sensors, answer in zip(messages[::2], messages[1::2], strict=True):
        angle = sensors["imu_dangle_b_rad"][0]
        turned += angle
        wanted = max(min(-200.0 * angle - 0.5 * turned, LIMIT_RAD), -LIMIT_RAD)
        assert answer["fin_rad"] == pytest.approx([wanted] * 4, rel=1e-12, abs=1e-15)
        assert (answer["leg_deploy"], any(answer["engine_on"])) == (False, False)
    assert (
        "no output gives engine_on, throttle, gimbal_rad, rcs_open: 0 and false are sent"
        in (run / "gnc.log").read_text()
    )


def test_the_flight_after_a_reset_is_the_first_again(folder: Path) -> None:
    done = prefork.run(
        ["certify", "zq3-last-5km", "-n", "6", "--set", "rates.max_time_s=0.3", "--gnc", command(exported(folder, 3)),
         "--out", str(folder / "certified"), "--json"], folder, ENVIRONMENT, DEADLINE_S,
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)["certified"]) == (0, True), done.stderr


def test_a_file_says_what_variables_mean_that_are_called_otherwise(folder: Path) -> None:
    rows = [("u[1]", *variables(2)[0][1:]), *variables(2)[1:], ("debug", 40, "Real", "output", "")]
    fmu = exported(folder, 2, rows)
    refused = hoverslam("fmu", str(fmu))
    assert refused.returncode == 2
    assert "input u[1]: nothing in the contract is called so; nearest names: " in " ".join(refused.stderr.split())
    names = folder / "names.toml"
    names.write_text('ignore = ["debug"]\n[inputs]\nu = "imu_dangle_b_rad"\n')
    shown = json.loads(hoverslam("fmu", str(fmu), "--map", str(names), "--json").stdout)
    assert (shown["inputs"][0], shown["telemetry"]) == ("u[1]", ["k_req"])
    code, _ = flown(command(fmu, "--map", str(names)), folder / "mapped")
    assert code == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [(1, "(error)"), (2, "(discard)"), (3, "it asked to end the simulation at 0.2 s")],
)
def test_one_that_fails_is_lost_with_its_own_words(how: int, said: str, folder: Path) -> None:
    code, told = flown(command(exported(folder, 3, fails=how)), folder / f"fails{how}")
    assert (code, told["verdict"]) == (3, "GNC_LOST")
    log = " ".join((folder / f"fails{how}" / "gnc.log").read_text().split())
    assert said in log
    assert "it said: [logStatusError, status 3] the solver gave up" in log


ROWS = variables(2)
GOOD = {"modelDescription.xml": description(2, ROWS), f"binaries/{fmpy.platform}/{NAME}.so": b"x"}
OTHER = {"modelDescription.xml": description(2, ROWS), "binaries/win64/controller.dll": b"x"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"x": "y"}, "has no modelDescription.xml, so it is no FMU"),
        (OTHER, "has no program for this machine"),
        (OTHER, "platforms it has: win64; export it for this platform"),
        ({"modelDescription.xml": description(2, ROWS, kind="ModelExchange")}, "is for model exchange only"),
        (
            {"modelDescription.xml": description(2, ROWS, more='needsExecutionTool="true"')},
            "needs the tool that made it at run time",
        ),
        ({"modelDescription.xml": "<fmiModelDescription"}, "modelDescription.xml cannot be read"),
        ({**GOOD, "../escaped": "x"}, "'../escaped' lies outside of its folder; nothing was unpacked"),
        ({"modelDescription.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}, "declares a document type"),
    ],
)
def test_one_that_cannot_fly_is_refused_with_what_to_do(
    files: dict[str, str | bytes], said: str, tmp_path: Path
) -> None:
    done = hoverslam("fmu", str(packed(tmp_path / "a.fmu", files)))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.fmu"]


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.fmu").write_bytes(b"PK\x03\x04 cut short")
    done = hoverslam("fmu", str(tmp_path / "a.fmu"))
    assert (done.returncode, "is no intact FMU, which is a zip file" in done.stderr) == (2, True)
    assert "cannot be read (No such file or directory)" in hoverslam("fmu", str(tmp_path / "b.fmu")).stderr
