"""Rare failures by importance sampling: flights drawn where failures live, each weighed by how unlikely it was.

In the space of standard normal deviates, d numbers a flight. The proposal is a normal shifted and widened, mixed with a
share of the nominal distribution, which bounds each weight by 1 / share (a defensive mixture: Hesterberg, Technometrics
37 (1995) 185; Owen and Zhou, JASA 95 (2000) 135). A region of failure that the shift misses is then still seen as
rarely as in plain flying, and not at all before it is seen: no estimate knows what no flight has shown.
"""

from typing import NamedTuple

import numpy as np

from hoverslam.harness.statistics.arrays import BoolArray, FloatArray
from hoverslam.harness.statistics.proportion import proportion
from hoverslam.harness.statistics.rare import Rare, estimate

FEW = 20.0  # below so many effective failures the interval is not to be believed


class Proposal(NamedTuple):
    """Where to draw: `shift` and `scale` (d,) in standard deviations, and the share drawn as nominal."""

    shift: FloatArray
    scale: FloatArray
    nominal: float = 0.1


def proposal(shift: FloatArray, scale: FloatArray | float = 1.0, nominal: float = 0.1) -> Proposal:
    """A proposal with a scale for each deviate, or one for all. Scales below 1 and a share of 0 can lose failures."""
    centre = np.asarray(shift, dtype=np.float64)
    spread = np.broadcast_to(np.asarray(scale, dtype=np.float64), centre.shape).copy()
    if centre.ndim != 1 or not np.isfinite(centre).all() or not (spread > 0.0).all():
        raise ValueError("a finite shift and a positive scale for each deviate are wanted, shape (d,)")
    if not 0.0 <= nominal <= 1.0:
        raise ValueError(f"nominal = {nominal}: a share between 0 and 1")
    return Proposal(centre, spread, nominal)


def aim(z: FloatArray, failed: BoolArray, nominal: float = 0.1) -> Proposal:
    """A proposal at the mean of flights that failed, z (n, d): one step of the cross-entropy method, scale kept at 1.

    (Rubinstein and Kroese, The Cross-Entropy Method (2004), section 3.2). Take the flights from a widened or earlier
    campaign, and do not count them again in the estimate. Fits one region of failures, not several.
    """
    bad = np.asarray(z, dtype=np.float64)[np.asarray(failed, dtype=np.bool_)]
    if not len(bad):
        raise ValueError("no flight failed: widen the scale")
    return proposal(bad.mean(axis=0), 1.0, nominal)


def draw(where: Proposal, flights: int, rng: np.random.Generator) -> FloatArray:
    """Deviates to fly, shape (flights, d)."""
    z = rng.standard_normal((flights, len(where.shift)))
    aimed = rng.random(flights) >= where.nominal
    return np.where(aimed[:, None], where.shift + where.scale * z, z)


def log_ratio(where: Proposal, z: FloatArray) -> FloatArray:
    """Log of nominal over proposed density of each flight, z (n, d) to (n,)."""
    nominal = -0.5 * (z * z).sum(axis=1)
    aimed = -0.5 * (((z - where.shift) / where.scale) ** 2).sum(axis=1) - float(np.log(where.scale).sum())
    with np.errstate(divide="ignore"):  # a share of 0 or 1 drops one of the two
        shares = np.log([where.nominal, 1.0 - where.nominal])
    return np.asarray(nominal - np.logaddexp(shares[0] + nominal, shares[1] + aimed), dtype=np.float64)


def importance(where: Proposal, z: FloatArray, failed: BoolArray, confidence: float = 0.95) -> Rare:
    """Chance of failure from flights z (n, d) drawn by `draw(where, ...)`, unbiased; `failed` (n,).

    Without a failure the upper bound is that of the flights themselves over the nominal share, which holds always.
    """
    bad = np.asarray(failed, dtype=np.bool_)
    flights = len(bad)
    if z.shape != (flights, len(where.shift)) or flights < 2:
        raise ValueError(f"z has shape {z.shape}: wanted ({flights}, {len(where.shift)}), and two flights at least")
    weight = np.where(bad, np.exp(np.where(bad, log_ratio(where, z), 0.0)), 0.0)
    chance = float(weight.mean())
    if chance == 0.0:
        most = proportion(0, flights, confidence, "high").high
        high = min(1.0, most / where.nominal) if where.nominal else 1.0
        return Rare(
            None, 0.0, high, confidence, None, None, flights, 0.0, "no flight failed: only an upper bound is known"
        )
    variation = float(weight.std(ddof=1) / np.sqrt(flights)) / chance
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    found = estimate(chance, variation, flights, confidence, effective)
    few = f"{effective:.1f} effective failures, fewer than {FEW:.0f}: fly more, or improve the shift"
    return found._replace(note=few) if effective < FEW else found
