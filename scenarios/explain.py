"""Converts the errors of pydantic into one line with a correction for a flight engineer."""

import difflib
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hoverslam.scenarios.schema import Scenario

UNITS = {
    "m": "metres",
    "mps": "metres per second",
    "deg": "degrees",
    "s": "seconds",
    "kg": "kilograms",
    "hz": "hertz",
    "ticks": "ticks of the plant",
    "k": "kelvin",
}
SIGMAS = ("drawn", "aim.shift")
"""Tables whose numbers are in standard deviations, whatever their names end in."""
# Units that people write instead, with the one we use and the factor to it.
FOREIGN_UNITS = {
    "km": ("m", 1000.0),
    "cm": ("m", 0.01),
    "mm": ("m", 0.001),
    "ft": ("m", 0.3048),
    "nmi": ("m", 1852.0),
    "mi": ("m", 1609.344),
    "kmh": ("mps", 1 / 3.6),
    "kph": ("mps", 1 / 3.6),
    "kmps": ("mps", 1000.0),
    "fps": ("mps", 0.3048),
    "kts": ("mps", 1852 / 3600),
    "kn": ("mps", 1852 / 3600),
    "rad": ("deg", 180 / math.pi),
    "t": ("kg", 1000.0),
    "g": ("kg", 0.001),
    "lb": ("kg", 0.45359237),
    "ms": ("s", 0.001),
    "min": ("s", 60.0),
    "khz": ("hz", 1000.0),
}
LIMITS = {
    "greater_than_equal": ("must be at least {ge:g}", "raise it"),
    "greater_than": ("must be more than {gt:g}", "raise it"),
    "less_than_equal": ("must be at most {le:g}", "lower it"),
    "less_than": ("must be less than {lt:g}", "lower it"),
}
KINDS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text in quotes",
    "tuple_type": "an array, as in [0.0, 1000.0]",
    "model_type": "a table",
    "dict_type": "a table",
    "finite_number": "a finite number",
    "bool_type": "true or false",
}

MOST_EXPLAINED = 100
"""Largest number of mistakes collected per file; fewer are shown."""
MOST_KEY, MOST_VALUE = 120, 60


class Mistake(NamedTuple):
    """One thing to correct; `value` is None where there is none to show."""

    key: str
    value: Any
    problem: str
    remedy: str
    meant: str = ""  # the key that an unknown one was meant to be

    def __str__(self) -> str:
        shown = "" if self.value is None else f" = {_shown(self.value)}"
        return f"{cut(self.key, MOST_KEY)}{shown}: {self.problem}; {self.remedy}"


def explain(invalid: ValidationError, tree: Mapping[str, Any], root: type[BaseModel] = Scenario) -> list[Mistake]:
    """Every mistake that pydantic found, in the order of the schema; a misspelt key is not reported as missing too."""
    found = [_explain_one(error, tree, root) for error in invalid.errors(include_url=False)[:MOST_EXPLAINED]]
    meant = {mistake.meant for mistake in found if mistake.meant}
    return [mistake for mistake in found if mistake.key not in meant]


def _explain_one(error: ErrorDetails, tree: Mapping[str, Any], root: type[BaseModel]) -> Mistake:
    key = ".".join(str(part) for part in error["loc"])
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(error["loc"], error["input"], root)
    if kind == "missing":
        return Mistake(key, None, "is missing", f"add it{_meaning(error['loc'], root)}")
    if kind in LIMITS:
        problem, remedy = LIMITS[kind]
        return Mistake(key, error["input"], f"{problem.format(**context)}{_unit(key)}", remedy)
    if kind == "literal_error":
        return Mistake(key, error["input"], "unknown value", f"write {context['expected']}")
    if kind == "too_long":
        return Mistake(
            key,
            None,
            f"has {context['actual_length']} entries, must have at most {context['max_length']}",
            "shorten it",
        )
    if kind in KINDS:
        return Mistake(key, error["input"], f"must be {KINDS[kind]}", f"write {KINDS[kind]}{_unit(key)}")
    if "key" in context:  # a check across keys says itself which key is to be changed
        named = str(context["key"])
        key = f"{key}{named}" if named[0] == "." else named if "." in named else f"{key}.{named}"
        return Mistake(key, context.get("value", _look_up(tree, key)), *_split(error["msg"]))
    return Mistake(key, error["input"], *_split(error["msg"]))


def _split(message: str) -> tuple[str, str]:
    problem, _, remedy = message.partition("; ")
    return problem, remedy or "correct it"


def _unknown(loc: tuple[int | str, ...], value: Any, root: type[BaseModel]) -> Mistake:
    """An unknown key: the same quantity in another unit, a slip of the pen, or nothing we know."""
    table, wrong = "".join(f"{part}." for part in loc[:-1]), str(loc[-1])
    key = f"{table}{wrong}"
    expected = _keys(loc[:-1], root)
    for candidate in expected:
        if hint := _unit_hint(wrong, candidate, value):
            return Mistake(key, value, "unknown key (wrong unit)", hint, f"{table}{candidate}")
    close = difflib.get_close_matches(wrong, expected, n=1)
    if close:
        return Mistake(key, value, "unknown key", f"did you mean {close[0]}?", f"{table}{close[0]}")
    return Mistake(key, value, "unknown key", f"known: {', '.join(expected)}" if expected else "remove it")


def _unit_hint(wrong: str, candidate: str, value: Any) -> str | None:
    """`altitude_km` against `altitude_msl_m`: the key that is meant, its unit, and the value in it."""
    quantity, _, foreign = wrong.rpartition("_")
    stem, _, unit = candidate.rpartition("_")
    if foreign not in FOREIGN_UNITS and foreign not in UNITS and foreign != "msl":
        quantity, foreign = wrong, ""
    if unit not in UNITS or unit == foreign or not quantity or not f"{stem}_".startswith(f"{quantity}_"):
        return None
    home, factor = FOREIGN_UNITS.get(foreign, ("", 1.0))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    example = f": {candidate} = {value * factor:.6g}" if home == unit and number else ""
    return f"the key is {candidate}, in {UNITS[unit]}{example}"


def _meaning(loc: tuple[int | str, ...], root: type[BaseModel]) -> str:
    table = _table(loc[:-1], root)
    description = table.model_fields[str(loc[-1])].description if table and str(loc[-1]) in table.model_fields else None
    unit = UNITS.get(str(loc[-1]).rpartition("_")[2])
    said = ", ".join(part for part in (unit, description) if part)
    return f" ({said.replace('`', '')})" if said else ""


def _unit(key: str) -> str:
    name = next((part for part in reversed(key.split(".")) if not part.isdigit()), "")
    unit = "standard deviations" if key.startswith(SIGMAS) else UNITS.get(name.rpartition("_")[2])
    return f" ({unit})" if unit else ""


def _keys(loc: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    table = _table(loc, root)
    return list(table.model_fields) if table else []


def _table(loc: tuple[int | str, ...], root: type[BaseModel]) -> type[BaseModel] | None:
    """The model at a place in the schema, looking through arrays of tables."""
    table = root
    for part in loc:
        if isinstance(part, int):
            continue
        field = table.model_fields.get(part)
        kinds = [] if field is None else [field.annotation, *get_args(field.annotation)]
        found = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if found is None:
            return None
        table = found
    return table


def _look_up(tree: Any, key: str) -> Any:
    for part in key.split("."):
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{...}"
    text = f'"{value}"' if isinstance(value, str) else f"{value}"
    return cut(text, MOST_VALUE)


def cut(text: str, most: int) -> str:
    """A text that fits a line."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
