"""The first bending mode. Oracles: a free-free slender beam by finite elements, scipy's oscillator, momentum."""

import math

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.signal import cont2discrete

from hoverslam.plant.kernels.body.bending import step_bending, swing
from hoverslam.plant.plant import Plant
from hoverslam.plant.vehicle import load_vehicle
from tests.plant.stage import FloatArray, column, command, engines_on, place, plant, sense, shipped, truth

ROUNDING = 1e-9
STEP_S = 0.001
STILL = (0.0, 0.0, 0.0)
VACUUM = column(density=0.0)
MODE = shipped().bending


def beam(length_m: float, tube_kg: float, lumps: list[tuple[float, float]], elements: int) -> tuple[FloatArray, ...]:
    """First free-free mode: places, shape (one at the top), slope, moving mass, mass matrix, rad/s per sqrt(EI)."""
    h = length_m / elements
    size = 2 * elements + 2
    stiffness, mass = np.zeros((size, size)), np.zeros((size, size))
    k = np.array([[12, 6 * h, -12, 6 * h], [6 * h, 4 * h * h, -6 * h, 2 * h * h]]) / h**3
    k = np.vstack([k, -k[0], [6 * h / h**3, 2 * h * h / h**3, -6 * h / h**3, 4 * h * h / h**3]])
    m = np.array(
        [
            [156, 22 * h, 54, -13 * h],
            [22 * h, 4 * h * h, 13 * h, -3 * h * h],
            [54, 13 * h, 156, -22 * h],
            [-13 * h, -3 * h * h, -22 * h, 4 * h * h],
        ]
    )
    for element in range(elements):
        at = slice(2 * element, 2 * element + 4)
        stiffness[at, at] += k
        mass[at, at] += tube_kg / length_m * h / 420.0 * m
    for place_m, kg in lumps:
        mass[2 * round(place_m / h), 2 * round(place_m / h)] += kg
    squares, shapes = eigh(stiffness, mass)
    shape = shapes[:, 2] / shapes[-2, 2]  # after the two rigid motions
    places = np.linspace(0.0, length_m, elements + 1)
    return places, shape[::2], shape[1::2], shape @ mass @ shape, mass, np.sqrt(squares[2])


def test_the_beam_of_these_tests_is_that_of_the_books() -> None:
    _, shape, slope, moving, _, omega = beam(42.0, 46e3, [], 80)
    assert (omega**2 * 46e3 / 42.0) ** 0.25 * 42.0 == pytest.approx(4.73004, rel=1e-5)
    assert moving == pytest.approx(46e3 / 4.0, rel=1e-5)
    assert slope[0] * 42.0 / shape[0] == pytest.approx(-4.6473, rel=1e-4)  # -0.982502 x 4.73004


@pytest.mark.parametrize(
    ("name", "tube_kg", "lumps", "elements", "stations_m"),
    [
        ("zq3_y1", 36.362e3, [(0.0, 9.638e3)], 84, (38.5, 40.0, 38.0)),
        ("f9_b5", 15.7e3, [(0.0, 4.5e3), (4.0, 2.0e3)], 83, (39.0, 40.5, 39.5)),
    ],
)
def test_the_vehicle_files_hold_the_first_mode_of_their_own_masses(
    name: str, tube_kg: float, lumps: list[tuple[float, float]], elements: int, stations_m: tuple[float, ...]
) -> None:
    vehicle = load_vehicle(name)
    mode, body = vehicle.bending, vehicle.body
    x, shape, slope, moving, mass, _ = beam(body.ref_length_m, tube_kg, lumps, elements)
    three_figures = 5e-3  # relative: how finely the file gives them
    assert mode.generalised_mass_kg == pytest.approx(moving, rel=three_figures)
    assert mode.reference_kg == body.dry_mass_kg == pytest.approx(tube_kg + sum(kg for _, kg in lumps), rel=1e-3)
    assert (mode.gimbal_shape, mode.gimbal_slope_pm) == pytest.approx((shape[0], slope[0]), rel=three_figures)
    assert stations_m == (vehicle.sensors.imu_position_m[0], vehicle.fins.position_m, vehicle.rcs.position_m[0, 0])
    assert (mode.imu_shape, mode.fin_shape, mode.rcs_shape) == pytest.approx(
        tuple(np.interp(stations_m, x, shape)), rel=three_figures
    )
    assert mode.imu_slope_pm == pytest.approx(float(np.interp(stations_m[0], x, slope)), rel=three_figures)
    # without momentum: orthogonal to the stage's shift and to its turn about the file's own centre of gravity
    shift, turn = np.zeros(len(mass)), np.zeros(len(mass))
    shift[::2], turn[::2], turn[1::2] = 1.0, x - body.dry_cg_m, 1.0
    bent = np.zeros(len(mass))
    bent[::2], bent[1::2] = shape, slope
    assert abs(shift @ mass @ bent) < 1e-6 * body.dry_mass_kg
    assert abs(turn @ mass @ bent) < 1e-6 * body.dry_mass_kg * body.ref_length_m


@pytest.mark.parametrize("damping", [0.0, 0.0075, 0.3])
@pytest.mark.parametrize("dt_s", [0.001, 0.04, 0.3])
def test_the_oscillator_is_exact_for_a_held_push_however_long_the_step(damping: float, dt_s: float) -> None:
    omega = 2.0 * math.pi * 5.0
    system = (np.array([[0.0, 1.0], [-(omega**2), -2.0 * damping * omega]]), np.array([[0.0], [1.0]]))
    a, b, *_ = cont2discrete((*system, np.eye(2), np.zeros((2, 1))), dt_s)
    expected = a @ [0.01, -0.2] + b[:, 0] * 3.0
    np.testing.assert_allclose(swing(omega, damping, 0.01, -0.2, 3.0, dt_s), expected, atol=ROUNDING)


def rung(push_n: float, seconds: float, mass_kg: float = MODE.reference_kg, fins: bool = False) -> FloatArray:
    """Modal displacement, one row a tick, under a push at the gimbal plane (or at the fins) along y."""
    planes = np.zeros((2, 3))
    at_fins = (0.0, push_n if fins else 0.0, 0.0)
    planes[0, 2] = 0.0 if fins else MODE.gimbal_shape * push_n
    out = []
    for _ in range(round(seconds / STEP_S)):
        step_bending(MODE, planes, mass_kg, at_fins, STILL, STEP_S)
        out.append(planes[:, 0].copy())
    return np.array(out)


@pytest.mark.parametrize(("fins", "shape"), [(False, MODE.gimbal_shape), (True, MODE.fin_shape)])
@pytest.mark.parametrize("mass_kg", [MODE.reference_kg, 58e3])
def test_a_push_that_stays_swings_about_its_closed_form(fins: bool, shape: float, mass_kg: float) -> None:
    omega = 2.0 * math.pi * MODE.frequency_hz * math.sqrt(MODE.reference_kg / mass_kg)
    moving = MODE.generalised_mass_kg * mass_kg / MODE.reference_kg
    still = 1e5 * shape / (moving * omega**2)
    y = rung(1e5, 20.0, mass_kg, fins)[:, 0]
    assert y[-2000:].mean() == pytest.approx(still, rel=1e-2)  # what is left of the ringing, over whole and part swings
    assert y.max() == pytest.approx(still * (1.0 + math.exp(-math.pi * MODE.damping)), rel=1e-3)
    peaks = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])) + 1
    period = np.diff(peaks[:20]).mean() * STEP_S
    assert 2.0 * math.pi / period == pytest.approx(omega, rel=1e-3)
    decrement = math.log((y[peaks[0]] - still) / (y[peaks[10]] - still)) / 10.0
    assert decrement == pytest.approx(2.0 * math.pi * MODE.damping, rel=1e-2)


def test_the_planes_do_not_know_each_other() -> None:
    np.testing.assert_array_equal(rung(1e5, 1.0)[:, 1], 0.0)


def afloat(**overrides: object) -> Plant:
    """A stage that drifts in a vacuum, high over the pad."""
    floating = plant(shipped(**overrides), column=VACUUM)
    place(floating, (0.0, 0.0, 20_000.0))
    return floating


def test_a_stage_that_rings_keeps_its_momentum() -> None:
    calm, ringing = afloat(), afloat()
    ringing.state["bending"][0, :, 0] = (0.05, -0.03)
    for each in (calm, ringing):
        each.advance(command(each), 1000)
    assert np.abs(ringing.state["bending"][0, :, 0]).max() > 0.01, "it rings on"
    np.testing.assert_array_equal(ringing.state["rigid"], calm.state["rigid"])


def test_the_energy_of_a_free_mode_falls_as_its_damping_says_and_never_rises() -> None:
    ringing = afloat()
    ringing.state["bending"][0, :, 0] = (0.05, -0.03)
    mass = float(truth(ringing)["mass_kg"][0])
    omega2 = (2.0 * math.pi * MODE.frequency_hz) ** 2 * MODE.reference_kg / mass
    energy = []
    for _ in range(2000):
        ringing.advance(command(ringing), 1)
        planes = ringing.state["bending"][0]
        energy.append(float((planes[:, 1] ** 2 + omega2 * planes[:, 0] ** 2).sum()))
    assert np.all(np.diff(energy) < 0.0)
    lost = math.log(energy[0] / energy[-1]) / (1999 * STEP_S)
    assert lost == pytest.approx(
        2.0 * MODE.damping * math.sqrt(omega2), rel=1e-2
    )  # rel: a swing is not cut in the middle


def test_the_inertial_unit_feels_the_mode_at_its_own_station() -> None:
    ringing = afloat()
    sense(ringing)
    ringing.state["bending"][0, :, 1] = (0.4, -0.3)  # m/s at the tip
    before = ringing.state["bending"][0].copy()
    ringing.advance(command(ringing), 10)
    after, felt = ringing.state["bending"][0], sense(ringing)
    still = afloat()
    sense(still)
    still.advance(command(still), 10)
    calm = sense(still)
    turned = (after[:, 0] - before[:, 0]) * MODE.imu_slope_pm
    shaken = (after[:, 1] - before[:, 1]) * MODE.imu_shape
    quantum = 2e-5  # m/s and rad: two of the coarser
    np.testing.assert_allclose(
        felt["imu_dangle_b_rad"] - calm["imu_dangle_b_rad"], (0.0, -turned[1], turned[0]), atol=quantum
    )
    np.testing.assert_allclose(felt["imu_dvel_b_mps"] - calm["imu_dvel_b_mps"], (0.0, *shaken), atol=quantum)


def lateral(doublet_rad: float, **overrides: object) -> FloatArray:
    """Rate of the inertial unit about z, 100 a second, after a gimbal doublet in a vacuum with three engines."""
    burning = afloat(slosh__damping=1.0, **overrides)
    steady = engines_on(burning, (0, 1, 5), 0.8)
    burning.advance(steady, 4000)
    for sign in (1.0, -1.0):
        row = engines_on(burning, (0, 1, 5), 0.8, gimbal_rad=[0.0, sign * doublet_rad] * 5)
        burning.advance(row, 100)
    burning.advance(steady, 500)
    sense(burning)
    rates = []
    for _ in range(400):
        burning.advance(steady, 10)
        rates.append(sense(burning)["imu_dangle_b_rad"][2] / 0.01)
    return np.array(rates)


def test_a_gimbal_doublet_rings_in_the_inertial_unit_at_the_modes_frequency() -> None:
    rates = lateral(0.05)
    rates = rates - rates.mean()
    spectrum = np.abs(np.fft.rfft(rates * np.hanning(len(rates)), 8192))
    peak_hz = np.fft.rfftfreq(8192, 0.01)[spectrum.argmax()]
    mass_kg = float(truth(plant())["mass_kg"][0]) - 5.5 * 3 * 250.0  # three engines for some five seconds
    bin_hz = 0.1
    assert peak_hz == pytest.approx(MODE.frequency_hz * math.sqrt(MODE.reference_kg / mass_kg), abs=bin_hz)
    stiff = lateral(0.05, bending__frequency_hz=0.0)
    assert rates.std() > 20.0 * (stiff - stiff.mean()).std()


def test_a_stiffer_mode_bends_as_much_less_and_no_frequency_at_all_does_not_bend() -> None:
    def bent(frequency_hz: float) -> FloatArray:
        burning = afloat(bending__frequency_hz=frequency_hz, bending__damping=0.9)
        burning.advance(engines_on(burning, (0,), 1.0, gimbal_rad=[0.0, 0.05] * 5), 3000)
        return truth(burning)["bending_m"]

    soft, hard = bent(5.0), bent(50.0)
    assert soft[0] > 1e-3, "thrust to the side of y bends the stage that way"
    assert hard[0] == pytest.approx(soft[0] / 100.0, rel=0.1)  # rel: the bent stage turns its own thrust
    np.testing.assert_array_equal(bent(0.0), 0.0)


def test_a_bent_gimbal_plane_turns_and_shifts_the_thrust() -> None:
    straight, bent = afloat(), afloat()
    row = engines_on(straight, (0,), 1.0)
    for each in (straight, bent):
        each.advance(row, 3000)
    start = [each.state["rigid"][0, 10:13].copy() for each in (straight, bent)]
    bent.state["bending"][0, 0, :2] = (0.02, 0.0)
    thrust = float(truth(straight)["thrust_n"].sum())
    cg, inertia = float(truth(straight)["cg_m"][0]), 1e7
    for each in (straight, bent):
        each.advance(row, 1)
    gained = (bent.state["rigid"][0, 12] - start[1][2]) - (straight.state["rigid"][0, 12] - start[0][2])
    # to the side by the slope at the lever of the gimbal plane, and along x beside the axis
    moment = -thrust * 0.02 * (MODE.gimbal_slope_pm * cg + MODE.gimbal_shape)
    assert gained == pytest.approx(moment / inertia * STEP_S, rel=0.1)  # rel: of the inertia written here
