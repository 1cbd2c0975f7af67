"""`hoverslam compare`: does the new build land worse than the old one? A gate for CI.

Two campaigns that were flown, or one campaign flown by two flight programs with the same draws.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.commands.console import print_json, results
from harness.commands.guard import UsageError
from harness.commands.junit import compared_suite, junit_report

if TYPE_CHECKING:
    from harness.campaign.bank import Bank
    from harness.statistics.compare import Comparison
    from harness.statistics.gate import Gate

PAGE = "compare.html"


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
    from harness.campaign.bank import read_bank
    from harness.campaign.store import StoreError

    with junit_report(request.junit, "compare") as suites:
        try:
            if request.campaign is not None:
                a, b = (read_bank(folder) for folder in _flown(request))
            else:
                a, b = read_bank(Path(request.a)), read_bank(Path(request.b))
        except StoreError as error:
            raise UsageError(str(error)) from None
        comparison, gate = compared(a, b, request)
        suites.append(compared_suite(comparison, gate, strict=request.strict))
    if request.page is not None:
        _write_page(request.page, comparison, gate, a, b)
    code = int(comparison.verdict == "worse" or (request.strict and comparison.verdict == "undecided"))
    _tell(request, comparison, gate, a, b, code)
    return code


def compared(a: "Bank", b: "Bank", request: CompareRequest) -> "tuple[Comparison, Gate]":
    """The comparison of two banks. Raises UsageError where they do not belong together."""
    from harness.campaign.bank import refusal
    from harness.statistics.compare import compare
    from harness.statistics.gate import Gate

    why = refusal(a, b)
    if why and not request.unpaired:
        raise UsageError(f"{why}; fly the same campaign twice, or compare with --unpaired")
    words = {"wind_from": "in wind from the {level}", "failure": "where {level}"}
    gate = Gate(success_margin=request.margin, words=words)
    return compare(a.flights, b.flights, gate, paired=not request.unpaired), gate


def _flown(request: CompareRequest) -> tuple[Path, Path]:
    """Fly the campaign with each program, B after A, with the same draws."""
    from harness.commands.campaign import EXIT_HARNESS, CampaignRequest, campaign_command

    if request.out is None:
        raise UsageError("--out: where are the two campaigns to go? give a folder")
    folders = request.out / "a", request.out / "b"
    for program, folder in zip((request.a, request.b), folders, strict=True):
        asked = CampaignRequest(
            str(request.campaign), request.flights, request.sets, program, request.workers, None, folder,
            request.resume, logs=0, quiet=True,
        )  # fmt: skip
        if campaign_command(asked) == EXIT_HARNESS:
            raise RuntimeError(f"{folder}: some flights could not be flown; go on with --resume --out {request.out}")
    return folders


def _write_page(path: Path, comparison: "Comparison", gate: "Gate", a: "Bank", b: "Bank") -> None:
    from harness.report.comparison import comparison_page

    try:
        path.write_text(comparison_page(comparison, gate, a, b), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--page {path}: cannot be written ({error.strerror}); give another file") from None


def _tell(request: CompareRequest, comparison: "Comparison", gate: "Gate", a: "Bank", b: "Bank", code: int) -> None:
    from harness.campaign.bank import unlike
    from harness.statistics.sentence import sentence

    told = sentence(comparison, gate)
    if request.as_json:
        print_json(
            {
                "exit_code": code,
                "sentence": told,
                **as_json(comparison),
                "a": _side(a),
                "b": _side(b),
                "unlike": unlike(a, b),
            }
        )
        return
    console = results()
    console.out(told, highlight=False)
    how = "unpaired" if comparison.pairing is None else "paired by their seeds"
    console.out(f"A: {_named(a)}\nB: {_named(b)}\n{comparison.flights} flights, {how}", highlight=False)
    if apart := unlike(a, b):
        console.out(f"not the same in A and B: {'; '.join(apart)}", highlight=False)
    if a.about["plant"] != b.about["plant"]:
        console.out("the two were flown in different plants: a difference may be the plant's", highlight=False)
    for measure in comparison.measures:
        console.out(measure_line(measure), highlight=False)
    if comparison.pairing is not None:
        pairs = comparison.pairing
        console.out(
            f"both land {pairs.both}, only A {pairs.only_a}, only B {pairs.only_b}, neither {pairs.neither}"
            + (f"; lost by B: seeds {_few(pairs.lost)}" if pairs.lost else ""), highlight=False,
        )  # fmt: skip


def measure_line(measure: Any) -> str:
    """One measure in words."""
    unit = f" {measure.unit}" if measure.unit else ""
    if measure.a is None or measure.b is None or measure.harm is None:
        return f"  {measure.name}: {measure.verdict}, nothing to compare"
    span = f"{measure.low:+.3g} to {measure.high:+.3g}{unit}" if measure.low is not None else "no interval"
    return (
        f"  {measure.name}: {measure.verdict}; A {measure.a:.4g}, B {measure.b:.4g}{unit}; B is worse by "
        f"{measure.harm:+.3g}{unit} ({span}; margin {measure.margin:g}{unit})"
    )


def as_json(comparison: "Comparison") -> dict[str, Any]:
    """The comparison as plain data."""
    pairing = comparison.pairing
    return {
        "verdict": comparison.verdict,
        "flights": comparison.flights,
        "flights_needed": comparison.flights_needed,
        "confidence": comparison.confidence,
        "measures": [measure._asdict() for measure in comparison.measures],
        "pairing": None if pairing is None else pairing._asdict(),
        "where": [one._asdict() for one in comparison.where if one.named],
    }


def _side(bank: "Bank") -> dict[str, Any]:
    flights = bank.flights
    about = {key: bank.about[key] for key in ("campaign", "plant", "gnc")}
    return {"name": bank.name, "flights": len(flights.ids), "passed": int(flights.passed.sum()), **about}


def _named(bank: "Bank") -> str:
    side = _side(bank)
    return f"{side['name']}: {side['passed']} of {side['flights']} pass, flown by {side['gnc'] or 'an unnamed program'}"


def _few(seeds: Any) -> str:
    shown = ", ".join(map(str, seeds[:8]))
    return f"{shown} and {len(seeds) - 8} more" if len(seeds) > 8 else shown
