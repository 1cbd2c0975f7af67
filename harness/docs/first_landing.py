"""The blocks of docs/first-landing.md: orders of magnitude of the default vehicle, and pieces of the program."""

import ast
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hoverslam.harness.build.build import flight_load
from hoverslam.harness.docs.blocks import with_block
from hoverslam.scenarios.load import load

PROGRAM = Path(__file__).resolve().parents[2] / "examples" / "first_landing.py"
PIECES = ("step", "correct", "predict", "asked", "brake", "command")
"""Functions of the program that the page quotes."""
SCENARIO, Q_PA, SEA_PA, LANDING_PROPELLANT_KG, G = "zq3-landing", 6.0e4, 101325.0, 2000.0, 9.81


def with_pieces(text: str) -> str:
    """The page with its table of magnitudes and its quotations as they are now."""
    page = with_block(text, "magnitudes", _magnitudes(flight_load(load(SCENARIO))["stage"]))
    source = PROGRAM.read_text(encoding="utf-8")
    for name in PIECES:
        page = with_block(page, f"piece-{name}", _quoted(source, name))
    return page


def _quoted(source: str, name: str) -> list[str]:
    """One function of the program, as a fenced block."""
    node = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == name)
    return ["```python", _lines(source, node), "```"]


def _lines(source: str, node: ast.FunctionDef) -> str:
    """Its lines, moved to the left margin."""
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
    return "\n".join(line[node.col_offset :] for line in lines)


def _magnitudes(stage: dict[str, Any]) -> Iterator[str]:
    """A table: what the actuators can do, from the numbers of the flight load."""
    yield from ("| quantity | about | follows from |", "| --- | ---: | --- |")
    for quantity, value, source in _rows(stage):
        yield f"| {quantity} | {value} | {source} |"


def _rows(stage: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    mass, cg = stage["dry_mass_kg"] + LANDING_PROPELLANT_KG, stage["dry_cg_m"]
    inertia = stage["dry_inertia_kgm2"][1]
    at_sea = stage["vacuum_thrust_n"] - SEA_PA * stage["exit_area_m2"]
    least = stage["throttle_floor"] * stage["vacuum_thrust_n"] - SEA_PA * stage["exit_area_m2"]
    yield "mass at touchdown", f"{mass / 1e3:.0f} t", f"dry mass and {LANDING_PROPELLANT_KG / 1e3:.0f} t of propellant"
    for engines in (len(stage["landing"]), 1):
        low, high = (engines * force / (mass * G) for force in (least, at_sea))
        yield f"thrust over weight, {engines} burning", f"{low:.1f} to {high:.1f}", "floor to rated thrust at sea level"
    turn = at_sea * cg * stage["gimbal_limit_rad"]
    yield "gimbal moment, one engine", f"{turn / 1e6:.1f} MN m, {turn / inertia:.2f} rad/s²", "rated thrust, full angle"
    fin = Q_PA * stage["fin_area_m2"] * stage["fin_slope"][0] * stage["fin_limit_rad"]
    arm = stage["fin_position_m"] - cg
    yield "force of a fin at 60 kPa, subsonic", f"{fin / 1e3:.0f} kN", "full deflection"
    yield "moment of two fins", f"{2 * fin * arm / 1e6:.0f} MN m, {2 * fin * arm / inertia:.1f} rad/s²", "the same"
    jets = 2 * stage["thruster_n"] * (stage["thruster_position_m"][0][0] - cg)
    yield "moment of two thrusters", f"{jets / 1e3:.0f} kN m, {jets / inertia:.3f} rad/s²", "all in one direction"
    weight = (mass + 8000.0) * G
    fall = math.sqrt(2 * weight / (1.1 * stage["ref_area_m2"] * stage["axial"][1]))
    yield "terminal speed near the ground", f"{fall:.0f} m/s", "10 t of propellant, 1.1 kg/m³, engines off"
    beat = cg + inertia / (mass * cg)
    yield "centre of percussion of the gimbals", f"{beat:.0f} m", "above the gimbal plane: cg + I / (m l)"
    yield "engine from command to thrust", f"{stage['dead_time_s'] + stage['rise_time_s']:.1f} s", "dead time and rise"
