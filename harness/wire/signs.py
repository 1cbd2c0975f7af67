"""Effect of a positive command on the stage: the table in docs/wire.md, against which a test checks the plant.

Body axes: x out of the nose, y and z across, right-handed. A push turns the stage by its arm from the centre of gravity
(r x F): what pushes under it turns the nose away, what pushes over it takes the nose along.
"""

from typing import NamedTuple


class Sign(NamedTuple):
    """A field of `actuators`, one of its elements, the force of a positive value, and the effect on the stage.

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
        "as `throttle[i]`, after `dead_time_s`; the number of starts is limited",
    ),
    Sign(
        "throttle",
        "throttle[i]",
        "+x",
        "increases the thrust of engine i, along the axis",
        "decelerates in base-first flight; an engine off the axis also rotates it",
    ),
    Sign(
        "gimbal_rad",
        "gimbal_rad[2k]",
        "+z",
        "first (y) of pair k: thrust points toward +z",
        "rotates about +y: the nose moves to -z",
    ),
    Sign(
        "gimbal_rad",
        "gimbal_rad[2k + 1]",
        "+y",
        "second (z) of pair k: thrust points toward +y",
        "rotates about -z: the nose moves to -y",
    ),
    Sign(
        "fin_rad",
        "fin_rad[i]",
        "(0, -s, c)",
        "in base-first flight: 90° about +x from the span direction (c, s) of fin i",
        "the nose moves in the direction of the force, and it rolls about +x; nose first: the opposite",
    ),
    Sign(
        "rcs_open",
        "rcs_open[i]",
        "thruster_direction[i]",
        "true: force along `thruster_direction` of the flight load",
        "the nose moves in the direction of the force; the roll follows from the lever arm",
    ),
    Sign("leg_deploy", "leg_deploy", "none", "true deploys all legs", "legs do not retract"),
)
