"""Flights of every kind and their hashes, which a change that only moves code must not move.

`python -m tests.acceptance.hashes` flies them and writes `hashes.json` beside this file, with digests of results of the
libraries that compute: a hash holds where those are the same. Elsewhere the ends of the flights are compared, as far as
they may differ from machine to machine. Whoever changes physics, flight software or a scenario writes the file anew.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.campaign.row import Row
from hoverslam.harness.fly.prepare import prepare
from hoverslam.harness.program.fleet import FleetSession
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.fingerprint import environment_fingerprint
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.harness.wire.zmq_harness import ZmqHarness
from hoverslam.plant.layout import truth_layout
from hoverslam.scenarios.load import load
from tests.acceptance.kills import whole
from tests.harness.fake_plant import ROOT

FILE = Path(__file__).with_suffix(".json")
DIGESTS = ("results_of_libm", "results_of_kernels", "results_of_numpy", "results_of_blas")
OFF_S, OFF_M = 0.1, 1.0
"""How far the end of a flight may be off on another machine."""
LINKS = {
    "drop": '{kind = "link_drop", target = "sensors", at = "0 s", numbers = {share = 0.01}}',
    "jitter": '{kind = "link_jitter", target = "commands", at = "landing_ignition", numbers = {most_s = 0.02}}',
    "restart": '{kind = "computer_restart", at = "altitude_agl_m < 1000"}',
}
DISPERSED, TOGETHER = range(101, 106), range(201, 217)
Ends = dict[str, "End"]


class End(NamedTuple):
    """A flight: its hash, how long it was, and where the foot plane was in the end."""

    hash: str
    time_s: float
    pos_enu_m: tuple[float, float, float]


def end(record: FlightRecord) -> End:
    """Of a flight that was flown."""
    at, last = truth_layout(record.shape).slice, record.truth[-1]
    east, north, up = (float(value) for value in last[at("pos_enu_m")])
    return End(record.hash, float(last[0]), (east, north, up))


def alone(session: Session) -> Ends:
    """Dispersed flights from 40 km, and the last five kilometres over links that fail."""

    def flown(scenario: str, sets: Mapping[str, str]) -> End:
        prepared = prepare(load(scenario, sets), "hashes")
        return end(session.fly(prepared.plant, prepared.plan))

    ends = {f"seed {seed}": flown("zq3-landing", {"seed": str(seed)}) for seed in DISPERSED}
    return ends | {f"link {name}": flown("zq3-last-5km", {"faults": f"[{one}]"}) for name, one in LINKS.items()}


def together(session: FleetSession) -> Ends:
    """A fleet in the air at once."""
    sets = [{"seed": str(seed), "rates.max_time_s": "9"} for seed in TOGETHER]
    flights = (prepare(load("zq3-landing", one), one["seed"]) for one in sets)
    return {f"fleet {record.run_id}": end(record) for _, record in session.fly_all(flights)}


def digest(table: list[tuple[Any, ...]]) -> str:
    """Of a campaign's rows, but for the plant's sources, words (the explanation), and the seal, which covers both."""
    told = {Row._fields.index(name) for name in ("plant", "explanation")}
    rows = [[value for i, value in enumerate(row[:-1]) if i not in told] for row in table]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def differing(group: str, found: Mapping[str, End | str]) -> Iterator[str]:
    """What is not as it was kept, in words: hashes where they hold, else how the flights ended."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    here, now = kept["digests"] == digests(), {name: _plain(one) for name, one in found.items()}
    if missing := kept[group].keys() ^ now.keys():
        yield f"only kept or only flown: {sorted(missing)}"
    for name in kept[group].keys() & now.keys():
        then, one = kept[group][name], now[name]
        if here and then != one:
            yield f"{name}: was {then}, is {one}"
        elif not here and isinstance(one, list) and _apart(then, one):
            yield f"{name}: elsewhere it ended as {then}, here as {one}"


def _plain(one: End | str) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(one))


def _apart(then: list[Any], now: list[Any]) -> bool:
    return abs(then[1] - now[1]) > OFF_S or any(abs(a - b) > OFF_M for a, b in zip(then[2], now[2], strict=True))


def digests() -> dict[str, str]:
    """What a hash depends on, of this machine."""
    found = environment_fingerprint()
    return {name: found[name] for name in DIGESTS}


def main() -> int:
    """Fly all and write the file."""
    cases = subprocess.run(
        [sys.executable, "-P", "-m", "hoverslam.harness.cli", "cases", "--fly", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
    )
    library = {one["scenario"]: one["hash"] for one in json.loads(cases.stdout)["cases"]}
    with Session(transport=ZmqHarness) as session:
        flown = alone(session)
    with FleetSession(transport=ZmqHarness, most=len(TOGETHER)) as many:
        flown |= together(many)
    with tempfile.TemporaryDirectory() as folder:
        table = digest(whole(Path(folder) / "whole", uuid.uuid4().hex))
    told = {"digests": digests(), "cases": library, "flights": flown, "campaign": {"table": table}}
    FILE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
