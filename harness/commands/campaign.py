"""`hoverslam campaign`: many flights, sampled as a campaign file says, stored in a database, evaluated as they end."""

import json
import math
import os
import shlex
import time
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.console.console import ProgressLine, print_json, progress, results
from hoverslam.harness.console.ending import Interrupted, same_command, without_out
from hoverslam.harness.errors import OwnFaultError, UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.files import as_name, claimed, tell_lost
from hoverslam.harness.fly.identity import ChangedError, Identity, identity_of
from hoverslam.harness.fly.workers import workers_for
from hoverslam.harness.program.fleet import IN_THE_AIR
from hoverslam.harness.program.opening import DEADLINE, REFERENCE, check_program, check_strings, gnc_options
from hoverslam.harness.record.claim import new_folder
from hoverslam.harness.record.names import REPORT_FILE
from hoverslam.harness.statistics.words import agrees, counted
from hoverslam.scenarios.campaign import Campaign, read_campaign

if TYPE_CHECKING:
    from hoverslam.harness.campaign.run import CampaignProgress
    from hoverslam.harness.campaign.store import Store

EVERY_S = 5.0
EXIT_HARNESS = 4


class CampaignRequest(NamedTuple):
    """What was asked for on the command line."""

    campaign: str
    flights: int | None = None
    sets: Mapping[str, str] = {}
    gnc: str | None = None
    workers: int | None = None
    scheduler: str | None = None
    out: Path | None = None
    resume: bool = False
    logs: int = 20
    at_least: float | None = None
    export: Path | None = None
    as_json: bool = False
    quiet: bool = False
    interleave: int = IN_THE_AIR


def campaign_command(request: CampaignRequest) -> int:
    """Fly the missing flights, write, report. Exit code 1 if fewer pass than `--at-least`, or if the test rejects."""
    check_extra("hoverslam campaign", "campaign")
    if request.resume and request.out is None:
        raise UsageError("--resume: no campaign given; give its folder with --out")
    request = request._replace(workers=workers_for(request.workers))
    check_program("--gnc", request.gnc)
    campaign = read_campaign(request.campaign)
    if request.flights is not None:
        campaign = campaign.model_copy(update={"flights": request.flights})
    base = campaign.base(request.sets)
    from hoverslam.harness.campaign.checked import check
    from hoverslam.harness.campaign.export import wanted
    from hoverslam.harness.campaign.sampling import Sample
    from hoverslam.harness.campaign.store import DATABASE

    if request.export is not None:
        wanted(request.export).tried()
    sample = Sample(campaign, base)
    check_strings(request.gnc, check(sample).plan)
    with claimed(request.out or new_folder(f"campaign-{as_name(campaign.name)}"), DATABASE) as out:
        try:
            return _fly(request, campaign, sample, out)
        except KeyboardInterrupt as ended:
            told = str(ended) or f"completed flights are kept in {out}; resume with --resume --out {out}"
            raise Interrupted(told, out, _go_on(request, out)) from None


def _go_on(request: CampaignRequest, out: Path) -> str:
    return same_command("--resume", *without_out(request.out, out))


def _fly(request: CampaignRequest, campaign: Campaign, sample: Any, out: Path) -> int:
    from hoverslam.harness.campaign.cluster import ClusterLostError, cluster
    from hoverslam.harness.campaign.flyer import FlightJob
    from hoverslam.harness.campaign.run import CampaignRun, MistakeError
    from hoverslam.harness.campaign.store import Store, StoreError

    about = about_of(request, campaign, sample)
    try:
        with (
            CampaignWatch() as watch,
            (Store.resume if request.resume else Store.create)(out, about, watch.say) as store,
        ):
            given = (Identity(**about["identity"]), os.environ.get(DEADLINE))
            job = FlightJob(sample.tree_of_all, request.gnc, request.interleave, *given)
            run = CampaignRun(sample, store, job, watch, watch.say)
            watch.show(_beginning(run.progress))
            try:
                if run.progress.test == "go on" and run.progress.done < campaign.flights:
                    if request.scheduler is None:
                        compile_first(sample.base, request.gnc, watch.say, watch.show)
                    with cluster(workers_for(request.workers), out / "workers", request.scheduler) as client:
                        run.run(client)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(_kept(store, out)) from None
            except ChangedError as changed:
                raise UsageError(_as_before(changed, store, out)) from None
            except MistakeError as wrong:
                raise UsageError(f"{wrong}: {_kept(store, out)}") from None
            except ClusterLostError as lost:
                raise OwnFaultError(f"{lost}\n{_kept(store, out)}", kept=str(out), go_on=_go_on(request, out)) from None
            kept = _keep_logs(request, store, out, watch)
            watch.clear()
            code = _tell(request, campaign, run.progress, store, out, kept)
            if request.export is not None:
                _export(store, request.export, out)
            return code
    except StoreError as error:
        raise UsageError(str(error)) from None


def _export(store: "Store", file: Path, out: Path) -> None:
    """A table that cannot be written does not change the verdict."""
    from hoverslam.harness.campaign.export import export

    try:
        export(store, file)
    except UsageError as lost:
        tell_lost(f"{lost}, then run it again with --resume --out {out}")


def _keep_logs(request: CampaignRequest, store: "Store", out: Path, watch: "CampaignWatch") -> list[Path]:
    """Logs that cannot be made do not change the verdict."""
    from hoverslam.harness.campaign.logs import keep_logs

    try:
        return keep_logs(store, request.gnc, out, request.logs, workers_for(request.workers), watch.show)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_kept(store, out)) from None
    except ChangedError as changed:
        raise UsageError(_as_before(changed, store, out)) from None
    except BrokenExecutor:
        watch.say(
            f"a worker died while it repeated failed flights for their logs; run it again with --resume --out {out}"
        )
        return []


def _kept(store: "Store", out: Path) -> str:
    there = len(store.places())
    return f"{counted(there, 'flight')} {agrees(there, 'is')} kept in {out}; resume with --resume --out {out}"


def _as_before(changed: ChangedError, store: "Store", out: Path) -> str:
    return f"{changed}, so no more flights were added; restore it, or fly a new campaign: {_kept(store, out)}"


def _beginning(now: "CampaignProgress") -> str:
    there = f"{now.done:,} of {counted(now.wanted, 'flight')} {agrees(now.done, 'is')} complete; " if now.done else ""
    return f"{there}starting workers for {counted(now.wanted - now.done, 'flight')}"


def about_of(request: CampaignRequest, campaign: Campaign, sample: Any) -> dict[str, Any]:
    """Everything that defines a campaign, so that flights of another campaign are never mixed with it."""
    from hoverslam.plant.kernels.compiled import PLANT

    return {
        "campaign": json.loads(campaign.model_dump_json()),
        "base": sample.tree_of_all,
        "gnc": None if request.gnc == REFERENCE else request.gnc,
        "plant": PLANT,
        "identity": identity_of(sample.base, request.gnc)._asdict(),
    }


class CampaignWatch(ProgressLine):
    """Shows each flight that comes in; where lines cannot be redrawn, one now and then."""

    _told_s = -math.inf

    def __call__(self, now: "CampaignProgress") -> None:
        """A flight came in."""
        due = time.monotonic() - self._told_s > EVERY_S
        self._told_s = time.monotonic() if due else self._told_s
        self.show(progress_line(now), due=due)


def progress_line(now: "CampaignProgress") -> str:
    """Done, rate, time left, success with its interval, failures by requirement."""
    from hoverslam.harness.statistics.proportion import proportion
    from hoverslam.harness.statistics.words import few, percent

    share = proportion(now.passed, now.done - now.copies)
    left = "" if now.left_s is None else f"  {now.left_s / 60.0:.1f} min left"
    lands = (
        "" if share.share is None else f"  {percent(share.share)} pass ({percent(share.low)} to {percent(share.high)})"
    )
    failed = f"  failed: {few([f'{one} {count}' for one, count in now.failed_by.most_common()], 4)}"
    copies = f"  {now.copies} bit-equal to another flight, not counted" if now.copies else ""
    flown = f"{now.done}/{counted(now.wanted, 'flight')}  {now.flights_per_min:.0f} per minute"
    return f"{flown}{left}{lands}{copies}{failed if now.failed_by else ''}"


def _tell(
    request: CampaignRequest, campaign: Campaign, now: "CampaignProgress", store: "Store", out: Path, kept: list[Path]
) -> int:
    from hoverslam.harness.campaign.figures import figures, lines

    told = figures(store)
    _write_page(store, out, told)
    code = _exit_code(request, now, told["success"]["low_one_sided"])
    if request.quiet:
        return code
    if request.as_json:
        print_json(
            {
                "exit_code": code,
                "out": str(out),
                "test": now.test,
                "not_flown": now.not_flown,
                "lost": now.lost,
                "kept": [str(p) for p in kept],
                "report": str(out / REPORT_FILE) if (out / REPORT_FILE).is_file() else None,
                **told,
            }
        )
        return code
    console = results()
    for line in lines(campaign, told, now.test):
        console.say(line)
    if now.lost:
        often = counted(len(now.lost), "time")
        console.say(f"the flight program was lost {often} in flights that were repeated; first reason: {now.lost[0]}")
    for place, why in now.not_flown.items():
        console.say(f"flight {place} could not be flown ({why}); run it again with --resume --out {out}")
    if kept:
        console.say(f"run folders of {counted(len(kept), 'failing flight')}: {kept[0].parent}")
    if (out / REPORT_FILE).is_file():
        console.say(f"report: {out / REPORT_FILE}")
    console.say(f"database {store.path}; repeat one flight: {_again(request, store)}")
    return code


def _again(request: CampaignRequest, store: "Store") -> str:
    return shlex.join(["hoverslam", "run", "--from", f"{store.path}:PLACE", *gnc_options(request.gnc)])


def _write_page(store: "Store", out: Path, told: Mapping[str, Any]) -> None:
    """A report that cannot be written does not change the verdict."""
    from hoverslam.harness.report.campaign.page import write_campaign_page

    try:
        write_campaign_page(out / REPORT_FILE, store, told)
    except OSError as error:
        why = f"{out / REPORT_FILE}: cannot be written ({error.strerror}); free disk space, then hoverslam report {out}"
        progress().say(why)


def _exit_code(request: CampaignRequest, now: "CampaignProgress", low: float) -> int:
    if now.not_flown:
        return EXIT_HARNESS
    if request.at_least is not None and low < request.at_least:
        return 1
    return int(now.test == "reject")
