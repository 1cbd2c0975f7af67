"""`hoverslam sdk`: the client of the wire as files to copy next to a flight program."""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import Kind, Output, tried_folder


class Client(NamedTuple):
    """A client: its files, where they lie in the package, what each begins with, and what its language needs beside."""

    package: str
    names: tuple[str, ...]
    marks: tuple[bytes, ...]
    needs: str


CLIENTS = {
    "python": Client(
        "harness/wire/sdk",
        ("hoverslam_link.py",),
        (b'"""Client of the Hoverslam wire, protocol ',),
        "Python 3.9 or newer with pyzmq and msgpack",
    ),
    "c": Client(
        "sdk/c",
        ("hoverslam.h", "hoverslam.c", "hoverslam_icd.h", "hoverslam_fields.h"),
        (b"/* Client of the Hoverslam wire", b"/* The wire of Hoverslam, ", b"/* Where the fields of messages lie in "),
        "a compiler for C99 or C++17, libzmq and msgpack-c (Debian: libzmq3-dev, libmsgpack-dev or libmsgpack-c-dev)",
    ),
}


def sdk_command(language: str, out: Path, *, as_json: bool) -> int:
    """Copy the client for a language into a folder. Raises UsageError."""
    if language not in CLIENTS:
        raise UsageError(
            f"sdk {language}: must be one of {', '.join(CLIENTS)}; for another language follow docs/wire.md"
        )
    client = CLIENTS[language]
    written = [str(place) for place in handed_over(client, out)]
    if as_json:
        print_json({"exit_code": 0, "language": language, "written": written[0], "files": written})
    else:
        console = results()
        console.say(f"{written[0]}: needs {client.needs}; its first lines show a whole flight program")
        for other in written[1:]:
            console.say(other)
    return 0


def handed_over(client: Client, out: Path) -> list[Path]:
    """Where the files now lie; older copies there are replaced, other files are not. Raises UsageError."""
    tried_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    places = [Output("--out", out / name, Kind("a client of hoverslam", (), client.marks)) for name in client.names]
    for place in places:
        place.tried()
    for place in places:
        place.write(files("hoverslam").joinpath(*client.package.split("/"), place.path.name).read_bytes())
    return [place.path for place in places]
