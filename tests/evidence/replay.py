"""Frames a second of the 3-D replay in a browser that draws in software: python -m tests.evidence.replay [REPORT.html].

Without a page, the default scenario is flown first. The picture has 480 x 270 points unless told otherwise. Each view
is played from full thrust and from the opening of the legs; the lowest figure is what counts. It is a figure of the
machine and of what else runs there, so no test asks for it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.harness.browser import SOFTWARE_GL, Watched, browser, opened

VIEWS, MOMENTS = ("follow", "pad", "free"), ("full_thrust", "legs")
REST_MS = 3000
"""For the rest of the page to be drawn."""
MEASURE = """async ([width, height, view, moment, seconds]) => {
  const container = document.getElementById("replay"), picture = container.querySelector(".replay-view");
  Object.assign(picture.style, { width: width + "px", height: height + "px", aspectRatio: "auto", maxHeight: "none" });
  container.scrollIntoView({ block: "center" });
  const { replay } = container;
  replay.look(view);
  replay.seek((replay.data.events.find((event) => event.name === moment) || { t: replay.data.start_s }).t);
  replay.play();
  const found = await replay.measure(seconds);
  replay.pause();
  return found;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 when the lowest figure is under `--at-least`."""
    given = _arguments(arguments)
    with TemporaryDirectory() as folder:
        path = given.page or _flown(Path(folder) / "run")
        with (
            sync_playwright() as playwright,
            browser(playwright, *SOFTWARE_GL) as started,
            opened(started, path) as shown,
        ):
            found = list(_measured(shown.page, given))
    lowest = min(row["fps"] for row in found)
    print(f"lowest {lowest:.1f} frames/s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {found[0]['device']}")
    return int(lowest < given.at_least)


def _window(started: Browser, path: Path, given: argparse.Namespace) -> AbstractContextManager[Watched]:
    """No larger than it must be: in software the browser composes the rest of its window for every picture too."""
    return opened(started, path, width=given.width + 160, height=given.height + 210)


def _measured(page: Page, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for view in VIEWS:
        for moment in MOMENTS:
            found: dict[str, Any] = page.evaluate(MEASURE, [given.width, given.height, view, moment, given.seconds])
            print(f"{view:7} {moment:12} {found['width']} x {found['height']}  {found['fps']:5.1f} frames/s")
            yield found


def _flown(folder: Path) -> Path:
    flight = subprocess.run([sys.executable, "-m", "hoverslam.harness.cli", "run", "--out", str(folder)], check=False)
    if not (folder / "report.html").exists():
        sys.exit(f"evidence: no report was written (exit code {flight.returncode})")
    return folder / "report.html"


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.replay", description=__doc__)
    parser.add_argument("page", nargs="?", type=lambda text: Path(text).resolve(), help="a report.html that is there")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--height", type=int, default=270)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--at-least", type=float, default=30.0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
