"""Flight software on another host: python -m tests.evidence.two_hosts (as root, on Linux, with iproute2).

Two network namespaces with a cable between them (veth) stand for two hosts. The harness listens in one over tcp with
CURVE keys, the program flies in the other, in real time; the cable is pulled in mid-flight and put back, or not. A line
of docs/evidence/two-hosts.csv is a flight; from them follows docs/evidence/two-hosts.md.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.evidence.tables import FOLDER, MINUTES, ROOT, Row, made, publish, resumed

COLUMNS = (
    "program", "pulled_s", "deadline_s", "verdict", "late_answers", "longest_gap_s", "safe_law_s", "clock_offset_s",
    "clock_offset_error_s", "replay", "date", "sources",
)  # fmt: skip
HERE, THERE = "hoverslam-here", "hoverslam-there"
ADDRESS, OTHER, PORT = "10.99.71.1", "10.99.71.2", 5999
PROGRAMS = {
    "reference": ["-m", "hoverslam.gnc"],
    "clock 1.5 s ahead": [str(ROOT / "tests" / "programs" / "clocked.py"), "1.5"],
}
WANTED = (
    ("reference", "0", "10"), ("reference", "1", "20"), ("reference", "30", "3"), ("clock 1.5 s ahead", "0", "10"),
)  # fmt: skip
PULLED_AFTER_S = 2.0
"""From the first frame, by the wall clock; the flight takes 25 s."""


def ip(*words: str, check: bool = True) -> None:
    """A command of iproute2."""
    subprocess.run(["ip", *words], check=check, capture_output=not check)


@contextmanager
def two_hosts() -> Iterator[None]:
    """The namespaces, with a cable between them; gone afterwards."""
    try:
        for host in (HERE, THERE):
            ip("netns", "del", host, check=False)
            ip("netns", "add", host)
        ip("-n", HERE, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", THERE)
        for host, address in ((HERE, ADDRESS), (THERE, OTHER)):
            ip("-n", host, "addr", "add", f"{address}/24", "dev", "cable")
            ip("-n", host, "link", "set", "cable", "up")
            ip("-n", host, "link", "set", "lo", "up")
        yield
    finally:
        for host in (HERE, THERE):
            ip("netns", "del", host, check=False)


def variables(running: subprocess.Popen[str]) -> dict[str, str]:
    """What the program needs, from what the harness prints."""
    found: dict[str, str] = {}
    assert running.stderr is not None
    while len(found) < 5 and (line := running.stderr.readline()):
        word, _, assignment = line.strip().partition(" ")
        if word == "export":
            name, _, value = "".join(shlex.split(assignment)).partition("=")
            found[name] = value
    return found


def flown(program: str, pulled_s: float, deadline_s: float, folder: Path) -> dict[str, Any]:
    """A flight with the cable pulled for so long: the summary."""
    command = [
        sys.executable, "-m", "hoverslam", "run", "zq3-last-5km", "--gnc", "wait", "--realtime", "--json",
        "--listen", f"tcp://{ADDRESS}:{PORT}", "--deadline", f"{deadline_s:g}", "--out", str(folder),
    ]  # fmt: skip
    with subprocess.Popen(
        ["ip", "netns", "exec", HERE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as harness:
        environment = {**os.environ, **variables(harness)}
        with subprocess.Popen(
            ["ip", "netns", "exec", THERE, sys.executable, "-P", *PROGRAMS[program]], env=environment,
            stderr=subprocess.DEVNULL,
        ) as there:  # fmt: skip
            assert harness.stderr is not None
            while "glide" not in (line := harness.stderr.readline()) and line:
                pass
            if pulled_s:
                time.sleep(PULLED_AFTER_S)
                ip("-n", THERE, "link", "set", "cable", "down")
                time.sleep(min(pulled_s, 2.0 * deadline_s))
                ip("-n", THERE, "link", "set", "cable", "up")
            out, _ = harness.communicate()
            there.wait(60.0)
    told: dict[str, Any] = json.loads(out)
    return told


def row(program: str, pulled_s: str, deadline_s: str) -> Row:
    """A flight, and its replay from the recorded commands."""
    with tempfile.TemporaryDirectory() as place, two_hosts():
        folder = Path(place) / "run"
        told = flown(program, float(pulled_s), float(deadline_s), folder)
        again = subprocess.run(
            [sys.executable, "-m", "hoverslam", "replay", str(folder)], capture_output=True, text=True, check=False
        )
        link = json.loads((folder / "run.json").read_text())["link"] or {}
    pace, tick_s = told["pace"] or {}, 1e-3
    return {
        "program": program, "pulled_s": pulled_s, "deadline_s": deadline_s, "verdict": told["verdict"],
        "late_answers": pace.get("late_answers"),
        "longest_gap_s": round(link.get("commands_longest_gap_ticks", 0) * tick_s, 3),
        "safe_law_s": round(link.get("safe_law_ticks", 0) * tick_s, 3),
        "clock_offset_s": pace.get("clock_offset_s"), "clock_offset_error_s": pace.get("clock_offset_error_s"),
        "replay": again.stdout.split(":")[0],
    }  # fmt: skip


def report(rows: Sequence[Row]) -> list[str]:
    """The page."""
    lines = [
        "# Flight software on another host", "",
        "`zq3-last-5km` in real time over tcp with CURVE between two network namespaces (`make evidence",
        "ARGS=two_hosts`, as root). A cable that is pulled for longer than the deadline of an answer loses the",
        "program; for a shorter time the vehicle holds its last command, then flies its safe law, and goes on with the",
        "next answer.", "",
        "| program | pulled | deadline | verdict | late answers | longest gap | safe law | clock offset | replay |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | --- | --- |",
    ]  # fmt: skip
    for one in rows:
        offset = one["clock_offset_s"]
        told = "-" if offset in {"", None} else f"{float(offset):.6f} s ± {float(one['clock_offset_error_s']):.6f} s"
        lines.append(
            f"| {one['program']} | {one['pulled_s']} s | {one['deadline_s']} s | {one['verdict']} | "
            f"{one['late_answers']} | {one['longest_gap_s']} s | {one['safe_law_s']} s | {told} | {one['replay']} |"
        )
    return [*lines, "", *made("tests.evidence.two_hosts", rows, "two-hosts.csv")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fly what is missing, and write the page."""
    parser = argparse.ArgumentParser(prog="two_hosts", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    given = parser.parse_args(arguments)
    table = FOLDER / "two-hosts.csv"
    rows = resumed(table, COLUMNS, WANTED, row, given.minutes)
    publish(FOLDER / "two-hosts.md", report(rows))
    return 0 if len(rows) == len(WANTED) else 1


if __name__ == "__main__":
    sys.exit(main())
