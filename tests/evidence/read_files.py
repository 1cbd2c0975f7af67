"""Files that are read and not flown: those of a user, and results that were edited by a hand that mended the checksums.

Damage that leaves checksums as they were is `tests.evidence.damage`. A certificate is written and never read.
"""

import hashlib
import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hoverslam.harness.campaign.bank import read_bank, refusal, write_bank
from hoverslam.harness.campaign.checked import check
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.sampling import Sample
from hoverslam.harness.campaign.store import Store, StoreError
from hoverslam.harness.errors import UsageError
from hoverslam.harness.hunt.ledger import LEDGER_FILE, Ledger
from hoverslam.harness.judge.sets import load_requirements, refuse_empty_windows, requirement_tree
from hoverslam.harness.judge.verdict import EXIT_USAGE
from hoverslam.harness.record.digest import digest
from hoverslam.harness.record.names import LOG_FILE, RUN_FILE
from hoverslam.harness.record.run_folder import save
from hoverslam.plant.toml_file import parsed
from hoverslam.scenarios.campaign import read_campaign
from hoverslam.scenarios.limits import read_limits
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.space import Space
from tests.evidence.made_commands import told
from tests.evidence.made_files import as_json, as_toml, changed
from tests.harness.campaign.damage import damaged
from tests.harness.campaign.rows import ABOUT
from tests.harness.campaign.rows import made as made_row
from tests.harness.hunt.test_engine import ABOUT as HUNT

FLIGHTS, FRAME_S, COMPARED = 12, 0.01, 20


class OursError(Exception):
    """A command that ended in a traceback, or with another exit code than 0, 1 and 2."""


def requirement_set(folder: Path, rng: random.Random) -> None:
    """The shipped set, changed."""
    tree = requirement_tree("landing")
    path = folder / "made.toml"
    path.write_bytes(as_toml(changed({**tree, "requirement": list(tree["requirement"].values())}, rng), rng))
    refuse_empty_windows(load_requirements(str(path)), FRAME_S)


def campaign(folder: Path, rng: random.Random) -> None:
    """Any shipped campaign, changed, as far as its first flights."""
    path = folder / "made.toml"
    path.write_bytes(as_toml(changed(_shipped("campaigns", rng), rng), rng))
    made = read_campaign(str(path))
    sample = Sample(made, made.base())
    check(sample)
    sample.flight(0)


def hunt(folder: Path, rng: random.Random) -> None:
    """Any shipped strategy, changed, as far as its space."""
    path = folder / "made.toml"
    path.write_bytes(as_toml(changed(_shipped("hunts", rng), rng), rng))
    space = Space(load("zq3-landing"), read_limits(str(path)))
    assert space.axes is not None


def _shipped(kind: str, rng: random.Random) -> dict[str, Any]:
    return dict(parsed(rng.choice(list(shipped(folder=kind).values())).read_text(encoding="utf-8")))


def baseline(folder: Path, rng: random.Random) -> None:
    """A baseline, changed, with its checksum, compared with itself as it was."""
    whole, path = _baseline(), folder / "made.json"
    made = changed(whole, rng)
    path.write_bytes(as_json({**made, "checksum": digest(made)}, rng))
    (folder / "whole.json").write_text(json.dumps({**whole, "checksum": digest(whole)}))
    bank = read_bank(path)
    refusal(bank, read_bank(folder / "whole.json"))
    if rng.randrange(COMPARED) == 0:  # which takes a second
        asked(["compare", "whole.json", "made.json", *rng.choice(((), ("--unpaired", "--page", "page.html")))], folder)


def run_json(folder: Path, rng: random.Random) -> None:
    """`run.json` of a run folder, changed, with its checksum, read by any command that reads one."""
    run = _run(folder)
    about = json.loads((run / RUN_FILE).read_text())
    about.pop("checksum")
    made = changed(about, rng)
    (run / RUN_FILE).write_bytes(as_json({**made, "checksum": digest(made)}, rng))
    asked(rng.choice(READS_RUN), folder)


def flight_mcap(folder: Path, rng: random.Random) -> None:
    """The log of a run folder, damaged, with the checksum of what it is now."""
    run = _run(folder)
    log, about = run / LOG_FILE, json.loads((run / RUN_FILE).read_text())
    log.write_bytes(damaged(log.read_bytes(), rng))
    about.pop("checksum")
    about["log_sha256"] = hashlib.sha256(log.read_bytes()).hexdigest()
    (run / RUN_FILE).write_text(json.dumps({**about, "checksum": digest(about)}))
    asked(rng.choice(READS_RUN), folder)


READS_RUN = (
    ["replay", "run"], ["export", "run", "--out", "tables"], ["report", "run"],
    ["diff", "run", "run", "--out", "x.html"], ["runs", "--in", "."], ["runs", "prune", "--in", ".", "--keep", "0"],
)  # fmt: skip
READS_CAMPAIGN = (
    ["salvage", "made", "--out", "new"], ["runs", "--in", "."], ["run", "--from", "made:3"], ["report", "made"],
)  # fmt: skip
SECONDS = ["compare", "made", "whole", "--unpaired"]
"""Takes some."""


def database(folder: Path, rng: random.Random) -> None:
    """The database of a campaign, rows and what it says about itself changed before they got their checksums."""
    with Store.create(folder / "whole", ABOUT) as store:
        for place in range(FLIGHTS):
            store.add(made_row(place), 0.5, "0")
    try:
        with Store.create(folder / "made", changed(ABOUT, rng) if rng.random() < 0.4 else ABOUT) as store:
            for place in range(FLIGHTS):
                row = made_row(place)
                few: dict[str, Any] = changed(row._asdict(), rng) if rng.random() < 0.3 else row._asdict()
                values: list[Any] = [few.get(key) for key in row._fields]
                store.add(Row(*values), 0.5, "0")
    except (StoreError, TypeError, ValueError, OverflowError, AttributeError):
        return  # what SQLite, or JSON, cannot hold is in no database
    asked(rng.choice(READS_CAMPAIGN) if rng.randrange(COMPARED) else SECONDS, folder)


def ledger(folder: Path, rng: random.Random) -> None:
    """The ledger of a hunt, its lines changed, with their checksums."""
    flown = ["[[], []]", "at_rest", 1.0, False, "", [["R-21", False, 0.5, 2.0, "m", "x"]], "0" * 16]
    made = [changed({"line": one}, rng).get("line") if rng.random() < 0.5 else one for one in (HUNT, flown, flown)]
    lines = "".join(json.dumps([digest(json.loads(json.dumps(one))), one]) + "\n" for one in made)
    (folder / LEDGER_FILE).write_bytes(lines.encode())
    read = Ledger(folder, HUNT, resume=True)
    for one in read._flown.values():
        one.robustness(frozenset())


def asked(line: list[str], folder: Path) -> None:
    code, said = told(line, folder)
    if code not in {0, 1, 2} or "Traceback" in said:
        raise OursError(f"exit code {code} of {' '.join(line)}: {said[-600:]}")
    if code == EXIT_USAGE:
        raise UsageError(said)


@cache
def _baseline() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store.create(folder / "campaign", ABOUT) as store:
            for place in range(FLIGHTS):
                store.add(made_row(place, fails=("R-21",) if place % 7 == 0 else ()), 0.5, "0")
        write_bank(read_bank(folder / "campaign"), folder / "baseline.json")
        content: dict[str, Any] = json.loads((folder / "baseline.json").read_text())
    content.pop("checksum")
    return content


def _run(folder: Path) -> Path:
    """A run folder of a flight that a fake plant flew, said to be of the default scenario."""
    (folder / "run").mkdir()
    for name, content in _kept_run().items():
        (folder / "run" / name).write_bytes(content)
    return folder / "run"


@cache
def _kept_run() -> dict[str, bytes]:
    from tests.harness.test_record import record_of

    with tempfile.TemporaryDirectory() as name:
        save(record_of(), Path(name) / "run", load("zq3-landing").model_dump(mode="json"))
        return {path.name: path.read_bytes() for path in (Path(name) / "run").iterdir()}
