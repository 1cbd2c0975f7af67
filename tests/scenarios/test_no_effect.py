"""Keys that would be read and do nothing. Oracle: hand-written files whose one idle key, and its line, are known."""

import pytest

from hoverslam.scenarios.load import ScenarioError, load
from tests.scenarios.files import Write, mistake


def fault(kind: str, *lines: str, target: str = "1", at: str = "3 s") -> str:
    """The text of one fault; its lines come after kind, target and moment, so the first is line 30 of the file."""
    return "\n".join(["[[faults]]", f'kind = "{kind}"', f"target = {target}", f'at = "{at}"', *lines, ""])


IDLE = [
    ("[wind]\nw20_mps = 7.0\n", ":27: wind.w20_mps = 7.0: scales gusts, but there are none (wind.turbulence = "),
    (fault("fin_stuck", at="140 s"), ':29: faults.0.at = "140 s": is after the end of the flight (rates.max_time_s'),
    (fault("fin_stuck", at="touchdown + 140.0 s"), ':29: faults.0.at = "touchdown + 140.0 s": is after the end'),
    (
        fault("fin_stuck", at="speed_mps < 0"),
        ':29: faults.0.at = "speed_mps < 0": never starts: speed_mps does not fall',
    ),
    (fault("fin_stuck", at="altitude_agl_m < -3"), ':29: faults.0.at = "altitude_agl_m < -3": never starts'),
    (
        fault("engine_shutdown", "for_s = 3.0"),
        ":30: faults.0.for_s = 3.0: has no effect: the engine is lost permanently",
    ),
    (
        fault("engine_instability", "for_s = 0.2"),
        ":30: faults.0.for_s = 0.2: has no effect: the engine is lost permanently",
    ),
    (
        fault("fin_stuck", "for_s = 0.0004"),
        ":30: faults.0.for_s = 0.0004: is less than half a tick of 0.001 s; make it",
    ),
    (
        fault("sensor_bias", target='"gnss"'),
        ":26: faults.0.numbers.bias = 0.0: leaves sensor_bias without effect; give",
    ),
    (fault("sensor_noisy", target='"gyro"'), ":26: faults.0.numbers.sigma = 0.0: leaves sensor_noisy without effect"),
    (fault("engine_false_pressure", "numbers.factor = 1.0"), ":30: faults.0.numbers.factor = 1.0: leaves engine_false"),
    (
        fault("engine_warm_inlet", "numbers.factor = 1.0", "numbers.ripple = 0.0"),
        ":30: faults.0.numbers.factor = 1.0: leaves engine_warm_inlet without effect",
    ),
    (
        fault("engine_warm_inlet", "numbers.ripple_hz = 40.0", "numbers.ripple = 0.0"),
        ":30: faults.0.numbers.ripple_hz = 40.0: is the frequency of a ripple of amplitude 0; set numbers.ripple",
    ),
    (
        fault("engine_no_light", "numbers.attempts = 1.5"),
        ":30: faults.0.numbers.attempts = 1.5: is a count or an index",
    ),
    (fault("engine_hard_start", "numbers.hurts = 1.0"), ":30: faults.0.numbers.hurts = 1.0: is the engine itself"),
    (
        fault("sensor_late", "numbers.by_s = 0.004", target='"gnss"'),
        ":30: faults.0.numbers.by_s = 0.004: is 0 frames at rates.gnc_hz = 100, must be 1 to 63 frames; choose 0.01 to",
    ),
]


@pytest.mark.parametrize(("more", "expected"), IDLE)
def test_what_would_do_nothing_is_refused_with_place_and_reason(write: Write, more: str, expected: str) -> None:
    path = write(more=more)
    said = mistake(path)
    assert said.startswith(f"{path}{expected}")
    assert "\n" not in said


@pytest.mark.parametrize(
    "more",
    [
        '[wind]\nturbulence = "light"\nw20_mps = 7.0\n',
        fault("fin_stuck", at="139.9 s"),
        fault("fin_stuck", at="lox_kg < 0"),
        fault("fin_stuck", at="altitude_agl_m < -0.5"),
        fault("engine_instability", "for_s = 0.1"),
        fault("fin_stuck", "for_s = 0.001"),
        fault("sensor_bias", "numbers.bias = -1.0", target='"gnss"'),
        fault("engine_warm_inlet", "numbers.ripple = 0.0"),
        fault("engine_hard_start", "numbers.hurts = 5.0"),
        fault("sensor_late", "numbers.by_s = 0.005", target='"gnss"'),
    ],
)
def test_what_does_something_is_taken(write: Write, more: str) -> None:
    assert load(write(more=more)).name == "flight"


def test_a_late_sensor_can_be_no_later_than_the_frames_that_are_kept(write: Write) -> None:
    path = write(more='[rates]\ngnc_hz = 200\n[[faults]]\nkind = "sensor_late"\ntarget = "gnss"\nat = "1 s"\n')
    assert load(path, {"faults.0.numbers.by_s": "0.31"}).faults[0].numbers == {"by_s": 0.31}
    expected = "is 66 frames at rates.gnc_hz = 200, must be 1 to 63 frames; choose 0.005 to 0.315 s"
    assert expected in mistake(path, faults__0__numbers__by_s="0.33")


def test_a_ripple_that_the_ticks_of_the_plant_would_fold_is_refused() -> None:
    slow = {"rates.plant_hz": "200"}  # 120 Hz of the case would show as 80
    with pytest.raises(ScenarioError, match=r"ripple_hz.*must be below 100 Hz at rates.plant_hz = 200"):
        load("zq3-r12-instability", slow)
    load("zq3-r12-instability", {**slow, "rates.plant_hz": "400"})
    load("zq3-landing", slow)
