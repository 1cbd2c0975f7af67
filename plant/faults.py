"""The faults there are: what each does, to what, with which numbers, and which cannot act on one thing together.

Modes R1 to R13 are those of the project's relight-test taxonomy; their default numbers are chosen within its ranges.
"""

from typing import NamedTuple

from hoverslam.plant.sensors import STATE, SWITCH, TARGETS


class Number(NamedTuple):
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
    numbers: dict[str, Number]
    meaning: str

    @property
    def family(self) -> str:
        """How kernels wake it: one of FAMILIES."""
        if self.target == "sensor" or self.group in {"start", "life"}:
            return "sensor" if self.target == "sensor" else self.group
        if self.group in {"chill", "ullage", "pressurisation"}:
            return "feed"
        return "burn" if self.target == "engine" else "actuator"


def _n(default: float, low: float, high: float, unit: str, meaning: str) -> Number:
    return Number(default, low, high, unit, meaning)


KINDS: dict[str, FaultKind] = {
    "engine_no_light": FaultKind(
        "engine", "start", "R1",
        {"attempts": _n(1.0, 1.0, 9.0, "", "start attempts that do not light; a later one does")},
        "the igniter fails: no chamber pressure after the dead time, the attempt is lost",
    ),
    "engine_slow_start": FaultKind(
        "engine", "start", "R2",
        {"factor": _n(2.0, 1.1, 5.0, "", "on the rise time")},
        "pressure rises too slowly",
    ),
    "engine_hard_start": FaultKind(
        "engine", "start", "R3",
        {
            "spike": _n(1.8, 1.05, 3.0, "", "chamber pressure over nominal"),
            "spike_s": _n(0.05, 0.01, 0.5, "s", "how long"),
            "hurts": _n(-1.0, -1.0, 63.0, "", "index of a neighbour that the shock ends; -1: none"),
        },
        "propellant collects before it lights: a pressure spike at the start of the rise",
    ),
    "engine_warm_inlet": FaultKind(
        "engine", "pressure", "R4",
        {
            "factor": _n(0.72, 0.3, 1.0, "", "chamber pressure left"),
            "ripple": _n(0.06, 0.0, 0.3, "", "amplitude over nominal"),
            "ripple_hz": _n(25.0, 1.0, 200.0, "Hz", "of the ripple"),
        },
        "not chilled: the pump cavitates, thrust is low and rough",
    ),
    "engine_gas_ingestion": FaultKind(
        "engine", "pressure", "R5",
        {
            "low": _n(0.4, 0.0, 1.0, "", "least chamber pressure of the swing"),
            "high": _n(0.9, 0.1, 1.0, "", "largest"),
            "mixture": _n(0.85, 0.5, 1.5, "", "factor on the mixture ratio"),
        },
        "ullage gas in the feed line: thrust swings at 4 Hz and the mixture shifts",
    ),
    "engine_low_tank_pressure": FaultKind(
        "engine", "decay", "R6",
        {
            "loss": _n(0.3, 0.05, 0.9, "", "share of chamber pressure lost in the end"),
            "over_s": _n(3.0, 0.1, 30.0, "s", "how long it takes"),
        },
        "ullage collapse: inlet pressure and thrust sag",
    ),
    "engine_valve_stuck": FaultKind(
        "engine", "valve", "R7", {}, "the throttle valve stays where it is; shutdown still works"
    ),
    "engine_low_thrust": FaultKind(
        "engine", "pressure", "R8",
        {"loss": _n(0.25, 0.01, 0.9, "", "share of chamber pressure lost")},
        "steadily less than commanded",
    ),
    "engine_shutdown": FaultKind("engine", "life", "R9", {}, "the engine stops for good"),
    "engine_aft_fire": FaultKind(
        "engine", "decay", "R11",
        {
            "loss": _n(0.6, 0.05, 1.0, "", "share of chamber pressure lost in the end"),
            "over_s": _n(4.0, 0.1, 30.0, "s", "how long it takes"),
        },
        "fire in the bay: the pressure sensor is lost at once and thrust decays",
    ),
    "engine_instability": FaultKind(
        "engine", "pressure", "R12",
        {
            "ripple": _n(0.5, 0.05, 1.0, "", "amplitude at burn-through, over nominal"),
            "ripple_hz": _n(120.0, 20.0, 400.0, "Hz", "of the oscillation"),
            "over_s": _n(0.2, 0.02, 5.0, "s", "growth until the chamber burns through and the engine is lost"),
        },
        "combustion oscillates and grows",
    ),
    "engine_false_pressure": FaultKind(
        "engine", "reading", "R13",
        {"factor": _n(0.2, 0.0, 3.0, "", "reading over true chamber pressure")},
        "the chamber pressure sensor lies; the engine is well",
    ),
    "gimbal_stuck": FaultKind("gimballed engine", "gimbal", "R10", {}, "both axes stay where they are"),
    "gimbal_slow": FaultKind(
        "gimballed engine", "gimbal", "R10",
        {"factor": _n(0.2, 0.01, 0.9, "", "on its rate")}, "both axes move slowly",
    ),
    "gimbal_hard_over": FaultKind(
        "gimballed engine", "gimbal", "R10",
        {"side": _n(1.0, -1.0, 1.0, "", "share of the limit that both axes run to")}, "runs to its stop",
    ),
    "fin_stuck": FaultKind("fin", "fin", "", {}, "stays where it is"),
    "fin_floating": FaultKind("fin", "fin", "", {}, "turns with the air and gives no force"),
    "fin_hydraulics": FaultKind(
        "all fins", "hydraulics", "",
        {"factor": _n(0.05, 0.0, 0.9, "", "on the rate of every fin")}, "the supply runs low: all fins move slowly",
    ),
    "thruster_open": FaultKind("thruster", "valve", "", {}, "stuck open"),
    "thruster_closed": FaultKind("thruster", "valve", "", {}, "stuck closed"),
    "gas_leak": FaultKind(
        "cold gas", "leak", "",
        {"flow_kgps": _n(1.0, 0.01, 50.0, "kg/s", "lost without thrust")}, "cold gas leaks",
    ),
    "leg_unlocked": FaultKind("leg", "leg", "", {}, "never locks, and gives way"),
    "engine_no_chill": FaultKind(
        "engine", "chill", "",
        {}, "the bleed is shut: the feed line warms, the next start waits for it in vain and goes warm",
    ),
    "tank_collapse": FaultKind(
        "tank", "ullage", "",
        {
            "drop_pa": _n(6e4, 1e3, 3e5, "Pa", "ullage pressure lost"),
            "over_s": _n(2.0, 0.01, 30.0, "s", "how long it takes; the pressurisation works against it"),
        },
        "the gas over the liquid collapses (tank 0: oxygen, 1: fuel)",
    ),
    "tank_unregulated": FaultKind(
        "tank", "pressurisation", "", {}, "no more gas is fed to the tank: its pressure falls as the liquid leaves"
    ),
    "sensor_stuck": FaultKind("sensor", "value", "", {}, "repeats its last value"),
    "sensor_bias": FaultKind(
        "sensor", "value", "",
        {"bias": _n(0.0, -1e7, 1e7, "", "added to each component, in its unit, rates for gyro and accel")},
        "off by a constant",
    ),
    "sensor_noisy": FaultKind(
        "sensor", "value", "",
        {"sigma": _n(0.0, 0.0, 1e7, "", "of white noise a frame, in the sensor's own unit, rates for gyro and accel")},
        "rough",
    ),
    "sensor_late": FaultKind(
        "sensor", "value", "", {"by_s": _n(0.1, 0.0, 0.63, "s", "rounded to frames")}, "reports what was",
    ),
    "sensor_silent": FaultKind("sensor", "value", "", {}, "no fix, no echo: gnss and radar only"),
    "sensor_nan": FaultKind("sensor", "value", "", {}, "reports NaN"),
    "sensor_drift": FaultKind(
        "sensor", "value", "",
        {"per_s": _n(0.0, -1e6, 1e6, "", "added each second to each component, in its unit, rates for gyro and accel")},
        "off by more and more",
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
        return "a controller's state is no measurement; use sensor_stuck or sensor_late"
    if TARGETS[sensor].reports == SWITCH and kind in ("sensor_nan", "sensor_drift"):
        return "a switch is on or off; use sensor_stuck, or sensor_bias with bias = 1 for on and -1 for off"
    return ""


class Trigger(NamedTuple):
    """When a fault wakes: one of SORTS; `what` an event or a quantity."""

    sort: str
    what: str = ""
    threshold: float = 0.0
    delay_s: float = 0.0


class Fault(NamedTuple):
    """One fault of one flight: numbers in the order of its kind; `duration_s` 0 for good.

    The target is an index, or for a fault of a sensor one of SENSORS.
    """

    kind: str
    target: int | str
    trigger: Trigger
    numbers: tuple[float, ...] = ()
    duration_s: float = 0.0


def clashes(faults: tuple[Fault, ...]) -> list[tuple[int, int, str]]:
    """Pairs of faults that cannot act together, with the reason: the later would undo the earlier."""
    found = []
    for later, second in enumerate(faults):
        for earlier, first in enumerate(faults[:later]):
            a, b = KINDS[first.kind], KINDS[second.kind]
            same = a.target == b.target and a.group == b.group and first.target == second.target
            hydraulics = {a.group, b.group} == {"fin", "hydraulics"}
            healing = a.target == b.target == "engine" and first.target == second.target
            if hydraulics:
                found.append((earlier, later, "the hydraulics move every fin"))
            elif same:
                found.append((earlier, later, f"both act on the {a.group} of the same {b.target}"))
            elif healing and (first.duration_s or second.duration_s):
                found.append((earlier, later, "one that ends would take the other on the same engine with it"))
    return found


def code(names: tuple[str, ...], name: str) -> int:
    """The kernel's number of a sort, event or quantity; 0 where there is none."""
    return names.index(name) if name else 0
