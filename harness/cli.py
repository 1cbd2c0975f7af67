"""The command line. Imports only typer; what a command needs is loaded when it runs, so that `--help` is instant."""

import gc
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated, cast

import typer

from hoverslam.harness.printable import printable_lines

DEFAULT_SCENARIO = "zq3-landing"

app = typer.Typer(
    name="hoverslam",
    help="Fly booster-landing flight software in lockstep with a simulated vehicle and judge the landing.",
    epilog="Exit codes: 0 pass, 1 fail, 2 usage or scenario error, 3 flight software lost, 4 harness error, "
    "130 interrupted.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # typer's rich help costs half a second of imports
)

ScenarioArgument = Annotated[str, typer.Argument(help="Shipped scenario (see `hoverslam scenarios`) or a .toml file.")]
RunArgument = Annotated[Path, typer.Argument(help="Run folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]
STRINGS_HELP = "Repeat it for redundant strings with a voter."
GncOption = Annotated[
    list[str] | None,
    typer.Option(
        "--gnc",
        metavar="CMD",
        help="Command that starts the flight program (no shell); `reference` is the one supplied, "
        f"`wait` lets you start yours by hand. {STRINGS_HELP}",
    ),
]
GncCommandOption = Annotated[
    list[str] | None,
    typer.Option(
        "--gnc",
        metavar="CMD",
        help=f"Command that starts the flight program (no shell); `reference`: the one supplied. {STRINGS_HELP}",
    ),
]


OneGncOption = Annotated[
    list[str] | None,
    typer.Option(
        "--gnc",
        metavar="CMD",
        help="Command that starts the flight program, one only (no shell); `reference`: the one supplied.",
    ),
]


def _programs(commands: Sequence[str] | None) -> str | None:
    """All `--gnc` as one text, a command a line, which stays one from here to where a session is opened."""
    for command in commands or ():
        if "\n" in command:
            raise typer.BadParameter(
                f"{command!r}: has an end of line; write one command on one line", param_hint="--gnc"
            )
    return "\n".join(commands) if commands else None


def _deadline(context: typer.Context, seconds: float | None) -> float | None:
    """Kept in the environment until the command ends: worker processes inherit it."""
    if seconds is not None:
        if not seconds > 0.0:
            raise typer.BadParameter(f"{seconds}: must be above 0; give inf for no limit")
        import os

        before = os.environ.get("HOVERSLAM_DEADLINE_S")
        os.environ["HOVERSLAM_DEADLINE_S"] = str(seconds)

        @context.call_on_close
        def _restore() -> None:
            os.environ.pop("HOVERSLAM_DEADLINE_S", None)
            if before is not None:
                os.environ["HOVERSLAM_DEADLINE_S"] = before

    return seconds


DeadlineOption = Annotated[
    float | None,
    typer.Option(
        "--deadline", metavar="S", callback=_deadline,
        help="Longest wait for one answer in seconds; inf: no limit. Default 10, no limit with `--gnc wait`.",
    ),
]  # fmt: skip
JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit XML report for a CI server.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a scenario key, e.g. wind.turbulence=severe; repeatable."),
]

WorkersOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="Pairs of processes; one for each core here when not given, and at most."),
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hoverslam {version('hoverslam')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


@app.command()
def run(
    scenario: ScenarioArgument = DEFAULT_SCENARIO,
    gnc: GncOption = None,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Seed of all random numbers.")] = None,
    sets: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run folder; default runs/<time>-<scenario>-s<seed>.")
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="ADDR", help="Address to listen on, e.g. tcp://127.0.0.1:*; default: a private ipc:// socket."
        ),
    ] = None,
    allow: Annotated[
        Path | None,
        typer.Option(
            metavar="KEYS", help="With --listen tcp:// and --gnc wait: file or folder of keys that may connect."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="PAIR", help="With --listen tcp://: NAME.env of the harness; default: a new pair."),
    ] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="Fly in real time and report missed frames.")] = False,
    junit: JunitOption = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="Exit code 0 if the flight matches the scenario's [expected] table.")
    ] = False,
    epoch: Annotated[
        str | None,
        typer.Option(metavar="ISO8601", help="Time of release for log viewers; default 2000-01-01T00:00:00Z."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RUN|DB:PLACE", help="Repeat the flight of a run folder or a campaign, bit for bit."
        ),
    ] = None,
    stored_gnc: Annotated[
        bool, typer.Option("--stored-gnc", help="With --from: start the flight program named there.")
    ] = False,
    deadline: DeadlineOption = None,
    show_output: Annotated[
        bool, typer.Option("--show-output", help="Show the output of the flight program; gnc.log always keeps it.")
    ] = False,
    break_at: Annotated[
        float | None,
        typer.Option("--break-at", metavar="T", help="Stop before the frame of this time [s] until you press Enter."),
    ] = None,
    gdb: Annotated[
        bool, typer.Option("--gdb", help="Run the flight program in gdb, on this terminal; no deadlines.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Show the flight as it is flown: a page, Foxglove, PlotJuggler.")
    ] = False,
    live_port: Annotated[
        int | None,
        typer.Option("--live-port", metavar="PORT", help="With --live: port of the page; 0: a free one. Default 8764."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Fly a scenario to a verdict and keep the evidence in a run folder."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.live import LiveRequest
    from hoverslam.harness.commands.looking_in import LookInto
    from hoverslam.harness.commands.run import RunRequest, run_command

    request = RunRequest(
        scenario, assignments, seed, _programs(gnc), listen, out, realtime, json, junit, expected, origin, epoch,
        stored_gnc, show_output, LookInto(break_at, gdb), key, allow, LiveRequest(live, live_port),
    )  # fmt: skip
    raise typer.Exit(guarded(lambda: run_command(request), as_json=json))


@app.command()
def replay(
    run_folder: RunArgument,
    gnc: GncOption = None,
    tolerance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[FIELD=]VALUE",
            help="Accept small differences: 1e-9 (relative, every number), truth.pos_enu_m=0.01 (absolute, one "
            "field), frames=2 (length of the flight); repeatable.",
        ),
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Repeat a stored run and prove it bit-equal, or name the first frame and field that differ.

    Feeds the recorded commands to the plant; with --gnc the flight program flies again.
    """
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.replay import replay_command

    program = _programs(gnc)
    raise typer.Exit(guarded(lambda: replay_command(run_folder, program, tolerance or (), as_json=json), as_json=json))


@app.command()
def export(
    run_folder: RunArgument,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="csv|parquet|mat|layout", help="Format to write; layout: settings for log viewers."
        ),
    ] = "csv",
    out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="New folder (csv, parquet) or file; default: inside the run folder."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write a stored run as tables for other tools: one table per channel, every number exact."""
    from hoverslam.harness.commands.export import export_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: export_command(run_folder, form, out, as_json=json), as_json=json))


@app.command()
def frames(
    run_folder: RunArgument,
    start: Annotated[
        float | None, typer.Option("--from", metavar="T", help="Time of the first frame in seconds; default 0.")
    ] = None,
    end: Annotated[
        float | None, typer.Option("--to", metavar="T", help="Time of the last frame; default: that of the flight.")
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="msgpack|json|csv",
            help="msgpack: messages byte for byte; json: a line per frame; csv: a column per number.",
        ),
    ] = "msgpack",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="New file; default: frames.* inside the run folder.")
    ] = None,
    answers: Annotated[bool, typer.Option("--answers/--no-answers", help="Also write the program's answers.")] = True,
    json: JsonOption = False,
) -> None:
    """Write the sensors frames that the flight program of a stored run was given, and what it answered."""
    from hoverslam.harness.commands.frames import FramesRequest, frames_command
    from hoverslam.harness.commands.guard import guarded

    request = FramesRequest(run_folder, start, end, form, out, answers, json)
    raise typer.Exit(guarded(lambda: frames_command(request), as_json=json))


@app.command()
def feed(
    run_folder: RunArgument,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- CMD", help="Command that starts the flight program, with its arguments."),
    ] = None,
    gnc: OneGncOption = None,
    absolute: Annotated[
        float, typer.Option("--abs", metavar="X", help="Largest difference of any number, in its unit.")
    ] = 0.0,
    relative: Annotated[
        float, typer.Option("--rel", metavar="X", help="Largest difference as a fraction of the larger number.")
    ] = 0.0,
    tol: Annotated[
        list[str] | None,
        typer.Option(
            "--tol", metavar="FIELD=X", help="Absolute tolerance of one field, e.g. throttle=0.01; repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="New folder for the answers, the output and the comparison.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Play the recorded sensors of a run to a flight program and compare its answers with the recorded ones.

    No plant flies: the program gets the same messages whatever it answers. Exit code 0 if all answers are equal or
    within tolerance, 1 if not.
    """
    from hoverslam.harness.commands.feed import FeedRequest, feed_command
    from hoverslam.harness.commands.guard import guarded

    request = FeedRequest(run_folder, command or (), _programs(gnc), absolute, relative, tol or (), out, json)
    raise typer.Exit(guarded(lambda: feed_command(request), as_json=json))


@app.command()
def diff(
    run_a: RunArgument,
    run_b: RunArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Comparison page; default diff-A-B.html in the folder of RUN_B.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare two stored runs: first frame and field that differ, margins, and charts of both flights.

    Exit code 0 if they are the same bit for bit, 1 if not.
    """
    from hoverslam.harness.commands.diff import diff_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: diff_command(run_a, run_b, out, as_json=json), as_json=json))


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN_OR_CAMPAIGN", help="Run folder, campaign folder or campaign database.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report file; default report.html in that folder.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    json: JsonOption = False,
) -> None:
    """Write the report of a campaign (flights flown so far) or of a stored run: one file that opens offline."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.report import report_command

    raise typer.Exit(guarded(lambda: report_command(folder, out, open_it=open_it, as_json=json), as_json=json))


@app.command()
def salvage(
    damaged: Annotated[Path, typer.Argument(metavar="CAMPAIGN", help="Campaign folder or database.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder.")],
    json: JsonOption = False,
) -> None:
    """Copy the undamaged flights of a damaged campaign to a new folder; --resume then flies only the others."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.salvage import salvage_command

    raise typer.Exit(guarded(lambda: salvage_command(damaged, out, as_json=json), as_json=json))


@app.command()
def certify(
    scenario: ScenarioArgument = DEFAULT_SCENARIO,
    n: Annotated[int, typer.Option("-n", metavar="N", help="Number of flights, at least 6.")] = 20,
    gnc: GncCommandOption = None,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Seed of all random numbers.")] = None,
    sets: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the certificate; default: a new folder under runs/.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Fly one flight N times under different machine conditions and certify that all are the same bit for bit.

    Exit code 1 if a flight differs; both runs are then kept, and the first frame and field that differ are named.
    """
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.certify import CertifyRequest, certify_command
    from hoverslam.harness.commands.guard import guarded

    request = CertifyRequest(scenario, assignments, n, seed, _programs(gnc), out, json)
    raise typer.Exit(guarded(lambda: certify_command(request), as_json=json))


@app.command()
def cases(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO]...", help="Shipped scenarios or .toml files; default: all shipped."),
    ] = None,
    fly: Annotated[bool, typer.Option("--fly", help="Fly them and compare each with its `[expected]` table.")] = False,
    gnc: GncCommandOption = None,
    workers: WorkersOption = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the run folder of every flight, not only of those that differ.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to keep run folders; default runs/.")] = None,
    junit: JunitOption = None,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the case library page (docs/cases.md).")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """List the case library with expected verdicts, or fly it. Exit code 1 if a flight differs from its expectation."""
    from hoverslam.harness.commands.cases import CasesRequest, cases_command
    from hoverslam.harness.commands.guard import guarded

    request = CasesRequest(names or (), fly, _programs(gnc), workers, keep, out, junit, page, json)
    raise typer.Exit(guarded(lambda: cases_command(request), as_json=json))


@app.command()
def scenarios(json: JsonOption = False) -> None:
    """List the shipped scenarios."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.scenarios import scenarios_command

    raise typer.Exit(guarded(lambda: scenarios_command(as_json=json), as_json=json, shows=True))


@app.command()
def show(
    scenario: ScenarioArgument = DEFAULT_SCENARIO,
    sets: SetOption = None,
    applied: Annotated[
        bool,
        typer.Option(
            "--applied", help="Show all values as flown: vehicle, random draws, air, faults in ticks, flight load."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show a complete scenario, with all inherited keys and defaults filled in."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.scenarios import show_command

    raise typer.Exit(
        guarded(lambda: show_command(scenario, assignments, flown=applied, as_json=json), as_json=json, shows=True)
    )


@app.command()
def sdk(
    language: Annotated[str, typer.Argument(help="Of the flight program: python or c.")] = "python",
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for it; this one when not given. An older copy is replaced.")
    ] = Path(),
    json: JsonOption = False,
) -> None:
    """Copy the client of the wire next to your flight program: it needs a ZeroMQ and a MessagePack library only."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.sdk import sdk_command

    raise typer.Exit(guarded(lambda: sdk_command(language, out, as_json=json), as_json=json))


@app.command()
def keys(
    name: Annotated[str, typer.Argument(help="Of whom they are, e.g. flight-computer; the files have this name.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for them; default ~/.config/hoverslam/keys.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a key pair for flights over tcp: NAME.env for its owner only, NAME.pub for `run --allow`."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.keys import keys_command

    raise typer.Exit(guarded(lambda: keys_command(name, out, as_json=json), as_json=json))


@app.command()
def icd(
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="md, json (JSON Schema) or c (header).")
    ] = "md",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to this file instead of standard output.")
    ] = None,
    golden: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Copy messages as files, for tests, into this new folder instead."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show the contract with flight software as one document: every field, unit, sign, range, limit and deadline."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.icd import icd_command

    shows = out is None and golden is None
    raise typer.Exit(guarded(lambda: icd_command(form, out, golden, as_json=json), as_json=json, shows=shows))


@app.command("new-gnc")
def new_gnc(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the project: new, or empty.")],
    language: Annotated[str, typer.Option("--lang", metavar="LANGUAGE", help="python or c.")] = "python",
    landing: Annotated[
        bool, typer.Option("--landing", help="Begin with the example that lands, in place of one that only falls: C.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Begin a flight program of your own: a project that builds, flies, holds the stage base first, and has tests."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.new_gnc import new_gnc_command

    raise typer.Exit(guarded(lambda: new_gnc_command(folder, language, landing=landing, as_json=json), as_json=json))


@app.command()
def fmu(
    file: Annotated[Path, typer.Argument(metavar="FILE.fmu", help="A controller: FMI 2.0 or 3.0, co-simulation.")],
    names: Annotated[
        Path | None, typer.Option("--map", metavar="NAMES.toml", help="What variables mean that have other names.")
    ] = None,
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Whose vehicle it is held to, where it is started by hand.")
    ] = DEFAULT_SCENARIO,
    json: JsonOption = False,
) -> None:
    """Fly a controller from Simulink or Modelica: --gnc "hoverslam fmu FILE.fmu"; by hand: show what it has."""
    from hoverslam.harness.commands.fmu import fmu_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: fmu_command(file, names, scenario, as_json=json), as_json=json))


@app.command()
def conform(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[-- CMD]...", help="Command that starts the flight program.")
    ] = None,
    gnc: OneGncOption = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Whose first seconds are flown; default zq3-last-5km.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Hold only this check, or this group; repeatable.")
    ] = None,
    soak: Annotated[
        int | None, typer.Option(min=100, metavar="N", help="Frames of the long flight; default 20000.")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the checks with their meaning.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for frames that show a fault; default: one under runs/.")
    ] = None,
    junit: JunitOption = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Check that a flight program obeys the contract of the wire: some 80 conversations, within two minutes.

    Exit code 1 if a check failed. Example: hoverslam conform -- ./build/fsw
    """
    from hoverslam.harness.commands.conform import ConformRequest, conform_command
    from hoverslam.harness.commands.guard import guarded

    request = ConformRequest(command or (), _programs(gnc), scenario, only or (), soak, list_only, out, junit, json)
    raise typer.Exit(guarded(lambda: conform_command(request), as_json=json))


@app.command()
def doctor(json: JsonOption = False) -> None:
    """Check this machine: what works, what does not, and how to correct it."""
    from hoverslam.harness.commands.doctor import doctor_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: doctor_command(as_json=json), as_json=json, shows=True))


@app.command()
def bench(json: JsonOption = False) -> None:
    """Measure the time of a lockstep frame, a plant step and a whole run on this machine."""
    from hoverslam.harness.bench.bench import bench_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: bench_command(as_json=json), as_json=json, shows=True))


@app.command()
def validate(
    suite: Annotated[
        str, typer.Argument(help="nesc, us76, gravity, numerics, falcon9, or all.", show_default=True)
    ] = "all",
    case: Annotated[int | None, typer.Option(metavar="N", help="Run only this NESC check-case, 1 to 10.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the time history of the check-case, 0 to 30 s, as CSV.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check the plant against published data: each case and quantity with its largest error and its gate.

    Exit code 1 if an error exceeds its gate, the largest error accepted.
    """
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.validate import validate_command

    raise typer.Exit(guarded(lambda: validate_command(suite, case, out, as_json=json), as_json=json))


@app.command()
def hunt(
    strategy: Annotated[
        str, typer.Argument(help="everything, dispersions, ignition-timing, cross-range, relight, or your own .toml.")
    ] = "everything",
    scenario: Annotated[str, typer.Option(help="Scenario to vary.")] = DEFAULT_SCENARIO,
    gnc: GncCommandOption = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="CMD", help="A failure counts only if this flight program passes the same case."),
    ] = None,
    method: Annotated[str, typer.Option(help="cmaes, hypothesis or random.")] = "cmaes",
    budget: Annotated[int, typer.Option(min=1, metavar="N", help="Flights to spend on the search.")] = 300,
    shrink: Annotated[int, typer.Option(min=0, metavar="N", help="Flights to spend on shrinking each failure.")] = 150,
    first: Annotated[bool, typer.Option("--first", help="Stop at the first failure.")] = False,
    search_seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the search, not of the flights.")] = 0,
    workers: WorkersOption = None,
    sets: SetOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of flights and findings.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the hunt in --out.")] = False,
    adopt: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Copy the cases found to this folder, as regression cases.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Search for flights that violate requirements and shrink each to a minimal case. Exit code 1 if one is found."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.hunt import HuntRequest, hunt_command

    request = HuntRequest(
        strategy, scenario, assignments, _programs(gnc), baseline, method, budget, shrink, search_seed, workers, first,
        out, resume, adopt, json,
    )  # fmt: skip
    raise typer.Exit(guarded(lambda: hunt_command(request), as_json=json))


@app.command()
def campaign(
    campaign: Annotated[
        str, typer.Argument(help="Shipped campaign (zq3-landing, ...), a .toml file of your own, or a scenario.")
    ] = DEFAULT_SCENARIO,
    flights: Annotated[
        int | None,
        typer.Option("-n", min=1, max=100_000, metavar="N", help="Number of flights; default: as in the file."),
    ] = None,
    gnc: GncCommandOption = None,
    sets: SetOption = None,
    workers: WorkersOption = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDR", help="Dask scheduler to use, e.g. tcp://host:8786.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the database; default: a new folder under runs/.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the campaign in --out.")] = False,
    logs: Annotated[int, typer.Option(min=0, metavar="N", help="Keep run folders of at most N failing flights.")] = 20,
    at_least: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="SHARE",
            help="Exit code 1 unless at least this share passes, with 95 % confidence.",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write .csv or .parquet (one row per flight), or .json (a baseline)."),
    ] = None,
    interleave: Annotated[
        int,
        typer.Option(
            min=1, max=64, metavar="N", help="Flights interleaved in one flight program, if it supports that; 1: off."
        ),
    ] = 16,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Fly many flights and report the success rate, its confidence interval and what failures depend on."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.campaign import CampaignRequest, campaign_command
    from hoverslam.harness.commands.guard import guarded

    request = CampaignRequest(
        campaign, flights, assignments, _programs(gnc), workers, scheduler, out, resume, logs, at_least, export, json,
        False, interleave,
    )  # fmt: skip
    raise typer.Exit(guarded(lambda: campaign_command(request), as_json=json))


@app.command()
def compare(
    a: Annotated[
        str, typer.Argument(help="Old build: campaign folder or baseline .json; with --campaign: flight program.")
    ],
    b: Annotated[str, typer.Argument(help="New build, same forms.")],
    campaign: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="Fly this campaign with the flight programs A and B.")
    ] = None,
    flights: Annotated[
        int | None, typer.Option("-n", min=1, max=100_000, metavar="N", help="Flights of each build.")
    ] = None,
    sets: SetOption = None,
    workers: WorkersOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the two campaigns.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the campaigns in --out.")] = False,
    margin: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, metavar="SHARE", help="Loss of success rate that still counts as no worse."),
    ] = 0.02,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Do not pair flights by seed.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 also if undecided.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report.")] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a comparison page.")] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Decide whether build B lands worse than build A. Exit code 1 if it does."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.compare import CompareRequest, compare_command
    from hoverslam.harness.commands.guard import guarded

    request = CompareRequest(
        a, b, campaign, flights, assignments, workers, out, resume, margin, unpaired, strict, junit, page, json
    )
    raise typer.Exit(guarded(lambda: compare_command(request), as_json=json))


runs = typer.Typer(help="List, open and remove results.", invoke_without_command=True)
app.add_typer(runs, name="runs")
HomeOption = Annotated[Path, typer.Option("--in", metavar="DIR", help="Folder of results.")]
HOME = Path("runs")


@runs.callback()
def _list_runs(context: typer.Context, home: HomeOption = HOME, json: JsonOption = False) -> None:
    """List results with verdict, date, scenario, seed and size; `open` and `prune` are subcommands."""
    if context.invoked_subcommand is not None:
        return
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.runs import list_command

    raise typer.Exit(guarded(lambda: list_command(home, as_json=json), as_json=json))


@runs.command("open")
def open_run(
    name: Annotated[str, typer.Argument(help="Name, first letters of it, path, or `last`.")] = "last",
    home: HomeOption = HOME,
    json: JsonOption = False,
) -> None:
    """Open the report of a result in the browser."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.runs import open_command

    raise typer.Exit(guarded(lambda: open_command(home, name, as_json=json), as_json=json))


@runs.command("prune")
def prune_runs(
    home: HomeOption = HOME,
    keep: Annotated[int, typer.Option(min=0, metavar="N", help="Keep the N newest.")] = 20,
    older: Annotated[
        float, typer.Option("--older-than", min=0.0, metavar="DAYS", help="Only results older than this.")
    ] = 0.0,
    passed: Annotated[bool, typer.Option("--passed", help="Only flights that passed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without this option they are only listed.")] = False,
    json: JsonOption = False,
) -> None:
    """List run folders to remove; with --yes remove them. Campaigns, hunts and files of your own are never removed."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.runs import Prune, prune_command

    request = Prune(home, keep, older, passed, yes, json)
    raise typer.Exit(guarded(lambda: prune_command(request), as_json=json))


def _assignments(sets: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in sets]
    for (key, equals, _), text in zip(pairs, sets, strict=True):
        if not equals or not key.strip():
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE; write e.g. rates.gnc_hz=50", param_hint="--set")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _say_whole_sentences() -> None:
    """In lists of commands: click cuts a first paragraph at 45 characters, but shows a `short_help` in full."""
    for command in (*app.registered_commands, *runs.registered_commands):
        command.short_help = (command.callback.__doc__ or "").partition("\n\n")[0] if command.callback else None


_say_whole_sentences()


def main() -> None:
    """Entry point of the command `hoverslam`."""
    gc.disable()  # loading numba and the rest makes no garbage, but a tenth of it was spent looking for some
    from hoverslam.harness.commands.guard import guarded_start
    from hoverslam.harness.console.ending import endings
    from hoverslam.harness.console.streams import steady

    steady()
    with endings():
        guarded_start(_parsed)


def _parsed() -> None:
    """Read the command line and run the command that it names."""
    try:
        raise SystemExit(app(standalone_mode=False))
    except typer.Abort:  # what typer makes of Ctrl-C before a command has begun
        raise KeyboardInterrupt from None
    except typer.TyperException as wrong:
        told = StringIO()
        cast("typer.BadParameter", wrong).show(told)  # every one that typer raises can
        sys.stderr.write(printable_lines(told.getvalue()))
        raise SystemExit(wrong.exit_code) from None


if __name__ == "__main__":
    main()
