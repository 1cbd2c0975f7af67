"""What a second core is worth to flights by themselves, without a cluster, a driver or a database.

A pair of plant and flight software flies on one core alone, then one on each of two at once, the same flights. What
the two together do over what one does is the most that a campaign can gain here.
"""

import os
import sys
import time
from contextlib import ExitStack
from subprocess import PIPE, Popen

FLIGHTS = 48
LINE = [sys.executable, "-m", "tests.evidence.pairs"]


def main(core: int) -> None:
    """In a process of its own: warm up, say so, fly when told to, say how long it took."""
    from hoverslam.harness.fly.assess import assess
    from hoverslam.harness.fly.prepare import prepare
    from hoverslam.harness.program.fleet import IN_THE_AIR
    from hoverslam.harness.program.opening import PATIENT, open_fleet
    from hoverslam.scenarios.load import load

    scenario = load("zq3-landing")
    os.sched_setaffinity(0, {core})
    session = open_fleet(None, IN_THE_AIR, core=core, deadlines=PATIENT)

    def fly(flights: int) -> float:
        begun_s = time.perf_counter()
        seeds = (scenario.model_copy(update={"seed": seed}) for seed in range(1, flights + 1))
        for prepared, record in session.fly_all(prepare(one, str(one.seed)) for one in seeds):
            assess(record, prepared)
        return time.perf_counter() - begun_s

    try:
        fly(IN_THE_AIR)
        print("warm", flush=True)
        sys.stdin.readline()
        print(fly(FLIGHTS), flush=True)
    finally:
        session.close()


def gain(cores: tuple[int, int]) -> float:
    """Flights a minute of two pairs on two cores over those of one on one: 2 where the cores share nothing."""
    alone_s = _fly_at_once(cores[:1])
    return 2.0 * alone_s[0] / max(_fly_at_once(cores))


def _fly_at_once(cores: tuple[int, ...]) -> list[float]:
    with ExitStack() as stack:
        pairs = [stack.enter_context(Popen([*LINE, str(core)], stdin=PIPE, stdout=PIPE, text=True)) for core in cores]
        try:
            if any(pair.stdout.readline() != "warm\n" for pair in pairs if pair.stdout is not None):
                raise RuntimeError("a pair of plant and flight software did not come up; see what it said above")
            for pair in pairs:
                assert pair.stdin is not None
                pair.stdin.write("\n")
                pair.stdin.flush()
            return [float(pair.communicate()[0]) for pair in pairs]
        except BaseException:
            for pair in pairs:
                pair.terminate()
            raise


if __name__ == "__main__":
    main(int(sys.argv[1]))
