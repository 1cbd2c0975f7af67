"""Where the harness listens: what is refused, what is left alone, and what is told to connect to."""

import socket
from pathlib import Path

import pytest

from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.wire.test_link import LONG_S, program


@pytest.mark.parametrize(
    ("listen", "why"),
    [
        ("udp://127.0.0.1:1", "give ipc://PATH or tcp://HOST:PORT"),
        ("nonsense", "give ipc://PATH or tcp://HOST:PORT"),
        ("ipc://", "give ipc://PATH or tcp://HOST:PORT"),
        ("ipc:///" + "x" * 107, "give a shorter path"),
        ("ipc:///no/such/folder/wire", "no folder /no/such/folder"),
        ("tcp://256.0.0.1:*", "cannot listen at tcp://256.0.0.1:*"),
        ("tcp://127.0.0.1", "no port"),
        ("tcp://127.0.0.1:", "no port"),
        ("tcp://[::1]", "no port"),
        ("tcp://:5555", "no host"),
        ("tcp://127.0.0.1:99999", "port '99999' is not a number from 0 to 65535"),
        ("tcp://127.0.0.1:65536", "port '65536' is not a number"),
        ("tcp://127.0.0.1:-1", "port '-1' is not a number"),
        ("tcp://127.0.0.1:http", "port 'http' is not a number"),
        ("tcp://127.0.0.1:" + "9" * 5000, "port '99999999999999999999' is not a number"),
    ],
)
def test_an_address_that_cannot_be_is_named(listen: str, why: str) -> None:
    with pytest.raises(EndpointError) as refused:
        ZmqHarness(listen)
    assert why in str(refused.value)


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "socket"])
def test_no_file_is_replaced_or_removed_by_a_socket(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    precious = tmp_path / "precious.txt"
    if kind == "file":
        precious.write_text("years of work")
    elif kind == "folder":
        precious.mkdir()
    elif kind == "dangling link":
        precious.symlink_to("nowhere")
    else:
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(precious))
    before = precious.lstat()
    for listen in ("ipc://precious.txt", f"ipc://{precious}"):
        with pytest.raises(EndpointError, match="exists and is not replaced"):
            ZmqHarness(listen)
    after = precious.lstat()
    assert (after.st_ino, after.st_mode, after.st_size) == (before.st_ino, before.st_mode, before.st_size)


def test_a_socket_that_was_asked_for_is_removed_afterwards_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine"
    with ZmqHarness("ipc://mine") as link:
        assert link.endpoint == f"ipc://{path}"
        assert path.is_socket()
        with program(link) as client:
            client.hello("mine", "1")
            assert link.await_hello(LONG_S).name == "mine"
    assert not path.exists()
    with ZmqHarness("ipc://mine"):
        path.unlink()
        path.write_text("of somebody else, meanwhile")
    assert path.read_text() == "of somebody else, meanwhile"


def test_an_address_on_every_interface_is_told_as_one_to_connect_to() -> None:
    for listen in ("tcp://*:*", "tcp://0.0.0.0:*"):
        with ZmqHarness(listen) as link, program(link) as client:
            assert "0.0.0.0" not in link.endpoint
            assert "*" not in link.endpoint
            client.hello("mine", "1")
            assert link.await_hello(LONG_S).name == "mine"
