"""The page docs/flight-load.md: what a flight program is told before flight, from the tables of keys."""

from collections.abc import Iterator

from hoverslam.scenarios.load_keys import SHAPES, Key
from hoverslam.scenarios.load_ranges import KEYS, LOAD

INTRODUCTION = """\
# The flight load, key by key

What a flight program is told with `reset`, as the map `flight_load`, and nothing else is: a belief about pad, day and
vehicle. The harness sends the file that the scenario names (`flight_load.file`) as it stands, with what the scenario
overrides (`flight_load.override`), and derives nothing from the truth: dispersions and faults make every flight differ
from it. A program of your own uses what it needs, and may have more in a file of its own that `extends` one of these;
the reference flight software refuses a key that it does not know.

SI units and radians; nothing is in degrees. "Above the gimbal plane" is along body x, toward the nose. Frames and signs
are those of [conventions.md](conventions.md), what a positive command does is in [wire.md](wire.md#signs), and where
the shipped numbers are from is said in their files. A shape is the length of a list, or of a list of lists; where there
is none, the key is one number. A number outside "from" and "to", or a list of another length than it has to be, is a
mistake that is told before anything is flown; keys of a program of your own may hold what they like. Engines, fins and
thrusters are counted from 0 in the order of the wire. The last column names the modules of the reference flight
software (`gnc`) that read the key.

## What is easily mistaken

* **Place and velocity.** `start` is that of the inertial unit. The truth, and `pos_enu_m` and `vel_enu_mps` in
  telemetry, are those of the centre of the foot plane: `stage.imu_m` less `stage.foot_m` is some 41 m along the axis of
  a Zhuque-3.
* **Attitude at release.** The nose points against `start.vel_enu_mps`, body y is level and to the right of
  `start.azimuth_rad`, and z completes them: ahead and up. The scenario's dispersions turn the flight from that.
* **Heights.** Rows of the forecast count from mean sea level, for which the ellipsoid stands; heights over the pad are
  `pad.elevation_m` less. Logarithms are natural ones.
* **Masses.** A level counts all that is in the tank, residuals too, which no engine can burn; `stage.dry_mass_kg` is
  without them. The mass of the stage is the dry mass and both levels times area times density.
* **Thrust.** "Rated" is throttle 1, the nominal chamber pressure. An engine gives its throttle times
  `stage.vacuum_thrust_n`, less ambient pressure times `stage.exit_area_m2`: at sea level the throttle is not the share
  of thrust.
"""
TABLES = {
    "pad": "Where to land.",
    "start": "The release as it is believed, and how sure that is. Only the first three are the nominal flight.",
    "forecast": "The air of the day by altitude; linear between rows.",
    "stage": "The vehicle as it is believed. Of the true one nothing is told.",
    "filter": "Settings of the reference navigation: errors that it counts on.",
    "gains": (
        "Settings of the reference guidance and control. Costs are those of the regulator across "
        "([ADR](adr/0020-guidance-closed-form.md)): a unit of cost is what the key says."
    ),
}


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(line for table, about in TABLES.items() for line in _section(table, about))])


def _section(table: str, about: str) -> Iterator[str]:
    yield f"## `{table}`\n\n{about}\n"
    yield "| key | unit | shape | from | to | is | read by |\n| --- | --- | --- | ---: | ---: | --- | --- |"
    for name, key in KEYS.items():
        if name.startswith(f"{table}."):
            low, high = LOAD[name]
            told = f"{key.unit} | {_shape(key)} | {low:g} | {high:g} | {key.meaning}"
            yield f"| `{name}` | {told} | {', '.join(key.used.split())} |"
    yield ""


def _shape(key: Key) -> str:
    return " x ".join(SHAPES.get(part, part) for part in key.shape.split(" x ")) if key.shape else ""
