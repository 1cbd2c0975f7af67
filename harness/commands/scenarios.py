"""`hoverslam scenarios` and `hoverslam show`."""

import json
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from harness.commands.console import print_json, results
from scenarios.load import load, shipped
from scenarios.schema import Scenario


def scenarios_command(*, as_json: bool) -> int:
    """List what is shipped."""
    loaded = [load(name) for name in shipped()]
    if as_json:
        entries = [{"name": s.name, "description": s.description, "vehicle": s.vehicle.file} for s in loaded]
        print_json({"scenarios": entries})
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("scenario", style="bold", no_wrap=True)
    table.add_column("vehicle", no_wrap=True)
    table.add_column("description")
    for scenario in loaded:
        table.add_row(scenario.name, scenario.vehicle.file, scenario.description)
    console = results()
    console.print(table)
    console.print("\nFly one: hoverslam run NAME. Copy one to start your own: hoverslam show NAME > mine.toml")
    return 0


def show_command(name_or_path: str, sets: Mapping[str, str], *, as_json: bool) -> int:
    """Show the scenario with everything filled in; as text it is itself a scenario file."""
    scenario = load(name_or_path, sets)
    if as_json:
        print_json(scenario.model_dump(mode="json"))
        return 0
    results().out(as_toml(scenario), end="")
    return 0


def as_toml(scenario: Scenario) -> str:
    """The scenario as a file that reads back to the same scenario."""
    tree = scenario.model_dump(mode="json", exclude_none=True)
    plain = {key: value for key, value in tree.items() if not _is_table(value)}
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items()]
    for name, value in tree.items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *_entries(value)]
        elif _is_table(value):
            for entry in value:
                lines += ["", f"[[{name}]]", *_entries(entry)]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _entries(table: Mapping[str, Any]) -> list[str]:
    """Keys of one table; a table inside, which is an override, becomes quoted dotted keys."""
    lines = []
    for key, value in table.items():
        if isinstance(value, dict):
            lines += [f"{key}.{_quoted(inner)} = {_toml(item)}" for inner, item in value.items()]
        else:
            lines.append(f"{key} = {_toml(value)}")
    return lines


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return repr(value)


def _quoted(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON, but for DEL, which JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
