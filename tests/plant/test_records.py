"""Parameter tables as flat records. Oracle: the tables themselves, read through numpy before and after padding."""

from typing import NamedTuple

import numpy as np
import pytest

from hoverslam.plant.faults import ArmedFault, Trigger
from hoverslam.plant.kernels.aero import Grid, Table, lookup
from hoverslam.plant.kernels.records import COLUMNS, ROWS, as_record
from hoverslam.plant.plant import Plant
from hoverslam.plant.vehicle import load_vehicle, shipped_vehicles
from tests.plant.stage import command, lock_legs, plant, sense, shipped, truth

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
    with pytest.raises(ValueError, match=rf"grid has \({ROWS + 1},\) entries; at most \({ROWS},\) are possible"):
        as_record(outer(ROWS + 1))


def test_the_shipped_tables_survive_the_record() -> None:
    record = as_record(AERO)[0]
    rows, columns = AERO.normal.shape
    np.testing.assert_array_equal(record["normal"][:rows, :columns], AERO.normal)
    assert record["normal"].shape == (ROWS, COLUMNS)
    assert record["axial_scale"] == AERO.axial_scale


def test_stages_of_any_shape_share_the_types_of_their_records() -> None:
    stages = [plant(load_vehicle(name)) for name in shipped_vehicles()]
    assert len({stage.shape for stage in stages}) > 1
    assert len({id(stage.params.dtype) for stage in stages}) == 1
    assert len({id(stage.state.dtype) for stage in stages}) == 1


def spoil_what_is_not_there(stage: Plant) -> None:
    """Make NaN of everything that the state has room for and this stage has not, in place."""
    shape, state = stage.shape, stage.state[0]
    per_engine = (state["engines"], state["healthy"], state["effects"]["engine"])
    per_fin = (state["fin_rad"], state["effects"]["fin"])
    per_leg = [state[name] for name in ("leg_progress", "leg_crushed_m", "leg_touching", "leg_stuck_m", "leg_touched")]
    for arrays, count in (
        (per_engine, shape.engines),
        ((state["gimbal_rad"],), 2 * shape.gimballed),
        ((state["effects"]["gimbal"],), shape.gimballed),
        (per_fin, shape.fins),
        ((state["valves"], state["effects"]["valve"]), shape.thrusters),
        ((*per_leg, state["effects"]["leg"]), shape.legs),
    ):
        for array in arrays:
            assert len(array) > count, "there is room"
            array[count:] = np.nan
    state["gauged"][:, shape.engines + 4 + 2 * shape.gimballed + shape.fins + 1 :] = np.nan


@pytest.mark.parametrize("name", ["zq3_y1", "lm12a_like"])
def test_what_a_stage_has_not_is_not_read(name: str) -> None:
    vehicle = load_vehicle(name)
    slow = ArmedFault("fin_hydraulics", 0, Trigger("time", delay_s=0.1), duration_s=0.5)
    whole, spoilt = (plant(vehicle, faults=(slow,)) for _ in range(2))
    for stage in (whole, spoilt):
        lock_legs(stage)
    spoil_what_is_not_there(spoilt)
    row = command(whole, engine_on=1.0, throttle=0.7, gimbal_rad=0.01, fin_rad=0.05, rcs_open=1.0, leg_deploy=1.0)
    for _ in range(300):
        for stage in (whole, spoilt):
            stage.advance(row, 5)
        np.testing.assert_equal(sense(whole), sense(spoilt))
        np.testing.assert_equal(truth(whole), truth(spoilt))
