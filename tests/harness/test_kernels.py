"""Compiling side by side: what is compiled, what is told of it, and that nothing of it outlives or stops a flight."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.fly import kernels
from hoverslam.harness.fly.kernels import JUDGING, PARTS, PLANT, PROGRAM, Compilation
from hoverslam.scenarios.load import load

ALL = PROGRAM + sum(map(len, PARTS.values()))
SCENARIO = "zq3-landing"
GONE_S = 60.0


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is noted that all is kept, as on a machine that has not flown."""
    place = tmp_path / "compiled"
    monkeypatch.setattr(kernels, "_mark", lambda: place)
    return place


def test_both_parts_are_counted_to_the_last_kernel_and_not_compiled_again(mark: Path) -> None:
    shown: list[tuple[int, int]] = []
    with Compilation(lambda *counts: shown.append(counts)) as compilation:
        assert compilation.begin(load(SCENARIO))
        compilation.program_is_ready()
        compilation.wait_for(PLANT)
        compilation.wait_for(JUDGING)
    assert shown == sorted(shown)
    assert shown[-1] == (ALL, ALL)
    assert mark.exists()
    with Compilation() as again:
        assert not again.begin(load(SCENARIO))


def test_judging_is_compiled_though_the_program_never_gets_ready(mark: Path) -> None:
    with Compilation() as compilation:
        compilation.begin(load(SCENARIO))
        compilation.wait_for(PLANT)
        compilation.wait_for(JUDGING)
    assert mark.exists()


def test_an_interpreter_that_does_not_start_costs_time_only(mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Compilation() as compilation:
        assert compilation.begin(load(SCENARIO))
        compilation.program_is_ready()
        compilation.wait_for(PLANT)
        compilation.wait_for(JUDGING)
    assert not mark.exists()


def test_a_process_that_fails_is_no_part_that_is_kept(mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Compilation() as compilation:
        compilation.begin(load(SCENARIO))
        compilation.wait_for(PLANT)
        compilation.wait_for(JUDGING)
    assert not mark.exists()


ENDS = """
import sys, time
from hoverslam.harness.fly.kernels import Compilation
from hoverslam.scenarios.load import load
import hoverslam.harness.fly.kernels
from pathlib import Path
hoverslam.harness.fly.kernels._mark = lambda: Path(sys.argv[1])
compilation = Compilation()
compilation.begin(load("zq3-landing"))
print(*(process.pid for process in compilation._processes.values()), flush=True)
time.sleep(600)
"""


def test_its_processes_end_with_a_harness_that_is_killed(tmp_path: Path) -> None:
    harness = subprocess.Popen([sys.executable, "-c", ENDS, str(tmp_path / "mark")], stdout=subprocess.PIPE, text=True)
    with harness:
        assert harness.stdout is not None
        compiling = psutil.Process(int(harness.stdout.readline()))
        harness.kill()
    compiling.wait(GONE_S)


CALLS = """
import sys
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.kernels import judging_steps, plant_steps
from hoverslam.harness.program.opening import TRANSPORT
from hoverslam.harness.program.session import Session
from numba.core.registry import CPUDispatcher
from hoverslam.scenarios.load import load

def compiled():
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("hoverslam.plant."):
            for what, one in vars(module).items():
                if isinstance(one, CPUDispatcher):
                    found[f"{one.__module__}.{what}"] = len(one.overloads)
    return found

scenario = load("zq3-landing")
for step in (*plant_steps(scenario), *judging_steps(scenario)):
    step()
before = compiled()
with Session(transport=TRANSPORT) as session:
    prepared = prepare(scenario, "kernels")
    assessment = assess(session.fly(prepared.plant, prepared.plan), prepared)
assert assessment.verdict == "PASS", assessment
after = compiled()
print(len(before), *sorted(name for name, count in after.items() if count != before.get(name, count)))
"""


def test_a_flight_and_its_judgement_call_no_kernel_that_was_not_compiled_before() -> None:
    called = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, check=True).stdout.split()
    assert int(called[0]) > 100
    assert called[1:] == []


def test_what_compiling_costs_is_one_sentence_in_one_place() -> None:
    """A figure that is written twice is wrong in one of both sooner or later."""
    sources = {path: path.read_text(encoding="utf-8") for path in Path(kernels.__file__).parent.rglob("*.py")}
    assert [path.name for path, text in sources.items() if "compiling kernels:" in text] == ["kernels.py"]
    assert not [path for path, text in sources.items() if "about two minutes" in text or "about a minute" in text]


@pytest.mark.parametrize("cold", [True, False])
def test_it_is_said_where_something_will_be_compiled_and_only_there(
    cold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoverslam.plant.kernels.compiled.are_warm", lambda: not cold)
    said: list[str] = []
    kernels.tell_compiling(said.append)
    kernels.tell_compiling(said.append, cold=not cold)
    assert said == [kernels.COMPILING]


def test_what_flies_many_compiles_before_it_starts_workers_and_once_only(mark: Path) -> None:
    said: list[str] = []
    shown: list[str] = []
    for _ in range(2):
        compile_first(load(SCENARIO), "a program of the user's", said.append, shown.append)
        assert said == [kernels.COMPILING]
        assert shown[-1] == f"kernel {ALL} of {ALL} compiled"
    assert mark.exists()
