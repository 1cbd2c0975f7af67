"""Books that any flight keeps, whatever is commanded and whatever fails.

verifies: propellant only leaves, and by the flow; thrust is never negative; mass and inertia are possible; energy
changes by the work of what the stage feels
gravity: J2 · air: US76 with gusts · vehicle: zq3_y1 · oracle: conservation
tolerance: rounding for the tanks, 5e-7 of the work for energy (a trapezoid over millisecond ticks)
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hoverslam.plant.faults import KINDS, ArmedFault, clashes
from hoverslam.plant.kernels.body.mass import mass_properties
from hoverslam.plant.kernels.world.earth import gravitation
from hoverslam.plant.plant import Plant
from tests.plant.failing import PAIR, fault
from tests.plant.stage import STEP_S, command, place, plant, shipped

STAGE = shipped()
FRAME_TICKS = 10
FRAMES = 150
PLANT_FAULTS = [name for name, kind in KINDS.items() if kind.target != "sensor"]
ROUNDING_KG = 1e-6
OF_THE_WORK = 5e-7


@st.composite
def flights(draw: st.DrawFn) -> tuple[Plant, list[np.ndarray]]:
    """A stage with one or two faults, and a command row for each tenth of a second."""
    kinds = draw(st.lists(st.sampled_from(PLANT_FAULTS), max_size=2, unique=True))
    chosen: tuple[ArmedFault, ...] = tuple(
        fault(kind, target=draw(st.sampled_from((0, 1))), lasts_s=draw(st.sampled_from((0.0, 0.4)))) for kind in kinds
    )
    flying = plant(
        faults=chosen if not clashes(chosen) else chosen[:1], seed=draw(st.integers(1, 99)), turbulence="severe"
    )
    number = st.floats(-1.0, 1.0)
    rows = []
    for _ in range(FRAMES // 10):
        on = np.zeros(STAGE.shape.engines)
        on[[0, *PAIR]] = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
        rows.append(
            command(
                flying,
                engine_on=on,
                throttle=0.5 + 0.6 * abs(draw(number)),
                gimbal_rad=0.2 * draw(number),
                fin_rad=0.5 * draw(number),
                rcs_open=float(draw(st.booleans())),
                leg_deploy=float(draw(st.booleans())),
            )
        )
    return flying, rows


@settings(derandomize=True, deadline=None, max_examples=25)
@given(flights())
def test_no_flight_makes_propellant_or_pulls_with_an_engine(flight: tuple[Plant, list[np.ndarray]]) -> None:
    flying, rows = flight
    place(flying, (0.0, 0.0, 5000.0), (10.0, 0.0, -350.0))
    row = np.zeros(flying.truth_layout.width)
    at = flying.truth_layout.slice
    before = flying.state["tanks_kg"][0].copy()
    for frame in range(FRAMES):
        drawn_kg = 0.0
        for _ in range(FRAME_TICKS):
            flying.advance(rows[frame // 10], 1)
            drawn_kg += flying.state["engines"][0, :, 5].sum() * STEP_S
        after = flying.state["tanks_kg"][0].copy()
        assert (after <= before).all()
        assert (after >= 0.0).all()
        left = before[:2].sum() - after[:2].sum()
        assert abs(left - drawn_kg) < ROUNDING_KG or after[:2].min() == 0.0
        before = after
        flying.truth(row)
        assert (row[at("thrust_n")] >= 0.0).all()
        assert (row[at("flow_kgps")] >= 0.0).all()
        assert (row[at("ullage_pa")] > 0.0).all()
        mass = mass_properties(STAGE.body, STAGE.lox, STAGE.lch4, after[0], after[1], after[2], STAGE.rcs.bottle_m)
        assert mass.mass_kg > STAGE.body.dry_mass_kg
        x, y, z = sorted(mass.inertia_kgm2)
        assert x > 0.0
        assert x + y >= z  # no body has a larger moment than the sum of the others
        assert STAGE.body.hull_base_m < mass.cg_m[0] < STAGE.body.ref_length_m


@settings(derandomize=True, deadline=None, max_examples=10)
@given(flights())
def test_energy_changes_by_the_work_of_what_the_stage_feels(flight: tuple[Plant, list[np.ndarray]]) -> None:
    """Along the path of the centre of gravity, which moves in the stage: d(v^2 / 2) = (felt + gravitation) . dr."""
    flying, rows = flight
    place(flying, (0.0, 0.0, 5000.0), (10.0, 0.0, -350.0))
    rigid, felt, cg = [flying.state["rigid"][0].copy()], [], [flying.state["cg_m"][0].copy()]
    for frame in range(FRAMES):
        for _ in range(FRAME_TICKS):
            flying.advance(rows[frame // 10], 1)
            rigid.append(flying.state["rigid"][0].copy())
            felt.append(flying.state["mean"][0, :3].copy())
            cg.append(flying.state["cg_m"][0].copy())
    state, moved = np.array(rigid), np.diff(np.array(cg), axis=0)
    pull = np.array([gravitation(tuple(row[:3])) for row in state])
    mid = 0.5 * (state[:-1] + state[1:])
    attitude = Rotation.from_quat(mid[:, [7, 8, 9, 6]])  # scipy normalises, scalar last
    recentred = attitude.apply(np.cross(mid[:, 10:13], moved))
    change = STEP_S * (attitude.apply(np.array(felt)) + 0.5 * (pull[:-1] + pull[1:])) + recentred
    work = np.sum(mid[:, 3:6] * change, axis=1)
    energy = 0.5 * np.sum(state[:, 3:6] ** 2, axis=1)
    assert abs(energy[-1] - energy[0] - work.sum()) < OF_THE_WORK * np.abs(work).sum()
