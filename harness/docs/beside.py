"""Files outside docs/ that follow from the code, with their contents: of the client in C, and golden frames."""

from collections.abc import Callable, Iterator

from hoverslam.harness.docs.golden import golden_files
from hoverslam.harness.docs.icd_fields import fields
from hoverslam.harness.docs.icd_header import header

GOLDEN = "harness/wire/golden"
CLIENT = "sdk/c"


def files_beside() -> Iterator[tuple[str, bytes]]:
    """Path in the checkout, and what belongs there."""
    client: dict[str, Callable[[], str]] = {"hoverslam_icd.h": header, "hoverslam_fields.h": fields}
    yield from ((f"{CLIENT}/{name}", made().encode()) for name, made in client.items())
    yield from ((f"{GOLDEN}/{name}", content) for name, content in golden_files().items())
