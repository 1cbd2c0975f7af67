"""A flight program that answers every frame with one harmless command: python -m hoverslam.harness.wire.echo.

The smallest program that flies the whole protocol; the lockstep benchmark runs it, and it is a model for one's own.
"""

import sys
from typing import Any

from hoverslam.harness.wire.link import GncLink, LinkClosed


class Echo:
    """Flies until told to shut down."""

    name, version = "echo", "1.0"
    capabilities: tuple[str, ...] = ("reset", "fleet")

    def __init__(self, link: GncLink) -> None:
        self.link = link
        self.answers: dict[int, dict[str, Any]] = {}

    def run(self) -> None:
        """The whole program."""
        self.hello()
        receive = self.link.receive
        while (message := receive())["type"] != "shutdown":
            if message["type"] == "sensors":
                self.sensors(message)
            elif message["type"] == "reset":
                self.reset(message)
            elif message["type"] == "end":
                self.end(message)

    def hello(self) -> None:
        """Introduce itself."""
        self.link.hello(self.name, self.version, self.capabilities)

    def reset(self, message: dict[str, Any]) -> None:
        """Prepare an answer of the lengths that the vehicle asks for."""
        flight = message.get("flight", 0)
        self.answers[flight] = harmless_command(message["shape"]) | {"flight": flight}
        self.link.ready(message["run_id"], flight)

    def sensors(self, message: dict[str, Any]) -> None:
        """Answer a frame."""
        self.link.send_actuators(self.answer_to(message))

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        """The command of the flight that the frame is of."""
        answer = self.answers[message["flight"]]
        answer["seq"] = message["seq"]
        return answer

    def end(self, message: dict[str, Any]) -> None:
        """Forget the flight."""
        self.answers.pop(message.get("flight", 0), None)


def harmless_command(shape: dict[str, int]) -> dict[str, Any]:
    """Engines off, legs in, fins and gimbals nearly still."""
    return {
        "type": "actuators",
        "flight": 0,
        "seq": 0,
        "engine_on": [False] * shape["engines"],
        "throttle": [0.75] * shape["engines"],
        "gimbal_rad": [0.01] * (2 * shape["gimballed"]),
        "fin_rad": [-0.02] * shape["fins"],
        "rcs_open": [False] * shape["thrusters"],
        "leg_deploy": False,
    }


def main(program: type[Echo] = Echo) -> int:
    """Run a program until the harness is done with it; returns the exit status."""
    try:
        with GncLink.from_environment() as link:
            program(link).run()
    except LinkClosed as closed:
        print(closed, file=sys.stderr)  # noqa: T201  a flight program's standard error is shown by the harness
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
