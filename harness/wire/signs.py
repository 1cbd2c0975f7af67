"""What a positive command does to the stage: the table that docs/wire.md prints and that a test holds the plant to.

Body axes: x out of the nose, y and z across, right-handed. A push turns the stage by its arm from the centre of gravity
(r x F): what pushes under it turns the nose away, what pushes over it takes the nose along.
"""

from typing import NamedTuple


class Sign(NamedTuple):
    """A field of `actuators`, one of its numbers, the push of a positive value in body axes, and what the stage does.

    `push` is "+x", "+y" or "+z", "(0, -s, c)" for a fin that sticks out along (c, s), "thruster_direction[i]" of the
    flight load, or "none".
    """

    field: str
    number: str
    push: str
    words: str
    stage: str


SIGNS = (
    Sign(
        "engine_on",
        "engine_on[i]",
        "+x",
        "true starts engine i, false shuts it down",
        "as `throttle[i]`, after `dead_time_s`; an engine has few starts",
    ),
    Sign(
        "throttle",
        "throttle[i]",
        "+x",
        "more thrust of engine i, along the axis",
        "falls slower, base first; an engine off the axis turns it about its arm",
    ),
    Sign(
        "gimbal_rad",
        "gimbal_rad[2k]",
        "+z",
        "first (y) of pair k: thrust leans toward +z",
        "turns about +y: the nose goes to -z",
    ),
    Sign(
        "gimbal_rad",
        "gimbal_rad[2k + 1]",
        "+y",
        "second (z) of pair k: thrust leans toward +y",
        "turns about -z: the nose goes to -y",
    ),
    Sign(
        "fin_rad",
        "fin_rad[i]",
        "(0, -s, c)",
        "base first: a quarter turn about +x from where fin i sticks out, (c, s)",
        "the nose goes where it pushes, and it rolls about +x; nose first, all the other way",
    ),
    Sign(
        "rcs_open",
        "rcs_open[i]",
        "thruster_direction[i]",
        "true: along the `thruster_direction` of the flight load",
        "the nose goes where it pushes; the roll is that of its arm",
    ),
    Sign("leg_deploy", "leg_deploy", "none", "true sends all legs out", "legs do not come back"),
)
