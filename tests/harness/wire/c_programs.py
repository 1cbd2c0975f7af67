"""Programs in C, built with the client as it lies in the package."""

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.harness.fake_plant import PROGRAMS, ROOT

CLIENT = ROOT / "sdk" / "c"
SOURCES = PROGRAMS / "c"
C99, CPP17 = ("cc", "-std=c99"), ("c++", "-x", "c++", "-std=c++17")
STRICT = ("-O1", "-Wall", "-Wextra", "-Werror", "-pedantic")
LIMIT_S = 300.0


def done(*command: str | Path) -> str:
    """What a command prints; it has to succeed, and to say nothing on standard error."""
    ran = subprocess.run(
        [str(one) for one in command], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, ""), f"{shlex.join(map(str, command))}\n{ran.stderr}"
    return ran.stdout


def libraries(flag: str) -> list[str]:
    """What pkg-config says of libzmq and msgpack-c, which has two names."""
    known = subprocess.run(["pkg-config", "--exists", "msgpack-c"], check=False).returncode == 0
    return done("pkg-config", flag, "libzmq", "msgpack-c" if known else "msgpack").split()


def built(source: Path, folder: Path, language: Sequence[str] = C99) -> Path:
    """The program of one file and the client, compiled without a warning."""
    objects = []
    for file in (source, CLIENT / "hoverslam.c"):
        objects.append(folder / f"{file.stem}.{language[0]}.o")
        if not objects[-1].exists():  # the client serves all programs of a folder
            done(*language, *STRICT, f"-I{CLIENT}", *libraries("--cflags"), "-c", file, "-o", objects[-1])
    program = folder / f"{source.stem}-{language[0]}"
    done(language[0], *objects, *libraries("--libs"), "-lm", "-o", program)
    return program


def landing(folder: Path, flags: Sequence[str] = ("-O2",)) -> Path:
    """The example that lands, built by its own Makefile in a folder."""
    for file in (CLIENT / "examples" / "landing").iterdir():
        if file.suffix in {".c", ".h", ""} and file.is_file():
            shutil.copy(file, folder)
    done("make", "--silent", "-C", folder, f"SDK={CLIENT}", f"CFLAGS={' '.join(flags)}")
    return folder / "landing"
