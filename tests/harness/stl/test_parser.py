"""What a formula may say, and what the reader of a mistaken one is told: column, what is there, what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoverslam.harness.stl.formula import (
    Absolute,
    Arithmetic,
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
from hoverslam.harness.stl.parser import MAX_DEPTH, MAX_WORDS, parse
from hoverslam.harness.stl.words import FormulaError
from tests.harness.stl.traces import VOCABULARY

LOW = Predicate(SignalTerm("a"), "<", Number(50.0), "m")
UPRIGHT = Predicate(SignalTerm("c"), "<=", Number(5.0), "deg")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("always(a < 50 implies c <= 5)", Temporal("always", None, Logic("implies", LOW, UPRIGHT))),
        ("eventually[0:2.5](c<=5)", Temporal("eventually", TimeWindow(0.0, 2.5), UPRIGHT)),
        ("once [500ms, 2 s] (c <= 5)", Temporal("once", TimeWindow(0.5, 2.0), UPRIGHT)),
        ("a < 50 and c <= 5 and early", Logic("and", Logic("and", LOW, UPRIGHT), InPhase("early"))),
        ("a < 50 or (c <= 5 and early)", Logic("or", LOW, Logic("and", UPRIGHT, InPhase("early")))),
        ("not early", Not(InPhase("early"))),
        ("not (c <= 5)", Not(UPRIGHT)),
        ("early until[0:1] c <= 5", Until("until", TimeWindow(0.0, 1.0), InPhase("early"), UPRIGHT)),
        ("50 > a", Predicate(Number(50.0), ">", SignalTerm("a"), "m")),
        ("a >= -1e-3", Predicate(SignalTerm("a"), ">=", Number(-0.001), "m")),
        (
            "abs(a) - b * 2 + 1 <= -(b)",
            Predicate(
                Arithmetic(
                    "+",
                    Arithmetic("-", Absolute(SignalTerm("a")), Arithmetic("*", SignalTerm("b"), Number(2.0))),
                    Number(1.0),
                ),
                "<=",
                Arithmetic("-", Number(0.0), SignalTerm("b")),
                "m",
            ),
        ),
    ],
)
def test_a_text_is_read_as_the_tree_it_means(text: str, tree: object) -> None:
    assert parse(text, VOCABULARY) == tree


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a * b <= 2", "m m"),
        ("a / b <= 2", ""),
        ("a / c <= 2", "m/(deg)"),
        ("2 / a <= 1", "1/(m)"),
        ("a / 2 + 1 <= b", "m"),
        ("3 * c <= 1", "deg"),
    ],
)
def test_a_predicate_knows_its_unit(text: str, unit: str) -> None:
    formula = parse(text, VOCABULARY)
    assert isinstance(formula, Predicate)
    assert formula.unit == unit


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("always(ab <= 5)", "column 8: no signal or phase 'ab' (did you mean 'a"),
        ("alway(a <= 5)", "column 1: no signal or phase 'alway' (did you mean 'always'?)"),
        ("x1 <= 5", "signals: a, b, c; phases: early, late, never"),
        ("always(a <= 5", "column 14: found the end, expected ')'"),
        ("always a <= 5", "column 8: found 'a', expected '('"),
        ("a <= 5)", "column 7: found ')', expected the end"),
        ("", "column 1: found the end, expected a signal, a phase, a number or a parenthesis"),
        ("a <= 5 and c <= 1 or early", "column 19: found 'or', expected parentheses to order it and 'and'"),
        ("a <= 5 implies early implies late", "column 22: found 'implies', expected parentheses"),
        ("1 <= a <= 5", "column 8: found '<=', expected one comparison; join two with `and`"),
        ("a + c <= 5", "column 3: m and deg cannot be compared or added; scale one of them with a constant"),
        ("a <= c", "column 3: m and deg cannot be compared or added"),
        ("1 <= 2", "column 1: compares two constants; use a signal on one side"),
        ("early <= 2", "column 1: 'early' is a condition, but a number is needed"),
        ("always(a)", "column 8: 'a' is a number, but a condition is needed; compare it"),
        ("not a <= 5", "column 5: `not` needs a phase, or a condition in parentheses"),
        ("a == 5", "column 3: '==' is not part of the language; write <= and >="),
        ("early -> late", "column 7: '->' is not part of the language; write implies"),
        ("G[0:5](a <= 5)", "column 1: 'G' is not part of the language; write always"),
        ("a <= 5 ; b", "column 8: ';' is not part of the language; remove it"),
        ("always[2:1](a <= 5)", "column 7: window ends at 1 s, before its begin at 2 s"),
        ("always[-1:1](a <= 5)", "column 8: found '-', expected seconds, 0 or more"),
        ("always[0 1](a <= 5)", "column 10: found '1', expected ':' between the two ends of a window"),
        ("and(a <= 5)", "column 1: found 'and', expected a signal"),
        ("(" * 200 + "a", f"nested more than {MAX_DEPTH} levels deep; split it"),
        ("-" * 200 + "a", f"nested more than {MAX_DEPTH} levels deep; split it"),
        (" and ".join(["early"] * MAX_WORDS), f"more than {MAX_WORDS} words; split it into several clauses"),
        ("a <= 1e999", "column 6: '1e999' is too large a number"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, says: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, VOCABULARY)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@given(text=st.text(alphabet="abc()[]<=+-*/ .:,0123456789andorultiwys", max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        formula = parse(text, VOCABULARY)
    except FormulaError:
        return
    assert parse(str(formula), VOCABULARY) == formula
