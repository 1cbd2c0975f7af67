"""An echo program that does one wrong thing at one frame: misbehave.py DEED FRAME."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack

from hoverslam.harness.wire.echo import Echo, main
from hoverslam.harness.wire.link import GncLink

DEED, FRAME = sys.argv[1], int(sys.argv[2])
Message = dict[str, Any]


def kill(link: GncLink, answer: Message) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(link: GncLink, answer: Message) -> None:
    print("going to think about it", file=sys.stderr)
    while True:
        signal.pause()


def exit_7(link: GncLink, answer: Message) -> None:
    print("guidance: no solution", "giving up", sep="\n", file=sys.stderr)
    sys.stderr.flush()
    os._exit(7)


def silent(link: GncLink, answer: Message) -> None:
    """Receive on, answer nothing."""


def garbage(link: GncLink, answer: Message) -> None:
    link.send_bytes(b"\xc1\x00garbage")


def truncated(link: GncLink, answer: Message) -> None:
    link.send_bytes(msgpack.packb(answer)[:-1])


def wrong_seq(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "seq": answer["seq"] - 1})


def nan_command(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "fin_rad": [float("nan"), *answer["fin_rad"][1:]]})


def infinite_command(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "throttle": [float("inf"), *answer["throttle"][1:]]})


def oversize(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "telemetry": {"log": ["x" * 200] * 100}})


def flood(link: GncLink, answer: Message) -> None:
    """More than the transport lets through: it closes the connection."""
    link.send_bytes(bytes(3 << 20))
    hang(link, answer)


def short_list(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "throttle": answer["throttle"][1:]})


def long_list(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "rcs_open": [*answer["rcs_open"], True]})


def number_for_flag(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "leg_deploy": 1})


def unknown_key(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "parachute": True})


def missing_key(link: GncLink, answer: Message) -> None:
    link.send_actuators({key: value for key, value in answer.items() if key != "gimbal_rad"})


def deep(link: GncLink, answer: Message) -> None:
    link.send_bytes(b"\x81\xa1k" * 500 + b"\xc0")


def duplicate_key(link: GncLink, answer: Message) -> None:
    packed = msgpack.packb(answer)
    link.send_bytes(bytes([packed[0] + 1]) + packed[1:] + b"\xa3seq\x00")


def two_answers(link: GncLink, answer: Message) -> None:
    link.send_actuators(answer)
    link.send_actuators(answer)


def ahead(link: GncLink, answer: Message) -> None:
    """Answer this frame and the 40 after it, which are then not answered when they come."""
    for seq in range(answer["seq"], answer["seq"] + 41):
        link.send_actuators({**answer, "seq": seq})


def parts(link: GncLink, answer: Message) -> None:
    link._socket.send_multipart([msgpack.packb(answer), b"and", b"more"])


def two_parts(link: GncLink, answer: Message) -> None:
    link._socket.send_multipart([msgpack.packb(answer), b"more"])


def chatty(link: GncLink, answer: Message) -> None:
    sys.stdout.write("aloud\n")  # in one piece each: print would write the end of the line by itself
    sys.stderr.write("quietly\n")
    link.send_actuators(answer)


def colourful(link: GncLink, answer: Message) -> None:
    print("\x1b[31maloud", flush=True)
    link.send_actuators(answer)


def held_at_a_breakpoint(link: GncLink, answer: Message) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    link.send_actuators(answer)


def tells_shutdown(link: GncLink, answer: Message) -> None:
    link.send_bytes(b"\xc1")
    while link.receive()["type"] != "shutdown":
        pass
    print("shutdown received", flush=True)


def long_text(link: GncLink, answer: Message) -> None:
    link.send_actuators({**answer, "telemetry": {"log": ["short", "x" * 300]}})


def leave(link: GncLink, answer: Message) -> None:
    """Close the connection and live on."""
    link.close()
    hang(link, answer)


def uninvited(link: GncLink, answer: Message) -> None:
    """Another program enters, unasked, says hello without the token and goes on to command."""
    intruder = Path(__file__).with_name("intruder.py")
    subprocess.run([sys.executable, str(intruder)], check=True)
    link.send_actuators(answer)


def child(link: GncLink, answer: Message) -> None:
    """Start a child that outlives us, and die."""
    subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    os._exit(3)


DEEDS: dict[str, Callable[[GncLink, Message], None]] = {
    deed.__name__: deed
    for deed in (
        kill, hang, exit_7, silent, garbage, wrong_seq, nan_command, infinite_command, oversize, flood, short_list,
        long_list, number_for_flag, unknown_key, missing_key, deep, duplicate_key, two_answers, ahead, parts,
        two_parts, chatty, colourful, held_at_a_breakpoint, tells_shutdown, long_text, leave, uninvited, child,
        truncated,
    )
}  # fmt: skip


class Misbehaving(Echo):
    """Behaves until the frame, or from the start."""

    name = f"misbehaving: {DEED}"
    flown = 0

    def hello(self) -> None:
        link = self.link
        if DEED == "mute":
            hang(link, {})
        if DEED == "wrong_token":
            link._token = "guess"
        if DEED == "exit_at_once":
            exit_7(link, {})
        if DEED in {"hello_list", "hello_empty"}:
            words = ["hello", 1] if DEED == "hello_list" else {"type": "hello", "protocol": 1, "token": link._token}
            link.send_bytes(msgpack.packb(words))
            link.close()
            os._exit(5)
        if DEED == "wrong_protocol":
            message = {"type": "hello", "protocol": 2, "token": link._token, "name": "x", "version": "1"}
            link.send_bytes(msgpack.packb(message))
            return
        capabilities = {"flies_once": (), "odd_capability": (*self.capabilities, "rest")}
        link.hello(self.name, self.version, capabilities.get(DEED, self.capabilities))

    def reset(self, message: Message) -> None:
        if DEED == "other_run":
            self.link.ready("another run")
        elif DEED == "other_flight":
            self.link.ready(message["run_id"], 5)
        elif DEED == "early_frame":
            super().reset(message)
            self.link.send_actuators({**self.answers[0], "seq": 0})
        elif DEED == "dies_after_a_flight" and self.flown:
            exit_7(self.link, {})
        else:
            super().reset(message)

    def end(self, message: Message) -> None:
        self.flown += 1
        if DEED == "extra_after_end" and self.flown == 1:
            self.link.send_actuators(self.answers[0])
        if DEED == "extra_between" and self.flown == 2:  # the second `end` of the first flight: nothing follows
            self.link.send_actuators(self.answers[0])
        if (DEED, self.flown) in {("parts_after_end", 1), ("parts_between", 2)}:
            self.link._socket.send_multipart([b"many", b"parts"])
        super().end(message)

    def sensors(self, message: Message) -> None:
        answer = self.answer_to(message)
        if message["seq"] == FRAME and DEED in DEEDS:
            DEEDS[DEED](self.link, answer)
        elif not (DEED == "silent" and message["seq"] > FRAME) and not (
            DEED == "ahead" and FRAME < message["seq"] <= FRAME + 40
        ):
            self.link.send_actuators(answer)


if __name__ == "__main__":
    if DEED == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    status = main(Misbehaving)
    if DEED == "stubborn":
        hang(None, {})  # type: ignore[arg-type]  # it hangs before it looks at either
    sys.exit(status)
