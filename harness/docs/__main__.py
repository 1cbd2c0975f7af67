"""Writes the pages of docs/ that follow from the code, and files of the client in C and golden frames, in a checkout:

python -m hoverslam.harness.docs [--check] [PAGE ...]
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from hoverslam.harness.docs.beside import stale_beside
from hoverslam.harness.docs.pages import MEASURED, PAGES
from hoverslam.harness.errors import UsageError

FOLDER = Path("docs")
MISTAKE, DIFFERS = 2, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where each page is, or now is, what the code writes; 1 where a check found one that is not."""
    asked = _asked(arguments)
    try:
        pages = [name for name in asked.pages or PAGES if _stale(name, check=asked.check)]
        beside = [] if asked.pages else [*stale_beside(Path(), check=asked.check)]
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return MISTAKE
    for name in [*(str(FOLDER / page) for page in pages), *beside]:
        mend = f"make docs ARGS={Path(name).name}" if Path(name).name in MEASURED else "make docs"
        told = f"differs from what the code writes; run: {mend}" if asked.check else "written"
        sys.stdout.write(f"{name}: {told}\n")
    return DIFFERS if asked.check and (pages or beside) else 0


def _asked(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(
        "python -m hoverslam.harness.docs", description="Write the pages of docs/ that follow from the code."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a page differs")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join([*PAGES, *MEASURED])}; {_usual()}")
    return parser.parse_args(arguments)


def _usual() -> str:
    return f"without a name all but {', '.join(MEASURED)}, which is measured in minutes"


def _stale(name: str, *, check: bool) -> bool:
    """Whether a page is not what the code writes; it is then written, unless this is a check."""
    now = _read(name)
    try:
        wanted = {**PAGES, **MEASURED}[name](now)
    except UsageError as error:
        raise UsageError(f"{FOLDER / name}: {error}") from None
    if wanted != now and not check:
        (FOLDER / name).write_text(wanted, encoding="utf-8")
    return wanted != now


def _read(name: str) -> str:
    """The page as it is; empty where it has to be written for the first time."""
    if not FOLDER.is_dir():
        raise UsageError(f"{FOLDER}/: is not in {Path.cwd()}; run this in the root folder of a checkout")
    if name not in {**PAGES, **MEASURED}:
        raise UsageError(f"{name}: is no page that is written; there are: {', '.join([*PAGES, *MEASURED])}")
    return (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""


if __name__ == "__main__":
    sys.exit(main())
