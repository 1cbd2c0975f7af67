"""The figures of signs. Oracle: SIGNS, the flight load and geometry in closed form; and a plant that is turned over.

That SIGNS is what the plant flies is shown by tests/plant/test_signs.py.
"""

import math
import re

import numpy as np
import pytest

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.docs import sign_arrows
from hoverslam.harness.docs.sign_figures import BLUE, DARK, RED, figures
from hoverslam.harness.wire.signs import SIGNS
from hoverslam.plant.kernels.engines.propulsion import thrust_vector
from hoverslam.plant.kernels.rotation import Vec
from hoverslam.scenarios.load import load

TEXT = re.compile(r'<text x="(\d+)" y="(\d+)"[^>]*>([^<]*)<')
LETTER_PX = 9.5
"""Width of a letter of the figures' font, generously: DejaVu Sans of 17 pixels has 8.4 on the average, 9.4 in bold."""
LINE = re.compile(r'<path d="M([-\d.]+) ([-\d.]+) L([-\d.]+) ([-\d.]+)" stroke="(#\w+)"')
ALONG = 0.999
"""Least cosine between an arrow and what it stands for: places in a figure are rounded to 0.1 pixels."""
DRAWN = dict(figures())
STAGE = flight_load(load("zq3-landing"))["stage"]


def arrows(name: str, colour: str) -> list[np.ndarray]:
    """Directions of the arrows of one colour in a figure, to the right and up, in the order of the drawing."""
    lines = [found.groups() for found in LINE.finditer(DRAWN[f"sign-{name}.svg"])]
    found = [np.array([float(c) - float(a), float(b) - float(d)]) for a, b, c, d, ink in lines if ink == colour]
    return [one / np.linalg.norm(one) for one in found]


def agree(drawn: list[np.ndarray], wanted: list[tuple[float, float]]) -> bool:
    return len(drawn) == len(wanted) and all(
        one @ np.array(other) > ALONG for one, other in zip(drawn, wanted, strict=True)
    )


def test_each_angle_of_a_gimbal_pushes_the_tail_as_the_table_says_and_the_nose_the_other_way() -> None:
    pushes = [sign.push for sign in SIGNS if sign.field == "gimbal_rad"]
    assert pushes == ["+z", "+y"], "the panels have z and y to the right"
    assert agree(arrows("gimbal", RED), [(1.0, 0.0)] * 2)
    assert agree(arrows("gimbal", BLUE), [(-1.0, 0.0)] * 2)


def test_each_fin_pushes_a_quarter_turn_from_its_span() -> None:
    assert [sign.push for sign in SIGNS if sign.field == "fin_rad"] == ["(0, -s, c)"]
    assert agree(arrows("fins", RED), [(-s, c) for c, s in STAGE["fin_span_yz"]])
    assert "the nose goes with it" in DRAWN["sign-fins.svg"], "fins are over the centre of gravity"
    assert "each rolls the stage about +x" in DRAWN["sign-fins.svg"]


def test_each_thruster_pushes_along_its_direction_in_the_flight_load_and_rolls_by_its_lever() -> None:
    assert agree(arrows("thrusters", RED), [(y, z) for _, y, z in STAGE["thruster_direction"]])
    places = zip(STAGE["thruster_position_m"], STAGE["thruster_direction"], strict=True)
    rolls = [p[1] * d[2] - p[2] * d[1] for p, d in places]
    told = [", ".join(str(i) for i, roll in enumerate(rolls) if roll * sign > 0) for sign in (1.0, -1.0)]
    assert f"roll: {told[0]} about +x; {told[1]} about −x" in DRAWN["sign-thrusters.svg"]


def test_at_release_the_nose_is_against_the_velocity_and_z_ahead_and_up() -> None:
    path = math.radians(load("zq3-landing").release.flight_path_angle_deg)
    ahead, up = math.cos(path), math.sin(path)
    x, z = arrows("axes", DARK)
    assert agree([x, z], [(-ahead, -up), (-up, ahead)])
    assert agree(arrows("axes", RED), [(ahead, up)])
    assert "y points toward you" in DRAWN["sign-axes.svg"], "seen from the right, downrange to the right"


def test_a_stage_at_rest_feels_the_ground_and_a_turn_is_right_handed() -> None:
    assert agree(arrows("increments", RED), [(0.0, 1.0)])
    assert "+9.8 m/s²" in DRAWN["sign-increments.svg"]
    assert agree(arrows("increments", BLUE), [(-1.0, 0.0)]), "e_y x e_x = -e_z, with z to the right"
    assert "about +y: nose to −z" in DRAWN["sign-increments.svg"]
    assert "about +z: nose to +y" in DRAWN["sign-increments.svg"]


def test_the_radar_measures_height_while_the_ground_under_it_is_in_its_beam_and_the_edge_of_the_beam_beyond() -> None:
    off = [max(0.0, math.radians(tilt) - STAGE["radar_beam_rad"]) for tilt in sign_arrows.TILTS_DEG]
    assert off[1] == 0.0
    assert off[2] > 0.1, "one tilt on either side of the edge"
    assert agree(arrows("radar", RED), [(-math.sin(one), -math.cos(one)) for one in off])
    assert [f"{1 / math.cos(one):.3f} × height" in DRAWN["sign-radar.svg"] for one in off] == [True] * 3


def test_the_air_pushes_away_from_a_lean_and_with_the_wind() -> None:
    assert agree(arrows("air", RED), [(-1.0, 0.0), (1.0, 0.0)])
    assert f"alpha_rad = {math.atan2(20.0, sign_arrows.FALL_MPS):.3f}" in DRAWN["sign-air.svg"]


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_words_stay_inside_the_figure_and_off_each_other(name: str) -> None:
    wide, tall = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', DRAWN[name])[0])
    boxes = [(int(x), int(y), LETTER_PX * len(words) / 2) for x, y, words in TEXT.findall(DRAWN[name])]
    assert boxes
    for x, y, half in boxes:
        assert (x - half > 0, x + half < wide, 15 < y < tall - 6) == (True, True, True)
    for i, (x, y, half) in enumerate(boxes):
        for other_x, other_y, other in boxes[:i]:
            assert abs(y - other_y) > 14 or abs(x - other_x) > half + other


def test_a_plant_that_pushes_the_other_way_turns_the_arrows(monkeypatch: pytest.MonkeyPatch) -> None:
    true = thrust_vector

    def turned(thrust_n: float, y_rad: float, z_rad: float) -> Vec:
        return true(thrust_n, -y_rad, -z_rad)

    monkeypatch.setattr(sign_arrows, "thrust_vector", turned)
    monkeypatch.setitem(DRAWN, "sign-gimbal.svg", dict(figures())["sign-gimbal.svg"])
    assert agree(arrows("gimbal", RED), [(-1.0, 0.0)] * 2)
    assert agree(arrows("gimbal", BLUE), [(1.0, 0.0)] * 2)
