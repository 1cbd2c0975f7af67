"""Data of a campaign for a comparison: its flights as columns, from a database or from a small file in a repository.

hoverslam campaign zq3-landing -n 460 --export baseline.json      # kept beside the flight program
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hoverslam.harness.campaign.baseline import FORMAT, OLDER, check
from hoverslam.harness.campaign.figures import categories, column, feature_columns
from hoverslam.harness.campaign.store import Store, StoreError, first_difference
from hoverslam.harness.files import write_whole
from hoverslam.harness.fly.identity import REFERENCE, WORDS, of_record
from hoverslam.harness.record.digest import digest
from hoverslam.harness.statistics.gate import Flights
from hoverslam.scenarios.campaign import Campaign

COLUMNS = {
    "miss_m": "miss_m",
    "touchdown_mps": "vertical_mps",
    "tilt_deg": "tilt_deg",
    "propellant_kg": "propellant_kg",
}
"""Metric of the gate, and the column of the database."""
DIGITS = 6
PRINT_DIGITS = 16
"""Of a flight's hash, in hexadecimal: enough to tell the flights of two campaigns apart."""
SAME = ("scenario", "vehicle", "requirements")
"""Of their identities, what campaigns that are compared flight by flight have to share."""


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
        [row.hash[-PRINT_DIGITS:] for row in rows],
    )
    return Bank(name, _about(store.about, rows[0].gnc if rows else ""), flights)


def _about(about: Mapping[str, Any], gnc: str) -> dict[str, Any]:
    campaign = Campaign.model_validate(about["campaign"]).model_dump(mode="json")
    sampling = {key: campaign[key] for key in ("sampling", "sampling_seed", "failure", "sound")}
    sampling |= {"aim": campaign["aim"]} if campaign.get("aim") else {}
    return {
        "campaign": campaign["name"],
        "base": about["base"],
        "sampling": sampling,
        "plant": about["plant"],
        "gnc": gnc,
        "identity": about["identity"],
        "command": about.get("gnc") or REFERENCE,
    }


def write_bank(bank: Bank, path: Path) -> None:
    """As a small file, the same bytes for the same flights: numbers to six digits, dispersions left out."""
    flights = bank.flights
    told = {
        "format": FORMAT,
        **bank.about,
        "seed": list(flights.ids),
        "passed": [int(one) for one in flights.passed],
        **({"hash": list(flights.prints)} if flights.prints else {}),
        **{name: [_short(value) for value in values] for name, values in flights.numbers.items()},
    }
    told["checksum"] = digest(told)
    text = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in told.items())
    write_whole(path, f"{{{text}}}\n")


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _from_file(path: Path) -> Bank:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        _check(path, told)
        numbers = {name: np.array(told[name], dtype=np.float64) for name in COLUMNS}
        flights = Flights(
            told["seed"], np.array(told["passed"], dtype=np.bool_), numbers, prints=told.get("hash") or ()
        )
        about = {key: told[key] for key in ("campaign", "base", "sampling", "plant", "gnc")}
        about |= {"command": told["command"]} if told.get("command") is not None else {}
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path}: is not a baseline ({error}); write one with campaign --export") from None
    return Bank(str(path), {**about, "identity": told.get("identity")}, flights)


def _check(path: Path, told: dict[str, Any]) -> None:
    """Raises StoreError where it is not a baseline as it was written."""
    if told.get("format") not in {FORMAT, OLDER}:
        raise StoreError(f"{path}: is not a baseline (format {told.get('format')!r}); write one with campaign --export")
    claimed = told.pop("checksum", None)
    if (told["format"] == FORMAT or claimed is not None) and claimed != digest(told):
        raise StoreError(
            f"{path}: is damaged or was edited: its checksum does not match; restore it, or write it again with "
            "campaign --export"
        )
    check(told)


def refusal(a: Bank, b: Bank) -> str:
    """Why two campaigns cannot be compared flight by flight; empty where they can."""
    ours, theirs = (of_record(bank.about["identity"]) for bank in (a, b))
    for bank, identity in ((a, ours), (b, theirs)):
        if identity is None:
            return f"{bank.name} has an old format without digests of the inputs; write it again with campaign --export"
    assert ours is not None
    assert theirs is not None
    for part in SAME:
        if getattr(ours, part) != getattr(theirs, part):
            where = _where(a.about["base"], b.about["base"]) if part == "scenario" else ""
            return f"{a.name} and {b.name} differ in {WORDS[part]}{where}"
    if a.about["sampling"] != b.about["sampling"]:
        where = _where(a.about["sampling"], b.about["sampling"])
        return f"{a.name} and {b.name} differ in sampling or failures{where}"
    if not set(a.flights.ids) & set(b.flights.ids):
        return f"{a.name} and {b.name} have no seed in common"
    return ""


def _where(one: Any, other: Any) -> str:
    key, ours, theirs = first_difference(one, other)
    return f" ({key}: {ours!r} and {theirs!r})" if key else ""
