"""Pythons that libraries of ours start take no module from the folder where the user happens to stand.

multiprocessing and Dask start workers with `python -c`, which looks for modules in the current folder before anywhere
else: a file `random.py` there would be taken for Python's. `PYTHONSAFEPATH` ends that, and flight programs do not get
it from us: a script of the user may import what lies beside it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SAFE_PATH, OURS = "PYTHONSAFEPATH", "HOVERSLAM_SAFEPATH"
"""Of Python; and that it was we who set it, which workers inherit too."""


@contextmanager
def safe_children() -> Iterator[None]:
    """While it lasts, every Python that this process or one that it started starts leaves the current folder out."""
    if os.environ.get(SAFE_PATH):  # the user's own, or ours already
        yield
        return
    before = os.environ.get(SAFE_PATH)
    os.environ.update({SAFE_PATH: "1", OURS: "1"})
    try:
        yield
    finally:
        for name, value in ((SAFE_PATH, before), (OURS, None)):
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def as_the_user_has_it(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what `safe_children` put there."""
    gone = {SAFE_PATH, OURS} if OURS in environment else set[str]()
    return {name: value for name, value in environment.items() if name not in gone}
