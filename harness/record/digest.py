"""A digest of plain data."""

import hashlib
import json

DIGITS = 16


def digest(told: object) -> str:
    """Of plain data: the same digits for the same content, whatever the order of its keys."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _plain(value: object) -> object:
    """What TOML knows and JSON does not: dates and times."""
    return str(value)
