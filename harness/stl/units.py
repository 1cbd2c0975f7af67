"""Units of expressions, so far as it takes to refuse metres added to degrees. None is the unit of a constant: any."""

from hoverslam.harness.stl.formula import Operator


def combined(operator: Operator, left: str | None, right: str | None) -> str | None:
    """The unit of left operator right; raises ValueError where the two do not add."""
    if left is None or right is None:
        return _with_a_constant(operator, left, right)
    if operator in {"+", "-"}:
        return same(left, right)
    if operator == "/":
        return "" if left == right else f"{left or 1}/({right})" if right else left
    return f"{left} {right}".strip()


def _with_a_constant(operator: Operator, left: str | None, right: str | None) -> str | None:
    if operator == "/" and left is None and right:
        return f"1/({right})"
    return right if left is None else left


def same(left: str | None, right: str | None) -> str | None:
    """The unit of two that are added or compared; raises ValueError where they differ."""
    if left is None or right is None or left == right:
        return right if left is None else left
    raise ValueError(f"{left or 'a plain number'} and {right or 'a plain number'} cannot be compared or added")
