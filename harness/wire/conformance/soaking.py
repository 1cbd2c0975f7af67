"""A long flight: resident memory of the program, and the time that it takes for an answer."""

from math import ceil
from time import perf_counter
from typing import NamedTuple

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import Changer, Spoken
from hoverslam.harness.wire.conformance.verdicts import Broken, DoesNotApply

SETTLING = 0.25
"""Share of the flight after which a program has taken the memory that it needs."""
GROWTH_BYTES = 4 << 20
"""What the allocator of a sound program may still take afterwards; chosen."""
TOLD = 20
"""How often a long flight tells where it is."""


class Soaked(NamedTuple):
    """What was measured: seconds from frame to answer, and memory after settling and at the end."""

    times_s: list[float]
    settled_bytes: int | None
    end_bytes: int | None


def soak(bench: Bench, plain: Spoken) -> Soaked:
    """The frames of the plain flight over and over, with seq and time that go on; raises Broken."""
    changer, frames = Changer(plain), bench.setting.soak_frames
    rows = [changer.row(one.sent) for one in plain.talk]
    bench.begin(plain.course)
    subject, times_s, settled = bench.living(), [], None
    for seq in range(frames):
        sent = changer.written(seq, rows[seq % len(rows)])
        began_s = perf_counter()
        bench.ask(seq, sent)
        times_s.append(perf_counter() - began_s)
        if seq == int(frames * SETTLING):
            settled = subject.memory_bytes()
        if seq % (frames // TOLD) == 0:
            bench.setting.tell(f"long: frame {seq + 1} of {frames}")
    end = subject.memory_bytes()
    bench.end()
    return Soaked(times_s, settled, end)


def flown(_bench: Bench, soaked: Soaked) -> str:
    """All its frames."""
    return f"frames answered: {len(soaked.times_s)}"


def memory(bench: Bench, soaked: Soaked) -> str:
    """Growth after settling."""
    if soaked.settled_bytes is None or soaked.end_bytes is None:
        raise DoesNotApply("this system does not tell the memory of a process")
    grown, frames = soaked.end_bytes - soaked.settled_bytes, len(soaked.times_s)
    told = f"{grown / 1024:+.0f} KiB from frame {int(frames * SETTLING)} to frame {frames}"
    if grown > GROWTH_BYTES:
        raise Broken("memory", f"{told}; the limit is {GROWTH_BYTES // 1024} KiB: keep nothing of old frames")
    return told


def frame_times(bench: Bench, soaked: Soaked) -> str:
    """Percentiles of the time from frame to answer; over the deadline the program is lost, as in any flight."""
    times_s = sorted(soaked.times_s)
    shares = {"median": 0.5, "99 %": 0.99, "99.9 %": 0.999, "longest": 1.0}
    told = {name: times_s[max(ceil(share * len(times_s)) - 1, 0)] for name, share in shares.items()}
    return ", ".join(f"{name} {1e3 * time_s:.3g} ms" for name, time_s in told.items())
