"""The card "Flight computers" of the page: what became of each of several flight programs."""

from html import escape

from hoverslam.harness.judge.string_findings import cost_text
from hoverslam.harness.record.string_record import StringRecord, StringsRecord

HEADS = ("String", "Flight program", "In the vote", "Missed", "Disagreed", "Largest deviation", "Cost")


def strings_card(strings: StringsRecord | None) -> str:
    """A row for each string; nothing where one program flew alone."""
    if strings is None:
        return ""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    body = "".join(_row(number, one) for number, one in enumerate(strings.each))
    table = f'<table aria-label="Flight computers"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<section class="card" id="strings"><h2>Flight computers</h2>{table}</section>'


def _row(number: int, one: StringRecord) -> str:
    name = f"{one.name} {one.version}".strip() or "did not introduce itself"
    deviation = ", ".join(f"{field} {value:.3g}" for field, value in one.largest_deviation.items()) or "none"
    cost = cost_text(one) if one.first_disagreement_s is not None or one.cut is not None else "none"
    cells = (f"{escape(name)} <small>{escape(one.program)}</small>", _until(one), f"{one.missed_frames}",
             f"{one.disagreed_frames}", escape(deviation), escape(cost))  # fmt: skip
    status = "fail" if one.cut is not None else "pass"
    return f'<tr class="main {status}"><td>{number}</td>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _until(one: StringRecord) -> str:
    """To the end, or the moment of the cut, which the charts then show, and why."""
    if (cut := one.cut) is None:
        return "to the end"
    fault = "" if cut.fault is None else f" (fault {cut.fault} of the scenario)"
    moment = f'<button data-time="{cut.time_s:.3f}">{cut.time_s:.2f} s</button>'
    return f"cut at {moment}: {escape(cut.why + fault)}"
