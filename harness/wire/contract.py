"""The fields of the two messages of a frame, each stated once.

From here follow the rows that plant and flight software exchange with their messages, the writer of sensors, the
reader of actuators, the strict models, the link's faults, the grid of faults that a hunt searches, and the tables of
docs/wire.md. A field more is a line more here; what measures it is in the plant (`plant.sensors`).
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

FLOAT, FLAG, CODE, TIME = "float", "flag", "code", "time"
"""Forms of a value: a 64-bit float, a boolean, a whole number from 0 to 127, nanoseconds."""
MAX_ELEMENTS = 64
"""Longest list in a message: more of anything than any vehicle has."""
COUNTS = {
    "engines": "engines", "gimballed": "engines that swivel", "fins": "grid fins", "thrusters": "cold-gas thrusters",
    "legs": "legs",
}  # fmt: skip
"""What the counts of a shape count."""
ENGINE_STATES = ("off", "starting", "rising", "running", "shutting down", "failed")
"""What the numbers of `engine_state` mean, from 0."""
LAST_NS = 2**63 - 1


class ShapeLike(Protocol):
    """Counts of a vehicle; `plant.layout.VehicleShape` is one."""

    @property
    def engines(self) -> int:
        """Engines."""

    @property
    def gimballed(self) -> int:
        """Engines that swivel."""

    @property
    def fins(self) -> int:
        """Grid fins."""

    @property
    def thrusters(self) -> int:
        """Cold-gas thrusters."""

    @property
    def legs(self) -> int:
        """Legs."""

    def __hash__(self) -> int:
        """What is derived from a shape is kept for the next of its kind."""


class Field(NamedTuple):
    """A field of a message, under its name in the row.

    `per`: the count of the shape that it has so many of, "" for a field that the stage has once; `each`: numbers of
    each. A field of `gnss` is in the map `gnss` without that prefix. `flag` names the number of the row that is 1 where
    the measurement is there: without it the message has nil. `units` and `source` are told to people, and so is the
    range from `low` to `high`: of a sensor that works on any stage, noise included (chosen; a failed one may report
    anything, and NaN), and of a command before it is clipped at the limit of the vehicle's own actuator.
    """

    name: str
    per: str = ""
    each: int = 1
    form: str = FLOAT
    flag: str = ""
    map: str = ""
    units: str = ""
    source: str = ""
    low: float = 0.0
    high: float = 1.0

    @property
    def key(self) -> str:
        """Its key in the message, or in its map."""
        return self.name.removeprefix(f"{self.map}_")

    @property
    def is_list(self) -> bool:
        """Whether its value is an array."""
        return bool(self.per) or self.each > 1

    def width(self, shape: ShapeLike) -> int:
        """Numbers that it has on a vehicle."""
        return self.each * (getattr(shape, self.per) if self.per else 1)


SENSORS = (
    Field("imu_dvel_b_mps", each=3, units="m/s; 3",
          source="inertial measurement unit: specific force, integrated since the last frame", low=-100.0, high=100.0),
    Field("imu_dangle_b_rad", each=3, units="rad; 3",
          source="inertial measurement unit: rate of turn, integrated since the last frame", low=-10.0, high=10.0),
    Field("gnss_time_ns", form=TIME, flag="gnss_new", map="gnss", units="ns",
          source="GNSS receiver, when a new fix is out: when it was true, earlier than the frame", low=0, high=LAST_NS),
    Field("gnss_pos_e_m", each=3, flag="gnss_new", map="gnss", units="m; 3",
          source="GNSS receiver: position of the antenna, Earth-fixed axes", low=-1e7, high=1e7),
    Field("gnss_vel_e_mps", each=3, flag="gnss_new", map="gnss", units="m/s; 3",
          source="GNSS receiver: velocity over the turning Earth", low=-1e4, high=1e4),
    Field("radar_range_m", flag="radar_valid", units="nil, or m",
          source="radar altimeter: slant range to the nearest ground in its beam, when in range and locked",
          low=0.0, high=1e5),
    Field("chamber_pressure_pa", "engines", units="Pa; engines", source="pressure transducer of each engine",
          low=-1e6, high=1e8),
    Field("engine_state", "engines", form=CODE, units="engines",
          source="engine controllers: " + ", ".join(f"{code} {state}" for code, state in enumerate(ENGINE_STATES)),
          low=0, high=len(ENGINE_STATES) - 1),
    Field("lox_level_m", units="m", source="level probe of the LOX tank", low=-10.0, high=150.0),
    Field("lch4_level_m", units="m", source="level probe of the LCH4 tank", low=-10.0, high=150.0),
    Field("lox_pressure_pa", units="Pa", source="ullage pressure transducer of the LOX tank", low=-1e6, high=1e8),
    Field("lch4_pressure_pa", units="Pa", source="ullage pressure transducer of the LCH4 tank", low=-1e6, high=1e8),
    Field("gimbal_rad", "gimballed", 2, units="rad; 2 × gimballed, (y, z) pairs",
          source="position transducers of the gimbal actuators", low=-0.6, high=0.6),
    Field("fin_rad", "fins", units="rad; fins", source="shaft encoders of the grid fins", low=-0.9, high=0.9),
    Field("rcs_pressure_pa", units="Pa", source="pressure transducer of the cold-gas bottle", low=-1e6, high=1e8),
    Field("leg_locked", "legs", form=FLAG, units="booleans; legs", source="down-lock switches"),
    Field("leg_contact", "legs", form=FLAG, units="booleans; legs", source="foot switches"),
)  # fmt: skip
ACTUATORS = (
    Field("engine_on", "engines", form=FLAG, units="booleans; engines",
          source="true starts an engine, false shuts it down"),
    Field("throttle", "engines", units="fraction of rated chamber pressure; engines",
          source="thrust of each engine that is on", low=0.0, high=1.3),
    Field("gimbal_rad", "gimballed", 2, units="rad; 2 × gimballed, (y, z) pairs", source="angles of the gimbals",
          low=-0.5, high=0.5),
    Field("fin_rad", "fins", units="rad; fins", source="deflections of the grid fins", low=-0.785, high=0.785),
    Field("rcs_open", "thrusters", form=FLAG, units="booleans; thrusters", source="cold-gas valves"),
    Field("leg_deploy", form=FLAG, units="boolean", source="true deploys all legs"),
)  # fmt: skip


def row_of(fields: tuple[Field, ...], shape: ShapeLike) -> list[tuple[str, int]]:
    """Names and widths of the flat row of a message: a flag comes once, before the first field that it is about."""
    told: dict[str, int] = {}
    for field in fields:
        if field.flag:
            told.setdefault(field.flag, 1)
        told[field.name] = field.width(shape)
    return list(told.items())


def places(fields: tuple[Field, ...], shape: ShapeLike) -> dict[str, slice]:
    """Where each field, and each flag, lies in the row."""
    found, at = {}, 0
    for name, width in row_of(fields, shape):
        found[name] = slice(at, at + width)
        at += width
    return found


def of_form(fields: tuple[Field, ...], form: str) -> tuple[str, ...]:
    """Names of the fields whose values have this form."""
    return tuple(field.name for field in fields if field.form == form)


def entries(fields: tuple[Field, ...]) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The entries of a message in order: key, and the one field of it or those of its map."""
    seen = set[str]()
    for field in fields:
        if not field.map:
            yield field.key, (field,)
        elif field.map not in seen:
            seen.add(field.map)
            yield field.map, tuple(one for one in fields if one.map == field.map)
