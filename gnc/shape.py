"""A flight load against the vehicle that it is flown on: how many engines, fins, thrusters, and which it names."""

from collections.abc import Mapping

import numpy as np

from gnc.load import Load, LoadError, Stage

ROOM = 16  # engines that a list of them holds in the flight record, so that lists of any length share machine code
NO_ENGINE = -1.0


def check_engines(stage: Stage) -> None:
    """Every engine named is one of those listed, and the last is one that is lit; raises LoadError."""
    there = len(stage.engine_yz_m)
    for key, named in (("gimbal_engine", stage.gimbal_engine), ("landing", stage.landing), ("spares", stage.spares)):
        if named.size > ROOM:
            raise LoadError(f"flight load: stage.{key} names {named.size} engines; at most {ROOM} fit; name fewer")
        if named.size and not np.isin(named, np.arange(there)).all():
            raise LoadError(f"flight load: stage.{key} = {named.tolist()}; engines are 0 to {there - 1}")
    if stage.last not in stage.landing:
        raise LoadError(f"flight load: stage.last = {stage.last} is none of stage.landing = {stage.landing.tolist()}")


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
    """The load as it goes into its record: lists of engines to light are padded to `ROOM` with `NO_ENGINE`."""
    stage = load.stage

    def padded(engines: np.ndarray) -> np.ndarray:
        return np.pad(engines, (0, ROOM - engines.size), constant_values=NO_ENGINE)

    return load._replace(stage=stage._replace(landing=padded(stage.landing), spares=padded(stage.spares)))
