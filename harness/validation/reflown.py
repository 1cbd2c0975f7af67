"""A recorded flight flown again at half the step: the same commands and the same gusts at the same times.

Commands are held as they were. The plant draws its gusts by tick, so another step would be another day; instead the
gusts of the recorded flight, kept on their own 10 ms grid, are laid into the plant tick by tick, linear in between.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.fly.prepare import Prepared, prepare
from hoverslam.harness.loop.recorder import frame_pieces
from hoverslam.harness.program.opening import TRANSPORT
from hoverslam.harness.program.session import Session
from hoverslam.harness.record.flight_record import FlightRecord
from hoverslam.plant.plant import GUST_PERIOD_S, Plant
from hoverslam.scenarios.load import load

SCENARIO = "zq3-landing"
NEXT, BOTH = slice(8, 11), slice(5, 11)
"""Gusts in the row `gust` of the plant's state: at the next grid point, and at the last and the next."""
FIRST_CONTACT = 2
"""Place in `clock` of the plant's state; -1 until a foot touches."""


class Change(NamedTuple):
    """How far half the step moves the stage, in the last frame before either flight touches down."""

    across_m: float
    up_m: float


def change_by_halving() -> Change:
    """Fly the default scenario with the reference flight software, then its commands at the plant's step and half."""
    record = _flown()
    gusts = _gusts(_prepared(1), record)
    once, twice = (_free_flight(_prepared(finer), record, gusts) for finer in (1, 2))
    frames = min(len(once), len(twice))
    east, north, up = twice[frames - 1] - once[frames - 1]
    return Change(float(np.hypot(east, north)), float(abs(up)))


def _prepared(finer: int) -> Prepared:
    rates = load(SCENARIO).rates
    finer_rates = {"plant_hz": rates.plant_hz * finer, "command_delay_ticks": rates.command_delay_ticks * finer}
    return prepare(load(SCENARIO, {f"rates.{key}": str(value) for key, value in finer_rates.items()}), "validate")


def _flown() -> FlightRecord:
    prepared = _prepared(1)
    with Session(transport=TRANSPORT) as session:
        record = session.fly(prepared.plant, prepared.plan)
    if record.outcome not in {"at_rest", "impact"}:
        raise RuntimeError(f"the flight to be repeated ended in {record.outcome}: {record.gnc_failure or ''}")
    return record


def _commands(prepared: Prepared, record: FlightRecord) -> Iterator[FloatArray]:
    """The command that holds in each tick; zeros, the safe command, before the first."""
    pieces = frame_pieces(prepared.plan.frame_ticks, prepared.plan.command_delay_ticks)
    lead = max(piece.behind for piece in pieces)
    rows = np.vstack([np.zeros((lead, record.commands.shape[1])), record.commands])
    for frame in range(record.frames):
        for behind, ticks in pieces:
            for _ in range(ticks):
                yield rows[lead + frame - behind]


def _gusts(prepared: Prepared, record: FlightRecord) -> FloatArray:
    """Gusts at both ends of each grid interval of the flight (n, 2, 3)."""
    plant, grid = prepared.plant, int(prepared.plant.params["gust_ticks"][0])
    gusts = []
    for tick, command in enumerate(_commands(prepared, record)):
        plant.advance(command, 1)
        if tick % grid == 0:
            gusts.append(plant.state["gust"][0][BOTH].reshape(2, 3).copy())
    return np.array(gusts)


def _take_gusts_from_outside(plant: Plant) -> None:
    """Every tick a grid point and no turbulence: the gust of a tick is then half of what stands in `NEXT` before it."""
    plant.params["gust_ticks"][0] = 1
    plant.params["turbulence"]["w20_mps"][0] = 0.0
    plant.params["turbulence"]["high_sigma_mps"][0] = 0.0


def _free_flight(prepared: Prepared, record: FlightRecord, gusts: FloatArray) -> FloatArray:
    """Position over the pad in each frame until a foot touches, with gusts as recorded."""
    plant, plan = prepared.plant, prepared.plan
    _take_gusts_from_outside(plant)
    truth, place = np.zeros(plant.truth_layout.width), plant.truth_layout.slice("pos_enu_m")
    outside, clock, rows = plant.state["gust"][0], plant.state["clock"][0], []
    per_grid = round(GUST_PERIOD_S * plan.plant_hz)
    for tick, command in enumerate(_commands(prepared, record)):
        if tick % plan.frame_ticks == 0:
            if clock[FIRST_CONTACT] >= 0 or plant.outcome is not None:
                break
            plant.truth(truth)
            rows.append(truth[place].copy())
        outside[NEXT] = 2.0 * _gust_at(gusts, tick, per_grid)
        plant.advance(command, 1)
    return np.array(rows)


def _gust_at(gusts: FloatArray, tick: int, per_grid: int) -> FloatArray:
    """The gust in the middle of a tick, of which a grid interval has so many; rounded as the plant rounds."""
    before, after = gusts[min(tick // per_grid, len(gusts) - 1)]
    return np.asarray(before + (tick % per_grid + 0.5) / per_grid * (after - before))
