"""Numbers in words, in one place, so that a terminal, a page, a test server and a sentence say the same.

Plain functions of numbers, here because the statistics import nothing else of ours and everybody may import them.
"""

from collections.abc import Collection

IRREGULAR = {"passes": "pass", "has": "have", "is": "are", "was": "were", "does": "do", "differs": "differ"}


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 flight", "2 flights", "1,000 flights"; `plural` where it is not noun + s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def agrees(count: int, verb: str) -> str:
    """The verb of so many: "fails" of one, "fail" of none or two; give it as one thing does it."""
    return verb if count == 1 else IRREGULAR.get(verb, verb.removesuffix("s"))


def percent(share: float | None, digits: int = 1) -> str:
    """As in "97.3 %"; what is less than all is never shown as all, and what is more than nothing never as nothing."""
    if share is None:
        return "–"
    least = 10.0**-digits
    shown = round(100.0 * share, digits)
    if shown >= 100.0 > 100.0 * share:
        shown = 100.0 - least
    if shown <= 0.0 < share:
        shown = least
    return f"{shown:.{digits}f} %"


def number(value: float | None) -> str:
    """Four significant digits without an exponent; a dash where there is none."""
    if value is None:
        return "–"
    if abs(value) < 1e-4:
        return "0"
    return f"{value:.0f}" if abs(value) >= 1000.0 else f"{value:.4g}" if abs(value) >= 1e-3 else f"{value:.4f}"


def interval(low: float, high: float, confidence: float = 0.95) -> str:
    """The interval of a share: "95 % interval 91.1 % to 99.9 %"."""
    return f"{100.0 * confidence:g} % interval {percent(low)} to {percent(high)}"


def few(things: Collection[object], most: int) -> str:
    """The first of them, and how many more there are: "1, 2 and 3 more"."""
    shown = ", ".join(str(thing) for _, thing in zip(range(most), things, strict=False))
    return f"{shown} and {len(things) - most:,} more" if len(things) > most else shown
