"""Names that the docs gave before everything lay below `hoverslam`. Oracle: the docs of then, and a fresh interpreter.

Where the working folder is the checkout, the folders themselves answer to these names: hence -P.
"""

import subprocess
import sys

import pytest

OLD = {
    "harness.fleet.FleetSession": "hoverslam.harness.program.fleet",
    "harness.oracle.Oracle": "hoverslam.harness.window.oracle",
    "harness.window.FlightWindow": "hoverslam.harness.window.window",
    "harness.wire.link.GncLink": "hoverslam.link",
    "scenarios.strategies.scenarios": "hoverslam.scenarios.strategies",
}


@pytest.mark.parametrize("name", OLD)
def test_a_name_that_docs_gave_is_the_same_thing_for_a_release(name: str) -> None:
    module, _, what = name.rpartition(".")
    code = f"from {module} import {what} as old; from {OLD[name]} import {what} as new; print(old is new)"
    line = [sys.executable, "-P", "-W", "always", "-c", code]
    done = subprocess.run(line, cwd="/", capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "True"
    assert f"DeprecationWarning: {module} is hoverslam." in done.stderr


def test_the_old_way_to_start_the_reference_says_its_new_one() -> None:
    line = [sys.executable, "-P", "-W", "always", "-m", "gnc"]
    done = subprocess.run(line, cwd="/", capture_output=True, text=True, timeout=120, check=False)
    assert "DeprecationWarning: python -m gnc is python -m hoverslam.gnc now" in done.stderr
    assert "HOVERSLAM_ENDPOINT" in done.stderr, "it is the reference, which says what it misses"
