"""The flight software can not reach the truth. Oracle: `sys.modules` of a fresh process that imported all of `gnc`."""

import json
import subprocess
import sys

DEADLINE_S = 120.0  # an interpreter with numba on a loaded machine
FORBIDDEN = ("hoverslam.plant", "hoverslam.scenarios", "tests", "plant", "scenarios", "harness")
HARNESS_PARTS = ("hoverslam.harness", "hoverslam.harness.wire")
PROGRAM = """
import importlib, json, pkgutil, sys
from hoverslam import gnc
for module in pkgutil.walk_packages(gnc.__path__, "hoverslam.gnc."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


def loaded_modules() -> list[str]:
    """Everything that a process has loaded once it has all of the flight software."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM], capture_output=True, text=True, timeout=DEADLINE_S, check=True
    )
    names: list[str] = json.loads(done.stdout)
    return names


def test_the_flight_software_loads_neither_plant_nor_scenarios_and_of_the_harness_the_wire_alone() -> None:
    names = loaded_modules()
    assert {"hoverslam.gnc.node", "hoverslam.gnc.step", "hoverslam.gnc.navigation"} <= set(names), (
        "it was really all imported"
    )
    assert [name for name in names if f"{name}.".startswith(tuple(f"{one}." for one in FORBIDDEN))] == []
    ours = [name for name in names if f"{name}.".startswith("hoverslam.harness.")]
    assert [name for name in ours if name not in HARNESS_PARTS and not name.startswith("hoverslam.harness.wire.")] == []
