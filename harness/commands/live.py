"""`run --live`: what it is asked for, what it prints, and the browser that it opens."""

import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.errors import UsageError
from hoverslam.harness.extras import check_extra

if TYPE_CHECKING:
    from hoverslam.harness.live.view import LiveView


class LiveRequest(NamedTuple):
    """Whether the flight is shown, and on which port."""

    wanted: bool = False
    port: int | None = None

    def check(self) -> None:
        """Raises UsageError for what cannot be."""
        if self.port is not None and not self.wanted:
            raise UsageError("--live-port: works only with --live; add --live")
        if self.wanted:
            check_extra("hoverslam run --live", "live")


@contextmanager
def shown_live(asked: LiveRequest, dashboard: Dashboard) -> "Iterator[LiveView | None]":
    """Within: the flight is served, where that was asked for. Its addresses are printed."""
    if not asked.wanted:
        yield None
        return
    from hoverslam.harness.live.view import PORT, LiveView

    dashboard.stage("starting the live view")
    with LiveView(PORT if asked.port is None else asked.port) as view:
        page, foxglove, plotjuggler = view.addresses
        dashboard.remark(f"live view: {page}  Foxglove, Lichtblick: {foxglove}  PlotJuggler (ZeroMQ): {plotjuggler}")
        if sys.stdout.isatty():
            webbrowser.open(page)
        yield view
