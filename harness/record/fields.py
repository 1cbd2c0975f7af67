"""Fields of the channels of the log, as JSON schemas with unit, frame, length and order.

A unit is that at the end of a name (docs/conventions.md); what the name does not say is in MEANINGS.
"""

from typing import Any

from hoverslam.harness.record.loads import LOADS
from hoverslam.harness.wire.contract import FLAG, TIME, Field, entries
from hoverslam.harness.wire.contract import SENSORS as MEASURED
from hoverslam.plant.layout import Layout

UNITS = {
    "radps": "rad/s", "rad": "rad", "mps2": "m/s2", "mps": "m/s", "m": "m", "pa": "Pa", "kgps": "kg/s",
    "kgpm3": "kg/m3", "kg": "kg", "k": "K", "nm": "N m", "n": "N", "wpm2": "W/m2", "ns": "ns", "s": "s",
}  # fmt: skip
FRAMES = {
    "enu": "east, north, up at the pad centre", "b": "body x (out of the nose), y, z",
    "e": "Earth-fixed x, y, z (WGS-84)",
}  # fmt: skip
MEANINGS = {
    "time_s": "time since release",
    "pos_enu_m": "position of the centre of the foot plane on the axis, relative to the pad centre",
    "vel_enu_mps": "velocity of that point relative to the rotating Earth",
    "q_enu_b": "attitude as a unit quaternion, scalar first: w, x, y, z; it takes body components to east, north, up",
    "omega_b_radps": "angular velocity",
    "altitude_agl_m": "altitude of the feet above the pad",
    "altitude_msl_m": "altitude above the WGS-84 ellipsoid",
    "speed_mps": "speed over ground",
    "mach": "Mach number",
    "q_pa": "dynamic pressure",
    "alpha_rad": "angle of attack, 0 when the air comes from straight below the engines",
    "tilt_rad": "angle of the nose from the local vertical",
    "accel_b_mps2": "specific force at the centre of gravity",
    "mass_kg": "mass of the whole stage",
    "lox_kg": "oxygen above the residuals",
    "lch4_kg": "methane above the residuals",
    "rcs_kg": "cold-gas propellant",
    "cg_m": "centre of gravity above the gimbal plane",
    "wind_enu_mps": "wind at the stage, gusts included; direction: towards",
    "engine_level": "chamber pressure divided by rated pressure, one value per engine",
    "thrust_n": "thrust, one value per engine",
    "chamber_pressure_pa": "one value per engine",
    "flow_kgps": "propellant flow, one value per engine",
    "engine_state": "one value per engine: 0 off, 1 starting, 2 rising, 3 running, 4 shutting down, 5 failed",
    "feed_warm_k": "temperature of the feed line above the chilled state, one value per engine",
    "igniter_charges": "igniter charges left, one value per engine",
    "ullage_pa": "ullage pressure: oxygen tank, methane tank",
    "unsettled_m": "distance from the liquid to its sump (0: settled): oxygen, methane",
    "gas_share": "gas fraction at the tank outlet: oxygen, methane",
    "gimbal_rad": "angles as (y, z) pairs, one pair per gimballed engine",
    "fin_rad": "deflection, one value per grid fin",
    "rcs_open": "1: open, one value per thruster",
    "leg_locked": "1: deployed and locked, one value per leg",
    "leg_contact": "1: foot on the ground, one value per leg",
    "leg_stroke_m": "permanent crush, one value per leg",
    "foot_height_m": "height of the foot above the ground, one value per leg",
    "imu_saturated_s": "total time for which the inertial unit has been beyond its range",
    "airspeed_mps": "speed relative to the air",
    "density_kgpm3": "air density",
    "heat_flux_wpm2": "heat flux at the base by Sutton and Graves, an indicator",
    "bending_nm": "bending moment at mid-body",
    "bending_m": "displacement of the tip of the hull by bending: body y, body z",
    "leg_touched_s": "time of first contact since release, -1 before it, one value per leg",
    "struck": (
        "part of the hull that hit the ground: 0 none, 1 nozzle end, 2 upper end, 3 a leg crushed beyond its stroke"
    ),
    "tip_margin_rad": "angle to tipping over the nearest edge of the footprint, 0 without a footprint",
    "tip_margin_m": "distance of the centre of gravity inside the footprint, 0 without a footprint",
    "axial_peak_mps2": "largest specific force along the axis since the previous frame, with its sign",
    "lateral_peak_mps2": "largest specific force across the axis since the previous frame",
    "engine_on": "1: on, one value per engine",
    "throttle": "fraction of rated chamber pressure, one value per engine",
    "leg_deploy": "1: deploy the legs",
    "type": "always sensors",
    "flight": "number of the flight, if one program flies several; else 0",
    "seq": "number of the frame",
    "time_ns": "time since release",
    "imu_dvel_b_mps": "specific force, integrated since the last frame",
    "imu_dangle_b_rad": "angular velocity, integrated since the last frame",
    "gnss": "new fix, or null",
    "pos_e_m": "position of the antenna",
    "vel_e_mps": "velocity of the antenna",
    "radar_range_m": "slant range to the ground, or null",
    "lox_level_m": "liquid level in the oxygen tank",
    "lch4_level_m": "liquid level in the methane tank",
    "lox_pressure_pa": "ullage pressure of the oxygen tank",
    "lch4_pressure_pa": "ullage pressure of the methane tank",
    "rcs_pressure_pa": "pressure of the cold-gas bottle",
    "mode": "mode, as named by the flight software",
    "frame": "number of the frame of the flight software, from 0",
    "frame_time_s": "time of that frame, since release",
    "k_req": "throttle that would stop the stage at the pad, predicted by the flight software",
    "time_to_go_s": "time to touchdown, predicted by the flight software",
    "attitude_error_rad": "attitude error with respect to the commanded attitude",
    "clock_ns": "clock of the flight computer as it answers, since 1970",
    "events": "reported events: name and further keys",
}
"""Meaning by name of the field: a name has the same meaning everywhere."""
SOURCES = {field.name: field.source for field in MEASURED}
"""Of measurements that need no other words."""
UNIT_OF_OTHERS = {"gas_share": "fraction", "engine_level": "fraction", "throttle": "fraction", "k_req": "fraction"}


FINITE_OR_NAMED: dict[str, Any] = {"type": ["number", "string"]}
"""A number; one that is not finite is text, as in ProtoJSON: "NaN", "Infinity", "-Infinity"."""


def unit(name: str) -> str:
    """The unit of a field, empty where it has none."""
    return UNIT_OF_OTHERS.get(name, UNITS.get(name.rpartition("_")[2], "") if "_" in name else "")


def described(name: str, kind: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field: its kind, with meaning, unit and frame in the description."""
    parts = name.split("_")
    frame = next((FRAMES[part] for part in reversed(parts[1:]) if part in FRAMES), "") if name != "q_enu_b" else ""
    told = "; ".join(filter(None, (MEANINGS.get(name) or SOURCES.get(name, ""), frame and f"components: {frame}")))
    return {**kind, "description": f"[{unit(name) or '1'}] {told}".rstrip()}


def row_schema(title: str, layout: Layout) -> dict[str, Any]:
    """Of a channel whose messages are rows of a layout."""
    number = FINITE_OR_NAMED
    properties = {
        name: described(name, number if width == 1 else {"type": "array", "items": number})
        for name, width in layout.fields
    }
    return {"type": "object", "title": title, "properties": properties}


def loads_schema() -> dict[str, Any]:
    """Of the loads, seven digits each; they follow from the truth."""
    return {
        "type": "object",
        "title": "loads, derived from the truth",
        "properties": {
            name: {**FINITE_OR_NAMED, "description": f"[{load.unit}] {load.label}"} for name, load in LOADS.items()
        },
    }


_NUMBER: dict[str, Any] = {"type": ["number", "string", "null"]}
"""The same, or null: not there."""
_LIST: dict[str, Any] = {"type": "array", "items": _NUMBER}
_SWITCHES: dict[str, Any] = {"type": "array", "items": {"type": "boolean"}}
_WHOLE: dict[str, Any] = {"type": "integer"}


def _object(title: str, kinds: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "properties": {name: described(name, kind) for name, kind in kinds.items()},
    }


def _measured(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The kind of an entry of the sensors message."""
    first = fields[0]
    if first.map:
        inner = _object(f"{first.map} fix", {one.key: _measured((one._replace(map=""),)) for one in fields})
        return {**inner, "type": ["object", "null"]}
    if first.form == TIME:
        return _WHOLE
    if first.form == FLAG:
        return _SWITCHES
    return _LIST if first.is_list else _NUMBER


SENSORS = _object(
    "sensors as sent to the flight software, all their digits",
    {"type": {"type": "string"}, "flight": _WHOLE, "seq": _WHOLE, "time_ns": _WHOLE}
    | {key: _measured(fields) for key, fields in entries(MEASURED)},
)
TELEMETRY = _object(
    "telemetry sent with a command; other keys are specific to the flight program",
    {
        "mode": {"type": "string"}, "pos_enu_m": _LIST, "vel_enu_mps": _LIST, "q_enu_b": _LIST, "k_req": _NUMBER,
        "time_to_go_s": _NUMBER, "attitude_error_rad": _NUMBER, "clock_ns": _WHOLE,
        "events": {"type": "array", "items": {"type": "object"}},
    },
)  # fmt: skip
EVENTS: dict[str, Any] = {
    "type": "object",
    "title": "events",
    "properties": {
        "name": {"type": "string", "description": "[1] name of the event"},
        "source": {"type": "string", "description": "[1] source of the event: flight software or harness"},
        "frame": {"type": "integer", "description": "[1] frame of the event"},
    },
}
