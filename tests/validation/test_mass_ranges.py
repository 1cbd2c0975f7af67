"""Where the centre of gravity lies and how hard the stage is to turn.

| verifies | mass properties of the shipped vehicle at separation, at landing ignition and empty |
| gravity | none |
| air | none |
| vehicle | shipped stage, dry mass 46 t; and 42 t, for which the ranges were derived |
| oracle | ranges of vehicle.md sec. 1.1: separation 92 t, 56 t, empty |
| tolerance | none: ranges (empty: 0.1 m, and 2 % of inertia, single figures) |
"""

import pytest

from hoverslam.plant.kernels.body.mass import MassProperties, mass_properties
from tests.plant.stage import shipped


def stage(total_kg: float, dry_kg: float) -> MassProperties:
    """The stage with propellant at mixture ratio 3.5 up to this mass."""
    vehicle = shipped(
        body__dry_mass_kg=dry_kg, body__dry_inertia_kgm2=(2.2e5, 8.5e6 * dry_kg / 42e3, 8.5e6 * dry_kg / 42e3)
    )
    propellant = total_kg - dry_kg
    found: MassProperties = mass_properties(
        vehicle.body, vehicle.lox, vehicle.lch4, propellant * 3.5 / 4.5, propellant / 4.5, 0.0, vehicle.rcs.bottle_m
    )
    return found


@pytest.mark.parametrize("dry_kg", [42e3, 46e3])
@pytest.mark.parametrize(
    ("total_kg", "cg_m", "inertia_kgm2"), [(92e3, (12.8, 15.8), (10e6, 13.5e6)), (56e3, (14.7, 16.1), (9e6, 10.2e6))]
)
def test_centre_of_gravity_and_inertia_are_in_their_ranges(
    total_kg: float, dry_kg: float, cg_m: tuple[float, float], inertia_kgm2: tuple[float, float]
) -> None:
    found = stage(total_kg, dry_kg)
    assert found.mass_kg == pytest.approx(total_kg)
    assert cg_m[0] <= found.cg_m[0] <= cg_m[1]
    assert inertia_kgm2[0] <= found.inertia_kgm2[1] <= inertia_kgm2[1]


def test_an_empty_stage_of_42_tonnes_is_that_of_the_data_sheet() -> None:
    found = stage(42e3, 42e3)
    assert found.cg_m[0] == pytest.approx(16.6, abs=0.1)
    assert found.inertia_kgm2[1] == pytest.approx(8.5e6, rel=0.02)
    assert found.inertia_kgm2[0] == pytest.approx(2.2e5, rel=0.02)


def test_the_shipped_dry_inertia_is_that_of_42_tonnes_scaled_to_its_mass() -> None:
    assert shipped().body.dry_inertia_kgm2[1] == pytest.approx(8.5e6 * 46.0 / 42.0, rel=0.01)
