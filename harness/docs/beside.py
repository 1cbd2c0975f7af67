"""Files that follow from the code, with their contents: of the client in C, golden frames, figures of signs."""

from collections.abc import Callable, Iterator
from pathlib import Path

from hoverslam.harness.docs.golden import golden_files
from hoverslam.harness.docs.icd_fields import fields
from hoverslam.harness.docs.icd_header import header
from hoverslam.harness.docs.sign_figures import figures

GOLDEN = "harness/wire/golden"
CLIENT = "sdk/c"
PICTURES = "docs/img"


def files_beside() -> Iterator[tuple[str, bytes]]:
    """Path in the checkout, and what belongs there."""
    client: dict[str, Callable[[], str]] = {"hoverslam_icd.h": header, "hoverslam_fields.h": fields}
    yield from ((f"{CLIENT}/{name}", made().encode()) for name, made in client.items())
    yield from ((f"{GOLDEN}/{name}", content) for name, content in golden_files().items())
    yield from ((f"{PICTURES}/{name}", content.encode()) for name, content in figures())


def stale_beside(root: Path, *, check: bool) -> Iterator[str]:
    """Which are not what the code writes, or no longer belong there; mended, unless this is a check."""
    wanted = dict(files_beside())
    for name in sorted({*wanted, *(str(one.relative_to(root)) for one in (root / GOLDEN).glob("*"))}):
        now = (root / name).read_bytes() if (root / name).exists() else None
        if now != wanted.get(name):
            if not check:
                _mend(root / name, wanted.get(name))
            yield name


def _mend(place: Path, content: bytes | None) -> None:
    """Write a file, or remove one that no longer belongs there."""
    if content is None:
        place.unlink()
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
