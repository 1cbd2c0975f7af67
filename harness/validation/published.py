"""Small tables of numbers that others have published; the first line of each file names its source."""

import csv
import math
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

TABLES = files("hoverslam.harness") / "validation" / "tables"


def published(name: str) -> dict[str, NDArray[np.float64]]:
    """The columns of a table; an entry that was not published is NaN."""
    text = (TABLES / f"{name}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    return {column: np.array([float(row[column] or math.nan) for row in rows]) for column in rows[0]}
