"""Makes Dask wait by a clock that nobody can set, and listen for nothing but its own messages.

Dask and Tornado take their deadlines and the times of their next heartbeat from the wall clock: set back by a day, a
cluster is silent for a day. Here both get a clock that begins with the wall clock's time and goes on with the monotonic
one. Importing this module does it in a process; workers import it before they start (`distributed.worker.preload`).
"""

import sys
import time
from typing import Any

NAME = __name__
_wall, _begun_s = time.time, time.time() - time.monotonic()


def steady() -> float:
    """Seconds that only ever go on, since 1970 as far as the wall clock was right when this process began."""
    return _begun_s + time.monotonic()


def _apply() -> None:
    import distributed.node
    import tornado.ioloop

    for name, module in list(sys.modules.items()):
        if name.startswith("distributed.") and getattr(module, "time", None) is _wall:
            module.time = steady  # type: ignore[attr-defined]  # each has its own name for the function
    loop: Any = tornado.ioloop.IOLoop
    loop.time = lambda _self: steady()
    node: Any = distributed.node.ServerNode
    node.start_http_server = lambda *_arguments, **_options: None


_apply()
