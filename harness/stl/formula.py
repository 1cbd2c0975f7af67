"""A formula as a tree. Its text is canonical: parsed again, here or by RTAMT, it gives the same tree.

A predicate carries the unit in which its margin is, so that a formula over metres and degrees can be judged in degrees.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Comparison = Literal["<=", "<", ">=", ">"]
Operator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float

    def __str__(self) -> str:
        """Without an exponent, which RTAMT does not read."""
        return format(Decimal(repr(self.value)), "f").removesuffix(".0")


@dataclass(frozen=True)
class SignalTerm:
    """A named signal of the trace."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers and an operator; nested ones in parentheses, because RTAMT reads a - b + c as a - (b + c)."""

    operator: Operator
    left: "Expression"
    right: "Expression"

    def __str__(self) -> str:
        left, right = (f"({x})" if isinstance(x, Arithmetic) else str(x) for x in (self.left, self.right))
        return f"{left} {self.operator} {right}"


@dataclass(frozen=True)
class Absolute:
    """The size of a number."""

    of: "Expression"

    def __str__(self) -> str:
        return f"abs({self.of})"


Expression = Number | SignalTerm | Arithmetic | Absolute


@dataclass(frozen=True)
class InPhase:
    """True in the frames of a phase: no margin, infinitely robust either way."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Predicate:
    """A comparison of two numbers; its robustness is their distance, in `unit`."""

    left: Expression
    comparison: Comparison
    right: Expression
    unit: str

    def __str__(self) -> str:
        return f"{self.left} {self.comparison} {self.right}"


@dataclass(frozen=True)
class Not:
    """Negation."""

    of: "Formula"

    def __str__(self) -> str:
        return f"not({self.of})"


@dataclass(frozen=True)
class Logic:
    """Two formulas at the same instant."""

    operator: Literal["and", "or", "implies"]
    left: "Formula"
    right: "Formula"

    def __str__(self) -> str:
        chained = isinstance(self.left, Logic) and self.left.operator == self.operator != "implies"
        left = str(self.left) if chained else _operand(self.left)
        return f"{left} {self.operator} {_operand(self.right)}"


@dataclass(frozen=True)
class TimeWindow:
    """Seconds from the instant at which a formula is judged, both ends included; forward, or back for the past."""

    begin_s: float
    end_s: float

    def __str__(self) -> str:
        return f"[{Number(self.begin_s)}:{Number(self.end_s)}]"


@dataclass(frozen=True)
class Temporal:
    """A formula at all instants (always, historically) or at some instant (eventually, once) of a window."""

    operator: Literal["always", "eventually", "historically", "once"]
    window: TimeWindow | None
    of: "Formula"

    def __str__(self) -> str:
        return f"{self.operator}{self.window or ''}({self.of})"


@dataclass(frozen=True)
class Until:
    """The right formula at some instant of the window, the left one from now until just before it; since: backwards."""

    operator: Literal["until", "since"]
    window: TimeWindow | None
    left: "Formula"
    right: "Formula"

    def __str__(self) -> str:
        return f"({self.left}) {self.operator}{self.window or ''} ({self.right})"


@dataclass(frozen=True)
class Edge:
    """The frame in which a formula turns true (rise) or false (fall); the first frame counts as a change."""

    operator: Literal["rise", "fall"]
    of: "Formula"

    def __str__(self) -> str:
        return f"{self.operator}({self.of})"


Formula = InPhase | Predicate | Not | Logic | Temporal | Until | Edge
Node = Formula | Expression


def _operand(formula: Formula) -> str:
    return f"({formula})" if isinstance(formula, Logic | Until) else str(formula)


def nodes(node: Node) -> Iterator[Node]:
    """The node and all below it, from left to right."""
    yield node
    match node:
        case Not() | Temporal() | Edge() | Absolute():
            yield from nodes(node.of)
        case Logic() | Until() | Predicate() | Arithmetic():
            yield from nodes(node.left)
            yield from nodes(node.right)


def predicates(formula: Formula) -> list[Predicate]:
    """Every comparison in it, from left to right."""
    return [node for node in nodes(formula) if isinstance(node, Predicate)]


def signal_names(node: Node) -> list[str]:
    """Names of the signals in it, each once."""
    return list(dict.fromkeys(inner.name for inner in nodes(node) if isinstance(inner, SignalTerm)))


def phase_names(formula: Formula) -> list[str]:
    """Names of the phases in it, each once."""
    return list(dict.fromkeys(inner.name for inner in nodes(formula) if isinstance(inner, InPhase)))
