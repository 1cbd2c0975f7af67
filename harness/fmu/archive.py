"""The FMU as a file: a zip of a stranger's tool, of which nothing is believed before it is checked."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from shutil import copyfileobj

from hoverslam.harness.fmu.errors import FmuError

DESCRIPTION = "modelDescription.xml"
MOST_FILES, MOST_MIB, MOST_DESCRIPTION_MIB = 10_000, 1024, 16
"""Limits of an FMU when unpacked, chosen: a controller with its resources has a few MiB."""
MIB = 2**20
ENCRYPTED = 0x1
DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises for damaged, encrypted and unknown contents."""


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, its list of files checked. Raises FmuError for one that is damaged or unsafe."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(file, archive.infolist())
            yield archive
    except OSError as error:
        raise FmuError(f"{file}: cannot be read ({error.strerror or error}); check its path and permissions") from None
    except DAMAGES as error:
        raise FmuError(f"{file}: is no intact FMU, which is a zip file ({error}); export or copy it again") from None


def description_of(file: Path, archive: zipfile.ZipFile) -> bytes:
    """The bytes of the model description. Raises FmuError where there is none, or one that is too large or unsafe."""
    try:
        size = archive.getinfo(DESCRIPTION).file_size
    except KeyError:
        raise FmuError(f"{file}: has no {DESCRIPTION}, so it is no FMU; give the .fmu that was exported") from None
    if size > MOST_DESCRIPTION_MIB * MIB:
        raise FmuError(
            f"{file}: {DESCRIPTION} of {size / MIB:.0f} MiB; at most {MOST_DESCRIPTION_MIB} MiB are read; export it "
            "without internal variables"
        )
    data = archive.read(DESCRIPTION)
    if b"<!DOCTYPE" in (plain := data.replace(b"\0", b"")) or b"<!ENTITY" in plain:  # UTF-16 has the zeros
        raise FmuError(f"{file}: {DESCRIPTION} declares a document type, which FMI has none of; export it again")
    return data


def unpacked(file: Path, into: Path) -> Path:
    """All files of the FMU in a new folder. Raises FmuError."""
    with opened(file) as archive:
        for member in archive.infolist():
            place = into / member.filename
            if member.is_dir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, place.open("xb") as target:
                copyfileobj(source, target)
    (into / "resources").mkdir(exist_ok=True)  # an FMU may look for it even where it brings none
    return into


def _check_members(file: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise FmuError(f"{file}: has {len(members)} files; at most {MOST_FILES} are unpacked; export it again")
    size_mib = sum(member.file_size for member in members) / MIB
    if size_mib > MOST_MIB:
        raise FmuError(
            f"{file}: has {size_mib:.0f} MiB unpacked; at most {MOST_MIB} MiB are; remove what is not needed"
        )
    seen = set[str]()
    for member in members:
        if (why := _unsafe(member)) or member.filename in seen:
            raise FmuError(
                f"{file}: its file {member.filename[:80]!r} {why or 'is there twice'}; nothing was unpacked; export it "
                "again, and use no FMU whose origin you do not trust"
            )
        seen.add(member.filename)


def _unsafe(member: zipfile.ZipInfo) -> str:
    """Why a file of the archive must not be unpacked; empty for one that may be."""
    name = member.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
        return "lies outside of its folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link"
    return "is encrypted" if member.flag_bits & ENCRYPTED else ""
