"""Telemetry of a flight as received bytes; decoded only when it is read.

As objects of Python a report takes up to a hundred times the memory of its bytes, so that a bound on these would bound
nothing.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, overload

import numpy as np

from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, check_bounds, decode_own, encode, unpack_value

Report = tuple[int, dict[str, Any]]
"""Frame with whose answer it came, and what it says."""

TELEMETRY_BUDGET_BYTES = 64 << 20
"""Telemetry beyond this is not kept, and said so; kept as the bytes that came, it takes no more memory than this."""


class Telemetry(Sequence[Report]):
    """Reports in the order in which they came."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        self._data, self._ends, self._frames = bytearray(), array("q"), array("q")
        for report in reports:
            self.append(report)

    @property
    def size_bytes(self) -> int:
        """Of all reports, as MessagePack."""
        return len(self._data)

    @property
    def frames(self) -> Sequence[int]:
        """Of each report, that with whose answer it came."""
        return self._frames

    def add(self, frame: int, data: bytes) -> None:
        """One more, as the MessagePack map that it came as; it has been checked."""
        self._data += data
        self._ends.append(len(self._data))
        self._frames.append(frame)

    def append(self, report: Report) -> None:
        """One more, as a map."""
        self.add(report[0], encode(report[1]))

    def since(self, number: int) -> list[tuple[int, bytes]]:
        """Frames and bytes of the reports from one number on; another thread may add to them meanwhile."""
        begins = [0, *self._ends][number : len(self._frames)]
        places = zip(self._frames[number:], begins, self._ends[number:], strict=False)
        return [(frame, bytes(self._data[begin:end])) for frame, begin, end in places]

    def stored(self) -> dict[str, Any]:
        """As arrays by name, for a log."""
        return {
            "telemetry": np.frombuffer(bytes(self._data), dtype=np.uint8),
            "telemetry_ends": np.array(self._ends, dtype=np.int64),
            "telemetry_frames": np.array(self._frames, dtype=np.int64),
        }

    @classmethod
    def of(cls, stored: Any) -> Self:
        """What `stored` gave; raises MessageRefused or ValueError where a report is none that would have been taken."""
        found, data, start = cls(), stored["telemetry"].tobytes(), 0
        places = zip(stored["telemetry_frames"].tolist(), stored["telemetry_ends"].tolist(), strict=True)
        for frame, end in places:
            check_bounds(data[start:end], FROM_FLIGHT_SOFTWARE)
            if type(unpack_value(data[start:end])) is not dict:
                raise ValueError(f"the report with frame {frame} is not a map")
            found.add(frame, data[start:end])
            start = end
        return found

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, at: int) -> Report: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Report]: ...
    def __getitem__(self, at: int | slice) -> Report | Sequence[Report]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        start = self._ends[place - 1] if place else 0
        return self._frames[place], decode_own(bytes(self._data[start : self._ends[place]]))

    def __iter__(self) -> Iterator[Report]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Whether the same was reported: as bits, so that NaN is equal to NaN."""
        if not isinstance(other, Telemetry):
            return NotImplemented
        return (self._data, self._ends, self._frames) == (other._data, other._ends, other._frames)

    def __repr__(self) -> str:
        return f"Telemetry({list(self)!r})"

    __hash__ = None  # type: ignore[assignment]  # it grows
