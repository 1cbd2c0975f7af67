"""The reference flight load for the flight software's tests, as a record the way that it flies."""

import tomllib
from pathlib import Path
from typing import Any

from hoverslam import scenarios
from hoverslam.gnc.compiled import as_record
from hoverslam.gnc.fit import roomy
from hoverslam.gnc.load import Load, read_load

FRAME_S = 0.01
FILE = Path(scenarios.__file__).parent / "flight_loads" / "zq3_reference.toml"


def table() -> dict[str, Any]:
    """The load as it comes over the wire; a fresh copy."""
    return tomllib.loads(FILE.read_text())


def load(**filter_settings: float) -> Load:
    """The load that the flight software reads; keyword arguments change the filter's settings."""
    values = table()
    values["filter"].update(filter_settings)
    return read_load(values, FRAME_S)


def record(believed: Load) -> Any:
    """The same as kernels get it."""
    return as_record(roomy(believed))[0]
