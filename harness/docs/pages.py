"""Which pages of docs/ are written from the code: each with a function from the page as it is to what it has to be."""

from collections.abc import Callable

from hoverslam.harness.docs import (
    cases,
    conform,
    first_landing,
    flight_load,
    requirements,
    scenarios,
    schema,
    validation,
    vehicle_file,
    wire,
)

Writer = Callable[[str], str]

PAGES: dict[str, Writer] = {
    "cases.md": cases.with_words,
    "conform.md": lambda _: conform.page(),
    "first-landing.md": first_landing.with_pieces,
    "flight-load.md": lambda _: flight_load.page(),
    "requirements.md": requirements.with_names,
    "scenarios.md": lambda _: scenarios.page(),
    "summary.schema.json": lambda _: schema.page(),
    "vehicle-file.md": lambda _: vehicle_file.page(),
    "wire.md": wire.with_tables,
}
MEASURED: dict[str, Writer] = {"verification.md": validation.with_measured}
"""These take minutes, and their numbers follow the machine in the last digits: only when they are asked for."""
