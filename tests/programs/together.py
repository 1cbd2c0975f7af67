"""A program that flies many at once, with a memory for each, and does what a flight's load asks of it at one frame.

Its commands depend on everything that the flight has measured, so that a state taken for another's would show.
"""

import math
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from hoverslam.harness.wire.echo import Echo, main

Message = dict[str, Any]


class Together(Echo):
    """Remembers a number for each flight."""

    name = "together"

    def __init__(self, link: Any) -> None:
        super().__init__(link)
        self.memory: dict[int, float] = {}
        self.loads: dict[int, Message] = {}

    def reset(self, message: Message) -> None:
        flight = message.get("flight", 0)
        self.memory[flight], self.loads[flight] = 0.0, message["flight_load"]
        if message["flight_load"].get("deed") == "foreign_ready":
            self.link.ready(message["run_id"], flight + 1)
        else:
            super().reset(message)

    def end(self, message: Message) -> None:
        flight = message.get("flight", 0)
        if self.loads[flight].get("deed") == "after_end" and message["why"] == "at_rest":
            self.link.send_actuators(self.answers[flight])
        super().end(message)
        self.memory.pop(flight)

    def sensors(self, message: Message) -> None:
        flight, load = message["flight"], self.loads[message["flight"]]
        self.memory[flight] = math.sin(self.memory[flight] + message["lox_level_m"] + sum(message["imu_dvel_b_mps"]))
        answer = self.answer_to(message)
        answer["fin_rad"] = [0.1 * self.memory[flight]] * len(answer["fin_rad"])
        answer.pop("telemetry", None)
        if message["seq"] % 10 == 0:
            answer["telemetry"] = {"memory": self.memory[flight]}
        if message["seq"] == load.get("frame") and load["deed"] in DEEDS:
            DEEDS[load["deed"]](self, answer)
        else:
            self.link.send_actuators(answer)


def kill(_program: Together, _answer: Message) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exit_7(_program: Together, _answer: Message) -> None:
    print("guidance: no solution", file=sys.stderr, flush=True)
    os._exit(7)


def hang(_program: Together, _answer: Message) -> None:
    while True:
        signal.pause()


def silent(_program: Together, _answer: Message) -> None:
    """Never answer this flight again, because nothing more is asked of it; go on with the others."""


def nan_command(program: Together, answer: Message) -> None:
    program.link.send_actuators({**answer, "throttle": [math.nan] * len(answer["throttle"])})


def garbage(program: Together, _answer: Message) -> None:
    program.link.send_bytes(b"\xc1\x00garbage")


def twice(program: Together, answer: Message) -> None:
    program.link.send_actuators(answer)
    program.link.send_actuators(answer)


def unasked(program: Together, answer: Message) -> None:
    program.link.send_actuators({**answer, "flight": 99})


def mixed_up(program: Together, answer: Message) -> None:
    """Give the answer to one flight as that of another, where there is another."""
    others = [flight for flight in program.memory if flight != answer["flight"]]
    program.link.send_actuators({**answer, "flight": others[0] if others else answer["flight"]})


DEEDS: dict[str, Callable[[Together, Message], None]] = {
    deed.__name__: deed for deed in (kill, exit_7, hang, silent, nan_command, garbage, twice, unasked, mixed_up)
}


class OneByOne(Together):
    """The same, without saying that it can fly many."""

    capabilities = ("reset",)


if __name__ == "__main__":
    sys.exit(main(OneByOne if "one_by_one" in sys.argv else Together))
