"""Plant and flight software never meet: not in memory, not in the data.

oracle: `sys.modules` of the flight program after a whole flight; docs/wire.md; the recorded truth.
"""

import re
import sys
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.program.session import Session
from hoverslam.harness.wire.codec import FROM_HARNESS, decode
from hoverslam.harness.wire.messages import MAPS, Sensors, validate
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import truth_layout
from hoverslam.scenarios.load import load
from tests.acceptance.conftest import PATIENT, Flown, fly
from tests.harness.fake_plant import PROGRAMS, ROOT

AVIONICS = re.compile(r"computer|unit|receiver|altimeter|transducer|controller|probe|encoder|switch")
HIDDEN = (
    "pos_enu_m", "vel_enu_mps", "q_enu_b", "omega_b_radps", "altitude_agl_m", "altitude_msl_m", "speed_mps", "mach",
    "q_pa", "alpha_rad", "tilt_rad", "accel_b_mps2", "mass_kg", "lox_kg", "lch4_kg", "rcs_kg", "cg_m", "wind_enu_mps",
    "thrust_n", "flow_kgps", "leg_stroke_m", "foot_height_m", "chamber_pressure_pa",
)  # fmt: skip
"""What no instrument reports. Positions of gimbals and fins, engine states and switches are what their sensors say."""
FRAMES_LOOKED_AT = slice(0, None, 50)


def test_after_a_flight_the_flight_software_has_loaded_neither_plant_nor_scenarios(tmp_path: Path) -> None:
    told = tmp_path / "modules"
    program = [sys.executable, "-P", str(PROGRAMS / "confessor.py"), str(told)]
    with Session(program, transport=ZmqHarness, deadlines=PATIENT, environment={"PYTHONPATH": str(ROOT)}) as session:
        assert fly(session).record.gnc_failure is None
    loaded = told.read_text(encoding="utf-8").split()
    assert {"hoverslam.gnc.step", "hoverslam.gnc.navigation", "hoverslam.harness.wire.link"} <= set(loaded)
    assert [name for name in loaded if re.match(r"(hoverslam\.)?(plant|scenarios)(\.|$)", name)] == []
    ours = {name for name in loaded if name.startswith("hoverslam.harness.")}
    assert ours
    assert [name for name in ours if not re.match(r"hoverslam\.harness\.wire(\.|$)", name)] == []


def test_every_sensor_field_has_its_avionics_in_the_docs() -> None:
    page = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    table = page.partition("**sensors**")[2].partition("**actuators**")[0]
    rows = [row.split("|")[1:-1] for row in table.splitlines() if row.startswith("| `")]
    measured_by = {row[0].strip().strip("`"): row[-1] for row in rows}
    assert measured_by.pop("flight").strip() == "harness", "of many flights, which this is"
    assert {name for name in measured_by if "." not in name} == _measured(Sensors)
    assert [name for name, by in measured_by.items() if not AVIONICS.search(by)] == []
    fix = {name.removeprefix("gnss.") for name in measured_by if name.startswith("gnss.")}
    assert fix == set(MAPS["gnss"].model_fields)


def test_what_is_sent_is_what_the_schema_says(nominal: Flown) -> None:
    for message in nominal.record.sensors[FRAMES_LOOKED_AT]:
        validate(Sensors, decode(message, FROM_HARNESS))


def test_no_number_of_the_true_state_is_sent(nominal: Flown) -> None:
    """Bit for bit: noise, bias and quantisation keep a measurement from ever being the quantity itself."""
    record, layout = nominal.record, truth_layout(nominal.record.shape)
    columns = np.concatenate([np.arange(layout.width)[layout.slice(name)] for name in HIDDEN])
    for frame in range(record.frames)[FRAMES_LOOKED_AT]:
        hidden = {value for value in record.truth[frame, columns].tolist() if value not in {0.0, 1.0}}
        assert hidden
        assert hidden & set(_numbers(decode(record.sensors[frame], FROM_HARNESS))) == set(), frame


def test_what_the_flight_software_is_told_does_not_follow_the_truth() -> None:
    landing, lost = load("zq3-landing"), load("zq3-engine-lost-no-spare")
    assert lost.vehicle != landing.vehicle
    assert flight_load(lost) == flight_load(landing)


def _measured(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields) - {"type", "flight"}


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in _numbers(item)]
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, float) else []
