"""GNSS silent for the last 30 s, radar silent for 3 s from 60 m: R-28 asks that navigation survives both.

verifies: sensor faults with a duration, the reference navigation without fixes and echoes, through to the verdict.
gravity, air, vehicle: as zq3-landing, with its dispersions.
oracle: the requirements of the landing; the record's own messages for what was sent.
tolerance: R-17 and R-21 as they stand. Over 20 seeds (1001 to 1020) the worst miss is 3.7 m.
"""

import msgpack
import pytest

from hoverslam.harness.program.session import Session
from tests.acceptance.conftest import Flown, fly

SILENT_FROM_S, ECHO_GONE_S = 46.0, 3.0
FRAME_S = 0.01


@pytest.fixture(scope="module")
def blind(warm: Session) -> Flown:
    return fly(warm, "zq3-gnss-lost")


def test_no_fix_reaches_the_program_after_it_is_lost_and_no_echo_for_three_seconds(blind: Flown) -> None:
    messages = [msgpack.unpackb(data) for data in blind.record.sensors]
    fixes = [frame * FRAME_S for frame, message in enumerate(messages) if message["gnss"] is not None]
    assert SILENT_FROM_S - 0.2 < fixes[-1] < SILENT_FROM_S
    heights = blind.assessment.flight.column("altitude_agl_m")
    low = [message["radar_range_m"] is None for frame, message in enumerate(messages) if heights[frame] < 59.5]
    assert all(low[: round((ECHO_GONE_S - 0.1) / FRAME_S)])
    assert not all(low), "it comes back"


def test_the_stage_lands_as_it_should(blind: Flown) -> None:
    assert blind.assessment.verdict.value == "PASS", blind.assessment.explanation
    touchdown = blind.assessment.flight.touchdown
    assert touchdown is not None
    assert touchdown.miss_m < 5.0
