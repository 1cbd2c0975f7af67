"""Flies until the harness says shutdown; the law is in control.py."""

import sys

from control import Control
from hoverslam_link import GncLink, LinkClosed


def fly(link: GncLink) -> None:
    """The conversation with the harness."""
    control = None
    link.hello("mine", "0.1", ["reset"])
    while (message := link.receive())["type"] != "shutdown":
        if message["type"] == "reset":
            control = Control(message)
            link.ready(message["run_id"])
        elif message["type"] == "sensors":
            link.send_actuators(control.step(message))


if __name__ == "__main__":
    try:
        with GncLink.from_environment() as link:
            fly(link)
    except LinkClosed as closed:
        sys.exit(str(closed))
