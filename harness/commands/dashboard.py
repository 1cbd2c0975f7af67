"""Progress of a flight on standard error, from preparation to the end.

On a terminal one line is redrawn a few times a second; elsewhere a line is printed at each change of phase. Nothing
here decides anything.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import numpy as np
from rich.live import Live
from rich.text import Text

from hoverslam.harness.console.console import Screen
from hoverslam.harness.loop.plan import Progress, ProgressCallback
from hoverslam.plant.layout import Layout, VehicleShape, truth_layout

REDRAW_S = 0.1
BURNING_LEVEL = 0.05  # chamber pressure, as a fraction of rated, above which an engine counts as burning
PHASE_STYLE = {"glide": "cyan", "ignition": "yellow", "burn": "bright_red", "ground": "green"}


class Dashboard:
    """One line: what is being prepared, then where the flight is."""

    def __init__(
        self,
        console: Screen,
        *,
        clock: Callable[[], float] = time.monotonic,
        redraws: bool = True,
    ) -> None:
        """`redraws`: false where another has the terminal, as a debugger."""
        self._console = console
        self._clock = clock
        terminal = redraws and console.is_terminal
        self._live = Live(console=console, auto_refresh=False, transient=True) if terminal else None
        self._phase = ""
        self._next_s = -np.inf

    @property
    def is_live(self) -> bool:
        """Whether a line is redrawn, on a terminal."""
        return self._live is not None

    def stage(self, text: str) -> None:
        """Say what is going on before the flight, until something else is shown."""
        if self._live is not None:
            self._live.update(Text(text, style="dim"), refresh=True)

    def remark(self, text: str) -> None:
        """Say something that stays."""
        self._console.say(text)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within: the line is gone, and others may use the terminal."""
        if self._live is not None:
            self._live.stop()
        try:
            yield
        finally:
            if self._live is not None:
                self._live.start()

    def watch(self, shape: VehicleShape) -> ProgressCallback:
        """What the frame loop calls."""
        layout = truth_layout(shape)
        return lambda progress: self._frame(progress, layout)

    def _frame(self, progress: Progress, layout: Layout) -> None:
        changed, self._phase = progress.phase != self._phase, progress.phase
        if self._live is None:
            if changed:
                self._console.say(flight_line(progress, layout))
        elif changed or self._clock() >= self._next_s:
            self._live.update(flight_line(progress, layout), refresh=True)
            self._next_s = self._clock() + REDRAW_S

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()


def flight_line(progress: Progress, layout: Layout) -> Text:
    """Time, phase, altitude, speed, throttle and propellant of a frame."""

    def number(name: str) -> float:
        return float(progress.truth[layout.slice(name).start])

    level = progress.truth[layout.slice("engine_level")]
    burning = level[level > BURNING_LEVEL]
    throttle = f"{len(burning)} x {burning.mean():4.0%}" if len(burning) else "off     "
    tonnes = (number("lox_kg") + number("lch4_kg")) / 1000.0
    return Text.assemble(
        f"{progress.time_s:6.1f} s  ",
        (f"{progress.phase:<8}", PHASE_STYLE.get(progress.phase, "")),
        f"  {number('altitude_agl_m') / 1000.0:6.3f} km  {number('speed_mps'):5.1f} m/s",
        f"  throttle {throttle}  propellant {tonnes:5.2f} t",
    )
