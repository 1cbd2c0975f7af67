"""The page docs/cases.md: what each case shows, what is expected of it and what its flight came to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hoverslam.harness.files import Kind
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.summary import Summary

HEADING = (
    "| case | what it shows | expected | miss [m] | down [m/s] | left [kg] |\n| --- | --- | --- | --- | --- | --- |"
)
FIGURES = 3
CASES_PAGE = Kind("a page of the case library", (), (b"# The case library\n",))
INTRODUCTION = """\
# The case library

Flights that are shipped, each with the verdict that is expected of it written beside it, in the table
[`[expected]`](scenarios.md#expected) of its file. Fly them all, in half a minute on two cores:

    hoverslam cases --fly --junit cases.xml

Exit code 0 says that each came to what is written: the verdict, how the flight ended, and that exactly those
required requirements failed which are named. So a case that has to fail guards the harness as one that has to land
guards the flight software. What came otherwise leaves its run folder (`--keep`: every flight does; `--out DIR`: there).

`hoverslam cases --fly --gnc "CMD"` flies them with your program. What is written is what the reference flight
software comes to: where it fails and yours lands, the table says so and the exit code is 1; write your own
expectation in a file that extends the case. `hoverslam cases mine.toml other.toml --fly` flies your own. A scenario
without `[expected]` has to pass.

`hoverslam run CASE` tells whether what is written came true, and keeps the exit codes of a verdict: 1 for a flight
that fails, as it should or not. With `--expected` it is 0 where the flight came as written and 1 where not. 3 and 4,
flight software lost and harness error, stay what they are: then nothing was shown.

With `--junit FILE` a CI server gets a suite a case and a test a requirement. One that fails is a failure, with margin,
unit and time; one that could not be judged is skipped, with the reason; an advisory is told and fails nothing; a
program that was lost is an error. `cases --fly` and `run --expected` hold it to what is written: what should fail and
does is no failure. The file is there from the first moment, as an error, until the flights are over, and is replaced
as a whole: what dies on the way leaves no file of another run behind.

The table is written by `make cases`, from flights. Times of faults count from the first start command of a landing
engine. What a case changes, and why, stands in its file in [scenarios/cases/](../scenarios/cases/).
"""
LIMITS = """\
Where a flight is expected to fail although it could be saved, it is in [known limits](known-limits.md).
"""


def page(scenarios: Mapping[str, Scenario], summaries: Sequence["Summary"]) -> str:
    """The whole page, with the figures of flights."""
    return _page(scenarios, dict(zip(scenarios, map(_figures, summaries), strict=True)))


def with_words(text: str) -> str:
    """The page of the shipped cases with its figures kept, since they are flown for, and its words as the files are."""
    lines = (line for line in text.splitlines() if line.startswith("| `"))
    rows = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines]
    return _page({name: load(name) for name in shipped()}, {cells[0].strip("`"): cells[-FIGURES:] for cells in rows})


def _page(scenarios: Mapping[str, Scenario], figures: Mapping[str, Sequence[str]]) -> str:
    rows = [_row(name, one, figures.get(name, [""] * FIGURES)) for name, one in scenarios.items()]
    return "\n".join([INTRODUCTION, HEADING, *rows, "", *_reasons(scenarios), "", LIMITS])


def _row(name: str, scenario: Scenario, figures: Sequence[str]) -> str:
    return f"| `{name}` | {scenario.description} | {_expected(scenario)} | {' | '.join(figures)} |"


def _figures(summary: "Summary") -> Sequence[str]:
    """What a flight came to: miss, speed down and propellant left; blank where it did not touch down."""
    down = summary.touchdown
    if down is None:
        return [""] * FIGURES
    return f"{down.miss_m:.1f}", f"{down.vertical_mps:.1f}", f"{down.propellant_kg:.0f}"


def _expected(scenario: Scenario) -> str:
    expected = scenario.expected
    if expected is None:
        return ""
    fails = "" if not expected.fails else f": {' '.join(expected.fails)}"
    ending = f" ({expected.outcome})" if expected.outcome not in {None, "at_rest"} else ""
    return f"{expected.verdict}{ending}{fails}"


def _reasons(scenarios: Mapping[str, Scenario]) -> Iterator[str]:
    yield "Why those fail that have to:\n"
    for name, scenario in scenarios.items():
        if scenario.expected is not None and scenario.expected.why:
            yield f"* `{name}`: {scenario.expected.why}."
