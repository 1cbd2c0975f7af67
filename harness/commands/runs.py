"""`hoverslam runs`: lists results, opens their reports, and removes old run folders.

Only complete run folders are removed, and only those without files that no flight wrote. Links out of the folder are
not followed, and nothing is removed without `--yes`.
"""

import json
import shutil
import time
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.text import Text

from hoverslam.harness.campaign.store import DATABASE
from hoverslam.harness.commands.verdict_view import OTHER_STYLE, VERDICT_STYLE
from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.console.table import Column
from hoverslam.harness.errors import UsageError
from hoverslam.harness.hunt.ledger import LEDGER_FILE
from hoverslam.harness.printable import printable
from hoverslam.harness.record.names import OF_A_FLIGHT, REPORT_FILE, RUN_FILE, SUMMARY_FILE
from hoverslam.harness.statistics.words import counted

LARGEST_JSON = 16 << 20
"""Bytes of a file that is read to list it."""
MEGA = 1e6


class Entry(NamedTuple):
    """A folder of results: of what kind (`run`, `campaign`, `hunt`), when it was written, how large it is."""

    name: str
    folder: Path
    kind: str
    written_s: float
    size: int
    scenario: str = ""
    seed: int | None = None
    verdict: str = ""

    @property
    def date(self) -> str:
        """Local time."""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.written_s))


def entries(home: Path) -> list[Entry]:
    """Everything in a folder of results that is ours, the newest first. Raises UsageError."""
    if not home.exists():
        return []
    try:
        folders = [one for one in home.iterdir() if one.is_dir() and not one.is_symlink()]
    except OSError as error:
        raise UsageError(f"{home}: cannot be read ({error.strerror}); give the folder of results with --in") from None
    found = [entry for folder in folders if (entry := _entry(folder)) is not None]
    return sorted(found, key=lambda one: (-one.written_s, one.name))


def _entry(folder: Path) -> Entry | None:
    """What a folder is; None where it is not ours, or cannot be read."""
    try:
        for name, kind in ((DATABASE, "campaign"), (LEDGER_FILE, "hunt")):
            if (folder / name).is_file():
                return Entry(folder.name, folder, kind, (folder / name).stat().st_mtime, _size(folder))
        told = _object(folder / RUN_FILE)
        if told is None or not {"format", "run_id", "scenario", "seed", "hash"} <= told.keys():
            return None
        summary = _object(folder / SUMMARY_FILE) or {}
        seed = told["seed"] if isinstance(told["seed"], int) else None
        when, verdict = (folder / RUN_FILE).stat().st_mtime, str(summary.get("verdict", "unfinished"))
        return Entry(folder.name, folder, "run", when, _size(folder), str(told["scenario"]), seed, verdict)
    except OSError:
        return None


def _object(path: Path) -> dict[str, Any] | None:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_JSON:
            return None
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _size(folder: Path) -> int:
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file() and not one.is_symlink())


def list_command(home: Path, *, as_json: bool) -> int:
    """The newest first."""
    found = entries(home)
    if as_json:
        print_json({"folder": str(home), "exit_code": 0, "runs": [_plain(one) for one in found]})
        return 0
    console = results()
    if not found:
        console.say(f"no results in {home}; fly one: hoverslam run")
        return 0
    narrow = console.width < WIDE
    layout = [column for column in COLUMNS if not (narrow and column.heading in SAID_BY_NAME)]
    console.tabulate(layout, [list(_row(one, narrow=narrow)) for one in found])
    size = sum(one.size for one in found) / MEGA
    told = f"{counted(len(found), 'result')}, {size:.1f} MB; open one: hoverslam runs open NAME"
    console.say(told)
    return 0


COLUMNS = (
    Column("written"), Column("verdict"), Column("scenario", wraps=True), Column("seed", right=True),
    Column("MB", right=True), Column("name", wraps=True),
)  # fmt: skip
SAID_BY_NAME = {"scenario", "seed"}
WIDE = 110
"""Columns from which a row has room for scenario and seed, which its name usually says as well."""


def _row(one: Entry, *, narrow: bool) -> Iterator[Text]:
    yield Text(one.date)
    style = VERDICT_STYLE.get(one.verdict, OTHER_STYLE if one.kind == "run" else "")
    yield Text(one.verdict or one.kind, style)
    if not narrow:
        yield Text(printable(one.scenario))
        yield Text("" if one.seed is None else str(one.seed))
    yield Text(f"{one.size / MEGA:.1f}")
    yield Text(printable(one.name))


def _plain(one: Entry) -> dict[str, Any]:
    told = {key: value for key, value in one._asdict().items() if key != "written_s"}
    return {**told, "folder": str(one.folder), "written": one.date}


def open_command(home: Path, name: str, *, as_json: bool) -> int:
    """Open the page of a result in the browser: by its name, the beginning of it, its path, or `last`."""
    page = _chosen(home, name).folder / REPORT_FILE
    if not page.is_file():
        raise UsageError(f"{page}: no such report; write it: hoverslam report {page.parent}")
    opened = webbrowser.open(page.resolve().as_uri())
    if as_json:
        print_json({"exit_code": 0, "page": str(page), "opened": opened})
    else:
        told = f"opened {page}" if opened else f"no browser could be started; the report is {page}"
        results().say(told)
    return 0


def _chosen(home: Path, name: str) -> Entry:
    if (found := _entry(Path(name)) if Path(name).is_dir() else None) is not None:
        return found
    there = entries(home)
    exact = [one for one in there if one.name == name]
    alike = exact or (there[:1] if name == "last" else [one for one in there if one.name.startswith(name)])
    if len(alike) != 1:
        what = f"{counted(len(alike), 'result')} start with this name" if alike else "no such result"
        raise UsageError(f"{name}: {what} in {home}; list them with hoverslam runs, or give `last`")
    return alike[0]


class Prune(NamedTuple):
    """What is to go: run folders beyond the newest `keep`, only those that passed if so asked, only older ones."""

    home: Path
    keep: int
    older_days: float
    passed: bool
    yes: bool
    as_json: bool


def prune_command(request: Prune) -> int:
    """List what would be removed; remove it with `--yes`. Campaigns, hunts and other files stay."""
    runs = [one for one in entries(request.home) if one.kind == "run"]
    old_s = time.time() - 86_400.0 * request.older_days
    wanted = [one for one in runs[request.keep :] if one.written_s <= old_s]
    wanted = [one for one in wanted if one.verdict == "PASS" or not request.passed]
    foreign = {one.name: strange for one in wanted if (strange := _foreign(one.folder))}
    going = [one for one in wanted if one.name not in foreign]
    gone = _removed(going) if request.yes else []
    told = {
        "exit_code": 0,
        "removed" if request.yes else "would_remove": [str(one.folder) for one in (gone if request.yes else going)],
        "bytes": sum(one.size for one in going),
        "left": {name: list(strange) for name, strange in foreign.items()},
    }
    if request.as_json:
        print_json(told)
        return 0
    _tell(request, going, foreign)
    return 0


def _tell(request: Prune, going: Sequence[Entry], foreign: dict[str, list[str]]) -> None:
    console = results()
    word = "removed" if request.yes else "would remove"
    for one in going:
        console.say(f"{word} {printable(str(one.folder))}")
    for name, strange in foreign.items():
        told = f"kept {printable(name)}: contains {printable(', '.join(strange))}, not written by a flight"
        console.say(told)
    size = f"{counted(len(going), 'run folder')}, {sum(one.size for one in going) / MEGA:.1f} MB"
    how = "" if request.yes or not going else "; add --yes to remove them"
    console.say(f"{size} {word if request.yes else 'to remove'}{how}")


def _foreign(folder: Path) -> list[str]:
    """What lies in a run folder and was not left there by its flight."""
    return sorted(
        one.name for one in folder.iterdir() if one.name not in OF_A_FLIGHT or one.is_symlink() or not one.is_file()
    )


def _removed(going: Sequence[Entry]) -> list[Entry]:
    """Looked at once more right before each goes. Raises UsageError."""
    gone = []
    for one in going:
        if _entry(one.folder) is None or _foreign(one.folder):
            continue
        try:
            shutil.rmtree(one.folder)
        except OSError as error:
            raise UsageError(f"{one.folder}: cannot be removed ({error.strerror}); check its permissions") from None
        gone.append(one)
    return gone
