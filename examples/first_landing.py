"""A flight program that lands a Zhuque-3-class stage: docs/first-landing.md explains it, step by step.

Standard library and the client of `hoverslam sdk` only. Vectors are tuples of three: east, north, up, or body x, y, z.
"""

import math
import sys
from bisect import bisect_right
from collections import deque

try:
    from hoverslam_link import GncLink, LinkClosed
except ModuleNotFoundError:  # no copy next to this file: the one that is installed
    from hoverslam.link import GncLink, LinkClosed

TURN, RADIUS, FLATNESS = 7.292115e-5, 6378137.0, 0.00669437999  # WGS-84
IGNITION, HAND_OVER, LAST_DECEL, CONTACT, SETTLE = 0.82, 26.0, 3.5, 1.1, 1.2  # throttle; m/s; m/s2; m/s; 1/s
LEAN, Q_LEAN, SMOOTH, LAG = 0.19, 11000.0, 3.0, 0.8  # rad; Pa rad; 1/s; s


def add(a, b, k=1.0):
    """a + k b."""
    return a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]


def dot(a, b):
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a, b):
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def size(a):
    """Length of a vector."""
    return math.sqrt(dot(a, a))


def clip(x, most):
    """x within minus and plus most."""
    return max(-most, min(most, x))


def times(p, q):
    """Hamilton product, scalar first."""
    v = add(add(cross(p[1:], q[1:]), q[1:], p[0]), p[1:], q[0])
    return p[0] * q[0] - dot(p[1:], q[1:]), *v


def turned(q, v):
    """v from body axes to east, north, up; with the conjugate of q, back."""
    t = cross(q[1:], v)
    return add(add(v, t, 2 * q[0]), cross(q[1:], t), 2.0)


def back(q, v):
    """v from east, north, up to body axes."""
    return turned((q[0], -q[1], -q[2], -q[3]), v)


def small(angle):
    """The quaternion of a small rotation."""
    s = 1 - dot(angle, angle) / 8
    return s, angle[0] / 2, angle[1] / 2, angle[2] / 2


def table(grid, values, x):
    """Linear between the points, held beyond them."""
    i = max(1, min(len(grid) - 1, bisect_right(grid, x)))
    t = max(0.0, min(1.0, (x - grid[i - 1]) / (grid[i] - grid[i - 1])))
    return values[i - 1] + t * (values[i] - values[i - 1])


class World:
    """Pad, Earth and forecast."""

    def __init__(self, load):
        pad, self.air = load["pad"], load["forecast"]
        lat, lon, self.up = pad["latitude_rad"], pad["longitude_rad"], pad["elevation_m"]
        sl, cl, so, co = math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)
        n = RADIUS / math.sqrt(1 - FLATNESS * sl * sl)
        self.pad = ((n + self.up) * cl * co, (n + self.up) * cl * so, (n * (1 - FLATNESS) + self.up) * sl)
        self.axes = (-so, co, 0.0), (-sl * co, -sl * so, cl), (cl * co, cl * so, sl)
        self.turn = 0.0, TURN * cl, TURN * sl
        self.g0 = 9.780325 * (1 + 0.005302 * sl * sl)

    def enu(self, v):
        """v from Earth-fixed axes to those of the pad."""
        return tuple(dot(axis, v) for axis in self.axes)

    def gravity(self, pos, vel):
        """Gravity with the centrifugal and Coriolis terms of the turning Earth."""
        g = self.g0 - 3.086e-6 * (pos[2] + self.up)
        down = -g * pos[0] / RADIUS, -g * pos[1] / RADIUS, -g
        return add(down, cross(self.turn, vel), -2.0)

    def at(self, height):
        """Density, pressure, speed of sound and wind at a height above the pad."""
        a = self.air
        x = max(0.0, min(len(a["sound_mps"]) - 1.001, (height + self.up) / a["step_m"]))
        i, t = int(x), x - int(x)
        rows = (a[k] for k in ("log_density", "log_pressure", "sound_mps", "east_mps", "north_mps"))
        mix = [r[i] + t * (r[i + 1] - r[i]) for r in rows]
        return math.exp(mix[0]), math.exp(mix[1]), mix[2], (mix[3], mix[4], 0.0)


class Navigation:
    """Strapdown from the start state; GNSS corrects position, velocity and, through the velocity, the attitude."""

    def __init__(self, load, world):
        self.world, self.fixes, self.past = world, 0, deque(maxlen=30)
        self.pos, self.vel = tuple(load["start"]["pos_enu_m"]), tuple(load["start"]["vel_enu_mps"])
        self.arm = add(load["stage"]["antenna_m"], load["stage"]["imu_m"], -1.0)
        azimuth = load["start"]["azimuth_rad"]
        x = add((0, 0, 0), self.vel, -1 / size(self.vel))
        y = math.cos(azimuth), -math.sin(azimuth), 0.0
        z = cross(x, y)
        w = math.sqrt(max(1e-9, 1 + x[0] + y[1] + z[2])) / 2
        self.q = (w, (y[2] - z[1]) / (4 * w), (z[0] - x[2]) / (4 * w), (x[1] - y[0]) / (4 * w))
        self.rate, self.force = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)

    def step(self, m, dt):
        """One frame of strapdown, and a fix where there is one."""
        turn, push = m["imu_dangle_b_rad"], m["imu_dvel_b_mps"]
        self.gain = turned(self.q, add(push, cross(turn, push), 0.5))
        vel = add(add(self.vel, self.gain), self.world.gravity(self.pos, self.vel), dt)
        self.pos = add(self.pos, add(self.vel, vel), dt / 2)
        self.vel, self.rate = vel, tuple(a / dt for a in turn)
        q = times(small(tuple(-dt * w for w in self.world.turn)), times(self.q, small(turn)))
        n = math.sqrt(sum(c * c for c in q))
        self.q = tuple(c / n for c in q)
        self.force = tuple(f + 0.1 * (g / dt - f) for f, g in zip(self.force, self.gain, strict=True))
        antenna = turned(self.q, self.arm), turned(self.q, cross(self.rate, self.arm))
        self.past.append((m["time_ns"], add(self.pos, antenna[0]), add(self.vel, antenna[1])))
        if m["gnss"]:
            self.correct(m["gnss"])

    def correct(self, fix):
        """Compare a fix with what was believed when it was true."""
        when, pos, vel = min(self.past, key=lambda p: abs(p[0] - fix["time_ns"]))
        pos = add(pos, vel, (fix["time_ns"] - when) * 1e-9)
        miss = add(self.world.enu(add(fix["pos_e_m"], self.world.pad, -1.0)), pos, -1.0)
        slip = add(self.world.enu(fix["vel_e_mps"]), vel, -1.0)
        self.fixes += 1
        g, k = max(0.2, 1 / self.fixes), max(0.1, 1 / self.fixes)
        self.pos, self.vel = add(self.pos, miss, g), add(self.vel, slip, k)
        self.past = deque([(t, add(p, miss, g), add(v, slip, k)) for t, p, v in self.past], maxlen=30)
        if self.fixes > 5:
            tilt = cross(self.force, slip)
            self.q = times(small(tuple(0.025 * c / (dot(self.force, self.force) + 9) for c in tilt)), self.q)


class Landing:
    """One flight: navigation, guidance and control."""

    def __init__(self, reset):
        load = reset["flight_load"]
        self.shape, self.dt, self.s = reset["shape"], reset["frame_period_ns"] * 1e-9, load["stage"]
        self.world = World(load)
        self.nav = Navigation(load, self.world)
        self.mode, self.nose, self.zem, self.tgo = "glide", None, (0.0, 0.0, 0.0), 60.0
        self.ready, self.to_burn, self.reach, self.to_last = False, 50.0, 50.0, 15.0
        self.lean = 0.0, 0.0, 0.0
        self.throttle, self.legs, self.drag, self.scale = IGNITION, False, 1.0, 1.0
        self.push, self.slow, self.felt = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 9.8
        self.mass, self.notch, self.trim, self.lit_ns = None, [[0.0] * 4, [0.0] * 4], [0.0, 0.0], 0

    def answer(self, m):
        """One frame: navigate, decide, steer, command."""
        self.nav.step(m, self.dt)
        self.sense(m)
        self.decide(m)
        return self.command(m, self.want())

    def sense(self, m):
        """Mass, balance, air and thrust of this frame."""
        s, nav = self.s, self.nav
        lox = m["lox_level_m"] * s["tank_area_m2"] * s["lox_density_kgpm3"]
        fuel = m["lch4_level_m"] * s["tank_area_m2"] * s["lch4_density_kgpm3"]
        mass = s["dry_mass_kg"] + lox + fuel
        self.mass = mass if self.mass is None else self.mass + 0.1 * (mass - self.mass)
        a, b = s["lox_bottom_m"] + m["lox_level_m"] / 2, s["lch4_bottom_m"] + m["lch4_level_m"] / 2
        self.cg = (s["dry_mass_kg"] * s["dry_cg_m"] + lox * a + fuel * b) / mass
        self.inertia = s["dry_inertia_kgm2"][1] + s["dry_mass_kg"] * (s["dry_cg_m"] - self.cg) ** 2
        self.inertia += lox * (a - self.cg) ** 2 + fuel * (b - self.cg) ** 2
        arm = add((self.cg, 0.0, 0.0), s["imu_m"], -1.0)
        self.pos, self.vel = add(nav.pos, turned(nav.q, arm)), add(nav.vel, turned(nav.q, cross(nav.rate, arm)))
        self.axis = turned(nav.q, (1.0, 0.0, 0.0))
        self.felt += 0.2 * (m["imu_dvel_b_mps"][0] / self.dt - self.felt)
        self.push = add(self.push, add(nav.gain, self.axis, -m["imu_dvel_b_mps"][0]))  # what is not along the axis
        arm = add(
            (self.cg + self.inertia / (self.mass * self.cg), 0.0, 0.0), s["imu_m"], -1.0
        )  # a gimbal turns about it
        swing = turned(nav.q, cross(nav.rate, arm))
        self.calm_pos, self.calm_vel = add(nav.pos, turned(nav.q, arm)), add(nav.vel, swing)
        total = add(self.push, swing)
        self.side = add((0, 0, 0), add(total, self.slow, -1.0), 1 / LAG)
        self.slow = add(self.slow, self.side, self.dt)
        self.height = self.pos[2] - self.axis[2] * (self.cg - s["foot_m"])
        self.rho, self.pressure, sound, wind = self.world.at(self.pos[2])
        self.flow = add(self.vel, wind, -1.0)
        self.speed = size(self.flow)
        self.mach, self.q = self.speed / sound, 0.5 * self.rho * self.speed**2
        self.thrust = sum(
            max(0.0, p / s["chamber_pressure_pa"] * s["vacuum_thrust_n"] - self.pressure * s["exit_area_m2"])
            for p in m["chamber_pressure_pa"]
            if p > 0.1 * s["chamber_pressure_pa"]
        )
        self.fin_slope = table(s["fin_mach"], s["fin_slope"], self.mach) * s["fin_area_m2"] * max(self.q, 50.0)
        self.fins_hold = 2 * self.fin_slope * (s["fin_position_m"] - self.cg) * s["fin_limit_rad"]
        self.hold = self.thrust * self.cg * s["gimbal_limit_rad"] if self.thrust > 2e5 else 0.0
        axial = self.drag_force(self.q, self.mach, self.thrust)
        felt = self.mass * m["imu_dvel_b_mps"][0] / self.dt
        if self.mode == "glide" and self.q > 2000:
            self.drag += 0.01 * (felt / axial * self.drag - self.drag)
        elif self.thrust > 8e5:
            self.scale += 0.02 * ((felt - axial) / self.thrust - self.scale)

    def drag_force(self, q, mach, thrust):
        """Force of the air along the axis, less where the plume shields the base."""
        s = self.s
        q = max(q, 1.0)
        plume = table(s["plume_coefficient"], s["plume_factor"], thrust / (q * s["ref_area_m2"]))
        return self.drag * q * s["ref_area_m2"] * table(s["axial_mach"], s["axial"], mach) * plume

    def full(self, engines, throttle):
        """Thrust of so many engines."""
        return engines * (throttle * self.s["vacuum_thrust_n"] - self.pressure * self.s["exit_area_m2"])

    def decide(self, m):
        """The sequence: glide, burn on three, last engine, down."""
        fall = -self.vel[2]
        end = (HAND_OVER**2 - CONTACT**2) / (2 * LAST_DECEL)
        if self.mode == "glide":
            if m["seq"] % 50 == 1:
                self.predict()
            self.tgo = self.to_last + 6
            self.to_burn -= self.dt
            if self.height < 9000 and self.needed(end) >= IGNITION:
                self.mode, self.lit_ns = "burn", m["time_ns"]
        elif self.mode == "burn":
            slow = (fall**2 - HAND_OVER**2) / (2 * max(1.0, self.height - end))
            if m["seq"] % 10 == 0:
                self.predict((m["time_ns"] - self.lit_ns) * 1e-9, max(slow, 5.0))
            self.tgo = self.to_last + 2 * end / (HAND_OVER + CONTACT) + 1
            self.ready = m["time_ns"] - self.lit_ns > 1e9 * (self.s["dead_time_s"] + self.s["rise_time_s"])
            if self.ready:
                self.throttle = self.asked(3, slow)
            if fall < HAND_OVER:
                self.mode, self.trim = "last", [0.0, 0.0]
        elif self.mode == "last":
            h = max(0.0, self.height)
            knee = LAST_DECEL / SETTLE
            high = h - (knee - CONTACT) / SETTLE
            ref = CONTACT + SETTLE * h if high < 0 else math.sqrt(knee**2 + 2 * LAST_DECEL * high)
            self.tgo = 2 * h / (max(fall, 0.5) + CONTACT)
            self.throttle = self.asked(1, min(LAST_DECEL, SETTLE * ref) + 1.5 * (fall - ref))
        self.legs |= self.mode != "glide" and self.tgo < 7.0 and self.height < 390
        if any(m["leg_contact"]):
            self.mode = "down"

    def asked(self, engines, slow):
        """Throttle that decelerates the fall by so much."""
        need = self.mass * (slow + 9.8) / max(0.9, self.axis[2]) - self.drag_force(self.q, self.mach, self.thrust)
        k = (need / self.scale / engines + self.pressure * self.s["exit_area_m2"]) / self.s["vacuum_thrust_n"]
        return max(self.s["throttle_floor"], min(self.s["throttle_ceiling"], k))

    def needed(self, end):
        """Throttle that would stop the stage if it were lit now."""
        v, h, t, s, mass = -self.vel[2], self.height, 0.0, self.s, self.mass
        ready = s["dead_time_s"] + s["rise_time_s"]
        while t < ready:
            level = max(0.0, (t - s["dead_time_s"]) / s["rise_time_s"])
            push = max(0.0, self.full(3, IGNITION) * level)
            q = 0.5 * self.rho * v * v
            v += 0.1 * (9.8 - (push + self.drag_force(q, self.mach, push)) / mass)
            h -= 0.1 * v
            mass -= 0.1 * 700 * level
            t += 0.1
        if h <= end:
            return 9.9
        slow = (v * v - HAND_OVER**2) / (2 * (h - end))
        need = mass * (slow + 9.8) - self.drag_force(0.5 * self.rho * v * v, self.mach, push)
        return (need / 3 + self.pressure * s["exit_area_m2"]) / s["vacuum_thrust_n"]

    def predict(self, lit=None, slow=None):
        """Where the stage would come to rest without lift: a glide, then a burn against its motion."""
        p, v, t, s, left, reach = self.pos, self.vel, 0.0, self.s, 1.0, 0.0
        low = self.cg - s["foot_m"] + (HAND_OVER**2 - CONTACT**2) / (2 * LAST_DECEL) - 15
        slow = slow or 3 * (IGNITION * s["vacuum_thrust_n"] - 8e4 * s["exit_area_m2"]) / (self.mass - 1200) + 1.5 - 9.8
        while v[2] < -HAND_OVER and p[2] > 20:
            if lit is None and p[2] < low - 1.7 * v[2] + ((v[2] + 20) ** 2 - HAND_OVER**2) / (2 * slow):
                lit, self.to_burn = 0.0, t
            rho, _, sound, wind = self.world.at(p[2])
            flow = add(v, wind, -1.0)
            speed = size(flow)
            push = self.drag_force(0.5 * rho * speed**2, speed / sound, 0.0) / self.mass
            dt = 0.4 if lit is None else 0.2
            if lit is not None:
                share = max(0.0, min(1.0, (lit - s["dead_time_s"]) / s["rise_time_s"]))
                push += share * (slow + 9.8 - push)
                lit += dt
                flow = self.brake(v, wind)
                speed = size(flow)
            a = add(self.world.gravity(p, v), flow, -push / speed)
            p, v = add(add(p, v, dt), a, dt * dt / 2), add(v, a, dt)
            t, reach = t + dt, reach + left * dt
            left -= left * push / speed * dt
        self.reach, self.to_last = reach + left, t
        self.zem = -(p[0] + v[0]), -(p[1] + v[1]), 0.0

    def brake(self, vel, wind):
        """What the thrust opposes: the motion through the air while the air is strong, that over ground later."""
        return add(vel, wind, -max(0.0, min(1.0, (size(vel) - 140) / 100)))

    def want(self):
        """The direction in which the nose should point."""
        against = add((0, 0, 0), self.flow, -1 / self.speed)
        lift = self.q * self.s["ref_area_m2"]
        growth = 1 + (self.cg - self.s["normal_position_m"]) / (self.s["fin_position_m"] - self.cg)
        axial = self.drag_force(self.q, self.mach, self.thrust)
        if self.mode == "glide":
            a = tuple(3.0 * z / (self.reach * (self.to_burn + 4)) for z in self.zem)
            a = add(a, against, -dot(a, against))
            n = size(a) + 1e-9
            lean = 0.05
            for _ in range(3):
                slope = lift * growth * (self.s["normal_slope"] + self.s["normal_growth"] * lean) - axial
                lean = min(LEAN, Q_LEAN / max(self.q, 1.0), self.mass * n / max(slope, 0.3 * lift, 1.0))
            nose = add(against, a, -lean / n)
        elif not self.ready:
            nose = against
        else:
            slope = lift * growth * (self.s["normal_slope"] + size(self.lean) * self.s["normal_growth"])
            force = self.thrust * self.scale + axial
            den = max(force - 1.35 * slope, min(0.0, force - 0.75 * slope))  # 0 where its sign is not sure
            gain = self.mass * den / (den * den + (0.35 * slope) ** 2)
            base = self.brake(self.vel, add(self.vel, self.flow, -1.0))
            base = add((0, 0, 0), base, -1 / size(base))
            flat = []
            for i in range(2):
                if self.mode == "burn" and self.to_last > 1.4:
                    a = 3 * self.zem[i] / ((self.reach + 0.5) * max(4.0, self.to_last))
                    flat.append(base[i] + (a + slope / self.mass * (base[i] - against[i])) * gain)
                else:
                    a = -0.7 * (self.calm_vel[i] + clip(0.2 * self.calm_pos[i], min(2.0, 0.05 * self.height)))
                    flat.append((a - self.side[i]) / max(self.felt, 5.0))
            lean = [flat[i] - against[i] for i in range(2)]
            n = math.hypot(*lean) + 1e-9
            most = min(LEAN, Q_LEAN / max(self.q, 1.0)) if self.q > 3000 else 9.9
            lean = [c * min(1.0, most / n) for c in lean]
            flat = [against[i] + lean[i] for i in range(2)]
            n = math.hypot(*flat) + 1e-9
            cap = 0.018 + 0.054 * self.ramp(1.5, 12) + 0.16 * self.ramp(60, 90) + 0.15 * self.ramp(1000, 300)
            k = min(1.0, cap / n)
            nose = (k * flat[0], k * flat[1], math.sqrt(1 - (k * n) ** 2))
        if self.nose is None:
            self.nose, self.sweep = self.axis, (0.0, 0.0, 0.0)
        push = add(add(nose, self.nose, -1.0), self.sweep, -2 / SMOOTH)
        self.sweep = add(self.sweep, push, self.dt * min(SMOOTH**2, self.able() / (size(push) + 1e-9)))
        self.sweep = add((0, 0, 0), self.sweep, min(1.0, 0.08 / (size(self.sweep) + 1e-9)))
        nose = add(self.nose, self.sweep, self.dt)
        n = size(nose)
        self.nose = tuple(c / n for c in nose)
        self.turning = back(self.nav.q, cross(self.nose, self.sweep))
        self.lean = add(self.nose, against, -dot(self.nose, against))
        return self.nose

    def ramp(self, low, span):
        """From 0 at this height to 1 a span above it."""
        return max(0.0, min(1.0, (self.height - low) / span))

    def able(self):
        """Most of the angular acceleration that fins and gimbals can give."""
        return 0.6 * (self.hold + self.fins_hold) / self.inertia

    def quiet(self, i, x):
        """Rate without the first bending mode: a notch."""
        s, w = self.s, self.notch[i]
        if not s["bending_hz"]:
            return x
        k = math.tan(math.pi * s["bending_hz"] * math.sqrt(s["bending_kg"] / self.mass) * self.dt)
        b, c = 1 + k * k, 1 + 1.4 * k + k * k
        y = (b * x + 2 * (k * k - 1) * w[0] + b * w[1] - 2 * (k * k - 1) * w[2] - (1 - 1.4 * k + k * k) * w[3]) / c
        w[:] = x, w[0], y, w[2]
        return y

    def command(self, m, nose):
        """Turn the nose: moments, shared between gimbals and fins."""
        s, shape = self.s, self.shape
        rate = self.nav.rate[0], self.quiet(0, self.nav.rate[1]), self.quiet(1, self.nav.rate[2])
        error = cross((1.0, 0.0, 0.0), back(self.nav.q, nose))
        self.error = size(error)
        turn = [clip(1.2 * e, 0.09) + f for e, f in zip(error, self.turning, strict=True)]
        accel = [2.4 * (turn[i] - rate[i]) for i in (1, 2)]
        for i in (0, 1):
            self.trim[i] = clip(self.trim[i] + 0.3 * error[i + 1] * self.dt, 0.04)
        slope, arm = self.fin_slope, s["fin_position_m"] - self.cg
        lean = back(self.nav.q, self.lean)  # force of the air = -slope * flow angle; flow angle = -lean
        body = self.q * s["ref_area_m2"] * (s["normal_slope"] + s["normal_growth"] * size(self.lean))
        stiff = body * (s["normal_position_m"] - self.cg) + 2 * slope * arm
        air = stiff * lean[2], -stiff * lean[1]
        moment = [self.inertia * (accel[i] + self.trim[i]) for i in (0, 1)]
        spin = s["dry_inertia_kgm2"][0] * (-0.8 * rate[0])
        share = self.hold / (self.hold + self.fins_hold)
        up = moment[0] * share / max(1.0, self.thrust * self.cg)
        side = -moment[1] * share / max(1.0, self.thrust * self.cg)
        gimbal = [clip(c, 0.97 * s["gimbal_limit_rad"]) for _ in s["gimbal_engine"] for c in (up, side)]
        rest = [(1 - share) * moment[i] - air[i] for i in (0, 1)]
        fins = []
        for c, d in s["fin_span_yz"]:
            f = spin / (4 * s["fin_radius_m"]) - (c * rest[0] + d * rest[1]) / (2 * arm)
            fins.append(clip(f / slope, s["fin_limit_rad"]))
        burning = {"glide": [], "burn": s["landing"], "last": [s["last"]], "down": []}[self.mode]
        out = {
            "type": "actuators",
            "flight": m.get("flight", 0),
            "seq": m["seq"],
            "engine_on": [i in burning for i in range(shape["engines"])],
            "throttle": [self.throttle] * shape["engines"],
            "gimbal_rad": gimbal,
            "fin_rad": fins,
            "rcs_open": [False] * shape["thrusters"],
            "leg_deploy": self.legs,
        }
        if m["seq"] % 10 == 0:
            foot = add(self.pos, self.axis, s["foot_m"] - self.cg)
            spin = turned(self.nav.q, cross(self.nav.rate, (s["foot_m"] - self.cg, 0.0, 0.0)))
            out["telemetry"] = {
                "pos_enu_m": list(foot),
                "vel_enu_mps": list(add(self.vel, spin)),
                "mode": self.mode,
                "attitude_error_rad": self.error,
                "time_to_go_s": self.tgo,
                "miss_enu_m": list(self.zem[:2]),
            }
        return out


def main():
    """Fly until told to shut down."""
    flights = {}
    try:
        with GncLink.from_environment() as link:
            link.hello("first-landing", "1.0", ["reset", "fleet"])
            while (m := link.receive())["type"] != "shutdown":
                number = m.get("flight", 0)
                if m["type"] == "reset":
                    flights[number] = Landing(m)
                    link.ready(m["run_id"], number)
                elif m["type"] == "sensors":
                    link.send_actuators(flights[number].answer(m))
                elif m["type"] == "end":
                    flights.pop(number, None)
    except LinkClosed as closed:
        sys.stderr.write(f"{closed}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
