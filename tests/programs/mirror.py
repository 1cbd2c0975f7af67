"""The twin of c/mirror.c on the client in Python: mirror.py [telemetry]."""

import sys
from typing import Any

from hoverslam.harness.wire.echo import Echo, main


class Mirror(Echo):
    """Answers each frame with what it measured."""

    name, version = "mirror", "1.0"

    def answer_to(self, message: dict[str, Any]) -> dict[str, Any]:
        answer = {**super().answer_to(message), **mirrored(message)}
        return answer | ({"telemetry": reported(message)} if "telemetry" in sys.argv else {})


def mirrored(message: dict[str, Any]) -> dict[str, Any]:
    gnss, radar = message["gnss"], message["radar_range_m"]
    throttle = [0.25 * one + message["imu_dvel_b_mps"][0] for one in message["chamber_pressure_pa"]]
    if gnss is not None:
        throttle[0] += 1e-9 * float(gnss["time_ns"]) + gnss["pos_e_m"][1]
    throttle[0] += message["lox_level_m"] + 2.0 * message["lch4_level_m"] + 4.0 * message["lch4_pressure_pa"]
    throttle[0] += 8.0 * message["rcs_pressure_pa"]
    opens = gnss is not None and gnss["vel_e_mps"][2] < message["lox_pressure_pa"]
    return {
        "engine_on": [one == 3 for one in message["engine_state"]],
        "throttle": throttle,
        "gimbal_rad": [0.5 * one + message["imu_dangle_b_rad"][2] for one in message["gimbal_rad"]],
        "fin_rad": [one - (1.0 if radar is None else radar) for one in message["fin_rad"]],
        "rcs_open": [opens] * 2,
        "leg_deploy": message["leg_locked"][0] and message["leg_contact"][-1],
    }


def reported(message: dict[str, Any]) -> dict[str, Any]:
    told = {"pos_enu_m": message["imu_dvel_b_mps"], "k_req": 1e-9 * message["time_ns"], "mode": "mirror"}
    if message["time_ns"]:
        told["clock_ns"] = message["time_ns"]
    if message["seq"] % 50 == 5:
        told["events"] = [{"name": "passed", "time_ns": message["time_ns"], "engine": -1}]
    return told


if __name__ == "__main__":
    sys.exit(main(Mirror))
