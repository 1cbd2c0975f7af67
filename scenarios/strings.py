"""The table `[strings]`: how many flight programs command one vehicle, and how the voter makes one command of theirs.

Fields are those of the `actuators` message. Defaults are chosen: a tenth or so of what actuators of a landing stage
travel. Programs that were written apart differ by some hundredths of it, copies of one program not at all.
"""

from typing import Any, Literal

from pydantic import Field, create_model

from hoverslam.harness.wire.contract import ACTUATORS, FLOAT, of_form
from hoverslam.harness.wire.contract import Field as WireField
from hoverslam.scenarios.table import Table

MID_VALUE, MAJORITY = "mid_value", "majority"
MOST_STRINGS = 8
TOLERANCES = {"throttle": 0.05, "gimbal_rad": 0.01, "fin_rad": 0.03}
"""Of each field of numbers. On the shipped stages throttles go from 0.5 to 1, gimbals to 0.1 rad, fins to 0.35 rad."""


def _voter() -> Any:
    told = "`mid_value`: the median; `majority`: the value that most strings give, bit for bit"
    return Literal["mid_value", "majority"], Field(default=MID_VALUE, description=told)


def _tolerance(field: WireField) -> Any:
    unit = field.units.partition(";")[0]
    return float, Field(default=TOLERANCES[field.name], ge=0.0, le=10.0, description=unit)


Voter: type[Table] = create_model(
    "Voter",
    __base__=Table,
    __doc__="How each element of a field is voted; switches always by majority. Of equal counts the lowest-numbered "
    "string has its way.",
    **{field: _voter() for field in of_form(ACTUATORS, FLOAT)},
)
Tolerance: type[Table] = create_model(
    "Tolerance",
    __base__=Table,
    __doc__="Largest difference from the voted command that is agreement; of switches none is.",
    **{field.name: _tolerance(field) for field in ACTUATORS if field.form == FLOAT},
)


class Strings(Table):
    """Redundant flight programs (strings) of one vehicle, and the voter between them; see [strings.md](strings.md)."""

    count: int | None = Field(
        default=None,
        ge=1,
        le=MOST_STRINGS,
        description="number of strings; `none`: as many as `--gnc` is given, one if it is given once or not at all",
    )
    cut_after_frames: int = Field(
        default=5,
        ge=1,
        le=10_000,
        description="a string that misses or is outvoted in so many frames in a row is cut for the rest of the flight",
    )
    voter: Voter = Field(default_factory=Voter, description="table, see below")
    tolerance: Tolerance = Field(default_factory=Tolerance, description="table, see below")
