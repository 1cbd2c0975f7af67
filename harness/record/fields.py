"""What the fields of the log's own channels are, as JSON schemas that carry unit, frame, length and order.

A unit is that at the end of a name (docs/conventions.md); what the name does not say is in MEANINGS.
"""

from typing import Any

from hoverslam.harness.record.loads import LOADS
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
    "time_s": "since release",
    "pos_enu_m": "centre of the foot plane on the axis, from the pad centre",
    "vel_enu_mps": "of that point, over the turning Earth",
    "q_enu_b": "attitude as a unit quaternion, scalar first: w, x, y, z; it takes body components to east, north, up",
    "omega_b_radps": "angular velocity",
    "altitude_agl_m": "of the feet above the pad",
    "altitude_msl_m": "above the WGS-84 ellipsoid",
    "speed_mps": "over ground",
    "mach": "Mach number",
    "q_pa": "dynamic pressure",
    "alpha_rad": "angle of attack, 0 when the air comes from straight below the engines",
    "tilt_rad": "of the nose from local up",
    "accel_b_mps2": "specific force at the centre of gravity",
    "mass_kg": "of the whole stage",
    "lox_kg": "oxygen above the residuals",
    "lch4_kg": "methane above the residuals",
    "rcs_kg": "cold-gas propellant",
    "cg_m": "centre of gravity above the gimbal plane",
    "wind_enu_mps": "where the stage is, gusts included, blowing that way",
    "engine_level": "chamber pressure over rated, an engine each",
    "thrust_n": "an engine each",
    "chamber_pressure_pa": "an engine each",
    "flow_kgps": "propellant, an engine each",
    "engine_state": "an engine each: 0 off, 1 starting, 2 rising, 3 running, 4 shutting down, 5 failed",
    "feed_warm_k": "of the feed line above chilled, an engine each",
    "igniter_charges": "left, an engine each",
    "ullage_pa": "pressure of oxygen tank, methane tank",
    "unsettled_m": "how far the liquid still has to fall to its sump: oxygen, methane",
    "gas_share": "of what is drawn: oxygen, methane",
    "gimbal_rad": "angles as (y, z) pairs, an engine that swivels each",
    "fin_rad": "deflection, a grid fin each",
    "rcs_open": "1 while open, a thruster each",
    "leg_locked": "1 when down and locked, a leg each",
    "leg_contact": "1 while its foot is on the ground, a leg each",
    "leg_stroke_m": "crushed for good, a leg each",
    "foot_height_m": "above the ground, a leg each",
    "imu_saturated_s": "how long the inertial unit has been beyond its range",
    "airspeed_mps": "against the air",
    "density_kgpm3": "of the air",
    "heat_flux_wpm2": "at the base, Sutton and Graves: an indicator",
    "bending_nm": "bending moment at mid-body",
    "bending_m": "how far the tip of the hull is bent out: body y, body z",
    "leg_touched_s": "first contact since release, -1 before it, a leg each",
    "struck": "what met the ground that must not: 0 nothing, 1 nozzle end, 2 upper end, 3 a leg beyond its stroke",
    "tip_margin_rad": "to toppling about the nearest edge of the footprint, 0 without one",
    "tip_margin_m": "centre of gravity inside the footprint, 0 without one",
    "axial_peak_mps2": "largest specific force along the axis since the frame before, with its sign",
    "lateral_peak_mps2": "largest specific force across the axis since the frame before",
    "engine_on": "1 is on, an engine each",
    "throttle": "of rated chamber pressure, an engine each",
    "leg_deploy": "1 deploys the legs",
    "type": "always sensors",
    "flight": "0, or which of many flights at once",
    "seq": "frame",
    "time_ns": "since release",
    "imu_dvel_b_mps": "specific force, integrated since the last frame",
    "imu_dangle_b_rad": "angular velocity, integrated since the last frame",
    "gnss": "a new fix, or null",
    "pos_e_m": "of the receiver",
    "vel_e_mps": "of the receiver",
    "radar_range_m": "slant range to the ground, or null",
    "lox_level_m": "level probe of the oxygen tank",
    "lch4_level_m": "level probe of the methane tank",
    "lox_pressure_pa": "ullage of the oxygen tank",
    "lch4_pressure_pa": "ullage of the methane tank",
    "rcs_pressure_pa": "bottle of the cold gas",
    "mode": "phase, in the flight software's own words",
    "frame": "of the flight software, from 0",
    "frame_time_s": "of that frame, since release",
    "k_req": "throttle that would stop the stage at the pad, by its own prediction",
    "time_to_go_s": "until touchdown, by its own prediction",
    "attitude_error_rad": "from the attitude that it wants",
    "events": "what it reported as an event: name, and what else it said",
}
"""By name of the field; one name means one thing wherever it stands."""
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
    told = "; ".join(filter(None, (MEANINGS.get(name, ""), frame and f"components: {frame}")))
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


_FIX = {
    **_object("GNSS fix", {"time_ns": _WHOLE, "pos_e_m": _LIST, "vel_e_mps": _LIST}),
    "type": ["object", "null"],
}
SENSORS = _object(
    "sensors as sent to the flight software, all their digits",
    {
        "type": {"type": "string"}, "flight": _WHOLE, "seq": _WHOLE, "time_ns": _WHOLE, "imu_dvel_b_mps": _LIST,
        "imu_dangle_b_rad": _LIST, "gnss": _FIX, "radar_range_m": _NUMBER, "chamber_pressure_pa": _LIST,
        "engine_state": _LIST, "lox_level_m": _NUMBER, "lch4_level_m": _NUMBER, "lox_pressure_pa": _NUMBER,
        "lch4_pressure_pa": _NUMBER, "gimbal_rad": _LIST, "fin_rad": _LIST, "rcs_pressure_pa": _NUMBER,
        "leg_locked": _SWITCHES, "leg_contact": _SWITCHES,
    },
)  # fmt: skip
TELEMETRY = _object(
    "what the flight software reported with a command; keys that are not listed are its own",
    {
        "mode": {"type": "string"}, "pos_enu_m": _LIST, "vel_enu_mps": _LIST, "q_enu_b": _LIST, "k_req": _NUMBER,
        "time_to_go_s": _NUMBER, "attitude_error_rad": _NUMBER,
        "events": {"type": "array", "items": {"type": "object"}},
    },
)  # fmt: skip
EVENTS: dict[str, Any] = {
    "type": "object",
    "title": "events",
    "properties": {
        "name": {"type": "string", "description": "[1] what happened"},
        "source": {"type": "string", "description": "[1] who said it: flight software, or harness"},
        "frame": {"type": "integer", "description": "[1] frame in which it was said"},
    },
}
