"""Both ends of the link over real sockets: who is let in, who is not, how each end learns that the other is gone."""

import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgpack
import pytest
import zmq

from hoverslam.harness.program.link import HarnessLink
from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.errors import MessageRefused, PeerGone, PeerSilent, Unasked
from hoverslam.harness.wire.link import GncLink, LinkClosed
from hoverslam.harness.wire.private_folder import MAX_IPC_PATH_BYTES
from hoverslam.harness.wire.zmq_harness import ZmqHarness

SOON_S, LONG_S = 0.2, 20.0


@contextmanager
def program(link: ZmqHarness, **changes: str) -> Iterator[GncLink]:
    """A client of the link, in this process."""
    found = {**link.environment(), **changes}
    curve = None
    if "HOVERSLAM_CURVE_SERVER" in found:
        curve = (found["HOVERSLAM_CURVE_SERVER"], found["HOVERSLAM_CURVE_PUBLIC"], found["HOVERSLAM_CURVE_SECRET"])
    with GncLink(found["HOVERSLAM_ENDPOINT"], found["HOVERSLAM_TOKEN"], curve, silence_s=LONG_S) as client:
        yield client


@pytest.fixture
def link() -> Iterator[ZmqHarness]:
    with ZmqHarness() as made:
        yield made


def test_hello_locks_the_link_and_frames_go_both_ways(link: ZmqHarness) -> None:
    with program(link) as client:
        client.hello("mine", "2.1", ["reset"])
        hello = link.await_hello(LONG_S)
        assert (hello.name, hello.version, hello.capabilities) == ("mine", "2.1", ["reset"])
        HarnessLink(link).send({"type": "reset", "run_id": "r"})
        assert client.receive() == {"type": "reset", "run_id": "r"}
        client.ready("r")
        assert msgpack.unpackb(link.receive(LONG_S)) == {"type": "ready", "run_id": "r"}
        link.post(encode({"seq": 1}))
        client.send_actuators(client.receive())
        assert link.answer(LONG_S) == encode({"seq": 1})
    assert link.uninvited() is None


def test_the_socket_lies_in_a_private_folder_that_is_removed() -> None:
    with ZmqHarness() as link:
        folder = link.folder
        assert folder is not None
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(os.fsencode(link.endpoint.removeprefix("ipc://"))) < MAX_IPC_PATH_BYTES
    assert not folder.exists()


def test_a_long_temporary_folder_is_not_used_for_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
    with ZmqHarness() as link:
        assert link.endpoint.startswith("ipc:///tmp/hoverslam-")


def test_two_links_share_nothing(link: ZmqHarness) -> None:
    with ZmqHarness() as other:
        assert other.endpoint != link.endpoint
        assert other.admission.token != link.admission.token


def test_a_wrong_token_is_not_let_in_and_the_right_one_still_is(link: ZmqHarness) -> None:
    with program(link, HOVERSLAM_TOKEN="0" * 32) as stranger, program(link) as client:
        stranger.hello("stranger", "0")
        with pytest.raises(MessageRefused, match=r"hello refused: wrong token; .*; then: no hello within 0\.2 s"):
            link.await_hello(SOON_S)
        client.hello("mine", "1")
        assert link.await_hello(LONG_S).name == "mine"
    assert (link.uninvited() or "").startswith("1 connection from other programs, 1 message dropped")


def test_strangers_are_not_heard_once_the_link_is_locked(link: ZmqHarness) -> None:
    with program(link) as client, program(link) as stranger:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        for _ in range(50):
            stranger.hello("stranger", "1")
        stranger._socket.send_multipart([b"a", b"b", b"c"])
        stranger._socket.send_multipart([link._peer, b"forged"])
        client.send_actuators({"from": "client"})
        assert link.receive(LONG_S) == encode({"from": "client"})
        with pytest.raises(PeerSilent):
            link.receive(SOON_S)
        client.send_actuators({"from": "client", "again": True})
        assert link.receive(LONG_S) == encode({"from": "client", "again": True})
    assert (link.uninvited() or "").startswith("1 connection from other programs, 52 messages dropped")
    assert link.uninvited() is None


def test_an_identity_that_is_taken_cannot_be_taken_again(link: ZmqHarness) -> None:
    with program(link) as client, ExitStack() as stack:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        context = stack.enter_context(zmq.Context())
        thief = stack.enter_context(context.socket(zmq.DEALER))
        thief.routing_id = link._peer if link._peer[0] else b"x" + link._peer[1:]
        thief.linger = 0
        thief.connect(link.endpoint)
        thief.send(encode({"from": "thief"}))
        client.send_actuators({"from": "client"})
        assert link.receive(LONG_S) == encode({"from": "client"})


@pytest.mark.parametrize("more", [1, 2, 5])
def test_a_message_of_several_parts_is_refused_whoever_else_is_there(link: ZmqHarness, more: int) -> None:
    with program(link) as client, program(link) as stranger:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        stranger.hello("stranger", "1")
        client._socket.send_multipart([encode({"seq": 1}), *[b"and more"] * more])
        with pytest.raises(MessageRefused, match=f"message of {more + 1} parts; must be one part"):
            link.receive(LONG_S)
        client.send_actuators({"seq": 2})
        assert link.receive(LONG_S) == encode({"seq": 2})


@pytest.mark.parametrize("more", [1, 2, 5])
def test_an_answer_of_several_parts_is_found_before_anything_else_is_read(link: ZmqHarness, more: int) -> None:
    with program(link) as client:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        client._socket.send_multipart([encode({"seq": 1}), *[b"and more"] * more])
        assert link.answer(LONG_S) == encode({"seq": 1})
        with pytest.raises(MessageRefused, match="must be one part"):
            link.answer(LONG_S)


def test_what_came_before_it_was_asked_is_refused_with_what_it_is(link: ZmqHarness) -> None:
    with program(link) as client, program(link) as stranger:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        stranger.hello("stranger", "1")
        for seq in (1, 2):
            client.send_actuators({"type": "actuators", "flight": 0, "seq": seq})
        assert link.receive(LONG_S) == encode({"type": "actuators", "flight": 0, "seq": 1})
        link._socket.poll(int(LONG_S * 1000))
        with pytest.raises(Unasked, match="'actuators', flight 0, seq 2"):
            HarnessLink(link).exchange(b"frame", LONG_S)


def test_a_program_is_heard_out_until_its_connection_ends(link: ZmqHarness) -> None:
    with program(link) as client:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        client.send_actuators({"late": 1})
    assert link.hear_out(LONG_S) == encode({"late": 1})
    assert link.hear_out(LONG_S) is None


def test_silence_ends_at_the_deadline_and_the_watch_is_kept(link: ZmqHarness) -> None:
    looks = []
    link.watch = lambda: looks.append(1)
    with program(link) as client:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        with pytest.raises(PeerSilent, match=r"no answer within 0\.2 s"):
            HarnessLink(link).exchange(b"frame", SOON_S)
    assert len(looks) >= 3


def test_a_program_that_disconnects_is_gone_long_before_the_deadline(link: ZmqHarness) -> None:
    with program(link) as client:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
    with pytest.raises(PeerGone):
        HarnessLink(link).exchange(b"frame", 60.0)


def test_a_harness_that_closes_is_noticed_by_the_program(link: ZmqHarness) -> None:
    with program(link) as client:
        client.hello("mine", "1")
        link.await_hello(LONG_S)
        link.close()
        with pytest.raises(LinkClosed, match="closed the connection"):
            client.receive()


def test_a_silent_harness_is_given_up_at_the_deadline(link: ZmqHarness) -> None:
    with (
        GncLink(link.endpoint, link.admission.token, silence_s=SOON_S) as client,
        pytest.raises(LinkClosed, match=r"silent for 0\.2 s"),
    ):
        client.receive()


def test_a_program_started_by_hand_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOVERSLAM_ENDPOINT", raising=False)
    with pytest.raises(LinkClosed, match="HOVERSLAM_ENDPOINT is not set: the harness must start the flight program"):
        GncLink.from_environment()


def is_not_heard(link: ZmqHarness, stranger: GncLink) -> None:
    """The stranger says hello, and the link hears none. Its send fails if its handshake has failed before."""
    stranger._socket.linger = stranger._socket.sndtimeo = 0
    with suppress(zmq.Again):
        stranger.hello("stranger", "1")
    with pytest.raises(PeerSilent):
        link.await_hello(SOON_S)


def test_over_tcp_the_holder_of_the_keys_is_let_in() -> None:
    with ZmqHarness("tcp://127.0.0.1:*") as link, program(link) as client:
        assert link.endpoint.startswith("tcp://127.0.0.1:")
        client.hello("mine", "1")
        assert link.await_hello(LONG_S).name == "mine"


def test_over_tcp_nobody_else_gets_a_word_in() -> None:
    public, secret = (key.decode() for key in zmq.curve_keypair())
    with ZmqHarness("tcp://127.0.0.1:*") as link:
        stolen = {"HOVERSLAM_CURVE_PUBLIC": public, "HOVERSLAM_CURVE_SECRET": secret}
        with program(link, **stolen) as stranger, GncLink(link.endpoint, link.admission.token) as plain:
            is_not_heard(link, stranger)
            is_not_heard(link, plain)
            assert link.refused == []
            with program(link) as client:
                client.hello("mine", "1")
                assert link.await_hello(LONG_S).name == "mine"
        assert "from other programs" in (link.uninvited() or "")


def test_closing_while_others_leave_does_not_hang() -> None:
    """A connection that ends just then is an event that nobody reads any more; libzmq must not wait to tell it."""
    closed = threading.Thread(target=_close_while_others_leave, args=(1000,), daemon=True)
    closed.start()
    closed.join(60.0)
    assert not closed.is_alive()


def _close_while_others_leave(times: int) -> None:
    for _ in range(times):
        link = ZmqHarness("tcp://127.0.0.1:*")
        host, port = link.environment()["HOVERSLAM_ENDPOINT"].removeprefix("tcp://").split(":")
        with ExitStack() as strangers:
            for _ in range(20):
                strangers.enter_context(socket.create_connection((host, int(port)), timeout=10.0))
            leaving = threading.Thread(target=strangers.pop_all().close)
        while link.uninvited() is None:
            pass  # until the first of them is in
        leaving.start()
        link.close()
        leaving.join()


def test_the_programs_end_needs_neither_pydantic_nor_numpy() -> None:
    heavy = ("pydantic", "numpy", "numba", "plant", "scenarios")
    code = f"import sys, hoverslam.harness.wire.link; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
