"""`hoverslam sdk`: the client of the wire as a file to copy next to a flight program."""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import Kind, Output, tried_folder


class Client(NamedTuple):
    """A client: its file in `harness.wire.sdk`, and what its language needs beside it."""

    file: str
    kind: Kind
    needs: str


CLIENTS = {
    "python": Client(
        "hoverslam_link.py",
        Kind("a client of hoverslam", (".py",), (b'"""Client of the Hoverslam wire, protocol ',)),
        "Python 3.9 or newer with pyzmq and msgpack",
    )
}


def sdk_command(language: str, out: Path, *, as_json: bool) -> int:
    """Copy the client for a language into a folder. Raises UsageError."""
    if language not in CLIENTS:
        raise UsageError(
            f"sdk {language}: must be one of {', '.join(CLIENTS)}; for another language follow docs/wire.md"
        )
    client = CLIENTS[language]
    place = _handed_over(client, out)
    if as_json:
        print_json({"exit_code": 0, "language": language, "written": str(place)})
    else:
        results().say(f"{place}: needs {client.needs}; its first lines show a whole flight program")
    return 0


def _handed_over(client: Client, out: Path) -> Path:
    """Where it now lies; an older copy there is replaced, another file is not. Raises UsageError."""
    tried_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    place = out / client.file
    Output("--out", place, client.kind).write(files("hoverslam.harness.wire.sdk").joinpath(client.file).read_bytes())
    return place
