"""The tables by which the client in C reads and writes messages, from the contract: `hoverslam_fields.h`."""

from collections.abc import Iterator
from typing import NamedTuple

from hoverslam.harness.docs.icd_header import count_of, counted_words, is_index, kind_of_report, most
from hoverslam.harness.record.telemetry import REPORTS, WHOLE
from hoverslam.harness.wire.contract import ACTUATORS, CODE, COUNTS, FLAG, FLOAT, SENSORS, TIME, Field, entries
from hoverslam.scenarios.load_keys import Key
from hoverslam.scenarios.load_ranges import KEYS

NONE = "HS_NONE"
FORMS = {FLOAT: "HS_DOUBLE", FLAG: "HS_BOOL", CODE: "HS_BYTE", TIME: "HS_INT64"}
FIRST = """\
/* Where the fields of messages lie in the structs of hoverslam_icd.h: for hoverslam.c alone.
 *
 * Written from the contract by `make docs`; do not edit.
 */
#ifndef HOVERSLAM_FIELDS_H
#define HOVERSLAM_FIELDS_H

#include <stddef.h>

#include "hoverslam_icd.h"

#define HS_NONE ((size_t)-1)

typedef enum hs_form { HS_DOUBLE, HS_BOOL, HS_BYTE, HS_INT64, HS_INT, HS_TEXT, HS_EVENTS } hs_form;

/* `room`: values for which there is space, 0 where the value is no list. `each`: values for one of what the list
 * counts; in a load, the length of a row. `count`: where the number of these is, in hs_shape for a frame and in hs_load
 * for a load. `flag`: where it is said that there is a value. */
typedef struct hs_field {
    const char *map;
    const char *key;
    hs_form form;
    size_t offset;
    size_t room;
    size_t each;
    size_t count;
    size_t flag;
} hs_field;
"""


class FieldRow(NamedTuple):
    """A row of a table: `hs_field` in C."""

    map: str
    key: str
    form: str
    offset: str
    room: str = "0"
    each: int = 1
    counter: str = NONE
    flag: str = NONE

    def text(self) -> str:
        """It in C."""
        rest = ", ".join(str(one) for one in self[2:])
        return f'{{"{self.map}", "{self.key}", {rest}}}'


def fields() -> str:
    """The whole file."""
    parts = (
        _table("shape", (FieldRow("", name, "HS_INT", _at("shape", name)) for name in COUNTS)),
        _table("sensors", (_sensor(key, one) for key, fields in entries(SENSORS) for one in fields)),
        _table("actuators", (_frame_field("actuators", one, one.key, "") for one in ACTUATORS)),
        _table("telemetry", (_report(name) for name in REPORTS)),
        _table("load", (_key(name, key) for name, key in KEYS.items())),
    )
    words = ", ".join(_at("load", f"n_{word}") for word in counted_words())
    lists = ", ".join(_at("load", count_of(name, key)) for name, key in KEYS.items() if key.shape == "any")
    counts = f"static const size_t hs_load_counts[] = {{\n    {words},\n    {lists},\n}};\n"
    return "\n".join([FIRST, *parts, "/* The lengths in a load. */", counts, "#endif\n"])


def _table(name: str, rows: Iterator[FieldRow]) -> str:
    lines = (f"    {row.text()}," for row in rows)
    return "\n".join([f"static const hs_field hs_{name}_fields[] = {{", *lines, "};", ""])


def _at(struct: str, member: str) -> str:
    return f"offsetof(hs_{struct}, {member})"


def _sensor(key: str, field: Field) -> FieldRow:
    flag = _at("sensors", f"has_{key}") if field.flag else NONE
    return _frame_field("sensors", field, f"{key}.{field.key}" if field.map else key, flag)


def _frame_field(struct: str, field: Field, member: str, flag: str) -> FieldRow:
    room = str(field.each) if field.is_list else "0"
    if field.per:
        room = f"{field.each} * {most(field.per)}"
    count = _at("shape", field.per) if field.per else NONE
    return FieldRow(field.map, field.key, FORMS[field.form], _at(struct, member), room, field.each, count, flag or NONE)


def _report(name: str) -> FieldRow:
    kind = REPORTS[name].kind
    numbers = kind_of_report(kind)
    other = {"maps": "HS_EVENTS", WHOLE: "HS_INT64"}.get(kind, "HS_TEXT")
    form = "HS_DOUBLE" if numbers else other
    return FieldRow("", name, form, _at("telemetry", name), str(numbers) if numbers > 1 else "0", max(numbers, 1))


def _key(name: str, key: Key) -> FieldRow:
    table, _, leaf = name.partition(".")
    form, at, each = "HS_INT" if is_index(name) else "HS_DOUBLE", _at("load", name), 1
    if not key.shape:
        return FieldRow(table, leaf, form, at)
    first, *rest = key.shape.split(" x ")
    for part in rest:
        each *= int(part)
    if first.isdigit():
        return FieldRow(table, leaf, form, at, first)
    return FieldRow(table, leaf, form, at, f"{each} * {most(first)}", each, _at("load", count_of(name, key)))
