"""What programs in C are built with: what there is, or Debian's packages where they may be installed.

`make test` runs this before it has a virtual environment, so that whoever lacks something hears of it at the start.
Flights do not need it: only the tests, and projects that `hoverslam new-gnc --lang c` made.
"""

import shutil
import subprocess
import sys

from tests.harness.chromium import as_root

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


def install(lacking: list[str]) -> None:
    """Debian's packages, where there is apt-get and we may; raises NoToolsError where they did not come."""
    apt, root = shutil.which("apt-get"), as_root()
    if apt is None or root is None:
        raise NoToolsError(f"{', '.join(lacking)}: not found; {MISSING}")
    print(f"programs in C are tested, and {', '.join(lacking)} is not here: installing packages", flush=True)
    quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    _run([*quiet, "update", "-qq"])
    newer, older = MSGPACK
    last = newer if _would_work([*quiet, "install", "--dry-run", "-qq", newer]) else older
    _run([*quiet, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES, last])


def _would_work(command: list[str]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise NoToolsError(f"`{' '.join(command)}` failed, see above; {MISSING}")


def main() -> None:
    """Find everything, or install it. Raises NoToolsError."""
    if lacking := missing():
        install(lacking)
    if lacking := missing():
        raise NoToolsError(f"{', '.join(lacking)}: not found; {MISSING}")


if __name__ == "__main__":
    try:
        main()
    except NoToolsError as lacking_still:
        sys.exit(f"make test: {lacking_still}")
