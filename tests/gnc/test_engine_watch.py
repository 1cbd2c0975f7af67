"""What happens when an engine is lost. Oracle: the rule in words, on frames made up for it."""

from typing import Any

import numpy as np
import pytest

from hoverslam.gnc.compiled import as_record
from hoverslam.gnc.fdir import (
    ENGINE_FAILED,
    alive,
    burning_level,
    help_out,
    last_will_burn,
    learn_response,
    planned,
    response,
    start_engine,
    watch_engines,
)
from hoverslam.gnc.layout import Counts, frame_width, start_state, wiring
from hoverslam.gnc.state import BURN, EVENT_FAILED, EVENT_SPARE, LAST, Wiring
from tests.gnc import beliefs

LOAD = beliefs.load()
RECORD: Any = beliefs.record(LOAD)
STAGE, GAINS = LOAD.stage, LOAD.gains
ENGINES = len(STAGE.engine_yz_m)
SHAPE = (ENGINES, len(STAGE.gimbal_engine), 4, 8, 4)
WIRING: Wiring = wiring(Counts(*SHAPE))
WIRES: Any = as_record(WIRING)[0]
LANDING = [int(e) for e in STAGE.landing]
SPARES = [int(e) for e in STAGE.spares]
RUNNING = 3.0


class Watched:
    """A burn with its landing engines commanded on, watched frame by frame."""

    def __init__(self, mode: int = BURN) -> None:
        self.record = start_state(LOAD, ENGINES)
        self.state: Any = self.record[0]
        self.state["clock"][1] = mode
        for engine in LANDING:
            start_engine(self.state, engine)
        self.frame = np.zeros(frame_width(Counts(*SHAPE)))

    def watch(self, seconds: float, levels: dict[int, float]) -> None:
        """So long with chambers at these levels; all others are cold."""
        at = WIRING.pressure
        self.frame[at : at + ENGINES] = 0.0
        for engine, level in levels.items():
            self.frame[at + engine] = level * STAGE.chamber_pressure_pa
        for _ in range(round(seconds / LOAD.frame_s)):
            watch_engines(RECORD, WIRES, self.state, self.frame)
            self.state["clock"][0] += 1

    @property
    def commanded(self) -> list[int]:
        return [int(e) for e in np.flatnonzero(self.state["engines"][:, 0] > 0.5)]

    @property
    def events(self) -> list[tuple[int, int]]:
        return [(int(code), int(engine)) for code, _, engine in self.state["events"][: self.state["clock"][3]]]


def all_at(level: float) -> dict[int, float]:
    return dict.fromkeys(LANDING, level)


@pytest.mark.parametrize(("seen", "level"), [(0.5, 0.5), (0.015, 0.0), (-0.015, 0.0)])
def test_what_a_gauge_of_a_cold_engine_is_off_by_is_no_thrust(seen: float, level: float) -> None:
    watched = Watched()
    watched.frame[WIRING.pressure] = seen * STAGE.chamber_pressure_pa
    assert burning_level(RECORD, WIRES, watched.frame, 0) == pytest.approx(level)


def test_engines_that_burn_are_left_alone() -> None:
    burn = Watched()
    burn.watch(STAGE.dead_time_s, {})
    burn.watch(RUNNING, all_at(0.8))
    burn.watch(RUNNING, all_at(STAGE.throttle_floor))
    assert burn.commanded == sorted(LANDING)
    assert burn.events == []


def test_an_engine_that_its_controller_has_given_up_is_shut_down_and_a_spare_is_lit() -> None:
    burn = Watched()
    burn.watch(RUNNING, all_at(0.8))
    lost = LANDING[1]
    burn.frame[WIRING.state + lost] = ENGINE_FAILED
    burn.watch(LOAD.frame_s, all_at(0.8))
    assert lost not in burn.commanded
    assert SPARES[0] in burn.commanded
    assert burn.events == [(EVENT_FAILED, lost), *((EVENT_SPARE, spare) for spare in SPARES)]
    assert alive(burn.state) == len(LANDING) + 1
    assert planned(RECORD, burn.state) == len(LANDING), "what is one too many will be shed"


def test_low_pressure_is_believed_only_after_the_fault_time() -> None:
    burn = Watched()
    burn.watch(2.0 * RUNNING, all_at(0.8))
    weak = all_at(0.8) | {LANDING[2]: 0.9 * GAINS.fault_pressure_fraction * STAGE.throttle_floor}
    burn.watch(0.8 * GAINS.fault_time_s, weak)
    assert burn.events == []
    burn.watch(LOAD.frame_s, all_at(0.8))
    burn.watch(0.8 * GAINS.fault_time_s, weak)
    assert burn.events == [], "a good frame in between starts the count again"
    burn.watch(0.4 * GAINS.fault_time_s, weak)
    assert burn.events[0] == (EVENT_FAILED, LANDING[2])


def test_an_engine_that_does_not_start_is_noticed_after_the_slowest_start() -> None:
    burn = Watched()
    cold = LANDING[0]
    others = {engine: 0.8 for engine in LANDING if engine != cold}
    burn.watch(STAGE.dead_time_longest_s, others)
    assert burn.events == []
    burn.watch(0.5, others)
    assert burn.events[:2] == [(EVENT_FAILED, cold), (EVENT_SPARE, SPARES[0])]


def test_a_spare_that_fails_too_is_followed_by_the_next_and_then_by_none() -> None:
    burn = Watched()
    burn.watch(RUNNING, all_at(0.8))
    for lost in (LANDING[1], *SPARES):
        burn.frame[WIRING.state + lost] = ENGINE_FAILED
    burn.watch(5 * LOAD.frame_s, all_at(0.8))
    lit = [engine for code, engine in burn.events if code == EVENT_SPARE]
    assert lit == SPARES
    assert sorted(burn.commanded) == sorted(set(LANDING) - {LANDING[1]})


@pytest.mark.parametrize("again", [1, 50])
def test_a_lost_engine_is_reported_once(again: int) -> None:
    burn = Watched()
    burn.frame[WIRING.state + LANDING[1]] = ENGINE_FAILED
    burn.watch(again * LOAD.frame_s, all_at(0.8))
    assert sum(code == EVENT_FAILED for code, _ in burn.events) == 1


def test_on_the_last_engine_no_spare_is_lit() -> None:
    burn = Watched(mode=LAST)
    burn.frame[WIRING.state + STAGE.last] = ENGINE_FAILED
    burn.watch(LOAD.frame_s, all_at(0.8))
    assert burn.events == [(EVENT_FAILED, STAGE.last)]


class Asked(Watched):
    """The same burn, with the throttle that it is asked for."""

    def learn(self, seconds: float, throttle: float, levels: dict[int, float]) -> None:
        """So long with this throttle commanded and the chambers at these levels."""
        self.state["throttle"][:] = throttle
        for _ in range(round(seconds / LOAD.frame_s)):
            self.watch(LOAD.frame_s, levels)
            learn_response(RECORD, WIRES, self.state, self.frame)

    def help(self, seconds: float, stops_at: float, age_s: float = 10.0) -> None:
        """So long with a throttle that would be needed to stop."""
        self.state["throttle"][1] = stops_at
        for _ in range(round(seconds / LOAD.frame_s)):
            help_out(RECORD, self.state, age_s, LOAD.frame_s)


def test_an_engine_that_gives_less_than_asked_is_known_by_its_share_after_a_few_memories() -> None:
    burn = Asked()
    burn.learn(STAGE.dead_time_s, 0.8, {})
    assert response(burn.state) == 1.0, "nothing is learnt before an engine has risen"
    burn.learn(4.0, 0.8, all_at(0.8) | {LANDING[1]: 0.6})
    assert burn.state["engines"][LANDING[1], 4] == pytest.approx(0.75, abs=0.01)
    assert response(burn.state) == pytest.approx((2.0 + 0.75) / 3.0, abs=0.01)


def test_a_throttle_that_moves_is_not_taken_for_an_engine_that_fails() -> None:
    burn, level = Asked(), 0.8
    burn.learn(3.0, 0.8, all_at(0.8))
    for _ in range(100):  # down at the rate of a throttle valve, 0.25 a second, the engines a lag of 0.2 s behind
        level -= 0.0025
        burn.learn(LOAD.frame_s, level, all_at(level + 0.2 * 0.25))
    assert response(burn.state) == pytest.approx(1.0, abs=0.03)


def test_a_dead_gauge_does_not_make_the_others_run_away() -> None:
    burn = Asked()
    burn.learn(6.0, 0.8, all_at(0.8) | {LANDING[1]: 0.3})
    assert burn.state["engines"][LANDING[1], 4] >= 0.3


def test_a_spare_is_lit_where_all_that_burns_is_too_little_for_a_while() -> None:
    burn, over = Asked(), STAGE.throttle_ceiling + 0.01
    burn.help(5.0, STAGE.throttle_ceiling)
    burn.help(5.0, over, age_s=STAGE.dead_time_longest_s)
    burn.help(0.2, over)
    burn.help(0.1, 0.9)
    burn.help(0.2, over)
    assert burn.events == [], "enough, not risen yet, or short for a moment only"
    burn.help(0.1, over)
    assert burn.events == [(EVENT_SPARE, SPARES[0])]
    burn.help(1.5, over)
    assert len(burn.events) == 1, "the first spare is still on its way"
    burn.help(2.0, over)
    assert [engine for _, engine in burn.events] == SPARES[:2]


def pairs_off_axis(engines: list[int]) -> float:
    """How far off the axis these engines push together [m]."""
    return float(np.hypot(*STAGE.engine_yz_m[engines].sum(axis=0)))


def test_for_an_engine_off_the_axis_two_spares_are_lit_and_its_partner_is_shed_when_they_burn() -> None:
    burn = Watched()
    burn.watch(RUNNING, all_at(0.8))
    lost, partner = (e for e in LANDING if e != STAGE.last)
    burn.frame[WIRING.state + lost] = ENGINE_FAILED
    left = {engine: 0.8 for engine in LANDING if engine != lost}
    burn.watch(0.5, left)
    assert burn.commanded == sorted([*left, *SPARES])
    burn.watch(0.5, left | dict.fromkeys(SPARES, 0.8))
    assert burn.commanded == sorted([STAGE.last, *SPARES])
    assert partner not in burn.commanded
    assert pairs_off_axis(burn.commanded) < 1e-6


def test_the_engine_that_lands_the_stage_is_tried_twice_and_no_more() -> None:
    burn = Watched()
    others = {engine: 0.8 for engine in LANDING if engine != STAGE.last}
    waits = STAGE.dead_time_longest_s + 0.3
    burn.watch(waits + 0.03, others)
    assert STAGE.last not in burn.commanded
    assert SPARES[0] in burn.commanded
    burn.watch(0.1, others | {SPARES[0]: 0.8})
    assert STAGE.last in burn.commanded
    assert burn.state["clock"][0] * LOAD.frame_s < 2.0, "R-12: the second attempt comes by two seconds"
    burn.watch(2.0 * waits, others | dict.fromkeys(SPARES, 0.8))
    assert STAGE.last not in burn.commanded
    assert last_will_burn(RECORD, burn.state) is False
    assert [engine for code, engine in burn.events if code == EVENT_FAILED] == [STAGE.last] * 2


def test_a_second_attempt_that_lights_sheds_the_spare() -> None:
    burn = Watched()
    others = {engine: 0.8 for engine in LANDING if engine != STAGE.last}
    burn.watch(STAGE.dead_time_longest_s + 0.4, others)
    burn.watch(1.0, others | {SPARES[0]: 0.5})
    burn.watch(0.1, others | {SPARES[0]: 0.5, STAGE.last: 0.5})
    assert burn.commanded == sorted(LANDING)
    assert planned(RECORD, burn.state) == len(LANDING)
