"""A flight that was flown before, to be flown again: out of a run folder or of a campaign."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hoverslam.harness.console.console import progress
from hoverslam.harness.errors import UsageError
from hoverslam.harness.program.opening import REFERENCE, gnc_options, shown
from hoverslam.harness.record.names import RUN_FILE
from hoverslam.plant.toml_file import is_file
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.fly.identity import Identity
    from hoverslam.harness.fly.inputs import Inputs
    from hoverslam.harness.record.flight_record import StoredRun


class Again(NamedTuple):
    """A flight of a campaign or a run folder: its scenario, the program that flew it, and the hash that it came to.

    Of a run folder: `stored`, which has copies of the scenario's files, and these, read.
    """

    scenario: Scenario
    gnc: str | None
    hash: str
    identity: "Identity | None" = None
    stored: "StoredRun | None" = None
    inputs: "Inputs | None" = None

    @property
    def kept_in(self) -> str:
        """What it is a flight of."""
        return "campaign" if self.stored is None else "run folder"

    @property
    def for_kernels(self) -> Scenario:
        """The scenario for a process of its own, which finds its files where they are now."""
        if self.stored is None:
            return self.scenario
        from hoverslam.harness.fly.inputs import copies_of, naming

        return Scenario.model_validate(naming(self.scenario, copies_of(self.stored)))

    def compared(self, flown: str, gnc: str | None = None) -> str:
        """Whether it is bit-equal, and what has changed since."""
        from hoverslam.harness.fly.identity import differences, identity_of

        now = identity_of(self.scenario, gnc or self.gnc, self.inputs)._replace(scenario="")
        then = None if self.identity is None else self.identity._replace(scenario="")
        changed = [] if then is None else differences(then, now)
        if self.stored is not None and self.stored.record.outcome == "interrupted":
            return "the flight in the run folder was interrupted: it has no end to compare with"
        if self.stored is not None and not self.stored.record.repeats:
            return (
                "the flight in the run folder was flown in real time with late answers, this one in lockstep; to "
                "repeat it with the answers as late as they were: hoverslam replay RUN"
            )
        others = f"; changed since the {self.kept_in}: {', '.join(changed)}" if changed else ""
        if flown == self.hash:
            return f"bit-equal to the flight in the {self.kept_in}{others}"
        hashes = f"hash {flown[:16]} now, {self.hash[:16]} in the {self.kept_in}"
        why = others or ": the machine differs, or the flight program is not deterministic"
        return f"not bit-equal to the flight in the {self.kept_in} ({hashes}){why}"


def consented(again: Again, origin: str | None, gnc: str | None, *, stored_gnc: bool) -> str | None:
    """The program to fly with: the user's own; one that a file names is started with `stored_gnc`, and not else.

    Raises UsageError.
    """
    if gnc is not None or again.gnc in {None, REFERENCE}:
        return gnc
    where = "database" if again.stored is None else "run folder"
    if not stored_gnc:
        named = shlex.join(gnc_options(again.gnc))
        raise UsageError(
            f"--from {origin}: the flight program named in the {where} is not started without consent: "
            f"{shown(again.gnc)}; give {named}, another --gnc, or --stored-gnc to accept any name there"
        )
    progress().say(f"starting the flight program named in the {where}: {shown(again.gnc)}")
    return again.gnc


def flown_before(origin: str) -> Again:
    """The flight of `--from`: a run folder, or a place in a database. Raises UsageError."""
    if is_file(Path(origin) / RUN_FILE):
        return _of_run(Path(origin))
    place, _, number = origin.rpartition(":")
    if not place or not number.isdigit():
        raise UsageError(
            f"--from {origin}: must be a run folder, or a database and the number of a flight, e.g. campaign.sqlite:12"
        )
    return _of_campaign(origin, Path(place), int(number))


def _of_run(folder: Path) -> Again:
    """With the folder's own copies of the files."""
    from hoverslam.harness.commands.changes import tell_copies
    from hoverslam.harness.fly.identity import of_record
    from hoverslam.harness.fly.prepare import prepare_stored
    from hoverslam.harness.record.flight_record import RecordError
    from hoverslam.harness.record.run_folder import load

    try:
        stored = load(folder)
        prepared = prepare_stored(stored, feels=False)
        tell_copies(stored)
    except RecordError as error:
        raise UsageError(f"--from {folder}: {error}") from None
    record, identity = stored.record, of_record(stored.identity)
    return Again(prepared.scenario, record.command, record.hash, identity, stored, prepared.inputs)


def _of_campaign(origin: str, database: Path, place: int) -> Again:
    from hoverslam.harness.campaign.logs import scenario_of
    from hoverslam.harness.campaign.store import Store, StoreError
    from hoverslam.harness.fly.identity import of_record

    try:
        with Store.read(database) as store:
            identity = of_record(store.about["identity"])
            return Again(scenario_of(store, place), store.about["gnc"], store.row(place).hash, identity)
    except StoreError as error:
        raise UsageError(f"--from {origin}: {error}") from None
