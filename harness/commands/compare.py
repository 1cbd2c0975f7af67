"""`hoverslam compare`: does the new build land worse than the old one? A gate for CI.

Two campaigns that were flown, or one campaign flown by two flight programs with the same draws.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hoverslam.harness.commands.junit import compared_suite, junit_report
from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.console.ending import Interrupted, same_command
from hoverslam.harness.errors import OwnFaultError, UsageError
from hoverslam.harness.extras import check_extra
from hoverslam.harness.files import PAGE, Output, claimed
from hoverslam.harness.statistics.compare import failing_first
from hoverslam.harness.statistics.sentence import measure_line
from hoverslam.harness.statistics.words import counted, few

if TYPE_CHECKING:
    from hoverslam.harness.campaign.bank import Bank
    from hoverslam.harness.statistics.compare import Comparison
    from hoverslam.harness.statistics.gate import Gate


class CompareRequest(NamedTuple):
    """What was asked for on the command line; with a campaign, A and B are flight programs."""

    a: str
    b: str
    campaign: str | None = None
    flights: int | None = None
    sets: Mapping[str, str] = {}
    workers: int | None = None
    out: Path | None = None
    resume: bool = False
    margin: float = 0.02
    unpaired: bool = False
    strict: bool = False
    junit: Path | None = None
    page: Path | None = None
    as_json: bool = False


def compare_command(request: CompareRequest) -> int:
    """Compare, tell; exit code 1 where B is worse, with `--strict` also where that is undecided."""
    from hoverslam.harness.campaign.bank import read_bank
    from hoverslam.harness.campaign.differs import lines
    from hoverslam.harness.campaign.store import StoreError

    if request.campaign is not None:
        check_extra("hoverslam compare --campaign", "campaign")
    page = None if request.page is None else Output("--page", request.page, PAGE).tried()
    with junit_report(request.junit, "compare") as suites:
        try:
            if request.campaign is not None:
                a, b = (read_bank(folder) for folder in _flown_both(request))
            else:
                a, b = read_bank(Path(request.a)), read_bank(Path(request.b))
        except StoreError as error:
            raise UsageError(str(error)) from None
        comparison, gate = compared(a, b, request)
        suites.append(compared_suite(comparison, gate, list(lines(a, b)), strict=request.strict))
        code = int(comparison.verdict == "worse" or (request.strict and comparison.verdict == "undecided"))
        _tell(request, comparison, gate, a, b, code)
        if page is not None:
            from hoverslam.harness.report.campaign.comparison import comparison_page

            page.write_or_tell(comparison_page(comparison, gate, a, b))
    return code


def compared(a: "Bank", b: "Bank", request: CompareRequest) -> "tuple[Comparison, Gate]":
    """The comparison of two banks. Raises UsageError where they do not belong together."""
    from hoverslam.harness.campaign.bank import refusal
    from hoverslam.harness.statistics.compare import compare
    from hoverslam.harness.statistics.gate import Gate

    why = refusal(a, b)
    if why and not request.unpaired:
        raise UsageError(f"{why}; fly the same campaign with both builds, or add --unpaired")
    words = {"wind_from": "in wind from the {level}", "failure": "where {level}"}
    gate = Gate(success_margin=request.margin, words=words)
    return compare(a.flights, b.flights, gate, paired=not request.unpaired), gate


def _flown_both(request: CompareRequest) -> tuple[Path, Path]:
    """Fly the campaign with each program, B after A, with the same draws."""
    from hoverslam.harness.campaign.store import DATABASE

    if request.out is None:
        raise UsageError("--out: missing; give a folder for the two campaigns")
    with claimed(request.out, f"a/{DATABASE}") as out:
        return _flown(request, (out / "a", out / "b"))


def _flown(request: CompareRequest, folders: tuple[Path, Path]) -> tuple[Path, Path]:
    from hoverslam.harness.commands.campaign import EXIT_HARNESS, CampaignRequest, campaign_command

    for program, folder in zip((request.a, request.b), folders, strict=True):
        asked = CampaignRequest(
            str(request.campaign), request.flights, request.sets, program, request.workers, None, folder,
            request.resume, logs=0, quiet=True,
        )  # fmt: skip
        try:
            code = campaign_command(asked)
        except Interrupted as ended:
            told = f"{ended.facts['kept']}: completed flights are kept; resume with --resume --out {request.out}"
            raise Interrupted(told, request.out, same_command("--resume")) from None
        except OwnFaultError as lost:
            why = str(lost).partition("\n")[0]
            told = f"{folder}: {why}; completed flights are kept; resume with --resume --out {request.out}"
            raise OwnFaultError(told, **_resumed(request)) from None
        if code == EXIT_HARNESS:
            how = f"resume with --resume --out {request.out}"
            raise OwnFaultError(f"{folder}: some flights could not be flown; {how}", **_resumed(request))
    return folders


def _resumed(request: CompareRequest) -> dict[str, str]:
    return {"kept": str(request.out), "go_on": same_command("--resume")}


def _tell(request: CompareRequest, comparison: "Comparison", gate: "Gate", a: "Bank", b: "Bank", code: int) -> None:
    from hoverslam.harness.campaign.differs import differs, lines
    from hoverslam.harness.statistics.sentence import not_counted, sentence

    told = sentence(comparison, gate)
    if request.as_json:
        found = [one._asdict() for one in differs(a, b)]
        sides = {"a": _side(a), "b": _side(b)}
        print_json({"exit_code": code, "differences": found, "sentence": told, **as_json(comparison), **sides})
        return
    console = results()
    console.say(f"A: {_named(a)}\nB: {_named(b)}")
    for line in (*lines(a, b), *not_counted(comparison), "", told, how(comparison)):
        console.say(line)
    for measure in failing_first(comparison):
        console.say(measure_line(measure))
    if comparison.pairing is not None:
        pairs = comparison.pairing
        console.say(
            f"both land: {pairs.both}, only A: {pairs.only_a}, only B: {pairs.only_b}, neither: {pairs.neither}"
            + (f"; lost by B: {_seeds(pairs.lost)}" if pairs.lost else ""))  # fmt: skip


def how(comparison: "Comparison") -> str:
    """What was compared with what."""
    if comparison.pairing is not None:
        return f"{counted(comparison.flights, 'pair')} of flights, by their seeds"
    return f"unpaired; at least {counted(comparison.flights, 'flight')} of each"


def as_json(comparison: "Comparison") -> dict[str, Any]:
    """The comparison as plain data."""
    pairing = comparison.pairing
    return {
        "verdict": comparison.verdict,
        "flights": comparison.flights,
        "copies_a": comparison.copies_a,
        "copies_b": comparison.copies_b,
        "shared": comparison.shared,
        "flights_needed": comparison.flights_needed,
        "confidence": comparison.confidence,
        "measures": [{**measure._asdict(), "text": measure_line(measure).strip()} for measure in comparison.measures],
        "pairing": None if pairing is None else pairing._asdict(),
        "where": [one._asdict() for one in comparison.where if one.named],
    }


def _side(bank: "Bank") -> dict[str, Any]:
    flights = bank.flights
    about = {key: bank.about.get(key) for key in ("campaign", "plant", "gnc", "command")}
    return {"name": bank.name, "flights": len(flights.ids), "passed": int(flights.passed.sum()), **about}


def _named(bank: "Bank") -> str:
    side = _side(bank)
    by = side["gnc"] or "an unnamed program"
    return f"{side['name']}: {side['passed']:,} of {counted(side['flights'], 'flight')} pass, flown by {by}"


def _seeds(seeds: Any) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {few(seeds, 8)}"
