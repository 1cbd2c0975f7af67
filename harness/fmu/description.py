"""What the model description of an FMU says, as far as it decides whether and how it flies here."""

import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hoverslam.harness.fmu.archive import DESCRIPTION, description_of, opened
from hoverslam.harness.fmu.errors import FmuError

VERSIONS = (2, 3)
MOST_PROBLEMS = 3
"""Problems of a description that are told."""


class Variable(NamedTuple):
    """A variable of the FMU. `dimensions` is empty for a scalar."""

    name: str
    reference: int
    type: str
    causality: str
    dimensions: tuple[int, ...]


class FmuDescription(NamedTuple):
    """An FMU that can fly on this machine. `fixed_step_s`: its internal step, where it states one."""

    file: Path
    fmi: int
    name: str
    version: str
    token: str
    identifier: str
    fixed_step_s: float | None
    log_categories: tuple[str, ...]
    variables: tuple[Variable, ...]

    def of(self, causality: str) -> list[Variable]:
        """Its inputs, outputs or parameters."""
        return [one for one in self.variables if one.causality == causality]


def described(file: Path) -> FmuDescription:
    """What an FMU says of itself; nothing of it is run. Raises FmuError for one that cannot fly here."""
    with opened(file) as archive:
        model = _read(file, description_of(file, archive))
        _check_kind(file, model)
        _check_platform(file, model, archive.namelist())
    slave = model.coSimulation
    return FmuDescription(
        file,
        model.fmiMajorVersion,
        model.modelName,
        model.version or "",
        model.guid,
        slave.modelIdentifier,
        slave.fixedInternalStepSize,
        tuple(one.name for one in model.logCategories),
        tuple(Variable(v.name, v.valueReference, v.type, v.causality, v.shape or ()) for v in model.modelVariables),
    )


def _read(file: Path, data: bytes) -> Any:
    """FMPy's model of the description, which it checks against the schema of the standard."""
    from fmpy.model_description import ValidationError, read_model_description

    alone = BytesIO()  # of all files FMPy is given only the one that was checked
    with zipfile.ZipFile(alone, "w") as archive:
        archive.writestr(DESCRIPTION, data)
    try:
        return read_model_description(alone)
    except ValidationError as error:
        told = "; ".join(str(one)[:300] for one in error.problems[:MOST_PROBLEMS])
        raise FmuError(f"{file}: {DESCRIPTION} breaks the FMI standard: {told}; `fmpy validate` shows all") from None
    except Exception as error:  # noqa: BLE001  FMPy and lxml raise whatever they meet in a description that is wrong
        raise FmuError(f"{file}: {DESCRIPTION} cannot be read ({str(error)[:300]}); export it again") from None


def _check_kind(file: Path, model: Any) -> None:
    if model.fmiMajorVersion not in VERSIONS:
        raise FmuError(f"{file}: is of FMI {model.fmiVersion}; must be of 2.0 or 3.0; export it again as one of these")
    if model.coSimulation is None:
        raise FmuError(
            f"{file}: is for model exchange only; a flight program brings its own solver; export it for co-simulation"
        )
    if model.coSimulation.needsExecutionTool:
        raise FmuError(
            f"{file}: needs the tool that made it at run time (needsExecutionTool); export a stand-alone FMU"
        )


def _check_platform(file: Path, model: Any, names: list[str]) -> None:
    import fmpy

    folder = fmpy.platform if model.fmiMajorVersion == 2 else fmpy.platform_tuple
    binary = f"binaries/{folder}/{model.coSimulation.modelIdentifier}{fmpy.sharedLibraryExtension}"
    if binary in names:
        return
    there = [PurePosixPath(name).parts for name in names if not name.endswith("/")]
    platforms = sorted({parts[1] for parts in there if parts[0] == "binaries" and len(parts) > 2})
    sources = any(parts[0] == "sources" and len(parts) > 1 for parts in there)
    remedy = "`fmpy compile` builds one from its sources" if sources else "export it for this platform"
    raise FmuError(
        f"{file}: has no program for this machine ({binary}); platforms it has: {', '.join(platforms) or 'none'}; "
        + remedy
    )
