"""What is stored of an evaluated flight: the run folder, its summary and its report."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hoverslam.harness.console.console import progress
from hoverslam.harness.files import write_whole
from hoverslam.harness.record.names import REPORT_FILE, SUMMARY_FILE
from hoverslam.harness.record.toml_text import toml_text

if TYPE_CHECKING:
    from hoverslam.harness.fly.assess import Assessment
    from hoverslam.harness.fly.inputs import Inputs
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.harness.record.flight_record import FlightRecord
    from hoverslam.harness.record.log import Drawn
    from hoverslam.scenarios.schema import Scenario


def keep(
    assessment: "Assessment", prepared: "Prepared", folder: Path, *, page: bool = True, epoch: int | None = None
) -> "Summary":
    """Write the run folder, the log first. A verdict that cannot be stored is still reported, as a harness error."""
    from hoverslam.harness.fly.applied import applied
    from hoverslam.harness.fly.expected import held
    from hoverslam.harness.fly.summary import summarise
    from hoverslam.harness.record.flight_record import RecordError
    from hoverslam.harness.record.names import APPLIED_FILE
    from hoverslam.harness.report.scene import Judged

    judged = Judged(assessment.flight, assessment.results, assessment.findings)
    expected = prepared.scenario.expected
    summary = held(summarise(assessment, str(folder)), expected)
    try:
        record = assessment.flight.record
        keep_record(record, prepared, folder, judged.channels, epoch)
        echo = applied(prepared, flown=True, record=record)
        write_whole(folder / APPLIED_FILE, toml_text(echo))
        write_whole(folder / SUMMARY_FILE, summary.model_dump_json(indent=2) + "\n")
    except (RecordError, OSError) as error:
        why = f"the flight ended in {summary.verdict}, but could not be stored: {error}"
        return held(summary.harness_failed(why), expected)
    if page:
        _write_report(assessment, folder)
    return summary


class FlownFrom(Protocol):
    """A scenario and its files: a flight that was prepared, or a job that flies many of it."""

    @property
    def scenario(self) -> "Scenario":
        """What was asked for."""

    @property
    def inputs(self) -> "Inputs":
        """The files that it names, as they were read for the flight."""


def keep_record(
    record: "FlightRecord", given: FlownFrom, folder: Path, drawn: "Drawn | None" = None, epoch: int | None = None
) -> None:
    """Of a run folder what makes it one: the log, and all that the flight is flown and judged from again.

    Raises RecordError. `drawn` and `epoch` as in `save`.
    """
    from hoverslam.harness.fly.inputs import texts
    from hoverslam.harness.fly.provenance import provenance
    from hoverslam.harness.record.copies import write_copies
    from hoverslam.harness.record.run_folder import save

    copies = write_copies(texts(given.inputs, progress().say), folder)
    facts = {**provenance(given.scenario, record, given.inputs), "copies": copies}
    save(record, folder, given.scenario.model_dump(mode="json"), drawn, epoch, facts)


def _write_report(assessment: "Assessment", folder: Path) -> None:
    """A report that cannot be written does not change the verdict: its data are stored in the same folder."""
    from hoverslam.harness.record.fingerprint import environment_fingerprint
    from hoverslam.harness.report import write_report

    flight, results, found, verdict, _ = assessment
    facts = {"run folder": folder, **environment_fingerprint()}
    try:
        write_report(folder / REPORT_FILE, flight, results, verdict, found, facts)
    except OSError as error:
        why = (
            f"{folder / REPORT_FILE}: cannot be written ({error.strerror}); free disk space, then hoverslam report "
            f"{folder}"
        )
        progress().say(why)
