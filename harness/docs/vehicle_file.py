"""The page docs/vehicle-file.md: every number of a vehicle, from the table of ranges."""

from collections.abc import Iterator

from hoverslam.plant.ranges import LEAST_SHARE, LONGEST_TANK_M, VEHICLE, unit_of

INTRODUCTION = f"""\
# The vehicle file, key by key

Every number of a [vehicle](vehicles.md) with its unit, and between what and what it may lie, both ends included: from a
hopper of a hundred kilograms to a stage of 5,000 t. The ends are chosen, so wide that any stage that could be built
fits, so narrow that a slip of a comma, a unit or a sign is told by name before anything is flown. What a key means is
said in the shipped files, beside its number, and in the table of parameters of its kernel (`plant/kernels/`).

Some numbers are possible each for itself and not together, and are refused with both: a tank of its capacity, density
and radius is at most {LONGEST_TANK_M:g} m long; `bending.generalised_mass_kg` is at least {LEAST_SHARE:g} of
`bending.reference_kg`; tables have to fit their grids.
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
