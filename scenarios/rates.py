"""How often the plant steps and the flight software is asked, as a scenario file states it."""

from typing import Any

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.table import Table

NANOSECONDS_PER_SECOND = 1_000_000_000


class Rates(Table):
    """Rates of the loop; time is counted in ticks of the plant."""

    plant_hz: int = Field(default=1000, ge=100, le=10_000, description="integration steps per second")
    gnc_hz: int = Field(default=100, ge=1, le=1000, description="sensor frames per second; must divide plant_hz")
    command_delay_ticks: int = Field(
        default=10, ge=0, le=1000, description="delay from sampling to effect of the command; default: one frame"
    )
    max_time_s: float = Field(
        default=140.0, ge=0.001, le=3600.0, description="time limit: a flight that has not ended by then fails"
    )

    @model_validator(mode="before")
    @classmethod
    def _delay_one_frame(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "command_delay_ticks" in given:
            return given
        plant_hz, gnc_hz = given.get("plant_hz", 1000), given.get("gnc_hz", 100)
        if isinstance(plant_hz, int) and isinstance(gnc_hz, int) and 0 < gnc_hz <= plant_hz:
            return {**given, "command_delay_ticks": plant_hz // gnc_hz}
        return given

    @field_validator("plant_hz")
    @classmethod
    def _whole_nanoseconds(cls, plant_hz: int) -> int:
        if NANOSECONDS_PER_SECOND % plant_hz:
            raise PydanticCustomError("rate", "a tick must be a whole number of nanoseconds; pick 500, 1000 or 2000")
        return plant_hz

    @model_validator(mode="after")
    def _rates_divide(self) -> "Rates":
        if self.plant_hz % self.gnc_hz:
            below = max(d for d in range(1, self.gnc_hz) if self.plant_hz % d == 0)
            above = min(d for d in range(self.gnc_hz, self.plant_hz + 1) if self.plant_hz % d == 0)
            raise PydanticCustomError(
                "rate",
                "must divide rates.plant_hz = {plant_hz}; pick {below} or {above}, or change plant_hz",
                {"key": "gnc_hz", "value": self.gnc_hz, "plant_hz": self.plant_hz, "below": below, "above": above},
            )
        return self

    @property
    def dt_s(self) -> float:
        """Length of a tick."""
        return 1.0 / self.plant_hz

    @property
    def frame_ticks(self) -> int:
        """Ticks between two sensor frames."""
        return self.plant_hz // self.gnc_hz

    @property
    def frame_period_ns(self) -> int:
        """Nanoseconds between two sensor frames; exact, because a tick is."""
        return self.frame_ticks * (NANOSECONDS_PER_SECOND // self.plant_hz)

    @property
    def max_frames(self) -> int:
        """Frames after which a flight ends as never landed."""
        return round(self.max_time_s * self.gnc_hz)
