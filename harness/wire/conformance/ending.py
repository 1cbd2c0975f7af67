"""How flights and programs end: `end`, `shutdown`, a harness that is gone; and what they leave."""

from collections.abc import Callable

from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import Spoken, play
from hoverslam.harness.wire.conformance.subject import Subject
from hoverslam.harness.wire.conformance.verdicts import Broken

REASONS = ("at_rest", "impact", "max_time", "aborted", "restart")
"""What `end` may give as `why`."""
TRIES = 3
"""How often a program may be late at its exit before it is at fault; the deadline is two seconds of a host that may be
busy with other things.
"""
PRINTED_BYTES = 1 << 20
"""Of a log so much is kept from its beginning; a program that prints more while it is examined is loud."""


def end_reasons(bench: Bench, plain: Spoken) -> None:
    """A flight after each reason."""
    bench.needs("reset")
    for why in REASONS:
        bench.begin(plain.course)
        for one in plain.talk[:3]:
            bench.ask(one.seq, one.sent)
        bench.end(why=why)
    play(bench, plain, 3)


def shutdown(bench: Bench, plain: Spoken) -> str:
    """After a flight."""
    return _leaves_in_time(bench, lambda: play(bench, plain, 5))


def shutdown_early(bench: Bench, _plain: Spoken) -> str:
    """After `hello`, before any `reset`, as where the plant cannot be built."""
    return _leaves_in_time(bench, bench.fresh)


def _leaves_in_time(bench: Bench, begin: Callable[[], object]) -> str:
    """Raises Broken for another status than 0, and for a program that is late each time: one delay is the host's."""
    for number in range(1, TRIES + 1):
        begin()
        status = _told_to_go(bench)
        if status:
            raise _wrong_status(bench, status)
        bench.drop()
        if status == 0:
            return "" if number == 1 else f"late at {number - 1} of {number} exits: a busy host, or a slow program"
    late = f"still runs {bench.waits.exit_s:g} s after `shutdown`, {TRIES} times running; exit with status 0"
    raise bench.broken("shutdown", late)


def _told_to_go(bench: Bench) -> int | None:
    """Exit status after `shutdown`; None where it runs on."""
    subject = bench.living()
    bench.post(encode({"type": "shutdown"}), "shutdown")
    return subject.wait(bench.waits.exit_s)


def _wrong_status(bench: Bench, status: int) -> Broken:
    words = bench.living().last_words().splitlines()[-1:]
    told = [f"exit status {status} after `shutdown`; must be 0", *words]
    return bench.broken("shutdown", "; it said: ".join(told))


def orphans(bench: Bench, plain: Spoken) -> None:
    """Processes of its own that live on after it has exited."""
    play(bench, plain, 5)
    subject = bench.living()
    if _told_to_go(bench) is None and subject.wait(bench.waits.gone_s) is None:
        raise bench.broken("shutdown", "still runs after `shutdown`")
    if left := subject.others():
        raise bench.broken("orphans", f"{', '.join(left)} still run after its exit; end them before you exit")
    bench.drop()


def harness_gone(bench: Bench, plain: Spoken) -> None:
    """The connection closes in flight, without a word."""
    bench.begin(plain.course)
    for one in plain.talk[:5]:
        bench.ask(one.seq, one.sent)
    _desert(bench, bench.living())


def gone_early(bench: Bench, _plain: Spoken) -> None:
    """The connection closes before the first `reset`."""
    bench.fresh()
    _desert(bench, bench.living())


def _desert(bench: Bench, subject: Subject) -> None:
    subject.transport.close()
    if subject.wait(bench.waits.gone_s) is None:
        told = f"still runs {bench.waits.gone_s:g} s after the harness closed the connection; watch it, and exit"
        raise bench.broken("harness-gone", told)
    bench.drop()


def output(bench: Bench, _plain: Spoken) -> str:
    """How much was printed so far."""
    printed = bench.printed + (0 if bench.subject is None else len(bench.subject.printed()))
    if printed > PRINTED_BYTES:
        raise Broken("output", f"{printed} bytes were printed; over {PRINTED_BYTES} a log is cut: print less")
    return f"{printed} bytes"
