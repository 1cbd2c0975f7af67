"""The words of a formula's text, and the error that a reader of formulas raises."""

import difflib
import re
from collections.abc import Collection
from typing import NamedTuple, NoReturn

KEYWORDS = (
    "and", "or", "not", "implies", "always", "eventually", "historically", "once", "until", "since", "rise", "fall",
    "abs",
)  # fmt: skip
INSTEAD = {
    "G": "always", "F": "eventually", "U": "until", "->": "implies", "=>": "implies", "&": "and", "&&": "and",
    "|": "or", "||": "or", "!": "not", "==": "<= and >=", "!=": "< or >", "=": "<= or >=",
}  # fmt: skip
_WORD = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><=|>=|->|=>|&&|\|\||==|!=|[-+*/()\[\]:,<>=!&|])|(?P<space>\s+)|(?P<other>.)"
)


class FormulaError(ValueError):
    """A formula that cannot be read: at which column, what stands there, what is known or expected."""


class Word(NamedTuple):
    """A piece of the text; `kind` is number, name, sign or end."""

    kind: str
    text: str
    column: int


def words(text: str) -> list[Word]:
    """The words of the text and an end; raises FormulaError for a character that means nothing."""
    found = [Word(str(hit.lastgroup), hit[0], hit.start() + 1) for hit in _WORD.finditer(text)]
    for word in found:
        if word.kind == "other" or word.text in INSTEAD:
            remedy = f"write {INSTEAD[word.text]}" if word.text in INSTEAD else "remove it"
            raise FormulaError(f"column {word.column}: {word.text!r} is not part of the language; {remedy}")
    return [*(word for word in found if word.kind != "space"), Word("end", "", len(text) + 1)]


def wrong(word: Word, expected: str) -> NoReturn:
    """Raise the error of a word that stands in the wrong place."""
    found = "the end" if word.kind == "end" else repr(word.text)
    raise FormulaError(f"column {word.column}: found {found}, expected {expected}")


def unknown(word: Word, signals: Collection[str], phases: Collection[str]) -> NoReturn:
    """Raise the error of a name that is neither signal nor phase nor keyword."""
    close = difflib.get_close_matches(word.text, [*signals, *phases, *KEYWORDS], n=1)
    guess = f" (did you mean {close[0]!r}?)" if close else ""
    raise FormulaError(
        f"column {word.column}: no signal or phase {word.text!r}{guess}; "
        f"signals: {', '.join(sorted(signals))}; phases: {', '.join(sorted(phases))}"
    )
