"""Checks that a flight load fits the vehicle: numbers of engines, fins and thrusters, and the engines that it lists."""

from collections.abc import Mapping

import numpy as np

from hoverslam.gnc.load import Load, LoadError, Stage
from hoverslam.gnc.state import ROOM

NO_ENGINE = -1.0
LISTS = ("landing", "spares")
GRIDS = ("axial_mach", "plume_coefficient", "fin_mach")


def check_engines(stage: Stage) -> None:
    """Every engine named is one of those listed, and the last is one that is lit; raises LoadError."""
    there = len(stage.engine_yz_m)
    for key, named in (("gimbal_engine", stage.gimbal_engine), ("landing", stage.landing), ("spares", stage.spares)):
        if named.size > ROOM:
            raise LoadError(
                f"flight load: stage.{key} lists {named.size} engines; at most {ROOM} are possible; list fewer"
            )
        if named.size and not np.isin(named, np.arange(there)).all():
            raise LoadError(f"flight load: stage.{key} = {named.tolist()}; engines are 0 to {there - 1}")
    if stage.last not in stage.landing:
        raise LoadError(f"flight load: stage.last = {stage.last} is not in stage.landing = {stage.landing.tolist()}")


def check_shape(load: Load, shape: Mapping[str, int]) -> None:
    """The load is of a vehicle of this shape; raises LoadError."""
    stage = load.stage
    for key, listed, kind in (
        ("engine_yz_m", stage.engine_yz_m, "engines"),
        ("gimbal_engine", stage.gimbal_engine, "gimballed"),
        ("fin_span_yz", stage.fin_span_yz, "fins"),
        ("thruster_position_m", stage.thruster_position_m, "thrusters"),
    ):
        if len(listed) != shape[kind]:
            raise LoadError(
                f"flight load: stage.{key} has {len(listed)} entries; the vehicle's {kind} are {shape[kind]}"
            )


def roomy(load: Load) -> Load:
    """The load as it goes into its record: what a stage has, and its tables, with room for `ROOM`.

    Lists of engines to light are filled up with `NO_ENGINE`, grids with infinity and all else with the last entry,
    which leaves every interpolation as it is. A longer table keeps its length, and has machine code of its own.
    """
    stage = load.stage

    def padded(name: str, array: np.ndarray) -> np.ndarray:
        fill = NO_ENGINE if name in LISTS else np.inf if name in GRIDS else None
        widths = [(0, max(ROOM - len(array), 0)), *[(0, 0)] * (array.ndim - 1)]
        return np.pad(array, widths, "edge") if fill is None else np.pad(array, widths, constant_values=fill)

    pairs = zip(stage._fields, stage, strict=True)
    return load._replace(
        stage=Stage._make(padded(name, value) if isinstance(value, np.ndarray) else value for name, value in pairs)
    )
