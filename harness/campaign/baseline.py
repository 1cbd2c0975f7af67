"""What a baseline file says: its keys, units and ranges, checked once the checksum has been."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from hoverslam.scenarios.explain import explain
from hoverslam.scenarios.load import told
from hoverslam.scenarios.table import Table

FORMAT, OLDER = "hoverslam-baseline-2", "hoverslam-baseline-1"
"""The older one names its files only: it does not say what was in them."""


def _column(low: float, high: float) -> Any:
    """One number a flight, none where it has none."""
    return list[Annotated[float, Field(ge=low, le=high)] | None]


class Baseline(Table):
    """The file of `campaign --export x.json`: what was flown, and a column of each metric of the gate."""

    format: Literal["hoverslam-baseline-2", "hoverslam-baseline-1"]
    campaign: str = Field(max_length=200)
    base: dict[str, Any]
    sampling: dict[str, Any]
    plant: str
    gnc: str
    identity: dict[str, str] | None = None
    command: str | None = None
    seed: list[Annotated[int, Field(ge=0, le=2**63 - 1)]]
    passed: list[Annotated[int, Field(ge=0, le=1)]]
    hash: list[Annotated[str, Field(max_length=64)]] | None = None
    miss_m: _column(0.0, 1e7)  # type: ignore[valid-type]  # made by a function
    touchdown_mps: _column(-1e5, 1e5)  # type: ignore[valid-type]  # made by a function
    tilt_deg: _column(0.0, 180.0)  # type: ignore[valid-type]  # made by a function
    propellant_kg: _column(-1e3, 1e7)  # type: ignore[valid-type]  # made by a function


def check(content: Mapping[str, Any]) -> None:
    """Raises ValueError with key, value, limit and unit of what is wrong, or for columns of unlike lengths."""
    try:
        baseline = Baseline.model_validate(content)
    except ValidationError as invalid:
        mistakes = explain(invalid, content, Baseline)
        raise ValueError(told(mistakes[:1], "a baseline")) from None
    columns = (baseline.seed, baseline.passed, baseline.miss_m, baseline.touchdown_mps, baseline.tilt_deg)
    lengths = {len(one) for one in (*columns, baseline.propellant_kg, baseline.hash or baseline.seed)}
    if len(lengths) != 1:
        raise ValueError(f"its columns have different lengths: {', '.join(map(str, sorted(lengths)))}")
    if twice := [seed for seed, count in Counter(baseline.seed).items() if count > 1]:
        raise ValueError(f"seed {twice[0]} appears twice")
