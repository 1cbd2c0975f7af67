"""What pages are told of a flight, kept from its beginning: each page reads on from where it is, at its own pace."""

import json
import threading
from collections.abc import Mapping
from typing import Any


class History:
    """Messages in order. One thread adds to them, one a page waits for them."""

    def __init__(self) -> None:
        self._messages: list[str] = []
        self._changed = threading.Condition()
        self._complete = False

    def add(self, message: Mapping[str, Any]) -> None:
        """One more. Numbers that are not finite are none in JSON; nothing here sends any."""
        text = json.dumps(message, allow_nan=False, separators=(",", ":"))
        with self._changed:
            self._messages.append(text)
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def after(self, place: int, wait_s: float) -> tuple[list[str], bool]:
        """All messages from a place on, waited for that long; and whether there will be no more after them.

        A page that has fallen behind gets all that it lacks at once, and draws it once.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._messages) > place or self._complete, wait_s)
            return self._messages[place:], self._complete
