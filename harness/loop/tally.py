"""Counts of lost, late and corrupted messages of a flight with faults of link or flight computer."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Tally:
    """What became of the messages of a flight; kept in run.json. `touched`: messages that each fault changed."""

    sensors_lost: int = 0
    sensors_refused: int = 0
    sensors_unheard: int = 0
    sensors_corrupted: int = 0
    sensors_repeated: int = 0
    sensors_late: int = 0
    sensors_latest_frames: int = 0
    sensors_longest_gap_frames: int = 0
    commands_lost: int = 0
    commands_refused: int = 0
    commands_corrupted: int = 0
    commands_stale: int = 0
    commands_late: int = 0
    commands_longest_gap_ticks: int = 0
    commands_longest_gap_first_tick: int = 0
    commands_held_cycles: int = 0
    safe_law_ticks: int = 0
    safe_law_first_tick: int | None = None
    restarts: int = 0
    restart_longest_ticks: int = 0
    restart_longest_first_tick: int = 0
    restart_away_at_end_ticks: int = 0
    deadlines_missed: int = 0
    touched: list[int] = field(default_factory=list)
    _gone: int | None = field(default=None, repr=False)

    def gone_at(self, tick: int) -> None:
        """The flight computer restarts; where it had not come back since it last did, it is away since then."""
        self.restarts += 1
        self._gone = tick if self._gone is None else self._gone

    def end_at(self, tick: int) -> None:
        """The flight ends, maybe before it could command again."""
        self.restart_away_at_end_ticks = 0 if self._gone is None else max(tick - self._gone, 1)

    def back_at(self, tick: int) -> None:
        """It commands again."""
        if self._gone is not None and tick - self._gone > self.restart_longest_ticks:
            self.restart_longest_ticks, self.restart_longest_first_tick = tick - self._gone, self._gone
        self._gone = None

    def told(self) -> dict[str, Any]:
        """All counts, as run.json has them."""
        return {key: value for key, value in asdict(self).items() if key[0] != "_"}
