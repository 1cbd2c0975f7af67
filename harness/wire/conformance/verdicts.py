"""A check, what becomes of it, and how a conversation tells that something in it broke the contract."""

from typing import NamedTuple

PASSED, FAILED, WARNED = "passed", "failed", "warning"
NOT_EVALUATED, DOES_NOT_APPLY = "not evaluated", "does not apply"


class Shown(NamedTuple):
    """A message that shows a fault, with a name for its file."""

    name: str
    data: bytes


class Broken(Exception):  # noqa: N818  named for what happened
    """Something broke the contract. `checks`: those whose subject it is in an undisturbed flight.

    Where one of these has failed already, the check at hand cannot be evaluated; otherwise it is the one that failed.
    """

    def __init__(self, checks: str | tuple[str, ...], told: str, *shown: Shown) -> None:
        super().__init__(told)
        self.checks = (checks,) if isinstance(checks, str) else checks
        self.shown = tuple(one for one in shown if one.data)


class DoesNotApply(Exception):  # noqa: N818  named for what happened
    """The check is about something that the program does not claim, or this system cannot measure."""


class CheckResult(NamedTuple):
    """What became of one check: `told` says why it failed, what it was blocked by, or what was measured."""

    name: str
    group: str
    result: str
    told: str = ""
    shown: tuple[Shown, ...] = ()
