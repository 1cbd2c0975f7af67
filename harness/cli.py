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
    help="Fly booster-landing flight software against a plant, in lockstep, and judge the landing.",
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
GncOption = Annotated[
    str | None,
    typer.Option(
        "--gnc",
        metavar="CMD",
        help="Flight program, started without a shell; `reference` is ours, `wait` lets you start yours.",
    ),
]
GncCommandOption = Annotated[
    str | None,
    typer.Option("--gnc", metavar="CMD", help="Flight program, started without a shell; `reference` is ours."),
]


def _deadline(context: typer.Context, seconds: float | None) -> float | None:
    """Kept in the environment, which the processes that fly inherit, until the command ends."""
    if seconds is not None:
        if not seconds > 0.0:
            raise typer.BadParameter(f"{seconds}: must be above 0; inf for none")
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
        help="Seconds that an answer may take, inf for any; 10 when not given, and any with `--gnc wait`.",
    ),
]  # fmt: skip
JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write what a CI server reads: JUnit XML.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a scenario key, as in wind.turbulence=severe; repeatable."),
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
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Seed of every random number.")] = None,
    sets: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run folder; runs/<time>-<scenario>-s<seed> when not given.")
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="ADDR", help="Where to listen, as in tcp://127.0.0.1:*; a private ipc:// socket otherwise."
        ),
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Fly no faster than the wall clock, and say how well that was kept.")
    ] = False,
    junit: JunitOption = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="Exit code 0 where it comes to what is written beside the scenario.")
    ] = False,
    epoch: Annotated[
        str | None,
        typer.Option(metavar="ISO8601", help="When the release is, for viewers of the log; 2000-01-01T00:00:00Z."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RUN|DB:PLACE", help="Fly the flight of a run folder or of a campaign again, bit for bit."
        ),
    ] = None,
    stored_gnc: Annotated[
        bool, typer.Option("--stored-gnc", help="With --from: start the flight program that stands there.")
    ] = False,
    deadline: DeadlineOption = None,
    show_output: Annotated[
        bool, typer.Option("--show-output", help="Show what the program prints; gnc.log has it in any case.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Fly a scenario to a verdict and keep the evidence in a run folder."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.run import RunRequest, run_command

    request = RunRequest(
        scenario, assignments, seed, gnc, listen, out, realtime, json, junit, expected, origin, epoch, stored_gnc,
        show_output,
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
            help="Let differences pass: 1e-9 of every number, truth.pos_enu_m=0.01 in a field's unit, frames=2; "
            "repeatable.",
        ),
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Prove a stored run bit-equal, or name the first frame and field that differ.

    Feeds the recorded commands to the plant again; with --gnc the flight program flies it again.
    """
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.replay import replay_command

    raise typer.Exit(guarded(lambda: replay_command(run_folder, gnc, tolerance or (), as_json=json), as_json=json))


@app.command()
def export(
    run_folder: RunArgument,
    form: Annotated[
        str, typer.Option("--format", metavar="csv|parquet|mat|layout", help="What to write; layout is for viewers.")
    ] = "csv",
    out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="New folder (csv, parquet) or file; in the run folder if not given."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write a stored run as tables for other tools, a table a channel, every number to the bit."""
    from hoverslam.harness.commands.export import export_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: export_command(run_folder, form, out, as_json=json), as_json=json))


@app.command()
def diff(
    run_a: RunArgument,
    run_b: RunArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page; diff-A-B.html beside RUN_B when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare two stored runs: first frame and field that differ, margins, and one flight drawn over the other.

    Exit code 0 for the same flight bit for bit, 1 for another.
    """
    from hoverslam.harness.commands.diff import diff_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: diff_command(run_a, run_b, out, as_json=json), as_json=json))


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN_OR_CAMPAIGN", help="Run folder, or a campaign's folder or database.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page; report.html in that folder when not given.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    json: JsonOption = False,
) -> None:
    """Write the page of a campaign as far as it was flown, or of a stored run: one file that opens offline."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.report import report_command

    raise typer.Exit(guarded(lambda: report_command(folder, out, open_it=open_it, as_json=json), as_json=json))


@app.command()
def salvage(
    damaged: Annotated[Path, typer.Argument(metavar="CAMPAIGN", help="A campaign's folder or database.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder.")],
    json: JsonOption = False,
) -> None:
    """Copy the flights of a damaged campaign that are as they were written, so that --resume flies the others only."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.salvage import salvage_command

    raise typer.Exit(guarded(lambda: salvage_command(damaged, out, as_json=json), as_json=json))


@app.command()
def certify(
    scenario: ScenarioArgument = DEFAULT_SCENARIO,
    n: Annotated[int, typer.Option("-n", metavar="N", help="Flights in all, 6 at least.")] = 20,
    gnc: GncCommandOption = None,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Seed of every random number.")] = None,
    sets: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the certificate goes; a folder under runs/ else.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Fly one flight N times, warm, fresh, together, loaded and stopped, and certify that it is the same to the bit.

    Exit code 1 where a flight differs; both runs are then kept, and the first frame and field that differ are named.
    """
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.certify import CertifyRequest, certify_command
    from hoverslam.harness.commands.guard import guarded

    request = CertifyRequest(scenario, assignments, n, seed, gnc, out, json)
    raise typer.Exit(guarded(lambda: certify_command(request), as_json=json))


@app.command()
def cases(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Shipped scenarios or .toml files; all shipped.")
    ] = None,
    fly: Annotated[bool, typer.Option("--fly", help="Fly them, and hold each to what is written beside it.")] = False,
    gnc: GncCommandOption = None,
    workers: WorkersOption = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="A run folder for every flight, not only what went otherwise.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where run folders go; runs/ when not given.")] = None,
    junit: JunitOption = None,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them as a page, as docs/cases.md is.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """List the case library with the verdict expected of each, or fly it. Exit code 1 where one comes otherwise."""
    from hoverslam.harness.commands.cases import CasesRequest, cases_command
    from hoverslam.harness.commands.guard import guarded

    request = CasesRequest(names or (), fly, gnc, workers, keep, out, junit, page, json)
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
        typer.Option("--applied", help="Show what it comes to: vehicle, draws, air, faults in ticks, flight load."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show a scenario as it would be flown: extended, with every default filled in."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.scenarios import show_command

    raise typer.Exit(
        guarded(lambda: show_command(scenario, assignments, flown=applied, as_json=json), as_json=json, shows=True)
    )


@app.command()
def sdk(
    language: Annotated[str, typer.Argument(help="Of the flight program: python.")] = "python",
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for it; this one when not given. An older copy is replaced.")
    ] = Path(),
    json: JsonOption = False,
) -> None:
    """Copy the client of the wire next to your flight program: one file that needs pyzmq and msgpack only."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.sdk import sdk_command

    raise typer.Exit(guarded(lambda: sdk_command(language, out, as_json=json), as_json=json))


@app.command()
def doctor(json: JsonOption = False) -> None:
    """Check this machine: what works, what it costs, and what to do about it."""
    from hoverslam.harness.commands.doctor import doctor_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: doctor_command(as_json=json), as_json=json, shows=True))


@app.command()
def bench(json: JsonOption = False) -> None:
    """Time the lockstep frame, the plant step and a whole run on this machine."""
    from hoverslam.harness.bench.bench import bench_command
    from hoverslam.harness.commands.guard import guarded

    raise typer.Exit(guarded(lambda: bench_command(as_json=json), as_json=json, shows=True))


@app.command()
def validate(
    suite: Annotated[
        str, typer.Argument(help="nesc, us76, gravity, numerics, falcon9, or all.", show_default=True)
    ] = "all",
    case: Annotated[int | None, typer.Option(metavar="N", help="Only this NESC check-case, 1 to 10.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the history of the check-case, 0 to 30 s, as CSV.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Hold the plant to published numbers: each case and quantity with its largest error and its gate.

    Exit code 1 where an error is beyond its gate.
    """
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.validate import validate_command

    raise typer.Exit(guarded(lambda: validate_command(suite, case, out, as_json=json), as_json=json))


@app.command()
def hunt(
    strategy: Annotated[
        str, typer.Argument(help="everything, dispersions, ignition-timing, cross-range, relight, or your own .toml.")
    ] = "everything",
    scenario: Annotated[str, typer.Option(help="Scenario to search around.")] = DEFAULT_SCENARIO,
    gnc: GncCommandOption = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="CMD", help="A failure counts only where this flight program breaks nothing.")
    ] = None,
    method: Annotated[str, typer.Option(help="cmaes, hypothesis or random.")] = "cmaes",
    budget: Annotated[int, typer.Option(min=1, metavar="N", help="Flights to search.")] = 300,
    shrink: Annotated[int, typer.Option(min=0, metavar="N", help="Flights to shrink each failure.")] = 150,
    first: Annotated[bool, typer.Option("--first", help="Stop at the first failure.")] = False,
    search_seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the search, not of the flights.")] = 0,
    workers: WorkersOption = None,
    sets: SetOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where flights and findings go.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the hunt in --out.")] = False,
    adopt: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Copy what is found there, as regression cases.")
    ] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Search for flights that break what must hold, and shrink each to the smallest. Exit code 1 where there is one."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.hunt import HuntRequest, hunt_command

    request = HuntRequest(
        strategy, scenario, assignments, gnc, baseline, method, budget, shrink, search_seed, workers, first, out,
        resume, adopt, json,
    )  # fmt: skip
    raise typer.Exit(guarded(lambda: hunt_command(request), as_json=json))


@app.command()
def campaign(
    campaign: Annotated[
        str, typer.Argument(help="Shipped campaign (zq3-landing, ...), a .toml file of your own, or a scenario.")
    ] = DEFAULT_SCENARIO,
    flights: Annotated[
        int | None, typer.Option("-n", min=1, max=100_000, metavar="N", help="Flights, instead of those in the file.")
    ] = None,
    gnc: GncCommandOption = None,
    sets: SetOption = None,
    workers: WorkersOption = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDR", help="A Dask scheduler to fly on, as tcp://host:8786.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the database goes; under runs/ when not given.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the campaign in --out.")] = False,
    logs: Annotated[int, typer.Option(min=0, metavar="N", help="Failing flights that keep a run folder.")] = 20,
    at_least: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, metavar="SHARE", help="Exit code 1 unless so many land, with 95 % confidence."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write .csv or .parquet (a row a flight), or .json (a baseline)."),
    ] = None,
    interleave: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="Flights at once in a flight program that can; 1: never.")
    ] = 16,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Fly many flights and count: how often it lands, how sure that is, what failure depends on."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.campaign import CampaignRequest, campaign_command
    from hoverslam.harness.commands.guard import guarded

    request = CampaignRequest(
        campaign, flights, assignments, gnc, workers, scheduler, out, resume, logs, at_least, export, json, False,
        interleave,
    )  # fmt: skip
    raise typer.Exit(guarded(lambda: campaign_command(request), as_json=json))


@app.command()
def compare(
    a: Annotated[
        str, typer.Argument(help="The old build: a campaign's folder, or a baseline .json; with --campaign a program.")
    ],
    b: Annotated[str, typer.Argument(help="The new build, likewise.")],
    campaign: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="Fly this with A and with B, which are flight programs then.")
    ] = None,
    flights: Annotated[int | None, typer.Option("-n", min=1, max=100_000, metavar="N", help="Flights of each.")] = None,
    sets: SetOption = None,
    workers: WorkersOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the two campaigns go.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the campaigns in --out.")] = False,
    margin: Annotated[
        float, typer.Option(min=0.0, max=0.5, metavar="SHARE", help="So much less often counts as no worse.")
    ] = 0.02,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Do not compare flight by flight.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 also where too few flights decide.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report.")] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page.")] = None,
    deadline: DeadlineOption = None,
    json: JsonOption = False,
) -> None:
    """Say whether B lands worse than A: exit code 1 where it does."""
    assignments = _assignments(sets or [])
    from hoverslam.harness.commands.compare import CompareRequest, compare_command
    from hoverslam.harness.commands.guard import guarded

    request = CompareRequest(
        a, b, campaign, flights, assignments, workers, out, resume, margin, unpaired, strict, junit, page, json
    )
    raise typer.Exit(guarded(lambda: compare_command(request), as_json=json))


runs = typer.Typer(help="List, open and prune what lies in the folder of results.", invoke_without_command=True)
app.add_typer(runs, name="runs")
HomeOption = Annotated[Path, typer.Option("--in", metavar="DIR", help="Folder of results.")]
HOME = Path("runs")


@runs.callback()
def _list_runs(context: typer.Context, home: HomeOption = HOME, json: JsonOption = False) -> None:
    """List results with verdict, date, scenario, seed and size; `open` and `prune` are commands of their own."""
    if context.invoked_subcommand is not None:
        return
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.runs import list_command

    raise typer.Exit(guarded(lambda: list_command(home, as_json=json), as_json=json))


@runs.command("open")
def open_run(
    name: Annotated[str, typer.Argument(help="Name, the beginning of it, path, or last.")] = "last",
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
    keep: Annotated[int, typer.Option(min=0, metavar="N", help="The newest so many stay.")] = 20,
    older: Annotated[
        float, typer.Option("--older-than", min=0.0, metavar="DAYS", help="Only what was written before that.")
    ] = 0.0,
    passed: Annotated[bool, typer.Option("--passed", help="Only flights that passed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only named.")] = False,
    json: JsonOption = False,
) -> None:
    """Name run folders that could go, and with --yes remove them. Campaigns, hunts and files of yours always stay."""
    from hoverslam.harness.commands.guard import guarded
    from hoverslam.harness.commands.runs import Prune, prune_command

    request = Prune(home, keep, older, passed, yes, json)
    raise typer.Exit(guarded(lambda: prune_command(request), as_json=json))


def _assignments(sets: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in sets]
    for (key, equals, _), text in zip(pairs, sets, strict=True):
        if not equals or not key.strip():
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE, as in rates.gnc_hz=50", param_hint="--set")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _say_whole_sentences() -> None:
    """In lists of commands: click cuts a first paragraph off at 45 characters, but nothing that is given as short."""
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
