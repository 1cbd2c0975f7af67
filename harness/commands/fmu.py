"""`hoverslam fmu`: a controller that was exported as an FMU as a flight program, and what its variables mean here."""

import os
from pathlib import Path
from typing import Any

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.fmu.description import FmuDescription, described
from hoverslam.harness.fmu.errors import FmuError
from hoverslam.harness.fmu.mapping import NO_MAPPING, FmuMapping, read_mapping
from hoverslam.harness.fmu.program import fly
from hoverslam.harness.fmu.wiring import wired
from hoverslam.plant.layout import VehicleShape
from hoverslam.plant.vehicle import resolved_vehicle, vehicle_of
from hoverslam.scenarios.load import load

STARTED_BY_HARNESS = "HOVERSLAM_ENDPOINT"


def fmu_command(file: Path, mapping: Path | None, scenario: str, *, as_json: bool) -> int:
    """Fly, where the harness started this; otherwise show what the FMU's variables mean. Raises UsageError."""
    check_extra("hoverslam fmu", "fmu")
    try:
        fmu = described(file)
        names = NO_MAPPING if mapping is None else read_mapping(mapping, fmu)
        if os.environ.get(STARTED_BY_HARNESS):
            return fly(fmu, names)
        return _show(fmu, names, scenario, as_json=as_json)
    except FmuError as error:
        raise UsageError(str(error)) from None


def _show(fmu: FmuDescription, names: FmuMapping, scenario: str, *, as_json: bool) -> int:
    wiring = wired(fmu, names, _shape_of(scenario))
    told: dict[str, Any] = {
        "exit_code": 0,
        "fmi": fmu.fmi,
        "name": fmu.name,
        "inputs": [wire.variable.name for wire in wiring.inputs],
        "outputs": [wire.variable.name for wire in wiring.outputs],
        "telemetry": [report.key for report in wiring.reports],
        "unmapped": wiring.unmapped,
    }
    if as_json:
        print_json(told)
        return 0
    console = results()
    console.say(f"{fmu.name} {fmu.version}: FMI {fmu.fmi}, co-simulation; fits the vehicle of {scenario}")
    for key in ("inputs", "outputs", "telemetry"):
        console.say(f"{key}: {', '.join(told[key]) or 'none'}")
    if wiring.unmapped:
        console.say(f"no output gives {', '.join(wiring.unmapped)}: 0 and false are sent")
    console.say(f'fly it: hoverslam run {scenario} --gnc "hoverslam fmu {fmu.file}"')
    return 0


def _shape_of(scenario: str) -> VehicleShape:
    flown = load(scenario).vehicle
    return vehicle_of(resolved_vehicle(flown.file), flown.override).shape
