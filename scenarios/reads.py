"""A view of a scenario that notes which of its keys are read, so that one that nobody read is found out.

The view behaves as the scenario does; properties and methods run on it, so what they read is noted as well. A table in
which the user names the keys, as the overrides are, is noted key by key.
"""

from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any, NamedTuple, cast

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from hoverslam.scenarios.schema import Scenario

FOR_PEOPLE = frozenset({"name", "description", "expected"})
"""Keys that are there to be read by people: they change no flight, and need not."""


class Unread(NamedTuple):
    """A key that says something other than its default, to nobody."""

    key: str
    value: Any


class _Table:
    """The view of one table."""

    def __init__(self, table: BaseModel, read: set[str], prefix: str) -> None:
        self._table, self._read, self._prefix = table, read, prefix

    def __getattr__(self, name: str) -> Any:
        kind = type(self._table)
        if name in kind.model_fields:
            return _view(getattr(self._table, name), self._read, f"{self._prefix}{name}")
        attribute = getattr(kind, name)
        if isinstance(attribute, property):
            assert attribute.fget is not None
            return attribute.fget(self)
        return MethodType(attribute, self) if isinstance(attribute, FunctionType) else getattr(self._table, name)


class _Named(Mapping[str, Any]):
    """The view of a table in which the user names the keys."""

    def __init__(self, table: Mapping[str, Any], read: set[str], prefix: str) -> None:
        self._table, self._read, self._prefix = table, read, prefix

    def __getitem__(self, key: str) -> Any:
        value = self._table[key]
        self._read.add(f"{self._prefix}.{key}")
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def _view(value: Any, read: set[str], key: str) -> Any:
    if isinstance(value, BaseModel):
        return _Table(value, read, f"{key}.")
    if isinstance(value, Mapping):
        return _Named(value, read, key)
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return tuple(_view(item, read, f"{key}.{i}") for i, item in enumerate(value))
    read.add(key)
    return value


def watched(scenario: Scenario) -> tuple[Scenario, set[str]]:
    """The view, and the keys read through it so far; the set grows."""
    read: set[str] = set()
    return cast("Scenario", _Table(scenario, read, "")), read


def unread(table: BaseModel, read: set[str], prefix: str = "") -> Iterator[Unread]:
    """What the scenario says to nobody. A key at its default is left out: it says nothing."""
    for name, field in type(table).model_fields.items():
        key, value = f"{prefix}{name}", getattr(table, name)
        if key in FOR_PEOPLE:
            continue
        if isinstance(value, BaseModel):
            yield from unread(value, read, f"{key}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for i, item in enumerate(value):
                yield from unread(item, read, f"{key}.{i}.")
        elif isinstance(value, Mapping):
            yield from (Unread(f"{key}.{k}", v) for k, v in value.items() if f"{key}.{k}" not in read)
        elif key not in read and value != _default(field):
            yield Unread(key, value)


def _default(field: Any) -> Any:
    return PydanticUndefined if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
