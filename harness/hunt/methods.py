"""Ways to search a space of flights. Each is a pure function of its seed and of what the flights came to.

A method asks for the robustness of cases, as many at once as it has ready, and goes on until the asking ends it.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.hunt.cmaes import CmaEs, population
from hoverslam.scenarios.fault_grid import LASTS_S, MOST_NUMBER, FaultPoint, moments
from hoverslam.scenarios.space import Case, Space

Ask = Callable[[Sequence[Case]], list[float]]
Method = Callable[[Space, Ask, int], None]
BATCH = 2
"""Cases asked for at once, whatever the number of workers, so that this decides nothing."""
STEP = 0.35  # chosen: of the way from nominal to a limit, as the first step of CMA-ES
GENERATIONS = 8  # chosen: without a better flight, after which CMA-ES begins elsewhere
MOMENTS_SWEPT = ("0 s", "landing_ignition", "30 s")  # all the flight long first: that shows the most
BETWEEN = 40  # chosen: flights of the later sweep between two beginnings of CMA-ES
ENDLESS = 1_000_000
LIMIT = 1.0


def at_random(space: Space, ask: Ask, seed: int) -> None:
    """Uniform over the space."""
    rng = np.random.default_rng(seed)
    for _ in range(ENDLESS):
        ask([space.random(rng) for _ in range(BATCH)])


def hypothesis(space: Space, ask: Ask, seed: int) -> None:
    """Hypothesis draws, and climbs toward what `target` is told: the negated margin."""
    import hypothesis as hy

    from hoverslam.scenarios.strategies import cases

    quiet = hy.settings(
        max_examples=ENDLESS, database=None, deadline=None, derandomize=False, print_blob=False,
        phases=[hy.Phase.generate, hy.Phase.target], suppress_health_check=list(hy.HealthCheck),
    )  # fmt: skip

    @hy.seed(seed)
    @quiet
    @hy.given(cases(space))
    def fly(case: Case) -> None:
        hy.target(-ask([case])[0], label="negated margin")

    fly()


def guided(space: Space, ask: Ask, seed: int) -> None:
    """First a sweep, each fault and each deviation at its limits once; then CMA-ES from the worst flights on.

    Kinds of faults have no order that a gradient could follow, so they are gone through without repeating any; what is
    a number is then left to the covariance. Beginnings that lead nowhere give way to the next worst, and in between
    the sweep goes on with faults at other moments.
    """
    rng = np.random.default_rng(seed)
    first, later = _sweep(space, rng)
    seen: list[tuple[float, Case]] = []
    _fly(ask, first, seen)
    for i in range(ENDLESS):
        worst = sorted(seen, key=lambda pair: pair[0])
        _refine(space, ask, rng, worst[i % len(worst)][1] if worst else space.random(rng))
        _fly(ask, later[i * BETWEEN : (i + 1) * BETWEEN], seen)


def _fly(ask: Ask, cases: Sequence[Case], seen: list[tuple[float, Case]]) -> None:
    for at in range(0, len(cases), BATCH):
        batch = cases[at : at + BATCH]
        seen += zip(ask(batch), batch, strict=True)


def _sweep(space: Space, rng: np.random.Generator) -> tuple[list[Case], list[Case]]:
    """The nominal flight; by turns a fault alone, and deviations at their limits without one where that may be.

    First every fault at the first of the moments swept, then the same at the others.
    """
    bare = not space.limits.least_faults
    gross = [_gross(space, rng, stratum, moment) for moment in MOMENTS_SWEPT for stratum in _by_turns(space, rng)]
    faults, corners = (gross if space.limits.faults else []), list(_corners(space, rng))
    first: list[Case] = [space.case([], {})] if bare else []
    later: list[Case] = []
    for i in range(max(len(faults), len(corners))):
        if i < len(corners):
            first.append(space.case([] if bare else [faults[i % len(faults)]], corners[i]))
        if i < len(faults):
            (first if i < len(space.strata) else later).append(space.case([faults[i]], {}))
    return first, later


def _gross(space: Space, rng: np.random.Generator, stratum: tuple[str, int | str], moment: str) -> FaultPoint:
    """A fault for good with its numbers all at a limit, at this moment where its kind can come then."""
    point, when = space.random_fault(rng, stratum), moments(stratum[0])
    side = MOST_NUMBER if rng.random() < 0.5 else -MOST_NUMBER
    place = when.index(moment) if moment in when else 0
    return point._replace(moment=place, lasts=0, numbers=tuple(side for _ in point.numbers))


def _by_turns(space: Space, rng: np.random.Generator) -> list[tuple[str, int | str]]:
    """Every kind once before any kind twice, in random order."""
    shuffled = [space.strata[i] for i in rng.permutation(len(space.strata))]
    turn: dict[str, int] = {}
    order = []
    for place, (kind, target) in enumerate(shuffled):
        turn[kind] = turn.get(kind, -1) + 1
        order.append((turn[kind], place, (kind, target)))
    return [stratum for _, _, stratum in sorted(order, key=lambda entry: entry[:2])]


def _corners(space: Space, rng: np.random.Generator) -> Iterator[dict[str, int]]:
    """Every axis once at each of its limits, as many axes together as may be off nominal."""
    together = min(space.limits.off_nominal, len(space.axes))
    ends = [(axis, side) for side in (1, -1) for axis in space.axes]
    left = [ends[i] for i in rng.permutation(len(ends))]
    while together and left:
        corner: dict[str, int] = {}
        for axis, side in list(left):
            if len(corner) < together and axis.label not in corner:
                corner[axis.label] = side * axis.most
                left.remove((axis, side))
        yield corner


def _refine(space: Space, ask: Ask, rng: np.random.Generator, start: Case) -> None:
    """CMA-ES over everything that is a number, the faults as they are; ends when it gets no better."""
    search = CmaEs(encode(space, start), STEP, rng)
    best, since = np.inf, 0
    while since < GENERATIONS:
        points = [np.clip(point, -LIMIT, LIMIT) for point in search.ask()]
        values = ask([decode(space, point, start.faults) for point in points])
        search.tell(points, values)
        since = 0 if min(values) < best - 1e-6 else since + 1
        best = min(best, *values)


def encode(space: Space, case: Case) -> FloatArray:
    """A case as numbers from -1 to 1: every axis, then moment, duration and numbers of each fault."""
    steps = dict(case.steps)
    told = [steps.get(axis.label, 0) / axis.most for axis in space.axes]
    for fault in case.faults:
        told += [_share(fault.moment, len(moments(fault.kind))), _share(fault.lasts, len(LASTS_S))]
        told += [number / MOST_NUMBER for number in fault.numbers]
    return np.array(told or [0.0])


def decode(space: Space, point: FloatArray, faults: Sequence[FaultPoint]) -> Case:
    """The case nearest to a point; of the axes only the largest stay, as many as may be off nominal."""
    n = len(space.axes)
    off = np.argsort(-np.abs(point[:n]), kind="stable")[: space.limits.off_nominal]
    steps = {space.axes[i].label: round(float(point[i]) * space.axes[i].most) for i in off}
    at, told = n, []
    for fault in faults:
        moment = _place(point[at], len(moments(fault.kind)))
        lasts = _place(point[at + 1], len(LASTS_S))
        numbers = tuple(round(float(x) * MOST_NUMBER) for x in point[at + 2 : at + 2 + len(fault.numbers)])
        told.append(fault._replace(moment=moment, lasts=lasts, numbers=numbers))
        at += 2 + len(fault.numbers)
    return space.case(told, steps)


def _share(place: int, count: int) -> float:
    """The middle of a place among so many between -1 and 1."""
    return (place + 0.5) / count * 2.0 - 1.0


def _place(share: float, count: int) -> int:
    return min(int((share + 1.0) / 2.0 * count), count - 1)


def most_at_once(method: str, space: Space) -> int:
    """The most cases that a method has to fly at a time: workers beyond that would never have one.

    Hypothesis wants one answer before it asks again. CMA-ES asks for a generation; the numbers of a fault, which are
    not counted here, make it larger by one or two.
    """
    if method != "cmaes":
        return 1 if method == "hypothesis" else BATCH
    return population(max(len(space.axes), 1))


METHODS: dict[str, Method] = {"cmaes": guided, "hypothesis": hypothesis, "random": at_random}
