"""What a validation finds: one quantity of one case, how far it is from its source, and how far it may be."""

import math
from typing import NamedTuple

NESC = "nesc"
SUITES = {
    NESC: "flying NASA's check-cases",
    "us76": "comparing the air with the standard atmosphere",
    "gravity": "comparing gravity and coordinates with WGS-84",
    "numerics": "flying with several step sizes, and a landing again with half its step",
    "falcon9": "predicting glides of Falcon 9 first stages",
}


class Check(NamedTuple):
    """The largest error of a quantity against `source`, both in `unit` (empty for a pure number)."""

    suite: str
    case: str
    quantity: str
    error: float
    gate: float
    unit: str
    source: str

    @property
    def passed(self) -> bool:
        """Whether the error is a number, and no larger than the gate."""
        return math.isfinite(self.error) and self.error <= self.gate


def cells(check: Check) -> tuple[str, ...]:
    """A row of the table, in the order of `COLUMNS`."""
    gate, verdict = f"{check.gate:g} {check.unit}".rstrip(), "pass" if check.passed else "FAIL"
    return check.case, check.quantity, f"{check.error:.2g}", gate, verdict
