"""The recipes of CONTRIBUTING.md, carried out on a copy of the tree: python -m tests.evidence.recipes.

A sensor, a fault of the link and a transport are added to a copy as the recipes say, and the copy flies: what a recipe
touches is what differs from the tree. A line of docs/evidence/recipes.csv is a recipe; from them follows
docs/evidence/recipes.md.
"""

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.evidence.tables import FOLDER, MINUTES, ROOT, Row, made, publish, resumed

COLUMNS = ("recipe", "touched", "shown", "date", "sources")
COPIED = ("harness", "gnc", "plant", "scenarios", "src", "docs", "tests")
SHORT = "zq3-last-5km"


class Edit(NamedTuple):
    """Text put before a place in a file that has that text once; a new file where there is no place."""

    file: str
    before: str
    text: str


SENSOR = (
    Edit("plant/sensors.py", "\nDEVICES = (", '''HULL = Device(
    (SensorField("hull_temperature_k"),),
    {"hull_temperature": Target("hull_temperature_k", "hull_temperature_k", 30.0)},
    {"hull_noise_k": Spec(SIZE, Range(0.0, 50.0))},
)
'''),
    Edit("plant/sensors.py", " LEG_LOCKED,\n    LEG_CONTACT,\n)", " HULL,"),
    Edit("plant/kernels/sensors/sensing.py", "    switches = at\n", "    at = hull_temperature(sensors, now_ns, "
        "out, at)\n"),
    Edit("plant/kernels/sensors/sensing.py", "@kernel\ndef locks(", '''@kernel
def hull_temperature(params: SensorParams, now_ns: int, out: np.ndarray, at: int) -> int:
    """Of the hull, which is as warm as the ground."""
    n, _ = normal_pair(params.key, now_ns, 200)
    out[at] = 288.15 + params.noise * params.hull_noise_k * n
    return at + 1


'''),
    Edit("harness/wire/contract.py", '    Field("leg_locked"',
         '    Field("hull_temperature_k", units="K", source="hull temperature probe"),\n'),
    Edit("plant/vehicles/zq3_y1.toml", "gyro_bias_radps =", "hull_noise_k = 0.5\n"),
)  # fmt: skip
LINK_FAULT = (
    Edit("scenarios/link_kinds.py", '    "deadline_missed": LinkKind(', '''    "link_blink": LinkKind(
        "link", {"every": FaultNumber(5.0, 2.0, 100.0, "", "of the messages, one is lost")}, "every so many messages "
            "one is lost",
        lambda met: Effect(lost=met.age_frames % met.amount == 0), "every",
    ),
'''),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.recipes", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no recipe after so long")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    wanted = [(name,) for name in RECIPES]
    rows = resumed(given.folder / "recipes.csv", COLUMNS, wanted, carried_out, given.minutes)
    if rows:
        publish(given.folder / "recipes.md", report(rows))
    return 0


def carried_out(name: str) -> Row:
    """A recipe on a copy of its own."""
    edits, show = RECIPES[name]
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        copied(tree)
        for edit in edits:
            apply(tree, edit)
        return {"recipe": name, "touched": ", ".join(touched(tree)), "shown": show(tree)}


def copied(tree: Path) -> None:
    """The sources, with their links."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))


def apply(tree: Path, edit: Edit) -> None:
    """Raises AssertionError where the place is not there once: then the recipe is out of date."""
    path = tree / edit.file
    text = path.read_text(encoding="utf-8") if edit.before else ""
    assert not edit.before or text.count(edit.before) == 1, (
        f"{edit.file}: {edit.before!r} is there {text.count(edit.before)} times"
    )
    path.write_text(text.replace(edit.before, edit.text + edit.before) if edit.before else edit.text, encoding="utf-8")


def touched(tree: Path) -> list[str]:
    """Files that are not as they are in the tree."""
    files = (
        path
        for name in COPIED
        for path in (tree / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    names = sorted(str(path.relative_to(tree)) for path in files if not path.is_symlink())
    return [name for name in names if not (ROOT / name).is_file() or not filecmp.cmp(ROOT / name, tree / name, False)]


def run(tree: Path, *arguments: str) -> Any:
    """What the copy's command prints as JSON; its own cache of kernels goes with it."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "XDG_CACHE_HOME": str(tree / "cache")}
    line = [sys.executable, "-P", "-m", "hoverslam", *arguments, "--json"]
    done = subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def python(tree: Path, code: str) -> str:
    """What a program prints that imports the copy."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "XDG_CACHE_HOME": str(tree / "cache")}
    line = [sys.executable, "-P", "-c", code]
    return subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def show_sensor(tree: Path) -> str:
    """The reference lands with it, its reading is in every message, a fault spoils it, the page tells of it."""
    sound = run(tree, "run", SHORT, "--out", "sound")
    assert sound["verdict"] == "PASS", sound["explanation"]
    fault = '[{kind = "sensor_nan", target = "hull_temperature", at = "1 s"}]'
    ill = run(tree, "run", SHORT, "--out", "ill", "--set", f"faults={fault}")
    code = (
        "import math\nfrom hoverslam.harness.record.run_folder import load\nfrom pathlib import Path\n"
        "from hoverslam.harness.wire.codec import decode_own\n"
        "for name in ('sound', 'ill'):\n"
        "    seen = [decode_own(one)['hull_temperature_k'] for one in load(Path(name)).record.sensors]\n"
        "    print(len(seen), sum(map(math.isnan, seen)), round(sum(seen[:90]) / 90, 1))\n"
    )
    lines = python(tree, code).splitlines()
    (frames, lost, mean), (_, gone, _) = (line.split() for line in lines)
    assert (int(lost), int(gone) > 0) == (0, True)
    assert abs(float(mean) - 288.15) < 0.3
    page = python(
        tree, "from hoverslam.harness.docs.pages import PAGES; print(PAGES['wire.md'](open('docs/wire.md').read()))"
    )
    assert "| `hull_temperature_k` | K | hull temperature probe |" in page
    return f"{frames} messages with {mean} K on average, {ill['verdict']} with the probe dead for {gone} of them"


def show_link_fault(tree: Path) -> str:
    """A scenario states it, messages are lost by it, the page tells of it."""
    fault = '[{kind = "link_blink", target = "sensors", at = "1 s"}]'
    told = run(tree, "run", SHORT, "--out", "blink", "--set", f"faults={fault}")
    record = json.loads((tree / "blink" / "run.json").read_text(encoding="utf-8"))
    lost = record["link"]["sensors_lost"]
    assert lost > 100
    page = python(tree, "from hoverslam.harness.docs.pages import PAGES; print(PAGES['scenarios.md'](''))")
    assert "| `link_blink` |" in page
    return f"{lost} messages lost, {told['verdict']}"


RECIPES: dict[str, tuple[Sequence[Edit], Callable[[Path], str]]] = {
    "a sensor": (SENSOR, show_sensor),
    "a fault of the link": (LINK_FAULT, show_link_fault),
}


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The recipes as a page."""
    yield "# Recipes carried out"
    yield ""
    yield "What each recipe of [CONTRIBUTING.md](../../CONTRIBUTING.md#recipes) touched in a copy of the tree, and"
    yield "what the copy then did. That of a transport is a test (`tests/harness/test_transport.py`)."
    yield ""
    yield "| recipe | files | shown |"
    yield "| --- | --- | --- |"
    yield from (f"| {row['recipe']} | {row['touched']} | {row['shown']} |" for row in rows)
    yield ""
    yield from made("tests.evidence.recipes", rows, "recipes.csv")


if __name__ == "__main__":
    sys.exit(main())
