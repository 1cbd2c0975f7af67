"""What the harness sends to the process that serves the live view: a head as JSON, and bytes as they are.

Both ends are ours and of one version; the socket between them has no name that anybody could connect to.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

LENGTH = struct.Struct("<I")
Parcel = tuple[dict[str, Any], list[bytes]]


def parcel(head: Mapping[str, Any], *blobs: bytes) -> bytes:
    """Length of the head, the head, the blobs."""
    text = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    return b"".join((LENGTH.pack(len(text)), text, *blobs))


def parcels(stream: BinaryIO) -> Iterator[Parcel]:
    """Each as it comes, until the other end is gone; one that is cut off by that is dropped."""
    while len(size := stream.read(LENGTH.size)) == LENGTH.size:
        text = stream.read(LENGTH.unpack(size)[0])
        try:
            head = json.loads(text)
        except ValueError:
            return
        blobs = [stream.read(length) for length in head["sizes"]]
        if [len(blob) for blob in blobs] != head["sizes"]:
            return
        yield head, blobs
