"""The client in one file, away from the checkout. Oracle: a program on bare sockets; a Python with nothing of ours."""

import ast
import importlib.util
import inspect
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import venv
from pathlib import Path
from types import ModuleType

import msgpack
import pytest
import zmq
from typer.testing import CliRunner

from hoverslam.harness.cli import app
from hoverslam.harness.wire import link
from tests.harness.fake_plant import ROOT

SCENARIO = "zq3-last-5km"
NAME = "hoverslam_link.py"
LIMIT_S = 300.0
"""The first flight on a machine compiles bounds-checked kernels."""
NOTHING_OF_OURS = """\
from importlib.util import find_spec
there = [n for n in ("harness", "gnc", "plant", "scenarios", "hoverslam", "numpy", "pydantic") if find_spec(n)]
assert not there, there
"""
ON_BARE_SOCKETS = '''\
"""As docs/wire.md says it, for a program in another language."""
import os, msgpack, zmq
socket = zmq.Context().socket(zmq.DEALER)
socket.connect(os.environ["HOVERSLAM_ENDPOINT"])
token = os.environ["HOVERSLAM_TOKEN"]
hello = {"type": "hello", "protocol": 1, "token": token, "name": "bare", "version": "1", "capabilities": []}
socket.send(msgpack.packb(hello))
while (message := msgpack.unpackb(socket.recv()))["type"] != "shutdown":
    if message["type"] == "reset":
        shape = message["shape"]
        socket.send(msgpack.packb({"type": "ready", "run_id": message["run_id"]}))
    elif message["type"] == "sensors":
        answer = {"type": "actuators", "flight": 0, "seq": message["seq"]}
        answer["engine_on"], answer["throttle"] = [False] * shape["engines"], [0.0] * shape["engines"]
        answer["gimbal_rad"] = [0.0] * (2 * shape["gimballed"])
        answer["fin_rad"] = [-200.0 * message["imu_dangle_b_rad"][0]] * shape["fins"]
        answer["rcs_open"], answer["leg_deploy"] = [False] * shape["thrusters"], False
        socket.send(msgpack.packb(answer))
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file as a user gets it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("mine")
    assert CliRunner().invoke(app, ["sdk", "python", "--out", str(folder)]).exit_code == 0
    return folder / NAME


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter whose packages are pyzmq and msgpack and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    for module in (zmq, msgpack):
        place = Path(module.__file__ or "").parent
        for needed in (place, place.with_name("pyzmq.libs")):
            if needed.is_dir() and not (packages / needed.name).exists():
                (packages / needed.name).symlink_to(needed)
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def example() -> str:
    """The flight program that the file shows in its first lines."""
    text = link.GncLink.__module__
    shown = re.search(r"(?:^ {4}.*\n|^\n)+", (sys.modules[text].__doc__ or "").partition(":\n\n")[2], re.MULTILINE)
    assert shown is not None
    return textwrap.dedent(shown[0])


def hash_of_flight(interpreter: str, program: Path, out: Path) -> str:
    """Of a flight of `hoverslam run`; what the program may import is its own affair: no PYTHONPATH reaches it."""
    command = [sys.executable, "-m", "hoverslam.harness.cli", "run", SCENARIO, "--out", str(out), "--json"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*command, "--gnc", shlex.join([interpreter, str(program)])],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["gnc_failure"] is None, told["gnc_failure"]
    assert told["outcome"] == "impact"
    hashed: str = told["hash"]
    return hashed


def test_a_program_with_the_file_alone_flies_as_one_on_bare_sockets_and_one_in_the_checkout(
    copy: Path, bare_python: str, example: str, tmp_path: Path
) -> None:
    alone, inside, bare = copy.with_name("mine.py"), tmp_path / "inside.py", tmp_path / "bare.py"
    alone.write_text(NOTHING_OF_OURS + example)
    path = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    inside.write_text(path + example.replace("from hoverslam_link import", "from hoverslam.harness.wire.link import"))
    bare.write_text(ON_BARE_SOCKETS)
    oracle = hash_of_flight(bare_python, bare, tmp_path / "runs" / "bare")
    assert hash_of_flight(bare_python, alone, tmp_path / "runs" / "alone") == oracle
    assert hash_of_flight(sys.executable, inside, tmp_path / "runs" / "inside") == oracle


def test_nothing_of_ours_can_be_imported_there(bare_python: str, copy: Path) -> None:
    for name in ("harness", "plant", "pydantic"):
        done = subprocess.run(
            [bare_python, "-E", "-c", f"import {name}"], cwd=copy.parent, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert f"ModuleNotFoundError: No module named '{name}'" in done.stderr


def test_it_imports_the_standard_library_pyzmq_and_msgpack_only_in_the_grammar_of_python_3_9(copy: Path) -> None:
    tree = ast.parse(copy.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    names += [f"{'.' * node.level}{node.module or ''}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"zmq", "msgpack"}


def test_the_copy_offers_what_harness_wire_link_offers(copy: Path) -> None:
    copied = loaded(copy)
    classes = [name for name, what in vars(copied).items() if getattr(what, "__module__", "") == copied.__name__]
    names = {name for name in (*classes, *filter(str.isupper, vars(copied))) if not name.startswith("_")}
    assert names == {"GncLink", "LinkClosed", "PROTOCOL", "SILENCE_S"}
    assert [told(copied, name) for name in names] == [told(link, name) for name in names]


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("copied_link", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(module: ModuleType, name: str) -> dict[str, str]:
    """What a user of a name depends on: its value, or what a class comes of and the signatures of its methods."""
    what = getattr(module, name)
    if not inspect.isclass(what):
        return {name: repr(what)}
    methods = {one: str(inspect.signature(method)) for one, method in inspect.getmembers(what, inspect.isroutine)
               if one in vars(what)}  # fmt: skip
    return {name: str(what.__mro__[1:]), **methods}


def test_its_first_line_names_the_protocol_that_docs_wire_describes(copy: Path) -> None:
    first = (ast.get_docstring(ast.parse(copy.read_text(encoding="utf-8"))) or "").splitlines()[0]
    page = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8").splitlines()[0]
    numbers = [re.search(r"protocol (\d+)", line) for line in (first, page)]
    assert [found and found[1] for found in numbers] == [str(link.PROTOCOL)] * 2


def test_an_older_copy_is_replaced_and_a_file_of_the_user_is_not(copy: Path, tmp_path: Path) -> None:
    place = tmp_path / NAME
    place.write_text(copy.read_text(encoding="utf-8") + "# of an older release\n")
    done = CliRunner().invoke(app, ["sdk", "--out", str(tmp_path), "--json"])
    assert json.loads(done.stdout) == {
        "exit_code": 0, "language": "python", "written": str(place), "files": [str(place)],
    }  # fmt: skip
    assert place.read_bytes() == copy.read_bytes()
    place.write_text("mine = True\n")
    refused = CliRunner().invoke(app, ["sdk", "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert f"--out {place}: exists already and is not a client of hoverslam" in " ".join(refused.stderr.split())
    assert place.read_text() == "mine = True\n"


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sdk", "ada", "--out", str(tmp_path / "new")])
    assert done.exit_code == 2
    assert "sdk ada: must be one of python, c; for another language follow docs/wire.md" in done.stderr
    assert not (tmp_path / "new").exists()
