"""The page of a comparison of two builds: the sentence, each measure with its interval, and the flights that differ."""

from html import escape
from typing import TYPE_CHECKING, Any

from harness.campaign.differs import lines
from harness.commands.compare import failing_first
from harness.report.document import POLICY, asset
from harness.statistics.compare import Comparison, Measure
from harness.statistics.gate import Gate
from harness.statistics.sentence import harm, level, not_counted, sentence
from harness.statistics.words import counted

if TYPE_CHECKING:
    from harness.campaign.bank import Bank

WIDTH, HEIGHT, MIDDLE = 320, 26, 160
MARKS = {"worse": "fail", "better": "pass", "no worse": "pass", "undecided": "advisory"}


def comparison_page(comparison: Comparison, gate: Gate, a: "Bank", b: "Bank") -> str:
    """One self-contained page."""
    title = escape(f"{comparison.verdict}: {b.name} against {a.name}")
    parts = [
        f'<header class="compared {MARKS[comparison.verdict]}"><h1>{escape(comparison.verdict)}</h1>',
        f"<p>{escape(sentence(comparison, gate))}</p></header>",
        _card("What differs", f"<p>A: {_side(a)}<br>B: {_side(b)}</p>{_differs(comparison, a, b)}"),
        _measures(comparison),
        _pairs(comparison),
        _where(comparison),
    ]
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{title}</title>'
    return FRAME.format(head=head, style=asset("page.css") + STYLE, main="\n".join(parts))


def _card(title: str, body: str) -> str:
    return f'<section class="card"><h2>{title}</h2>{body}</section>'


def _measures(comparison: Comparison) -> str:
    sure = f"{100 * comparison.confidence:.0f} % interval"
    told = f"B is worse to the right. The bar is the {sure}, dashed the margin within which B counts as no worse."
    heads = "".join(f"<th>{name}</th>" for name in ("measure", "verdict", "A", "B", "B is worse by", ""))
    rows = "".join(_row(measure) for measure in failing_first(comparison))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return _card("Measures", f'<p>{told}</p><div class="wide">{table}</div>')


FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{head}
<style>{style}</style></head><body><main>
{main}
</main></body></html>
"""
STYLE = """
.compared { border-left: .5rem solid currentColor; padding-left: 1rem; }
.wide { overflow-x: auto; }
svg.bar { width: 320px; height: 26px; color: inherit; }
svg.bar line { stroke: currentColor; } svg.bar .margin { stroke-dasharray: 3 3; opacity: .6; }
svg.bar .span { stroke-width: 5; opacity: .55; } svg.bar circle { fill: currentColor; }
"""


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
    sides = level(measure, measure.a), level(measure, measure.b)
    told = "".join(f"<td>{escape(cell)}</td>" for cell in (measure.name, measure.verdict, *sides, harm(measure)))
    return f'<tr class="{MARKS[measure.verdict]}">{told}<td>{_bar(measure)}</td></tr>'


def _bar(measure: Measure) -> str:
    """The interval about zero, in a scale that shows it and the margin whole."""
    if measure.harm is None or measure.low is None or measure.high is None:
        return ""
    most = 1.1 * max(abs(measure.low), abs(measure.high), measure.margin, 1e-12)
    ends = (measure.low, measure.high, measure.harm, measure.margin)
    low, high, middle, margin = (f"{MIDDLE + value / most * MIDDLE:.1f}" for value in ends)
    told, half, foot = f"B is worse by {escape(harm(measure))}", HEIGHT / 2, HEIGHT - 2
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f'<line x1="{MIDDLE}" x2="{MIDDLE}" y1="2" y2="{foot}"/>'
        f'<line class="margin" x1="{margin}" x2="{margin}" y1="2" y2="{foot}"/>'
        f'<line class="span" x1="{low}" x2="{high}" y1="{half}" y2="{half}"/>'
        f'<circle cx="{middle}" cy="{half}" r="4"/></svg>'
    )


def _pairs(comparison: Comparison) -> str:
    pairs = comparison.pairing
    if pairs is None:
        return _card("Flight by flight", "<p>The campaigns were not paired.</p>")
    rows: dict[str, Any] = {"both land": pairs.both, "only A lands": pairs.only_a}
    rows |= {"only B lands": pairs.only_b, "neither lands": pairs.neither}
    table = "".join(f"<tr><td>{name}</td><td>{count}</td></tr>" for name, count in rows.items())
    lists = _seeds("lost by B", pairs.lost) + _seeds("gained by B", pairs.gained)
    test = f"<p>Exact McNemar test: p = {pairs.exact_p:.3g}.</p>"
    return _card("Flight by flight", f"<table>{table}</table>{test}{lists}")


def _seeds(title: str, seeds: Any) -> str:
    told = escape(", ".join(map(str, seeds))) or "none"
    return f"<details><summary>{title}: {len(seeds)}</summary><p>seeds {told}</p></details>"


def _where(comparison: Comparison) -> str:
    named = [one for one in comparison.where if one.named]
    if not named:
        return _card("Where", "<p>Nothing marks the flights that B loses more than chance would.</p>")
    cells = [(escape(one.name), escape(one.pattern), f"{one.effect:+.2f}") for one in named]
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    heads = "".join(f"<th>{name}</th>" for name in ("dispersion", "where", "effect"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return _card("Where", f"<p>What marks the flights that B loses.</p>{table}")
