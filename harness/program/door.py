"""Who may fly over tcp, from what the command line says: a key pair of the harness, a list of public keys."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hoverslam.harness.errors import UsageError
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.wire.curve import Door
from hoverslam.harness.wire.key_files import KeyFileError, read_allowed, read_pair

Found = TypeVar("Found")


def door_of(gnc: str | None, listen: str | None, key: Path | None, allow: Path | None) -> Door | None:
    """The door that `--key` and `--allow` state; None for neither. Raises UsageError."""
    asked = [option for option, given in (("--key", key), ("--allow", allow)) if given is not None]
    if not asked:
        return None
    if listen is None or not listen.startswith("tcp://"):
        raise UsageError(f"{asked[0]}: keys are used over tcp only; add --listen tcp://HOST:PORT, or remove it")
    if allow is not None and gnc != WAIT:
        raise UsageError(
            "--allow: for a program that is started by hand with a key pair of its own; add --gnc wait, or remove "
            "--allow: a program that the harness starts gets a pair made for the run"
        )
    own = None if key is None else _read("--key", read_pair, key)
    return Door(own, frozenset() if allow is None else _read("--allow", read_allowed, allow))


def _read(option: str, read: Callable[[Path], Found], path: Path) -> Found:
    try:
        return read(path)
    except KeyFileError as error:
        raise UsageError(f"{option} {error}") from None
