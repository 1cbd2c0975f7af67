"""The frame loop without sockets: which command acts when, what is hashed, how a flight ends."""

import hashlib
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.loop.frames import fly_frames
from hoverslam.harness.loop.plan import DEFAULT_DEADLINES, FrameLoopEnd, ProgramExited, Progress, lead_rows
from hoverslam.harness.loop.recorder import Recorder, frame_pieces
from hoverslam.harness.record.hashing import flight_hash
from hoverslam.harness.trace.phase import PhaseTracker
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, encode
from hoverslam.harness.wire.echo import harmless_command
from hoverslam.harness.wire.errors import MessageRefused, PeerSilent
from hoverslam.plant.layout import VehicleShape, command_layout, truth_layout
from tests.harness.fake_plant import ROOT, SHAPE, FakePlant, FloatArray, plan

Exchange = Callable[[bytes, float], bytes]


def answering(telemetry_every: int = 0) -> Exchange:
    """A flight program in a function: its throttle tells the frame it was commanded at."""
    answer = harmless_command(SHAPE._asdict())

    def exchange(data: bytes, _deadline_s: float) -> bytes:
        seq = decode(data, FROM_HARNESS)["seq"]
        told = {"telemetry": {"seq": seq}} if telemetry_every and seq % telemetry_every == 0 else {}
        return encode({**answer, "seq": seq, "throttle": [seq + 1.0] * SHAPE.engines, **told})

    return exchange


def fly(plant: FakePlant, exchange: Exchange, progress: Any = None, **changes: Any) -> tuple[FrameLoopEnd, Recorder]:
    given_plan = plan(**changes)
    recorder = Recorder(plant.shape, given_plan.max_frames, lead_rows(given_plan))
    return fly_frames(plant, given_plan, exchange, recorder, DEFAULT_DEADLINES, progress), recorder


@given(st.integers(1, 12), st.integers(0, 40), st.integers(1, 8))
def test_a_command_takes_effect_the_given_ticks_after_its_sample(frame_ticks: int, delay: int, frames: int) -> None:
    plant = FakePlant(frames=10**6)
    fly(plant, answering(), frame_ticks=frame_ticks, command_delay_ticks=delay, max_frames=frames)
    acted = [row[SHAPE.engines] for row, ticks in plant.log for _ in range(ticks)]
    due = {frame * frame_ticks + delay: frame + 1.0 for frame in range(frames)}
    expected, now = [], 0.0
    for tick in range(frames * frame_ticks):
        now = due.get(tick, now)
        expected.append(now)
    assert acted == expected


@given(st.integers(1, 50), st.integers(0, 200))
def test_the_pieces_of_a_frame_fill_it(frame_ticks: int, delay: int) -> None:
    pieces = frame_pieces(frame_ticks, delay)
    assert sum(piece.ticks for piece in pieces) == frame_ticks
    assert all(piece.ticks > 0 and piece.behind >= 0 for piece in pieces)


def test_the_safe_row_holds_until_the_first_command() -> None:
    plant = FakePlant()
    fly(plant, answering(), command_delay_ticks=25, max_frames=4)
    before = [row for row, ticks in plant.log for _ in range(ticks)][:25]
    assert not np.any(before)


def test_the_hash_is_that_of_the_documented_bytes() -> None:
    plant = FakePlant(frames=30)
    end, recorder = fly(plant, answering())
    expected = hashlib.blake2b(digest_size=32, person=b"hoverslam-1")
    for sensors, row in zip(recorder.sensors, recorder.commands.tolist(), strict=True):
        expected.update(sensors)
        expected.update(struct.pack(f"<{len(row)}d", *row))
    final = recorder.truth[-1].tolist()
    expected.update(struct.pack(f"<{len(final)}d", *final))
    assert end == FrameLoopEnd("at_rest")
    assert recorder.hash() == expected.hexdigest()


def test_a_flight_is_recorded_frame_by_frame() -> None:
    plant = FakePlant(frames=30)
    _, recorder = fly(plant, answering(telemetry_every=10))
    time_s = truth_layout(SHAPE).slice("time_s").start
    throttle = command_layout(SHAPE).slice("throttle").start
    assert recorder.frames == len(recorder.sensors) == len(recorder.commands) == 30
    np.testing.assert_allclose(recorder.truth[:, time_s], np.arange(31) * 0.01, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(recorder.commands[:, throttle], np.arange(30) + 1.0)
    assert [decode(data)["seq"] for data in recorder.sensors] == list(range(30))
    assert [decode(data)["time_ns"] for data in recorder.sensors] == [k * 10**7 for k in range(30)]
    assert list(recorder.telemetry) == [(0, {"seq": 0}), (10, {"seq": 10}), (20, {"seq": 20})]


def test_the_hash_depends_on_one_bit_of_one_command() -> None:
    def nudged(data: bytes, deadline_s: float) -> bytes:
        answer = decode(answering()(data, deadline_s))
        if answer["seq"] == 29:
            answer["throttle"][0] = np.nextafter(answer["throttle"][0], 100)
        return encode({**answer, "throttle": [float(x) for x in answer["throttle"]]})

    hashes = set()
    for exchange in (answering(), answering(telemetry_every=3), nudged):
        _, recorder = fly(FakePlant(frames=30), exchange, command_delay_ticks=0)
        hashes.add(flight_hash(recorder.sensors, recorder.commands, np.zeros(1)))
    assert len(hashes) == 2


def test_time_runs_out() -> None:
    end, recorder = fly(FakePlant(), answering(), max_frames=5)
    assert (end.outcome, recorder.frames) == ("max_time", 5)


def failing(error: BaseException, frame: int) -> Exchange:
    answer = answering()

    def exchange(data: bytes, deadline_s: float) -> bytes:
        if decode(data)["seq"] == frame:
            raise error
        return answer(data, deadline_s)

    return exchange


@pytest.mark.parametrize("error", [PeerSilent("silent"), ProgramExited(7), MessageRefused("nonsense")])
def test_a_loss_keeps_the_frames_that_were_flown(error: Exception) -> None:
    end, recorder = fly(FakePlant(), failing(error, 12))
    assert (end.outcome, end.lost) == ("gnc_lost", error)
    assert len(recorder.sensors) == recorder.frames == 12
    assert recorder.truth[12, truth_layout(SHAPE).slice("time_s")] == pytest.approx(0.12, abs=1e-12)


def test_control_c_keeps_them_too() -> None:
    end, recorder = fly(FakePlant(), failing(KeyboardInterrupt(), 12))
    assert (end.outcome, end.lost, recorder.frames) == ("interrupted", None, 12)


def test_a_plant_that_diverges_is_our_own_fault_and_nothing_is_lost() -> None:
    class Diverging(FakePlant):
        def advance(self, command: FloatArray, ticks: int) -> None:
            if self.ticks >= 100:
                raise ArithmeticError("velocity is not finite at tick 104")
            super().advance(command, ticks)

        def truth(self, out: FloatArray) -> None:
            if self.ticks >= 100 and out[0] == 0.0:
                super().truth(out)

    end, recorder = fly(Diverging(), answering())
    assert end.outcome == "harness_error"
    assert end.harness_error is not None
    assert end.harness_error.startswith("ArithmeticError: velocity is not finite at tick 104 (")
    assert recorder.frames == 11


def test_a_final_state_that_cannot_be_had_is_our_own_fault() -> None:
    class Mute(FakePlant):
        def truth(self, out: FloatArray) -> None:
            if self.ticks >= 100:
                raise ArithmeticError("no state")
            super().truth(out)

    end, recorder = fly(Mute(frames=10), answering())
    assert (end.outcome, recorder.frames) == ("harness_error", 10)


def test_progress_is_told_every_so_many_frames() -> None:
    seen: list[tuple[int, float, str]] = []
    fly(
        FakePlant(),
        answering(),
        lambda look: seen.append((look.frame, look.time_s, look.phase)),
        max_frames=101,
        progress_every_frames=25,
    )
    assert seen == [
        (0, 0.0, "glide"),
        (25, 0.25, "glide"),
        (50, 0.5, "glide"),
        (75, 0.75, "glide"),
        (100, 1.0, "glide"),
    ]


def test_progress_shows_the_rows_of_its_frame() -> None:
    time_s = truth_layout(SHAPE).slice("time_s").start
    throttle = command_layout(SHAPE).slice("throttle").start

    def look(progress: Progress) -> None:
        assert progress.truth[time_s] == pytest.approx(progress.time_s)
        assert progress.command[throttle] == progress.frame + 1

    end, _ = fly(FakePlant(), answering(), look)
    assert end.outcome == "at_rest"


def test_the_first_answer_has_longer() -> None:
    deadlines = []

    def exchange(data: bytes, deadline_s: float) -> bytes:
        deadlines.append(deadline_s)
        return answering()(data, deadline_s)

    fly(FakePlant(), exchange, max_frames=3)
    assert deadlines == [60.0, 10.0, 10.0]


def history(*stretches: tuple[int, float, float, float]) -> tuple[FloatArray, FloatArray]:
    """Commands and truth of stretches of (frames, engines on, level, contact)."""
    commands_at, truth_at = command_layout(SHAPE), truth_layout(SHAPE)
    frames = sum(stretch[0] for stretch in stretches)
    commands, truth = np.zeros((frames, commands_at.width)), np.zeros((frames, truth_at.width))
    commands[:, commands_at.slice("throttle")] = 0.8
    start = 0
    for count, on, level, contact in stretches:
        rows = slice(start, start + count)
        commands[rows, commands_at.slice("engine_on")] = on
        truth[rows, truth_at.slice("engine_level")] = level
        truth[rows, truth_at.slice("leg_contact")] = contact
        start += count
    return commands, truth


@pytest.mark.parametrize("stretch", [1, 3, 7, 100])
def test_the_phase_follows_engines_and_legs_in_stretches_of_any_length(stretch: int) -> None:
    commands, truth = history(
        (10, 0, 0, 0), (5, 1, 0.1, 0), (6, 1, 0.79, 0), (2, 1, 0.1, 0), (4, 1, 0.8, 1), (3, 0, 0, 1)
    )
    expected = ["glide"] * 10 + ["ignition"] * 5 + ["burn"] * 8 + ["ground"] * 7
    tracker = PhaseTracker(SHAPE, (0.0, 1.0))
    for start in range(0, len(commands), stretch):
        end = min(start + stretch, len(commands))
        assert tracker.update(commands[start:end], truth[start:end]) == expected[end - 1]


def test_no_frames_leave_the_phase_as_it_is() -> None:
    commands, truth = history((1, 0, 0, 0))
    assert PhaseTracker(SHAPE, (0.0, 1.0)).update(commands[:0], truth[:0]) == "glide"


def test_a_vehicle_without_fins_legs_and_thrusters_flies() -> None:
    bare = VehicleShape(engines=1, gimballed=1, fins=0, thrusters=0, legs=0)
    answer = harmless_command(bare._asdict())

    def exchange(data: bytes, _deadline_s: float) -> bytes:
        return encode({**answer, "seq": decode(data)["seq"]})

    end, _ = fly(FakePlant(frames=20, shape=bare), exchange)
    assert end == FrameLoopEnd("at_rest")


def test_the_loop_does_not_load_numba() -> None:
    code = "import sys, hoverslam.harness.program.session, hoverslam.harness.fly.replay; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == "False"
