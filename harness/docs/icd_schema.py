"""The contract as a JSON Schema (draft 2020-12) of every message, flight load included, from models and tables.

It tells what the harness refuses as malformed. Ranges of sensors and commands are told, not demanded: a failed sensor
may report anything, and a command beyond the limit of its actuator is clipped.
"""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from hoverslam.harness.docs.icd_header import is_index
from hoverslam.harness.record.telemetry import REPORTS
from hoverslam.harness.wire.contract import ACTUATORS, COUNTS, FLOAT, SENSORS, Field
from hoverslam.harness.wire.messages import MESSAGES
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL
from hoverslam.scenarios.load_keys import LONGEST, Key
from hoverslam.scenarios.load_ranges import KEYS, LOAD

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MEASURED = {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
"""A measurement; JSON has no numbers that are not finite, so they are text there (in MessagePack: a float)."""
Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema: one of the messages, each of which is a definition too."""
    _, made = models_json_schema([(one, "validation") for one in MESSAGES], ref_template="#/$defs/{model}")
    models: dict[str, Schema] = made["$defs"]
    models["Sensors"]["properties"] |= _told(models["Sensors"], [one for one in SENSORS if not one.map])
    models["gnss"]["description"] = "a new fix of the GNSS receiver; nil where there is none"
    models["gnss"]["properties"] |= _told(models["gnss"], [one for one in SENSORS if one.map])
    models["Actuators"]["properties"] |= _told(models["Actuators"], list(ACTUATORS))
    models["Actuators"]["properties"]["telemetry"] |= {"description": _telemetry()}
    models["Reset"]["properties"]["flight_load"] = {"$ref": "#/$defs/FlightLoad"}
    for name, what in COUNTS.items():
        models["Shape"]["properties"][name]["description"] = what
    return {
        "$schema": DRAFT,
        "title": f"Hoverslam wire, protocol {PROTOCOL}",
        "oneOf": [{"$ref": f"#/$defs/{one.__name__}"} for one in MESSAGES],
        "$defs": models | {"Measured": MEASURED, "FlightLoad": _load()},
    }


def _told(model: Schema, fields: list[Field]) -> Schema:
    """The properties of these fields, with what they are; measurements may be no number."""
    return {one.key: _property(one, model["properties"][one.key]) for one in fields}


def _property(field: Field, made: Schema) -> Schema:
    told = _measured(made) if field in SENSORS and field.form == FLOAT else dict(made)
    ends = f"; from {field.low:g} to {field.high:g}" if field.form == FLOAT else ""
    return told | {"description": f"{field.units}; {field.source}{ends}"}


def _measured(made: Schema) -> Schema:
    """The same with every number replaced by one that may be NaN."""
    if made.get("type") == "number":
        return {"$ref": "#/$defs/Measured"}
    return {
        key: _measured(value) if isinstance(value, dict)
        else [_measured(one) for one in value] if key == "anyOf" else value
        for key, value in made.items()
    }  # fmt: skip


def _telemetry() -> str:
    told = (f"{name} ({report.kind}): {report.meaning}" for name, report in REPORTS.items())
    return "never refused; keys that are read: " + "; ".join(told)


def _load() -> Schema:
    """The flight load: known keys within their ranges; a load may lack keys and have others."""
    tables = {name: dict(_keys(name)) for name in dict.fromkeys(key.partition(".")[0] for key in KEYS)}
    return {
        "title": "FlightLoad",
        "description": "what the program is told before flight",
        "type": "object",
        "properties": {name: {"type": "object", "properties": keys} for name, keys in tables.items()},
    }


def _keys(table: str) -> Iterator[tuple[str, Schema]]:
    for name, key in KEYS.items():
        if name.startswith(f"{table}."):
            yield name.partition(".")[2], _key(name, key)


def _key(name: str, key: Key) -> Schema:
    low, high = LOAD[name]
    made: Schema = {"type": "integer" if is_index(name) else "number", "minimum": low, "maximum": high}
    for part in reversed(key.shape.split(" x ") if key.shape else []):
        least, most = (int(part), int(part)) if part.isdigit() else (0, LONGEST[part])
        made = {"type": "array", "items": made, "minItems": least, "maxItems": most}
    return made | {"description": "; ".join(filter(None, (key.unit, key.meaning)))}
