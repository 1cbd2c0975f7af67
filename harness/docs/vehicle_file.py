"""The page docs/vehicle-file.md: every number of a vehicle, from the table of ranges."""

from collections.abc import Iterator

from hoverslam.plant.ranges import LEAST_SHARE, LONGEST_TANK_M, VEHICLE, unit_of

INTRODUCTION = f"""\
# The vehicle file, key by key

Every number of a [vehicle](vehicles.md) with its unit and its permitted range, both ends included. The ranges cover
vehicles from a hopper of 100 kg to a stage of 5,000 t. They are chosen wide enough for any realistic stage and narrow
enough to catch a wrong decimal point, unit or sign before the flight. The meaning of a key is stated in the shipped
files, beside its number, and in the parameter table of its kernel (`plant/kernels/`).

Some numbers are also checked against each other: capacity, density and radius of a tank must give a length of at most
{LONGEST_TANK_M:g} m; `bending.generalised_mass_kg` must be at least {LEAST_SHARE:g} of `bending.reference_kg`; tables
must match their grids.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(line for table in VEHICLE for line in _section(table))])


def _section(table: str) -> Iterator[str]:
    yield f"## `{table}`\n"
    yield "| key | unit | from | to |\n| --- | --- | ---: | ---: |"
    for name, (low, high) in VEHICLE[table].items():
        yield f"| `{table}.{name}` | {unit_of(name)} | {low:g} | {high:g} |"
    yield ""
