"""Flights that are no independent evidence: copies within a campaign, and flights that two campaigns share.

Bounds and tests assume independent draws. A flight that is bit-equal to another is the same draw once more: n of them
bound nothing more tightly than one. Two flights of the same draw in two campaigns are dependent, so a comparison of
different flights may have each draw on one side only. What is left out is chosen without a look at how flights ended.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple


def firsts(prints: Sequence[str]) -> list[int]:
    """Rows of the first of each kind; an empty fingerprint says that nothing is known, and is equal to none."""
    seen: set[str] = set()
    kept = []
    for row, one in enumerate(prints):
        if not one or one not in seen:
            kept.append(row)
            seen.add(one)
    return kept


class Apart(NamedTuple):
    """Rows of A and of B without a draw on both sides, and how many draws stood on both."""

    a: list[int]
    b: list[int]
    shared: int


def apart(
    ids_a: Sequence[Hashable], ids_b: Sequence[Hashable], prints_a: Sequence[str], prints_b: Sequence[str]
) -> Apart:
    """Leave each draw that both have (the same id, or the same flight bit for bit) to A and B by turns.

    By turns in A's order and B first, so that what is left on each side is a sample as unbiased as the whole.
    """
    place_of_id = {one: row for row, one in enumerate(ids_b)}
    place_of_print = {one: row for row, one in enumerate(prints_b) if one}
    gone_a: set[int] = set()
    gone_b: set[int] = set()
    shared = 0
    for row, (name, flight) in enumerate(zip(ids_a, prints_a, strict=True)):
        twins = {place_of_id.get(name), place_of_print.get(flight) if flight else None} - {None} - gone_b
        if not twins:
            continue
        shared += 1
        if shared % 2:
            gone_a.add(row)
        else:
            gone_b |= {twin for twin in twins if twin is not None}
    return Apart(
        [row for row in range(len(ids_a)) if row not in gone_a],
        [row for row in range(len(ids_b)) if row not in gone_b],
        shared,
    )
