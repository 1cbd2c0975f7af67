"""Flies booster-landing flight software in lockstep with a plant, and says whether it would have landed.

    import hoverslam

    summary = hoverslam.fly("zq3-landing", "./build/fsw", seed=3)
    assert summary.verdict == "PASS", summary.explanation

These names are what users may rely on (docs/api.md); all else below this package is internal and may move. Each is
loaded when it is asked for, so that a flight program pays for `hoverslam.link` alone.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hoverslam.api import assess as assess
    from hoverslam.api import campaign as campaign
    from hoverslam.api import compare as compare
    from hoverslam.api import fly as fly
    from hoverslam.api import hunt as hunt
    from hoverslam.api import load as load
    from hoverslam.api import prepare as prepare
    from hoverslam.harness.errors import OwnFaultError as OwnFaultError
    from hoverslam.harness.errors import UsageError as UsageError
    from hoverslam.harness.fly.summary import Summary as Summary
    from hoverslam.scenarios import strategies as strategies
    from hoverslam.scenarios.schema import Scenario as Scenario

    __version__: str

WHERE = {
    **dict.fromkeys(("fly", "load", "prepare", "assess", "campaign", "hunt", "compare"), "hoverslam.api"),
    "Scenario": "hoverslam.scenarios.schema",
    "Summary": "hoverslam.harness.fly.summary",
    "UsageError": "hoverslam.harness.errors",
    "OwnFaultError": "hoverslam.harness.errors",
}
"""Of each name, the module that has it."""

__all__ = [
    "OwnFaultError",
    "Scenario",
    "Summary",
    "UsageError",
    "__version__",
    "assess",
    "campaign",
    "compare",
    "fly",
    "hunt",
    "load",
    "prepare",
    "strategies",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("hoverslam")
    if name == "strategies":
        return import_module("hoverslam.scenarios.strategies")
    if name in WHERE:
        return getattr(import_module(WHERE[name]), name)
    raise AttributeError(f"module 'hoverslam' has no attribute {name!r}; there are: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
