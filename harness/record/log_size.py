"""Checks the unpacked size of a log before it is unpacked.

A file of some hundred kilobytes may claim gigabytes. What a log of so many frames can need is known, so that one which
claims more is refused by its size, in the time that it takes to read it once.
"""

from typing import IO

import zstandard
from mcap.records import Attachment, Chunk
from mcap.stream_reader import StreamReader

from hoverslam.harness.record.telemetry_log import TELEMETRY_BUDGET_BYTES
from hoverslam.harness.statistics.words import counted

MOST_FRAMES = 10_000_000
FRAME_BYTES, ELSE_BYTES = 16 << 10, 14 * TELEMETRY_BUDGET_BYTES + (64 << 20)
"""Of all channels, a frame (a Zhuque-3 takes some 6 kB), and besides: telemetry, of which a byte takes up to seven as
JSON, in /telemetry and again in /events; and what is drawn."""
PIECE_BYTES = 128 << 20
"""Of a chunk, which is about a megabyte, and of the attachment."""
RECORD_BYTES = 1 << 30


def refuse_too_large(stream: IO[bytes], frames: int) -> None:
    """Raises ValueError for a log that would unpack to more than one of so many frames can need."""
    if not 0 <= frames <= MOST_FRAMES:
        raise ValueError(f"{counted(frames, 'frame')}, but a flight has at most {MOST_FRAMES}")
    total, most = 0, frames * FRAME_BYTES + ELSE_BYTES
    for record in StreamReader(stream, emit_chunks=True, record_size_limit=RECORD_BYTES).records:
        if not isinstance(record, Chunk | Attachment):
            continue
        size = _unpacked(record)
        total += size
        if size > PIECE_BYTES or total > most:
            raise ValueError(
                f"it would unpack to at least {max(size, total) >> 20} MiB, but a log of {counted(frames, 'frame')} "
                f"has at most {most >> 20} MiB in pieces of {PIECE_BYTES >> 20} MiB"
            )
    stream.seek(0)


def _unpacked(record: Chunk | Attachment) -> int:
    if isinstance(record, Chunk):
        if record.compression not in {"", "zstd"}:
            raise ValueError(f"a chunk is compressed with {record.compression!r}, which hoverslam does not use")
        if not record.compression:
            return len(record.data)
    size: int = zstandard.frame_content_size(record.data)
    if size < 0:
        raise ValueError("a piece does not state its unpacked size")
    return size
