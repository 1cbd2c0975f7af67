"""The reference flight software with a fault planted in it: python -m tests.programs.planted NAME, for `hunt` to find.

Each breaks one thing, in one corner of the flights, by overruling the reference around its frame step.
"""

import hashlib
import sys
from typing import Any

import numpy as np

from hoverslam.gnc import node
from hoverslam.gnc.state import BURN, EVENT, FAILED, FRAME, GLIDE, MODE, ON
from hoverslam.harness.wire.link import GncLink

LATE_S = 2.0
WINDY_MPS = 60.0
BELOW_MSL_M = 25_000.0  # higher up the estimate of the wind is hardly more than the forecast
FIX_LOST_S = 1.0
LIT_SHARE = 0.05
FORGETS = 0.03


class LateIgnition(node.GncFlight):
    """Ignites 2.0 s late where the column of wind, forecast and what was learnt of its error, exceeded 60 m/s."""

    def __init__(self, reset: dict[str, Any]) -> None:
        super().__init__(reset)
        self.windiest_mps, self.due_frame = 0.0, -1

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reference's answer, but for the ignition."""
        out = super().answer(message)
        clock, state = self.state["clock"][0], self.state[0]
        self.windiest_mps = max(self.windiest_mps, self.wind_mps())
        if clock[MODE] == BURN and self.windiest_mps > WINDY_MPS and clock[FRAME] - 1 != self.due_frame:
            if self.due_frame < 0:
                self.due_frame = int(clock[FRAME]) - 1 + round(LATE_S * 1e9 / self.frame_ns)
            if clock[FRAME] - 1 < self.due_frame:  # as if nothing had been decided
                clock[MODE], clock[EVENT] = GLIDE, max(clock[EVENT] - 1, self.told)
                state["engines"][:, ON] = 0.0
                out["engine_on"] = [False] * len(out["engine_on"])
        return out

    def wind_mps(self) -> float:
        """Speed of the wind here, as the reference believes it."""
        load, height_m = self.load_record[0], float(self.state["nav"][0, 2])
        altitude_m = float(load["pad"]["elevation_m"]) + height_m
        if altitude_m > BELOW_MSL_M:
            return 0.0
        forecast, at = load["forecast"], altitude_m / float(load["forecast"]["step_m"])
        grid = np.arange(len(forecast["east_mps"]))
        east = np.interp(at, grid, forecast["east_mps"]) + self.state["air"][0, 1]
        north = np.interp(at, grid, forecast["north_mps"]) + self.state["air"][0, 2]
        return float(np.hypot(east, north))


class WrongSide(node.GncFlight):
    """Steers to the wrong side across the line of flight while no fix comes: the sign of one gain."""

    def __init__(self, reset: dict[str, Any]) -> None:
        super().__init__(reset)
        self.gain, self.without_s = float(self.load_record[0]["gains"]["cross_gain"]), 0.0

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reference's answer, its gain turned round where GNSS is lost."""
        fix = message["gnss"]
        heard = fix is not None and all(np.isfinite(fix["pos_e_m"]))
        self.without_s = 0.0 if heard else self.without_s + self.frame_ns * 1e-9
        self.load_record[0]["gains"]["cross_gain"] = -self.gain if self.without_s > FIX_LOST_S else self.gain
        return super().answer(message)


class NoSpare(node.GncFlight):
    """Lights no spare for an engine whose igniter failed."""

    def __init__(self, reset: dict[str, Any]) -> None:
        super().__init__(reset)
        self.engines = int(self.state["fitted"][0, 0])
        self.lit = np.zeros(self.engines, dtype=bool)

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reference's answer, without what it lights afterwards."""
        full_pa = float(self.load_record[0]["stage"]["chamber_pressure_pa"])
        self.lit |= np.array(message["chamber_pressure_pa"]) > LIT_SHARE * full_pa
        engines = self.state["engines"][0, : self.engines]
        before = engines[:, ON].copy()
        out = super().answer(message)
        if bool(((engines[:, FAILED] > 0.5) & ~self.lit).any()):
            self.load_record[0]["stage"]["spares"] = -1
            fresh = (engines[:, ON] > 0.5) & (before < 0.5)
            engines[fresh, ON] = 0.0
            out["engine_on"] = [on and not new for on, new in zip(out["engine_on"], fresh, strict=True)]
        return out


class Forgetful(node.GncFlight):
    """Never deploys its legs in about three flights of a hundred, which the first fix picks."""

    def __init__(self, reset: dict[str, Any]) -> None:
        super().__init__(reset)
        self.forgets: bool | None = None

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reference's answer, without the legs in these."""
        if self.forgets is None and message["gnss"]:
            digest = hashlib.sha256(repr(message["gnss"]["pos_e_m"]).encode()).digest()
            self.forgets = int.from_bytes(digest[:4], "little") < FORGETS * 2**32
        out = super().answer(message)
        return {**out, "leg_deploy": False} if self.forgets else out


PLANTED = {"forgetful": Forgetful, "late-ignition": LateIgnition, "wrong-side": WrongSide, "no-spare": NoSpare}


def main() -> int:
    """Serve as the reference does, with flights of the planted kind."""
    node.GncFlight = PLANTED[sys.argv[1]]  # type: ignore[misc]  # the class is replaced on purpose
    with GncLink.from_environment() as link:
        node.serve(link)
    return 0


if __name__ == "__main__":
    sys.exit(main())
