"""`hoverslam certify`. Oracles: programs that are known to waver in one way, and what is left when it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.certify.certify import CONDITIONS, LEAST, allotted
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.difference import Trace, first_difference
from hoverslam.harness.record.run_folder import load
from tests.acceptance.conftest import COMMAND_DEADLINE_S, Hoverslam
from tests.harness.fake_plant import PROGRAMS, ROOT, processes_with

SHORT = ["--set", "rates.max_time_s=3.0", "-n", str(LEAST)]
FAULTS = (
    '[{kind = "link_drop", target = "sensors", at = "0 s", numbers = {share = 0.1}},'
    ' {kind = "computer_restart", at = "1 s"}]'
)
FRAMES = 300
GONE_S = 20.0


def program(how: str) -> str:
    return f"{sys.executable} {PROGRAMS / 'wavering.py'} {how}"


@given(st.integers(LEAST, 300))
def test_every_condition_has_flights_and_together_they_are_all(n: int) -> None:
    shares = allotted(n)
    assert tuple(shares) == CONDITIONS
    assert sum(shares.values()) == n
    assert min(shares.values()) >= 1
    assert shares["together"] >= 2
    assert max(shares.values()) - min(shares.values()) <= 5


def certified(hoverslam: Hoverslam, how: str, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = hoverslam("certify", *SHORT, *more, "--gnc", program(how), "--out", str(folder), "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert json.loads((folder / "certificate.json").read_text()) == told
    for number in ("flight 1 of 6, warm", "flight 6 of 6, stopped"):
        assert number in done.stderr, "progress is shown"
    return done.returncode, told


def test_a_program_that_is_a_pure_function_is_certified_over_a_link_that_fails(
    hoverslam: Hoverslam, tmp_path: Path
) -> None:
    code, told = certified(hoverslam, "steady", tmp_path / "steady", "--set", f"faults={FAULTS}")
    assert (code, told["exit_code"], told["certified"], told["difference"]) == (0, 0, True, None)
    assert {flight["condition"] for flight in told["flights"]} == set(CONDITIONS)
    assert {flight["hash"] for flight in told["flights"]} == {told["hash"]}
    stopped = [flight for flight in told["flights"] if flight["condition"] == "stopped"]
    assert all(flight["program_stops"] >= 1 for flight in stopped)
    assert told["busy_cores"] == len(os.sched_getaffinity(0))
    assert {"cpu_model", "numpy", "libc"} <= told["environment"].keys()
    assert {path.name for path in (tmp_path / "steady").iterdir()} == {"certificate.json", "certificate.txt"}
    text = (tmp_path / "steady" / "certificate.txt").read_text()
    assert f"CERTIFIED: 6 times the same flight, bit for bit: hash {told['hash']}" in text


def test_a_program_that_depends_on_its_process_is_caught_in_a_new_one(hoverslam: Hoverslam, tmp_path: Path) -> None:
    code, told = certified(hoverslam, "process", tmp_path / "process")
    difference = told["difference"]
    assert (code, told["exit_code"], told["certified"]) == (1, 1, False)
    assert (difference["flight"], difference["condition"]) == (3, "fresh"), "two were flown in one process"
    assert (difference["frame"], difference["field"]) == (100, "actuators.gimbal_rad[3]")
    assert difference["time_s"] == pytest.approx(1.0)
    reference, other = (load(Path(path)).record for path in told["kept"])
    assert (reference.hash, reference.frames) == (told["hash"], FRAMES)
    again = first_difference(reference.shape, Trace.of(reference), Trace.of(other))
    assert again is not None
    assert (again.frame, again.field) == (100, "actuators.gimbal_rad[3]")


def test_a_program_that_a_reset_does_not_clean_is_caught_in_words(hoverslam: Hoverslam, tmp_path: Path) -> None:
    done = hoverslam("certify", *SHORT, "--gnc", program("leaky"), "--out", str(tmp_path / "leaky"))
    assert done.returncode == 1
    last = done.stdout.splitlines()[-3:]
    assert last[0].startswith(
        "NOT CERTIFIED: flight 2 (loaded) differs from the first in frame 100 (1.00 s), actuators.gim"
    )
    assert last[2] == f"compare them: hoverslam diff {tmp_path}/leaky/reference {tmp_path}/leaky/different"
    compared = hoverslam(*last[2].removeprefix("compare them: hoverslam ").split(), "--json")
    assert compared.returncode == 1
    assert json.loads(compared.stdout)["by_stream"]["actuators"]["frame"] == 100


def test_a_program_that_is_lost_is_no_difference(hoverslam: Hoverslam, tmp_path: Path) -> None:
    dying = f"{sys.executable} {PROGRAMS / 'misbehave.py'} exit_7 7"
    done = hoverslam("certify", *SHORT, "--gnc", dying, "--out", str(tmp_path / "lost"), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["certified"], told["flights"]) == (3, 3, False, [])
    assert told["reason"].startswith("GNC_LOST: flight 1: flight software died in frame 7: ")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-n", "5"], "-n 5: must be at least 6, one flight for each condition; raise it"),
        (
            ["--gnc", "wait"],
            "--gnc wait: not possible here, a certificate starts the program many times; give its command",
        ),
        (["--gnc", "no-such-program"], "flight program 'no-such-program' not found"),
        (["zq3-landin"], "no scenario 'zq3-landin'"),
    ],
)
def test_what_cannot_be_certified_is_a_usage_error(arguments: list[str], expected: str, hoverslam: Hoverslam) -> None:
    done = hoverslam("certify", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr


@pytest.fixture
def mark(warm: Session) -> str:
    """A variable in the environment of everything that a certificate starts; kernels are warm by then."""
    assert warm.pid is not None
    return f"HOVERSLAM_MARK={uuid.uuid4().hex}"


def started(mark: str, folder: Path, n: int, condition: str) -> subprocess.Popen[str]:
    """A certificate on its way to flights under the condition."""
    name, _, value = mark.partition("=")
    command = ["certify", "-n", str(n), "--gnc", program("steady"), "--out", str(folder)]
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "hoverslam.harness.cli", *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), name: value}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    for line in running.stderr:
        if f" of {n}, {condition}" in line:
            return running
    raise AssertionError("it never got there")


def test_ctrl_c_is_130_and_leaves_nothing(mark: str, tmp_path: Path) -> None:
    running = started(mark, tmp_path / "c", 10, "loaded")
    wait_until(lambda: any("while True" in command for command in processes_with(mark)))
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60.0)
    assert running.returncode == 130
    assert processes_with(mark) == []
    assert "interrupted after" in (tmp_path / "c" / "certificate.txt").read_text()


@pytest.mark.parametrize(
    ("condition", "what"), [("loaded", "while True"), ("together", "hoverslam.harness.certify.worker")]
)
def test_a_certifier_that_is_killed_leaves_no_process(condition: str, what: str, mark: str, tmp_path: Path) -> None:
    running = started(mark, tmp_path / "k", LEAST, condition)
    wait_until(lambda: any(what in command for command in processes_with(mark)))
    running.kill()
    running.communicate(timeout=COMMAND_DEADLINE_S)
    wait_until(lambda: processes_with(mark) == [])


def wait_until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + GONE_S
    while not holds() and time.monotonic() < end_s:
        os.sched_yield()
    assert holds()
