"""CURVE key pairs that outlive a run, as files, and the list of those that may fly.

`NAME.env` holds both keys of a pair as lines that a shell reads, for its owner only (mode 0600); `NAME.pub` holds the
public key, which others may see. The list is a file with a public key at the beginning of each line, or a folder with
files NAME.pub.
"""

import os
import re
import stat
import struct
from pathlib import Path

import zmq
from zmq.utils import z85

from hoverslam.harness.wire.curve import PUBLIC, SECRET, KeyPair
from hoverslam.harness.wire.errors import EndpointError

KEY_LENGTH = 40
"""Of a key of 32 bytes as Z85 text (ZeroMQ RFC 32)."""
MOST_BYTES, MOST_KEYS = 1 << 20, 10_000
_OPEN = (0o022, "others can change it; chmod go-w")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LINE = re.compile(r"export (\w+)='([^']*)'")


class KeyFileError(EndpointError):
    """A key file, or a list of keys, that cannot be used: which, why, what to do."""


def write_pair(pair: KeyPair, folder: Path, name: str) -> tuple[Path, Path]:
    """NAME.env and NAME.pub in a folder, which is made with mode 0700; nothing is replaced. Raises KeyFileError."""
    if not NAME.fullmatch(name):
        raise KeyFileError(f"keys {name[:80]!r}: must be up to 64 letters, digits and ._-; choose another name")
    whole, public = folder / f"{name}.env", folder / f"{name}.pub"
    for there in (whole, public):
        if os.path.lexists(there):
            raise KeyFileError(f"{there} exists and is not replaced; remove it, or choose another name")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(whole, f"export {PUBLIC}='{pair.public}'\nexport {SECRET}='{pair.secret}'\n", 0o600)
        _write(public, f"{pair.public} {name}\n", 0o644)
    except OSError as failed:
        raise KeyFileError(f"{whole}: cannot be written ({failed.strerror}); choose another folder") from None
    return whole, public


def _write(path: Path, text: str, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "w") as stream:
        stream.write(text)


def read_pair(path: Path) -> KeyPair:
    """The pair of a NAME.env that only its owner can read; raises KeyFileError."""
    text = _read(path, 0o077, "others can read it, its secret may be known; make a new pair, or chmod 600")
    found = dict(_LINE.findall(text))
    pair = KeyPair(found.get(PUBLIC, ""), found.get(SECRET, ""))
    if not all(map(_is_key, pair)):
        raise KeyFileError(f"{path}: has no key pair; give a NAME.env that `hoverslam keys` made")
    if zmq.curve_public(pair.secret.encode()).decode() != pair.public:
        raise KeyFileError(f"{path}: public and secret key are not of one pair; make a new one with `hoverslam keys`")
    return pair


def read_allowed(path: Path) -> frozenset[str]:
    """The public keys of a list that only its owner can change; raises KeyFileError."""
    files = sorted(path.glob("*.pub")) if path.is_dir() else [path]
    for place in dict.fromkeys((path, *files)):
        _refuse_open(place)
    keys = [(file, key) for file in files for key in _keys_in(file)]
    if not 0 < len(keys) <= MOST_KEYS:
        remedy = "`hoverslam keys NAME` makes NAME.pub"
        raise KeyFileError(f"{path}: has {len(keys)} public keys; must have 1 to {MOST_KEYS}; {remedy}")
    for file, key in keys:
        if not _is_key(key):
            raise KeyFileError(f"{file}: {key[:60]!r} is no public key of {KEY_LENGTH} characters; give one a line")
    return frozenset(key for _, key in keys)


def _keys_in(file: Path) -> list[str]:
    """The first word of each line; blank lines, and those that begin with "# ", are for people."""
    lines = [line.split() for line in _read(file, *_OPEN).splitlines()]
    return [words[0] for words in lines if words and words[0] != "#"]


def _read(path: Path, forbidden: int, why: str) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe shall not hold us up
            _refuse_mode(path, os.fstat(file.fileno()), forbidden, why)
            return file.read(MOST_BYTES).decode("ascii")
    except OSError as failed:
        raise KeyFileError(f"{path}: cannot be read ({failed.strerror}); check path and permissions") from None
    except UnicodeDecodeError:
        raise KeyFileError(f"{path}: is no text of keys; give a file that `hoverslam keys` made") from None


def _refuse_open(path: Path) -> None:
    try:
        _refuse_mode(path, path.stat(), *_OPEN)
    except OSError as failed:
        raise KeyFileError(f"{path}: cannot be read ({failed.strerror}); check path and permissions") from None


def _refuse_mode(path: Path, found: os.stat_result, forbidden: int, why: str) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise KeyFileError(f"{path}: is no file; give a file that `hoverslam keys` made")
    if mode & forbidden or found.st_uid not in {os.getuid(), 0}:
        raise KeyFileError(f"{path}: mode {mode:04o}, owner {found.st_uid}: {why} {path}")


def _is_key(text: str) -> bool:
    try:
        return len(text) == KEY_LENGTH and len(z85.decode(text)) == 32
    except (KeyError, ValueError, struct.error):
        return False
