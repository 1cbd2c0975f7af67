"""Kinds of faults: effect, target and numbers of each, and which cannot act on the same target together.

Modes R1 to R13 are those of the project's relight-test taxonomy; their default numbers are chosen within its ranges.
"""

from typing import NamedTuple

from hoverslam.plant.sensors import STATE, SWITCH, TARGETS


class FaultNumber(NamedTuple):
    """A parameter of a fault: default, limits, unit and meaning."""

    default: float
    low: float
    high: float
    unit: str
    meaning: str


class FaultKind(NamedTuple):
    """A kind of fault. `target` says what is counted; of one `group` only one can act on a target."""

    target: str
    group: str
    mode: str
    numbers: dict[str, FaultNumber]
    meaning: str

    @property
    def family(self) -> str:
        """How kernels wake it: one of FAMILIES."""
        if self.target == "sensor" or self.group in {"start", "life"}:
            return "sensor" if self.target == "sensor" else self.group
        if self.group in {"chill", "ullage", "pressurisation"}:
            return "feed"
        return "burn" if self.target == "engine" else "actuator"


def _n(default: float, low: float, high: float, unit: str, meaning: str) -> FaultNumber:
    return FaultNumber(default, low, high, unit, meaning)


KINDS: dict[str, FaultKind] = {
    "engine_no_light": FaultKind(
        "engine", "start", "R1",
        {"attempts": _n(1.0, 1.0, 9.0, "", "number of failed start attempts; later ones succeed")},
        "the igniter fails: no chamber pressure after the dead time, the start attempt fails",
    ),
    "engine_slow_start": FaultKind(
        "engine", "start", "R2",
        {"factor": _n(2.0, 1.1, 5.0, "", "factor on the rise time")},
        "pressure rises too slowly",
    ),
    "engine_hard_start": FaultKind(
        "engine", "start", "R3",
        {
            "spike": _n(1.8, 1.05, 3.0, "", "peak chamber pressure divided by nominal"),
            "spike_s": _n(0.05, 0.01, 0.5, "s", "duration of the spike"),
            "hurts": _n(-1.0, -1.0, 63.0, "", "index of a neighbour engine shut down by the shock; -1: none"),
        },
        "propellant accumulates before ignition: pressure spike at the start of the rise",
    ),
    "engine_warm_inlet": FaultKind(
        "engine", "pressure", "R4",
        {
            "factor": _n(0.72, 0.3, 1.0, "", "remaining fraction of chamber pressure"),
            "ripple": _n(0.06, 0.0, 0.3, "", "amplitude divided by nominal chamber pressure"),
            "ripple_hz": _n(25.0, 1.0, 200.0, "Hz", "frequency of the ripple"),
        },
        "engine not chilled down: the pump cavitates, thrust is low and oscillates",
    ),
    "engine_gas_ingestion": FaultKind(
        "engine", "pressure", "R5",
        {
            "low": _n(0.4, 0.0, 1.0, "", "lowest chamber pressure of the oscillation"),
            "high": _n(0.9, 0.1, 1.0, "", "highest chamber pressure of the oscillation"),
            "mixture": _n(0.85, 0.5, 1.5, "", "factor on the mixture ratio"),
        },
        "ullage gas in the feed line: thrust oscillates at 4 Hz and the mixture ratio shifts",
    ),
    "engine_low_tank_pressure": FaultKind(
        "engine", "decay", "R6",
        {
            "loss": _n(0.3, 0.05, 0.9, "", "final loss of chamber pressure, as a fraction"),
            "over_s": _n(3.0, 0.1, 30.0, "s", "duration"),
        },
        "ullage collapse: inlet pressure and thrust decrease",
    ),
    "engine_valve_stuck": FaultKind(
        "engine", "valve", "R7", {}, "the throttle valve is stuck; shutdown still works"
    ),
    "engine_low_thrust": FaultKind(
        "engine", "pressure", "R8",
        {"loss": _n(0.25, 0.01, 0.9, "", "loss of chamber pressure, as a fraction")},
        "thrust constantly below the command",
    ),
    "engine_shutdown": FaultKind("engine", "life", "R9", {}, "the engine shuts down and cannot be restarted"),
    "engine_aft_fire": FaultKind(
        "engine", "decay", "R11",
        {
            "loss": _n(0.6, 0.05, 1.0, "", "final loss of chamber pressure, as a fraction"),
            "over_s": _n(4.0, 0.1, 30.0, "s", "duration"),
        },
        "fire in the engine bay: the pressure sensor fails at once and thrust decays",
    ),
    "engine_instability": FaultKind(
        "engine", "pressure", "R12",
        {
            "ripple": _n(0.5, 0.05, 1.0, "", "amplitude at burn-through divided by nominal chamber pressure"),
            "ripple_hz": _n(120.0, 20.0, 400.0, "Hz", "frequency of the oscillation"),
            "over_s": _n(0.2, 0.02, 5.0, "s", "time until the chamber burns through and the engine is lost"),
        },
        "growing combustion oscillation",
    ),
    "engine_false_pressure": FaultKind(
        "engine", "reading", "R13",
        {"factor": _n(0.2, 0.0, 3.0, "", "reading divided by true chamber pressure")},
        "the chamber pressure sensor reads wrong; the engine is healthy",
    ),
    "gimbal_stuck": FaultKind("gimballed engine", "gimbal", "R10", {}, "both axes are stuck"),
    "gimbal_slow": FaultKind(
        "gimballed engine", "gimbal", "R10",
        {"factor": _n(0.2, 0.01, 0.9, "", "factor on its rate")}, "both axes move slowly",
    ),
    "gimbal_hard_over": FaultKind(
        "gimballed engine", "gimbal", "R10",
        {"side": _n(1.0, -1.0, 1.0, "", "final angle of both axes as a fraction of the limit")},
        "moves to its stop and stays there",
    ),
    "fin_stuck": FaultKind("fin", "fin", "", {}, "is stuck"),
    "fin_floating": FaultKind("fin", "fin", "", {}, "rotates freely with the flow and produces no force"),
    "fin_hydraulics": FaultKind(
        "all fins", "hydraulics", "",
        {"factor": _n(0.05, 0.0, 0.9, "", "factor on the rate of every fin")},
        "low hydraulic supply: all fins move slowly",
    ),
    "thruster_open": FaultKind("thruster", "valve", "", {}, "stuck open"),
    "thruster_closed": FaultKind("thruster", "valve", "", {}, "stuck closed"),
    "gas_leak": FaultKind(
        "cold gas", "leak", "",
        {"flow_kgps": _n(1.0, 0.01, 50.0, "kg/s", "flow lost without thrust")}, "cold gas leaks",
    ),
    "leg_unlocked": FaultKind("leg", "leg", "", {}, "never locks and collapses"),
    "engine_no_chill": FaultKind(
        "engine", "chill", "",
        {},
        "the chill-down bleed is closed: the feed line warms up, the next start waits for chill-down and is then made "
        "warm",
    ),
    "tank_collapse": FaultKind(
        "tank", "ullage", "",
        {
            "drop_pa": _n(6e4, 1e3, 3e5, "Pa", "loss of ullage pressure"),
            "over_s": _n(2.0, 0.01, 30.0, "s", "duration of the loss; the pressurisation system counteracts it"),
        },
        "ullage collapse (tank 0: oxygen, 1: fuel)",
    ),
    "tank_unregulated": FaultKind(
        "tank", "pressurisation", "", {}, "no more gas is fed to the tank: its pressure falls as the tank drains"
    ),
    "sensor_stuck": FaultKind("sensor", "value", "", {}, "repeats its last value"),
    "sensor_bias": FaultKind(
        "sensor", "value", "",
        {"bias": _n(0.0, -1e7, 1e7, "", "added to each component, in its unit; gyro: rad/s, accel: m/s2")},
        "constant error",
    ),
    "sensor_noisy": FaultKind(
        "sensor", "value", "",
        {"sigma": _n(0.0, 0.0, 1e7, "", "of each frame, in the unit of the sensor; gyro: rad/s, accel: m/s2")},
        "additional white noise",
    ),
    "sensor_late": FaultKind(
        "sensor", "value", "", {"by_s": _n(0.1, 0.0, 0.63, "s", "rounded to frames")}, "reports delayed values",
    ),
    "sensor_silent": FaultKind("sensor", "value", "", {}, "no fix or no echo: only gnss and radar"),
    "sensor_nan": FaultKind("sensor", "value", "", {}, "reports NaN"),
    "sensor_drift": FaultKind(
        "sensor", "value", "",
        {"per_s": _n(0.0, -1e6, 1e6, "", "added to each component per second, in its unit; gyro: rad/s, accel: m/s2")},
        "growing error",
    ),
}  # fmt: skip
"""By name. The code by which kernels know one is its place here; nothing else depends on the order."""
FAMILIES = ("start", "burn", "life", "actuator", "feed", "sensor")
ORGANS = tuple(dict.fromkeys(kind.target for kind in KINDS.values()))
"""What faults act on."""

SORTS = ("time", "event", "below", "above")
EVENTS = ("landing_ignition", "touchdown")
QUANTITIES = ("altitude_agl_m", "speed_mps", "mach", "q_pa", "lox_kg", "lch4_kg")
"""In the order of the codes of `plant.kernels.faults`, as sorts and events are."""


SENSORS = tuple(TARGETS)
"""What a sensor fault can act on, by name: everything in a sensor row."""
SILENT = tuple(name for name, target in TARGETS.items() if target.flag)


def refusal(kind: str, sensor: str) -> str:
    """Why this sensor cannot fail in this way, and what to do instead; empty where it can."""
    if kind == "sensor_silent" and sensor not in SILENT:
        return f"only {' and '.join(SILENT)} can be silent; use sensor_nan or sensor_stuck"
    if TARGETS[sensor].reports == STATE and kind not in ("sensor_stuck", "sensor_late"):
        return "the state of a controller is not a measurement; use sensor_stuck or sensor_late"
    if TARGETS[sensor].reports == SWITCH and kind in ("sensor_nan", "sensor_drift"):
        return "a switch is on or off; use sensor_stuck, or sensor_bias with bias = 1 for on and -1 for off"
    return ""


class Trigger(NamedTuple):
    """When a fault wakes: one of SORTS; `what` an event or a quantity."""

    sort: str
    what: str = ""
    threshold: float = 0.0
    delay_s: float = 0.0


class ArmedFault(NamedTuple):
    """One fault of one flight: numbers in the order of its kind; `duration_s` 0 for good.

    The target is an index, or for a fault of a sensor one of SENSORS.
    """

    kind: str
    target: int | str
    trigger: Trigger
    numbers: tuple[float, ...] = ()
    duration_s: float = 0.0


def clashes(faults: tuple[ArmedFault, ...]) -> list[tuple[int, int, str]]:
    """Pairs of faults that cannot act together, with the reason: the later would undo the earlier."""
    found = []
    for later, second in enumerate(faults):
        for earlier, first in enumerate(faults[:later]):
            a, b = KINDS[first.kind], KINDS[second.kind]
            same = a.target == b.target and a.group == b.group and first.target == second.target
            hydraulics = {a.group, b.group} == {"fin", "hydraulics"}
            healing = a.target == b.target == "engine" and first.target == second.target
            if hydraulics:
                found.append((earlier, later, "the hydraulic supply acts on every fin"))
            elif same:
                found.append((earlier, later, f"both act on the {a.group} of the same {b.target}"))
            elif healing and (first.duration_s or second.duration_s):
                found.append((earlier, later, "the end of one would also end the other on the same engine"))
    return found


def code(names: tuple[str, ...], name: str) -> int:
    """The kernel's number of a sort, event or quantity; 0 where there is none."""
    return names.index(name) if name else 0
