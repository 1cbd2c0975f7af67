"""A comparison begins with what differs. Oracle: two campaigns made by hand that differ in what the test says."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hoverslam.harness.campaign.bank import read_bank, write_bank
from hoverslam.harness.campaign.differs import differs, lines
from tests.harness.campaign.rows import ABOUT, made
from tests.harness.campaign.test_compare import run_cli
from tests.harness.campaign.test_copies import stored
from tests.harness.test_report import Page

BASE = {"name": "zq3-landing", "seed": 1, "wind": {"turbulence": "light"}, "vehicle": {"file": "zq3_y1"}}
A = {**ABOUT, "base": BASE}


def pair(folder: Path, about_b: Any, **rows_b: Any) -> tuple[Path, Path]:
    first = rows_b.pop("first", 0)
    a = stored(folder / "a", [made(place) for place in range(40)], A)
    b = stored(folder / "b", [made(place + first, **rows_b) for place in range(40)], {**A, **about_b})
    return a, b


@pytest.mark.parametrize(
    ("about", "rows", "said"),
    [
        ({"base": {**BASE, "wind": {"turbulence": "severe"}}}, {},
         "scenario wind.turbulence: 'light' in A, 'severe' in B"),
        ({"base": {**BASE, "vehicle": {"file": "tianlong3"}}}, {},
         "vehicle vehicle.file: 'zq3_y1' in A, 'tianlong3' in B"),
        ({"campaign": {**ABOUT["campaign"], "sampling": "sobol"}}, {},
         "sampling sampling: 'random' in A, 'sobol' in B"),
        ({"gnc": "./fsw --fast"}, {}, "program command: 'reference' in A, './fsw --fast' in B"),
        ({}, {"gnc": "made 2"}, "program name and version: 'made 1' in A, 'made 2' in B"),
        ({"identity": {**ABOUT["identity"], "plant": "new"}}, {},
         "content of the plant (its sources, or the version of numba): plant-made in A, new in B"),
        ({"identity": {**ABOUT["identity"], "binary": "new"}}, {},
         "content of the flight program, or a file named in its command: binary-made in A, new in B"),
        ({}, {"first": 1000}, "seeds (none in both): 1 to 40 (40 flights) in A, 1001 to 1040 (40 flights) in B"),
        ({}, {"first": 39}, "seeds (1 seed in both): 1 to 40 (40 flights) in A, 40 to 79 (40 flights) in B"),
        ({}, {}, "A and B flew the same scenario, vehicle and seeds in the same plant, with made 1"),
    ],
)  # fmt: skip
def test_terminal_page_json_and_test_report_say_first_what_differs(
    about: Any, rows: Any, said: str, tmp_path: Path
) -> None:
    a, b = pair(tmp_path, about, **rows)
    page, junit = tmp_path / "c.html", tmp_path / "c.xml"
    done = run_cli("compare", str(a), str(b), "--unpaired", "--page", str(page), "--junit", str(junit))
    printed = done.stdout.splitlines()
    assert said in printed
    verdict = next(at for at, line in enumerate(printed) if line.startswith(("B is", "undecided")))
    assert printed.index(said) < verdict
    visible = Page(page.read_text(encoding="utf-8")).visible
    assert said in visible
    assert visible.index(said) < visible.index("Measures")
    first = next(iter(ElementTree.parse(junit).iter("testcase")))
    assert said in (first.findtext("system-out") or "")
    told = json.loads(run_cli("compare", str(a), str(b), "--unpaired", "--json").stdout)
    assert [f"{one['kind']} {one['key']}".rstrip() for one in told["differences"]] == (
        [said.partition(":")[0]] if ":" in said else []
    )


def test_a_baseline_file_differs_as_its_database_does(tmp_path: Path) -> None:
    a, b = pair(tmp_path, {"gnc": "./fsw", "base": {**BASE, "wind": {"turbulence": "none"}}}, first=3)
    write_bank(read_bank(b), tmp_path / "b.json")
    assert differs(read_bank(a), read_bank(tmp_path / "b.json")) == differs(read_bank(a), read_bank(b))
    assert len(list(lines(read_bank(a), read_bank(b)))) == 3


def test_one_interval_of_each_measure_stands_everywhere(tmp_path: Path) -> None:
    a = stored(tmp_path / "a", [made(place) for place in range(60)], A)
    lost = [made(place, fails=("R-21",) if place < 7 else (), miss_m=2.0 + place % 3) for place in range(60)]
    b = stored(tmp_path / "b", lost, A)
    page, junit = tmp_path / "c.html", tmp_path / "c.xml"
    printed = run_cli("compare", str(a), str(b), "--page", str(page), "--junit", str(junit)).stdout
    told = json.loads(run_cli("compare", str(a), str(b), "--json").stdout)
    visible = Page(page.read_text(encoding="utf-8")).visible
    reported = "".join(ElementTree.parse(junit).getroot().itertext())
    for one in told["measures"]:
        assert one["text"] in printed
        assert one["text"] in reported
        harm = one["text"].partition("B is worse by ")[2].partition(";")[0]
        assert harm in visible
    low, high = (f"{100 * told['measures'][0][end]:.1f}" for end in ("low", "high"))
    assert f"(+{low} to +{high} %)" in printed
    assert f"95 % interval {low} to {high} %" in told["sentence"]


def test_copies_and_shared_draws_are_said_wherever_a_comparison_is_read(tmp_path: Path) -> None:
    a, b = pair(tmp_path, {})
    page = tmp_path / "c.html"
    done = run_cli("compare", str(a), str(b), "--unpaired", "--page", str(page))
    said = "40 draws (same seed or same flight) appear in both campaigns"
    assert said in done.stdout
    assert said in Page(page.read_text(encoding="utf-8")).visible
    told = json.loads(run_cli("compare", str(a), str(b), "--unpaired", "--json").stdout)
    assert (told["flights"], told["shared"]) == (20, 40)


@pytest.mark.parametrize("column", ['"hash": ["a"]', '"seed": [1, 2]', '"passed": [1]'])
def test_a_baseline_whose_columns_are_of_different_lengths_is_refused(column: str, tmp_path: Path) -> None:
    write_bank(read_bank(stored(tmp_path / "a", [made(place) for place in range(3)], A)), tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    name = column.partition(":")[0]
    cut = "".join(line for line in text.splitlines(keepends=True) if not line.startswith((name, '"checksum"')))
    cut = cut.replace("hoverslam-baseline-2", "hoverslam-baseline-1")  # which has no checksum
    (tmp_path / "a.json").write_text(f"{cut.rstrip().removesuffix('}').rstrip(',')},\n{column}}}\n")
    done = run_cli("compare", str(tmp_path / "a.json"), str(tmp_path / "a"))
    assert done.exit_code == 2
    assert "is not a baseline (its columns have" in done.stderr
