"""What a flight is expected to come to, written beside the case."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hoverslam.scenarios.table import Table


def _sorted_ids(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


class Expected(Table):
    """What the flight comes to with the reference flight software, and why.

    It changes no flight. `hoverslam run` tells whether it came true; `run --expected` and `cases --fly` make it the
    exit code. It is about the file as it stands: a file that extends this one has its own or none, and `--set` and
    `--seed` take it away. See [cases.md](cases.md).
    """

    verdict: Literal["pass", "fail"] = Field(
        description="as `hoverslam run` would say; a program that is lost is neither"
    )
    outcome: Literal["at_rest", "impact", "max_time"] | None = Field(
        default=None, description="how the flight ends; any way when left out"
    )
    fails: Annotated[tuple[str, ...], BeforeValidator(_sorted_ids)] | None = Field(
        default=None, description="ids of the required requirements that fail, these and no others; any when left out"
    )
    why: str = Field(default="", max_length=2000, description="one sentence for people")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Expected":
        if self.verdict == "pass" and self.fails:
            text = "cannot be in a flight that is expected to pass; take it out, or expect verdict = 'fail'"
            raise PydanticCustomError("expected", text, {"key": "fails", "value": list(self.fails)})
        if self.verdict == "pass" and self.outcome not in {None, "at_rest"}:
            text = "is no flight that passes; write 'at_rest', or expect verdict = 'fail'"
            raise PydanticCustomError("expected", text, {"key": "outcome", "value": self.outcome})
        if self.verdict == "fail" and self.fails == () and self.outcome == "at_rest":
            text = "leaves nothing for which the flight could fail; name what does, or take it out"
            raise PydanticCustomError("expected", text, {"key": "fails", "value": []})
        return self
