"""Differences in the inputs of two campaigns: scenario, sampling, seeds, program and plant."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hoverslam.harness.campaign.bank import Bank
from hoverslam.harness.fly.identity import WORDS, of_record
from hoverslam.harness.record.difference import by_number
from hoverslam.harness.statistics.words import counted

LONGEST = 200
NOT_FLOWN = ("expected", "name", "description", "seed")
"""Keys of a scenario that fly nothing; each flight of a campaign has its own seed."""


class Differs(NamedTuple):
    """One thing that A and B do not share: of what kind, where in it, and what each has, shortened."""

    kind: str
    key: str
    a: str
    b: str

    def __str__(self) -> str:
        where = f"{self.kind} {self.key}".rstrip()
        return f"{where}: {self.a} in A, {self.b} in B"


def differs(a: Bank, b: Bank) -> list[Differs]:
    """Everything, what decides most first; empty where B is A flown once more."""
    one, other = a.about, b.about
    found = [
        Differs("vehicle" if key.startswith("vehicle") else "scenario", key, _short(x), _short(y))
        for key, x, y in _leaves(_flown(one["base"]), _flown(other["base"]))
    ]
    found += [
        Differs("sampling", key, _short(x), _short(y)) for key, x, y in _leaves(one["sampling"], other["sampling"])
    ]
    if set(a.flights.ids) != set(b.flights.ids):
        common = len(set(a.flights.ids) & set(b.flights.ids))
        shared = f"{counted(common, 'seed')} in both" if common else "none in both"
        found.append(Differs("seeds", f"({shared})", _range(a), _range(b)))
    for key, name in PROGRAM.items():
        found += [Differs("program", name, _short(x), _short(y)) for _, x, y in _leaves(one.get(key), other.get(key))]
    return [*found, *_contents(one, other)]


PROGRAM = {"gnc": "name and version", "command": "command"}
TOLD_BY_KEY = ("scenario", "command")
"""Parts of an identity whose differences are told by what was stated."""


def _contents(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Differs]:
    """By their digests: files that go by one name may not be what they were. Older baselines know the plant."""
    ours, theirs = of_record(one.get("identity")), of_record(other.get("identity"))
    if ours is None or theirs is None:
        if one["plant"] != other["plant"]:
            yield Differs("plant", "", _short(one["plant"]), _short(other["plant"]))
        said = ["not recorded" if known is None else "recorded" for known in (ours, theirs)]
        yield Differs("content of files", "", *said)
        return
    for part, words in WORDS.items():
        x, y = getattr(ours, part), getattr(theirs, part)
        if part not in TOLD_BY_KEY and x != y:
            yield Differs("content of", words, x, y)


def same_words(a: Bank, b: Bank) -> str:
    """What is said where nothing differs."""
    return (
        "A and B flew the same scenario, vehicle and seeds in the same plant, with "
        f"{a.about['gnc'] or 'the same program'}"
    )


def lines(a: Bank, b: Bank) -> Iterator[str]:
    """The differences for people, a line each."""
    found = differs(a, b)
    yield from (str(one) for one in found)
    if not found:
        yield same_words(a, b)


def _flown(base: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in base.items() if key not in NOT_FLOWN}


MISSING = object()


def _leaves(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two trees differ, key by key; of a list of tables (faults, say) table by table."""
    one, other = by_number(one), by_number(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            yield from _leaves(one.get(key, MISSING), other.get(key, MISSING), f"{path}.{key}".lstrip("."))
    elif one != other and not (one is MISSING and other is None) and not (other is MISSING and one is None):
        yield path, one, other


def _short(value: Any) -> str:
    if value is MISSING:
        return "not stated"
    if value is None:
        return "none"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _range(bank: Bank) -> str:
    seeds = sorted(bank.flights.ids)  # type: ignore[type-var]  # seeds are whole numbers
    if not seeds:
        return "none"
    return f"{seeds[0]} to {seeds[-1]} ({counted(len(seeds), 'flight')})"
