"""Key pairs and lists of keys as files. Oracle: libzmq, which knows the public key of a secret, and POSIX modes."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import zmq

from hoverslam.harness.wire.curve import Door, make_pair
from hoverslam.harness.wire.key_files import KeyFileError, read_allowed, read_pair, write_pair
from hoverslam.harness.wire.link import GncLink
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from tests.harness.wire.test_link import LONG_S, is_not_heard


def test_a_pair_is_written_for_its_owner_only_and_read_back(tmp_path: Path) -> None:
    whole, public = write_pair(make_pair(), tmp_path / "new" / "keys", "fc-1")
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert stat.S_IMODE(whole.parent.stat().st_mode) == 0o700
    pair = read_pair(whole)
    assert zmq.curve_public(pair.secret.encode()).decode() == pair.public
    assert pair.secret not in public.read_text()
    assert read_allowed(public) == read_allowed(public.parent) == {pair.public}


@pytest.mark.parametrize("gone", ["", "fc.env", "fc.pub"])
def test_nothing_is_replaced_and_no_half_of_a_pair_is_written(tmp_path: Path, gone: str) -> None:
    write_pair(make_pair(), tmp_path, "fc")
    if gone:
        (tmp_path / gone).unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(KeyFileError, match=r"fc\.\w+ exists and is not replaced; remove it, or choose another name"):
        write_pair(make_pair(), tmp_path, "fc")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("read", [read_pair, read_allowed])
def test_a_pipe_holds_nobody_up(tmp_path: Path, read: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyFileError, match="pipe: is no file"):
        read(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["", "../fc", "a/b", ".hidden", "a" * 65, "a\n"])
def test_a_name_leads_to_no_other_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyFileError, match="choose another name"):
        write_pair(make_pair(), tmp_path / "keys", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o610])
def test_a_pair_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    whole, _ = write_pair(make_pair(), tmp_path, "fc")
    whole.chmod(mode)
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}.*others can read it"):
        read_pair(whole)


@pytest.mark.parametrize(("place", "mode"), [("fc.pub", 0o664), ("fc.pub", 0o646), (".", 0o770), (".", 0o703)])
def test_a_list_that_others_can_change_is_refused(tmp_path: Path, place: str, mode: int) -> None:
    write_pair(make_pair(), tmp_path / "keys", "fc")
    (tmp_path / "keys" / place).chmod(mode)
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}.*others can change it"):
        read_allowed(tmp_path / "keys")


def test_a_pair_of_two_that_do_not_belong_together_is_refused(tmp_path: Path) -> None:
    one, other = make_pair(), make_pair()
    whole, _ = write_pair(one._replace(secret=other.secret), tmp_path, "fc")
    with pytest.raises(KeyFileError, match="are not of one pair"):
        read_pair(whole)


def test_a_list_has_a_key_a_line_and_words_for_people(tmp_path: Path) -> None:
    keys, file = [make_pair().public for _ in range(3)], tmp_path / "list"
    file.write_text("# who may fly\n\n" + "".join(f"{key} name {n}\n" for n, key in enumerate(keys)))
    file.chmod(0o644)
    assert read_allowed(file) == set(keys)


@pytest.mark.parametrize("text", ["", "# nobody\n", "short\n", "#" * 40, "~" * 40, "a" * 41, "\u00e9" * 40])
def test_what_is_no_list_of_keys_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text)
    (tmp_path / "list").chmod(0o644)
    with pytest.raises(KeyFileError, match=r"public key|no text of keys"):
        read_allowed(tmp_path / "list")


def test_only_a_key_of_the_list_lets_in_and_the_harness_is_known_by_its_own() -> None:
    own, listed, other = make_pair(), make_pair(), make_pair()
    with ZmqHarness("tcp://127.0.0.1:*", door=Door(own, frozenset({listed.public}))) as link:
        told = link.environment()
        assert told["HOVERSLAM_CURVE_SERVER"] == own.public
        assert "HOVERSLAM_CURVE_SECRET" not in told
        place, token = told["HOVERSLAM_ENDPOINT"], told["HOVERSLAM_TOKEN"]
        with (
            GncLink(place, token, (own.public, *other)) as stranger,
            GncLink(place, token, (other.public, *listed)) as lost,
        ):
            is_not_heard(link, stranger)
            is_not_heard(link, lost)
        with GncLink(place, token, (own.public, *listed)) as client:
            client.hello("mine", "1")
            assert link.await_hello(LONG_S).name == "mine"


def test_a_door_that_is_knocked_at_without_end_ends_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    class Crowd:
        """As the doorman's socket, with somebody at the door whenever it is looked at."""

        def poll(self, _: int) -> int:
            return 1

        def recv_multipart(self) -> list[bytes]:
            nonlocal asked
            asked += 1
            return [b"1.0", b"1", b"", b"", b"", b"CURVE", bytes(32)]

        def send_multipart(self, _: list[bytes]) -> None: ...

        def close(self, _: int) -> None: ...

    with ZmqHarness("tcp://127.0.0.1:*") as link:
        assert link._doorman is not None
        link._doorman.close()
        monkeypatch.setattr(link._doorman, "_socket", Crowd())
        link._doorman.answer()
    assert 0 < asked <= 10_000
