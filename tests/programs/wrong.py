"""A sound flight program, and copies of it that are each wrong in one way: wrong.py NAME. `hoverslam conform` tells."""

import math
import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import msgpack

from hoverslam.harness.wire.link import GncLink, LinkClosed

Message = dict[str, Any]


class Flight:
    """Damps the rates with its fins, from a filtered rate: a state that lives as long as the flight."""

    def __init__(self, reset: Message) -> None:
        self.shape, self.period_ns = reset["shape"], reset["frame_period_ns"]
        self.rate = [0.0, 0.0, 0.0]
        self.last = -1

    def answer(self, message: Message) -> Message:
        """The command for a frame; measurements that are no numbers are held."""
        measured = [value if abs(value) < 1.0 else 0.0 for value in self.turn(message)]
        self.rate = [0.9 * old + 0.1 * new for old, new in zip(self.rate, measured, strict=True)]
        self.last = message["seq"]
        return self.command(message)

    def turn(self, message: Message) -> list[float]:
        return list(message["imu_dangle_b_rad"])

    def command(self, message: Message) -> Message:
        n = self.shape
        fin = max(-0.3, min(0.3, -20.0 * self.rate[0] + self.rate[1] + self.rate[2]))
        return {
            "type": "actuators", "flight": message["flight"], "seq": message["seq"],
            "engine_on": [False] * n["engines"], "throttle": [0.75] * n["engines"],
            "gimbal_rad": [0.01] * (2 * n["gimballed"]), "fin_rad": [fin] * n["fins"],
            "rcs_open": [False] * n["thrusters"], "leg_deploy": False,
        }  # fmt: skip


class Sound:
    """The program around it."""

    name, of_flight = "sound", Flight
    capabilities: tuple[str, ...] = ("reset", "fleet")

    def __init__(self, link: GncLink) -> None:
        self.link, self.flights = link, dict[int, Any]()

    def run(self) -> int:
        self.hello()
        while (message := self.receive())["type"] != "shutdown":
            number = message.get("flight", 0)
            if message["type"] == "reset":
                self.reset(message, number)
            elif message["type"] == "sensors":
                self.frame(message, self.flights[number].answer(message))
            elif message["type"] == "end":
                self.end(number)
        return 0

    def receive(self) -> Message:
        return self.link.receive()

    def hello(self) -> None:
        self.link.hello(self.name, "1.0", self.capabilities)

    def reset(self, message: Message, number: int) -> None:
        self.flights[number] = self.of_flight(message)
        self.link.ready(message["run_id"], number)

    def frame(self, message: Message, answer: Message) -> None:
        self.link.send_actuators(answer)

    def end(self, number: int) -> None:
        del self.flights[number]


def say(program: Sound, **changes: Any) -> None:
    """A hello with some of its fields changed."""
    told = {"type": "hello", "protocol": 1, "token": program.link._token, "name": "x", "version": "1"}
    program.link.send_bytes(msgpack.packb({**told, "capabilities": program.capabilities, **changes}))


class WrongToken(Sound):
    def hello(self) -> None:
        say(self, token="guess")


class WrongProtocol(Sound):
    def hello(self) -> None:
        say(self, protocol=2)


class WrongHello(Sound):
    def hello(self) -> None:
        say(self, language="python")


class Nameless(Sound):
    def hello(self) -> None:
        say(self, name="")


class Boastful(Sound):
    capabilities = ("reset", "fleet", "rest")


class Once(Sound):
    """Not wrong: it flies once and exits."""

    capabilities = ()

    def end(self, number: int) -> None:
        sys.exit(0)


class Mute(Sound):
    def hello(self) -> None:
        sys.exit(4)


class EarlyWord(Sound):
    def hello(self) -> None:
        super().hello()
        self.link.ready("before it was asked")


class Unready(Sound):
    def reset(self, message: Message, number: int) -> None:
        raise SystemExit(5)


class OddReady(Sound):
    def reset(self, message: Message, number: int) -> None:
        super_ready = {"type": "ready", "run_id": message["run_id"], "version": 2}
        self.link.send_bytes(msgpack.packb(super_ready))


class OtherRun(Sound):
    def reset(self, message: Message, number: int) -> None:
        self.link.ready("mine", number)


class OtherFlight(Sound):
    def reset(self, message: Message, number: int) -> None:
        self.link.ready(message["run_id"], 5)


class CutsRunId(Sound):
    def reset(self, message: Message, number: int) -> None:
        super().reset({**message, "run_id": message["run_id"][:32]}, number)


class Ahead(Sound):
    def reset(self, message: Message, number: int) -> None:
        super().reset(message, number)
        self.link.send_actuators(self.flights[number].command({"flight": number, "seq": 0}))


class Twice(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        super().frame(message, answer)
        if message["seq"] == 20:
            super().frame(message, answer)


class TwoParts(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        self.link._socket.send_multipart([msgpack.packb(answer), b"more"])


class Binary(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        super().frame(message, {**answer, "telemetry": {"raw": b"\1\2"}})


class Large(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        super().frame(message, {**answer, "telemetry": {"log": ["x" * 200] * 100}})


class Hangs(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        if message["seq"] == 30:
            signal.pause()
        super().frame(message, answer)


class EndsWithAWord(Sound):
    def end(self, number: int) -> None:
        super().end(number)
        self.link.ready("thank you")


def changed(**changes: Any) -> type[Sound]:
    """A program whose answers have some fields changed; a function is given answer and message."""

    class Changed(Sound):
        def frame(self, message: Message, answer: Message) -> None:
            found = {key: one(answer, message) if callable(one) else one for key, one in changes.items()}
            super().frame(message, {**answer, **found})

    return Changed


class NoGimbal(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        super().frame(message, {key: value for key, value in answer.items() if key != "gimbal_rad"})


class Shuffles(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        items = list(answer.items())
        super().frame(message, dict(items if message["seq"] % 2 else items[::-1]))


def flown(kind: type[Flight]) -> type[Sound]:
    """A program that flies flights of this kind."""
    return type(kind.__name__, (Sound,), {"of_flight": kind})


class Chance(Flight):
    def turn(self, message: Message) -> list[float]:
        return [value + 1e-6 * random.SystemRandom().random() for value in super().turn(message)]


KEPT: dict[str, Any] = {}


class Remembers(Flight):
    """Its filter goes on where the last flight of this process ended."""

    def answer(self, message: Message) -> Message:
        if self.last < 0:
            self.rate = KEPT.get("rate", self.rate)
        out = super().answer(message)
        KEPT["rate"] = self.rate
        return out


class KeepsItsLoad(Flight):
    """What it was told first holds for good."""

    def __init__(self, reset: Message) -> None:
        super().__init__(reset)
        self.heavy = KEPT.setdefault("pos", reset["flight_load"]["start"]["pos_enu_m"][0])

    def turn(self, message: Message) -> list[float]:
        return [value * (1.0 + 1e-3 * self.heavy) for value in super().turn(message)]


class RunIdCounts(Flight):
    def __init__(self, reset: Message) -> None:
        super().__init__(reset)
        self.rate[0] = 1e-3 * len(reset["run_id"])


class Watchdog(Flight):
    """After a second of wall time without a frame it goes to a safe mode."""

    heard_s = 0.0

    def answer(self, message: Message) -> Message:
        now_s = time.monotonic()
        late, self.heard_s = self.last >= 0 and now_s - self.heard_s > 1.0, now_s
        out = super().answer(message)
        self.rate = [0.0, 0.0, 0.0] if late else self.rate
        return {**out, "fin_rad": [0.0] * len(out["fin_rad"])} if late else out


class Impatient(Sound):
    """Gives up when nothing comes for a while in flight."""

    def receive(self) -> Message:
        if any(flight.last >= 40 for flight in self.flights.values()) and not self.link._socket.poll(2000):
            sys.exit("no frame for 2 s")
        return super().receive()


class HundredHertz(Flight):
    def __init__(self, reset: Message) -> None:
        super().__init__(reset)
        if self.period_ns != 10_000_000:
            raise SystemExit("100 Hz only")


class NineEngines(Flight):
    def command(self, message: Message) -> Message:
        return {**super().command(message), "throttle": [0.75] * 9}


class NoLongGaps(Flight):
    def answer(self, message: Message) -> Message:
        if self.last >= 0 and message["seq"] - self.last > 30:
            raise SystemExit("lost")
        return super().answer(message)


class Divides(Flight):
    def turn(self, message: Message) -> list[float]:
        return [value / (message["seq"] - self.last) for value in super().turn(message)]


class ShortMemory(Flight):
    def answer(self, message: Message) -> Message:
        if message["seq"] < self.last - 3:
            raise SystemExit("too old")
        return super().answer(message)


class OneBack(Flight):
    def answer(self, message: Message) -> Message:
        if message["seq"] == self.last - 1:
            raise SystemExit("out of order")
        return super().answer(message)


class StandsInTheAir(Flight):
    def answer(self, message: Message) -> Message:
        if any(message["leg_contact"]):
            raise SystemExit("landed")
        return super().answer(message)


class AllDead(Flight):
    def answer(self, message: Message) -> Message:
        if math.isnan(message["lox_level_m"] + message["imu_dvel_b_mps"][0]) and math.isnan(message["lox_pressure_pa"]):
            raise SystemExit("no sensors")
        return super().answer(message)


class BeginsAtZero(Flight):
    def answer(self, message: Message) -> Message:
        if self.last < 0 and message["seq"] != 0:
            raise SystemExit("seq must begin at 0")
        return super().answer(message)


class PassesNaN(Flight):
    def command(self, message: Message) -> Message:
        level = message["lox_level_m"]
        return {**super().command(message), "throttle": [min(level * 0.0 + 0.75, 1.0)] * self.shape["engines"]}


class Fixated(Flight):
    """Cannot do without a fix for a second."""

    fixed = 0

    def answer(self, message: Message) -> Message:
        self.fixed = message["seq"] if message["gnss"] is not None else self.fixed
        if message["seq"] - self.fixed > 100:
            raise SystemExit("no fix")
        return super().answer(message)


class NeverSawRadar(Flight):
    def answer(self, message: Message) -> Message:
        range_m = message["radar_range_m"]
        if range_m is not None and math.isfinite(range_m):
            raise SystemExit("radar")
        return super().answer(message)


class Overflows(Flight):
    def answer(self, message: Message) -> Message:
        if abs(message["rcs_pressure_pa"]) > 1e100:
            raise SystemExit("pressure")
        return super().answer(message)


class Status3(Sound):
    def run(self) -> int:
        return super().run() + 3


class Stays(Sound):
    def run(self) -> int:
        super().run()
        signal.pause()
        return 0


class Parent(Sound):
    def run(self) -> int:
        subprocess.Popen([sys.executable, "-S", "-c", "import signal; signal.pause()"])
        return super().run()


class Clings(Sound):
    """Waits for a harness that is gone."""

    def receive(self) -> Message:
        while True:
            try:
                return super().receive()
            except LinkClosed:
                continue


class ClingsEarly(Clings):
    """Before its first flight only."""

    def receive(self) -> Message:
        return super().receive() if not self.flights else Sound.receive(self)


class IdleStatus(Sound):
    """Calls it a failure when it is told to go before it has flown."""

    flew = False

    def reset(self, message: Message, number: int) -> None:
        super().reset(message, number)
        self.flew = True

    def run(self) -> int:
        return super().run() + (not self.flew)


class WantsFrames(Sound):
    def end(self, number: int) -> None:
        if self.flights[number].last < 0:
            raise SystemExit("no frames")
        super().end(number)


class KnowsTwoEnds(Sound):
    def receive(self) -> Message:
        message = super().receive()
        if message["type"] == "end" and message["why"] not in {"at_rest", "impact", "restart"}:
            raise SystemExit("unknown end")
        return message


class FewFlights(Sound):
    def reset(self, message: Message, number: int) -> None:
        if len(self.flights) > 8:
            raise SystemExit("full")
        super().reset(message, number)


class SharesItsState(Sound):
    """All flights of a fleet have one filter."""

    def reset(self, message: Message, number: int) -> None:
        super().reset(message, number)
        if len(self.flights) > 1:
            self.flights[number] = next(iter(self.flights.values()))


class SixtyFour(Sound):
    """Knows flights up to number 63."""

    def reset(self, message: Message, number: int) -> None:
        super().reset(message, number % 64)


class EndsAll(Sound):
    """At the end of one flight of a fleet it forgets the others too."""

    def end(self, number: int) -> None:
        self.flights.clear()

    def frame(self, message: Message, answer: Message) -> None:
        super().frame(message, answer)

    def run(self) -> int:
        try:
            return super().run()
        except KeyError:
            return 6


class Leaks(Flight):
    kept: list[bytes] = []  # noqa: RUF012  the point of it

    def answer(self, message: Message) -> Message:
        self.kept.append(os.urandom(8192))
        return super().answer(message)


class DiesLate(Flight):
    def answer(self, message: Message) -> Message:
        if message["seq"] > 1000:
            raise SystemExit("tired")
        return super().answer(message)


class Loud(Sound):
    def frame(self, message: Message, answer: Message) -> None:
        print("x" * 20_000, flush=True)
        super().frame(message, answer)


def short(name: str) -> Any:
    """The field without its last value."""
    return lambda answer, _: answer[name][:-1]


def at(frame: int, value: Any, name: str) -> Any:
    """Another value of a field in one frame."""
    return lambda answer, message: value if message["seq"] == frame else answer[name]


FAILS: dict[str, tuple[type[Sound], str]] = {
    "token": (WrongToken, "token"), "protocol": (WrongProtocol, "protocol"), "fields": (WrongHello, "hello-fields"),
    "mute": (Mute, "hello"), "boastful": (Boastful, "capabilities"), "early": (EarlyWord, "quiet-before-reset"),
    "unready": (Unready, "ready"), "odd-ready": (OddReady, "ready-fields"), "other-run": (OtherRun, "run-id"),
    "other-flight": (OtherFlight, "ready-flight"), "cuts-run-id": (CutsRunId, "run-id-any"),
    "ahead": (Ahead, "quiet-before-frames"), "twice": (Twice, "unasked"), "two-parts": (TwoParts, "encoding"),
    "binary": (Binary, "encoding"), "large": (Large, "size"), "hangs": (Hangs, "answers"),
    "last-word": (EndsWithAWord, "end-quiet"), "type": (changed(type="commands"), "type"),
    "seq": (changed(seq=0), "seq"), "flight": (changed(flight=3), "flight"),
    "extra-key": (changed(parachute=True), "keys"), "missing-key": (NoGimbal, "keys"),
    "flag": (changed(leg_deploy=0), "types"), "text": (changed(throttle="full"), "types"),
    "short": (changed(rcs_open=short("rcs_open")), "lengths"),
    "nan": (changed(leg_deploy=False, fin_rad=at(50, [math.nan] * 4, "fin_rad")), "finite"),
    "telemetry": (changed(telemetry=[1.0]), "telemetry-map"), "chance": (flown(Chance), "repeats"),
    "remembers": (flown(Remembers), "again"), "keeps-load": (flown(KeepsItsLoad), "other-flight"),
    "run-id-counts": (flown(RunIdCounts), "run-id-free"), "watchdog": (flown(Watchdog), "pace"),
    "impatient": (Impatient, "silence"), "hundred-hertz": (flown(HundredHertz), "rate"),
    "nine-engines": (flown(NineEngines), "other-vehicle"), "gaps": (flown(NoLongGaps), "missing"),
    "divides": (flown(Divides), "duplicate"), "short-memory": (flown(ShortMemory), "late"),
    "begins-at-zero": (flown(BeginsAtZero), "restart"), "passes-nan": (flown(PassesNaN), "nan-lox_level_m"),
    "fixated": (flown(Fixated), "no-gnss"), "radar": (flown(NeverSawRadar), "radar"),
    "overflows": (flown(Overflows), "flipped-bits"), "status-3": (Status3, "shutdown"), "stays": (Stays, "shutdown"),
    "parent": (Parent, "orphans"), "clings": (Clings, "harness-gone"), "shares": (SharesItsState, "fleet-together"),
    "sixty-four": (SixtyFour, "fleet-numbers"), "ends-all": (EndsAll, "fleet-reuse"), "leaks": (flown(Leaks), "memory"),
    "one-back": (flown(OneBack), "reordered"), "stands": (flown(StandsInTheAir), "flipped-switches"),
    "all-dead": (flown(AllDead), "nan-all"), "clings-early": (ClingsEarly, "gone-early"),
    "idle-status": (IdleStatus, "shutdown-early"), "wants-frames": (WantsFrames, "reset-again"),
    "two-ends": (KnowsTwoEnds, "end-reasons"), "few-flights": (FewFlights, "fleet-crowd"),
    "dies-late": (flown(DiesLate), "long-flight"),
}  # fmt: skip
"""By name: the program, and the check that is to fail."""
WARNS: dict[str, tuple[type[Sound], str]] = {
    "nameless": (Nameless, "names"), "shuffles": (Shuffles, "key-order"), "loud": (Loud, "output"),
    "full-fin": (changed(fin_rad=at(9, [1.0] * 4, "fin_rad")), "range-fin"),
    "whole": (changed(gimbal_rad=at(9, [0] * 10, "gimbal_rad")), "float64"),
    "flat": (changed(telemetry={"pos_enu_m": [1.0, 2.0]}), "telemetry"),
    "prophet": (changed(telemetry={"events": [{"name": "landed", "time_ns": 10**12}]}), "events"),
}  # fmt: skip
PROGRAMS = {"sound": (Sound, ""), "once": (Once, "")} | FAILS | WARNS


def main() -> int:
    """Run a program until the harness is done with it; returns the exit status."""
    try:
        with GncLink.from_environment() as link:
            return PROGRAMS[sys.argv[1]][0](link).run()
    except LinkClosed:
        return 1


if __name__ == "__main__":
    sys.exit(main())
