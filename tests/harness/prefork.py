"""The command line in a process forked from one that has imported it: what a test asks, without the imports.

A start of `hoverslam` is a second of imports, and the tests start it some two hundred times. A process that has
imported what a command needs, and run none, forks for each command line instead; from there on it is the same command:
a process of its own with its own environment, folder and streams. Where the start itself is what is tested (what is
imported, signals, streams that break, another kernel cache), tests start the interpreter, as users do.
"""

import contextlib
import functools
import gc
import importlib
import json
import multiprocessing
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MODULE = "hoverslam.harness.cli"
LONGEST = 1 << 20
"""Octets of a request: an environment and a command line."""


def run(
    arguments: Sequence[str], cwd: Path | None, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run([sys.executable, "-m", MODULE, *arguments], ...)` with captured text."""
    with tempfile.TemporaryFile(dir="/tmp") as out, tempfile.TemporaryFile(dir="/tmp") as err:
        code = _server().ask(arguments, cwd or Path.cwd(), env, timeout, (out.fileno(), err.fileno()))
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess([MODULE, *arguments], code, out.read().decode(), err.read().decode())


class _Server:
    """The process that forks; it ends with the end of its socket, so with whoever asks."""

    def __init__(self) -> None:
        self._here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.harness.prefork", str(there.fileno())],
                pass_fds=[there.fileno()], env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )  # fmt: skip

    def ask(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float, streams: tuple[int, int]
    ) -> int:
        """Exit code of a command line, below 0 for a signal, as subprocess has it."""
        request = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
        assert len(request) < LONGEST, len(request)
        self._here.settimeout(timeout)
        socket.send_fds(self._here, [len(request).to_bytes(4, "big") + request], list(streams))
        pid = self._number()
        try:
            return self._number()
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self._here.settimeout(None)
            self._number()
            raise subprocess.TimeoutExpired(list(arguments), timeout) from None

    def _number(self) -> int:
        told = self._here.recv(4)
        assert told, f"the process that forks ended with {self._process.wait()}"
        return int.from_bytes(told, "big", signed=True)


@functools.cache
def _server() -> _Server:
    return _Server()


def _serve(there: socket.socket) -> None:
    """Fork for each request, until nobody asks any more."""
    fork = multiprocessing.get_context("fork")
    while (request := _received(there)) is not None:
        body, descriptors = request
        child = fork.Process(target=_become, args=(there, json.loads(body), descriptors))
        child.start()
        for descriptor in descriptors:
            os.close(descriptor)
        assert child.pid is not None
        there.sendall(child.pid.to_bytes(4, "big", signed=True))
        child.join()
        assert child.exitcode is not None
        there.sendall(child.exitcode.to_bytes(4, "big", signed=True))


def _received(there: socket.socket) -> tuple[bytes, list[int]] | None:
    """A request and the two streams that came with it."""
    first, descriptors, *_ = socket.recv_fds(there, LONGEST, 2)
    if not first:
        return None
    length, body = int.from_bytes(first[:4], "big"), first[4:]
    while len(body) < length:
        body += there.recv(length - len(body))
    return body, descriptors


def _become(there: socket.socket, request: dict[str, Any], descriptors: Sequence[int]) -> None:
    """Take the streams, folder, environment and command line asked for, and be the command."""
    there.close()
    for descriptor, stream in zip(descriptors, (1, 2), strict=True):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    sys.modules["__main__"].__package__ = MODULE.rpartition(".")[0]  # usage names the module that was started
    sys.argv = [cli.__file__, *request["arguments"]]
    cli.main()


def _import_all() -> None:
    """What commands import, and the machine code that flights and their judgement call."""
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(module.name)
    scenario = load("zq3-last-5km")
    for step in (*plant_steps(scenario), *judging_steps(scenario)):
        step()


if __name__ == "__main__":
    from hoverslam.harness import cli, commands
    from hoverslam.harness.fly.kernels import judging_steps, plant_steps
    from hoverslam.scenarios.load import load

    _import_all()
    gc.freeze()  # a collection in a child would copy what it looks at
    with contextlib.closing(socket.socket(fileno=int(sys.argv[1]))) as asked:
        _serve(asked)
