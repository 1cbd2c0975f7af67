"""Replay within tolerances. Oracle: flights of a made plant that differ by what the test put in, in one field."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hoverslam.harness.commands.replay import _exit_code
from hoverslam.harness.fly.replay import Replay, replay
from hoverslam.harness.record.run_folder import save
from hoverslam.harness.record.tolerance import Tolerance, ToleranceError, length_sentence
from tests.harness.fake_plant import ECHO, FakePlant, FloatArray, plan, program, session
from tests.harness.test_record import SCENARIO, record_of


class Elsewhere(FakePlant):
    """One coordinate is a centimetre off from frame 10 on."""

    def truth(self, out: FloatArray) -> None:
        super().truth(out)
        if self.ticks >= 100:
            out[3] += 0.01


def against(plant: FakePlant, texts: Sequence[str], folder: Path) -> Replay:
    save(record_of(), folder, SCENARIO)
    return replay(folder, lambda _: (plant, plan()), allowed=Tolerance.parse(list(texts)))


@pytest.mark.parametrize(
    ("texts", "within"),
    [
        (["truth.pos_enu_m=0.02"], True),
        (["truth.pos_enu_m[2]=0.02"], True),
        (["truth.pos_enu_m=0.005"], False),
        (["truth.pos_enu_m[1]=0.02"], False),
        (["truth.vel_enu_mps=1.0"], False),
        (["10.0"], True),
        (["0"], False),
    ],
)
def test_a_centimetre_passes_where_two_are_allowed_and_not_where_half_of_one_is(
    texts: list[str], within: bool, tmp_path: Path
) -> None:
    found = against(Elsewhere(frames=30), texts, tmp_path)
    assert not found.identical, "within tolerance is never called equal"
    assert found.within is within
    assert found.deviations is not None
    (one,) = (one for one in found.deviations if one.field.startswith("truth"))
    assert (one.field, one.within) == ("truth.pos_enu_m[2]", within)
    assert one.frame >= 10
    assert one.difference == pytest.approx(0.01)


@pytest.mark.parametrize(("texts", "within"), [(["frames=10"], True), (["frames=9"], False), (["1.0"], False)])
def test_a_shorter_flight_is_within_as_many_frames_as_are_allowed(
    texts: list[str], within: bool, tmp_path: Path
) -> None:
    found = against(FakePlant(frames=20), texts, tmp_path)
    assert found.within is within
    assert "the recorded flight lasted 30 frames" in found.length
    assert found.length.endswith("so the replay is 10 frames (0.10 s) shorter.")


def test_a_sensor_within_tolerance_is_named_with_its_largest_deviation(tmp_path: Path) -> None:
    class Noisier(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            if self.ticks in {120, 150}:
                out[4] += 1e-7 * (self.ticks - 110)

    for text, within in (("sensors.imu_dangle_b_rad=5e-6", True), ("sensors.imu_dangle_b_rad=2e-6", False)):
        found = against(Noisier(frames=30), [text], tmp_path / text.rpartition("=")[2])
        (one,) = found.deviations or []
        assert (one.field, one.frame, one.within) == ("sensors.imu_dangle_b_rad[1]", 15, within)
        assert one.difference == pytest.approx(4e-6)


def test_a_fix_that_went_missing_is_within_no_tolerance(tmp_path: Path) -> None:
    class Deaf(FakePlant):
        def sense(self, out: FloatArray) -> None:
            super().sense(out)
            out[6] = 0.0

    assert not against(Deaf(frames=30), ["1e9"], tmp_path).within


def test_a_number_that_became_none_is_within_no_tolerance(tmp_path: Path) -> None:
    class Lost(FakePlant):
        def truth(self, out: FloatArray) -> None:
            super().truth(out)
            if self.ticks >= 100:
                out[3] = np.nan

    found = against(Lost(frames=30), ["1e9", "truth.pos_enu_m=1e9"], tmp_path)
    assert not found.within


@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "x", "=1", "truth.pos_enu_m=", "truth.pos_enu_m=-1"])
def test_what_is_no_tolerance_is_refused(text: str) -> None:
    with pytest.raises(ToleranceError, match="must be a number of at least 0"):
        Tolerance.parse([text])


def test_a_field_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ToleranceError, match=r"truth\.position: no such field; known: .*truth\.pos_enu_m"):
        against(FakePlant(frames=30), ["truth.position=1"], tmp_path)


def test_flights_of_one_length_and_end_need_no_sentence(tmp_path: Path) -> None:
    found = against(FakePlant(frames=30), ["0"], tmp_path)
    assert found.identical
    assert (found.length, found.deviations) == ("", [])


def test_an_end_that_differs_is_told_where_the_length_does_not() -> None:
    from hoverslam.harness.record.difference import Trace

    one = Trace("a", 1, "at_rest", [], np.zeros((1, 1)), np.zeros((2, 1)))
    assert length_sentence(one, one._replace(outcome="impact"), 0.01, ("A", "B")) == (
        "Both lasted 1 frame, but A lasted 1 frame (0.01 s) and ended with 'at rest' and B lasted 1 frame (0.01 s) and "
        "ended with 'impact'."
    )


@pytest.mark.parametrize("frames", [1, 3, 1000])
def test_a_program_that_is_lost_just_before_the_landing_is_within_no_tolerance(frames: int, tmp_path: Path) -> None:
    with session(ECHO) as flights:
        save(flights.fly(FakePlant(frames=30), plan()), tmp_path, SCENARIO)
    allowed = Tolerance.parse([f"frames={frames}", "1e9"])
    with session(program("exit_7", 29)) as flights:
        found = replay(tmp_path, lambda _: (FakePlant(frames=30), plan()), flights, allowed)
    assert found.gnc_failure is not None
    assert found.gnc_failure.frame == 29
    assert (found.identical, found.within, _exit_code(found)) == (False, False, 3)
    assert "ended with 'gnc lost'" in found.length


def test_a_program_that_breaks_protocol_after_an_equal_flight_is_another_outcome(tmp_path: Path) -> None:
    with session(program("echo")) as flights:
        save(flights.fly(FakePlant(frames=30), plan()), tmp_path, SCENARIO)
    with session(program("extra_after_end", 29)) as flights:
        found = replay(tmp_path, lambda _: (FakePlant(frames=30), plan()), flights)
    assert (found.identical, _exit_code(found)) == (False, 3)
    assert found.difference is not None
    assert (found.difference.field, found.difference.recorded, found.difference.replayed) == (
        "outcome", "at_rest", "gnc_lost",
    )  # fmt: skip


@pytest.mark.parametrize("texts", [[], ["frames=5", "1e9"]])
def test_another_end_of_the_plant_is_within_no_tolerance(texts: list[str], tmp_path: Path) -> None:
    class Crashing(FakePlant):
        def advance(self, command: FloatArray, ticks: int) -> None:
            super().advance(command, ticks)
            self.outcome = self.outcome and "impact"

    save(record_of(), tmp_path, SCENARIO)
    allowed = Tolerance.parse(texts) if texts else None
    found = replay(tmp_path, lambda _: (Crashing(frames=29), plan()), allowed=allowed)
    assert (found.identical, found.within, _exit_code(found)) == (False, False, 1)
    assert "'impact'" in found.length


def test_recorded_commands_of_a_program_that_was_lost_end_as_they_did(tmp_path: Path) -> None:
    with session(program("exit_7", 17)) as flights:
        save(flights.fly(FakePlant(frames=30), plan()), tmp_path, SCENARIO)
    found = replay(tmp_path, lambda _: (Elsewhere(frames=30), plan()), allowed=Tolerance.parse(["truth.pos_enu_m=1"]))
    assert (found.identical, found.within, found.length) == (False, True, "")


def test_a_part_of_a_frame_is_no_tolerance() -> None:
    with pytest.raises(ToleranceError, match=r"frames=1.5: must be a whole number of frames"):
        Tolerance.parse(["frames=1.5"])
