"""One figure for each convention of signs, docs/img/sign-*.svg; the direction of each arrow is `sign_arrows`'."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from hoverslam.harness.docs import sign_arrows
from hoverslam.harness.docs.sign_arrows import ShownPush
from hoverslam.plant.kernels.rotation import Vec

WIDTH, FONT = 480, 17
RED, BLUE, DARK, GREY = "#b3261e", "#1f5fa8", "#1d2733", "#44546a"
Flat = tuple[float, float]
"""A direction or a place in a figure: to the right, and up."""


class Arrow(NamedTuple):
    """From a place in the figure, in pixels, along a direction of the plant's."""

    at: Flat
    along: Flat
    colour: str
    length: float = 60.0


def figures() -> Iterator[tuple[str, str]]:
    """Each file with its content."""
    for name, draw in FIGURES.items():
        yield f"sign-{name}.svg", draw()


def _figure(height: int, label: str, parts: Iterable[str]) -> str:
    """A drawing with its markers; the text is as large on a narrow screen as the drawing allows."""
    marks = "".join(
        f'<marker id="{colour[1:]}" markerWidth="9" markerHeight="8" refX="7" refY="3.5" orient="auto">'
        f'<path d="M0 0 L8 3.5 L0 7 Z" fill="{colour}"/></marker>'
        for colour in (RED, BLUE, DARK)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
    head += f'font-family="sans-serif" font-size="{FONT}" text-anchor="middle" role="img" aria-label="{label}">\n'
    head += f"<defs>{marks}</defs>\n"
    return f'{head}<rect width="{WIDTH}" height="{height}" rx="8" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"


def _text(x: float, y: float, words: str, colour: str = DARK, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}"{weight}>{words}</text>'


def drawn(arrow: Arrow) -> str:
    """The line of an arrow; what does not point anywhere in this view is a mistake of the figure."""
    size = math.hypot(*arrow.along)
    dx, dy = (arrow.length * part / size for part in arrow.along)
    x, y = arrow.at
    style = f'stroke="{arrow.colour}" stroke-width="2.4" fill="none" marker-end="url(#{arrow.colour[1:]})"'
    return f'<path d="M{x:.1f} {y:.1f} L{x + dx:.1f} {y - dy:.1f}" {style}/>'


def _toward(at: Flat) -> str:
    """An axis that points out of the figure toward the reader: the tip of its arrow."""
    x, y = at
    ring = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="9" fill="#fff" stroke="{DARK}"/>'
    return f'{ring}<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{DARK}"/>'


def stage(x: float, y: float, lean: float = 0.0) -> str:
    """A stage seen from its side, its middle here, its nose leaning by degrees to the right."""
    return (
        f'<g transform="rotate({lean:.1f} {x} {y})" stroke="{GREY}"><rect x="{x - 14}" y="{y - 85}" width="28" '
        f'height="150" rx="5" fill="#dfe6ee"/><path d="M{x - 7} {y + 65} l-8 22 h30 l-8 -22 Z" fill="#8fa3b8"/></g>'
    )


def _in_words(direction: Vec) -> str:
    """The axis that a direction mostly follows, with its sign."""
    share, axis = max(zip(direction, "xyz", strict=True), key=lambda pair: abs(pair[0]))
    return f"{'+' if share > 0.0 else '−'}{axis}"


def _gimbal() -> str:
    return _figure(320, "What a positive gimbal angle does", _gimbal_parts())


def _gimbal_parts() -> Iterator[str]:
    for push, x, axis in zip(sign_arrows.gimbals(sign_arrows.shown()), (120.0, 360.0), (2, 1), strict=True):
        yield _text(x, 28, f"{push.name} > 0", bold=True)
        yield stage(x, 150)
        yield from (drawn(Arrow((x, 66), (0, 1), DARK, 24)), _text(x + 16, 56, "x"))
        yield from (drawn(Arrow((x + 14, 150), (1, 0), DARK, 44)), _text(x + 70, 156, "xyz"[axis]))
        yield drawn(Arrow((x, 231), (push.force[axis], 0.0), RED))
        yield drawn(Arrow((x, 80), (push.nose[axis], 0.0), BLUE))
        yield _text(x, 262, f"new force to {_in_words(push.force)}", RED)
        yield _text(x, 284, f"moment about {_in_words(push.moment)}")
        yield _text(x, 306, f"nose goes to {_in_words(push.nose)}", BLUE)


def _from_the_nose(pushes: list[ShownPush], radius: float, hull: float) -> Iterator[str]:
    """Pushes across the axis, seen from the nose: x toward the reader, y to the right, z up, fins dark."""
    x, y = 240.0, 175.0
    yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{hull:.0f}" fill="#dfe6ee" stroke="{GREY}"/>'
    yield from (drawn(Arrow((x, y), (1, 0), DARK, 30)), _text(x + 40, y + 5, "y"))
    yield from (drawn(Arrow((x, y), (0, 1), DARK, 30)), _text(x - 12, y - 22, "z"))
    yield from (_toward((x, y)), _text(x - 18, y + 20, "x"))
    for number, push in enumerate(pushes):
        far = radius / math.hypot(*push.at_m[1:])
        at = (x + far * push.at_m[1], y - far * push.at_m[2])
        root = (x + hull / radius * (at[0] - x), y + hull / radius * (at[1] - y))
        yield f'<path d="M{root[0]:.1f} {root[1]:.1f} L{at[0]:.1f} {at[1]:.1f}" stroke="{GREY}" stroke-width="5"/>'
        yield f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5" fill="{DARK}"/>'
        yield drawn(Arrow(at, (push.force[1], push.force[2]), RED, 46))
        yield _text(*_label(at, push), f"{number}", bold=True)


def _label(at: Flat, push: ShownPush) -> Flat:
    """Beside the line of an arrow, outside."""
    out = math.hypot(*push.at_m[1:])
    x, y = at[0] + 18 * push.at_m[1] / out, at[1] - 18 * push.at_m[2] / out
    along = math.hypot(*push.force[1:])
    return x + 24 * push.force[1] / along, y - 24 * push.force[2] / along + 6


def _fins() -> str:
    pushes = [*sign_arrows.fins(sign_arrows.shown())]
    rolls = {_in_words((push.moment[0], 0.0, 0.0)) for push in pushes}
    along = all(_in_words(push.nose) == _in_words(push.force) for push in pushes)
    words = [
        _text(240, 24, "fin_rad[i] > 0, base first, seen from the nose", bold=True),
        _text(240, 340, "red: force; the nose goes " + ("with it" if along else "against it"), RED),
        _text(240, 364, f"each rolls the stage about {' or '.join(sorted(rolls))}"),
    ]
    return _figure(380, "What a positive deflection of each grid fin does", [*words, *_from_the_nose(pushes, 95, 58)])


def _thrusters() -> str:
    pushes = [*sign_arrows.thrusters(sign_arrows.shown())]
    groups = {
        roll: [i for i, one in enumerate(pushes) if _in_words((one.moment[0], 0.0, 0.0)) == roll]
        for roll in ("+x", "−x")
    }
    told = "; ".join(f"{', '.join(map(str, those))} about {roll}" for roll, those in groups.items())
    words = [
        _text(240, 24, "rcs_open[i] true, seen from the nose", bold=True),
        _text(240, 340, "red: force on the stage, against its jet", RED),
        _text(240, 364, f"roll: {told}"),
    ]
    return _figure(380, "Lines of action of the cold-gas thrusters", [*words, *_from_the_nose(pushes, 90, 90)])


def _axes() -> str:
    now, at = sign_arrows.at_release(), (240.0, 170.0)
    lean = math.degrees(math.atan2(now.x[0], now.x[2]))
    y = "toward you" if now.y[1] > 0.0 else "away from you"
    parts = [_text(240, 24, "at release, seen from the right of the path", bold=True), stage(*at, lean)]
    for name, along, colour in (("x", now.x, DARK), ("z", now.z, DARK), ("velocity", now.velocity, RED)):
        flat = (along[0], along[2])
        parts.append(drawn(Arrow(at, flat, colour, 120)))
        parts.append(_text(at[0] + 146 * flat[0], at[1] - 138 * flat[1] + 6, name, colour))
    parts += [
        drawn(Arrow((60, 290), (1, 0), BLUE, 80)),
        _text(100, 280, "downrange", BLUE),
        _toward(at),
        _text(at[0] - 30, at[1] + 22, "y"),
        _text(240, 326, f"y points {y}: to the right of the path"),
        _text(240, 350, f"azimuth {now.azimuth_deg:.0f}°, path {-now.path_deg:.0f}° under the horizon:"),
        _text(240, 374, "q_enu_b = " + ", ".join(f"{part:.3f}" for part in now.q_enu_b).replace("-", "−")),
    ]
    return _figure(390, "Body axes at release, and the quaternion of that attitude", parts)


def _increments() -> str:
    felt = sign_arrows.felt_at_rest()
    turns = {axis: sign_arrows.turned_by(omega) for axis, omega in (("y", (0.0, 1.0, 0.0)), ("z", (0.0, 0.0, 1.0)))}
    parts = [_text(120, 28, "upright, at rest", bold=True), stage(120, 160)]
    parts += [drawn(Arrow((120, 160), (0.0, felt[0]), RED, 110)), _text(196, 66, f"{felt[0]:+.1f} m/s²", RED)]
    parts += [
        _text(120, 278, "imu_dvel_b_mps / time", RED),
        _text(120, 302, "gravity is not felt,"),
        _text(120, 326, "the ground is"),
    ]
    parts += [_text(360, 28, "imu_dangle_b_rad > 0", bold=True), stage(360, 160)]
    parts += [drawn(Arrow((360, 75), (0, 1), DARK, 24)), _text(376, 64, "x")]
    parts += [drawn(Arrow((369, 160), (1, 0), DARK, 49)), _text(430, 166, "z")]
    parts += [_toward((360, 160)), _text(338, 166, "y")]
    parts.append(drawn(Arrow((360, 100), (_in_body(turns["y"])[2], 0.0), BLUE)))
    for line, (axis, gone) in enumerate(turns.items()):
        told = f"about +{axis}: nose to {_in_words(_in_body(gone))}"
        parts.append(_text(360, 278 + 24 * line, told, BLUE if axis == "y" else DARK))
    parts.append(_text(360, 326, "y points toward you"))
    return _figure(342, "Signs of the increments of the inertial unit", parts)


def _in_body(enu: Vec) -> Vec:
    """Body axes of the upright stage: x up, y east, z north."""
    return (enu[2], enu[0], enu[1])


def _radar() -> str:
    beam = math.degrees(sign_arrows.shown().sensors.radar_beam_rad)
    parts = [_text(240, 26, f"radar_range_m, beam ±{beam:.0f}° about the axis", bold=True)]
    for echo, x in zip(sign_arrows.echoes(sign_arrows.shown()), (80.0, 240.0, 400.0), strict=True):
        lean = math.degrees(echo.tilt_rad)
        parts += [stage(x, 130, lean), *_echo(x, lean, beam, echo.range_m / echo.height_m)]
        parts.append(_text(x, 306, f"tilt {lean:.0f}°"))
        parts.append(_text(x, 330, f"{echo.range_m / echo.height_m:.3f} × height", RED))
    parts.append(_text(240, 354, "height of the radar; the nearest echo counts"))
    parts.append(f'<path d="M20 280 H460" stroke="{GREY}" stroke-width="3"/>')
    return _figure(370, "What the radar altimeter measures at three tilts", parts)


def _echo(x: float, lean: float, beam: float, longer: float) -> Iterator[str]:
    """The line of the echo: as much off the vertical as the range that the plant reports asks for."""
    base = (x - 60 * math.sin(math.radians(lean)), 130 + 60 * math.cos(math.radians(lean)))
    for side in (-beam, beam):
        angle = math.radians(lean + side)
        down = (280 - base[1]) / math.cos(angle)
        end = f"{base[0] - down * math.sin(angle):.1f} 280"
        yield f'<path d="M{base[0]:.1f} {base[1]:.1f} L{end}" stroke="#6b7a8c" stroke-dasharray="4 4"/>'
    off = math.acos(min(1.0, 1.0 / longer))
    yield drawn(Arrow(base, (-math.sin(off), -math.cos(off)), RED, (280 - base[1]) / math.cos(off) - 2))


def _air() -> str:
    vehicle, east_mps = sign_arrows.shown(), 20.0
    lean, wind = sign_arrows.leaning(vehicle), sign_arrows.leaning(vehicle, east_mps, 0.0)
    parts = [_text(120, 28, "nose leans, no wind", bold=True), stage(120, 160, 15)]
    parts += [_text(360, 28, "upright, wind", bold=True), stage(360, 160)]
    for x, one in ((120.0, lean), (360.0, wind)):
        parts.append(drawn(Arrow((x, 170), (one.force_enu[0], 0.0), RED, 80)))
        parts.append(drawn(Arrow((x + 96, 60), (0, -1), DARK, 50)))
        parts.append(_text(x + 96, 52, "falls"))
        parts.append(_text(x, 282, f"air pushes to {'+' if one.force_enu[0] > 0 else '−'}east", RED))
        parts.append(_text(x, 306, f"alpha_rad = {one.alpha_rad:.3f}"))
    parts.append(_text(120, 330, f"lean {sign_arrows.SMALL_RAD} rad to +east"))
    parts.append(_text(360, 330, f"wind {east_mps:.0f} m/s, fall {sign_arrows.FALL_MPS:.0f} m/s"))
    parts += [drawn(Arrow((270, 100), (1, 0), BLUE, 56)), _text(292, 86, "wind", BLUE)]
    parts += [drawn(Arrow((16, 100), (1, 0), DARK, 50)), _text(40, 86, "east")]
    return _figure(346, "The air on a stage that leans, and on one in wind", parts)


FIGURES: dict[str, Callable[[], str]] = {
    "gimbal": _gimbal,
    "fins": _fins,
    "thrusters": _thrusters,
    "axes": _axes,
    "increments": _increments,
    "radar": _radar,
    "air": _air,
}
