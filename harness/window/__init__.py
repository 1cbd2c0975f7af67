"""When a landing was possible."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hoverslam.harness.window.window import FlightWindow as FlightWindow


def __getattr__(name: str) -> object:
    """The name that docs gave before there were rooms, for a release; loaded when it is asked for."""
    if name == "FlightWindow":
        from hoverslam.harness.window.window import FlightWindow

        return FlightWindow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
