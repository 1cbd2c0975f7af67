"""FMUs for tests, built from tests/programs/c/controller_fmu.c as a tool would export them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import fmpy

from tests.harness.fake_plant import PROGRAMS
from tests.harness.wire.c_programs import done

SOURCE = PROGRAMS / "c" / "controller_fmu.c"
HEADERS = Path(fmpy.__file__).parent / "c-code"
NAME = "controller"
DOUBLE = {2: "Real", 3: "Float64"}
PLATFORM = {2: fmpy.platform, 3: fmpy.platform_tuple}
Rows = Sequence[tuple[str, int, str, str, str]]
"""Name, value reference, type, causality, and what else stands in the element: a start, dimensions."""


def variables(fmi: int) -> Rows:
    """As Simulink has them in FMI 3.0, arrays, and Modelica in 2.0, an element each."""
    real = DOUBLE[fmi]
    more = [
        ("stage.fin_limit_rad", 20, real, "parameter", 'start="0.1"'),
        ("leg_deploy", 30, "Boolean", "output", ""),
        ("telemetry.k_req", 40, real, "output", ""),
    ]
    if fmi == 3:
        return [
            ("imu_dangle_b_rad", 0, real, "input", 'start="0 0 0"><Dimension start="3"/'),
            ("fin_rad", 10, real, "output", '><Dimension start="4"/'),
            *more,
        ]
    inputs = [(f"imu_dangle_b_rad[{i + 1}]", i, real, "input", 'start="0"') for i in range(3)]
    return [*inputs, *((f"fin_rad[{i + 1}]", 10 + i, real, "output", "") for i in range(4)), *more]


def description(fmi: int, rows: Rows, kind: str = "CoSimulation", more: str = "") -> str:
    """A model description."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    if fmi == 3:
        time = ("time", 99, DOUBLE[fmi], "independent", "")
        told = "".join(_of_fmi_3(*row) for row in (*rows, time))
        outputs = "".join(f'<Output valueReference="{row[1]}"/>' for row in rows if row[3] == "output")
        return (
            f'{head}<fmiModelDescription fmiVersion="3.0" modelName="{NAME}" instantiationToken="1">'
            f'<{kind} modelIdentifier="{NAME}" {more}/><ModelVariables>{told}</ModelVariables>'
            f"<ModelStructure>{outputs}</ModelStructure></fmiModelDescription>"
        )
    told = "".join(
        f'<ScalarVariable name="{name}" valueReference="{at}" causality="{causality}" '
        f'variability="{_varies(real, causality)}"><{real} {rest}/></ScalarVariable>'
        for name, at, real, causality, rest in rows
    )
    outputs = "".join(f'<Unknown index="{i + 1}"/>' for i, row in enumerate(rows) if row[3] == "output")
    return (
        f'{head}<fmiModelDescription fmiVersion="2.0" modelName="{NAME}" guid="1">'
        f'<{kind} modelIdentifier="{NAME}" {more}/><ModelVariables>{told}</ModelVariables>'
        f"<ModelStructure><Outputs>{outputs}</Outputs></ModelStructure></fmiModelDescription>"
    )


def _varies(kind: str, causality: str) -> str:
    return "fixed" if causality == "parameter" else "continuous" if kind in DOUBLE.values() else "discrete"


def _of_fmi_3(name: str, at: int, kind: str, causality: str, rest: str) -> str:
    varies = f'variability="{_varies(kind, causality)}"'
    closed = f"{rest}></{kind}>" if "<" in rest else f"{rest}/>"
    return f'<{kind} name="{name}" valueReference="{at}" causality="{causality}" {varies} {closed}'


def packed(file: Path, files: Mapping[str, str | bytes]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def exported(folder: Path, fmi: int, rows: Rows | None = None, fails: int = 0) -> Path:
    """The FMU of an FMI version, with these variables; `fails` says how it fails."""
    library = folder / f"{NAME}{fmi}{fails}{fmpy.sharedLibraryExtension}"
    if not library.exists():
        flags = ("-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", f"-I{HEADERS}")
        done("cc", *flags, f"-DFMI={fmi}", f"-DFAILS={fails}", SOURCE, "-o", library)
    return packed(
        folder / f"{NAME}{fmi}{fails}.fmu",
        {
            "modelDescription.xml": description(fmi, rows or variables(fmi)),
            f"binaries/{PLATFORM[fmi]}/{NAME}{fmpy.sharedLibraryExtension}": library.read_bytes(),
        },
    )
