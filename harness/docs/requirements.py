"""Writes the tables of names in docs/requirements.md:

python -m hoverslam.harness.docs.requirements docs/requirements.md
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.signals import SIGNALS

BEGIN = "<!-- written by hoverslam.harness.docs.requirements -->"
END = "<!-- to here -->"


def names() -> str:
    """Every signal with its unit and meaning, and every phase."""
    return "\n".join(_tables())


def _tables() -> Iterator[str]:
    yield "### Signals\n"
    yield "| signal | unit | meaning |\n| --- | --- | --- |"
    yield from (f"| `{name}` | {signal.unit} | {signal.meaning} |" for name, signal in SIGNALS.items())
    yield "\n### Phases\n"
    yield "| phase | frames |\n| --- | --- |"
    yield from (f"| `{name}` | {phase.meaning} |" for name, phase in PHASES.items())


def with_names(page: str) -> str:
    """The page with the tables between its two marks brought up to date."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{names()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_names(path.read_text(encoding="utf-8")), encoding="utf-8")
