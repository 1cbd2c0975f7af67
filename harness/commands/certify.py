"""`hoverslam certify`: fly one flight many times under conditions that must not matter, and say so in writing."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.certify.certify import CONDITIONS, LEAST, Certificate, Job, certify
from hoverslam.harness.commands.compiling import compile_first
from hoverslam.harness.commands.dashboard import Dashboard
from hoverslam.harness.console.console import print_json, progress, results
from hoverslam.harness.console.ending import Interrupted, same_command
from hoverslam.harness.console.ending import exit_code as interrupted_code
from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import tell_lost, write_whole
from hoverslam.harness.fly.prepare import checked
from hoverslam.harness.judge.verdict import Verdict
from hoverslam.harness.program.opening import REFERENCE, check_strings, programs
from hoverslam.harness.program.session import WAIT
from hoverslam.harness.record.claim import run_folder
from hoverslam.harness.record.fingerprint import environment_fingerprint
from hoverslam.harness.statistics.words import counted
from hoverslam.scenarios.load import load

CERTIFICATE, CERTIFICATE_TEXT = "certificate.json", "certificate.txt"
MEANING = {
    "warm": "one after the other in one process of the flight program",
    "fresh": "each in a new process of the flight program",
    "together": "at the same time, each in its own processes",
    "loaded": "with all cores busy",
    "stopped": "with harness and flight program stopped at intervals",
}


class CertifyRequest(NamedTuple):
    """What was asked for on the command line."""

    scenario: str
    sets: Mapping[str, str]
    n: int
    seed: int | None = None
    gnc: str | None = None
    out: Path | None = None
    as_json: bool = False


def certify_command(request: CertifyRequest) -> int:
    """0 where all flights are one, 1 where one differs, 3 or 4 where one did not reach its end."""
    _check(request)
    seed = {} if request.seed is None else {"seed": str(request.seed)}
    scenario = load(request.scenario, {**request.sets, **seed})
    prepared = checked(scenario)
    check_strings(request.gnc, prepared.plan)
    inputs = prepared.inputs
    gnc = None if request.gnc == REFERENCE else request.gnc
    with run_folder(request.out, scenario.name, scenario.seed) as folder, Dashboard(progress()) as dashboard:
        compile_first(scenario, request.gnc, dashboard.remark, dashboard.stage)
        tell = _teller(dashboard)
        job = Job(scenario, inputs, gnc, request.n, folder, tell)
        certificate = certify(job)
        told = _told(certificate, folder)
        text = "\n".join(_lines(told)) + "\n"
        try:
            write_whole(folder / CERTIFICATE, json.dumps(told, indent=2, allow_nan=False) + "\n")
            write_whole(folder / CERTIFICATE_TEXT, text)
        except OSError as error:
            tell_lost(f"the certificate in {folder}: cannot be written ({error.strerror}); free disk space")
    if certificate.interrupted:
        said = (
            f"{certificate.failure}; nothing is certified; the flights flown are listed in {folder / CERTIFICATE_TEXT}"
        )
        raise Interrupted(said, folder, same_command(), told)
    if request.as_json:
        print_json(told)
    else:
        results().say(text.rstrip("\n"))
    return int(told["exit_code"])


def _check(request: CertifyRequest) -> None:
    if WAIT in programs(request.gnc):
        raise UsageError("--gnc wait: not possible here, a certificate starts the program many times; give its command")
    if request.n < LEAST:
        raise UsageError(f"-n {request.n}: must be at least {LEAST}, one flight for each condition; raise it")


def _teller(dashboard: Dashboard) -> Any:
    """On a terminal the line is redrawn; elsewhere each flight leaves one."""

    def tell(text: str) -> None:
        if dashboard.is_live:
            dashboard.stage(text)
        else:
            dashboard.remark(text)

    return tell


def _told(certificate: Certificate, folder: Path) -> dict[str, Any]:
    record, verdict = certificate.reference, _verdict(certificate)
    return {
        "version": 1,
        "certified": certificate.certified,
        "exit_code": interrupted_code() if certificate.interrupted else verdict.exit_code,
        "scenario": certificate.scenario.name,
        "seed": certificate.scenario.seed,
        "gnc": {} if record is None else record.gnc,
        "n": certificate.n,
        "hash": None if record is None else record.hash,
        "frames": None if record is None else record.frames,
        "outcome": None if record is None else record.outcome,
        "flights": [flight._asdict() for flight in certificate.flights],
        "difference": _place(certificate),
        "kept": [str(path) for path in certificate.kept],
        "busy_cores": certificate.busy_cores,
        "environment": environment_fingerprint(),
        "folder": str(folder),
        "reason": "" if certificate.failure is None else _reason(certificate, verdict),
    }


def _reason(certificate: Certificate, verdict: Verdict) -> str:
    return str(certificate.failure) if certificate.interrupted else f"{verdict.value}: {certificate.failure}"


def _verdict(certificate: Certificate) -> Verdict:
    if certificate.failure is not None:
        return Verdict.GNC_LOST if certificate.failure.lost else Verdict.HARNESS_ERROR
    return Verdict.PASS if certificate.certified else Verdict.FAIL


def _place(certificate: Certificate) -> dict[str, Any] | None:
    """The first flight that was another one, and where it parts from the reference."""
    if certificate.parted is None or certificate.reference is None:
        return None
    found = certificate.parted.difference
    assert found is not None, "the hashes differ"
    first, other = (v if v is None or isinstance(v, int | str) else repr(v) for v in (found.recorded, found.replayed))
    return {
        "flight": certificate.parted.number,
        "condition": certificate.parted.condition,
        "frame": found.frame,
        "time_s": 1e-9 * certificate.reference.time_ns(found.frame),
        "field": found.field,
        "reference": first,
        "other": other,
    }


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """The certificate for people."""
    yield f"Determinism certificate: {told['scenario']}, seed {told['seed']}"
    if told["hash"] is None:
        yield f"NOT CERTIFIED: {told['reason']}"
        return
    gnc = " ".join(filter(None, (told["gnc"].get("name"), told["gnc"].get("version")))) or "unknown flight software"
    yield f"flown by {gnc}: {counted(told['n'], 'flight')} of {counted(told['frames'], 'frame')}, {told['outcome']}"
    yield ""
    of = {name: [flight for flight in told["flights"] if flight["condition"] == name] for name in CONDITIONS}
    for name in sorted(of, key=lambda name: all(flight["same"] for flight in of[name])):
        yield _condition_line(name, of[name])
    yield ""
    yield from (f"{name}: {value}" for name, value in told["environment"].items())
    yield ""
    yield from _verdict_lines(told)


def _condition_line(condition: str, flights: list[dict[str, Any]]) -> str:
    same = sum(flight["same"] for flight in flights)
    stops = sum(flight["program_stops"] for flight in flights), sum(flight["harness_stops"] for flight in flights)
    again = sum(flight["tries"] > 1 for flight in flights)
    lost = f" ({again} flown again: the program hung or was killed from outside)" if again else ""
    often = f" (program {counted(stops[0], 'time')}, harness {counted(stops[1], 'time')})" if any(stops) else ""
    new = condition == "warm" and len(flights) > 1 and not any(flight["reused"] for flight in flights)
    cannot = " (the program does not declare `reset`: each flight had a new process)" if new else ""
    return f"  {same:3d} of {len(flights):3d} identical  {condition:<9} {MEANING[condition]}{often}{cannot}{lost}"


def _verdict_lines(told: dict[str, Any]) -> Iterator[str]:
    if told["certified"]:
        yield f"CERTIFIED: {counted(told['n'], 'time')} the same flight, bit for bit: hash {told['hash']}"
        yield "Valid for machines with the same environment as listed above."
        return
    if (parted := told["difference"]) is None:
        yield f"NOT CERTIFIED: {told['reason']}"
        return
    where = (
        f"in frame {parted['frame']} ({parted['time_s']:.2f} s), {parted['field']}" if parted["field"] else "in hash"
    )
    yield f"NOT CERTIFIED: flight {parted['flight']} ({parted['condition']}) differs from the first {where}:"
    yield f"  {parted['reference']} in the first, {parted['other']} in this one"
    yield f"compare them: hoverslam diff {' '.join(told['kept'])}"
