"""A flight that stops for somebody who looks into its program. Oracle: the same flight without, and a real terminal."""

import os
import re
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from hoverslam.harness.commands import looking_in
from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.commands.looking_in import AtTheKeyboard, LookInto
from hoverslam.harness.console.console import Screen
from hoverslam.harness.errors import UsageError
from hoverslam.harness.loop.plan import FlightPlan
from hoverslam.harness.program.debugging import Break, DebugSession, StoppedAt
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.link import GncLink
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.scenarios.rates import Rates
from tests.harness.fake_plant import (
    ECHO,
    HERE,
    PATIENT,
    PROGRAMS,
    ROOT,
    FakePlant,
    nothing_left_behind,
    plan,
    processes_with,
    program,
    session,
)
from tests.harness.linked import between
from tests.harness.seat import PATIENCE_S, Seat

LOOKED_INTO = [sys.executable, str(PROGRAMS / "looked_into.py")]
STOPPED = "press Enter to continue"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


@pytest.fixture(scope="module")
def undisturbed() -> str:
    """The hash of the flight of which nobody takes notice."""
    with session(ECHO) as flights:
        return flights.fly(FakePlant(), plan(), last=True).hash


def seat(*command: str, **environment: str) -> Seat:
    return Seat([*LOOKED_INTO, *command], {**os.environ, **HERE, **environment}, str(ROOT))


def test_the_flight_stands_until_enter_and_is_the_same_to_the_bit(undisturbed: str) -> None:
    with seat(*ECHO) as here:
        told = here.see(STOPPED)
        flat = " ".join(told.split())  # lines are as wide as the terminal
        assert "stopped before frame 30 (0.300 s); from here on the flight program has no deadline" in flat
        pids = {int(pid) for pid in re.findall(r"gdb -p (\d+)|--pid (\d+)", told)[0] if pid}
        (pid,) = pids
        assert Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1] == [os.fsencode(word) for word in ECHO]
        assert "HOVERSLAM_SILENCE_S=inf" in Path(f"/proc/{pid}/environ").read_text()
        here.press("what?\n")
        code, shown, written = here.rest()
    assert (code, written.decode().strip()) == (0, undisturbed)
    assert "the flight goes on" in shown


def test_ctrl_c_at_a_break_ends_the_flight_and_keeps_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "hoverslam.harness.cli", "run", "zq3-last-5km", "--gnc", " ".join(ECHO)]
    with Seat([*command, "--break-at", "0.5", "--out", "here"], os.environ, str(tmp_path)) as here:
        here.see(STOPPED)
        here.press("\x03")
        code, shown, _ = here.rest()
    assert code == 130
    assert "interrupted after 50 frames (0.50 s); the log up to that time is in here" in " ".join(shown.split())
    assert (tmp_path / "here" / "flight.mcap").is_file()


def test_in_a_debugger_the_program_is_stopped_at_the_frame_and_goes_on_when_told(
    undisturbed: str, tmp_path: Path
) -> None:
    """A debugger of a few lines stands in for gdb: it traces what it runs, which owns its terminal."""
    gdb = tmp_path / "gdb"
    gdb.write_text(f'#!/bin/sh\nexec {sys.executable} {PROGRAMS / "small_gdb.py"} "$@"\n')
    gdb.chmod(0o755)
    with seat("--gdb", *ECHO, PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}") as here:
        before = termios.tcgetattr(here._ours)
        here.see("(gdb) ")
        assert termios.tcgetattr(here._ours) != before, "keys go to the debugger as they are typed"
        here.press("run\n")
        assert "stopped before frame 30 (0.300 s)" in here.see("interrupting the program")
        here.see("gdb has stopped it; continue goes on with this frame")
        here.press("continue\n")
        code, _, written = here.rest()
        assert termios.tcgetattr(here._ours) == before
    assert (code, written.decode().strip()) == (0, undisturbed)


def flown(
    hold: Callable[[StoppedAt, Callable[[], None]], None], given: FlightPlan, at_s: float, frames: int = 60
) -> FlightRecord:
    with DebugSession(
        ECHO, stop=Break(at_s, hold), transport=ZmqHarness, deadlines=PATIENT, environment=HERE
    ) as flights:
        return flights.fly(FakePlant(frames), given, last=True)


def test_without_a_terminal_the_end_of_input_lets_it_go_on(undisturbed: str) -> None:
    told, nobody = StringIO(), os.open(os.devnull, os.O_RDONLY)
    hold = AtTheKeyboard(Dashboard(Screen(file=told, width=200)), nobody).hold
    assert flown(hold, plan(), 0.3, 120).hash == undisturbed
    os.close(nobody)
    assert "standard input has ended, so nobody can press Enter: the flight goes on" in told.getvalue()


def test_a_program_that_ends_meanwhile_is_lost_in_this_frame_without_a_key() -> None:
    silent, open_end = os.pipe()
    given_up = threading.Timer(PATIENCE_S, os.close, [open_end])
    given_up.start()

    def hold(stopped: StoppedAt, watch: Callable[[], None]) -> None:
        os.kill(stopped.pid or 0, signal.SIGKILL)
        AtTheKeyboard(Dashboard(Screen(file=StringIO())), silent).hold(stopped, watch)

    lost = flown(hold, plan(), 0.3).gnc_failure
    assert lost is not None
    assert (lost.kind, lost.frame) == ("died", 30)
    given_up.cancel()
    os.close(silent)
    os.close(open_end)


@pytest.mark.parametrize(
    ("at_s", "lost", "frame"),
    [(0.0, None, 0), (0.301, None, 31), (0.3, (28, 40), 41)],
)  # fmt: skip
def test_it_stops_once_before_the_first_message_at_or_after_the_time(
    at_s: float, lost: tuple[int, int] | None, frame: int
) -> None:
    stood: list[StoppedAt] = []
    faults = (between(*lost, "link_drop"),) if lost else ()
    record = flown(lambda standing, _: stood.append(standing), plan(link_faults=faults), at_s)
    assert record.outcome == "at_rest"
    assert [(one.frame, one.time_s) for one in stood] == [(frame, frame / 100)]


def test_after_a_break_a_program_may_be_held_for_longer_than_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops itself in frame 30, and is let go after ten looks, a half second, where a fifth was allowed."""
    held, pids = 0, list[int]()

    def look(flights: Session) -> None:
        nonlocal held
        held += Path(f"/proc/{flights.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        if held == 10:
            os.kill(pids[0], signal.SIGCONT)

    monkeypatch.setattr(Session, "_watch", look)
    stop = Break(0.3, lambda standing, _: pids.append(standing.pid or 0))
    strict = PATIENT._replace(answer_s=0.2)
    command = program("held_at_a_breakpoint", 30)
    with DebugSession(command, stop=stop, transport=ZmqHarness, deadlines=strict, environment=HERE) as flights:
        record = flights.fly(FakePlant(60), plan(), last=True)
    assert (record.outcome, held) == ("at_rest", 10)


def test_the_time_at_a_break_is_none_of_the_flight() -> None:
    def hold(_standing: StoppedAt, _watch: Callable[[], None]) -> None:
        stop.began = True

    class Long(Break):
        """Says that it took an hour."""

        began = False

        @property
        def waited_s(self) -> float:
            return 3600.0 if self.began else 0.0

        @waited_s.setter
        def waited_s(self, _: float) -> None: ...

    stop = Long(0.3, hold)
    with DebugSession(ECHO, stop=stop, transport=ZmqHarness, deadlines=PATIENT, environment=HERE) as flights:
        assert flights.fly(FakePlant(60), plan(), last=True).wall_s < 0.0


def test_a_client_waits_for_as_long_as_the_harness_asks_it_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOVERSLAM_ENDPOINT", "ipc:///nowhere")
    monkeypatch.setenv("HOVERSLAM_TOKEN", "none")
    for asked, silence_s in ((None, 600.0), ("inf", float("inf")), ("5", 5.0)):
        if asked is not None:
            monkeypatch.setenv("HOVERSLAM_SILENCE_S", asked)
        with GncLink.from_environment() as link:
            link._socket.linger = 0
            assert link._silence_s == silence_s


@pytest.mark.parametrize(
    ("look", "gnc", "why"),
    [
        (LookInto(-1.0), None, r"--break-at -1: this flight has frames from 0 to .* s at most; give a time there"),
        (LookInto(float("nan")), None, r"--break-at nan: this flight has frames"),
        (LookInto(1e6), None, r"--break-at 1e\+06: this flight has frames"),
        (LookInto(None, True), "wait", r"--gdb: --gnc wait starts nothing"),
        (LookInto(None, True), "./fsw -v", r"--gdb: gdb is not installed; .* --gnc wait:  gdb --quiet --args ./fsw -v"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_remedy(
    look: LookInto, gnc: str | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_in, "DEBUGGER", ("gdb", "--quiet", "--args"))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(UsageError, match=why):
        look.check(gnc, Rates(), realtime=False)


def test_a_debugger_needs_a_terminal_and_a_flight_that_waits_is_not_flown_in_real_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.isatty", lambda _: False)
    with pytest.raises(UsageError, match=r"--gdb: standard input is no terminal, .* --gnc wait:  "):
        LookInto(None, True).check(None, Rates(), realtime=False)
    for look in (LookInto(1.0), LookInto(None, True)):
        with pytest.raises(UsageError, match="cannot keep real time; remove --realtime"):
            look.check(None, Rates(), realtime=True)
    LookInto().check("wait", Rates(), realtime=True)
    assert processes_with("HOVERSLAM_SILENCE_S=inf") == []
