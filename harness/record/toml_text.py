"""Plain data as TOML: tables as tables, everything else as the standard library reads it back."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tree: Mapping[str, Any]) -> str:
    """A document; None, which TOML has no word for, is left out."""
    return "\n".join(_table(tree, ())).lstrip("\n") + "\n"


def _table(tree: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    inner = []
    for key, value in tree.items():
        if isinstance(value, Mapping) or _is_tables(value):
            inner.append((key, value))
        elif value is not None:
            yield f"{_key(key)} = {value_text(value)}"
    for key, value in inner:
        place = (*path, _key(key))
        entries = [("[", value, "]")] if isinstance(value, Mapping) else [("[[", entry, "]]") for entry in value]
        for opening, entry, closing in entries:
            if entry:
                yield from ("", f"{opening}{'.'.join(place)}{closing}")
                yield from _table(entry, place)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _quoted(key)


def value_text(value: Any) -> str:
    """A value on one line; a table inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {value_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(item) for item in value)}]"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0.0 else "-inf"
    return repr(value)


def _quoted(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON, but for DEL, which JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
