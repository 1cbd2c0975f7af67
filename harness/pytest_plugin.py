"""What the fixture `fly` of the pytest plugin hands out; the plugin itself is `hoverslam.pytest_plugin`.

One flight program serves all tests of a run. A flight that does not pass leaves its run folder, and the report of its
test says the line that flies it again.
"""

import shlex
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hoverslam.harness.fly.pilot import FlownFlight, Pilot
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.scenarios.schema import Scenario


class FlownTest:
    """A flight that was judged. `passed` is the verdict, or of a test marked with requirements how these came out."""

    def __init__(self, summary: "Summary", ids: tuple[str, ...]) -> None:
        self.summary, self._ids = summary, ids
        self.run_folder: Path | None = None
        self.command = ""

    @property
    def passed(self) -> bool:
        """Whether everything that counts here held; a requirement that could not be judged did not."""
        if not self._ids:
            return self.summary.verdict == "PASS"
        flown = self.summary.verdict in {"PASS", "FAIL"}
        return flown and all(self.requirement(name).status == "pass" for name in self._ids)

    def requirement(self, name: str) -> Any:
        """How a requirement came out: status, value, margin, unit, time_s; KeyError where the set has none such."""
        found = {one.id: one for one in self.summary.requirements}
        if name not in found:
            raise KeyError(f"no requirement {name!r} was evaluated; evaluated: {', '.join(found)}")
        return found[name]

    def __repr__(self) -> str:
        kept = f"; run folder {self.run_folder}; repeat it: {self.command}" if self.run_folder else ""
        return f"<{self.summary.verdict}: {self.summary.explanation}{kept}>"


class FlyFixture:
    """Flies scenarios for whichever test is running."""

    def __init__(
        self, pilot: "Pilot", item: Callable[[], pytest.Item], marker: str, gnc: str | None, runs: Path
    ) -> None:
        """`item` is the test that is running, `marker` names its requirements; flights that fail are kept in `runs`."""
        self._marker = marker
        self._pilot, self._current, self._gnc, self._runs = pilot, item, gnc, runs
        self._of_code: dict[str, Path] = {}

    @property
    def _item(self) -> pytest.Item:
        return self._current()

    def _ids(self) -> tuple[str, ...]:
        """What the test is marked with; JUnit's report gets it as properties of the test."""
        ids = tuple(name for mark in self._item.iter_markers(self._marker) for name in mark.args)
        told = [("requirement", name) for name in ids]
        self._item.user_properties.extend(pair for pair in told if pair not in self._item.user_properties)
        return ids

    def __call__(
        self, scenario: "str | Path | Scenario", *, seed: int | None = None, sets: Mapping[str, Any] | None = None
    ) -> FlownTest:
        """Fly a shipped scenario, a file, or one made in code; `sets` are keys and values as with `--set`."""
        from hoverslam.harness.fly.stated import said, stated
        from hoverslam.harness.fly.summary import summarise

        told = said(sets, seed)
        flown = self._pilot.fly(stated(scenario, told), "pytest")
        result = FlownTest(summarise(flown.assessment, None), self._ids())
        if not result.passed:
            self._keep(result, flown, scenario, told)
        return result

    def _keep(self, result: FlownTest, flight: "FlownFlight", scenario: object, sets: Mapping[str, str]) -> None:
        """Run folder, and the command in the report of the test, which pytest shows where it fails."""
        from hoverslam.harness.fly.keep import keep
        from hoverslam.harness.program.opening import gnc_options
        from hoverslam.harness.record.claim import new_folder

        flown = flight.prepared.scenario
        result.run_folder = folder = new_folder(f"{flown.name}-s{flown.seed}", self._runs)
        keep(flight.assessment, flight.prepared, folder)
        if isinstance(scenario, str | Path):
            named, said = str(scenario), [part for key, value in sets.items() for part in ("--set", f"{key}={value}")]
        else:
            named, said = self._written(flown, folder), []
        result.command = shlex.join(["hoverslam", "run", named, *said, *gnc_options(self._gnc)])
        told = f"{result.summary.verdict}: {result.summary.explanation}\nrun folder {folder}\n{result.command}"
        self._item.add_report_section("call", "hoverslam", told)

    def _written(self, scenario: "Scenario", folder: Path) -> str:
        """The file of a scenario made in code. Of a test that goes through many, only the last failure is kept."""
        from hoverslam.harness.fly.inputs import naming
        from hoverslam.harness.record.names import COPIES
        from hoverslam.harness.record.toml_text import toml_text

        if (before := self._of_code.pop(self._item.nodeid, None)) is not None:
            shutil.rmtree(before, ignore_errors=True)
            sections = self._item._report_sections
            sections[:] = [section for section in sections if str(before) not in section[2]]
        self._of_code[self._item.nodeid] = folder
        path = folder / "scenario.toml"
        beside = {name: name for name in COPIES if (folder / name).is_file()}
        path.write_text(toml_text(naming(scenario, beside)), encoding="utf-8")
        return str(path)
