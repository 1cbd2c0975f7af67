"""The tutorials, command by command in an empty folder. Oracle: what the pages say that comes."""

from pathlib import Path

from tests.acceptance.conftest import Flown
from tests.acceptance.tutorial import Reader, blocks, steps


def test_the_controller_in_the_loop(nominal: Flown, tmp_path: Path) -> None:
    assert nominal.record.frames, "kernels are warm"
    page, reader = "tutorials/controller.md", Reader(tmp_path)
    burn, before, after = blocks(page, "python")
    for step in steps(page):
        if step.command.endswith("--out runs/burn"):
            control = reader.folder / "control.py"
            text = control.read_text(encoding="utf-8")
            assert text.count(before) == 1
            control.write_text(f"{text.replace(before, after)}\n\n{burn}", encoding="utf-8")
        reader.type(step)


def test_the_gate_in_ci(nominal: Flown, tmp_path: Path) -> None:
    assert nominal.record.frames, "kernels are warm"
    reader = Reader(tmp_path)
    for step in steps("tutorials/ci-gate.md"):
        reader.type(step)
    assert len((tmp_path / "baseline.json").read_bytes()) < 10_000, "small enough for a repository"


def test_debugging(nominal: Flown, tmp_path: Path) -> None:
    assert nominal.record.frames, "kernels are warm"
    page, reader = "debugging.md", Reader(tmp_path)
    program = tmp_path / "damp.py"
    program.write_text(blocks(page, "python")[0], encoding="utf-8")
    mended = 'if message["gnss"] is not None and math.isfinite(message["gnss"]["vel_e_mps"][0]):'
    assert mended in (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    for step in steps(page):
        if step.command.startswith("hoverslam feed"):
            text = program.read_text(encoding="utf-8")
            program.write_text(text.replace('if message["gnss"] is not None:', mended), encoding="utf-8")
        reader.type(step)
