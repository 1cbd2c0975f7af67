"""A flight whose sideways inputs are mirrored is the mirror image: no sign is wrong in one axis only.

| verifies | signs of fins, gimbals, cold gas, offsets, wind, aerodynamics in yaw and roll against pitch |
| gravity | WGS-84, J2, rotating: over the equator, flying east, north and south are mirror images |
| air | US76, wind to the north; mirrored: to the south |
| vehicle | shipped stage with a lateral offset of the centre of gravity, three engines burning |
| oracle | mirror symmetry about the plane of the equator (body y changes sign; turns about x and z do) |
| tolerance | 1e-6 m and 1e-9 rad after 12 s: rounding of 1e-9 m a step, amplified by a fall that is nearly neutral |
"""

import math

import numpy as np
import pytest

from hoverslam.plant.plant import Plant
from tests.plant.stage import REFERENCE_RELEASE, FloatArray, column, command, plant, shipped, truth

PLACE_M, TURN = 1e-6, 1e-9
MIRROR_ENU = np.array([1.0, -1.0, 1.0])  # east, north, up
MIRROR_TURN_B = np.array([-1.0, 1.0, -1.0])  # an axial vector under y -> -y
MIRROR_VECTOR_B = np.array([1.0, -1.0, 1.0])
# where body y changes sign: fins 0 (+y) and 2 (-y) change places, every fin its sign; engines 1 and 5 change places
MIRRORED_FIN = (2, 1, 0, 3)
MIRRORED_GIMBAL = (0, 3, 2, 1, 4)  # positions in the list 0, 1, 3, 5, 7
MIRRORED_THRUSTER = (5, 4, 3, 2, 1, 0, 7, 6)
MIRRORED_ENGINE = (0, 5, 4, 3, 2, 1, 8, 7, 6)


def over_the_equator(side: float) -> Plant:
    """Falling east from 9 km, displaced to the left and blown to the left (side 1), or to the right (side -1)."""
    release = REFERENCE_RELEASE._replace(
        altitude_msl_m=9000.0, speed_mps=420.0, azimuth_rad=math.pi / 2, range_m=4000.0, left_m=150.0 * side
    )
    release = release._replace(attitude_offset_rad=(0.05 * side, 0.01, 0.03 * side))
    vehicle = shipped(body__cg_offset_m=[0.02 * side, 0.01])
    return plant(
        vehicle,
        latitude_rad=0.0,
        longitude_rad=0.3,
        release=release,
        column=column(east_mps=5.0, north_mps=12.0 * side),
    )


def inputs(falling: Plant, side: float) -> FloatArray:
    """Different inputs to every actuator, or their mirror image."""
    fins = np.array([0.03, -0.05, 0.11, 0.07])
    gimbals = np.array([[0.01, 0.02], [-0.02, 0.015], [0.0, 0.03], [0.025, -0.01], [0.02, 0.01]])
    valves = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    engines = np.zeros(9)
    engines[[0, 1]] = 1.0
    if side < 0:
        fins = -fins[list(MIRRORED_FIN)]
        gimbals = gimbals[list(MIRRORED_GIMBAL)] * [1.0, -1.0]
        valves = valves[list(MIRRORED_THRUSTER)]
        engines = engines[list(MIRRORED_ENGINE)]
    return command(
        falling,
        engine_on=engines,
        throttle=0.8,
        gimbal_rad=gimbals.ravel(),
        fin_rad=fins,
        rcs_open=valves,
        leg_deploy=1.0,
    )


@pytest.mark.parametrize("seconds", [1.0, 4.0, 12.0])
def test_a_mirrored_flight_is_the_mirror_image(seconds: float) -> None:
    rows = []
    for side in (1.0, -1.0):
        falling = over_the_equator(side)
        falling.advance(inputs(falling, side), round(seconds * 1000))
        assert falling.outcome is None
        rows.append(truth(falling))
    left, right = rows
    assert abs(left["pos_enu_m"][1]) > 100.0, "it is a flight to one side"
    assert np.linalg.norm(left["omega_b_radps"]) > 1e-3, "it turns"
    np.testing.assert_allclose(right["pos_enu_m"], MIRROR_ENU * left["pos_enu_m"], atol=PLACE_M)
    np.testing.assert_allclose(right["vel_enu_mps"], MIRROR_ENU * left["vel_enu_mps"], atol=PLACE_M)
    np.testing.assert_allclose(right["omega_b_radps"], MIRROR_TURN_B * left["omega_b_radps"], atol=TURN)
    np.testing.assert_allclose(right["accel_b_mps2"], MIRROR_VECTOR_B * left["accel_b_mps2"], atol=PLACE_M)
    for name in ("speed_mps", "q_pa", "alpha_rad", "tilt_rad", "mass_kg", "altitude_agl_m"):
        np.testing.assert_allclose(right[name], left[name], rtol=1e-9, atol=PLACE_M, err_msg=name)
