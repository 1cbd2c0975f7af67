"""A flight that was flown, judged."""

from typing import NamedTuple

from hoverslam.harness.fly.applied import asleep
from hoverslam.harness.fly.prepare import Prepared
from hoverslam.harness.judge.findings import Finding, findings
from hoverslam.harness.judge.link_findings import link_findings
from hoverslam.harness.judge.requirements import RequirementResult, evaluate
from hoverslam.harness.judge.string_findings import string_findings
from hoverslam.harness.judge.verdict import Verdict, explain, judge
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.trace.flight import Flight


class Assessment(NamedTuple):
    """What a flight came to."""

    flight: Flight
    results: list[RequirementResult]
    findings: list[Finding]
    verdict: Verdict
    explanation: str


def assess(record: FlightRecord, prepared: Prepared) -> Assessment:
    """Judge a flight against the requirement set of its scenario."""
    flight = Flight(record, prepared.context)
    results = evaluate(flight, prepared.requirements)
    from_the_loop = [Finding("harness", text) for text in record.findings]
    from_the_loop += [Finding("fault", text) for text in asleep(prepared, record)]
    from_the_loop += link_findings(record, prepared.scenario)
    from_the_loop += string_findings(record, prepared.scenario)
    why = "; ".join(filter(None, (explain(record, results), record.harness_error)))
    return Assessment(flight, results, [*findings(flight), *from_the_loop], judge(record, results), why)
