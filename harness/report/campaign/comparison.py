"""The page of a comparison of two builds: the sentence, each measure with its interval, and the flights that differ."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from hoverslam.harness.campaign.differs import lines
from hoverslam.harness.report.kit.document import document
from hoverslam.harness.report.kit.frame import card, heading, table
from hoverslam.harness.statistics.compare import Comparison, Measure, failing_first
from hoverslam.harness.statistics.gate import Gate
from hoverslam.harness.statistics.sentence import harm, level, not_counted, sentence
from hoverslam.harness.statistics.words import counted

if TYPE_CHECKING:
    from hoverslam.harness.campaign.bank import Bank

WIDTH, HEIGHT, MIDDLE = 320, 26, 160
MARKS = {"worse": "fail", "better": "pass", "no worse": "pass", "undecided": "advisory"}
GRADES = {"worse": "FAIL", "better": "PASS", "no worse": "PASS", "undecided": "plain"}
HEADS = ("Measure", "Verdict", "A", "B", "B is worse by", "Interval and margin")


def comparison_page(comparison: Comparison, gate: Gate, a: "Bank", b: "Bank") -> str:
    """One self-contained page."""
    verdict = comparison.verdict
    which = f"<b>{escape(b.name)}</b> against <b>{escape(a.name)}</b>"
    header = heading(verdict.upper(), GRADES[verdict], which, sentence(comparison, gate), ())
    parts = (
        card("Differences of inputs", f"<p>A: {_side(a)}<br>B: {_side(b)}</p>{_differs(comparison, a, b)}"),
        _measures(comparison),
        _pairs(comparison),
        _where(comparison),
    )
    body = f"{header}\n<main>\n{''.join(parts)}\n</main>"
    return document(f"{verdict}: {b.name} against {a.name}", body, {}, (), ("page.css", "flights.css"))


def _measures(comparison: Comparison) -> str:
    sure = f"{100 * comparison.confidence:.0f} % interval"
    told = f"Right: B is worse. Bar: {sure}. Dashed: margin up to which B counts as no worse."
    heads = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    rows = "".join(_row(measure) for measure in failing_first(comparison))
    made = f'<table class="measures"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return card("Measures", f"<p>{told}</p>{made}")


def _side(bank: "Bank") -> str:
    passed, all_of_them = int(bank.flights.passed.sum()), len(bank.flights.ids)
    by = escape(str(bank.about["gnc"]) or "an unnamed program")
    campaign = escape(str(bank.about["campaign"]))
    share = f"{passed:,} of {counted(all_of_them, 'flight')} pass"
    return f"<b>{escape(bank.name)}</b>, {share}, campaign {campaign}, flown by {by}"


def _differs(comparison: Comparison, a: "Bank", b: "Bank") -> str:
    """The lines of the terminal."""
    told = "".join(f"<li>{escape(line)}</li>" for line in (*lines(a, b), *not_counted(comparison)))
    return f"<ul>{told}</ul>"


def _row(measure: Measure) -> str:
    told = (measure.name, measure.verdict, level(measure, measure.a), level(measure, measure.b), harm(measure))
    cells = (f"<span>{escape(cell)}</span>" for cell in told)
    css = ("about", "status", "num", "num", "num", "")
    row = "".join(
        f'<td class="{name}" data-name="{head}">{cell}</td>'
        for head, name, cell in zip(HEADS, css, (*cells, _bar(measure)), strict=True)
    )
    return f'<tr class="{MARKS[measure.verdict]}">{row}</tr>'


def _bar(measure: Measure) -> str:
    """The interval about zero, in a scale that shows it and the margin whole."""
    if measure.harm is None or measure.low is None or measure.high is None:
        return ""
    most = 1.1 * max(abs(measure.low), abs(measure.high), measure.margin, 1e-12)
    ends = (measure.low, measure.high, measure.harm, measure.margin)
    low, high, middle, margin = (f"{MIDDLE + value / most * MIDDLE:.1f}" for value in ends)
    told, half, foot = f"B is worse by {escape(harm(measure))}", HEIGHT / 2, HEIGHT - 2
    return (
        f'<svg class="interval" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f'<line x1="{MIDDLE}" x2="{MIDDLE}" y1="2" y2="{foot}"/>'
        f'<line class="margin" x1="{margin}" x2="{margin}" y1="2" y2="{foot}"/>'
        f'<line class="span" x1="{low}" x2="{high}" y1="{half}" y2="{half}"/>'
        f'<circle cx="{middle}" cy="{half}" r="4"/></svg>'
    )


def _pairs(comparison: Comparison) -> str:
    pairs = comparison.pairing
    if pairs is None:
        return card("Flight by flight", "<p>The campaigns were not paired.</p>")
    rows: dict[str, Any] = {"both land": pairs.both, "only A lands": pairs.only_a}
    rows |= {"only B lands": pairs.only_b, "neither lands": pairs.neither}
    counts = table(("Result", "Pairs"), ((name, f"{count:,}") for name, count in rows.items()), ("", "num"))
    test = f"<p>Exact McNemar test: p = {pairs.exact_p:.3g}.</p>"
    lists = _seeds("lost by B", pairs.lost) + _seeds("gained by B", pairs.gained)
    return card("Flight by flight", f"{counts}{test}{lists}")


def _seeds(title: str, seeds: Sequence[Any]) -> str:
    told = escape(", ".join(map(str, seeds))) or "none"
    return f"<details><summary>{title}: {len(seeds):,}</summary><p>seeds {told}</p></details>"


def _where(comparison: Comparison) -> str:
    named = [one for one in comparison.where if one.named]
    if not named:
        return card("Where", "<p>The flights lost by B have no significant common feature.</p>")
    rows: Iterable[Sequence[str]] = ((escape(one.name), escape(one.pattern), f"{one.effect:+.2f}") for one in named)
    made = table(("Dispersion", "Where", "Effect"), rows, ("", "", "num"))
    return card("Where", f"<p>Common features of the flights lost by B.</p>{made}")
