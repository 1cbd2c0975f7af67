"""The hash of a flight: one running BLAKE2b over everything that decided it.

Per frame the canonical bytes of the sensors message and then the accepted command as a row of little-endian float64;
at the end the final truth row, likewise. Messages delimit themselves and rows have a fixed width, so different flights
cannot give the same bytes. Run id, paths, names, telemetry and wall time are not in it.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

DIGEST_BYTES = 32


class HashChain:
    """`update` is the hash's own method: it is called twice a frame."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES, person=b"hoverslam-1")
        self.update = self._hash.update

    def finish(self, final_truth: NDArray[np.float64]) -> str:
        """The hash of the flight, in hexadecimal."""
        self.update(canonical_row(final_truth))
        return self._hash.hexdigest()


def canonical_row(row: NDArray[np.float64]) -> bytes:
    """A row as it is hashed."""
    return np.ascontiguousarray(row, dtype="<f8").tobytes()
