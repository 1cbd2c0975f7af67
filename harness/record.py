"""What a flight leaves in memory, and the run folder in which it is kept.

run.json says what was flown, where and with which result; flight.mcap holds every frame, readable (JSON channels for
Foxglove, Lichtblick and PlotJuggler) and exact (for replay).
"""

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.digest import digest
from harness.files import write_whole
from harness.fingerprint import environment_fingerprint
from harness.flight_log import read_exact, write_log
from harness.run_header import check_header
from harness.telemetry_log import Telemetry
from plant.layout import VehicleShape, truth_layout

if TYPE_CHECKING:
    from harness.viewers.scene import Judged

FloatArray = NDArray[np.float64]
RUN_FILE, LOG_FILE = "run.json", "flight.mcap"
OUTPUT_FILE, LOST_FRAME_FILE, REFUSED_FILE = "gnc.log", "lost-frame.msgpack", "refused-answer.msgpack"
FORMAT = 5


class RecordError(Exception):
    """A run folder that cannot be written or read; the flight itself is not lost by it."""


@dataclass(frozen=True)
class GncFailure:
    """How the flight software was lost.

    `kind` is died, hung, disconnected or protocol; `frame` the frame that was to be answered, `phase` where the flight
    was ("start" before the first frame), `exit_status` that of the program (negative: a signal), None while it ran on.
    """

    kind: str
    reason: str
    frame: int
    phase: str
    exit_status: int | None
    stderr_tail: str


def typed(command: str | Sequence[str] | None) -> str | None:
    """A command as one would type it."""
    return command if command is None or isinstance(command, str) else shlex.join(command)


@dataclass
class FlightRecord:
    """A flight, column by column. Row k of `truth` is the state in which the sensors of frame k were sampled.

    `answers` and `link` (what became of the messages, see `harness.link_loop`) are there where the scenario has faults
    of the link; `sensors` and `commands` are then as in `harness.recorder`. `command` is that of the flight program,
    None for the reference. `pace` says how well real time was
    kept, where the flight was held to it (`harness.pacing`).
    """

    run_id: str
    scenario: str
    seed: int
    shape: VehicleShape
    dt_s: float
    frame_ticks: int
    frames: int
    truth: FloatArray
    commands: FloatArray
    sensors: list[bytes]
    telemetry: Telemetry
    outcome: str
    gnc_failure: GncFailure | None
    hash: str
    wall_s: float
    gnc: dict[str, str]
    command_delay_ticks: int = 0
    harness_error: str | None = None
    findings: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    link: dict[str, Any] | None = None
    command: str | None = None
    pace: dict[str, Any] | None = None
    output: bytes = b""
    lost_frame: bytes = b""
    refused_answer: bytes = b""

    @property
    def frame_period_ns(self) -> int:
        """Time from frame to frame."""
        return round(1e9 * self.dt_s) * self.frame_ticks

    def time_ns(self, row: int) -> int:
        """When a truth row was: at its frame; the last one when the flight ended, which may be inside a frame."""
        at_frame = row * self.frame_period_ns
        if row != len(self.truth) - 1:
            return at_frame
        ended_s = float(self.truth[row, truth_layout(self.shape).slice("time_s").start])
        return round(ended_s / self.dt_s) * round(1e9 * self.dt_s) if ended_s > 0.0 else at_frame


@dataclass(frozen=True)
class StoredRun:
    """A run folder, read: the record, the scenario as resolved, and where it was flown."""

    folder: Path
    record: FlightRecord
    scenario: dict[str, Any]
    fingerprint: dict[str, str]
    identity: object = None


def save(
    record: FlightRecord,
    folder: Path,
    scenario: dict[str, Any],
    judged: "Judged | None" = None,
    epoch: int | None = None,
    facts: Mapping[str, Any] = {},
) -> None:
    """Write run.json and flight.mcap; raises RecordError where that is not possible.

    `scenario` is the scenario as resolved, as plain data: with the seed, all that is needed to build the plant again.
    `judged` and `epoch` as in `write_log`; `facts` say what it was flown with (`harness.provenance`).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_log(record, folder / LOG_FILE, judged, epoch)
        about = {**_about(record), "scenario_resolved": scenario, "environment": environment_fingerprint(), **facts}
        for name, data in beside(record).items():
            (folder / name).write_bytes(data)
        about |= {"log_sha256": _sha256(folder / LOG_FILE)}
        about |= {"checksum": digest(json.loads(json.dumps(about)))}
        write_whole(folder / RUN_FILE, json.dumps(about, indent=2) + "\n")
    except OSError as error:
        raise RecordError(f"cannot write the run folder {folder}: {error}; choose another with --out") from error


def beside(record: FlightRecord) -> dict[str, bytes]:
    """Further files of a run folder: what the program printed and, where it was lost, the last messages as sent."""
    lost = record.gnc_failure is not None
    files = {
        OUTPUT_FILE: record.output,
        LOST_FRAME_FILE: record.lost_frame if lost else b"",
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
        told = about["scenario_resolved"], about["environment"], about.get("identity")
        return StoredRun(folder, _record(about, exact), *told)
    except FileNotFoundError as error:
        raise RecordError(f"{folder} is no run folder: {error.filename} is missing") from error
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        remedy = "copy it again from where it was flown, or fly it again; what else is in it can still be read"
        raise RecordError(f"run folder {folder} is damaged: {type(error).__name__}: {error}; {remedy}") from error


def _check(folder: Path, about: dict[str, Any]) -> None:
    """Raises ValueError where one of the two files is not as it was written, before the log is unpacked."""
    if about.pop("checksum", None) != digest(about):
        raise ValueError(f"{RUN_FILE} is not as it was written: its checksum does not fit")
    if about.pop("log_sha256") != _sha256(folder / LOG_FILE):
        raise ValueError(f"{LOG_FILE} is not as it was written, or of another flight: its checksum does not fit")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_IN_LOG = {"truth", "commands", "sensors", "telemetry", "answers", "output", "lost_frame", "refused_answer"}


def _about(record: FlightRecord) -> dict[str, Any]:
    about = {name: value for name, value in vars(record).items() if name not in _IN_LOG}
    about["shape"] = record.shape._asdict()
    about["gnc_failure"] = None if record.gnc_failure is None else asdict(record.gnc_failure)
    return {"format": FORMAT, **about}


def _record(about: dict[str, Any], exact: dict[str, Any]) -> FlightRecord:
    fields = {name: about[name] for name in FlightRecord.__dataclass_fields__ if name in about}
    fields["shape"] = VehicleShape(**about["shape"])
    fields["gnc_failure"] = None if about["gnc_failure"] is None else GncFailure(**about["gnc_failure"])
    return FlightRecord(**fields, **exact)
