"""Reads the text of a formula.

    formula  = unary { "and" unary } | unary { "or" unary } | unary "implies" unary
             | unary ("until" | "since") [window] unary
    unary    = "not" inner | comparison
    comparison = sum [ ("<=" | "<" | ">=" | ">") sum ]
    sum      = product { ("+" | "-") product }      product = factor { ("*" | "/") factor }
    factor   = number | "-" factor | "abs" "(" sum ")" | signal | inner
    inner    = phase | "(" formula ")" | ("rise" | "fall") "(" formula ")"
             | ("always" | "eventually" | "historically" | "once") [window] "(" formula ")"
    window   = "[" seconds (":" | ",") seconds "]"  seconds = number [ "s" | "ms" ]

Different binary operators in a row need parentheses, so there are no rules of precedence.
"""

import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, cast

from hoverslam.harness.stl.formula import (
    Absolute,
    Arithmetic,
    Edge,
    Expression,
    Formula,
    InPhase,
    Logic,
    Not,
    Number,
    Predicate,
    SignalTerm,
    Temporal,
    TimeWindow,
    Until,
)
from hoverslam.harness.stl.units import combined, same
from hoverslam.harness.stl.words import KEYWORDS, FormulaError, Word, unknown, words, wrong

COMPARISONS = ("<=", "<", ">=", ">")
TEMPORAL = ("always", "eventually", "historically", "once")
BINARY = ("and", "or", "implies", "until", "since")
MAX_DEPTH, MAX_WORDS = 50, 400
"""What a recursive reader is spared; the longest shipped formula has 30 words."""
MILLI = 1e-3


class Vocabulary(NamedTuple):
    """The names that a formula may use: signals with their units, and phases."""

    units: Mapping[str, str]
    phases: Collection[str]


class _Number(NamedTuple):
    """An expression that was read, its unit (None: any), and where it began."""

    node: Expression
    unit: str | None
    at: Word


class _Condition(NamedTuple):
    """A formula that was read, and where it began."""

    node: Formula
    at: Word


_Read = _Number | _Condition


def parse(text: str, vocabulary: Vocabulary) -> Formula:
    """The formula of a text; raises FormulaError with column, what was found and what is known."""
    read = words(text)
    if len(read) > MAX_WORDS:
        raise FormulaError(
            f"column {read[MAX_WORDS].column}: more than {MAX_WORDS} words; split it into several clauses"
        )
    reader = _Reader(read, vocabulary)
    formula = reader.condition(reader.whole())
    if reader.here.kind != "end":
        wrong(reader.here, "the end; use parentheses to order the operators")
    return formula


class _Reader:
    """Takes words one after the other; each method reads the rule of its name."""

    def __init__(self, text: list[Word], vocabulary: Vocabulary) -> None:
        self._words = text
        self._vocabulary = vocabulary
        self._next = 0
        self._depth = 0

    @property
    def here(self) -> Word:
        return self._words[self._next]

    def take(self) -> Word:
        word = self.here
        self._next += word.kind != "end"
        return word

    def expect(self, text: str) -> None:
        word = self.take()
        if word.text != text:
            wrong(word, repr(text))

    def condition(self, read: _Read) -> Formula:
        if isinstance(read, _Condition):
            return read.node
        raise FormulaError(
            f"column {read.at.column}: {read.at.text!r} is a number, but a condition is needed; compare it, e.g. "
            "tilt_deg <= 5"
        )

    def number(self, read: _Read) -> _Number:
        if isinstance(read, _Number):
            return read
        raise FormulaError(
            f"column {read.at.column}: {read.at.text!r} is a condition, but a number is needed; write a phase "
            "without a comparison"
        )

    def whole(self) -> _Read:
        """A formula or an expression."""
        left = self.unary()
        return self._joined_by(self.here.text, left) if self.here.text in BINARY else left

    def _joined_by(self, operator: str, left: _Read) -> _Read:
        while self.here.text == operator:
            left = self._binary(self.condition(left), left.at)
            if operator not in {"and", "or"}:
                break
        if self.here.text in BINARY:
            wrong(self.here, f"parentheses to order it and {operator!r}")
        return left

    def _binary(self, left: Formula, at: Word) -> _Condition:
        operator = self.take().text
        if operator in {"and", "or", "implies"}:
            return _Condition(Logic(cast("Any", operator), left, self.condition(self.unary())), at)
        window = self.window()
        return _Condition(Until(cast("Any", operator), window, left, self.condition(self.unary())), at)

    def unary(self) -> _Read:
        if self.here.text != "not":
            return self.comparison()
        at = self.take()
        inner = self.factor()
        if isinstance(inner, _Number):
            raise FormulaError(f"column {inner.at.column}: `not` needs a phase, or a condition in parentheses")
        return _Condition(Not(inner.node), at)

    def comparison(self) -> _Read:
        left = self.sum()
        if self.here.text not in COMPARISONS:
            return left
        sign = self.take()
        first, second = self.number(left), self.number(self.sum())
        if self.here.text in COMPARISONS:
            wrong(self.here, "one comparison; join two with `and`")
        unit = self.joined(lambda: same(first.unit, second.unit), sign)
        if unit is None:
            raise FormulaError(f"column {first.at.column}: compares two constants; use a signal on one side")
        return _Condition(Predicate(first.node, cast("Any", sign.text), second.node, unit), first.at)

    def joined(self, unit: Any, at: Word) -> str | None:
        try:
            return cast("str | None", unit())
        except ValueError as mismatch:
            raise FormulaError(f"column {at.column}: {mismatch}; scale one of them with a constant") from None

    def sum(self) -> _Read:
        return self._chain(("+", "-"), self.product)

    def product(self) -> _Read:
        return self._chain(("*", "/"), self.factor)

    def _chain(self, operators: tuple[str, ...], operand: Any) -> _Read:
        left: _Read = operand()
        while self.here.text in operators:
            sign = self.take()
            a, b = self.number(left), self.number(operand())
            unit = self.joined(lambda sign=sign, a=a, b=b: combined(sign.text, a.unit, b.unit), sign)
            left = _Number(Arithmetic(cast("Any", sign.text), a.node, b.node), unit, a.at)
        return left

    def factor(self) -> _Read:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"column {self.here.column}: nested more than {MAX_DEPTH} levels deep; split it")
        read = self._factor(self.take())
        self._depth -= 1
        return read

    def _factor(self, at: Word) -> _Read:
        if at.kind == "number":
            return _Number(Number(_value(at)), None, at)
        if at.text == "-":
            return self._negative(self.number(self.factor()), at)
        if at.text == "(":
            inner = self.whole()
            self.expect(")")
            return inner._replace(at=at)
        if at.kind == "name":
            return self._call(at) if at.text in KEYWORDS else self._name(at)
        return wrong(at, "a signal, a phase, a number or a parenthesis")

    def _negative(self, of: _Number, at: Word) -> _Number:
        if isinstance(of.node, Number):
            return _Number(Number(-of.node.value), None, at)
        return _Number(Arithmetic("-", Number(0.0), of.node), of.unit, at)

    def _name(self, at: Word) -> _Read:
        if at.text in self._vocabulary.units:
            return _Number(SignalTerm(at.text), self._vocabulary.units[at.text], at)
        if at.text in self._vocabulary.phases:
            return _Condition(InPhase(at.text), at)
        return unknown(at, self._vocabulary.units, self._vocabulary.phases)

    def _call(self, at: Word) -> _Read:
        if at.text in BINARY or at.text == "not":
            wrong(at, "a signal, a phase, a number or a parenthesis")
        window = self.window() if at.text in TEMPORAL else None
        self.expect("(")
        inner = self.whole()
        self.expect(")")
        if at.text == "abs":
            size = self.number(inner)
            return _Number(Absolute(size.node), size.unit, at)
        if at.text in TEMPORAL:
            return _Condition(Temporal(cast("Any", at.text), window, self.condition(inner)), at)
        return _Condition(Edge(cast("Any", at.text), self.condition(inner)), at)

    def window(self) -> TimeWindow | None:
        if self.here.text != "[":
            return None
        at = self.take()
        begin_s = self._seconds()
        if self.here.text not in {":", ","}:
            wrong(self.here, "':' between the two ends of a window")
        self.take()
        end_s = self._seconds()
        self.expect("]")
        if end_s < begin_s:
            raise FormulaError(
                f"column {at.column}: window ends at {end_s:g} s, before its begin at {begin_s:g} s; swap them"
            )
        return TimeWindow(begin_s, end_s)

    def _seconds(self) -> float:
        if self.here.kind != "number":
            wrong(self.here, "seconds, 0 or more")
        value = _value(self.take())
        if self.here.text in {"s", "ms"}:
            value *= MILLI if self.take().text == "ms" else 1.0
        return value


def _value(word: Word) -> float:
    value = float(word.text)
    if not math.isfinite(value):
        raise FormulaError(f"column {word.column}: {word.text!r} is too large a number")
    return value
