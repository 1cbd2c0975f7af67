"""Packages that only some commands need: which extra of ours brings them, and whether they are there."""

from importlib.util import find_spec

from hoverslam.harness.errors import UsageError

PACKAGES = {
    "campaign": ("cryptography", "distributed"),
    "fmu": ("fmpy",),
    "hunt": ("hypothesis",),
    "live": ("foxglove",),
    "parquet": ("pyarrow",),
}
"""By extra, what our own files import of it, as pyproject.toml has them."""


def check_extra(asker: str, extra: str, instead: str = "") -> None:
    """Before anything is written. Raises UsageError where a package is missing; `instead` names what works without."""
    if not all(map(_is_there, PACKAGES[extra])):
        install = f"pip install 'hoverslam[{extra}]' (in a checkout: make setup)"
        raise UsageError(f"{asker} needs the packages of the extra `{extra}`: {install}{instead and f', or {instead}'}")


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False
