"""Ten thousand hostile messages in a flight. Oracle: the flight without them, and what is left of it.

A tenth of each kind: answers that were given, and such to come, again; cut; longer; random; nested; `hello` with a
guess; `ready`; of several parts; empty; arrays that say they are huge. What the program itself sends is judged:
`test_failures.py`, and here an answer that is cut.
"""

from pathlib import Path

import pytest

from tests.harness.fake_plant import ECHO, PROGRAMS, FakePlant, nothing_left_behind, plan, program, session

FRAMES = 3000


def test_a_flood_of_strangers_changes_no_bit_and_loses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    flooded = [ECHO[0], str(Path(PROGRAMS) / "flooded.py"), str(FRAMES - 2)]
    with nothing_left_behind(monkeypatch):
        with session(ECHO) as flights:
            calm = flights.fly(FakePlant(FRAMES), plan(max_frames=FRAMES + 1))
        with session(flooded) as flights:
            record = flights.fly(FakePlant(FRAMES), plan(max_frames=FRAMES + 1))
    assert (record.outcome, record.gnc_failure, record.hash) == (calm.outcome, None, calm.hash)
    [told] = [one for one in record.findings if "from other programs" in one]
    assert int(told.split("programs, ")[1].split(" ")[0]) > 9_000, told
    assert [one for one in calm.findings if "from other programs" in one] == []


def test_a_program_whose_answer_is_cut_is_lost_in_that_frame() -> None:
    with session(program("truncated", 7)) as flights:
        record = flights.fly(FakePlant(), plan())
    assert record.gnc_failure is not None
    assert (record.outcome, record.gnc_failure.kind, record.frames) == ("gnc_lost", "protocol", 7)
    assert "not a MessagePack message" in record.gnc_failure.reason
