"""The page docs/flight-load.md: what a flight program is told before flight, from the tables of keys."""

from collections.abc import Iterator

from hoverslam.harness.docs.geometry import GEOMETRY
from hoverslam.scenarios.load_keys import SHAPES, Key
from hoverslam.scenarios.load_ranges import KEYS, LOAD

INTRODUCTION = """\
# The flight load, key by key

The flight load is all the information that a flight program gets before the flight, in the map `flight_load` of
`reset`: the assumed pad, atmosphere and vehicle. The harness sends the file named in the scenario (`flight_load.file`)
with the changes of the scenario (`flight_load.override`). Nothing is derived from the truth: dispersions and faults
make every flight differ from it. Your own program uses the keys that it needs, and may have further keys in a file
that `extends` one of these; the reference flight software refuses unknown keys.

Units are SI with angles in radians. "Above the gimbal plane" means along body x, toward the nose. Frames and signs are
defined in [conventions.md](conventions.md), the effect of a positive command in [wire.md](wire.md#signs); the sources
of the shipped numbers are in their files. "Shape" is the length of a list, or of a list of lists; without a shape, the
key is one number. A number outside "from" and "to", or a list of wrong length, is refused before the flight; keys of
your own program are not checked. Engines, fins and thrusters are counted from 0 in the order of the wire. The last
column lists the modules of the reference flight software (`gnc`) that read the key; it needs none of those without.

## Common mistakes

* **Position and velocity.** `start` refers to the inertial unit. The truth, and `pos_enu_m` and `vel_enu_mps` in
  telemetry, refer to the centre of the foot plane: `stage.imu_m` minus `stage.foot_m` is about 41 m along the axis of
  a Zhuque-3.
* **Attitude at release.** The nose points against `start.vel_enu_mps`, body y is level and to the right of
  `start.azimuth_rad`, and z completes them: ahead and up. The dispersions of the scenario change the true attitude.
* **Altitudes.** Rows of the forecast start at mean sea level, for which the ellipsoid is used; the altitude above the
  pad is smaller by `pad.elevation_m`. Logarithms are natural logarithms.
* **Masses.** A level includes all liquid in the tank, also residuals, which no engine can burn; `stage.dry_mass_kg`
  does not include them. The mass of the stage is the dry mass plus level times area times density of both tanks.
* **Thrust.** "Rated" is throttle 1, the nominal chamber pressure. The thrust of an engine is its throttle times
  `stage.vacuum_thrust_n`, minus ambient pressure times `stage.exit_area_m2`: at sea level, thrust is not proportional
  to throttle.
"""
TABLES = {
    "pad": "Landing site.",
    "start": "Assumed state at release and its uncertainty. Only the first three keys define the nominal flight.",
    "forecast": "Forecast of the atmosphere by altitude; linear between rows.",
    "stage": "Assumed vehicle. The true vehicle is not known to the flight software.",
    "filter": "Settings of the reference navigation: assumed sensor errors.",
    "gains": (
        "Settings of the reference guidance and control. Costs are those of the lateral regulator "
        "([ADR](adr/0020-guidance-closed-form.md)): each key states the value that has a cost of one."
    ),
}


def page() -> str:
    """The whole page."""
    return "\n".join(
        [INTRODUCTION, GEOMETRY, *(line for table, about in TABLES.items() for line in _section(table, about))]
    )


def _section(table: str, about: str) -> Iterator[str]:
    yield f"## `{table}`\n\n{about}\n"
    yield "| key | unit | shape | from | to | meaning | read by |\n| --- | --- | --- | ---: | ---: | --- | --- |"
    for name, key in KEYS.items():
        if name.startswith(f"{table}."):
            low, high = LOAD[name]
            told = f"{key.unit} | {_shape(key)} | {low:g} | {high:g} | {key.meaning}"
            yield f"| `{name}` | {told} | {', '.join(key.used.split())} |"
    yield ""


def _shape(key: Key) -> str:
    return " x ".join(SHAPES.get(part, part) for part in key.shape.split(" x ")) if key.shape else ""
