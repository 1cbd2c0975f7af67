"""What a flight leaves in memory, and the run folder in which it is kept.

run.json says what was flown, where and with which result; flight.mcap holds every frame, readable (JSON channels for
Foxglove, Lichtblick and PlotJuggler) and exact (for replay).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hoverslam.harness.files import write_whole
from hoverslam.harness.record.digest import digest
from hoverslam.harness.record.fingerprint import environment_fingerprint
from hoverslam.harness.record.flight_record import FlightRecord, GncFailure, RecordError, StoredRun
from hoverslam.harness.record.log import Drawn, read_exact, write_log
from hoverslam.harness.record.names import LAST_FRAMES_FILE, LOG_FILE, OUTPUT_FILE, REFUSED_FILE, RUN_FILE
from hoverslam.harness.record.run_header import check_header
from hoverslam.harness.record.string_record import StringsRecord
from hoverslam.plant.layout import VehicleShape

FORMAT = 5


def save(
    record: FlightRecord,
    folder: Path,
    scenario: dict[str, Any],
    drawn: Drawn | None = None,
    epoch: int | None = None,
    facts: Mapping[str, Any] = {},
) -> None:
    """Write run.json and flight.mcap; raises RecordError where that is not possible.

    `scenario` is the scenario as resolved, as plain data: with the seed, all that is needed to build the plant again.
    `drawn` and `epoch` as in `write_log`; `facts` say what it was flown with (`harness.fly.provenance`).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_log(record, folder / LOG_FILE, drawn, epoch)
        about = {**_about(record), "scenario_resolved": scenario, "environment": environment_fingerprint(), **facts}
        for name, data in beside(record).items():
            (folder / name).write_bytes(data)
        about |= {"log_sha256": _sha256(folder / LOG_FILE)}
        about |= {"checksum": digest(json.loads(json.dumps(about)))}
        write_whole(folder / RUN_FILE, json.dumps(about, indent=2) + "\n")
    except OSError as error:
        raise RecordError(f"cannot write the run folder {folder}: {error}; give another folder with --out") from error


def beside(record: FlightRecord) -> dict[str, bytes]:
    """Further files of a run folder: what the program printed and, where it was lost, the last messages as sent."""
    lost = record.gnc_failure is not None
    files = {
        OUTPUT_FILE: record.output,
        LAST_FRAMES_FILE: record.last_frames if lost else b"",
        REFUSED_FILE: record.refused_answer if lost else b"",
    }
    return {name: data for name, data in files.items() if data or name == OUTPUT_FILE}


def load(folder: Path) -> StoredRun:
    """Read a run folder back, bit for bit; raises RecordError when it is not one, or is damaged."""
    try:
        about = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        if about.get("format") != FORMAT:
            raise RecordError(f"{folder / RUN_FILE} has format {about.get('format')}; this version reads {FORMAT}")
        _check(folder, about)
        check_header(about)
        exact = read_exact(folder / LOG_FILE, VehicleShape(**about["shape"]), about["frames"])
        told = about["scenario_resolved"], about["environment"], about.get("identity"), about.get("copies", {})
        return StoredRun(folder, _record(about, exact), *told)
    except FileNotFoundError as error:
        raise RecordError(
            f"{folder} is no run folder: {error.filename} is missing; give the folder of a run"
        ) from error
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        remedy = "copy it again from its origin, or fly it again; its other files can still be read"
        raise RecordError(f"run folder {folder} is damaged: {type(error).__name__}: {error}; {remedy}") from error


def _check(folder: Path, about: dict[str, Any]) -> None:
    """Raises ValueError where one of the two files was changed after it was written, before the log is unpacked."""
    if about.pop("checksum", None) != digest(about):
        raise ValueError(f"{RUN_FILE} was changed after it was written: its checksum does not match")
    if about.pop("log_sha256") != _sha256(folder / LOG_FILE):
        raise ValueError(
            f"{LOG_FILE} was changed after it was written, or belongs to another flight: its checksum does not match"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_IN_LOG = {"truth", "commands", "sensors", "telemetry", "answers", "output", "last_frames", "refused_answer"}


def _about(record: FlightRecord) -> dict[str, Any]:
    about = {name: value for name, value in vars(record).items() if name not in _IN_LOG}
    about["shape"] = record.shape._asdict()
    about["gnc_failure"] = None if record.gnc_failure is None else asdict(record.gnc_failure)
    about["strings"] = None if record.strings is None else record.strings.model_dump(mode="json")
    return {"format": FORMAT, **about}


def _record(about: dict[str, Any], exact: dict[str, Any]) -> FlightRecord:
    fields = {name: about[name] for name in FlightRecord.__dataclass_fields__ if name in about}
    fields["shape"] = VehicleShape(**about["shape"])
    fields["gnc_failure"] = None if about["gnc_failure"] is None else GncFailure(**about["gnc_failure"])
    strings = about.get("strings")
    fields["strings"] = None if strings is None else StringsRecord.model_validate(strings)
    return FlightRecord(**fields, **exact)
