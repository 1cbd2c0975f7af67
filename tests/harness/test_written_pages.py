"""The pages of docs/ that the code writes, and what writes them.

Oracle: the pages as they are committed, pages spoiled by hand, the schema that reads the files.
"""

import re
import shutil
from pathlib import Path

import pytest

from hoverslam.harness.docs.__main__ import main
from hoverslam.harness.docs.beside import GOLDEN, files_beside
from hoverslam.harness.docs.blocks import BEGIN, begin
from hoverslam.harness.docs.pages import MEASURED, PAGES
from hoverslam.harness.docs.validation import with_table
from hoverslam.harness.validation.check import Check
from hoverslam.scenarios.load import shipped
from hoverslam.scenarios.schema import Scenario
from tests.harness.fake_plant import ROOT

DOCS = ROOT / "docs"
BLOCKS = [
    (page.name, name) for page in sorted(DOCS.glob("*.md")) for name in BEGIN.findall(page.read_text(encoding="utf-8"))
]
WRITTEN = dict(files_beside())
CHECK = Check("us76", "here", "height", 1.0, 2.0, "m", "a book")


def committed(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the pages that may be spoiled, in the folder where the command runs."""
    (tmp_path / "docs").mkdir()
    for page in [*PAGES, *MEASURED]:
        shutil.copy(DOCS / page, tmp_path / "docs" / page)
    for name, content in WRITTEN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "docs"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_committed_is_what_the_code_writes(page: str) -> None:
    assert committed(page) == PAGES[page](committed(page)), f"docs/{page}; run: make docs"


def test_files_of_the_client_and_golden_frames_are_what_the_code_writes() -> None:
    there = {str(path.relative_to(ROOT)) for path in (ROOT / GOLDEN).iterdir()}
    assert there == {name for name in WRITTEN if name.startswith(GOLDEN)}
    assert [name for name, content in WRITTEN.items() if (ROOT / name).read_bytes() != content] == [], "run: make docs"


def test_a_golden_frame_that_differs_or_is_no_longer_one_is_mended(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, old = docs.parent / GOLDEN / "hello.msgpack", docs.parent / GOLDEN / "old.msgpack"
    wanted = good.read_bytes()
    good.write_bytes(b"spoiled")
    old.write_bytes(b"old")
    assert main(["--check"]) == 1
    told = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert told == [f"{GOLDEN}/hello.msgpack", f"{GOLDEN}/old.msgpack"]
    assert main([]) == 0
    assert good.read_bytes() == wanted
    assert not old.exists()


@pytest.mark.parametrize(("page", "name"), [one for one in BLOCKS if one[0] in PAGES])
def test_a_block_is_written_again_as_a_whole(page: str, name: str) -> None:
    before, mark, after = committed(page).partition(begin(name))
    assert PAGES[page](f"{before}{mark}\n\nwritten by hand{after}") == committed(page)


def test_no_block_is_without_a_writer() -> None:
    assert {name for page, name in BLOCKS if page in MEASURED} == {"checks"}
    assert [page for page, _ in BLOCKS if page not in {*PAGES, *MEASURED}] == []
    assert len(BLOCKS) == len(set(BLOCKS)) == 16


def test_measured_checks_take_the_place_of_those_before() -> None:
    page = with_table(committed("verification.md"), [CHECK])
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert rows[2:] == ["| us76 | here | height | 1 | 2 m | pass | a book |"]
    assert page.split("<!-- to here -->")[1] == committed("verification.md").split("<!-- to here -->")[1]


def test_words_of_a_case_follow_its_file_and_its_figures_are_kept() -> None:
    page = committed("cases.md")
    spoiled = re.sub(r"^\| `zq3-light` \| [^|]+", "| `zq3-light` | other words ", page, flags=re.MULTILINE)
    assert spoiled != page
    assert PAGES["cases.md"](spoiled) == page


def test_a_case_that_was_never_flown_has_no_figures() -> None:
    page = committed("cases.md")
    new = PAGES["cases.md"](re.sub(r"^\| `zq3-light` .*\n", "", page, flags=re.MULTILINE))
    assert re.search(r"^\| `zq3-light` \| .* \| pass \|  \|  \|  \|$", new, re.MULTILINE)
    assert PAGES["cases.md"](new) == new, "blank figures are kept too"
    assert all(f"| `{name}` |" in new for name in shipped())


@pytest.mark.parametrize("key", Scenario.model_fields)
def test_every_key_of_a_scenario_is_explained(key: str) -> None:
    assert re.search(rf"^## `\[+{key}\]+`$|`{key}`", committed("scenarios.md"), re.MULTILINE)


def test_a_check_names_the_page_that_differs_and_how_to_mend_it(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (docs / "vehicle-file.md").write_text("spoiled", encoding="utf-8")
    assert main(["--check"]) == 1
    told = capsys.readouterr().out
    assert told == "docs/vehicle-file.md: differs from what the code writes; run: make docs\n"
    assert (docs / "vehicle-file.md").read_text(encoding="utf-8") == "spoiled", "a check writes nothing"


def test_a_page_that_differs_is_written_and_then_found_good(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (docs / "vehicle-file.md").unlink()
    assert main([]) == 0
    assert capsys.readouterr().out == "docs/vehicle-file.md: written\n"
    assert (docs / "vehicle-file.md").read_text(encoding="utf-8") == committed("vehicle-file.md")
    assert (main(["--check"]), capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("mark", "instead"), [(begin("events"), ""), ("<!-- to here -->", ""), (begin("events"), begin("elements"))]
)
def test_a_page_without_its_marks_is_left_as_it_is(
    mark: str, instead: str, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = committed("wire.md").replace(mark, instead)
    (docs / "wire.md").write_text(spoiled, encoding="utf-8")
    assert main(["wire.md"]) == 2
    told = capsys.readouterr().err
    assert re.fullmatch(r"docs/wire\.md: no block <!-- .* put both marks where the table belongs\n", told)
    assert (docs / "wire.md").read_text(encoding="utf-8") == spoiled


def test_what_cannot_be_written_is_a_mistake(
    docs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["plant.md"]) == 2
    assert "plant.md: is no page that is written; there are: cases.md, " in capsys.readouterr().err
    monkeypatch.chdir(docs)
    assert main([]) == 2
    assert "run this in the root folder of a checkout" in capsys.readouterr().err
