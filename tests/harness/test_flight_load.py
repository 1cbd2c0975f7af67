"""Flight loads that extend one another. Oracle: the shipped files, read by tomllib, and merged by hand."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from hoverslam.harness.build.build import flight_load
from hoverslam.scenarios.load import ScenarioError, load, shipped

LOADS = files("hoverslam.scenarios") / "flight_loads"


def told(file: str) -> dict[str, object]:
    """What is told with this flight load."""
    return flight_load(load("zq3-landing", {"flight_load.file": file}))


def test_a_load_that_extends_another_is_told_whole() -> None:
    own = tomllib.loads((LOADS / "zq3_heavy_reference.toml").read_text())
    base = tomllib.loads((LOADS / "zq3_reference.toml").read_text())
    assert own.pop("extends") == "zq3_reference"
    merged = {name: {**values, **own.get(name, {})} for name, values in base.items()}
    assert told("zq3_heavy_reference") == merged


@pytest.mark.parametrize("name", shipped(folder="flight_loads"))
def test_every_shipped_load_has_the_keys_of_the_reference(name: str) -> None:
    found, reference = told(name), tomllib.loads((LOADS / "zq3_reference.toml").read_text())
    assert {t: set(v) for t, v in found.items() if isinstance(v, dict)} == {t: set(v) for t, v in reference.items()}


def test_a_load_of_ones_own_extends_a_shipped_one(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "zq3_reference"\n[gains]\nleg_time_s = 5.0\n')
    gains = told(str(mine))["gains"]
    assert isinstance(gains, dict)
    assert gains["leg_time_s"] == 5.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('extends = "zq9"\n', "mine.toml: extends = 'zq9': no such flight load; shipped: lm12a_reference"),
        ('extends = "mine.toml"\n', "extends forms a loop"),
        ("extends = \n", "mine.toml:1: is not valid TOML"),
    ],
)
def test_a_load_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, text: str, expected: str) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        told(str(mine))
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
