"""The page docs/cases.md: description, expected result and flight result of each case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hoverslam.harness.files import Kind
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.summary import Summary

HEADING = (
    "| case | description | expected | miss [m] | vertical speed [m/s] | propellant left [kg] |\n"
    "| --- | --- | --- | --- | --- | --- |"
)
FIGURES = 3
CASES_PAGE = Kind("a page of the case library", (), (b"# The case library\n",))
INTRODUCTION = """\
# The case library

Shipped flights, each with its expected verdict in the table [`[expected]`](scenarios.md#expected) of its file. To fly
all of them, in half a minute on two cores:

    hoverslam cases --fly --junit cases.xml

Exit code 0: each flight matches its expectation: the verdict, the end of the flight, and exactly the listed required
requirements failed. A case that must fail tests the harness, as a case that must land tests the flight software. The
run folder of a flight that differs is kept (`--keep`: of every flight; `--out DIR`: in that folder).

`hoverslam cases --fly --gnc "CMD"` flies them with your program. The expectations are those of the reference flight
software: if it fails and yours lands, the table reports a difference and the exit code is 1; state your own
expectation in a file that extends the case. `hoverslam cases mine.toml other.toml --fly` flies your own scenarios. A
scenario without `[expected]` must pass.

`hoverslam run CASE` reports whether the flight matches, with the exit code of the verdict: 1 for a flight that fails,
expected or not. With `--expected` the exit code is 0 if the flight matches and 1 if not. Codes 3 and 4, flight
software lost and harness error, do not change: in these cases the comparison is not possible.

With `--junit FILE` a CI server gets one suite per case and one test per requirement. A failed requirement is a
failure, with margin, unit and time; one that could not be evaluated is skipped, with the reason; an advisory is
reported but never fails; a lost flight program is an error. With `cases --fly` and `run --expected`, a requirement
that fails as expected is no failure. The file exists from the start, as an error, and is replaced at the end: after a
crash, no file of an earlier run remains.

`make cases` flies the cases and writes this table. Times of faults count from the first start command of a landing
engine. The changes of a case and their reasons are in its file in [scenarios/cases/](../scenarios/cases/).
"""
LIMITS = """\
Flights that are expected to fail although a landing is possible are listed in [known limits](known-limits.md).
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
    yield "Reasons of expected results:\n"
    for name, scenario in scenarios.items():
        if scenario.expected is not None and scenario.expected.why:
            yield f"* `{name}`: {scenario.expected.why}."
