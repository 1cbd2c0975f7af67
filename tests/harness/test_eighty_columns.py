"""What each command shows on a narrow terminal. Oracle: the words of the same output where all of them have room.

Flights, checks and campaigns are made by hand or recorded: nothing is flown.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from hoverslam.harness.bench import bench
from hoverslam.harness.certify.certify import CONDITIONS
from hoverslam.harness.commands import campaign, certify, compare, diff, doctor, hunt, run, runs, scenarios, validate
from hoverslam.harness.commands import cases as cases_
from hoverslam.harness.commands.guard import guarded
from hoverslam.harness.console.console import Screen, results
from hoverslam.harness.console.table import Column
from hoverslam.harness.console.wrapping import columns, wrapped
from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.run_diff import RunDiff, _margins
from hoverslam.harness.fly.summary import ExpectedSummary, Summary, summarise
from hoverslam.harness.hunt.found import Found
from hoverslam.harness.record.difference import Difference
from hoverslam.harness.validation.check import Check
from hoverslam.scenarios.campaign import Campaign
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.campaign.test_compare import campaign as campaign_of
from tests.harness.campaign.test_copies import stored as stored_campaign
from tests.harness.fake_plant import ROOT
from tests.harness.flights import Plan
from tests.harness.test_bench import FIGURES
from tests.harness.test_run_diff import HARD, SOFT
from tests.harness.test_runs_command import flown
from tests.harness.test_summary import assessed

NARROW, ROOMY = (80, 66), 1000
CODES = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
COPIED = ("hoverslam ", "export ", ". /")
"""How a line begins that is there to be copied, and stays whole."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, width: int, show: Callable[[], object]) -> list[str]:
    """The lines that a terminal of this width is sent."""
    terminal = Terminal()
    with monkeypatch.context() as here:
        here.setenv("COLUMNS", str(width))
        here.setenv("TERM", "xterm")
        here.setattr(sys, "stdout", terminal)
        here.setattr(sys, "stderr", terminal)
        show()
    return [CODES.sub("", line).rstrip() for line in terminal.getvalue().splitlines()]


def recorded_checks() -> list[Check]:
    """Every check of `hoverslam validate`, as docs/verification.md has them; one in five beyond its gate."""
    table = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8").split("<!-- ")[1]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    checks = []
    for number, (suite, case, quantity, error, gate, _, source) in enumerate(rows):
        limit, _, unit = gate.partition(" ")
        worse = 2.0 * float(limit) if number % 5 == 4 else float(error)
        checks.append(Check(suite, case, quantity, worse, float(limit), unit, source))
    return checks


def summary_of(plan: Plan, *differences: str, name: str = "zq3-engine-lost-no-spare") -> Summary:
    expected = ExpectedSummary(
        verdict="fail", outcome="impact", fails=["R-17", "R-18", "R-19"], why="two engines cannot stop it",
        met=not differences, differences=list(differences),
    )  # fmt: skip
    told = summarise(assessed(plan), "runs/20261121-120000-zq3-engine-lost-no-spare-s1")
    return told.model_copy(update={"scenario": name, "expected": expected})


def cases_flown(_: Path) -> None:
    off = "verdict PASS instead of FAIL", "R-17 R-18 R-19 held, which were to fail"
    names = ["zq3-landing", "zq3-r06-low-tank-pressure", "zq3-engine-lost-no-spare"]
    three = [summary_of(Plan()), summary_of(Plan(touchdown_mps=5.0), *off), summary_of(Plan())]
    cases_._tell(names, three, as_json=False)


def checks_made(_: Path) -> None:
    ill = doctor.MachineCheck(
        "tcp", "failed", "CurveNotSupportedError: no CURVE in this libzmq", "install pyzmq from a wheel"
    )
    busy = doctor.MachineCheck(
        "cores", "warning", "2 usable of 2, pinning works, load 9.0", "stop other programs before measuring times"
    )
    cache = "warm, /home/somebody/with/a/long/name/.cache/hoverslam/kernels/plant-b93bca4ec2baad0f"
    well = [doctor.MachineCheck("python", "ok", "3.11.7"), doctor.MachineCheck("kernel cache", "ok", cache)]
    doctor._print([*well, busy, ill])


def diffed(_: Path) -> None:
    place = Difference(3, "truth.pos_enu_m[0]", -9491.521198886236, -9491.508904909388)
    streams = {"truth": place, "sensors": None, "actuators": place}
    scenario = ["faults.0: None and {'kind': 'engine_shutdown', 'target': 5, 'at': 'landing_ignition + 3 s'}"]
    found = RunDiff(SOFT, HARD, place, streams, list(_margins(SOFT.results, HARD.results)), scenario, ["libc: a and b"])
    diff._tell(found, Path("diff-soft-hard.html"))


def hunted(_: Path) -> None:
    deviation = {"label": "normal force", "amount": -2.5, "unit": "sigma"}
    fallen = {
        "id": "R-18", "text": "vertical speed at touchdown 9.2 m/s, limit 4 m/s, at 73.01 s", "margin": -5.2,
        "unit": "m/s", "deviations": [deviation],
    }  # fmt: skip
    found = Found(
        "normal force -2.5 sigma and dead time of engine 5 +3 sigma", [deviation], [fallen, {**fallen, "id": "R-19"}],
        "R-18", "vertical speed", -5.2, "m/s", 12, 30, 0, 2, "runs/hunt/R-18/zq3-r-18.toml",
        "hoverslam run runs/hunt/R-18/zq3-r-18.toml --gnc './build/fsw --profile landing'", "runs/hunt/R-18/run",
    )  # fmt: skip
    state = SimpleNamespace(least=(-1.3, "R-18"), flights=300, excused=2, copies=1, flown_again=1)
    hunt._tell(hunt.HuntRequest(), state, [found], [], Path("runs/hunt"))  # type: ignore[arg-type]  # what is told of a state, by name


def certified(_: Path) -> None:
    flight = {"same": True, "program_stops": 0, "harness_stops": 0, "reused": True, "tries": 1}
    flights = [{**flight, "condition": name} for name in CONDITIONS]
    flights[-1] |= {"same": False, "program_stops": 12, "harness_stops": 9, "tries": 2}
    told = {
        "scenario": "zq3-last-5km", "seed": 1, "gnc": {"name": "mine", "version": "1.0"}, "n": 5, "frames": 3000,
        "outcome": "at_rest", "hash": "ab" * 32, "flights": flights, "certified": False, "kept": ["runs/a", "runs/b"],
        "environment": {"libraries": "numpy 2.4.6, scipy 1.17.1, numba 0.68.1, llvmlite 0.48.0, pyzmq 27.3.0, libm"},
        "difference": {"flight": 5, "condition": "stopped", "frame": 7, "time_s": 0.07, "field": "actuators.seq",
                       "reference": "0.55", "other": "0.56"},
    }  # fmt: skip
    results().say("\n".join(certify._lines(told)))


def flown_campaign(folder: Path) -> None:
    rows = [made(place, fails=("R-18", "R-21") if place % 4 == 0 else ()) for place in range(20)]
    from hoverslam.harness.campaign.store import Store

    if not (folder / "c").exists():
        stored_campaign(folder / "c", rows)
    with pytest.MonkeyPatch.context() as here, Store.read(folder / "c") as store:
        here.setattr(campaign, "_write_page", lambda *_: None)
        now = SimpleNamespace(test="go on", not_flown={3: "GNC_LOST: died twice"}, lost=["exit status 7"])
        made_of = Campaign(name="made", scenario="zq3-landing", flights=20)
        request = campaign.CampaignRequest("zq3-landing", gnc="./build/fsw --profile landing")
        campaign._tell(request, made_of, now, store, Path("runs/made"), [Path("runs/made/flights/3")])  # type: ignore[arg-type]  # what is told of a progress, by name


def compared(folder: Path) -> None:
    if not (folder / "a").exists():
        fault = {"kind": "engine_shutdown", "target": 5, "at": "landing_ignition + 3 s", "for_s": 0.0, "numbers": {}}
        campaign_of(folder / "a", 2, {**ABOUT, "base": {**ABOUT["base"], "faults": []}})
        campaign_of(folder / "b", 30, {**ABOUT, "base": {**ABOUT["base"], "faults": [fault, fault]}}, miss_m=3.0)
    compare.compare_command(compare.CompareRequest(str(folder / "a"), str(folder / "b"), unpaired=True))


def listed(folder: Path) -> None:
    if not (folder / "runs").exists():
        flown(folder / "runs", "20261121-120000-zq3-engine-lost-no-spare-s1", "HARNESS_ERROR")
        flown(folder / "runs", "20261121-120000-zq3-landing-s1")
    runs.list_command(folder / "runs", as_json=False)


def told_run(_: Path) -> None:
    run._tell(summary_of(Plan(touchdown_mps=5.0), "verdict PASS instead of FAIL"), as_json=False)


COMMANDS: dict[str, Callable[[Path], object]] = {
    "run": told_run,
    "cases": lambda _: cases_.cases_command(cases_.CasesRequest()),
    "cases --fly": cases_flown,
    "validate": lambda _: validate._tell(validate.Outcome("all", recorded_checks(), None, "")),
    "diff": diffed,
    "scenarios": lambda _: scenarios.scenarios_command(as_json=False),
    "doctor": checks_made,
    "hunt": hunted,
    "campaign": flown_campaign,
    "compare": compared,
    "certify": certified,
    "bench": lambda _: results().say("\n".join(bench._lines(FIGURES))),  # type: ignore[arg-type]  # figures made by hand, by name
    "a mistake": lambda _: guarded(_mistake, as_json=False),
}
FIRST = {
    "run": ["R-18"], "cases --fly": ["zq3-r06-low-tank-pressure"], "doctor": ["tcp", "cores"], "diff": ["R-18"],
    "compare": ["success:"], "certify": ["0 of   1"], "validate": ["nesc"],
}  # fmt: skip
"""How the first rows begin, where some fail."""


def _mistake() -> int:
    raise UsageError("--gnc './fsw': there is no such program; " + "give the command that starts yours, " * 9)


def words(lines: list[str]) -> Counter[str]:
    return Counter(word for line in lines for word in line.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_is_cut_or_broken_and_no_line_is_too_long(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    roomy = shown(monkeypatch, ROOMY, lambda: COMMANDS[name](tmp_path))
    assert len(roomy) > 1 or name == "a mistake"
    for width in NARROW:
        narrow = shown(monkeypatch, width, lambda: COMMANDS[name](tmp_path))
        assert words(narrow) == words(roomy), f"{width} columns"
        too_long = [line for line in narrow if columns(line) > width and not line.strip().startswith(COPIED)]
        assert [line for line in too_long if len(line.split()) > 1] == [], f"{width} columns"
        assert not [line for line in narrow if "…" in line]


@pytest.mark.parametrize("name", FIRST)
def test_what_fails_stands_first(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [line.strip() for line in shown(monkeypatch, 80, lambda: COMMANDS[name](tmp_path))]
    bad = {"validate": "FAIL", "run": "FAIL", "diff": "FAIL", "certify": "0 of   1"}.get(name)
    begun = [next(at for at, line in enumerate(lines) if line.startswith(first)) for first in FIRST[name]]
    assert begun == sorted(begun)
    if bad is not None:
        table = [line for line in lines if line.startswith(FIRST[name][0][:2]) or name in {"validate", "certify"}]
        marked = [at for at, line in enumerate(table) if bad in line]
        good = [at for at, line in enumerate(table) if re.search(r" pass\b|1 of   1", line) and bad not in line]
        assert marked
        assert max(marked) < min(good)


def test_a_list_of_runs_fits_and_names_them_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = shown(monkeypatch, 80, lambda: listed(tmp_path))
    assert words(lines) == words(shown(monkeypatch, 109, lambda: listed(tmp_path)))
    assert max(map(columns, lines)) <= 80
    assert "20261121-120000-zq3-engine-lost-no-spare-s1" in " ".join(lines).split()
    assert " ".join(lines[:2]).split() == ["written", "verdict", "MB", "name"]


def test_a_pipe_has_as_many_columns_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert results().width == 80
    for none in ("", "wide", "0", "99999999"):
        monkeypatch.setenv("COLUMNS", none)
        assert results().width == 118


TEXT = st.text(alphabet="ab 界", max_size=90)


@given(line=TEXT, width=st.integers(min_value=4, max_value=60))
def test_a_line_keeps_its_words_in_order_and_is_as_long_as_it_may_be(line: str, width: int) -> None:
    parts = list(wrapped(line, width))
    assert " ".join(parts).split() == line.split()
    assert all(columns(part) <= width or len(part.split()) <= 1 for part in parts)


def test_a_command_stays_whole_on_a_line_of_its_own() -> None:
    command = "hoverslam run --from runs/a.sqlite:3 --gnc './build/fsw --profile landing'"
    assert [one.strip() for one in wrapped(f"database runs/a.sqlite; repeat one flight: {command}", 50)] == [
        "database runs/a.sqlite; repeat one flight:",
        command,
    ]
    assert list(wrapped("  export KEY='a b c d e f g h'", 10)) == ["  export KEY='a b c d e f g h'"]


@given(
    cells=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=4),
    wraps=st.lists(st.booleans(), min_size=3, max_size=3),
    width=st.integers(min_value=12, max_value=90),
)
def test_a_table_of_any_words_keeps_each_of_them(cells: list[list[str]], wraps: list[bool], width: int) -> None:
    layout = [Column(name, right=name == "b", wraps=wrap) for name, wrap in zip("abc", wraps, strict=True)]
    screen = Screen(file=io.StringIO(), width=width)
    screen.tabulate(layout, [[Text(cell) for cell in row] for row in cells])
    lines: Any = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]  # the file was made above
    wanted = Counter(word for row in [["a", "b", "c"], *cells] for cell in row for word in cell.split())
    assert words(lines) == wanted
