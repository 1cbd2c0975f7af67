"""What a flight of a hunt comes to. Oracle: records made by hand, one after the other, in place of a flight program."""

from dataclasses import replace
from typing import Any

import pytest

from hoverslam.harness.errors import OwnFaultError
from hoverslam.harness.fly.identity import ChangedError, identity_of
from hoverslam.harness.hunt.flyer import Flyer, HuntFlown, HuntJob
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure
from hoverslam.scenarios.load import load
from tests.harness.flights import Plan, fly

LANDING = load("zq3-landing").model_dump(mode="json", exclude_none=True)
SOUND, WIDE = fly(Plan()), fly(Plan(east_m=30.0, north_m=0.0))  # 22.6 m beside an azimuth of 139 degrees


def lost(kind: str) -> FlightRecord:
    return fly(Plan(outcome="gnc_lost"), GncFailure(kind, f"it {kind}", 3, "glide", None, ""))


class Script:
    """A session of which the records are known."""

    def __init__(self, *records: FlightRecord) -> None:
        self.left = list(records)

    def fly(self, *_: Any) -> FlightRecord:
        return self.left.pop(0)

    def close(self) -> None: ...


def judged(*records: FlightRecord, baseline: FlightRecord | None = None, tree: dict[str, Any] = LANDING) -> HuntFlown:
    flyer = Flyer(HuntJob("cross-range", None, "reference" if baseline else None))
    flyer._under_test._session = Script(*records)  # type: ignore[assignment]  # a script stands in for the session
    if baseline is not None:
        assert flyer._baseline is not None
        flyer._baseline._session = Script(baseline)  # type: ignore[assignment]  # the same
    return flyer.fly(tree)


def test_a_sound_flight_breaks_nothing_and_a_wide_one_what_it_does() -> None:
    assert judged(SOUND).broken == ()
    assert [margin.id for margin in judged(WIDE).broken] == ["cross-range"]
    assert judged(WIDE).robustness(frozenset()) < 0.0 < judged(WIDE).robustness(frozenset({"cross-range"}))


def test_a_program_that_dies_is_found_broken() -> None:
    (told,) = judged(lost("died")).broken
    assert (told.id, told.text) == ("GNC_LOST", "it died")


def test_a_program_that_hung_once_is_asked_again_and_that_is_counted() -> None:
    assert judged(lost("hung"), SOUND).broken == ()
    assert [margin.id for margin in judged(lost("hung"), lost("hung")).broken] == ["GNC_LOST"]
    assert [judged(*records).again for records in ((SOUND,), (lost("hung"), SOUND))] == [0, 1]


def test_a_fault_of_ours_is_no_finding_against_the_program() -> None:
    with pytest.raises(OwnFaultError, match="the plant diverged"):
        judged(replace(SOUND, harness_error="the plant diverged"))


def test_what_the_baseline_breaks_too_is_excused() -> None:
    shared = judged(WIDE, baseline=WIDE)
    assert (shared.excused, shared.broken, shared.robustness(frozenset())) == (True, (), 1.0)
    own = judged(WIDE, baseline=SOUND)
    assert (own.excused, len(own.broken)) == (False, 1)


def test_a_flight_that_the_harness_refuses_is_no_failure() -> None:
    over = {**LANDING, "release": {**LANDING["release"], "lox_kg": 1e6}}
    flown = judged(tree=over)
    assert (flown.outcome, flown.broken) == ("refused", ())
    assert "exceeds the tank" in flown.refused


def test_an_interruption_ends_the_hunt() -> None:
    with pytest.raises(KeyboardInterrupt):
        judged(fly(Plan(outcome="interrupted")))


def test_a_file_that_changed_since_the_hunt_began_gives_no_flight() -> None:
    begun = identity_of(load("zq3-landing"))
    same, other = (
        Flyer(HuntJob("cross-range", None, None, one)) for one in (begun, begun._replace(vehicle="as it was"))
    )
    for flyer in (same, other):
        flyer._under_test._session = Script(SOUND)  # type: ignore[assignment]  # a script stands in for the session
    assert same.fly(LANDING).broken == ()
    with pytest.raises(ChangedError, match="the vehicle file, or one that it extends changed since the first flight"):
        other.fly(LANDING)
