"""`hoverslam hunt`: search for flights that violate requirements, and write the minimal case of each as a file."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.console.console import ProgressLine, print_json, results
from hoverslam.harness.console.ending import Interrupted, same_command, without_out
from hoverslam.harness.errors import OwnFaultError, UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.files import claimed, tell_lost, tried_folder
from hoverslam.harness.fly.workers import workers_for
from hoverslam.harness.program.opening import check_program, check_strings
from hoverslam.harness.record.claim import new_folder
from hoverslam.harness.statistics.words import agrees, counted
from hoverslam.scenarios.limits import read_limits
from hoverslam.scenarios.load import load
from hoverslam.scenarios.space import Space

if TYPE_CHECKING:
    from hoverslam.harness.hunt.engine import HuntState
    from hoverslam.harness.hunt.found import Found
    from hoverslam.harness.hunt.ledger import Ledger

EVERY_FLIGHTS = 25
"""Flights between two lines of progress where there is no terminal."""


class HuntRequest(NamedTuple):
    """What was asked for on the command line."""

    strategy: str = "everything"
    scenario: str = "zq3-landing"
    sets: Mapping[str, str] = {}
    gnc: str | None = None
    baseline: str | None = None
    method: str = "cmaes"
    budget: int = 300
    shrink: int = 150
    seed: int = 0
    workers: int | None = None
    first: bool = False
    out: Path | None = None
    resume: bool = False
    adopt: Path | None = None
    as_json: bool = False


class Hunted(NamedTuple):
    """What came of a hunt, and where it is."""

    state: "HuntState"
    found: "list[Found]"
    adopted: list[str]
    out: Path


def hunt_command(request: HuntRequest) -> int:
    """Hunt, write, report; exit code 1 if something was found."""
    came = hunted(request)
    _tell(request, *came)
    return 1 if came.found else 0


def hunted(request: HuntRequest) -> Hunted:
    """Hunt and write. Raises UsageError for a mistake, and where no case could be flown."""
    from hoverslam.harness.hunt.methods import METHODS
    from hoverslam.harness.hunt.properties import PROPERTIES

    request = request._replace(workers=workers_for(request.workers))
    if request.method not in METHODS:
        raise UsageError(f"--method {request.method}: unknown; give one of: {', '.join(METHODS)}")
    if request.method == "hypothesis":
        check_extra("hoverslam hunt --method hypothesis", "hunt", "take another method")
    limits = read_limits(request.strategy)
    if limits.property not in PROPERTIES:
        known = ", ".join(PROPERTIES)
        raise UsageError(f"{request.strategy}: property = {limits.property!r}: unknown; give one of: {known}")
    if request.resume and request.out is None:
        raise UsageError("--resume: no hunt given; give its folder with --out")
    space = Space(load(request.scenario, request.sets), limits)
    for option, program in (("--gnc", request.gnc), ("--baseline", request.baseline)):
        check_program(option, program)
    if request.adopt is not None:
        tried_folder(request.adopt, "--adopt")
    from hoverslam.harness.fly.prepare import checked
    from hoverslam.harness.hunt.ledger import LEDGER_FILE

    check_strings(request.gnc, checked(space.scenario).plan)
    with claimed(request.out or new_folder(f"hunt-{space.scenario.name}"), LEDGER_FILE) as out:
        state, found = _hunt(request, space, out)
        if state.refused and not state.least[1] and not state.excused:
            raise UsageError(state.refusal)
        return Hunted(state, found, _adopt(request, found), out)


def _hunt(request: HuntRequest, space: Space, out: Path) -> "tuple[HuntState, list[Found]]":
    from hoverslam.harness.fly.identity import ChangedError, identity_of
    from hoverslam.harness.hunt.causes import causes
    from hoverslam.harness.hunt.engine import Hunt, SearchPlan
    from hoverslam.harness.hunt.flyer import HuntJob, crew
    from hoverslam.harness.hunt.found import Origin, fly_found, write_found
    from hoverslam.harness.hunt.ledger import Ledger
    from hoverslam.harness.hunt.methods import most_at_once

    begun = identity_of(space.scenario, request.gnc)
    job = HuntJob(space.limits.property, request.gnc, request.baseline, begun)
    plan = SearchPlan(request.method, request.seed, request.budget, request.shrink, request.first)
    ledger = Ledger(out, _about(request, space), resume=request.resume)
    with HuntWatch(request.budget) as watch:
        try:
            compile_first(space.scenario, request.gnc, watch.say, watch.show)
            with crew(job, min(workers_for(request.workers), most_at_once(request.method, space)), watch.say) as flyers:
                state = Hunt(space, flyers, ledger, plan, watch).run()
            origin = Origin(request.scenario, request.sets, request.strategy)
            grouped = causes(list(state.failures.values()), ledger.broken)
            found = [write_found(cause, space, origin, job, out) for cause in grouped]
            for one in found:
                if not (Path(one.run_folder) / "summary.json").is_file():
                    watch.show(f"flying {one.id} again for its run folder")
                    fly_found(one, job)
        except ChangedError as changed:
            how = f"restore it and resume with --resume --out {out}, or start a new hunt"
            raise UsageError(f"{changed}, so no more flights were added; {how}") from None
        except KeyboardInterrupt:
            raise Interrupted(_kept(ledger, out), out, _go_on(request, out)) from None
        except BrokenExecutor:
            told = f"workers of the hunt died or froze repeatedly: {_kept(ledger, out)}"
            raise OwnFaultError(told, kept=str(out), go_on=_go_on(request, out)) from None
    return state, found


def _kept(ledger: "Ledger", out: Path) -> str:
    return f"{counted(len(ledger), 'flight')} {agrees(len(ledger), 'is')} kept; resume with --resume --out {out}"


def _go_on(request: HuntRequest, out: Path) -> str:
    return same_command("--resume", *without_out(request.out, out))


def _about(request: HuntRequest, space: Space) -> dict[str, Any]:
    """Everything that defines a search, so that it never takes flights of another. The budget is not part of it."""
    from hoverslam.harness.fly.identity import identity_of

    return {
        "hunt": 2,
        "scenario": space.scenario.model_dump(mode="json", exclude_none=True),
        "limits": json.loads(space.limits.model_dump_json()),
        "gnc": request.gnc,
        "baseline": request.baseline,
        "method": request.method,
        "seed": request.seed,
        "identity": identity_of(space.scenario, request.gnc)._asdict(),
        "baseline_identity": request.baseline and identity_of(space.scenario, request.baseline)._asdict(),
    }


def _adopt(request: HuntRequest, found: "list[Found]") -> list[str]:
    if request.adopt is None:
        return []
    from hoverslam.harness.hunt.found import adopt

    adopted: list[str] = []
    try:
        adopted.extend(str(adopt(one, request.adopt)) for one in found)
    except OSError as error:
        tell_lost(f"--adopt {request.adopt}: cannot be written ({error.strerror}); give another folder, with --resume")
    return adopted


class HuntWatch(ProgressLine):
    """Shows each flight that was taken in; where lines cannot be redrawn, one of 25, and each failure."""

    _told = (0, 0)

    def __init__(self, budget: int) -> None:
        super().__init__()
        self._budget = budget

    def __call__(self, state: "HuntState") -> None:
        """A flight was taken in."""
        told, before = ((state.flights + state.shrink_flights) // EVERY_FLIGHTS, len(state.failures)), self._told
        self._told = told
        self.show(progress_line(state, self._budget), due=told != before)


def progress_line(state: "HuntState", budget: int) -> str:
    """Flights, the smallest margin so far, speed, and what was found."""
    robustness, name = state.least
    least = f"smallest margin {robustness:+.3f} of its limit ({name})" if name else "nothing evaluated yet"
    found = f"  found {', '.join(state.failures)}" if state.failures else ""
    shrinking = f" and {state.shrink_flights} to shrink" if state.shrink_flights else ""
    flights = f"{state.flights}/{counted(budget, 'flight')}{shrinking}"
    return f"{state.doing}: {flights}  {least}  {state.flights_per_s:.2f} flights/s{found}"


def _tell(request: HuntRequest, state: "HuntState", found: "list[Found]", adopted: list[str], out: Path) -> None:
    least = None if not state.least[1] else {"id": state.least[1], "robustness": state.least[0]}
    if request.as_json:
        print_json(
            {
                "found": [one._asdict() for one in found],
                "flights": state.flights,
                "budget": request.budget,
                "shrink_flights": state.shrink_flights,
                "copies": state.copies,
                "flown_again": state.flown_again,
                "excused": state.excused,
                "refused": state.refused,
                "method": request.method,
                "least": least,
                "flights_per_s": state.flights_per_s if state.flown else None,
                "out": str(out),
                "adopted": adopted,
            }
        )
        return
    console = results()
    for one in found:
        for line in cause_lines(one):
            console.say(line)
    console.say(closing(request, state, found, adopted, out))


def cause_lines(found: "Found") -> Iterator[str]:
    """The deviations, each requirement that they violate, and the path of the flight."""
    fallen = found.requirements
    yield f"cause: {found.cause}"
    fall = f"{counted(len(fallen), 'requirement')} {agrees(len(fallen), 'is')} violated"
    yield f"  found in flight {found.first_flight}; {fall}:"
    for one in fallen:
        margin = "" if one["margin"] is None else f", margin {one['margin']:+.3g} {one['unit']}".rstrip()
        at = ", ".join(f"{each['label']} {each['amount']:+g} {each['unit']}" for each in one["deviations"])
        yield f"    {one['id']}{f' at {at}' if at else ''}{margin}: {one['text']}"
    yield f"  {found.scenario}   (run folder {found.run_folder})"
    yield f"  {found.command}"


def closing(request: HuntRequest, state: "HuntState", found: "list[Found]", adopted: list[str], out: Path) -> str:
    """What was found in how many flights, and what to do next."""
    excused = f", {state.excused} of them violated by the baseline too" if state.excused else ""
    copies = f", {state.copies} of them bit-equal to another flight" if state.copies else ""
    again = f", {state.flown_again} flown again as the program hung or was killed" if state.flown_again else ""
    flown = f"{counted(state.flights, 'flight')} by {request.method}{excused}{copies}{again}"
    if not found:
        least = (
            f"{state.least[0]:+.3f} of its limit ({state.least[1]})"
            if state.least[1]
            else "none: nothing was evaluated"
        )
        return f"nothing found in {flown}; smallest margin {least}"
    broken = sum(len(one.requirements) for one in found)
    flown = f"{counted(len(found), 'cause')} of {counted(broken, 'violated requirement')} in {flown}"
    if adopted:
        return f"{flown}; copied as regression cases: {', '.join(adopted)}"
    return f"{flown}; to keep them as regression cases: --adopt DIR with --resume --out {out}, or copy the files"
