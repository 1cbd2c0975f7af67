"""What every table of a scenario file has in common."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """Frozen and strict: unknown keys, converted types, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
