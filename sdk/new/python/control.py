"""The law of this flight program: it keeps the stage base first, with fins and cold gas, and never burns."""

from __future__ import annotations

import math
from typing import Any

Vector = list  # of three numbers

# Gains, chosen: an error of 1 rad asks for 0.5 rad/s2, a rate of 1 rad/s for 1.4 rad/s2 against it.
ANGLE_GAIN, RATE_GAIN = 0.5, 1.4
GRAVITY_MPS2 = 9.81
LEAST_PRESSURE_PA = 10.0  # fins do nothing below it


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def unit(a: Vector) -> Vector:
    size = math.sqrt(dot(a, a)) or 1.0
    return [one / size for one in a]


def clipped(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def looked_up(at: list, values: list, place: float) -> float:
    """A table at some place between its points, its ends held."""
    if place <= at[0]:
        return values[0]
    for i in range(1, len(at)):
        if place <= at[i]:
            share = (place - at[i - 1]) / (at[i] - at[i - 1])
            return values[i - 1] + share * (values[i] - values[i - 1])
    return values[-1]


def measured(values: Vector) -> Vector:
    """A dead unit reports NaN: better to believe that nothing moves than to send it on."""
    return [one if math.isfinite(one) else 0.0 for one in values]


class Control:
    """What the program believes of one flight. Position and velocity: the inertial unit's, as east, north, up."""

    def __init__(self, reset: dict[str, Any]) -> None:
        load, self.shape = reset["flight_load"], reset["shape"]
        self.pad, self.forecast, self.stage = load["pad"], load["forecast"], load["stage"]
        self.period_s = 1e-9 * reset["frame_period_ns"]
        self.pos_m, self.vel_mps = list(load["start"]["pos_enu_m"]), list(load["start"]["vel_enu_mps"])
        self.axes = attitude_at_release(self.vel_mps, load["start"]["azimuth_rad"])

    def step(self, sensors: dict[str, Any]) -> dict[str, Any]:
        """The answer to a frame."""
        angle, dvel = measured(sensors["imu_dangle_b_rad"]), measured(sensors["imu_dvel_b_mps"])
        self.turn(angle)
        self.move(dvel)
        moment = self.wanted_moment([one / self.period_s for one in angle])
        fins = self.use_fins(moment)
        return {
            "type": "actuators",
            "flight": sensors["flight"],
            "seq": sensors["seq"],
            "engine_on": [False] * self.shape["engines"],
            "throttle": [0.0] * self.shape["engines"],
            "gimbal_rad": [0.0] * (2 * self.shape["gimballed"]),
            "fin_rad": fins,
            "rcs_open": self.use_thrusters(moment),
            "leg_deploy": False,
        }

    def turn(self, angle: Vector) -> None:
        """Turn the body axes by the small angle of a frame, and make them square again."""
        x, y, z = self.axes
        nose = unit([x[k] + y[k] * angle[2] - z[k] * angle[1] for k in range(3)])
        right = [y[k] + z[k] * angle[0] - x[k] * angle[2] for k in range(3)]
        right = unit([right[k] - dot(nose, right) * nose[k] for k in range(3)])
        self.axes = [nose, right, cross(nose, right)]

    def move(self, dvel: Vector) -> None:
        for k in range(3):
            self.vel_mps[k] += sum(self.axes[axis][k] * dvel[axis] for axis in range(3))
            self.vel_mps[k] -= GRAVITY_MPS2 * self.period_s if k == 2 else 0.0
            self.pos_m[k] += self.vel_mps[k] * self.period_s

    def wanted_moment(self, rate: Vector) -> Vector:
        """Against the rate, and toward a nose that points against the velocity."""
        target = unit([-one for one in self.vel_mps])
        error = [0.0, -dot(self.axes[2], target), dot(self.axes[1], target)]
        inertia = self.stage["dry_inertia_kgm2"]
        return [inertia[k] * (ANGLE_GAIN * error[k] - RATE_GAIN * rate[k]) for k in range(3)]

    def fin_force(self) -> float:
        """Force of one fin for a deflection of 1 rad."""
        rows = self.forecast["log_density"]
        altitudes = [row * self.forecast["step_m"] for row in range(len(rows))]
        altitude_m, speed_mps = self.pos_m[2] + self.pad["elevation_m"], math.sqrt(dot(self.vel_mps, self.vel_mps))
        pressure_pa = 0.5 * math.exp(looked_up(altitudes, rows, altitude_m)) * speed_mps**2
        mach = speed_mps / looked_up(altitudes, self.forecast["sound_mps"], altitude_m)
        slope = looked_up(self.stage["fin_mach"], self.stage["fin_slope"], mach)
        return pressure_pa * self.stage["fin_area_m2"] * slope if pressure_pa > LEAST_PRESSURE_PA else 0.0

    def fin_moments(self) -> list:
        """Moments of the fins for 1 rad each; the force of a fin with span (c, s) is along (0, -s, c)."""
        force_n, radius_m = self.fin_force(), self.stage["fin_radius_m"]
        along_m = self.stage["fin_position_m"] - self.stage["dry_cg_m"]
        spans = self.stage["fin_span_yz"]
        return [cross([along_m, radius_m * c, radius_m * s], [0.0, -s * force_n, c * force_n]) for c, s in spans]

    def use_fins(self, moment: Vector) -> list:
        """Share the moment among the fins; what they do not give is left in `moment`."""
        moments = self.fin_moments()
        power = [sum(one[k] ** 2 for one in moments) or math.inf for k in range(3)]
        limit = self.stage["fin_limit_rad"]
        fins = [clipped(sum(one[k] * moment[k] / power[k] for k in range(3)), limit) for one in moments]
        for k in range(3):
            moment[k] -= sum(fin * one[k] for fin, one in zip(fins, moments))
        return fins

    def use_thrusters(self, moment: Vector) -> list:
        """Open a thruster where at least half of its moment is wanted."""
        opened = []
        for at, along in zip(self.stage["thruster_position_m"], self.stage["thruster_direction"]):
            arm = [at[0] - self.stage["dry_cg_m"], at[1], at[2]]
            given = [self.stage["thruster_n"] * one for one in cross(arm, along)]
            opened.append(dot(given, moment) > 0.5 * dot(given, given))
        return opened


def attitude_at_release(vel_mps: Vector, azimuth_rad: float) -> list:
    """Body axes: nose against the velocity, body y level and to the right of the azimuth."""
    nose = unit([-one for one in vel_mps])
    right = [math.cos(azimuth_rad), -math.sin(azimuth_rad), 0.0]
    ahead = unit(cross(nose, right))
    return [nose, cross(ahead, nose), ahead]
