"""Whether a flight program obeys the contract: the checks of `harness.wire.conformance`, held with real processes.

for result in conform(["./build/fsw"]):
    print(result.name, result.result, result.told)
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from hoverslam.harness.fly.courses import DEFAULT, courses_of
from hoverslam.harness.program.examinee import Examinee
from hoverslam.harness.record.telemetry import REPORTS
from hoverslam.harness.wire.conformance.examination import examine
from hoverslam.harness.wire.conformance.subject import Courses, Setting
from hoverslam.harness.wire.conformance.verdicts import CheckResult

NUMBERS = {name: int(report.kind[0]) for name, report in REPORTS.items() if report.kind[0].isdigit()}
"""How many numbers each telemetry key has that the harness reads as numbers."""


def setting_of(
    command: str | Sequence[str] | None, courses: Courses, environment: Mapping[str, str] | None = None
) -> Setting:  # fmt: skip
    """What an examination of a command is held with; None is the reference flight software."""
    return Setting(partial(Examinee, command, environment), courses, NUMBERS)


def conform(
    command: str | Sequence[str] | None = None, names: Collection[str] = (), scenario: str = DEFAULT
) -> Iterator[CheckResult]:  # fmt: skip
    """Hold all checks, or those that are named; each result as it comes. Raises ProgramNotFoundError, ScenarioError."""
    yield from examine(setting_of(command, courses_of(scenario)), names)
