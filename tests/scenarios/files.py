"""A good scenario file, and ways to spoil it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hoverslam.scenarios.load import ScenarioError, load

GOOD = """\
description = "a test flight"

[vehicle]
file = "stage.toml"

[pad]
latitude_deg = 38.6
longitude_deg = 103.1
elevation_m = 1350.0

[release]
altitude_msl_m = 40000
range_to_pad_m = 21000.0
azimuth_deg = 270.0
speed_mps = 662.0
flight_path_angle_deg = -60.0
lox_kg = 9300.0
lch4_kg = 2700.0
rcs_kg = 200.0

[flight_load]
file = "believed.toml"

[requirements]
set = "judge.toml"
"""
Write = Callable[..., Path]


def mistake(path: Path, **sets: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        load(path, {key.replace("__", "."): value for key, value in sets.items()})
    return str(refused.value)
