"""The live line. Oracle: numbers written by hand into a truth row."""

import io

import numpy as np
import pytest

from hoverslam.harness.commands.dashboard import Dashboard, flight_line
from hoverslam.harness.console.console import Screen, progress
from hoverslam.harness.loop.plan import Progress
from hoverslam.harness.loop.recorder import Recorder
from hoverslam.plant.layout import VehicleShape, truth_layout

SHAPE = VehicleShape(9, 5, 4, 8, 4)
LAYOUT = truth_layout(SHAPE)


def seen(time_s: float, phase: str) -> Progress:
    truth = np.zeros(LAYOUT.width)
    for name, value in (("altitude_agl_m", 2874.0), ("speed_mps", 383.4), ("lox_kg", 9300.0), ("lch4_kg", 2700.0)):
        truth[LAYOUT.slice(name)] = value
    if phase == "burn":
        truth[LAYOUT.slice("engine_level")][:3] = 0.8, 0.8, 0.86
    return Progress(round(time_s * 100), time_s, phase, truth, np.zeros(0), Recorder(SHAPE, 1, 1))


def test_the_line_tells_phase_altitude_speed_throttle_and_propellant() -> None:
    line = flight_line(seen(56.2, "burn"), LAYOUT).plain
    expected = "56.2 s burn 2.874 km 383.4 m/s throttle 3 x 82% propellant 12.00 t"
    assert " ".join(line.split()) == expected
    assert len(line) < 80, "fits the narrowest terminal"
    assert "throttle off" in flight_line(seen(1.0, "glide"), LAYOUT).plain


def test_without_a_terminal_a_line_is_printed_at_each_change_of_phase() -> None:
    out = io.StringIO()
    with Dashboard(Screen(file=out, width=200)) as dashboard:
        watch = dashboard.watch(SHAPE)
        for time_s, phase in ((0.0, "glide"), (0.5, "glide"), (1.0, "burn"), (1.5, "burn"), (2.0, "ground")):
            watch(seen(time_s, phase))
    assert [line.split()[2] for line in out.getvalue().splitlines()] == ["glide", "burn", "ground"]


def test_a_terminal_is_redrawn_no_more_than_ten_times_a_second() -> None:
    out = io.StringIO()
    now = [0.0]
    console = Screen(file=out, width=200, force_terminal=True)
    with Dashboard(console, clock=lambda: now[0]) as dashboard:
        watch = dashboard.watch(SHAPE)
        for step in range(100):
            now[0] = step * 0.01
            watch(seen(step * 0.5, "glide"))
    assert 9 <= out.getvalue().count("glide") <= 11


def test_a_remark_is_said_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    key = "HOVERSLAM_CURVE_SERVERKEY=a[red]b:x:c[/]d:smile:[0]"  # such keys come: Z85 has brackets and colons
    Dashboard(progress()).remark(key)
    assert capsys.readouterr().err == f"{key}\n"
