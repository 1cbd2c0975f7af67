"""A flight load against the vehicle: what does not fit is refused. Oracle: the reference load, spoilt in one place."""

from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.compiled import as_record
from hoverslam.gnc.fit import check_engines, check_shape, roomy
from hoverslam.gnc.layout import start_state
from hoverslam.gnc.load import LoadError, read_load
from hoverslam.gnc.model import table as looked_up
from hoverslam.gnc.prediction import count, thrust_is_on
from hoverslam.gnc.state import ROOM
from tests.gnc.beliefs import FRAME_S, table

SHAPE = {"engines": 9, "gimballed": 5, "fins": 4, "thrusters": 8, "legs": 4}


def stage(**changes: Any) -> Any:
    """The reference load with another stage."""
    values = table()
    values["stage"].update(changes)
    return read_load(values, FRAME_S)


def test_the_reference_load_fits_its_vehicle() -> None:
    check_engines(stage().stage)
    check_shape(stage(), SHAPE)


@pytest.mark.parametrize("kind", ["engines", "gimballed", "fins", "thrusters"])
def test_a_load_of_another_vehicle_is_refused_with_both_numbers(kind: str) -> None:
    with pytest.raises(LoadError, match=rf"{SHAPE[kind]} entries; the vehicle's {kind} are {SHAPE[kind] - 2}"):
        check_shape(stage(), {**SHAPE, kind: SHAPE[kind] - 2})


@pytest.mark.parametrize(
    ("key", "engines"), [("landing", [0, 1, 9]), ("spares", [-1]), ("gimbal_engine", [0, 1, 3, 5, 7.5])]
)
def test_an_engine_that_is_not_there_is_refused(key: str, engines: list[float]) -> None:
    with pytest.raises(LoadError, match=rf"stage\.{key} = .*; engines are 0 to 8"):
        check_engines(stage(**{key: engines}).stage)


def test_the_last_engine_has_to_be_lit() -> None:
    with pytest.raises(LoadError, match=r"stage\.last = 3 is not in stage\.landing"):
        check_engines(stage(last=3).stage)


def test_more_engines_than_the_record_holds_are_refused() -> None:
    ring = [[0.1 * i, 0.0] for i in range(ROOM + 1)]
    with pytest.raises(LoadError, match=rf"lists {ROOM + 1} engines; at most {ROOM} are possible"):
        check_engines(stage(engine_yz_m=ring, landing=list(range(ROOM + 1))).stage)


@pytest.mark.parametrize(("landing", "spares"), [([0], []), ([0, 1, 5], [3, 7]), ([0, 1, 5, 3, 7], [])])
def test_lists_of_engines_keep_order_and_number_in_the_record_and_have_one_size(
    landing: list[int], spares: list[int]
) -> None:
    packed = roomy(stage(landing=landing, spares=spares)).stage
    assert (packed.landing.size, packed.spares.size) == (ROOM, ROOM)
    assert (count(packed.landing), count(packed.spares)) == (len(landing), len(spares))
    np.testing.assert_array_equal(packed.landing[: len(landing)], landing)


@pytest.mark.parametrize("grid", ["axial_mach", "plume_coefficient", "fin_mach"])
def test_tables_are_read_as_before_they_had_one_size(grid: str) -> None:
    name = {"axial_mach": "axial", "plume_coefficient": "plume_factor", "fin_mach": "fin_slope"}[grid]
    short, packed = stage().stage, roomy(stage()).stage
    points, values = getattr(short, grid), getattr(short, name)
    assert len(getattr(packed, grid)) == ROOM > len(points)
    for x in (points[0] - 1.0, *points, *(0.5 * (points[1:] + points[:-1])), points[-1] + 1.0):
        assert looked_up(getattr(packed, grid), getattr(packed, name), x) == looked_up(points, values, x)


def test_a_vehicle_of_another_shape_has_the_records_of_the_shipped_one() -> None:
    small = stage(
        engine_yz_m=[[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]],
        gimbal_engine=[0],
        landing=[0],
        spares=[1],
        last=0,
        fin_span_yz=[[1.0, 0.0]],
        thruster_position_m=[[30.0, 1.0, 0.0]],
        thruster_direction=[[0.0, 0.0, 1.0]],
    )
    assert as_record(roomy(small)).dtype is as_record(roomy(stage())).dtype
    assert start_state(small, 3).dtype is start_state(stage(), 9).dtype


@pytest.mark.parametrize("landing", [[0], [0, 1, 5], [0, 1, 5, 3, 7]])
def test_thrust_counts_as_on_between_tail_off_and_the_floor_of_all_that_burn(landing: list[int]) -> None:
    believed = roomy(stage(landing=landing)).stage
    at_floor = len(landing) * (believed.throttle_floor * believed.vacuum_thrust_n - 101_325.0 * believed.exit_area_m2)
    assert thrust_is_on(believed, at_floor)
    assert not thrust_is_on(believed, 0.15 * at_floor)
