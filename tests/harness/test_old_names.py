"""Names that the docs gave before the harness had rooms. Oracle: the docs of then."""

import importlib

import pytest

OLD = {
    "hoverslam.harness.fleet.FleetSession": "hoverslam.harness.program.fleet",
    "hoverslam.harness.oracle.Oracle": "hoverslam.harness.window.oracle",
    "hoverslam.harness.window.FlightWindow": "hoverslam.harness.window.window",
    "hoverslam.harness.wire.link.GncLink": "hoverslam.harness.wire.link",
    "hoverslam.scenarios.strategies.scenarios": "hoverslam.scenarios.strategies",
}


@pytest.mark.parametrize("name", OLD)
def test_a_name_that_docs_gave_is_the_same_thing_for_a_release(name: str) -> None:
    module, _, what = name.rpartition(".")
    assert getattr(importlib.import_module(module), what) is getattr(importlib.import_module(OLD[name]), what)
