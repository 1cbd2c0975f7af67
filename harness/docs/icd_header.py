"""The contract as a header for C99 and C++17: `hoverslam_icd.h`.

Widths are the largest that a message may have, so that a program in C reserves everything before the first frame.
"""

import textwrap
from collections.abc import Iterable, Iterator

from hoverslam.harness.record.telemetry import REPORTS, WHOLE
from hoverslam.harness.wire.codec import FROM_FLIGHT_SOFTWARE, FROM_HARNESS, TEXT_BYTES
from hoverslam.harness.wire.contract import (
    ACTUATORS,
    CODE,
    COUNTS,
    ENGINE_STATES,
    FLAG,
    FLOAT,
    MAX_ELEMENTS,
    SENSORS,
    TIME,
    Field,
    entries,
)  # fmt: skip
from hoverslam.harness.wire.numbers import MOST_FLIGHTS
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL
from hoverslam.harness.wire.signs import SIGNS
from hoverslam.scenarios.load_keys import LONGEST, SHAPES, Key
from hoverslam.scenarios.load_ranges import ENGINE_INDEX, KEYS, LOAD

WIDTH = 116
MOST_EVENTS = 8
"""Events that the client in C reports in one frame (chosen)."""
TYPES = {FLOAT: "double", FLAG: "bool", CODE: "uint8_t", TIME: "int64_t"}
FIRST = f"""\
/* The wire of Hoverslam, protocol {PROTOCOL}, for C99 and C++17: constants, and a struct for each message.
 *
 * Written from the contract by `hoverslam icd --format c`; do not edit. Units are SI, angles in radians. Frames: b is
 * body, x out of the nose; e is Earth-fixed (WGS-84); enu is east, north, up at the pad centre. Lists have room for the
 * largest vehicle; how much of each is used follows from `shape` of the reset. Ranges of sensors are those of a sensor
 * that works: a failed one may report anything, and NaN. Commands beyond the limit of an actuator are clipped.
 */
#ifndef HOVERSLAM_ICD_H
#define HOVERSLAM_ICD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif
"""
LAST = """\
#ifdef __cplusplus
}
#endif

#endif
"""


def header() -> str:
    """The whole file."""
    parts = (_constants(), _states(), _shape(), _sensors(), _actuators(), _telemetry(), _load())
    return "\n".join([FIRST, *("\n".join([*part, ""]) for part in parts), LAST])


def comment(text: str, indent: str = "    ") -> Iterator[str]:
    """A comment above what it is about, wrapped."""
    lines = textwrap.wrap(text, WIDTH - len(indent) - 3)
    yield f"{indent}/* {lines[0]}" + (" */" if len(lines) == 1 else "")
    for line in lines[1:]:
        yield f"{indent} * {line}" + (" */" if line is lines[-1] else "")


def most(word: str) -> str:
    """The constant for the largest number of something."""
    return f"HS_MAX_{word.upper()}"


def tables() -> list[str]:
    """The tables of the flight load, in order."""
    return list(dict.fromkeys(name.partition(".")[0] for name in KEYS))


def is_index(name: str) -> bool:
    """Whether a key of the flight load numbers engines."""
    return LOAD[name] is ENGINE_INDEX


def kind_of_report(kind: str) -> int:
    """Numbers of a key of telemetry; 0 for text and maps."""
    first = kind.partition(",")[0]
    return int(first) if first.isdigit() else 0


def _constants() -> Iterator[str]:
    told = {
        "HS_PROTOCOL": (str(PROTOCOL), "of `hello`"),
        "HS_TEXT_BYTES": (str(TEXT_BYTES), "longest text in a message, without a closing zero"),
        "HS_MESSAGE_BYTES": (str(FROM_FLIGHT_SOFTWARE.size_bytes), "largest message of the program"),
        "HS_HARNESS_BYTES": (str(FROM_HARNESS.size_bytes), "largest message of the harness"),
        "HS_MAX_FLIGHTS": (str(MOST_FLIGHTS), "flights at once"),
        "HS_MAX_EVENTS": (str(MOST_EVENTS), "events in one frame, of the client in C"),
    }
    told |= {most(word): (str(MAX_ELEMENTS), what) for word, what in COUNTS.items()}
    told |= {most(word): (str(LONGEST[word]), what) for word, what in SHAPES.items() if word not in COUNTS}
    return (f"#define {name} {value} /* {what} */" for name, (value, what) in told.items())


def _states() -> Iterator[str]:
    yield "/* Values of `engine_state`. */\nenum hs_engine_state {"
    for code, state in enumerate(ENGINE_STATES):
        yield f"    HS_ENGINE_{state.upper().replace(' ', '_')} = {code},"
    yield f"    HS_ENGINE_STATES = {len(ENGINE_STATES)} /* how many states there are */\n}};"


def _shape() -> Iterator[str]:
    yield "/* How many of each thing the vehicle has: the lengths of all lists. */\ntypedef struct hs_shape {"
    yield from (f"    int {name}; /* {what} */" for name, what in COUNTS.items())
    yield "} hs_shape;"


def _sensors() -> Iterator[str]:
    yield "/* What the avionics measured for frame `seq`. Where `has_...` is false the value is NaN or 0. */"
    yield "typedef struct hs_sensors {\n    uint64_t flight; /* 0, unless the program flies several at once */"
    yield "    uint64_t seq; /* number of the frame, to be repeated in the answer */"
    yield "    int64_t time_ns; /* ns since release: seq * frame_period_ns */"
    for key, fields in entries(SENSORS):
        if fields[0].flag:
            yield f"    bool has_{key}; /* whether it was measured */"
        if fields[0].map:
            yield "    struct {"
            yield from (line for one in fields for line in _member(one, "        "))
            yield f"    }} {key};"
        else:
            yield from _member(fields[0], "    ")
    yield "} hs_sensors;"


def _actuators() -> Iterator[str]:
    yield "/* The answer to the sensors of frame `seq`; all zero is a harmless one. */"
    yield "typedef struct hs_actuators {\n    uint64_t flight; /* that of the sensors that it answers */"
    yield "    uint64_t seq; /* that of the sensors that it answers */"
    for one in ACTUATORS:
        for sign in SIGNS:
            if sign.field == one.name:
                yield from comment(f"`{sign.number}`, force along {sign.push}: {sign.words}; {sign.stage}")
        yield from _member(one, "    ")
    yield "} hs_actuators;"


def _member(field: Field, indent: str) -> Iterator[str]:
    """A field with its comment."""
    bounds = "" if field.form == FLAG else f"; from {field.low:g} to {field.high:g}"
    if field.form == TIME:
        bounds = "; not negative"
    yield from comment(f"{field.units}; {field.source}{bounds}", indent)
    yield f"{indent}{TYPES[field.form]} {field.key}{_extent(field)};"


def _extent(field: Field) -> str:
    if not field.is_list:
        return ""
    if not field.per:
        return f"[{field.each}]"
    return f"[{most(field.per)}]" if field.each == 1 else f"[{field.each} * {most(field.per)}]"


def _telemetry() -> Iterator[str]:
    yield "/* An event in telemetry. */\ntypedef struct hs_event {"
    yield "    const char *name;\n    int64_t time_ns; /* ns since release */"
    yield "    int engine; /* -1: none */\n} hs_event;\n"
    yield from comment(
        "What a program may report with an answer; hs_telemetry_clear makes it empty. The physics never uses it.", ""
    )
    yield "typedef struct hs_telemetry {"
    for name, report in REPORTS.items():
        count = kind_of_report(report.kind)
        missing = "0" if report.kind == WHOLE else "NaN" if count else "none"
        yield from comment(f"{report.kind}; {report.meaning}; {missing}: not reported")
        if report.kind == "maps":
            yield f"    int n_{name};\n    hs_event {name}[HS_MAX_EVENTS];"
        elif report.kind == WHOLE:
            yield f"    int64_t {name};"
        elif count:
            yield f"    double {name}{f'[{count}]' if count > 1 else ''};"
        else:
            yield f"    const char *{name};"
    yield "} hs_telemetry;"


def counted_words() -> list[str]:
    """Words of shapes that stand for one length wherever they are."""
    return [word for word in SHAPES if word != "any"]


def count_of(name: str, key: Key) -> str:
    """The member that holds the length of a list of the flight load."""
    word = key.shape.split(" x ")[0]
    return f"n_{name.partition('.')[2] if word == 'any' else word}"


def _load() -> Iterator[str]:
    yield from comment(
        "The flight load: what the program is told before flight. A number that a load lacks is NaN, an index -1.", ""
    )
    yield "typedef struct hs_load {"
    yield from (f"    int n_{word}; /* {SHAPES[word]} that its lists have; 0: no list */" for word in counted_words())
    for name, key in KEYS.items():
        if key.shape == "any":
            yield f"    int {count_of(name, key)}; /* length of `{name}` */"
    for table in tables():
        yield "    struct {"
        for name, key in KEYS.items():
            if name.startswith(f"{table}."):
                yield from _key(name, key)
        yield f"    }} {table};"
    yield "} hs_load;"


def _key(name: str, key: Key) -> Iterator[str]:
    low, high = LOAD[name]
    unit = f"{key.unit}; " if key.unit else ""
    yield from comment(f"{unit}{key.meaning}; from {low:g} to {high:g}", " " * 8)
    extent = "".join(f"[{part if part.isdigit() else most(part)}]" for part in _parts(key))
    yield f"        {'int' if is_index(name) else 'double'} {name.partition('.')[2]}{extent};"


def _parts(key: Key) -> Iterable[str]:
    return key.shape.split(" x ") if key.shape else ()
