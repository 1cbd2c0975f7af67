"""The contract as one document that stands alone, from the pages of wire, conventions, link faults and flight load.

Nothing is said here that the pages do not say: they travel in the package, and are put in order, with own links.
"""

import re
from importlib.resources import files

from hoverslam.harness.docs.flight_load import page
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

SECTIONS = {
    "conventions.md": ("Units", "Frames", "Signs", "Time", "Names"),
    "link-faults.md": ("What a flight program must handle",),
}
"""Of pages that are about more than the wire."""
MARK = re.compile(r"\n?<!-- [^>]* -->\n?")
PICTURE = re.compile(r"\n!\[[^\]]*\]\([^)]*\)\n")
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
INSIDE = {"flight-load.md": "the-flight-load-key-by-key", "conventions.md": "frames-units-signs-time", "wire.md": ""}
INSIDE |= {"link-faults.md": "what-a-flight-program-must-handle"}
FIRST = f"""\
# Hoverslam: interface control document of flight software, protocol {PROTOCOL}

This document is all that is needed to write a flight program. `hoverslam icd --format md` writes it, from the tables by
which the harness itself checks messages. The same as JSON Schema: `--format json`; as a header for C: `--format c`;
each message, and each kind of refusal, as a file to test against: `--golden DIR`. What the harness sends is what
avionics measure, and what the program was told before flight: no truth.
"""


def document() -> str:
    """The whole document."""
    wire = _text("wire.md").partition("\n")[2]
    frames = "# Frames, units, signs, time\n\n" + _sections("conventions.md")
    parts = [FIRST, "# The wire\n" + wire, frames, _sections("link-faults.md"), page()]
    return "\n".join(_alone(part) for part in parts)


def _text(name: str) -> str:
    return files("hoverslam.harness.docs").joinpath("text", name).read_text(encoding="utf-8")


def _sections(page_: str) -> str:
    """The sections of a page that a flight program needs."""
    parts = re.split(r"^## ", _text(page_), flags=re.MULTILINE)
    wanted = [part for part in parts if part.partition("\n")[0] in SECTIONS[page_]]
    assert len(wanted) == len(SECTIONS[page_]), f"a section of docs/{page_} has another title"
    return "\n".join(f"## {part.rstrip()}\n" for part in wanted)


def _alone(text: str) -> str:
    """Without marks and pictures, and with links to nothing outside this document."""
    return LINK.sub(_link, PICTURE.sub("\n", MARK.sub("", text)))


def _link(found: re.Match[str]) -> str:
    words, file, anchor = found[1], found[2], found[3]
    if file and file not in INSIDE:
        return words
    return f"[{words}]({anchor or '#' + INSIDE[file]})"
