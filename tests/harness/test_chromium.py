"""The browser of the page tests on a machine that has none. Oracle: programs that note how they are called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import chromium
from tests.harness.chromium import NoBrowserError, browser_path, main

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120.0


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its path but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("env", "true", "touch", "chmod", "cp"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(chromium, "MAC", ())
    monkeypatch.delenv("HOVERSLAM_BROWSER", raising=False)
    return folder


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def apt(folder: Path) -> Path:
    """An apt-get that installs a browser, and what it was asked for."""
    asked = folder.parent / "asked"
    template = program(folder.parent, "browser", "exit 0")
    install = f'case "$1" in install) cp {template} {folder}/chromium;; esac'
    program(folder, "apt-get", f'echo "$DEBIAN_FRONTEND: $@" >> {asked}\n{install}')
    return asked


def test_root_gets_debians_package(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = apt(bare)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    main()
    assert browser_path() == str(bare / "chromium")
    told = asked.read_text().splitlines()
    assert told == [
        "noninteractive: update -qq",
        "noninteractive: install -y -qq --no-install-recommends chromium libatomic1",
    ]


def test_a_user_whose_sudo_asks_for_no_password_gets_it_too(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = apt(bare)
    program(bare, "sudo", 'test "$1" = -n || exit 1\nshift\nexec "$@"')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    main()
    assert len(asked.read_text().splitlines()) == 2


def test_who_only_asks_gets_nothing_and_hears_what_could_not_be_had(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = apt(bare)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    main(ask=True)
    assert not asked.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoBrowserError, match="apt install chromium"):
        main(ask=True)


@pytest.mark.parametrize("sudo", ["exit 1", None], ids=["sudo asks for a password", "there is no sudo"])
def test_a_user_who_may_not_install_is_told_what_to_install(
    bare: Path, monkeypatch: pytest.MonkeyPatch, sudo: str | None
) -> None:
    asked = apt(bare)
    if sudo:
        program(bare, "sudo", sudo)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoBrowserError, match="apt install chromium"):
        main()
    assert not asked.exists()


def test_where_the_package_cannot_be_had_the_command_that_failed_is_told(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare, "apt-get", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoBrowserError, match=r"apt-get update -qq` failed.*HOVERSLAM_BROWSER"):
        main()


def test_a_browser_that_does_not_start_is_none(bare: Path) -> None:
    program(bare, "chromium", "echo 'this command needs the snap' >&2; exit 1")
    with pytest.raises(NoBrowserError, match="chromium does not start: this command needs the snap"):
        main()


def test_one_that_was_named_wrongly_is_not_replaced_by_another(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = apt(bare)
    monkeypatch.setenv("HOVERSLAM_BROWSER", "/no/such/browser")
    with pytest.raises(NoBrowserError, match="/no/such/browser: no such file"):
        main()
    assert not asked.exists()


@pytest.mark.parametrize("may", [True, False], ids=["as root", "as a user"])
def test_what_drives_the_browser_is_looked_for_too(bare: Path, monkeypatch: pytest.MonkeyPatch, may: bool) -> None:
    asked = apt(bare)
    program(bare, "chromium", "exit 0")

    def loaded(name: str) -> None:
        assert name == "libatomic.so.1"
        if not asked.exists():
            raise OSError(name)

    monkeypatch.setattr("ctypes.CDLL", loaded)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0 if may else 1000)
    if not may:
        with pytest.raises(NoBrowserError, match="apt install libatomic1"):
            main()
        return
    main()
    assert "chromium libatomic1" in asked.read_text()


def test_make_test_says_so_before_it_sets_anything_up(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "tests/harness/chromium.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        ["make", "test", f"PYTHON={sys.executable}"], cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S,
        env={**os.environ, "HOVERSLAM_BROWSER": "/no/such/browser"}, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "make test: HOVERSLAM_BROWSER = /no/such/browser: no such file" in done.stderr
    assert "setting up" not in done.stdout
    assert not (tmp_path / ".venv").exists()
