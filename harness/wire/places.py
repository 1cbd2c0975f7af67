"""Where in a refused message the trouble is: the field, and the rule that it breaks. For messages known to be small."""

from collections.abc import Iterator
from typing import Any

import msgpack

SHOWN = 60


def broken_rule(data: bytes, text_bytes: int, elements: int) -> str:
    """Field and rule of the first value that is not allowed; empty where the bytes are no MessagePack at all."""
    try:
        message = msgpack.unpackb(data, raw=True, strict_map_key=False, timestamp=0)
    except (ValueError, TypeError, msgpack.UnpackException):
        return ""
    return next(_broken(message, "", text_bytes, elements), "")


def _broken(value: Any, place: str, text_bytes: int, elements: int) -> Iterator[str]:
    where = place[-SHOWN:] or "the message"
    if isinstance(value, bytes):
        if len(value) > text_bytes:
            yield f"{where} has {len(value)} bytes; text has at most {text_bytes}, and binary is not allowed"
        elif not _is_utf8(value):
            yield f"{where} is not UTF-8"
    elif isinstance(value, list | dict):
        if len(value) > elements:
            yield f"{where} has {len(value)} elements; the limit is {elements}"
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            inner = f"{place}[{key}]" if isinstance(value, list) else f"{place}.{_name(key)}".lstrip(".")
            yield from _broken(item, inner, text_bytes, elements)
    elif isinstance(value, msgpack.ExtType | msgpack.Timestamp):
        yield f"{where} is an extension or timestamp, which is not allowed"


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _name(key: Any) -> str:
    text = key.decode(errors="replace") if isinstance(key, bytes) else repr(key)
    return "".join(one if one.isprintable() else "?" for one in text)[:SHOWN]
