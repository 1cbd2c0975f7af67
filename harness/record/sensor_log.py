"""Sensor messages out of their readable copies: a log need not hold them twice.

A message that the harness sent is the one encoding of its numbers (docs/wire.md), so the JSON of the channel /sensors
gives its bytes again. Where it does not (no number, a damaged message, none or several in a frame) the bytes are kept.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from hoverslam.harness.wire.codec import decode_own, split_own
from hoverslam.harness.wire.sensor_reader import SensorReader
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape


class SensorBytes:
    """Gives messages of one vehicle their bytes again."""

    def __init__(self, shape: VehicleShape) -> None:
        self._writer, self._reader = SensorWriter(shape), SensorReader(shape)

    def of(self, message: dict[str, Any]) -> bytes:
        """As sent. Raises what struct and dicts raise for a message that is none of ours."""
        row = np.array(self._reader.values(message), dtype="<f8")
        return self._writer.encode(message["seq"], message["time_ns"], row.tobytes())

    def kept(self, frames: Sequence[bytes]) -> dict[str, Any]:
        """What a log has to hold besides the readable messages: frames that they do not give again, and a digest."""
        messages = [split_own(data) for data in frames]
        odd = [k for k, parts in enumerate(messages) if len(parts) != 1 or not self._gives_again(parts[0])]
        return {
            "sensors_frames": np.int64(len(frames)),
            "sensors_odd_at": np.array(odd, dtype=np.int64),
            "sensors_odd_messages": np.array([len(messages[k]) for k in odd], dtype=np.int64),
            **joined("sensors_odd", [frames[k] for k in odd]),
            "sensors_digest": _digest(frames),
        }

    def frames(self, told: Iterator[dict[str, Any]], kept: Any) -> list[bytes]:
        """The frames again, from the readable messages and what was kept. Raises ValueError where they are others."""
        odd = dict(zip(kept["sensors_odd_at"].tolist(), split("sensors_odd", kept), strict=True))
        several = dict(zip(kept["sensors_odd_at"].tolist(), kept["sensors_odd_messages"].tolist(), strict=True))
        found = []
        for frame in range(int(kept["sensors_frames"])):
            if frame not in odd:
                found.append(self.of(next(told)))
                continue
            for _ in range(several[frame]):
                next(told)
            found.append(odd[frame])
        if not np.array_equal(_digest(found), kept["sensors_digest"]):
            raise ValueError("/sensors does not reproduce the bytes sent: damaged, or written by another version")
        return found

    def _gives_again(self, data: bytes) -> bool:
        try:
            return self.of(from_json(to_json(decode_own(data), inf_nan_mode="strings"))) == data
        except (KeyError, TypeError, ValueError, OverflowError):
            return False


def joined(name: str, parts: Sequence[bytes]) -> dict[str, Any]:
    """Byte strings as two arrays: one after the other, and where each ends."""
    ends = np.cumsum([len(data) for data in parts], dtype=np.int64)
    return {name: np.frombuffer(b"".join(parts), dtype=np.uint8), f"{name}_ends": ends}


def split(name: str, arrays: Any) -> list[bytes]:
    """The byte strings of `joined` again."""
    data, ends = arrays[name].tobytes(), arrays[f"{name}_ends"]
    return [data[start:end] for start, end in pairwise([0, *ends.tolist()])]


def _digest(frames: Sequence[bytes]) -> NDArray[np.uint8]:
    digest = hashlib.blake2b(digest_size=16)
    for data in frames:
        digest.update(len(data).to_bytes(8, "little") + data)
    return np.frombuffer(digest.digest(), dtype=np.uint8)
