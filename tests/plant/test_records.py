"""Parameter tables as flat records. Oracle: the tables themselves, read through numpy before and after padding."""

from typing import NamedTuple

import numpy as np
import pytest

from plant.kernels.aero import Grid, Table, lookup
from plant.kernels.records import COLUMNS, ROWS, as_record
from tests.plant.stage import shipped

AERO = shipped().aero


class Inner(NamedTuple):
    """A nested table."""

    triple: tuple[float, float, float]
    pieces: int


class Outer(NamedTuple):
    """One field of each kind."""

    grid: Grid
    values: Table
    inner: Inner
    number: float


def outer(points: int) -> Outer:
    """A table with this many points."""
    return Outer(np.linspace(0.0, 2.0, points), np.linspace(1.0, -3.0, points) ** 2, Inner((1.0, 2.0, 3.0), 7), 4.0)


def test_every_field_comes_back_by_name() -> None:
    record = as_record(outer(5))[0]
    np.testing.assert_array_equal(record["values"][:5], outer(5).values)
    np.testing.assert_array_equal(record["inner"]["triple"], (1.0, 2.0, 3.0))
    assert (record["inner"]["pieces"], record["number"]) == (7, 4.0)


@pytest.mark.parametrize("points", [2, 5, ROWS])
@pytest.mark.parametrize("x", [-1.0, 0.0, 0.3, 1.0, 1.999, 2.0, 2.1, 50.0])
def test_padding_leaves_every_interpolation_unchanged(points: int, x: float) -> None:
    table = outer(points)
    record = as_record(table)[0]
    found = lookup(np.ascontiguousarray(record["grid"]), np.ascontiguousarray(record["values"]), x)
    assert found == pytest.approx(np.interp(x, table.grid, table.values), rel=1e-12)


def test_vehicles_with_other_tables_share_one_type() -> None:
    assert as_record(outer(3)).dtype is as_record(outer(20)).dtype


def test_a_table_that_does_not_fit_is_refused_with_its_name_and_the_limit() -> None:
    with pytest.raises(ValueError, match=rf"grid has \({ROWS + 1},\) entries; at most \({ROWS},\) fit"):
        as_record(outer(ROWS + 1))


def test_the_shipped_tables_survive_the_record() -> None:
    record = as_record(AERO)[0]
    rows, columns = AERO.normal.shape
    np.testing.assert_array_equal(record["normal"][:rows, :columns], AERO.normal)
    assert record["normal"].shape == (ROWS, COLUMNS)
    assert record["axial_scale"] == AERO.axial_scale
