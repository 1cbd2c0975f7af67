"""Hypothesis strategies of flights: any dispersions and any faults, within limits, shrinking toward the nominal flight.

    @given(scenarios("zq3-landing"))
    def test_lands(fly, scenario):
        assert fly(scenario).passed

What is drawn is faults first and then deviations, each list as short as can be and each number a whole count of steps
from nominal: so Hypothesis, which shortens lists and takes integers toward 0, ends at the fewest faults, then at the
fewest and smallest deviations. Nothing that is drawn is thrown away.
"""

from hoverslam.scenarios.fault_grid import LASTS_S, MOST_NUMBER, FaultPoint, moments, searched_numbers
from hoverslam.scenarios.limits import Limits, read_limits
from hoverslam.scenarios.load import load
from hoverslam.scenarios.schema import Scenario
from hoverslam.scenarios.space import Case, Space

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as missing:
    install = "pip install 'hoverslam[hunt]' (in a checkout: make setup)"
    why = f"hoverslam.scenarios.strategies needs the packages of the extra `hunt`: {install}"
    raise ModuleNotFoundError(why, name=missing.name) from None


def scenarios(scenario: str | Scenario, limits: str | Limits = "everything") -> st.SearchStrategy[Scenario]:
    """Flights of a scenario, ready to be flown; `limits` is a shipped strategy, a path to one, or limits in code."""
    base = load(scenario) if isinstance(scenario, str) else scenario
    space = Space(base, read_limits(limits) if isinstance(limits, str) else limits)
    return cases(space).map(space.build)


def cases(space: Space) -> st.SearchStrategy[Case]:
    """Cases of a space."""
    limits = space.limits
    most = limits.faults if space.strata else 0
    faults = (
        st.lists(fault_points(space), min_size=min(limits.least_faults, most), max_size=most) if most else st.just([])
    )
    return st.builds(lambda points, steps: space.case(points, dict(steps)), faults, deviations(space))


def fault_points(space: Space) -> st.SearchStrategy[FaultPoint]:
    """One fault: the simplest moment, for good, and default numbers are where it shrinks to."""
    of_kind = {kind: _of_kind(space, kind) for kind, _ in space.strata}
    return st.sampled_from(list(of_kind)).flatmap(of_kind.__getitem__)


def _of_kind(space: Space, kind: str) -> st.SearchStrategy[FaultPoint]:
    steps = st.integers(-MOST_NUMBER, MOST_NUMBER)
    return st.builds(
        FaultPoint,
        st.just(kind),
        st.sampled_from([target for one, target in space.strata if one == kind]),
        st.integers(0, len(moments(kind)) - 1),
        st.integers(0, len(LASTS_S) - 1),
        st.tuples(*[steps for _ in searched_numbers(kind)]),
    )


def deviations(space: Space) -> st.SearchStrategy[list[tuple[str, int]]]:
    """Steps of what is off nominal, by the label of its axis."""
    if not space.axes or not space.limits.off_nominal:
        return st.just([])
    most = space.axes[0].most  # the same for all
    one = st.tuples(st.sampled_from([axis.label for axis in space.axes]), st.integers(-most, most))
    return st.lists(one, max_size=min(space.limits.off_nominal, len(space.axes)), unique_by=lambda pair: pair[0])
