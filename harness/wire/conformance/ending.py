"""How flights and programs end: `end`, `shutdown`, a harness that is gone; and what they leave."""

from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import Spoken, play
from hoverslam.harness.wire.conformance.subject import Subject
from hoverslam.harness.wire.conformance.verdicts import Broken

REASONS = ("at_rest", "impact", "max_time", "aborted", "restart")
"""What `end` may give as `why`."""
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


def shutdown(bench: Bench, plain: Spoken) -> None:
    """After a flight."""
    play(bench, plain, 5)
    _shut_down(bench, "shutdown")


def shutdown_early(bench: Bench, _plain: Spoken) -> None:
    """After `hello`, before any `reset`, as where the plant cannot be built."""
    bench.fresh()
    _shut_down(bench, "shutdown")


def _shut_down(bench: Bench, check: str) -> None:
    subject, exit_s = bench.living(), bench.waits.exit_s
    bench.post(encode({"type": "shutdown"}), check)
    status = subject.wait(exit_s)
    if status is None:
        raise bench.broken(check, f"still runs {exit_s:g} s after `shutdown`; exit at once, with status 0")
    if status != 0:
        words = subject.last_words().splitlines()[-1:]
        raise bench.broken(check, "; it said: ".join([f"exit status {status} after `shutdown`; must be 0", *words]))
    bench.drop()


def orphans(bench: Bench, plain: Spoken) -> None:
    """Processes of its own that live on after it has exited."""
    play(bench, plain, 5)
    subject = bench.living()
    bench.post(encode({"type": "shutdown"}), "shutdown")
    if subject.wait(bench.waits.exit_s) is None:
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
