"""`hoverslam scenarios` and `hoverslam show`."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.console.table import Column
from hoverslam.harness.record.toml_text import toml_text
from hoverslam.scenarios.load import load, shipped
from hoverslam.scenarios.schema import Scenario

COLUMNS = (Column("scenario"), Column("vehicle"), Column("description", wraps=True))


def scenarios_command(*, as_json: bool) -> int:
    """List what is shipped."""
    loaded = [load(name) for name in shipped()]
    if as_json:
        entries = [{"name": s.name, "description": s.description, "vehicle": s.vehicle.file} for s in loaded]
        print_json({"scenarios": entries})
        return 0
    rows = [(Text(one.name, "bold"), Text(one.vehicle.file), Text(one.description)) for one in loaded]
    console = results()
    console.tabulate(COLUMNS, rows)
    console.say("\nFly one: hoverslam run NAME\nStart your own from one: hoverslam show NAME > mine.toml")
    return 0


def show_command(name_or_path: str, sets: Mapping[str, str], *, flown: bool, as_json: bool) -> int:
    """Show the scenario with everything filled in, as a scenario file; or, with `flown`, all values as flown."""
    scenario = load(name_or_path, sets)
    tree = _as_flown(scenario) if flown else scenario.model_dump(mode="json", exclude_none=not as_json)
    if as_json:
        print_json(tree)
        return 0
    results().out(toml_text(tree), end="")
    return 0


def _as_flown(scenario: Scenario) -> dict[str, Any]:
    """Vehicle, air, draws, faults and flight load as the plant and the flight software would get them."""
    from hoverslam.harness.fly.applied import applied
    from hoverslam.harness.fly.prepare import prepare

    return applied(prepare(scenario, "show"), flown=False)
