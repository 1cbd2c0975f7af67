"""What builds programs in C on a machine that has none of it. Oracle: programs that note how they are called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.c_tools import COMPILERS, NoToolsError, main, missing

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120.0


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its path but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("env", "true", "touch", "chmod", "cp", "ln"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def apt(folder: Path, newer: bool) -> Path:
    """An apt-get that installs everything, and what it was asked for; `newer`: it has the package of newer systems."""
    asked = folder.parent / "asked"
    known = "exit 0" if newer else "exit 1"
    template = program(folder.parent, "tool", 'test "$1" != --exists || test "$2" = libzmq || test "$2" = msgpack')
    install = " && ".join(f"cp {template} {folder}/{name}" for name in COMPILERS)
    program(
        folder,
        "apt-get",
        f'echo "$@" >> {asked}\ncase "$*" in *--dry-run*) {known};; install*) {install};; esac',
    )
    return asked


@pytest.mark.parametrize("newer", [True, False], ids=["Debian 13", "Debian 12"])
def test_root_gets_debians_packages(bare: Path, monkeypatch: pytest.MonkeyPatch, newer: bool) -> None:
    asked = apt(bare, newer)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert missing() == [*COMPILERS]
    main()
    assert missing() == []
    first, dry, last = asked.read_text().splitlines()
    assert (first, dry) == ("update -qq", "install --dry-run -qq libmsgpack-c-dev")
    assert last == (
        "install -y -qq --no-install-recommends gcc g++ libc6-dev make pkg-config libzmq3-dev "
        + ("libmsgpack-c-dev" if newer else "libmsgpack-dev")
    )


def test_where_everything_is_there_nothing_is_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = apt(bare, newer=True)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in COMPILERS:
        program(bare, name, "exit 0")
    main()
    assert not asked.exists()


@pytest.mark.parametrize("lacks", ["libzmq", "msgpack"])
def test_a_library_that_pkg_config_does_not_know_is_named(bare: Path, lacks: str) -> None:
    for name in COMPILERS:
        program(bare, name, f'case "$2" in {lacks}*) exit 1;; esac')
    assert missing() == [lacks]


def test_a_user_who_may_not_install_is_told_what_to_install(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = apt(bare, newer=True)
    program(bare, "sudo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoToolsError, match=r"cc, c\+\+, make, pkg-config: not found;.*apt install gcc .*libzmq3-dev"):
        main()
    assert not asked.exists()


def test_who_only_asks_gets_nothing_and_hears_what_could_not_be_had(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = apt(bare, newer=True)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    main(ask=True)
    assert not asked.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoToolsError, match="cc, c\\+\\+, make, pkg-config: not found"):
        main(ask=True)


def test_where_packages_cannot_be_had_the_command_that_failed_is_told(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare, "apt-get", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoToolsError, match=r"apt-get update -qq` failed.*brew install"):
        main()


def test_make_test_says_so_before_it_sets_anything_up_and_make_run_needs_none_of_it(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "tests/__init__.py", "tests/harness/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("chromium.py", "c_tools.py"):
        shutil.copy(ROOT / "tests" / "harness" / name, tmp_path / "tests" / "harness" / name)
    text = (tmp_path / "tests/harness/c_tools.py").read_text()
    (tmp_path / "tests/harness/c_tools.py").write_text(text.replace('("cc", ', '("no-such-compiler", '))
    (tmp_path / "tests/harness/chromium.py").write_text("def installer(missing): raise missing\n")
    done = subprocess.run(
        ["make", "test", f"PYTHON={sys.executable}"], cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "make test: no-such-compiler: not found; the client in C is tested with" in done.stderr
    assert "setting up" not in done.stdout
    shown = subprocess.run(
        ["make", "--dry-run", "run"], cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert "c_tools" not in shown.stdout
