"""The reference program with many flights at once: a state for each, and none is kept once its flight has ended."""

import weakref
from typing import Any

import pytest

from hoverslam.gnc import node

FLIGHTS, ROUNDS = 5, 4


class Counting:
    """A flight that answers how many frames it has seen."""

    def __init__(self, reset: dict[str, Any]) -> None:
        self.run_id, self.frames = reset["run_id"], 0
        ALIVE.add(self)

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        self.frames += 1
        return {"flight": message["flight"], "run_id": self.run_id, "frames": self.frames}


ALIVE: weakref.WeakSet[Counting] = weakref.WeakSet()


class Scripted:
    """A link that says what was written down and remembers what it was told, and how many flights were alive."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.messages = iter(messages)
        self.told: list[Any] = []
        self.most = 0
        self.capabilities: list[str] = []

    def hello(self, _name: str, _version: str, capabilities: list[str]) -> None:
        self.capabilities = capabilities

    def receive(self) -> dict[str, Any]:
        self.most = max(self.most, len(ALIVE))
        return next(self.messages)

    def ready(self, run_id: str, flight: int) -> None:
        self.told.append((run_id, flight))

    def send_actuators(self, message: dict[str, Any]) -> None:
        self.told.append((message["run_id"], message["flight"], message["frames"]))


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "GncFlight", Counting)
    monkeypatch.setattr(node, "are_warm", lambda: True)


def serve(*messages: dict[str, Any]) -> Scripted:
    link = Scripted([*messages, {"type": "shutdown"}])
    node.serve(link)  # type: ignore[arg-type]  # a script stands in for the link
    return link


def test_states_are_kept_apart_and_dropped_at_the_end() -> None:
    said: list[dict[str, Any]] = []
    expected: list[Any] = []
    for turn in range(ROUNDS):
        for flight in range(FLIGHTS):
            said.append({"type": "reset", "flight": flight, "run_id": f"{turn}.{flight}"})
            expected.append((f"{turn}.{flight}", flight))
        for frame in range(3):
            for flight in reversed(range(FLIGHTS)):
                said.append({"type": "sensors", "flight": flight})
                expected.append((f"{turn}.{flight}", flight, frame + 1))
        said += [{"type": "end", "flight": flight} for flight in range(FLIGHTS)]
    link = serve(*said)
    assert link.told == expected
    assert link.most == FLIGHTS
    assert "fleet" in link.capabilities


def test_messages_without_a_flight_are_of_flight_0_as_ever() -> None:
    asked = {"type": "sensors", "flight": 0}
    link = serve({"type": "reset", "run_id": "a"}, asked, {"type": "end", "why": "at_rest"}, asked)
    assert link.told == [("a", 0), ("a", 0, 1)], "and after its end nobody answers"
