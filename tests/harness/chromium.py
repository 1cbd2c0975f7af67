"""The browser that pages are tested in: the one there is, or Debian's Chromium where it may be installed.

`make test` asks before it has a virtual environment, so that whoever can have no browser hears of it at the start;
installed it is while the virtual environment is built.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    "the pages are tested in Chromium or Chrome, and none was found; install one (Debian: apt install chromium; "
    "Fedora: dnf install chromium; Arch: pacman -S chromium; macOS: brew install --cask google-chrome), or name one "
    "that you have in HOVERSLAM_BROWSER"
)
PACKAGES = ("install", "-y", "-qq", "--no-install-recommends", "chromium", "libatomic1")
LIBRARY = "libatomic.so.1"
"""What Playwright's driver is linked with, and a bare Debian lacks."""
STARTS_S = 120.0  # a cold disk


class NoBrowserError(Exception):
    """No browser to test pages in; the text says what to do."""


def browser_path() -> str:
    """The browser there is: the one named, one on the path, or that of macOS. Raises NoBrowserError."""
    named = os.environ.get("HOVERSLAM_BROWSER")
    found = [named] if named else [*filter(None, map(shutil.which, NAMES)), *MAC]
    for path in found:
        if Path(path).exists():
            return path
    raise NoBrowserError(f"HOVERSLAM_BROWSER = {named}: no such file" if named else MISSING)


def check_driver() -> None:
    """Raises NoBrowserError where what drives the browser cannot be loaded."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL(LIBRARY)
        except OSError:
            raise NoBrowserError(
                f"Playwright drives the browser of the page tests and needs {LIBRARY}: install it (Debian: apt install "
                "libatomic1; Fedora: dnf install libatomic)"
            ) from None


def as_root() -> list[str] | None:
    """What makes a command root's: nothing where we are, sudo where it asks for no password, None where we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def installer(missing: Exception) -> list[str]:
    """How apt-get is called to install packages; raises what is missing where there is none or we may not."""
    apt, root = shutil.which("apt-get"), as_root()
    if apt is None or root is None:
        raise missing
    return [*root, "env", "DEBIAN_FRONTEND=noninteractive", apt]


def install(apt: list[str]) -> None:
    """Debian's package; raises NoBrowserError where it did not come."""
    print(
        "pages are tested in a browser, which is not here or cannot be driven: installing chromium and libatomic1",
        flush=True,
    )
    for arguments in (("update", "-qq"), PACKAGES):
        command = [*apt, *arguments]
        if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
            raise NoBrowserError(f"`{' '.join(command)}` failed, see above; {MISSING}")


def check_starts(path: str) -> None:
    """Raises NoBrowserError for one that cannot even say its version, as Ubuntu's stand-in for a snap cannot."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=STARTS_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoBrowserError(f"{path} does not start: {error}; {MISSING}") from None
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise NoBrowserError(f"{path} does not start: {said}; {MISSING}")


def main(*, ask: bool = False) -> None:
    """Find one and what drives it, or install them; where it only asks, raise what cannot be installed."""
    try:
        browser_path()
        check_driver()
    except NoBrowserError as missing:
        if str(missing).startswith("HOVERSLAM_BROWSER"):
            raise
        apt = installer(missing)
        if ask:
            return
        install(apt)
    check_driver()
    check_starts(browser_path())


if __name__ == "__main__":
    try:
        main(ask=sys.argv[1:] == ["--ask"])
    except NoBrowserError as missing:
        sys.exit(f"make test: {missing}")
