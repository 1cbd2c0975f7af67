"""Counter-based noise: a number is a pure function of (stream key, moment, lane), so no stream can disturb another.

Moments are whole numbers that know nothing of the plant's tick: nanoseconds since release, or intervals of a grid in
time. A flight in shorter ticks meets the same noise.

Philox4x32-10: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC11); checked against their known answers.
"""

import math

from hoverslam.plant.kernels.compiled import kernel

MASK = 0xFFFFFFFF


@kernel
def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words from a 128-bit counter and a 64-bit key, ten rounds."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a = 0xD2511F53 * c0
        b = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = ((b >> 32) ^ c1 ^ k0) & MASK, b & MASK, ((a >> 32) ^ c3 ^ k1) & MASK, a & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


@kernel
def normal_pair(key: int, moment: int, lane: int) -> tuple[float, float]:
    """Two independent standard normal numbers (Box-Muller) of the stream `key` (62 bits) at this moment and lane."""
    w = philox((lane, 0, moment & MASK, moment >> 32), (key & MASK, key >> 32))
    u = (w[0] + 0.5) / 4294967296.0
    v = (w[1] + 0.5) / 4294967296.0
    r = math.sqrt(-2.0 * math.log(u))
    return r * math.cos(2.0 * math.pi * v), r * math.sin(2.0 * math.pi * v)


@kernel
def uniform(key: int, moment: int, lane: int) -> float:
    """A number between 0 and 1, both excluded, of the stream `key` (62 bits) at this moment and lane."""
    w = philox((lane, 0, moment & MASK, moment >> 32), (key & MASK, key >> 32))
    return (w[0] + 0.5) / 4294967296.0


@kernel
def normal_triple(key: int, moment: int, lane: int) -> tuple[float, float, float]:
    """Three independent standard normal numbers; takes lanes `lane` and `lane + 1`."""
    a, b = normal_pair(key, moment, lane)
    c, _ = normal_pair(key, moment, lane + 1)
    return a, b, c
