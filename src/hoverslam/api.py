"""What `import hoverslam` offers: one flight, many flights, a search, a comparison. docs/api.md promises these names.

Mistakes of the caller raise UsageError with place, value, limit and remedy, as the command line tells them; a fault of
ours raises OwnFaultError. Nothing is printed but progress, on standard error.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hoverslam.harness.errors import UsageError, users_mistakes
from hoverslam.harness.fly.assess import assess as assess
from hoverslam.harness.fly.stated import said, stated
from hoverslam.scenarios.schema import Scenario

if TYPE_CHECKING:
    from hoverslam.harness.campaign.bank import Bank
    from hoverslam.harness.fly.prepare import Prepared
    from hoverslam.harness.fly.summary import Summary
    from hoverslam.harness.hunt.found import Found
    from hoverslam.harness.statistics.compare import Comparison

Named = str | Path | Scenario


@contextmanager
def _as_usage() -> Iterator[None]:
    """Every kind of mistake as one exception."""
    try:
        yield
    except users_mistakes() as mistake:
        if isinstance(mistake, UsageError):
            raise
        raise UsageError(str(mistake)) from mistake


def load(scenario: str | Path, *, seed: int | None = None, sets: Mapping[str, Any] | None = None) -> Scenario:
    """A shipped scenario by name, or one of a .toml file, with keys changed: `sets={"wind.turbulence": "severe"}`."""
    with _as_usage():
        return stated(scenario, said(sets, seed))


def prepare(scenario: Named, run_id: str = "hoverslam") -> "Prepared":
    """A flight that is ready: `plant` at release, `plan` for a session, `requirements`. Compiles where it has to."""
    from hoverslam.harness.fly.prepare import prepare as prepared

    with _as_usage():
        return prepared(stated(scenario, {}), run_id)


def fly(
    scenario: Named,
    gnc: str | None = None,
    *,
    seed: int | None = None,
    sets: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
) -> "Summary":
    """One flight of a flight program, judged. `gnc`: its command line; without one the reference flies.

    Several command lines, one on each line, are strings of one vehicle with a voter (docs/strings.md).

    `out`: a run folder to make, with page, log and evidence. The program is started for this flight and ended after it.
    """
    from hoverslam.harness.fly.keep import keep
    from hoverslam.harness.fly.pilot import Pilot
    from hoverslam.harness.fly.summary import summarise
    from hoverslam.harness.record.claim import run_folder

    with _as_usage():
        flown_of = stated(scenario, said(sets, seed))
        if out is None:
            with Pilot(gnc) as pilot:
                return summarise(pilot.fly(flown_of, flown_of.name).assessment, None)
        with run_folder(Path(out), flown_of.name, flown_of.seed) as folder, Pilot(gnc) as pilot:
            flown = pilot.fly(flown_of, flown_of.name)
            return keep(flown.assessment, flown.prepared, folder)


def campaign(
    campaign: str | Path,
    gnc: str | None = None,
    *,
    out: str | Path,
    flights: int | None = None,
    sets: Mapping[str, Any] | None = None,
    workers: int | None = None,
    resume: bool = False,
) -> "Bank":
    """Dispersed flights of a scenario, or of a campaign file, in the folder `out`; returns them as columns.

    `about` says what was flown, `flights` has seeds, which passed, and numbers at touchdown. docs/campaigns.md.
    """
    from hoverslam.harness.campaign.bank import read_bank
    from hoverslam.harness.commands.campaign import CampaignRequest, campaign_command

    with _as_usage():
        request = CampaignRequest(
            str(campaign), flights, said(sets, None), gnc, workers, out=Path(out), resume=resume, quiet=True
        )
        campaign_command(request)
        return read_bank(Path(out))


def compare(
    a: "Bank | str | Path", b: "Bank | str | Path", *, margin: float = 0.02, paired: bool = True
) -> "Comparison":
    """Whether the flights of `b` land worse than those of `a`: campaigns, their folders, or baseline files.

    `verdict` is better, worse, no worse or undecided; `margin` is the loss of success that would matter.
    """
    from hoverslam.harness.campaign.bank import Bank, read_bank
    from hoverslam.harness.commands.compare import CompareRequest, compared

    with _as_usage():
        one, other = (side if isinstance(side, Bank) else read_bank(Path(side)) for side in (a, b))
        request = CompareRequest(one.name, other.name, margin=margin, unpaired=not paired)
        return compared(one, other, request)[0]


def hunt(
    strategy: str = "everything",
    gnc: str | None = None,
    *,
    out: str | Path,
    scenario: str | Path = "zq3-landing",
    sets: Mapping[str, Any] | None = None,
    budget: int = 300,
    seed: int = 0,
    resume: bool = False,
) -> "list[Found]":
    """Flights that break a requirement, each shrunk to its smallest; evidence goes to `out`. docs/hunt.md."""
    from hoverslam.harness.commands.hunt import HuntRequest, hunted

    with _as_usage():
        request = HuntRequest(
            strategy, str(scenario), said(sets, None), gnc, budget=budget, seed=seed, out=Path(out), resume=resume
        )
        return hunted(request).found
