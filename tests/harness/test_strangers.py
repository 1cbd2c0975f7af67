"""Others at the door of a flight over tcp. Oracle: the flight without them, and what is left of it."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hoverslam.harness.program.conversation import Listeners
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.wire.curve import PUBLIC, SECRET, Door, make_pair
from hoverslam.harness.wire.key_files import read_allowed, write_pair
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.fake_plant import ECHO, PROGRAMS, ROOT, FakePlant, plan, session

FRAMES = 400
SPARE_FILES = 90
"""That the harness may open beyond those it has: fewer than the strangers keep open, which then wait to be accepted."""


@contextmanager
def few_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files() + SPARE_FILES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_others_get_nothing_and_change_no_bit(tmp_path: Path) -> None:
    ours, own = make_pair(), make_pair()
    write_pair(ours, tmp_path / "listed", "flight-computer")
    colleague, _ = write_pair(make_pair(), tmp_path / "listed", "colleague")
    door, told, running = Door(own, read_allowed(tmp_path / "listed")), list[str](), list[subprocess.Popen[bytes]]()

    def start(variables: Mapping[str, str]) -> None:
        assert SECRET not in variables
        found = {**os.environ, **variables, PUBLIC: ours.public, SECRET: ours.secret, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(PROGRAMS / "beset.py"), str(FRAMES - 2), str(colleague)]
        running.append(subprocess.Popen(command, env=found))

    with session(ECHO) as flights:
        calm = flights.fly(FakePlant(FRAMES), plan())
    before = open_files()
    listeners = Listeners(announce=start, refused=told.append)
    with few_files(), session(
        WAIT, listen="tcp://127.0.0.1:*", transport=partial(ZmqHarness, door=door), listeners=listeners
    ) as flights:  # fmt: skip
        record = flights.fly(FakePlant(FRAMES), plan(), last=True)
    assert (record.outcome, record.gnc_failure, record.hash) == (calm.outcome, None, calm.hash)
    assert running[0].wait(20.0) == 0
    assert open_files() == before
    [found] = [one for one in record.findings if "from other programs" in one]
    assert int(found.split("programs, ")[1].split(" ")[0]) > 300, found
    refused = [text.split(":")[0] for text in told]
    assert any(text.startswith("connection with public key") for text in refused), told
    assert "connection refused" in refused
