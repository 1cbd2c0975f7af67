"""Answers are a function of the frames since `reset`: not of the wall clock, of chance, or of flights before."""

from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import REPEATED, SHORT, WARM, Spoken, fly, play, require_same

PAUSE_EVERY = 15
"""Frames between pauses of a flight that is put to the program slowly."""


def repeats(bench: Bench, plain: Spoken) -> None:
    """In a new process."""
    bench.fresh()
    require_same(bench, plain.talk, play(bench, plain), ("repeats",))


def again(bench: Bench, plain: Spoken) -> None:
    """In a process that has flown the same before."""
    bench.needs("reset")
    for frames in (SHORT, None):
        require_same(bench, plain.talk, play(bench, plain, frames), REPEATED)


def other_flight(bench: Bench, plain: Spoken) -> None:
    """Another flight, and this one before and after it."""
    bench.needs("reset")
    bench.fresh()
    other = fly(bench, bench.setting.courses.other())
    require_same(bench, plain.talk, play(bench, plain, SHORT), WARM)
    require_same(bench, other.talk, play(bench, other, SHORT), WARM)


def run_id_free(bench: Bench, plain: Spoken) -> None:
    """Under another run_id."""
    require_same(bench, plain.talk, play(bench, plain, SHORT, "another flight"), WARM)


def run_id_any(bench: Bench, plain: Spoken) -> None:
    """The longest text, and characters beyond ASCII."""
    for run_id in ("x" * 255, "Flug 7 \u2013 \u706b\u7bad"):
        play(bench, plain, 2, run_id)


def pace(bench: Bench, plain: Spoken) -> None:
    """With pauses between frames."""
    require_same(bench, plain.talk, play(bench, plain, SHORT, pause_every=PAUSE_EVERY), WARM)


def silence(bench: Bench, plain: Spoken) -> None:
    """A long pause before the first frame, and one in flight."""
    bench.begin(plain.course)
    for one in plain.talk[:SHORT]:
        if one.seq in {0, SHORT // 2}:
            bench.pause(bench.waits.silence_s)
        bench.ask(one.seq, one.sent)
    bench.end()


def rate(bench: Bench, _plain: Spoken) -> None:
    """At another frame period."""
    fly(bench, bench.setting.courses.rate())


def reset_again(bench: Bench, plain: Spoken) -> None:
    """As the harness does at the end of a flight: the same reset, no frame, `end`; then a flight."""
    bench.needs("reset")
    play(bench, plain, 5)
    for _ in range(3):
        play(bench, plain, 0)
    play(bench, plain, 5)
