"""Random damages to a campaign's database: bytes changed, runs of bytes zeroed, the end cut off.

Used with a few dozen by the tests, with a thousand by `make evidence ARGS=damage`.
"""

import random
import shutil
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.store import DATABASE, Store
from hoverslam.harness.cli import app
from tests.harness.campaign.rows import ABOUT, made

FLIGHTS = 40


def damaged(content: bytes, rng: random.Random) -> bytes:
    """One damage somewhere."""
    data, at = bytearray(content), rng.randrange(len(content))
    kind = rng.choice(("byte", "byte", "bit", "bytes", "zeros", "page", "cut"))
    if kind == "bit":
        data[at] ^= 1 << rng.randrange(8)
    elif kind == "byte":
        data[at] = (data[at] + rng.randrange(1, 256)) % 256
    elif kind == "cut":
        del data[at:]
    elif kind == "page":
        page, other = (4096 * rng.randrange(max(len(data) // 4096, 1)) for _ in range(2))
        data[page : page + 4096] = data[other : other + 4096]
    else:
        length = min(rng.randrange(2, 600), len(data) - at)
        data[at : at + length] = bytes(length) if kind == "zeros" else rng.randbytes(length)
    return bytes(data)


def damages(folder: Path, rng: random.Random, count: int) -> Counter[str]:
    """What reading came to, of so many damages: refused, read as it was, read as others, or a traceback."""
    original = folder / "original"
    with Store.create(original, ABOUT) as store:
        for place in range(FLIGHTS):
            store.add(made(place, fails=("R-21",) if place % 7 == 0 else ()), 0.5, "0")
    with Store.read(original) as store:
        whole = list(store.rows())
    content, outcomes = (original / DATABASE).read_bytes(), Counter[str]()
    for number in range(count):
        hit = folder / f"{number}"
        hit.mkdir()
        (hit / DATABASE).write_bytes(damaged(content, rng))
        outcomes[_read(hit, whole)] += 1
        shutil.rmtree(hit)
    return outcomes


def _read(place: Path, whole: list[Row]) -> str:
    done = CliRunner().invoke(app, ["salvage", str(place), "--out", str(place / "new")])
    if done.exit_code not in {0, 2}:
        return "traceback"
    if done.exit_code == 0:
        with Store.read(place / "new") as store:
            if not all(row in whole for row in store.rows()):
                return "read as others"
    try:
        with Store.read(place) as store:
            return "read as it was" if list(store.rows()) == whole else "read as others"
    except Exception as error:  # noqa: BLE001  anything but a mistake of the user's is what is looked for
        return "refused" if type(error).__name__ in {"StoreError", "DamagedError"} else "traceback"
