"""What a positive command does to the stage: the table that docs/wire.md prints and that a test holds the plant to.

Body axes: x out of the nose, y and z across. What is under the centre of gravity turns the nose away from where it
pushes, and what is over it toward there.
"""

from typing import NamedTuple


class Sign(NamedTuple):
    """A command, the direction in which its positive value pushes, and what the stage does."""

    command: str
    pushes: str
    stage: str


SIGNS = (
    Sign("`gimbal_rad[2k]`, the first (y) of a pair", "thrust leans toward +z", "turns about +y: the nose goes to -z"),
    Sign("`gimbal_rad[2k + 1]`, the second (z)", "thrust leans toward +y", "turns about -z: the nose goes to -y"),
    Sign(
        "`fin_rad[i]`, base first",
        "a quarter turn about +x from the fin's span (c, s): along (0, -s, c)",
        "the nose goes where it pushes; all fins at one angle roll it about +x; nose first, the other way",
    ),
    Sign(
        "`rcs_open[i]`",
        "along the `thruster_direction` of the load, at its `thruster_position_m`",
        "the nose goes there",
    ),
    Sign("`throttle[i]`", "along +x, with the share of rated thrust", "brakes where the stage falls base first"),
    Sign(
        "`engine_on[i]`", "true starts the engine, false shuts it down", "a start takes `dead_time_s`, and one of few"
    ),
    Sign("`leg_deploy`", "nothing", "true sends the legs out; they do not come back"),
)


def table() -> str:
    """As docs/wire.md has it."""
    rows = [f"| {one.command} | {one.pushes} | {one.stage} |" for one in SIGNS]
    return "\n".join(["| positive | pushes | and the stage |", "| --- | --- | --- |", *rows])
