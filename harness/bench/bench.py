"""`hoverslam bench`: what a lockstep frame, a plant step and a whole flight cost on this machine; JSBSim as a scale.

Each figure is a median, taken after a first round that warms everything up. The flight is the default scenario with the
reference flight software, both processes on one core, from the first frame to the last; `wall_s` and
`realtime_factor` are of the same flight.
"""

from collections.abc import Mapping
from statistics import median
from typing import Any

from hoverslam.harness.bench import fleet as bench_fleet
from hoverslam.harness.bench import plant as bench_plant
from hoverslam.harness.bench import requirements as bench_requirements
from hoverslam.harness.bench import split as bench_split
from hoverslam.harness.bench.plant import MODELS
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.ending import Interrupted, same_command
from hoverslam.harness.fly.kernels import tell_compiling
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.load import load

SCENARIO = "zq3-landing"
FLIGHTS = 3


def bench_command(*, as_json: bool) -> int:
    """Measure and tell."""
    figures: dict[str, Any] = {}
    try:
        _measure(figures)
    except KeyboardInterrupt:
        again = same_command()
        there = f"measured so far: {', '.join(figures) or 'nothing'}; to repeat: {again}"
        raise Interrupted(f"interrupted; {there}", None, again, {"figures": figures}) from None
    if as_json:
        print_json(figures)
    else:
        for line in _lines(figures):
            results().say(line)
    return 0


def _measure(figures: dict[str, Any]) -> None:
    """All figures, one after the other as they are there."""
    console = progress()
    tell_compiling(console.say)
    console.say("timing the lockstep frame")
    from hoverslam.harness.bench.lockstep import measure

    figures["lockstep"] = measure()
    console.say("timing the plant")
    figures |= bench_plant.measure()
    console.say(f"flying {SCENARIO} {counted(FLIGHTS + 1, 'time')}")
    figures["run"] = whole_flight()
    console.say("flying it again without individual parts")
    figures["split"] = bench_split.measure()
    console.say("flying interleaved and one by one, alternating")
    figures["fleet"] = bench_fleet.measure()
    console.say("evaluating a flight")
    figures["requirements"] = bench_requirements.measure()


def whole_flight() -> dict[str, float]:
    """Wall time of the default scenario with the reference flight software, and how many × real time that is."""
    from hoverslam.harness.fly.prepare import prepare
    from hoverslam.harness.program.opening import TRANSPORT
    from hoverslam.harness.program.session import Session

    flown = []
    with Session(transport=TRANSPORT) as session:
        for _ in range(FLIGHTS + 1):
            prepared = prepare(load(SCENARIO), "bench")
            record = session.fly(prepared.plant, prepared.plan)
            if record.outcome != "at_rest":
                raise RuntimeError(f"the benchmark flight ended in {record.outcome}: {record.gnc_failure or ''}")
            flown.append((record.wall_s, float(record.truth[-1, 0])))
    wall_s = median(wall for wall, _ in flown[1:])
    return {"realtime_factor": round(flown[0][1] / wall_s, 1), "wall_s": round(wall_s, 3)}


def _lines(figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lockstep, plant, run = figures["lockstep"], figures["plant"], figures["run"]
    judged, fleet, split = figures["requirements"], figures["fleet"], figures["split"]
    parts = ", ".join(f"{name.replace('_', ' ')} {split[name]:.1f}" for name in split if name != "us_per_frame")
    bare = f"{lockstep['ratio']:.2f} x the bare transport ({lockstep['floor_us_per_frame']:.1f} us)"
    return [
        f"lockstep  {lockstep['us_per_frame']:.1f} us per frame, {bare}",
        f"plant     {plant['us_per_step']:.2f} us per step",
        f"jsbsim    {_beside(figures['jsbsim'], 'jsbsim')}",
        f"basilisk  {_beside(figures['basilisk'], 'basilisk')}",
        f"run       {run['realtime_factor']:.0f} x real time, {run['wall_s']:.2f} s for {SCENARIO}",
        f"split     {split['us_per_frame']:.1f} us per frame: {parts}",
        f"fleet     {fleet['in_the_air']} interleaved / alone: {_beside_alone(fleet)}",
        f"judging   {judged['ms_per_flight']:.0f} ms, {_judged(judged)}",
    ]


def _judged(judged: Mapping[str, int]) -> str:
    return f"{counted(judged['clauses'], 'formula')} on {counted(judged['frames'], 'frame')}"


def _beside_alone(fleet: Mapping[str, float]) -> str:
    frame = f"{fleet['us_per_frame']:.1f} / {fleet['alone_us_per_frame']:.1f} us per frame"
    flights = f"{fleet['flights_per_min']:.0f} / {fleet['alone_flights_per_min']:.0f} flights per minute on one core"
    return f"{frame}, {flights} ({fleet['flight_gain']:.2f} x)"


def _beside(theirs: Mapping[str, Any], package: str) -> str:
    """Models of another package beside our plant, or how to come by them."""
    if theirs["reason"]:
        return str(theirs["reason"])
    models = (
        f"{name} {theirs[name]['us_per_step']:.2f} us per step, {theirs[name]['ratio']:.1f} x ours"
        for name in MODELS[package]
    )
    return f"{'; '.join(models)} (version {theirs['version']})"
