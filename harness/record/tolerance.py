"""Compares two flights number by number with tolerances, to accept a change of compiler or processor.

Each number of each frame is compared: |a - b| <= absolute + relative * max(|a|, |b|). What is not a number (a mode, a
fix that came or did not) has to be the same, and so has the outcome. Lengths are compared in frames.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.arrays import BoolArray, FloatArray
from hoverslam.harness.record.difference import Trace
from hoverslam.harness.statistics.words import counted
from hoverslam.harness.wire.codec import FROM_HARNESS, decode, split_own
from hoverslam.plant.layout import Layout, VehicleShape, command_layout, truth_layout


class ToleranceError(Exception):
    """A tolerance that cannot be used: what, why, and the remedy."""


class Tolerance(NamedTuple):
    """`relative` holds for every number, `absolute` for fields by name (`truth.pos_enu_m`), in the unit of each.

    `others`: the absolute one of fields that `absolute` does not name.
    """

    relative: float = 0.0
    absolute: Mapping[str, float] = {}
    frames: int = 0
    others: float = 0.0

    @classmethod
    def parse(cls, texts: list[str]) -> "Tolerance":
        """From `1e-9` (relative, every number), `truth.pos_enu_m=0.01` (absolute) and `frames=2`."""
        relative, frames, absolute = 0.0, 0, {}
        for text in texts:
            name, equals, number = text.rpartition("=")
            try:
                value = float(number)
            except ValueError:
                value = -1.0
            if not (0.0 <= value < np.inf) or (bool(equals) != bool(name)):
                allowed = "a number of at least 0, e.g. 1e-9, truth.pos_enu_m=0.01 or frames=2"
                raise ToleranceError(f"--tolerance {text}: must be {allowed}")
            if not name:
                relative = value
            elif name == "frames":
                frames = _whole(value)
            else:
                absolute[name] = value
        return cls(relative, absolute, frames)

    def of(self, field: str) -> float:
        """Absolute tolerance of a field as in `truth.pos_enu_m[2]`; its name without the place counts as well."""
        return self.absolute.get(field, self.absolute.get(field.partition("[")[0], self.others))


def _whole(value: float) -> int:
    """Raises ToleranceError."""
    if not value.is_integer():
        raise ToleranceError(f"--tolerance frames={value}: must be a whole number of frames, e.g. frames=2")
    return int(value)


class FieldDeviation(NamedTuple):
    """The largest difference of a field: where, both values, and whether it is within its tolerance everywhere."""

    field: str
    frame: int
    recorded: Any
    replayed: Any
    difference: float | None
    within: bool

    def __str__(self) -> str:
        told = "" if self.difference is None else f", {self.difference:.3g} apart"
        grade = "within tolerance" if self.within else "beyond tolerance"
        return (
            f"{self.field}: {grade}; largest difference in frame {self.frame}: was {self.recorded!r}, is "
            f"{self.replayed!r}{told}"
        )


def deviations(shape: VehicleShape, recorded: Trace, replayed: Trace, allowed: Tolerance) -> list[FieldDeviation]:
    """Fields that differ anywhere as far as both flew, those beyond their tolerance first, the earliest first."""
    frames = min(recorded.frames, replayed.frames)
    found = [
        *_rows("truth", truth_layout(shape), recorded.truth[: frames + 1], replayed.truth[: frames + 1], allowed),
        *_rows("actuators", command_layout(shape), recorded.commands[:frames], replayed.commands[:frames], allowed),
        *_sensors(recorded.sensors[:frames], replayed.sensors[:frames], allowed),
    ]
    _known(shape, recorded, allowed)
    return sorted(found, key=lambda one: (one.within, one.frame))


def _known(shape: VehicleShape, recorded: Trace, allowed: Tolerance) -> None:
    """Raises ToleranceError for a tolerance of a field that there is not."""
    names = {f"truth.{name}" for name, _ in truth_layout(shape).fields}
    names |= {f"actuators.{name}" for name, _ in command_layout(shape).fields}
    for message in recorded.sensors[:1]:
        names |= {f"sensors.{name}" for name in decode(split_own(message)[0], FROM_HARNESS)}
    for field in allowed.absolute:
        plain = field.partition("[")[0]
        if plain not in names and not any(plain.startswith(f"{name}.") for name in names):
            raise ToleranceError(f"--tolerance {field}: no such field; known: {', '.join(sorted(names))}")


def _rows(
    kind: str, layout: Layout, ours: FloatArray, theirs: FloatArray, allowed: Tolerance
) -> Iterator[FieldDeviation]:
    for name, width in layout.fields:
        for place, column in enumerate(range(layout.slice(name).start, layout.slice(name).start + width)):
            field = f"{kind}.{name}" + (f"[{place}]" if width > 1 else "")
            a, b = ours[:, column], theirs[:, column]
            if a.tobytes() != b.tobytes():
                yield number_deviation(field, np.arange(len(a)), a, b, allowed)


def number_deviation(field: str, frames: Any, a: FloatArray, b: FloatArray, allowed: Tolerance) -> FieldDeviation:
    """The largest difference of a number, beyond its tolerance if any is."""
    apart, beyond = apart_and_beyond(field, a, b, allowed)
    at = int(np.argmax(np.where(beyond, apart, -1.0))) if beyond.any() else int(np.argmax(apart))
    difference = float(apart[at]) if np.isfinite(apart[at]) else None
    return FieldDeviation(field, int(frames[at]), float(a[at]), float(b[at]), difference, not beyond.any())


def apart_and_beyond(field: str, a: FloatArray, b: FloatArray, allowed: Tolerance) -> tuple[FloatArray, BoolArray]:
    """How far two series of a number are apart, and where that is beyond its tolerance; NaN is equal to NaN alone."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(a - b)
        most = allowed.of(field) + allowed.relative * np.maximum(np.abs(a), np.abs(b))
    apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.where(np.isfinite(apart), apart, np.inf))
    return apart, apart > np.nan_to_num(most, nan=0.0, posinf=0.0)


def _sensors(ours: list[bytes], theirs: list[bytes], allowed: Tolerance) -> Iterator[FieldDeviation]:
    """Messages field by field, of the frames in which they differ."""
    numbers: dict[str, list[tuple[int, float, float]]] = {}
    others: dict[str, FieldDeviation] = {}
    for frame, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if one == other:
            continue
        for field, a, b in _leaves(_messages(one), _messages(other), "sensors"):
            if isinstance(a, float) and isinstance(b, float):
                numbers.setdefault(field, []).append((frame, a, b))
            elif a != b:
                others.setdefault(field, FieldDeviation(field, frame, a, b, None, within=False))
    for field, rows in numbers.items():
        frames, a, b = (np.array(column) for column in zip(*rows, strict=True))
        if a.tobytes() != b.tobytes():
            yield number_deviation(field, frames, a, b, allowed)
    yield from others.values()


def _messages(data: bytes) -> Any:
    """One message as it is; several, of a disturbed link, as a list."""
    decoded = [decode(one, FROM_HARNESS) for one in split_own(data)]
    return decoded[0] if len(decoded) == 1 else decoded


def _leaves(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from _leaves(one.get(key), other.get(key), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _leaves(a, b, f"{path}[{place}]")
    else:
        yield path, one, other


def length_sentence(recorded: Trace, replayed: Trace, period_s: float, names: tuple[str, str]) -> str:
    """How two flights differ in length and end, in one sentence; empty where they do not."""
    longer = replayed.frames - recorded.frames
    ends = [f"{name} {_lasted(one, period_s)}" for name, one in zip(names, (recorded, replayed), strict=True)]
    if longer:
        word = "longer" if longer > 0 else "shorter"
        apart = f"{counted(abs(longer), 'frame')} ({abs(longer) * period_s:.2f} s) {word}"
        return f"{' and '.join(ends)}, so {names[1]} is {apart}."
    if recorded.outcome != replayed.outcome:
        return f"Both lasted {counted(recorded.frames, 'frame')}, but {' and '.join(ends)}."
    return ""


def _lasted(one: Trace, period_s: float) -> str:
    ended = one.outcome.replace("_", " ")
    return f"lasted {counted(one.frames, 'frame')} ({one.frames * period_s:.2f} s) and ended with {ended!r}"
