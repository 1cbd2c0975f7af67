"""Feeds of the coverage-guided fuzzer: the decoders of the wire, of either side.

Each takes any bytes, and raises only where something is wrong: an exception that is no refusal, or two ways to read the
same message that differ. What is to be instrumented is loaded when a feed is made.
"""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from tests.evidence.tables import ROOT

Feed = Callable[[bytes], None]
GOLDEN = ROOT / "harness" / "wire" / "golden"


def from_program() -> Feed:
    """What a flight program may send, as the harness reads it: `hello`, `ready`, `actuators`, and unasked."""
    from hoverslam.harness.program.conversation import check_ready
    from hoverslam.harness.wire.actuator_reader import ActuatorReader
    from hoverslam.harness.wire.admission import Admission
    from hoverslam.harness.wire.codec import described, encode, unpack_value
    from hoverslam.harness.wire.errors import MessageRefused
    from hoverslam.harness.wire.numbers import flight_of
    from tests.harness.fake_plant import plan

    frames = import_module("hoverslam.harness.docs.golden_frame")
    admission, flight = Admission(lambda _: None), plan(run_id=frames.RUN_ID)
    admission.token = frames.TOKEN
    learned = ActuatorReader(frames.NINE)

    def row(reader: ActuatorReader, data: bytes) -> tuple[bytes, bytes | None] | None:
        into = bytearray(8 * 64)
        try:
            telemetry = reader.read(data, frames.SEQ, into, 0)
        except MessageRefused:
            return None
        return bytes(into), None if telemetry is None else encode(unpack_value(telemetry))  # in one spelling

    def feed(data: bytes) -> None:
        for ask in (admission.admitted, lambda one: check_ready(one, flight), flight_of):
            try:
                ask(data)
            except MessageRefused:
                continue
            described(data)
        quick = row(learned, data)
        if quick is not None and quick != (whole := row(ActuatorReader(frames.NINE), data)):
            raise AssertionError(f"the quick way to read differs: {quick} and {whole}")

    return feed


def from_harness() -> Feed:
    """What the harness sends, as a program's client and the reference read it; the client itself checks nothing."""
    from hoverslam.gnc.load import LoadError, read_load
    from hoverslam.harness.wire.codec import FROM_HARNESS, decode
    from hoverslam.harness.wire.errors import MessageRefused
    from hoverslam.harness.wire.link import GncLink
    from hoverslam.harness.wire.messages import End, Message, Reset, Sensors, Shutdown, validate
    from hoverslam.harness.wire.sensor_reader import SensorReader

    frames = import_module("hoverslam.harness.docs.golden_frame")
    reader, link = SensorReader(frames.NINE), GncLink.__new__(GncLink)
    models: dict[str, type[Message]] = {"sensors": Sensors, "reset": Reset, "end": End, "shutdown": Shutdown}

    def feed(data: bytes) -> None:
        link._recv = lambda: data
        with suppress(ValueError):  # of msgpack; a harness that is trusted sends no such thing
            link.receive()
        try:
            message = decode(data, FROM_HARNESS)
            told = validate(models.get(str(message.get("type")), End), message)
        except MessageRefused:
            return
        if isinstance(told, Sensors):
            reader.values(message)
        elif isinstance(told, Reset):
            try:
                read_load(message["flight_load"], message["frame_period_ns"] * 1e-9)
            except LoadError:
                return

    return feed


def golden(longest: int, *, harness: bool) -> Callable[[], dict[str, bytes]]:
    """Golden frames of one side, of the program also those that are refused, unless they are very long."""
    ours = ("reset", "sensors", "end", "shutdown")

    def seeds() -> dict[str, bytes]:
        files = {file.stem: file.read_bytes() for file in sorted(GOLDEN.glob("*.msgpack"))}
        of_side = {name: data for name, data in files.items() if name.startswith(ours) == harness}
        return {name: data for name, data in of_side.items() if 0 < len(data) <= longest}

    return seeds
