"""Where the harness listens: an address as it may be given, checked before anything is touched, and as one connects."""

import os
import socket
from pathlib import Path

from hoverslam.harness.wire.errors import EndpointError
from hoverslam.harness.wire.private_folder import MAX_IPC_PATH_BYTES

FORMS = "give ipc://PATH or tcp://HOST:PORT (PORT *: any free port)"
ELSEWHERE = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737); a UDP socket that is connected to it sends nothing."""


def checked(listen: str) -> str:
    """The address to bind, with an absolute path; raises EndpointError for one that cannot be, or a path in use."""
    scheme, separator, place = listen.partition("://")
    if not separator or scheme not in {"ipc", "tcp"} or not place:
        raise EndpointError(f"cannot listen at {listen!r}: {FORMS}")
    if scheme == "tcp":
        _check_port(listen, place)
        return listen
    path = socket_path(listen)
    if path is None:
        return listen
    if len(os.fsencode(path)) > MAX_IPC_PATH_BYTES - 1:
        raise EndpointError(f"socket path {path} has more than {MAX_IPC_PATH_BYTES - 1} bytes; give a shorter path")
    if os.path.lexists(path):
        raise EndpointError(f"cannot listen at {listen}: {path} exists and is not replaced; give another path")
    if not path.parent.is_dir():
        raise EndpointError(f"cannot listen at {listen}: no folder {path.parent}; create it, or give another path")
    return f"ipc://{path}"


def socket_path(address: str) -> Path | None:
    """The file of an `ipc` address; None for tcp and for names of the abstract kind (@NAME, unix(7))."""
    place = address.removeprefix("ipc://")
    return None if place == address or place.startswith("@") else Path(place).absolute()


def connectable(endpoint: str) -> str:
    """An endpoint as another machine connects to it, where the harness listens on every interface."""
    host, colon, port = endpoint.removeprefix("tcp://").rpartition(":")
    if not endpoint.startswith("tcp://") or host not in {"0.0.0.0", "[::]"}:  # noqa: S104  compared, not bound
        return endpoint
    return f"tcp://{_own_address()}{colon}{port}"


def _own_address() -> str:
    """The address of this machine on the interface that leads elsewhere; the loopback where none does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        address: str = asked.getsockname()[0]
        return address


def _check_port(listen: str, place: str) -> None:
    host, colon, port = place.rpartition(":")
    if not colon or not port or place.endswith("]"):
        raise EndpointError(f"cannot listen at {listen}: no port; {FORMS}")
    if not host:
        raise EndpointError(f"cannot listen at {listen}: no host before the port; {FORMS}")
    if port != "*" and not (port.isascii() and port.isdigit() and int(port[:6]) <= 65_535):
        raise EndpointError(f"cannot listen at {listen}: port {port[:20]!r} is not a number from 0 to 65535; {FORMS}")
