"""The expected result of a flight, stated in the scenario file."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.table import Table


def _sorted_ids(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


class Expected(Table):
    """The expected result with the reference flight software, and its reason.

    It does not change the flight. `hoverslam run` reports whether the flight matches; `run --expected` and
    `cases --fly` set the exit code accordingly. It is valid for this file only: a file that extends this one has its
    own or none, and `--set` and `--seed` remove it. See [cases.md](cases.md).
    """

    verdict: Literal["pass", "fail"] = Field(description="verdict of `hoverslam run`; a lost flight program is neither")
    outcome: Literal["at_rest", "impact", "max_time"] | None = Field(
        default=None, description="end of the flight; default: any"
    )
    fails: Annotated[tuple[str, ...], BeforeValidator(_sorted_ids)] | None = Field(
        default=None, description="exactly the ids of the required requirements that fail; default: any"
    )
    why: str = Field(default="", max_length=2000, description="reason, one sentence for readers")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Expected":
        if self.verdict == "pass" and self.fails:
            text = "must be empty for a flight that is expected to pass; remove it, or set verdict = 'fail'"
            raise PydanticCustomError("expected", text, {"key": "fails", "value": list(self.fails)})
        if self.verdict == "pass" and self.outcome not in {None, "at_rest"}:
            text = "cannot occur in a flight that passes; write 'at_rest', or set verdict = 'fail'"
            raise PydanticCustomError("expected", text, {"key": "outcome", "value": self.outcome})
        if self.verdict == "fail" and self.fails == () and self.outcome == "at_rest":
            text = "must not be empty for a flight that is expected to fail; list the requirements, or remove it"
            raise PydanticCustomError("expected", text, {"key": "fails", "value": []})
        return self
