"""The flights of a hunt on disk: one JSON line each, appended as soon as flown, so that a killed hunt can be resumed.

Each line begins with its checksum; one that does not fit is refused, never taken for a flight.

The first line says what was hunted, in full. A search is a pure function of its seed and of what its flights came to,
so going on is searching again from the start with every flight that is here taken from here.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from hoverslam.harness.errors import UsageError
from hoverslam.harness.fly.identity import differences, of_record
from hoverslam.harness.hunt.flyer import HuntFlown
from hoverslam.harness.hunt.properties import Margin
from hoverslam.harness.record.digest import digest
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.space import Case

PROGRAMS = ("identity", "baseline_identity")
LEDGER_FILE = "flights.jsonl"


_Margins = list[tuple[str, bool, float, float | None, str, str]]
_LINE: TypeAdapter[Any] = TypeAdapter(
    tuple[str, str, float, bool, str, _Margins] | tuple[str, str, float, bool, str, _Margins, str]
)
"""A flight as it stands in its line, with its hash where it has one."""


class Ledger:
    """Flights by the key of their case."""

    def __init__(self, folder: Path, about: dict[str, Any], *, resume: bool) -> None:
        """Raises UsageError where the folder holds flights and is not to be resumed, or those of another hunt."""
        self._path = folder / LEDGER_FILE
        self._flown: dict[str, HuntFlown] = {}
        about = json.loads(json.dumps(about))
        if self._path.is_file() and self._path.stat().st_size:
            if not resume:
                raise UsageError(
                    f"--out {folder}: contains the flights of a hunt; resume it with --resume, or give a new folder"
                )
            self._read(about)
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._append(about)

    def _read(self, about: dict[str, Any]) -> None:
        """What a kill cut off in the middle of a line is cut off here, and flown again."""
        whole, _, rest = self._path.read_bytes().rpartition(b"\n")
        if rest:
            with self._path.open("rb+") as file:
                file.truncate(len(whole) + 1 if whole else 0)
        first, *lines = whole.decode(errors="replace").split("\n")
        before = self._about(first)
        for key in about:
            if before.get(key) != about[key]:
                what = _unlike(before.get(key), about[key]) if key in PROGRAMS else key
                raise UsageError(
                    f"{self._path}: belongs to another hunt ({what} has changed); use the same inputs as before, or "
                    "give another --out"
                )
        damaged = [number for number, line in enumerate(lines, 2) if not self._take(line)]
        if damaged:
            raise UsageError(
                f"{self._path}:{damaged[0]}: was changed after it was written{_more(len(damaged) - 1)}; "
                f"{counted(len(lines) - len(damaged), 'other line')} can be read: remove the damaged lines, and "
                "--resume flies them again"
            )

    def _take(self, line: str) -> bool:
        """Take in a flight; False where its line is damaged."""
        try:
            key, outcome, wall_s, excused, refused, margins, *hashes = _LINE.validate_python(_checked(line))
        except (ValueError, TypeError, RecursionError):
            return False
        self._flown[key] = HuntFlown(tuple(Margin(*one) for one in margins), outcome, wall_s, excused, refused, *hashes)
        return True

    def __len__(self) -> int:
        return len(self._flown)

    def get(self, key: str) -> HuntFlown | None:
        """What a case came to, if it was flown."""
        return self._flown.get(key)

    def broken(self, case: Case) -> tuple[Margin, ...]:
        """What the flight of a case broke; nothing where it was not flown."""
        flown = self.get(case.key)
        return () if flown is None else flown.broken

    def add(self, key: str, flown: HuntFlown) -> None:
        """Keep a flight."""
        self._flown[key] = flown
        told = (flown.outcome, round(flown.wall_s, 3), flown.excused, flown.refused, flown.margins, flown.hash)
        self._append([key, *told])

    def _about(self, first: str) -> dict[str, Any]:
        """What was hunted, from the first line. Raises UsageError."""
        try:
            told = _checked(first) if first else {}
            if isinstance(told, dict):
                return told
        except (ValueError, TypeError, RecursionError):
            pass
        raise UsageError(
            f"{self._path}:1: has no description of the hunt: it is damaged or from an older version, so its "
            "flights cannot be assigned; give another --out"
        )

    def _append(self, value: Any) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([digest(json.loads(json.dumps(value))), value]) + "\n")


def _checked(line: str) -> Any:
    """The content of a line. Raises ValueError where its checksum does not fit."""
    told = json.loads(line)
    if not isinstance(told, list) or len(told) != 2 or told[0] != digest(told[1]):
        raise ValueError(line)
    return told[1]


def _unlike(before: Any, now: Any) -> str:
    """The parts of an identity that are not the same."""
    ours, theirs = of_record(before), of_record(now)
    if ours is None or theirs is None:
        return "the record of the flight program"
    return " and ".join(differences(ours, theirs))


def _more(lines: int) -> str:
    return f", also {counted(lines, 'line')} after it" if lines else ""
