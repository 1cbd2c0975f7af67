"""The air against the U.S. Standard Atmosphere 1976: its printed points, and its formulas between them."""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.published import published
from hoverslam.plant.kernels.world.atmosphere import standard_air


class Stretch(NamedTuple):
    """A stretch of altitude of one table, and the relative error that its digits allow."""

    table: str
    source: str
    low_m: float
    high_m: float
    gate: float

    @property
    def case(self) -> str:
        """As in "0 to 60 km, printed"."""
        kind = "printed" if self.table == "us76_printed" else "formulas"
        return f"{self.low_m / 1000.0:g} to {self.high_m / 1000.0:g} km, {kind}"


PRINTED, FORMULAS = "U.S. Standard Atmosphere 1976", "package fluids, ATMOSPHERE_1976"
# half a unit in the sixth digit is at most 5e-6, in the fifth, which is the last of some points from 80 km up, 5e-5
STRETCHES = (
    Stretch("us76_printed", PRINTED, 0.0, 60e3, 1e-5),
    Stretch("us76_printed", PRINTED, 80e3, 86e3, 3e-5),
    Stretch("us76_printed", PRINTED, 90e3, 120e3, 1e-4),
    Stretch("us76_formulas", FORMULAS, 0.0, 84e3, 1e-9),
)
QUANTITIES = {
    "temperature_k": "temperature",
    "pressure_pa": "pressure",
    "density_kgpm3": "density",
    "sound_mps": "speed of sound",
}


def us76() -> list[Check]:
    """The largest relative error of each quantity on each stretch."""
    return [check for stretch in STRETCHES for check in _compare(stretch)]


def _compare(stretch: Stretch) -> list[Check]:
    table = published(stretch.table)
    rows = (table["altitude_m"] >= stretch.low_m) & (table["altitude_m"] <= stretch.high_m)
    ours = np.array([standard_air(float(altitude_m)) for altitude_m in table["altitude_m"][rows]])
    theirs = np.stack([table[column][rows] for column in QUANTITIES], axis=1)
    errors = np.abs(ours / theirs - 1.0)
    return [
        Check("us76", stretch.case, name, float(np.max(errors[:, i])), stretch.gate, "relative", stretch.source)
        for i, name in enumerate(QUANTITIES.values())
        if np.isfinite(theirs[:, i]).all()
    ]
