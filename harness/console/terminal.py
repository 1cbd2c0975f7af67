"""The user's terminal, lent to a program that needs a whole one, such as a debugger.

The program gets a terminal of its own (a pseudoterminal). Keys go there as they are typed, Ctrl-C among them, which is
then the program's and not ours; what it shows comes back.
"""

import os
import select
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

CHUNK_BYTES = 65_536
INTERRUPT = b"\x03"
"""Ctrl-C."""


class LentTerminal:
    """See the module. `keyboard` and `screen` are descriptors of ours."""

    def __init__(self, keyboard: int = 0, screen: int = 2) -> None:
        self._keyboard, self._screen = keyboard, screen
        self._before: list[Any] | None = None
        self._ours = self._wake = -1
        self._thread: threading.Thread | None = None

    def lend(self) -> int:
        """The program's end, as large as our terminal; to be closed once the program has it."""
        self._ours, lent = os.openpty()
        os.set_blocking(self._ours, False)  # a program that does not read must not hold us
        with suppress(termios.error):
            termios.tcsetwinsize(lent, termios.tcgetwinsize(self._keyboard))
        return lent

    def relay(self, into: Callable[[bytes], None]) -> None:
        """Pass on keys and what is shown, which `into` gets as well, until `close`."""
        self._before = _keys_as_typed(self._keyboard)
        ended, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._pass_on, args=(ended, into), daemon=True, name="terminal")
        self._thread.start()

    def interrupt(self) -> None:
        """Press Ctrl-C in the program's terminal."""
        with suppress(OSError):
            os.write(self._ours, INTERRUPT)

    def close(self) -> None:
        """Give the terminal back as it was. Safe to call twice."""
        if self._thread is None:
            return
        os.close(self._wake)
        self._thread.join()
        self._thread = None
        os.close(self._ours)
        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)

    def _pass_on(self, ended: int, into: Callable[[bytes], None]) -> None:
        heard = [self._keyboard, self._ours]
        while ended not in (ready := select.select([ended, *heard], [], [])[0]):
            if self._keyboard in ready and not self._pass_keys():
                heard.remove(self._keyboard)
            if self._ours in ready and not self._pass_shown(into):
                heard.remove(self._ours)
        with suppress(OSError):
            self._pass_shown(into)  # its last words
        os.close(ended)

    def _pass_keys(self) -> bool:
        """False where there are no more."""
        try:
            keys = os.read(self._keyboard, CHUNK_BYTES)
        except OSError:
            return False
        with suppress(OSError):  # nobody reads them
            os.write(self._ours, keys)
        return bool(keys)

    def _pass_shown(self, into: Callable[[bytes], None]) -> bool:
        """False once nobody has the other end."""
        try:
            shown = os.read(self._ours, CHUNK_BYTES)
        except BlockingIOError:
            return True
        except OSError:  # EIO: that is how the end of a pseudoterminal shows
            return False
        into(shown)
        while shown:
            shown = shown[os.write(self._screen, shown) :]
        return True


def _keys_as_typed(keyboard: int) -> list[Any] | None:
    """Neither lines nor signals are made of keys from here on; how the terminal was, None where there is none."""
    try:
        before = termios.tcgetattr(keyboard)
    except termios.error:
        return None
    now = [*before]
    now[0] &= ~(termios.ICRNL | termios.IXON)
    now[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(keyboard, termios.TCSADRAIN, now)
    return before
