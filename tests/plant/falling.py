"""Descents for the tests of the ignition window: a stage straight over the pad, and what the oracle is asked."""

from typing import Any

import numpy as np

from hoverslam.harness.window.landing_engines import LandingEngines, plan_of
from hoverslam.harness.window.oracle import Oracle
from hoverslam.plant.oracle.descent import EnginePlan, Falling
from hoverslam.plant.oracle.ignition import Question
from hoverslam.plant.plant import Plant
from tests.plant.stage import FloatArray, place, plant, shipped

LANDING = LandingEngines((0, 1, 5), (3, 7), ())
DRY_KG, RESIDUAL_KG, GAS_KG, RATIO = 46_000.0, 160.0, 250.0, 3.5


def loaded(mass_kg: float, **overrides: Any) -> Plant:
    """The shipped stage with usable propellant up to a mass, in the vehicle's mixture ratio."""
    flying = plant(shipped(**overrides))
    usable = mass_kg - DRY_KG - RESIDUAL_KG - GAS_KG
    flying.state["tanks_kg"][0, :2] = (120.0 + usable * RATIO / (1.0 + RATIO), 40.0 + usable / (1.0 + RATIO))
    return flying


def row_of(flying: Plant) -> FloatArray:
    """The truth row of now."""
    row = np.zeros(flying.truth_layout.width)
    flying.truth(row)
    return row


def asked(flying: Plant, plan: EnginePlan | None = None, **changes: Any) -> tuple[Oracle, Question]:
    """The oracle of a plant and a question about it, for three engines unless a plan is given."""
    oracle = Oracle(flying)
    chosen = plan_of(LANDING, flying, relight=False) if plan is None else plan
    return oracle, oracle.question(row_of(flying), chosen)._replace(**changes)


def falling(question: Question, height_m: float, down_mps: float, north_mps: float = 0.0) -> Falling:
    """The stage over the pad, with the masses of the question."""
    return Falling(
        (0.0, 0.0, height_m), (0.0, north_mps, -down_mps), question.lox_kg, question.lch4_kg, question.rest_kg
    )


def put(flying: Plant, height_m: float, down_mps: float) -> Plant:
    """The plant itself, placed straight over the pad."""
    place(flying, (0.0, 0.0, height_m), (0.0, 0.0, -down_mps))
    return flying
