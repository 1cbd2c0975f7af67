"""The golden frames that are accepted: every message, measurements there and missing, several shapes, ways to write."""

import math
import struct
from collections.abc import Iterator
from typing import Any

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.docs.golden_frame import NINE, RUN_ID, SEQ, SHAPES, GoldenFrame, actuators, hello, ready
from hoverslam.harness.wire.codec import encode
from hoverslam.harness.wire.contract import CODE, ENGINE_STATES, FLAG, SENSORS, TIME, row_of
from hoverslam.harness.wire.numbers import addressed
from hoverslam.harness.wire.sensor_writer import SensorWriter
from hoverslam.plant.layout import VehicleShape
from hoverslam.scenarios.load import load

PERIOD_NS = 10_000_000
SHOWN = "zq3-landing"
"""Its flight load is that of the golden reset."""
SMALL_LOAD = {"pad": {"latitude_rad": 0.5}, "mine": {"gain": 2.0, "modes": ["a", "b"]}}
"""A load may lack keys, and have those of the program's own."""


def accepted() -> Iterator[GoldenFrame]:
    """All of them, in the order of a conversation."""
    yield from _hellos()
    yield from _resets()
    yield GoldenFrame("ready", "ready", "the answer to reset", encode(ready()))
    yield GoldenFrame("ready-flight", "ready", "of flight 5 of many", encode(ready(flight=5)), flight=5)
    yield from _sensors()
    yield from _actuators()
    for why in ("at_rest", "restart"):
        yield GoldenFrame(
            f"end-{why.replace('_', '-')}", "end", "a flight is over", encode({"type": "end", "why": why})
        )
    data = encode({"type": "end", "why": "impact", "flight": 5})
    yield GoldenFrame("end-flight", "end", "of flight 5 of many", data, flight=5)
    yield GoldenFrame("shutdown", "shutdown", "exit with status 0", encode({"type": "shutdown"}))


def _hellos() -> Iterator[GoldenFrame]:
    yield GoldenFrame("hello", "hello", "the first word of a program", encode(hello()))
    bare = hello()
    del bare["capabilities"]
    yield GoldenFrame("hello-without-capabilities", "hello", "a program for one flight", encode(bare))
    yield GoldenFrame("hello-fleet", "hello", "many flights at once", encode(hello(capabilities=["reset", "fleet"])))


def _resets() -> Iterator[GoldenFrame]:
    message = {"type": "reset", "run_id": RUN_ID, "frame_period_ns": PERIOD_NS, "flight_load": flight_load(load(SHOWN))}
    told = encode(message | {"shape": NINE._asdict()})
    yield GoldenFrame("reset", "reset", f"with the flight load of {SHOWN}", told)
    message["flight_load"] = SMALL_LOAD
    for name in ("seven", "bare"):
        data = encode(message | {"shape": SHAPES[name]._asdict()})
        about = f"a load that lacks keys and has others, shape {name}"
        yield GoldenFrame(f"reset-{name}", "reset", about, data, shape=SHAPES[name])
    data = encode(message | {"shape": NINE._asdict(), "flight": 5})
    yield GoldenFrame("reset-flight", "reset", "of flight 5 of many", data, flight=5)


def _sensors() -> Iterator[GoldenFrame]:
    for shape in SHAPES:
        about = f"everything measured, shape {shape}"
        yield GoldenFrame(f"sensors-{shape}", "sensors", about, sensors(SHAPES[shape]), shape=SHAPES[shape])
    yield GoldenFrame("sensors-no-gnss", "sensors", "no new fix: gnss is nil", sensors(gnss_new=0.0))
    yield GoldenFrame("sensors-no-radar", "sensors", "no echo: radar_range_m is nil", sensors(radar_valid=0.0))
    yield GoldenFrame("sensors-no-both", "sensors", "neither of the two", sensors(gnss_new=0.0, radar_valid=0.0))
    data = sensors(NINE, **{field.name: math.nan for field in SENSORS if field.form not in {FLAG, CODE, TIME}})
    yield GoldenFrame("sensors-nan", "sensors", "every measurement of dead units: NaN", data)
    yield GoldenFrame("sensors-nan-gyro", "sensors", "a dead gyro", sensors(imu_dangle_b_rad=math.nan))
    yield GoldenFrame("sensors-flight", "sensors", "of flight 5 of many", addressed(sensors(), 5), flight=5)


def sensors(shape: VehicleShape = NINE, **changes: float) -> bytes:
    """Frame SEQ as the harness writes it, with values that tell the places apart; `changes` are of whole fields."""
    row = list[float]()
    forms = {field.name: field.form for field in SENSORS}
    for name, width in row_of(SENSORS, shape):
        first = len(row)
        row += [changes.get(name, _value(forms.get(name, FLAG), first + place)) for place in range(width)]
    return SensorWriter(shape).encode(SEQ, SEQ * PERIOD_NS, struct.pack(f"<{len(row)}d", *row))


def _value(form: str, place: int) -> float:
    """A value that is exact in decimal as well."""
    if form == CODE:
        return float(place % len(ENGINE_STATES))
    if form == TIME:
        return float((SEQ - 2) * PERIOD_NS)
    return 1.0 if form == FLAG else 0.125 * place - 1.0


def _actuators() -> Iterator[GoldenFrame]:
    for name, shape in SHAPES.items():
        data = encode(actuators(shape))
        yield GoldenFrame(f"actuators-{name}", "actuators", f"an answer, shape {name}", data, shape=shape)
    yield GoldenFrame(
        "actuators-zero", "actuators", "engines off, everything at rest, as the client in C writes it", _zero()
    )
    told = actuators(telemetry={"mode": "glide", "pos_enu_m": [1.0, 2.0, 3.0], "events": []})
    yield GoldenFrame("actuators-telemetry", "actuators", "with telemetry", encode(told))
    yield GoldenFrame("actuators-nil-telemetry", "actuators", "telemetry nil: none", encode(actuators(telemetry=None)))
    whole = actuators(throttle=[1] * NINE.engines, fin_rad=[0] * NINE.fins)
    yield GoldenFrame("actuators-whole-numbers", "actuators", "whole numbers stand for floats", encode(whole))
    turned = dict(reversed(list(actuators().items())))
    yield GoldenFrame("actuators-other-order", "actuators", "key order is free", encode(turned))
    yield GoldenFrame("actuators-flight", "actuators", "of flight 5 of many", encode(actuators(flight=5)), flight=5)
    beyond = encode(actuators(throttle=[9.0] * NINE.engines))
    yield GoldenFrame("actuators-beyond", "actuators", "beyond the engines' limit: clipped, and a finding", beyond)


def _zero() -> bytes:
    """With `seq` in eight bytes."""
    still: dict[str, Any] = {
        key: [type(value[0])()] * len(value) for key, value in actuators().items() if isinstance(value, list)
    }
    data, short = encode(actuators(**still)), encode({"seq": SEQ})[1:]
    return data.replace(short, short[:-1] + b"\xcf" + SEQ.to_bytes(8, "big"), 1)
