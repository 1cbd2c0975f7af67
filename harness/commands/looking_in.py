"""`run --break-at` and `run --gdb`: what stands on the screen while somebody looks into the flight program."""

import math
import os
import select
import shlex
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.console.terminal import LentTerminal
from hoverslam.harness.errors import UsageError
from hoverslam.harness.program.debugging import Break, StoppedAt
from hoverslam.harness.program.guardian import descendants, holds_all, is_traced
from hoverslam.harness.program.opening import REFERENCE
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.program.supervisor import REFERENCE_GNC
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.scenarios.rates import Rates

DEBUGGER = ("lldb", "--") if sys.platform == "darwin" else ("gdb", "--quiet", "--args")
ATTACH = {
    "C, C++, Rust": "lldb -p {pid}" if sys.platform == "darwin" else "gdb -p {pid}",
    "Python": "py-spy dump --pid {pid}",
    "Python, step by step": "python -m debugpy --listen 5678 --pid {pid}",
}
"""How one looks into a process that runs."""
INTERRUPTED_S, BRIEFLY_S = 10.0, 0.02
"""Longest wait for a debugger to stop what it runs, and between two looks whether it has."""
LOOK_S = 0.2
"""How often the wait for a key looks whether the program still lives."""


class LookInto(NamedTuple):
    """What was asked for: the time at which the flight stops, and whether the program runs in a debugger."""

    at_s: float | None = None
    debugger: bool = False

    def check(self, gnc: str | None, rates: Rates, *, realtime: bool) -> None:
        """Raises UsageError for what cannot be."""
        option = "--gdb" if self.debugger else "--break-at"
        if realtime and self != LookInto():
            raise UsageError(f"{option}: a flight that waits cannot keep real time; remove --realtime")
        if self.at_s is not None:
            _check_time(self.at_s, rates)
        if self.debugger:
            _check_debugger(gnc)


def _check_time(at_s: float, rates: Rates) -> None:
    longest_s = (rates.max_frames - 1) * rates.frame_ticks / rates.plant_hz
    if not (math.isfinite(at_s) and 0.0 <= at_s <= longest_s):
        raise UsageError(
            f"--break-at {at_s:g}: this flight has frames from 0 to {longest_s:g} s at most; give a time there"
        )


def _check_debugger(gnc: str | None) -> None:
    command = shlex.join([*DEBUGGER, *REFERENCE_GNC]) if gnc in {None, REFERENCE} else f"{shlex.join(DEBUGGER)} {gnc}"
    by_hand = f"start the program yourself with --gnc wait:  {command}"
    if gnc == WAIT:
        raise UsageError("--gdb: --gnc wait starts nothing; start your program in the debugger, and remove --gdb")
    if shutil.which(DEBUGGER[0]) is None:
        raise UsageError(f"--gdb: {DEBUGGER[0]} is not installed; install it, or, on a machine that has it, {by_hand}")
    if not os.isatty(0):
        raise UsageError(f"--gdb: standard input is no terminal, which {DEBUGGER[0]} needs; use one, or {by_hand}")


def looked_into(look: LookInto, dashboard: Dashboard) -> tuple[Callable[[FlightRecord], None], dict[str, Any]]:
    """Options of a DebugSession, and what is to be called after the flight: it says where there was no stop."""
    options: dict[str, Any] = {}
    if look.debugger:
        dashboard.remark(f"{DEBUGGER[0]} has the terminal: set breakpoints, then type run; nobody has a deadline")
        options = {"debugger": DEBUGGER, "terminal": LentTerminal()}
    if look.at_s is None:
        return lambda _: None, options
    terminal: LentTerminal | None = options.get("terminal")
    hold = AtTheKeyboard(dashboard).hold if terminal is None else _InTheDebugger(dashboard, terminal).hold
    stop = Break(look.at_s, hold)
    return lambda record: _tell_missed(stop, record, dashboard), {**options, "stop": stop}


def _tell_missed(stop: Break, record: FlightRecord, dashboard: Dashboard) -> None:
    if not stop.reached:
        ended_s = record.frames * record.frame_period_ns / 1e9
        dashboard.remark(f"--break-at {stop.at_s:g}: the flight ended at {ended_s:g} s and did not stop")


class _InTheDebugger:
    def __init__(self, dashboard: Dashboard, terminal: LentTerminal) -> None:
        self._say, self._terminal = dashboard.remark, terminal

    def hold(self, standing: StoppedAt, watch: Callable[[], None]) -> None:
        """Ctrl-C for the program: its debugger stops it, and the frame that it is then sent waits for it."""
        self._say(f"{_where(standing)}: interrupting the program")
        self._terminal.interrupt()
        if self._stopped(standing, watch):
            self._say(f"{DEBUGGER[0]} has stopped it; continue goes on with this frame")
        else:
            self._say(f"{DEBUGGER[0]} has not stopped it, so the flight goes on; press Ctrl-C to stop it later")

    @staticmethod
    def _stopped(standing: StoppedAt, watch: Callable[[], None]) -> bool:
        """Wait until it is; where nothing tells, as on macOS, it is taken to be."""
        end = time.monotonic() + INTERRUPTED_S
        while holds_all() and not any(map(is_traced, descendants(standing.pid or os.getpid()))):
            watch()
            if time.monotonic() > end:
                return False
            time.sleep(BRIEFLY_S)
        return True


class AtTheKeyboard:
    """Waits for Enter on standard input, or another descriptor."""

    def __init__(self, dashboard: Dashboard, keyboard: int = 0) -> None:
        self._dashboard, self._keyboard = dashboard, keyboard

    def hold(self, standing: StoppedAt, watch: Callable[[], None]) -> None:
        """See `harness.program.debugging.Hold`."""
        say = self._dashboard.remark
        with self._dashboard.paused():
            for line in _told(standing):
                say(line)
            say("the flight goes on" if _entered(self._keyboard, watch) else NOBODY)


NOBODY = "standard input has ended, so nobody can press Enter: the flight goes on"


def _where(standing: StoppedAt) -> str:
    return f"stopped before frame {standing.frame} ({standing.time_s:.3f} s)"


def _told(standing: StoppedAt) -> list[str]:
    lines = [f"{_where(standing)}; from here on the flight program has no deadline"]
    if standing.pid is None:
        return [*lines, "it was started by hand: attach a debugger there", GO_ON]
    lines.append(f"it is process {standing.pid}, and waits for its sensors; to look into it, in another terminal:")
    return [*lines, *(f"  {command.format(pid=standing.pid)}   ({what})" for what, command in ATTACH.items()), GO_ON]


GO_ON = "press Enter to continue; Ctrl-C ends the flight"


def _entered(keyboard: int, watch: Callable[[], None]) -> bool:
    """True at the end of a line, false at the end of input. What `watch` raises goes through."""
    while True:
        if not select.select([keyboard], [], [], LOOK_S)[0]:
            watch()
            continue
        typed = os.read(keyboard, 4096)
        if not typed or b"\n" in typed:
            return bool(typed)
