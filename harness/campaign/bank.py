"""What a comparison needs of a campaign: its flights as columns, from a database or from a small file in a repository.

hoverslam campaign zq3-landing -n 460 --export baseline.json      # kept beside the flight program
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harness.campaign.figures import categories, column, feature_columns
from harness.campaign.store import Store, StoreError
from harness.statistics.gate import Flights

FORMAT = "hoverslam-baseline-1"
COLUMNS = {
    "miss_m": "miss_m",
    "touchdown_mps": "vertical_mps",
    "tilt_deg": "tilt_deg",
    "propellant_kg": "propellant_kg",
}
"""Metric of the gate, and the column of the database."""
DIGITS = 6
SAME = ("base", "sampling")
"""Of what campaigns that are compared flight by flight have to share."""


class Bank(NamedTuple):
    """The flights of a campaign, and what they were."""

    name: str
    about: dict[str, Any]
    flights: Flights


def read_bank(place: Path) -> Bank:
    """A campaign's folder or database, or a baseline file. Raises StoreError."""
    if place.suffix == ".json":
        return _from_file(place)
    with Store.read(place) as store:
        return bank_of(store, str(place))


def bank_of(store: Store, name: str) -> Bank:
    """The bank of an open database. A flight program that was lost has failed its flight."""
    rows = list(store.rows())
    numbers = {metric: column(rows, of) for metric, of in COLUMNS.items()}
    flights = Flights(
        [row.seed for row in rows],
        np.array([row.verdict == "PASS" for row in rows], dtype=np.bool_),
        numbers,
        feature_columns(rows),
        {label.replace(" ", "_"): values for label, values in categories(rows).items()},
    )
    return Bank(name, _about(store.about, rows[0].gnc if rows else ""), flights)


def _about(about: Mapping[str, Any], gnc: str) -> dict[str, Any]:
    campaign = about["campaign"]
    sampling = {key: campaign[key] for key in ("sampling", "sampling_seed", "failure", "sound")}
    sampling |= {"aim": campaign["aim"]} if campaign.get("aim") else {}
    return {
        "campaign": campaign["name"],
        "base": about["base"],
        "sampling": sampling,
        "plant": about["plant"],
        "gnc": gnc,
    }


def write_bank(bank: Bank, path: Path) -> None:
    """As a small file, the same bytes for the same flights: numbers to six digits, dispersions left out."""
    flights = bank.flights
    told = {
        "format": FORMAT,
        **bank.about,
        "seed": list(flights.ids),
        "passed": [int(one) for one in flights.passed],
        **{name: [_short(value) for value in values] for name, values in flights.numbers.items()},
    }
    text = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in told.items())
    path.write_text(f"{{{text}}}\n", encoding="utf-8")


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _from_file(path: Path) -> Bank:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.get("format") != FORMAT:
            raise StoreError(
                f"{path}: is no baseline (format {told.get('format')!r}); write one with campaign --export"
            )
        numbers = {name: np.array(told[name], dtype=np.float64) for name in COLUMNS}
        flights = Flights(told["seed"], np.array(told["passed"], dtype=np.bool_), numbers)
        about = {key: told[key] for key in ("campaign", "base", "sampling", "plant", "gnc")}
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path}: is no baseline ({error}); write one with campaign --export") from None
    return Bank(str(path), about, flights)


def refusal(a: Bank, b: Bank) -> str:
    """Why two campaigns cannot be compared flight by flight; empty where they can."""
    for key, what in (("base", "scenario"), ("sampling", "sampling and failures")):
        if a.about[key] != b.about[key]:
            return f"{a.name} and {b.name} flew another {what}{_first_difference(a.about[key], b.about[key])}"
    if not set(a.flights.ids) & set(b.flights.ids):
        return f"{a.name} and {b.name} have no seed in common"
    return ""


def _first_difference(one: Any, other: Any, key: str = "") -> str:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys([*one, *other]):
            if one.get(name) != other.get(name):
                return _first_difference(one.get(name), other.get(name), f"{key}.{name}" if key else str(name))
    return f" ({key}: {one!r} and {other!r})" if key else ""
