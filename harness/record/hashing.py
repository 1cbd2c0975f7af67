"""The hash of a flight: one BLAKE2b over everything that decided it, in the order in which it happened.

Per frame the canonical bytes of the sensors message and then the accepted command as a row of little-endian float64;
where the link is disturbed, all messages sent in the frame, the answers to them, and the command row in force. At the
end the final truth row, likewise. Messages delimit themselves and rows have a fixed width, so different flights cannot
give the same bytes. Run id, paths, names, telemetry and wall time are not in it.

Taken over the finished record in one go, which costs a third of what it costs between the messages of a frame.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIGEST_BYTES = 32


def flight_hash(
    sensors: Sequence[bytes],
    commands: NDArray[np.float64],
    final_truth: NDArray[np.float64],
    answers: Sequence[bytes] = (),
) -> str:
    """The hash, in hexadecimal, of so many frames and the state after them."""
    chain = hashlib.blake2b(digest_size=DIGEST_BYTES, person=b"hoverslam-1")
    update = chain.update
    rows = canonical(commands)
    width = len(rows) // len(sensors) if sensors else 0
    for frame, message in enumerate(sensors):
        update(message)
        if answers:
            update(answers[frame])
        update(rows[frame * width : (frame + 1) * width])
    update(canonical(final_truth))
    return chain.hexdigest()


def canonical(rows: NDArray[np.float64]) -> bytes:
    """Rows as they are hashed."""
    return np.ascontiguousarray(rows, dtype="<f8").tobytes()
