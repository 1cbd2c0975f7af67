"""Signs and telemetry on the page of the wire. Oracle: the readers' source by ast, and what the reference reports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hoverslam.gnc.node import EVENT_NAMES, MODES
from hoverslam.harness.record.fields import TELEMETRY
from hoverslam.harness.record.telemetry import EVENTS, REPORTS
from hoverslam.harness.signals.signals import SIGNALS

ROOT = Path(__file__).parents[2]
WIRE = ROOT / "docs" / "wire.md"
READERS = {"reported", "_reported", "navigation_error", "navigation"}
"""Functions of the harness that take the name of a key of telemetry."""


@cache
def calls() -> tuple[tuple[str, str, str], ...]:
    """Of every call in the harness with a text among its arguments: what it is called on, its name, the text."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, str, str]]:
    for file in sorted((ROOT / "harness").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                on = node.func.value if isinstance(node.func, ast.Attribute) else None
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from ((on.id if isinstance(on, ast.Name) else "", name, text) for text in texts[:1])


def read_keys() -> set[str]:
    """Keys of telemetry that the harness reads."""
    return {text for on, name, text in calls() if name in READERS or (on == "report" and name == "get")}


def test_every_key_that_is_read_is_in_the_dictionary_with_what_is_judged_by_it() -> None:
    assert {"pos_enu_m", "vel_enu_mps", "attitude_error_rad", "k_req", "events"} <= read_keys(), "the walk finds them"
    assert read_keys() == {name for name, report in REPORTS.items() if report.signals or report.read}


def test_the_keys_of_an_event_that_are_read_are_named() -> None:
    read = {text for on, name, text in calls() if on == "event" and name == "get"}
    assert read == {"name", "time_ns", "engine"}
    page = WIRE.read_text(encoding="utf-8").split("## Telemetry")[1]
    assert [name for name in read if f"`{name}`" not in page] == []


def test_the_events_that_are_read_by_name_are_said_to_be() -> None:
    source = (ROOT / "harness" / "trace" / "engines.py").read_text(encoding="utf-8")
    compared = {
        right.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call)
        for right in node.comparators
        if isinstance(right, ast.Constant) and isinstance(right.value, str)
    }
    assert compared == {name for name, event in EVENTS.items() if event.read}


def test_the_signals_that_it_names_are_signals() -> None:
    named = {signal for report in REPORTS.values() for signal in report.signals}
    assert named <= set(SIGNALS)


def test_it_has_what_the_reference_reports_and_what_the_log_describes() -> None:
    tree = ast.parse((ROOT / "gnc" / "node.py").read_text(encoding="utf-8"))
    telemetry = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "telemetry")
    returned = next(n.value for n in ast.walk(telemetry) if isinstance(n, ast.Return))
    assert isinstance(returned, ast.Dict)
    reported = {key.value for key in returned.keys if isinstance(key, ast.Constant)}
    assert reported | {"clock_ns"} == set(REPORTS), "the reference has no clock"
    assert set(TELEMETRY["properties"]) <= set(REPORTS)
    assert set(EVENTS) == set(EVENT_NAMES.values())
    assert [mode for mode in MODES.values() if f"`{mode}`" not in REPORTS["mode"].meaning] == []
