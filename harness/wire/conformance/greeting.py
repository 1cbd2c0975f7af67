"""Which checks a program's first messages break: its `hello`, and its `ready`."""

from typing import Any

from hoverslam.harness.wire.codec import decode
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.messages import CAPABILITIES, Hello, Message, Ready, validate
from hoverslam.harness.wire.sdk.hoverslam_link import PROTOCOL

MOST_NAME = 64
"""Characters of name and version that a report has room for."""


def hello_faults(data: bytes, token: str) -> dict[str, str]:
    """What is wrong with a first message, by check."""
    try:
        message = decode(data)
    except MessageRefused as refused:
        return {"hello": str(refused)}
    if message.get("type") != "hello":
        return {"hello": f"the first message is of type {message.get('type')!r}; must be 'hello'"}
    if message.get("token") != token:
        return {"token": "another token than HOVERSLAM_TOKEN; read the variable at each start"}
    if message.get("protocol") != PROTOCOL:
        return {"protocol": f"protocol = {message.get('protocol')!r}; must be {PROTOCOL}"}
    if why := _refused(Hello, message):
        return {"hello-fields": why}
    return _words(validate(Hello, message))


def _words(hello: Hello) -> dict[str, str]:
    found = {}
    if unknown := [one for one in hello.capabilities if one not in CAPABILITIES]:
        known = ", ".join(CAPABILITIES)
        found["capabilities"] = f"{unknown[0]!r} is unknown, so what it promises is not used; known: {known}"
    for name, text in (("name", hello.name), ("version", hello.version)):
        if not text.strip() or not text.isprintable() or len(text) > MOST_NAME:
            found["names"] = f"{name} = {text[:40]!r}; give 1 to {MOST_NAME} printable characters, for reports"
    return found


def ready_faults(data: bytes, run_id: str, flight: int) -> dict[str, str]:
    """What is wrong with the answer to a `reset`, by check."""
    try:
        message = decode(data)
    except MessageRefused as refused:
        return {"ready-fields": str(refused)}
    if why := _refused(Ready, message):
        return {"ready-fields": why}
    if message["run_id"] != run_id:
        return {"run-id": f"ready.run_id = {str(message['run_id'])[:40]!r}; must be that of `reset`, {run_id[:40]!r}"}
    if message.get("flight", 0) != flight:
        return {"ready-flight": f"ready.flight = {message['flight']}; must be that of `reset`, {flight}"}
    return {}


def _refused(model: type[Message], message: dict[str, Any]) -> str:
    try:
        validate(model, message)
    except MessageRefused as refused:
        return str(refused)
    return ""
