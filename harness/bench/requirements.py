"""What judging a flight costs: every requirement of the default scenario's set on one flight of it."""

from statistics import median
from time import process_time
from typing import Any

from hoverslam.scenarios.load import load

SCENARIO = "zq3-landing"
ROUNDS = 11


def measure() -> dict[str, Any]:
    """Median over rounds, each on a view of the record that has derived nothing yet; in time of the processor."""
    from hoverslam.harness.fly.prepare import prepare
    from hoverslam.harness.judge.requirements import evaluate
    from hoverslam.harness.program.opening import TRANSPORT
    from hoverslam.harness.program.session import Session
    from hoverslam.harness.trace.flight import Flight

    with Session(transport=TRANSPORT) as session:
        prepared = prepare(load(SCENARIO), "bench")
        record = session.fly(prepared.plant, prepared.plan)
    took_s = []
    for _ in range(ROUNDS + 1):
        flight = Flight(record, prepared.context)
        began = process_time()
        evaluate(flight, prepared.requirements)
        took_s.append(process_time() - began)
    clauses = sum(len(requirement.clause) for requirement in prepared.requirements.requirement)
    return {"ms_per_flight": round(1e3 * median(took_s[1:]), 1), "clauses": clauses, "frames": record.frames}
