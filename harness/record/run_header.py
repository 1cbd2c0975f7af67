"""What `run.json` says of a flight, checked as to types and ranges: whoever mended its checksum may have written it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hoverslam.harness.record.string_record import StringsRecord
from hoverslam.scenarios.explain import explain

MOST_UNITS = 64
Count = Annotated[int, Field(ge=0, le=MOST_UNITS)]


class StoredShape(BaseModel):
    """How many there are of each."""

    model_config = ConfigDict(extra="forbid", strict=True)

    engines: Count
    gimballed: Count
    fins: Count
    thrusters: Count
    legs: Count


class Header(BaseModel):
    """Keys that are read; others may be there."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    run_id: str
    scenario: str
    seed: int = Field(ge=0, le=2**63 - 1)
    shape: StoredShape
    dt_s: float = Field(gt=0.0, le=0.01)
    frame_ticks: int = Field(ge=1, le=10_000)
    frames: int = Field(ge=0, le=4_000_000)
    outcome: str
    hash: str
    wall_s: float = Field(ge=0.0, le=1e9)
    gnc: dict[str, str]
    command_delay_ticks: int = Field(default=0, ge=0, le=1000)
    harness_error: str | None = None
    findings: list[str] = []
    link: dict[str, Any] | None = None
    pace: dict[str, Any] | None = None
    strings: StringsRecord | None = None
    gnc_failure: dict[str, Any] | None
    scenario_resolved: dict[str, Any]
    environment: dict[str, str]
    copies: dict[str, str] = {}
    command: str | None = None


def check_header(about: dict[str, Any]) -> None:
    """Raises ValueError with key, value and limit of the first mistake."""
    try:
        Header.model_validate(about)
    except ValidationError as invalid:
        raise ValueError(str(explain(invalid, about, Header)[0])) from None
