"""The glide of the f9_b5 vehicle beside three flown ones.

`python -m hoverslam.harness.validation.falcon9_picture` draws it.
The plant, engines off and fins at rest, falls from the state at the end of a flight's entry burn through still standard
air. One factor on the axial force is fitted, and each flight is predicted with the factor fitted on the other two. What
is fitted and what this shows: docs/falcon9.md.
"""

import math
from collections.abc import Iterable

import numpy as np

from hoverslam.harness.arrays import FloatArray
from hoverslam.harness.validation.check import Check
from hoverslam.harness.validation.falcon9_flights import (
    FLIGHTS,
    LANDMARK_M,
    GlideStart,
    Landmarks,
    Track,
    flight_path,
    flown,
    landmarks,
)
from hoverslam.plant.kernels.engines.propulsion import ClusterScatter
from hoverslam.plant.kernels.world.wind import AirColumn
from hoverslam.plant.plant import Plant
from hoverslam.plant.setup import FlightSetup, ImuErrors, ReleaseState
from hoverslam.plant.vehicle import Vehicle, load_vehicle
from hoverslam.scenarios.dispersions import COLUMN_POINTS, COLUMN_STEP_M

SOURCE = "public webcast telemetry"
PEAK_GATE, SPEED_GATE, TIME_GATE_S = 10.0, 8.0, 3.0  # %, %, s
MASS_KG = 27_000.0  # of the stage at the glide, the mass that the axial table is written for
GAS_KG = 200.0  # chosen
LATITUDE_DEG, LONGITUDE_DEG, ELEVATION_M = 28.486, -80.544, 3.0  # Landing Zone 1
AZIMUTH_DEG = 225.0  # chosen: back from the north-east; the opposite direction moves no result by more than 0.5 %
SAMPLE_TICKS = 250
TRIAL_SCALES = (1.00, 1.05)


def scaled(vehicle: Vehicle, axial_scale: float) -> Vehicle:
    """The vehicle with this factor on its axial force."""
    return vehicle._replace(aero=vehicle.aero._replace(axial_scale=float(axial_scale)))


def _setup(vehicle: Vehicle, start: GlideStart) -> FlightSetup:
    residual = vehicle.lox.residual_kg + vehicle.lch4.residual_kg
    usable, ratio = MASS_KG - vehicle.body.dry_mass_kg - residual - GAS_KG, vehicle.engine.mixture_ratio
    ones, still = np.ones(vehicle.shape.engines), np.zeros(COLUMN_POINTS)
    release = ReleaseState(
        altitude_msl_m=start.altitude_m,
        range_m=0.0,
        left_m=0.0,
        azimuth_rad=math.radians(AZIMUTH_DEG),
        speed_mps=start.speed_mps,
        flight_path_rad=start.path_rad,
        lox_kg=usable * ratio / (1.0 + ratio),
        lch4_kg=usable / (1.0 + ratio),
        rcs_kg=GAS_KG,
    )
    return FlightSetup(
        latitude_rad=math.radians(LATITUDE_DEG),
        longitude_rad=math.radians(LONGITUDE_DEG),
        elevation_m=ELEVATION_M,
        release=release,
        column=AirColumn(COLUMN_STEP_M, still, still, np.ones(COLUMN_POINTS)),
        turbulence="none",
        w20_mps=0.0,
        scatter=ClusterScatter(ones, ones, 0.0 * ones, 0.0 * ones),
        imu=ImuErrors(noise=0.0),
        faults=(),
        seed=1,
        dt_s=0.001,
    )


def glide(vehicle: Vehicle, start: GlideStart, angles: list[float] | None = None) -> Track:
    """The plant without a command down to 1 km under the landmark; `angles` collects those from base-first [rad]."""
    plant = Plant(vehicle, _setup(vehicle, start))
    row, idle = np.zeros(plant.truth_layout.width), np.zeros(plant.command_layout.width)
    at, samples, altitude = plant.truth_layout.slice, [], start.altitude_m
    while altitude > LANDMARK_M - 1000.0:
        plant.truth(row)
        above_feet = row[at("cg_m")][0] - vehicle.legs.foot_m
        altitude = row[at("altitude_msl_m")][0] + above_feet * math.cos(row[at("tilt_rad")][0])
        samples.append((row[at("time_s")][0], altitude, row[at("speed_mps")][0], row[at("q_pa")][0]))
        if angles is not None:
            angles.append(float(row[at("alpha_rad")][0]))
        plant.advance(idle, SAMPLE_TICKS)
    return Track(*np.array(samples).T)


def speed_errors(vehicle: Vehicle, flight: str) -> FloatArray:
    """Predicted over flown speed, less one, at the instants of the telemetry down to 4.5 km."""
    real, track = flown(flight), glide(vehicle, flight_path(flight))
    above = real.altitude_m >= LANDMARK_M
    return np.interp(real.time_s[above], track.time_s, track.speed_mps) / real.speed_mps[above] - 1.0


def fit_scale(vehicle: Vehicle, flights: Iterable[str]) -> float:
    """The factor on the axial force with the least mean square speed error, a flight counting as much as another.

    Errors are linear in the factor to a few parts in ten thousand between the trial factors, so the minimum is closed.
    """
    low, high = TRIAL_SCALES
    product = square = 0.0
    for flight in flights:
        first, second = (speed_errors(scaled(vehicle, trial), flight) for trial in TRIAL_SCALES)
        slope = (second - first) / (high - low)
        product, square = product + float(np.mean(first * slope)), square + float(np.mean(slope * slope))
    return low - product / square


def predict(vehicle: Vehicle, flight: str) -> tuple[float, Track]:
    """The factor fitted on the other flights, and the glide of this one with it."""
    scale = fit_scale(vehicle, [other for other in FLIGHTS if other != flight])
    return scale, glide(scaled(vehicle, scale), flight_path(flight))


def errors(track: Track, flight: str) -> Landmarks:
    """Predicted less flown: peak and speed in per cent of the flown, time in seconds."""
    ours, real = landmarks(track), landmarks(flown(flight))
    peak, speed = 100.0 * (ours.peak_q_pa / real.peak_q_pa - 1.0), 100.0 * (ours.speed_mps / real.speed_mps - 1.0)
    return Landmarks(peak, speed, ours.time_s - real.time_s)


def falcon9() -> list[Check]:
    """Each flight, predicted with the drag factor of the other two, against its telemetry."""
    vehicle, checks = load_vehicle("f9_b5"), []
    for flight in FLIGHTS:
        found = errors(predict(vehicle, flight)[1], flight)
        checks += [
            Check("falcon9", flight, "peak dynamic pressure", abs(found.peak_q_pa), PEAK_GATE, "%", SOURCE),
            Check("falcon9", flight, "speed at 4.5 km", abs(found.speed_mps), SPEED_GATE, "%", SOURCE),
            Check("falcon9", flight, "time to 4.5 km", abs(found.time_s), TIME_GATE_S, "s", SOURCE),
        ]
    return checks
