"""A flight program that is started by hand: what it is told, how long it may take, who is refused and why."""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer
import zmq
from typer.testing import CliRunner

from hoverslam.harness.campaign.flyer import CampaignFlyer, FlightJob
from hoverslam.harness.cli import app
from hoverslam.harness.errors import UsageError
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, Deadlines
from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.opening import PATIENT as MANY
from hoverslam.harness.program.opening import ByHand, deadlines_for
from hoverslam.harness.program.session import WAIT, Session
from hoverslam.harness.wire.link import GncLink
from tests.harness.fake_plant import ECHO, PATIENT, ROOT, FakePlant, nothing_left_behind, plan, program, session
from tests.harness.linked import between

HANDS_ON = ("campaign", "hunt", "certify", "cases", "compare")
"""Commands that start a program over and over."""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with nothing_left_behind(monkeypatch) as folder:
        yield folder


def test_a_shell_reads_the_variables_as_they_are(folder: Path) -> None:
    variables = {"HOVERSLAM_TOKEN": "abc", "HOVERSLAM_CURVE_SECRET": "a'b\"c$(echo d)&e;f*g(h)i{j}k!l<m>n#o %p`q\\r"}
    said: list[str] = []
    by_hand, file = ByHand(said.append, folder / "with space.env"), folder / "with space.env"
    by_hand.announce(variables)
    assert file.stat().st_mode & 0o077 == 0
    show = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    pasted = "\n".join(line for line in said if line.startswith("  export "))
    for lines in (pasted, f". '{file}'"):
        shown = subprocess.run(
            ["/bin/sh", "-c", f"{lines}\n{show}"], capture_output=True, text=True, check=True, env={}
        )
        assert variables.items() <= json.loads(shown.stdout).items()
    by_hand.close()
    assert not file.exists()


def test_a_program_started_by_hand_has_no_deadline_unless_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOVERSLAM_DEADLINE_S", raising=False)
    assert deadlines_for(WAIT, DEFAULT_DEADLINES)[:3] == (math.inf,) * 3
    assert deadlines_for("mine", DEFAULT_DEADLINES) == DEFAULT_DEADLINES
    monkeypatch.setenv("HOVERSLAM_DEADLINE_S", "2.5")
    assert deadlines_for(WAIT, DEFAULT_DEADLINES)[:3] == (60.0, 60.0, 2.5)
    assert deadlines_for("mine", MANY)[:3] == (120.0, 300.0, 2.5)
    monkeypatch.setenv("HOVERSLAM_DEADLINE_S", "inf")
    assert deadlines_for(None, DEFAULT_DEADLINES)[:3] == (math.inf,) * 3
    for wrong in ("", "0", "-1", "nan", "soon"):
        monkeypatch.setenv("HOVERSLAM_DEADLINE_S", wrong)
        with pytest.raises(UsageError, match="above 0, or inf"):
            deadlines_for("mine", DEFAULT_DEADLINES)


@pytest.mark.parametrize("before", [None, "7"])
def test_a_deadline_is_that_of_one_command(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOVERSLAM_DEADLINE_S", raising=False)
    if before is not None:
        monkeypatch.setenv("HOVERSLAM_DEADLINE_S", before)
    ended = CliRunner().invoke(app, ["run", "no-such-scenario", "--deadline", "2"])
    assert (ended.exit_code, os.environ.get("HOVERSLAM_DEADLINE_S")) == (2, before)


def test_every_command_that_flies_a_program_takes_a_deadline_and_offers_only_what_it_accepts() -> None:
    commands = {name: command.params for name, command in typer.main.get_command(app).commands.items()}  # type: ignore[attr-defined]  # the app is a group
    flying = [name for name, params in commands.items() if any("--gnc" in param.opts for param in params)]
    assert set(flying) == {"run", "replay", "feed", "conform", *HANDS_ON} - {"compare"}
    for name in (*flying, "compare"):
        assert any("--deadline" in param.opts for param in commands[name]), name
    for name in HANDS_ON:
        assert not any("`wait`" in str(getattr(param, "help", "")) for param in commands[name]), name


def test_without_a_deadline_a_program_may_take_as_long_as_it_likes() -> None:
    patient = PATIENT._replace(hello_s=math.inf, first_answer_s=math.inf, answer_s=math.inf)
    with session(ECHO, patient) as flights:
        assert flights.fly(FakePlant(20), plan()).outcome == "at_rest"


@pytest.mark.parametrize(("asked", "kind"), [(None, None), ("0.2", "hung")])
def test_a_breakpoint_held_for_longer_than_the_usual_deadline_is_no_loss_unless_one_was_asked_for(
    asked: str | None, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual one is a fifth of a second here, and the program is held for ten looks, a half."""
    running: list[subprocess.Popen[bytes]] = []
    held = 0

    def start(variables: Mapping[str, str]) -> None:
        environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
        running.append(subprocess.Popen(program("held_at_a_breakpoint", 30), env=environment))

    def look(_: Session) -> None:
        nonlocal held
        held += Path(f"/proc/{running[0].pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        if held == 10:
            running[0].send_signal(signal.SIGCONT)

    monkeypatch.setattr(Session, "_watch", look)
    deadlines = deadlines_for(WAIT, PATIENT._replace(answer_s=0.2), asked)
    with session(WAIT, deadlines, listeners=Listeners(announce=start)) as flights:
        record = flights.fly(FakePlant(60), plan(), last=True)
    running[0].kill()
    running[0].wait(20.0)
    if kind is None:
        assert (record.outcome, held) == ("at_rest", 10)
    else:
        assert record.gnc_failure is not None
        assert (record.gnc_failure.kind, record.frames) == (kind, 30)
        assert "--deadline" in record.gnc_failure.reason


def test_who_is_refused_while_we_wait_is_told_at_once_and_why() -> None:
    told: list[str] = []
    public, secret = (key.decode() for key in zmq.curve_keypair())
    with session(WAIT, listen="tcp://127.0.0.1:*", listeners=Listeners(refused=told.append)) as flights:
        variables = flights.environment()
        endpoint, token = variables["HOVERSLAM_ENDPOINT"], variables["HOVERSLAM_TOKEN"]
        server = variables["HOVERSLAM_CURVE_SERVER"]
        ours = (server, variables["HOVERSLAM_CURVE_PUBLIC"], variables["HOVERSLAM_CURVE_SECRET"])
        strangers = [
            GncLink(endpoint, token, (server, public, secret)),
            GncLink(endpoint, token),
            GncLink(endpoint, "a guess", ours),
        ]
        strangers[2].hello("mine", "1")
        assert flights._link is not None
        for _ in range(200):
            if len(told) >= 3:
                break
            with pytest.raises(Exception, match="no hello"):
                flights._link.transport.await_hello(0.05)
        for stranger in strangers:
            stranger._socket.linger = 0
            stranger.close()
    assert sorted(text.split(",")[0].split(" (")[0] for text in told) == [
        "connection refused: HOVERSLAM_CURVE_SERVER",
        "connection with a wrong key refused: HOVERSLAM_CURVE_SERVER",
        "hello refused: wrong token; use HOVERSLAM_TOKEN of this run",
    ]


def test_a_restart_of_a_program_started_by_hand_tells_its_new_variables() -> None:
    running: list[subprocess.Popen[bytes]] = []
    seen: list[str] = []

    def start(variables: Mapping[str, str]) -> None:
        seen.append(variables["HOVERSLAM_TOKEN"])
        environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
        running.append(subprocess.Popen(program("flies_once"), env=environment))

    faults = (between(20, 40, "computer_restart", restart_s=0.03),)
    with session(WAIT, listeners=Listeners(announce=start)) as flights:
        record = flights.fly(FakePlant(), plan(link_faults=faults))
    assert record.outcome == "at_rest"
    assert len(set(seen)) == len(running) >= 2
    assert [one.wait(20.0) for one in running][-1] == 0


def test_a_worker_that_was_started_elsewhere_has_the_deadline_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOVERSLAM_DEADLINE_S", raising=False)
    given: list[Deadlines] = []
    monkeypatch.setattr(FleetSession, "start", lambda session: given.append(session._deadlines))
    for job in (FlightJob({}, "true", deadline="2.5"), FlightJob({}, "true")):
        list(CampaignFlyer(job).fly([]))
    assert [deadlines.answer_s for deadlines in given] == [2.5, MANY.answer_s]
