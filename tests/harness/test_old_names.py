"""Names that the docs gave before the harness had rooms. Oracle: the docs of then."""

import importlib

import pytest

OLD = {
    "harness.fleet.FleetSession": "harness.program.fleet",
    "harness.oracle.Oracle": "harness.window.oracle",
    "harness.window.FlightWindow": "harness.window.window",
    "harness.wire.link.GncLink": "harness.wire.link",
    "scenarios.strategies.scenarios": "scenarios.strategies",
}


@pytest.mark.parametrize("name", OLD)
def test_a_name_that_docs_gave_is_the_same_thing_for_a_release(name: str) -> None:
    module, _, what = name.rpartition(".")
    assert getattr(importlib.import_module(module), what) is getattr(importlib.import_module(OLD[name]), what)
