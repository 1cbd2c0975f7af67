"""The flights of a hunt on disk: one JSON line each, appended as soon as flown, so that a killed hunt goes on.

The first line says what was hunted, in full. A search is a pure function of its seed and of what its flights came to,
so going on is searching again from the start with every flight that is here taken from here.
"""

import json
from pathlib import Path
from typing import Any

from harness.commands.guard import UsageError
from harness.hunt.flyer import Flown
from harness.properties import Margin
from scenarios.space import Case

LEDGER_FILE = "flights.jsonl"


class Ledger:
    """Flights by the key of their case."""

    def __init__(self, folder: Path, about: dict[str, Any], *, resume: bool) -> None:
        """Raises UsageError where the folder holds flights and is not to be resumed, or those of another hunt."""
        self._path = folder / LEDGER_FILE
        self._flown: dict[str, Flown] = {}
        about = json.loads(json.dumps(about))
        if self._path.is_file() and self._path.stat().st_size:
            if not resume:
                raise UsageError(
                    f"--out {folder}: holds the flights of a hunt; go on with --resume, or give a new folder"
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
        first, *lines = whole.decode().splitlines() or [""]
        before = json.loads(first or "{}")
        for key in about:
            if before.get(key) != about[key]:
                raise UsageError(
                    f"{self._path}: is of another hunt ({key} is not the same); hunt as before, or give another --out"
                )
        for line in lines:
            key, outcome, wall_s, excused, refused, margins, *hashes = json.loads(line)
            told = tuple(Margin(*margin) for margin in margins)
            self._flown[key] = Flown(told, outcome, wall_s, excused, refused, *hashes)

    def __len__(self) -> int:
        return len(self._flown)

    def get(self, key: str) -> Flown | None:
        """What a case came to, if it was flown."""
        return self._flown.get(key)

    def broken(self, case: Case) -> tuple[Margin, ...]:
        """What the flight of a case broke; nothing where it was not flown."""
        flown = self.get(case.key)
        return () if flown is None else flown.broken

    def add(self, key: str, flown: Flown) -> None:
        """Keep a flight."""
        self._flown[key] = flown
        told = (flown.outcome, round(flown.wall_s, 3), flown.excused, flown.refused, flown.margins, flown.hash)
        self._append([key, *told])

    def _append(self, value: Any) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(value) + "\n")
