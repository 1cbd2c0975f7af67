"""Every signal that a requirement may name is right at the first frame and at the last, and so are the log's times.

Oracle: a stage that falls into thicker air with nothing commanded changes smoothly; what a signal does from the first
frame to the second, and into the last, is what it does from frame to frame around them.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.fly.assess import assess
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import lead_rows
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.record.run_folder import save
from hoverslam.harness.record.telemetry_log import Telemetry
from hoverslam.harness.signals.samples import FlightTrace, NotThereError
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.trace.flight import Flight
from hoverslam.harness.wire.actuator_writer import actuators_message
from hoverslam.harness.wire.codec import decode_own
from hoverslam.plant.layout import command_layout
from hoverslam.scenarios.load import load

COSTLY = ("k_req", "k_req_above_floor")
"""No engine burns: there is nothing to solve for."""
FRAME_S = 0.01


@pytest.fixture(scope="module")
def fallen() -> tuple[Prepared, FlightRecord]:
    """The last five kilometres in rough air, from the release to the ground, with every command safe."""
    scenario = load("zq3-last-5km", {"wind.turbulence": "severe"})
    prepared = prepare(scenario, "falling")
    plant, plan = prepared.plant, prepared.plan
    recorder = Recorder(plant.shape, plan.max_frames, lead_rows(plan))
    safe = [0.0] * command_layout(plant.shape).width

    def exchange(sensors: bytes, _deadline_s: float) -> bytes:
        return actuators_message(decode_own(sensors)["seq"], safe, plant.shape)

    end = fly_frames(plant, plan, exchange, recorder)
    return prepared, FlightRecord(
        run_id=plan.run_id, scenario=plan.scenario, seed=plan.seed, shape=plant.shape, dt_s=0.001,
        frame_ticks=plan.frame_ticks, frames=recorder.frames, truth=recorder.truth, commands=recorder.commands,
        sensors=recorder.sensors, telemetry=Telemetry(), outcome=end.outcome, gnc_failure=None,
        hash=recorder.hash(), wall_s=1.0,
        gnc={"name": "safe", "version": "1"}, command_delay_ticks=plan.command_delay_ticks,
    )  # fmt: skip


def values(fallen: tuple[Prepared, FlightRecord], name: str) -> FloatArray:
    """The signal in every row; a signal without samples skips nothing but itself."""
    prepared, record = fallen
    trace = FlightTrace(Flight(record, prepared.context))
    try:
        return trace.signal(name, np.ones(trace.rows, dtype=bool)).value
    except NotThereError:
        return np.zeros(trace.rows)


def test_the_flight_ends_inside_a_frame(fallen: tuple[Prepared, FlightRecord]) -> None:
    _, record = fallen
    assert record.outcome == "impact"
    assert 0.0 < record.truth[-1, 0] - record.truth[-2, 0] < 0.999 * FRAME_S


@pytest.mark.parametrize("name", [name for name in SIGNALS if name not in COSTLY])
def test_a_signal_is_as_smooth_at_its_ends_as_beside_them(fallen: tuple[Prepared, FlightRecord], name: str) -> None:
    told = values(fallen, name)
    size, steps = np.abs(told).max(), np.abs(np.diff(told))
    assert steps[0] <= 3.0 * steps[1:11].max() + 1e-3 * size, told[:3].tolist()
    assert steps[-1] <= 3.0 * steps[-21:-1].max() + 1e-3 * size, told[-3:].tolist()


def test_the_first_frame_is_felt(fallen: tuple[Prepared, FlightRecord]) -> None:
    assert values(fallen, "axial_g")[0] > 0.5
    assert values(fallen, "settling_mps2")[0] == pytest.approx(9.80665 * values(fallen, "axial_g")[1], rel=0.02)
    assert values(fallen, "bending_moment_knm")[0] == pytest.approx(values(fallen, "bending_moment_knm")[1], rel=0.1)


def test_no_peak_of_a_load_is_an_artefact_of_the_first_row(fallen: tuple[Prepared, FlightRecord]) -> None:
    prepared, record = fallen
    for peak in assess(record, prepared).flight.peak_loads:
        rows = values(fallen, peak.name)
        assert abs(peak.value) <= 1.02 * np.abs(rows[1:]).max(), peak


def test_the_log_gives_the_last_state_its_own_time(fallen: tuple[Prepared, FlightRecord], tmp_path: Path) -> None:
    prepared, record = fallen
    save(record, tmp_path, json.loads(prepared.scenario.model_dump_json()))
    last: dict[str, tuple[int, dict[str, float]]] = {}
    epoch_ns = None
    with (tmp_path / "flight.mcap").open("rb") as stream:
        for _, channel, message in make_reader(stream).iter_messages():
            if channel.topic in ("/truth", "/loads", "/events"):
                told = json.loads(message.data)
                epoch_ns = message.log_time if epoch_ns is None else min(epoch_ns, message.log_time)
                last[channel.topic] = (message.log_time, told)
    assert epoch_ns is not None
    ended_ns = round(1e9 * float(record.truth[-1, 0]))
    assert {topic: time - epoch_ns for topic, (time, _) in last.items()} == dict.fromkeys(last, ended_ns)
    assert round(1e9 * last["/truth"][1]["time_s"]) == ended_ns
