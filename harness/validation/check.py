"""What a validation finds: one quantity of one case, how far it is from its source, and how far it may be."""

import math
from typing import NamedTuple


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
