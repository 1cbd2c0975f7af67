"""What a flight with several flight programs (strings) leaves of each, as run.json and summary.json keep it."""

from pydantic import BaseModel, ConfigDict, Field


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class StringCut(_Kept):
    """How a string was cut from the vote for the rest of the flight."""

    frame: int = Field(ge=0)
    time_s: float = Field(description="since release")
    kind: str = Field(description="killed, missed, outvoted, died, hung, disconnected or protocol")
    why: str = Field(description="in words")
    fault: int | None = Field(description="the fault of the scenario that acted on it last; null: of its own doing")
    exit_status: int | None = Field(description="of a program that ended; negative: number of the signal")


class StringRecord(_Kept):
    """One flight program of several."""

    program: str = Field(description="command, or `reference`")
    name: str = Field(description="as the program says")
    version: str
    cut: StringCut | None = Field(description="null: in the vote to the end")
    missed_frames: int = Field(description="frames in which no valid answer of it came in time")
    disagreed_frames: int = Field(description="frames in which it was beyond a tolerance from the vote")
    first_disagreement_s: float | None = Field(description="since release")
    largest_deviation: dict[str, float] = Field(description="from the vote, by field; equal fields are left out")
    cost: dict[str, float] = Field(
        description="largest difference between the vote with it and the vote of the others, by field, from its first "
        "disagreement on"
    )
    cost_frames: int = Field(description="frames in which the two differ")


class StringsRecord(_Kept):
    """All flight programs of a flight, in their order, and the voter."""

    each: list[StringRecord]
    undecided_frames: int = Field(description="frames in which strings disagreed and none was outvoted")
    held_frames: int = Field(description="frames without a valid answer: the last vote was held")
    touched: list[int] = Field(description="answers that each fault of a string changed, in the order of the scenario")

    @property
    def cuts(self) -> list[tuple[int, StringCut]]:
        """Strings that were cut, by their numbers, in the order of time."""
        found = [(number, one.cut) for number, one in enumerate(self.each) if one.cut is not None]
        return sorted(found, key=lambda cut: cut[1].frame)

    @property
    def sentence(self) -> str:
        """Which strings were cut, when and why; empty where none was."""
        if not self.cuts:
            return ""
        told = ", ".join(cut_text(number, cut) for number, cut in self.cuts)
        return f"{told}; {len(self.each) - len(self.cuts)} of {len(self.each)} strings flew to the end"


def cut_text(number: int, cut: StringCut) -> str:
    """A cut in words, as everything that tells of it has it."""
    told = "" if cut.fault is None else f" (fault {cut.fault} of the scenario)"
    return f"string {number} was cut {cut.time_s:.2f} s after release: {cut.why}{told}"
