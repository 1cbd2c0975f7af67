"""What every table of a scenario file has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """Frozen and strict: unknown keys, converted types, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def frozen_list(value: Any) -> Any:
    """A TOML array becomes a tuple, all the way down; anything else is left for the type check to refuse."""
    return tuple(frozen_list(item) for item in value) if isinstance(value, list) else value


def array(value: Any) -> Any:
    """A TOML array becomes a tuple; anything else is left for the type check to refuse."""
    return tuple(value) if isinstance(value, list) else value
