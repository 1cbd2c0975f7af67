"""The block of docs/requirements.md with the names that a formula may use."""

from collections.abc import Iterator

from hoverslam.harness.docs.blocks import with_block
from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.signals import SIGNALS


def _tables() -> Iterator[str]:
    """Every signal with its unit and meaning, and every phase."""
    yield "### Signals\n"
    yield "| signal | unit | meaning |\n| --- | --- | --- |"
    yield from (f"| `{name}` | {signal.unit} | {signal.meaning} |" for name, signal in SIGNALS.items())
    yield "\n### Phases\n"
    yield "| phase | frames |\n| --- | --- |"
    yield from (f"| `{name}` | {phase.meaning} |" for name, phase in PHASES.items())


def with_names(page: str) -> str:
    """The page with the names that there are."""
    return with_block(page, "names", _tables())
