"""What programs in C are built with: what there is, or Debian's packages where they may be installed.

`make test` asks before it has a virtual environment, so that whoever cannot have something hears of it at the start;
installed it is while the virtual environment is built.
Flights do not need it: only the tests, and projects that `hoverslam new-gnc --lang c` made.
"""

import shutil
import subprocess
import sys

from tests.harness.chromium import installer

COMPILERS = ("cc", "c++", "make", "pkg-config")
LIBRARIES = (("libzmq",), ("msgpack-c", "msgpack"))
"""Names that pkg-config may know each library by."""
PACKAGES = ("gcc", "g++", "libc6-dev", "make", "pkg-config", "libzmq3-dev")
MSGPACK = ("libmsgpack-c-dev", "libmsgpack-dev")
"""That of newer systems first."""
MISSING = (
    "the client in C is tested with compilers for C99 and C++17, make, pkg-config, libzmq and msgpack-c; install them "
    f"(Debian 12, Ubuntu: apt install {' '.join((*PACKAGES, MSGPACK[1]))}; Debian 13: {MSGPACK[0]} in place of "
    f"{MSGPACK[1]}; Fedora: dnf install gcc gcc-c++ make pkgconf zeromq-devel msgpack-devel; "
    "macOS: xcode-select --install, brew install pkgconf zeromq msgpack)"
)


class NoToolsError(Exception):
    """Something to build programs in C with is not here; the text says what to do."""


def missing() -> list[str]:
    """What is not here."""
    found = [name for name in COMPILERS if shutil.which(name) is None]
    if "pkg-config" in found:
        return found
    return found + [names[-1] for names in LIBRARIES if not any(map(_knows, names))]


def _knows(library: str) -> bool:
    return subprocess.run(["pkg-config", "--exists", library], check=False).returncode == 0


def _not_found(lacking: list[str]) -> NoToolsError:
    return NoToolsError(f"{', '.join(lacking)}: not found; {MISSING}")


def install(apt: list[str], lacking: list[str]) -> None:
    """Debian's packages; raises NoToolsError where they did not come."""
    print(f"programs in C are tested, and {', '.join(lacking)} is not here: installing packages", flush=True)
    _run([*apt, "update", "-qq"])
    newer, older = MSGPACK
    last = newer if _would_work([*apt, "install", "--dry-run", "-qq", newer]) else older
    _run([*apt, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES, last])


def _would_work(command: list[str]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise NoToolsError(f"`{' '.join(command)}` failed, see above; {MISSING}")


def main(*, ask: bool = False) -> None:
    """Find everything, or install it. Raises NoToolsError, where it only asks for what cannot be installed."""
    if lacking := missing():
        apt = installer(_not_found(lacking))
        if ask:
            return
        install(apt, lacking)
    if lacking := missing():
        raise _not_found(lacking)


if __name__ == "__main__":
    try:
        main(ask=sys.argv[1:] == ["--ask"])
    except NoToolsError as lacking_still:
        sys.exit(f"make test: {lacking_still}")
