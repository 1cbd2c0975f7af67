"""The flight load's reader: what is refused and by which name. Oracle: the reference load, spoilt in one place."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.load import NOT_NEEDED, LoadError, read_load
from tests.gnc.beliefs import FRAME_S, table

Spoil = Callable[[dict[str, Any]], object]


def refused(spoil: Spoil) -> str:
    """What is said about the reference load after this."""
    values = table()
    spoil(values)
    with pytest.raises(LoadError) as error:
        read_load(values, FRAME_S)
    assert "\n" not in str(error.value), "one line"
    assert str(error.value).startswith("flight load: ")
    return str(error.value)


def test_every_number_of_the_load_arrives_where_it_belongs() -> None:
    believed = read_load(table(), FRAME_S)
    assert believed.frame_s == FRAME_S
    for name, values in table().items():
        for key, value in values.items():
            if key in NOT_NEEDED.get(name, ()):
                continue
            np.testing.assert_array_equal(getattr(getattr(believed, name), key), value, err_msg=f"{name}.{key}")


def test_what_is_not_read_may_be_told_or_not() -> None:
    values = table()
    for key in NOT_NEEDED["stage"]:
        del values["stage"][key]
    assert read_load(values, FRAME_S).stage._fields == read_load(table(), FRAME_S).stage._fields


@pytest.mark.parametrize("name", ["pad", "start", "forecast", "stage", "filter", "gains"])
def test_a_table_that_is_missing_is_named(name: str) -> None:
    assert f"lacks the key '{name}'" in refused(lambda values: values.pop(name))


@pytest.mark.parametrize("name", ["pad", "start", "forecast", "stage", "filter", "gains"])
def test_an_unknown_key_is_named_with_its_table_and_those_there_are(name: str) -> None:
    message = refused(lambda values: values[name].update(true_mass_kg=1.0))
    assert f"{name} has the unknown key 'true_mass_kg'" in message
    assert next(iter(table()[name])) in message


def test_an_unknown_table_is_named() -> None:
    assert "unknown key 'truth'" in refused(lambda values: values.update(truth={}))


@pytest.mark.parametrize(("name", "key"), [("pad", "elevation_m"), ("stage", "foot_m"), ("gains", "leg_time_s")])
def test_a_missing_key_is_named_with_its_table(name: str, key: str) -> None:
    assert f"{name} lacks the key '{key}'" in refused(lambda values: values[name].pop(key))


@pytest.mark.parametrize("value", ["high", None, True, [1.0], {"m": 1.0}])
def test_what_is_not_a_number_is_refused_with_its_place_and_value(value: object) -> None:
    message = refused(lambda values: values["pad"].update(elevation_m=value))
    assert "pad.elevation_m" in message
    assert repr(value) in message


@pytest.mark.parametrize("value", [[1.0, 2.0], 3.0, "east", [1.0, 2.0, 3.0, 4.0]])
def test_what_is_not_three_numbers_is_refused(value: object) -> None:
    message = refused(lambda values: values["start"].update(pos_enu_m=value))
    assert "start.pos_enu_m" in message
    assert "three numbers" in message


@pytest.mark.parametrize("value", [[1.0, "two", 3.0], [[1.0], [2.0], [3.0]], [None, None, None]])
def test_three_things_that_are_not_numbers_are_refused_by_name(value: object) -> None:
    assert "start.pos_enu_m" in refused(lambda values: values["start"].update(pos_enu_m=value))


@pytest.mark.parametrize("value", [["a", "b"], [[1.0, 2.0], [3.0]], None])
def test_a_table_of_something_else_is_refused_by_name(value: object) -> None:
    assert "stage.axial" in refused(lambda values: values["stage"].update(axial=value))


def test_a_number_in_place_of_a_table_is_refused() -> None:
    assert "pad must be a table" in refused(lambda values: values.update(pad=7.0))


def test_an_empty_table_is_refused_but_no_spares_are_allowed() -> None:
    assert "stage.landing is empty" in refused(lambda values: values["stage"].update(landing=[]))
    values = table()
    values["stage"]["spares"] = []
    assert read_load(values, FRAME_S).stage.spares.size == 0


def test_whole_numbers_become_floats() -> None:
    values = table()
    values["pad"]["elevation_m"] = 1350
    assert isinstance(read_load(values, FRAME_S).pad.elevation_m, float)
