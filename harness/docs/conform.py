"""The page docs/conform.md: how flight programs are checked, and the table of all checks."""

from collections.abc import Iterator

from hoverslam.harness.fly.courses import DEFAULT, SECONDS
from hoverslam.harness.wire.conformance.catalogue import CHECKS, GROUPS

HEAD = f"""# Does a flight program obey the contract?

```
hoverslam conform -- ./build/fsw
hoverslam conform --gnc "python my_gnc.py" --junit conform.xml
hoverslam conform --only link --only seq     one group and one check
hoverslam conform --soak 1000000             a long flight of a million frames
hoverslam conform --list                     the checks with their meaning
```

The program is started, spoken to and ended as in a flight, over the same link. First it flies {SECONDS:g} s of
`{DEFAULT}` with the plant (`--scenario` takes another); then each check puts these frames to it again, changed in one
way that [links](link-faults.md), sensors or the harness can really cause. All of it takes at most two minutes with a
program that starts in a second and answers in a millisecond; one without the capability `reset` is started anew for
every check.

The programs that come with Hoverslam pass whatever applies to them: the reference, the example in C that lands, the
projects of `new-gnc`; each program that is wrong in one way on purpose is found ([table](evidence/conform.md)).

Exit code 0: it conforms. 1: a check failed. The messages that show a fault are in `runs/<time>-conform` (or `--out
DIR`), as they were on the wire (`.msgpack`) and to be read (`.json`; NaN and infinity are text there).

| result | meaning |
| --- | --- |
| `passed` | with what was measured beside it |
| `failed` | a flight of this program can be lost by it, or is not repeatable |
| `warning` | the harness flies such a program: values are clipped, telemetry is ignored, or checks take longer |
| `not evaluated` | a fault of another check was in the way; mend that one first |
| `does not apply` | the program does not declare the capability, or this system does not measure memory |

A fault is told once, by the check whose subject it is: a program that always sends a wrong `seq` fails `seq`, and one
that does so only after lost frames fails `missing`. Commands are compared bit for bit, telemetry is not. A command
beyond an actuator's range is a warning, because the vehicle clips it. From Python:
`hoverslam.harness.fly.conform.conform(command)`.

Warnings are those of the checks with a star.

"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(_tables()) + "\n"


def _tables() -> Iterator[str]:
    yield "| group | check | holds where |"
    yield "| --- | --- | --- |"
    for group in GROUPS:
        for check in CHECKS:
            if check.group == group:
                yield f"| {group} | `{check.name}`{' *' if check.advice else ''} | {check.meaning} |"
