"""All checks of `hoverslam conform`, in the order in which they are held; docs/conform.md has this table."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from hoverslam.harness.wire.conformance import crowding, ending, linking, repeating, sensing, soaking
from hoverslam.harness.wire.conformance.bench import Bench
from hoverslam.harness.wire.conformance.flights import Spoken, fly
from hoverslam.harness.wire.conformance.greeting import MOST_NAME
from hoverslam.harness.wire.conformance.soaking import Soaked
from hoverslam.harness.wire.conformance.telling import RANGED, range_check
from hoverslam.harness.wire.conformance.verdicts import Broken
from hoverslam.harness.wire.contract import Field

Scene = Callable[[Bench, Spoken], str | None]
"""A conversation of its own, given the undisturbed flight; returns what was measured, raises Broken."""


class ConformanceCheck(NamedTuple):
    """One check. Without `scene` and `measured` it is judged by the messages of the undisturbed flight.

    `measured` is of the long flight. `advice`: what it finds is a warning, since the harness flies such a program.
    """

    name: str
    group: str
    meaning: str
    scene: Scene | None = None
    measured: Callable[[Bench, Soaked], str] | None = None
    advice: bool = False

    @property
    def is_staged(self) -> bool:
        """Whether it has a conversation of its own, which needs a program that flies undisturbed."""
        return self.scene is not None or self.measured is not None


HANDSHAKE, RESET, ANSWERS = "handshake", "reset", "answers"
REPEATS, LINK, SENSORS, END, FLEET, LONG = "repeats", "link", "sensors", "end", "fleet", "long"
LONG_FLIGHT = "long-flight"


def _other_vehicle(bench: Bench, _plain: Spoken) -> str | None:
    """A program may refuse a vehicle that is not its own, by ending with words before `ready`; else its answers fit."""
    try:
        fly(bench, bench.setting.courses.vehicle())
    except Broken as fault:
        if fault.checks == ("ready",) and "exited with status" in str(fault) and "it said" in str(fault):
            return f"refused: {fault}"
        raise
    return None


def _nan(field: Field) -> ConformanceCheck:
    edit = sensing.nan_of([field])
    meaning = f"`{field.name}` is NaN for {sensing.DURING} frames, as a dead unit reports it: finite commands"
    return ConformanceCheck(f"nan-{field.name}", SENSORS, meaning, partial(sensing.with_fault, edit=edit))


def _nan_all(bench: Bench, plain: Spoken) -> None:
    """A program that cannot do without one of them cannot do without all."""
    try:
        sensing.with_fault(bench, plain, sensing.nan_of(sensing.MEASURED))
    except Broken as fault:
        each = tuple(_nan(field).name for field in sensing.MEASURED)
        raise Broken((*fault.checks, *each), str(fault), *fault.shown) from None


def _range(field: Field) -> ConformanceCheck:
    meaning = f"`{field.key}` within the vehicle's limits; beyond them it is clipped and a finding"
    return ConformanceCheck(range_check(field.name), ANSWERS, meaning, advice=True)


_C = ConformanceCheck
CHECKS: tuple[ConformanceCheck, ...] = (
    _C("hello", HANDSHAKE, "the first message is `hello` and comes in time"),
    _C("token", HANDSHAKE, "it repeats the token of this start"),
    _C("protocol", HANDSHAKE, "it names the protocol of docs/wire.md"),
    _C("hello-fields", HANDSHAKE, "its fields are those of the contract, each with its type"),
    _C("names", HANDSHAKE, f"name and version are 1 to {MOST_NAME} printable characters", advice=True),
    _C("capabilities", HANDSHAKE, "each capability is one that there is"),
    _C("quiet-before-reset", HANDSHAKE, "nothing is sent between `hello` and `reset`"),
    _C("ready", RESET, "`reset` is answered with `ready` in time"),
    _C("ready-fields", RESET, "the fields of `ready` are those of the contract"),
    _C("run-id", RESET, "`ready` repeats `run_id`"),
    _C("ready-flight", RESET, "`ready` has the `flight` of its `reset`"),
    _C("quiet-before-frames", RESET, "nothing is sent between `ready` and the first `sensors`"),
    _C("answers", ANSWERS, "each frame is answered within the deadline, and the program lives on"),
    _C("unasked", ANSWERS, "no frame is answered twice, and nothing else is sent"),
    _C("encoding", ANSWERS, "one part, one MessagePack map within the limits of docs/wire.md, no key twice"),
    _C("size", ANSWERS, "at most 16 KiB, telemetry included"),
    _C("type", ANSWERS, "`type` is `actuators`"),
    _C("seq", ANSWERS, "`seq` is that of the frame"),
    _C("flight", ANSWERS, "`flight` is that of the frame"),
    _C("keys", ANSWERS, "all keys of the contract are there, and no other"),
    _C("types", ANSWERS, "booleans, numbers, whole numbers and arrays where the contract has them"),
    _C("lengths", ANSWERS, "each array has the length that follows from the shape in `reset`"),
    _C("finite", ANSWERS, "no command is NaN or infinite"),
    _C("telemetry-map", ANSWERS, "`telemetry` is a map, nil, or not there"),
    _C("accepted", ANSWERS, "the reader of the frame loop takes the answer"),
    *(_range(field) for field in RANGED),
    _C("float64", ANSWERS, "commands are 64-bit floats, which are checked fastest", advice=True),
    _C("key-order", ANSWERS, "keys keep their order, which is checked fastest", advice=True),
    _C("telemetry", ANSWERS, "telemetry keys that the harness reads have finite numbers, all of them", advice=True),
    _C("events", ANSWERS, "each event has a name, and a time between release and now", advice=True),
    _C("repeats", REPEATS, "the same frames give the same commands in a new process", repeating.repeats),
    _C("again", REPEATS, "and in the same process after `end` and `reset`", repeating.again),
    _C("other-flight", REPEATS, "and before and after a flight with another load", repeating.other_flight),
    _C("reset-again", REPEATS, "`reset`, `ready`, `end` without a frame, as the harness does between flights",
       repeating.reset_again),
    _C("run-id-any", REPEATS, "any text of up to 255 characters is a `run_id`", repeating.run_id_any),
    _C("run-id-free", REPEATS, "`run_id` has no effect on commands", repeating.run_id_free),
    _C("pace", REPEATS, "neither have pauses between frames: time is `time_ns`, not the clock", repeating.pace),
    _C("silence", REPEATS, "seconds of silence before the first frame and in flight are waited out", repeating.silence),
    _C("rate", REPEATS, "a flight with another `frame_period_ns` is flown", repeating.rate),
    _C("other-vehicle", REPEATS, "a vehicle of another shape is flown, or refused with words before `ready`",
       _other_vehicle),
    _C("missing", LINK, "1, 10 and 50 frames are lost", linking.missing),
    _C("duplicate", LINK, "every fifth frame comes twice", linking.duplicate),
    _C("reordered", LINK, "every second frame comes right after the next one", linking.reordered),
    _C("late", LINK, "a frame comes behind a newer one, and those between are lost", linking.late),
    _C("flipped-bits", LINK, "a bit of a measurement is flipped, field by field: exponent, sign, fraction",
       linking.flipped_bits),
    _C("flipped-switches", LINK, "switches of the legs are inverted", linking.flipped_switches),
    _C("restart", LINK, "`end`, the same `reset` and a gap in flight; `seq` and `time_ns` continue", linking.restart),
    *(_nan(field) for field in sensing.MEASURED),
    _C("nan-all", SENSORS, "all of them are NaN at once",
       _nan_all),
    _C("no-gnss", SENSORS, "`gnss` is nil all the time", sensing.no_fix),
    _C("no-radar", SENSORS, "`radar_range_m` is nil all the time", sensing.no_echo),
    _C("radar", SENSORS, "`radar_range_m` comes and goes", sensing.echo_comes_and_goes),
    _C("end-quiet", END, "nothing is sent after `end`"),
    _C("end-reasons", END, f"`end` for each reason: {', '.join(ending.REASONS)}", ending.end_reasons),
    _C("shutdown", END, "exit with status 0 in time after `shutdown`", ending.shutdown),
    _C("shutdown-early", END, "and also before any `reset`", ending.shutdown_early),
    _C("orphans", END, "no process of the program lives on after its exit", ending.orphans),
    _C("harness-gone", END, "exit when the harness closes the connection in flight", ending.harness_gone),
    _C("gone-early", END, "and also before the first `reset`", ending.gone_early),
    _C("fleet-together", FLEET, "three flights frame by frame in turn: each as alone", crowding.together),
    _C("fleet-numbers", FLEET, "flight numbers up to 127", crowding.numbers),
    _C("fleet-reuse", FLEET, "a number is used again while another flight flies on", crowding.reuse),
    _C("fleet-crowd", FLEET, f"{crowding.CROWD} frames of as many flights before an answer is read", crowding.crowd),
    _C(LONG_FLIGHT, LONG, "each frame of a long flight is answered (`--soak`)", measured=soaking.flown),
    _C("memory", LONG, f"resident memory grows by at most {soaking.GROWTH_BYTES >> 20} MiB after its first quarter",
       measured=soaking.memory),
    _C("frame-times", LONG, "reported: time from frame to answer; judged by the deadline alone",
       measured=soaking.frame_times),
    _C("output", LONG, f"at most {ending.PRINTED_BYTES >> 20} MiB is printed while all this is held",
       ending.output, advice=True),
)  # fmt: skip
NAMES = {check.name: check for check in CHECKS}
GROUPS = tuple(dict.fromkeys(check.group for check in CHECKS))
