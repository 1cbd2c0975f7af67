"""A comparison in one sentence: the change, its interval, where it occurs, and how many more flights are needed."""

from hoverslam.harness.statistics.compare import SUCCESS, Comparison, Measure
from hoverslam.harness.statistics.gate import Gate
from hoverslam.harness.statistics.sensitivity import Influence
from hoverslam.harness.statistics.words import agrees, counted, percent

LEAD = {
    "worse": "B is worse",
    "no worse": "B is no worse",
    "better": "B is better",
    "undecided": "undecided, too few flights",
}


def harm(measure: Measure) -> str:
    """How much worse B is, with its interval, in the unit of the measure: "+3.0 % (+1.8 to +4.7 %)"."""
    if measure.harm is None:
        return "nothing to compare"
    if measure.low is None or measure.high is None:
        return f"{_signed(measure, measure.harm)}{_unit(measure)} (no interval)"
    ends = f"{_signed(measure, measure.low)} to {_signed(measure, measure.high)}{_unit(measure)}"
    return f"{_signed(measure, measure.harm)}{_unit(measure)} ({ends})"


def level(measure: Measure, value: float | None) -> str:
    """The share or the median of one side."""
    if value is None:
        return "–"
    return percent(value) if measure.name == SUCCESS else f"{value:.4g}{_unit(measure)}"


def margin(measure: Measure) -> str:
    """Harm that is tolerated."""
    return f"{_signed(measure, measure.margin).lstrip('+')}{_unit(measure)}"


def not_counted(comparison: Comparison) -> list[str]:
    """What was flown and is no evidence of its own, in words; empty where all is."""
    told = []
    if comparison.pairing is not None and comparison.copies_a:
        pairs = counted(comparison.copies_a, "pair")
        told.append(f"{pairs} of flights {agrees(comparison.copies_a, 'is')} bit-equal to another pair: not counted")
    elif comparison.copies_a or comparison.copies_b:
        told.append(
            f"{counted(comparison.copies_a, 'flight')} of A and {comparison.copies_b:,} of B are bit-equal to "
            "another flight of their campaign: not counted"
        )
    if comparison.shared:
        draws = counted(comparison.shared, "draw")
        told.append(
            f"{draws} (same seed or same flight) {agrees(comparison.shared, 'appears')} in both campaigns and "
            f"{agrees(comparison.shared, 'counts')} on one side only, because the two flights are not independent; "
            "to use all, compare flight by flight, or fly B with other seeds"
        )
    return told


def _signed(measure: Measure, value: float) -> str:
    if measure.name == SUCCESS:
        return f"{100.0 * value:+.1f}"
    return f"{value:+.3g}"


def _unit(measure: Measure) -> str:
    return " %" if measure.name == SUCCESS else f" {measure.unit}" if measure.unit else ""


def sentence(comparison: Comparison, gate: Gate | None = None) -> str:
    """Like "B is worse: lands 1.8 % less often (95 % interval 0.6 to 3.1 %), worse in wind from the west"."""
    gate = gate or Gate()
    told = [_success(comparison, gate)]
    told += [
        _number(measure, gate, comparison.confidence)
        for measure in comparison.measures
        if measure.name != SUCCESS and measure.verdict in {"worse", "better"}
    ]
    if comparison.verdict == "undecided":
        told.append(_more(comparison))
    return f"{LEAD[comparison.verdict]}: " + "; ".join(told)


def place(influence: Influence, gate: Gate) -> str:
    """Where, in words: "in wind from the west", "with extreme thrust"."""
    if influence.name in gate.words:
        return gate.words[influence.name].format(level=influence.pattern)
    if influence.kind == "category":
        return f"with {influence.name} {influence.pattern}"
    pattern = {"extremes": "extreme", "middle": "middling"}.get(influence.pattern, influence.pattern)
    return f"with {pattern} {influence.name}"


def _success(comparison: Comparison, gate: Gate) -> str:
    success = comparison.measures[0]
    if success.harm is None or success.low is None or success.high is None:
        return "no flights to compare"
    harm, low, high = success.harm, success.low, success.high
    often = "less" if harm > 0.0 else "more"
    ends = (low, high) if harm > 0.0 else (-high, -low)
    interval = f"{100.0 * comparison.confidence:.0f} % interval {_percent(ends[0])} to {_percent(ends[1])} %"
    said = f"lands {_percent(abs(harm))} % {often} often ({interval})"
    if harm == 0.0:
        said = f"lands equally often ({interval})"
    if success.verdict == "no worse":
        said += f", a loss of {_percent(success.margin)} % is ruled out"
    places = [place(found, gate) for found in comparison.where if found.named and _marks_losses(found)]
    return said + (f", worse {' and '.join(places[:2])}" if places else "")


def _number(measure: Measure, gate: Gate, confidence: float) -> str:
    metric = next(metric for metric in gate.metrics if metric.name == measure.name)
    if measure.harm is None:
        return f"{measure.name} not measured"
    words = metric.worse if measure.harm > 0.0 else metric.better
    change = words.format(change=f"{abs(measure.harm):.3g} {measure.unit}")
    if measure.low is None or measure.high is None:
        return change
    ends = sorted((abs(measure.low), abs(measure.high))) if measure.low * measure.high > 0.0 else None
    low, high = ends or (measure.low, measure.high)
    return f"{change} ({100.0 * confidence:.0f} % interval {low:.3g} to {high:.3g} {measure.unit})"


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f}".replace("-0.0", "0.0")


def _more(comparison: Comparison) -> str:
    open_ones = [measure.name for measure in comparison.measures if measure.verdict == "undecided"]
    listed = ", ".join(open_ones)
    if comparison.flights_needed is None:
        return f"undecided: {listed}; the number of flights needed is not known"
    more = max(1, comparison.flights_needed - comparison.flights)
    flights = counted(more, "flight")
    return f"undecided: {listed}; about {flights} more in each campaign would decide it if the estimates stay the same"


def _marks_losses(found: Influence) -> bool:
    return found.kind == "number" or found.effect > 0.0


def measure_line(measure: Measure) -> str:
    """One measure in words."""
    if measure.a is None or measure.b is None or measure.harm is None:
        return f"  {measure.name}: {measure.verdict}, nothing to compare"
    sides = f"A {level(measure, measure.a)}, B {level(measure, measure.b)}"
    return f"  {measure.name}: {measure.verdict}; {sides}; B is worse by {harm(measure)}; margin {margin(measure)}"
