"""Where the flights come down around the pad's centre.

Circular error probable (half of the landings lie within it) and the miss of 99 in 100 are order statistics and assume
no distribution; the ellipses assume that downrange and crossrange are jointly normal (Johnson and Wichern, Applied
Multivariate Statistical Analysis, 6th ed., sections 5.4 and 5.5): believe them near the middle, not in the tails.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import FloatArray, check_share, numbers
from hoverslam.harness.statistics.proportion import Proportion, proportion
from hoverslam.harness.statistics.quantiles import Quantile, quantile


class Ellipse(NamedTuple):
    """Centre and semi-axes [m]. `angle_rad` turns the downrange axis into the major one, positive towards crossrange;
    between -pi/2 and pi/2.
    """

    probability: float
    downrange_m: float
    crossrange_m: float
    semi_major_m: float
    semi_minor_m: float
    angle_rad: float


class Within(NamedTuple):
    """Flights that came down inside a circle about the centre of the pad, among all flights."""

    radius_m: float
    share: Proportion


class Scatter(NamedTuple):
    """Landing scatter; `flights` counts all, `landings` those that came down. None where there are too few for it."""

    flights: int
    landings: int
    cep_m: Quantile
    miss_99_m: Quantile
    mean_downrange_m: float | None
    mean_crossrange_m: float | None
    covariance_m2: tuple[tuple[float, float], tuple[float, float]] | None
    next_landing: Ellipse | None
    mean_impact: Ellipse | None
    within: tuple[Within, ...]


def scatter(
    downrange_m: FloatArray,
    crossrange_m: FloatArray,
    radii_m: tuple[float, ...] = (40.0, 10.0),
    confidence: float = 0.95,
    probability: float = 0.95,
) -> Scatter:
    """Scatter of points (n,) and (n,), NaN for a flight without touchdown: its miss counts as without end.

    `miss_99_m` has an upper bound alone, at `confidence`. `next_landing` holds the next landing with `probability`,
    `mean_impact` the true mean point of impact with `confidence`; both need three landings not on one line.
    """
    points = np.column_stack([numbers(downrange_m), numbers(crossrange_m)])
    down = np.isfinite(points).all(axis=1)
    miss = np.where(down, np.hypot(points[:, 0], points[:, 1]), np.inf)
    landed = points[down]
    mean = landed.mean(axis=0) if len(landed) else None
    spread = np.cov(landed.T) if len(landed) > 1 else None
    return Scatter(
        flights=len(points),
        landings=len(landed),
        cep_m=quantile(miss, 0.5, confidence),
        miss_99_m=quantile(miss, 0.99, confidence, "high"),
        mean_downrange_m=None if mean is None else float(mean[0]),
        mean_crossrange_m=None if mean is None else float(mean[1]),
        covariance_m2=None if spread is None else _matrix(spread),
        next_landing=next_landing(landed, probability),
        mean_impact=mean_impact(landed, confidence),
        within=tuple(
            Within(radius, proportion(int((miss <= radius).sum()), len(miss), confidence)) for radius in radii_m
        ),
    )


def next_landing(points_m: FloatArray, probability: float) -> Ellipse | None:
    """Ellipse that holds the next landing with `probability`, of landings (n, 2): exact for normal scatter.

    T^2 of one further draw: (n + 1)(n - 1) 2 / (n (n - 2)) F(2, n - 2); with many landings chi-square with two degrees.
    """
    return _ellipse(points_m, probability, 1.0 + 1.0 / max(len(points_m), 1))


def mean_impact(points_m: FloatArray, confidence: float) -> Ellipse | None:
    """Hotelling's confidence ellipse of the mean point of impact, of landings (n, 2): exact for normal scatter."""
    return _ellipse(points_m, confidence, 1.0 / max(len(points_m), 1))


def _ellipse(points: FloatArray, probability: float, share_of_variance: float) -> Ellipse | None:
    check_share("probability", probability)
    flights = len(points)
    if flights < 3:
        return None
    from scipy.stats import f

    (cdd, cdc), (_, ccc) = np.cov(points.T)
    middle, half = 0.5 * (cdd + ccc), float(np.hypot(0.5 * (cdd - ccc), cdc))
    if middle - half <= 1e-12 * middle:
        return None  # all on one line: normal theory has nothing to say
    scale = share_of_variance * 2.0 * (flights - 1) / (flights - 2) * float(f.ppf(probability, 2, flights - 2))
    major, minor = np.sqrt(scale * (middle + half)), np.sqrt(scale * (middle - half))
    angle = 0.5 * float(np.arctan2(2.0 * cdc, cdd - ccc))
    center = points.mean(axis=0)
    return Ellipse(probability, float(center[0]), float(center[1]), float(major), float(minor), angle)


def _matrix(spread: FloatArray) -> tuple[tuple[float, float], tuple[float, float]]:
    (a, b), (c, d) = spread.tolist()
    return ((a, b), (c, d))
