"""The targets of the coverage-guided fuzzer: what each is fed, its seeds, and of which modules lines are told."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.evidence.fuzz_files import TEXT_BYTES, as_text, as_tree, edits, texts
from tests.evidence.fuzz_wire import Feed, from_harness, from_program, golden

TREE_BYTES, ANSWER_BYTES, RESET_BYTES = 256, 2048, 8192
"""Most of one input: the changes to a tree, messages of either side; a golden reset has 6 KiB."""
MANY, FEW = 100_000, 10_000
"""Executions of a batch; of what reads TOML, a tenth."""


class Target(NamedTuple):
    """`feed` makes what is fed, when the modules that it loads are to be instrumented; `plain` are loaded before."""

    feed: Callable[[], Feed]
    seeds: Callable[[], Mapping[str, bytes]]
    modules: tuple[str, ...]
    longest: int
    runs: int = MANY
    plain: tuple[str, ...] = ()


WIRE = (
    "hoverslam.harness.wire.codec", "hoverslam.harness.wire.places", "hoverslam.harness.wire.messages",
)  # fmt: skip
NOT_OURS = ("numpy", "pydantic", "msgpack", "zmq", "hoverslam.plant.layout")
TARGETS: dict[str, Target] = {
    "wire, from the program": Target(
        from_program, golden(ANSWER_BYTES, harness=False),
        (*WIRE, "hoverslam.harness.wire.actuator_reader", "hoverslam.harness.wire.admission",
         "hoverslam.harness.wire.message_plan", "hoverslam.harness.wire.numbers"),
        ANSWER_BYTES, plain=NOT_OURS,
    ),
    "wire, from the harness": Target(
        from_harness, golden(RESET_BYTES, harness=True),
        (*WIRE, "hoverslam.harness.wire.sensor_reader", "hoverslam.gnc.load"),
        RESET_BYTES, plain=(*NOT_OURS, "hoverslam.gnc.rotation"),
    ),
}  # fmt: skip
"""What is fed, by name."""
BEHIND = {
    "scenario": ("hoverslam.plant.extends", "hoverslam.scenarios.load", "hoverslam.scenarios.schema",
                 "hoverslam.scenarios.explain", "hoverslam.scenarios.faults", "hoverslam.scenarios.wind",
                 "hoverslam.scenarios.release", "hoverslam.scenarios.rates", "hoverslam.scenarios.strings",
                 "hoverslam.scenarios.expected"),
    "campaign": ("hoverslam.scenarios.campaign", "hoverslam.scenarios.explain", "hoverslam.scenarios.faults"),
    "vehicle": ("hoverslam.plant.extends", "hoverslam.plant.vehicle", "hoverslam.plant.ranges"),
    "requirements": ("hoverslam.plant.extends", "hoverslam.harness.judge.sets", "hoverslam.harness.judge.clauses",
                     "hoverslam.harness.stl.parser", "hoverslam.harness.stl.formula", "hoverslam.harness.stl.windows"),
}  # fmt: skip
"""Modules of which it is told how much of them is reached."""
PARSER = ("hoverslam.plant.toml_file", "tomllib._parser")
NOT_INSTRUMENTED = (*NOT_OURS, "hoverslam.plant.ranges")
"""It compares arrays, and atheris never frees what such a comparison gives: 10 KiB a vehicle."""
for _kind, _modules in BEHIND.items():
    TARGETS[f"{_kind}, tree"] = Target(as_tree(_kind), edits, _modules, TREE_BYTES, plain=NOT_INSTRUMENTED)
    TARGETS[f"{_kind}, text"] = Target(
        as_text(_kind), texts(_kind), (*PARSER, *_modules), TEXT_BYTES, FEW, plain=NOT_INSTRUMENTED
    )
