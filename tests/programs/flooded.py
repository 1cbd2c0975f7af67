"""An echo program beside which strangers send ten thousand hostile messages to the harness: flooded.py LAST_SEQ.

They know the address, as another process of the same user may. All is sent before the last frame is answered.
"""

import os
import random
import sys
import threading
from typing import Any

import msgpack
import zmq

from hoverslam.harness.wire.echo import Echo, main

MESSAGES, STRANGERS, FIRST_SEQ = 10_000, 4, 5
BEYOND_TRANSPORT = (1 << 20) + 1


def hostile(rng: random.Random, answer: dict[str, Any], number: int) -> list[bytes]:
    """One message, as its parts."""
    whole = msgpack.packb({**answer, "seq": number % 2000})
    kinds = (
        [whole],  # replayed, and of frames to come
        [whole[: rng.randrange(len(whole))]],
        [whole + b"\xc0"],
        [rng.randbytes(rng.randrange(400))],
        [b"\x81" * 900 + b"\xc0"],  # nested
        [msgpack.packb({"type": "hello", "protocol": 1, "token": "guess", "name": "x", "version": "0"})],
        [msgpack.packb({"type": "ready", "run_id": "flown"})],
        [b"many", whole, b"parts"],
        [b""],
        [bytes([0xDD]) + b"\xff" * 4],  # says that it is an array of four thousand million elements
    )
    if number % 1000 == 999:
        return [b"\0" * (BEYOND_TRANSPORT if number % 2000 == 1999 else 900_000)]
    return kinds[number % len(kinds)]


def flood(answer: dict[str, Any]) -> None:
    """All of them, from several strangers."""
    rng = random.Random(0)
    context = zmq.Context()
    strangers = [context.socket(zmq.DEALER) for _ in range(STRANGERS)]
    for one in strangers:
        one.connect(os.environ["HOVERSLAM_ENDPOINT"])
    for number in range(MESSAGES):
        strangers[number % STRANGERS].send_multipart(hostile(rng, answer, number))
    for one in strangers:
        one.close(5000)
    context.term()


class Flooded(Echo):
    """Answers as the echo does."""

    def sensors(self, message: dict[str, Any]) -> None:
        if message["seq"] == FIRST_SEQ:
            answer = dict(self.answers[message["flight"]])
            self.flood = threading.Thread(target=flood, args=(answer,))
            self.flood.start()
        if message["seq"] == int(sys.argv[1]):
            self.flood.join()
        super().sensors(message)


if __name__ == "__main__":
    sys.exit(main(Flooded))
