"""A flight program for the checks of `harness.wire.conformance`: a process under supervision, with its link."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hoverslam.harness.program.leftovers import clear_abandoned
from hoverslam.harness.program.supervisor import Supervisor
from hoverslam.harness.wire.admission import Admission
from hoverslam.harness.wire.conformance.subject import ProgramEnded
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import Hello
from hoverslam.harness.wire.zmq_harness import ZmqHarness


class Examinee:
    """A `harness.wire.conformance.subject.Subject`, started and ended as a Session does it."""

    def __init__(self, command: str | Sequence[str] | None, environment: Mapping[str, str] | None = None) -> None:
        """`command` as for Supervisor. Raises ProgramNotFoundError."""
        clear_abandoned()
        self.transport = ZmqHarness(None, self._watch)
        self._witness = self.transport.admission = _Witness()
        self._supervisor: Supervisor | None = None
        try:
            variables = {**(environment or {}), **self.transport.environment()}
            self._supervisor = Supervisor(command, variables, self.transport.place)
            self._supervisor.start()
        except BaseException:  # what ends it half-way, as a signal may, leaves no program and no folder
            self.close(None)
            raise

    @property
    def token(self) -> str:
        """What its `hello` has to repeat."""
        return self._witness.token

    def greet(self, deadline_s: float) -> bytes:
        """Its first message, whether or not it was let in."""
        with suppress(MessageRefused):
            self.transport.await_hello(deadline_s)
        return self._witness.heard

    def wait(self, timeout_s: float) -> int | None:
        """Its exit status; None where it still runs after so long."""
        return self._running.wait(timeout_s) if timeout_s else self._running.poll()

    def others(self) -> list[str]:
        """Living processes that came of it, without itself."""
        return self._running.others()

    def memory_bytes(self) -> int | None:
        """Resident memory of it and what it started."""
        pids = [self._running.pid, *(int(one.partition(" ")[0]) for one in self.others())]
        found = [size for pid in pids if pid is not None and (size := _resident_bytes(pid)) is not None]
        return sum(found) if found else None

    def printed(self) -> bytes:
        """What it has printed since this was last asked."""
        return self._running.take_output()

    def last_words(self) -> str:
        """The last lines on its standard error."""
        return self._running.stderr_tail()

    def close(self, grace_s: float | None) -> None:
        """End it and all that came of it: at once, or with so long to exit by itself."""
        try:
            if self._supervisor is not None and grace_s is not None:
                self._supervisor.stop(grace_s)
        finally:
            self.transport.close()
            if self._supervisor is not None:
                self._supervisor.kill()

    @property
    def _running(self) -> Supervisor:
        assert self._supervisor is not None
        return self._supervisor

    def _watch(self) -> None:
        """Called during every wait for the program."""
        if (status := self._running.poll()) is not None:
            raise ProgramEnded(status)


class _Witness(Admission):
    """Keeps the first message, and ends the wait for a better one."""

    heard = b""

    def __init__(self, told: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(told)

    def admitted(self, data: bytes) -> Hello | None:
        """As Admission; raises MessageRefused for whoever it does not let in."""
        self.heard = data
        hello = super().admitted(data)
        if hello is None:
            raise MessageRefused(self.refused[-1])
        return hello


def _resident_bytes(pid: int) -> int | None:
    """Second number of proc_pid_statm(5), in pages; None where there is none."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
