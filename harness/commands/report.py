"""`hoverslam report`: writes the report of a campaign or of a stored run again from the stored data."""

import webbrowser
from pathlib import Path
from typing import Any

from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import PAGE, Output
from hoverslam.harness.fly.kernels import tell_compiling
from hoverslam.harness.record.names import REPORT_FILE


def report_command(folder: Path, out: Path | None, *, open_it: bool, as_json: bool) -> int:
    """Write the report, print its path, open it if asked."""
    write = _writer(folder)
    home = folder.parent if folder.is_file() else folder
    page = Output("", home / REPORT_FILE if out is None else out, PAGE).tried().path
    with Dashboard(progress()) as dashboard:
        if write is run_page:
            tell_compiling(dashboard.remark)
        dashboard.stage("writing the report")
        told = _written(write, folder, page)
    if as_json:
        print_json({"exit_code": 0, **told})
    else:
        results().say(f"report of {told['of']} {folder}: {told['page']}")
    if open_it:
        webbrowser.open(Path(told["page"]).resolve().as_uri())
    return 0


def _writer(folder: Path) -> Any:
    """The writer of the report, by what the folder contains."""
    from hoverslam.harness.campaign.store import DATABASE
    from hoverslam.harness.record.names import LOG_FILE

    if not folder.exists():
        raise UsageError(f"{folder}: no such folder; give a run folder or a campaign folder")
    if folder.is_file() or (folder / DATABASE).is_file():
        return campaign_page
    if (folder / LOG_FILE).is_file():
        return run_page
    raise UsageError(
        f"{folder}: contains neither {DATABASE} nor {LOG_FILE}; give a run folder, a campaign folder or its database"
    )


def _written(write: Any, folder: Path, page: Path) -> dict[str, Any]:
    from hoverslam.harness.campaign.store import StoreError
    from hoverslam.harness.record.flight_record import RecordError

    try:
        told: dict[str, Any] = write(folder, page)
    except (StoreError, RecordError) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{page}: cannot be written ({error.strerror}); give another file with --out") from None
    return {**told, "page": str(page), "bytes": page.stat().st_size}


def campaign_page(folder: Path, page: Path) -> dict[str, Any]:
    """Write the report of a campaign folder or database. Raises StoreError, OSError."""
    from hoverslam.harness.campaign.store import Store
    from hoverslam.harness.report.campaign.page import write_campaign_page

    with Store.read(folder) as store:
        write_campaign_page(page, store)
        return {"of": "campaign", "flights": len(store.places())}


def run_page(folder: Path, page: Path) -> dict[str, Any]:
    """Write the report of a run, evaluated again with its requirement set. Raises RecordError, OSError."""
    from hoverslam.harness.commands.changes import tell_changes
    from hoverslam.harness.fly.assess import assess
    from hoverslam.harness.fly.prepare import prepare_stored
    from hoverslam.harness.fly.replay import flown_again
    from hoverslam.harness.record.run_folder import load
    from hoverslam.harness.report import write_report

    stored = load(folder)
    prepared = prepare_stored(stored)
    tell_changes(stored)
    if prepared.scenario.faults and stored.record.frames:
        flown_again(stored, prepared.plant, prepared.plan)
    flight, results, found, verdict, _ = assess(stored.record, prepared)
    write_report(page, flight, results, verdict, found, {"run folder": folder, **stored.fingerprint})
    return {"of": "run", "verdict": verdict.value}
