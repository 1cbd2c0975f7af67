"""The file that says what variables of an FMU mean that are not called as the contract calls them.

ignore = ["debug"]                     # inputs that keep their start value, outputs that nobody reads
[inputs]
"u_gyro" = "imu_dangle_b_rad"          # also u_gyro[1], u_gyro[2], u_gyro[3]
[outputs]
"y1" = "fin_rad[1]"
[parameters]
"m0" = "stage.dry_mass_kg"
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hoverslam.harness.fmu.description import FmuDescription
from hoverslam.harness.fmu.errors import FmuError
from hoverslam.harness.fmu.names import nearest, split

IGNORE = "ignore"
TABLES = {"inputs": "input", "outputs": "output", "parameters": "parameter"}
"""The tables of the file, with the causality of the variables in each."""
MOST_BYTES = 2**20


class FmuMapping(NamedTuple):
    """Names for variables, by causality, and the variables that are left alone."""

    names: Mapping[str, Mapping[str, str]]
    ignored: frozenset[str]

    def name(self, causality: str, variable: str) -> str:
        """What a variable is called for us."""
        told, (base, subscripts) = self.names.get(causality, {}), split(variable)
        if variable in told:
            return told[variable]
        after = f"[{','.join(map(str, subscripts))}]" if subscripts else ""
        return told.get(base, base) + after

    def leaves(self, variable: str) -> bool:
        """Whether a variable is to be left alone."""
        return variable in self.ignored or split(variable)[0] in self.ignored


NO_MAPPING = FmuMapping({}, frozenset())


def read_mapping(file: Path, fmu: FmuDescription) -> FmuMapping:
    """The mapping in a file. Raises FmuError where it is wrong, or names a variable that the FMU does not have."""
    tree = _tree(file)
    for key in tree:
        if key != IGNORE and key not in TABLES:
            raise FmuError(f"{file}: {key}: no such key; it may have {', '.join([IGNORE, *TABLES])}")
    ignored = tree.get(IGNORE, [])
    _check(file, IGNORE, isinstance(ignored, list) and all(isinstance(one, str) for one in ignored), "a list of names")
    _check_there(file, IGNORE, ignored, fmu, ("input", "output"))
    for table, causality in TABLES.items():
        names = tree.get(table, {})
        right = isinstance(names, dict) and all(isinstance(one, str) for one in names.values())
        _check(file, table, right, "a table from names of the FMU to names of the contract")
        _check_there(file, table, names, fmu, (causality,))
    return FmuMapping({of: tree.get(table, {}) for table, of in TABLES.items()}, frozenset(ignored))


def _tree(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise FmuError(f"{file}: over {MOST_BYTES} bytes; a mapping is shorter; give the right file")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise FmuError(f"{file}: cannot be read ({error.strerror}); check its path") from None
    except (ValueError, RecursionError) as error:
        raise FmuError(f"{file}: is no TOML ({error}); see docs/fmu.md for an example") from None


def _check(file: Path, key: str, right: bool, kind: str) -> None:
    if not right:
        raise FmuError(f"{file}: {key}: must be {kind}; see docs/fmu.md for an example")


def _check_there(
    file: Path, key: str, names: Mapping[str, str] | list[str], fmu: FmuDescription, causalities: tuple[str, ...]
) -> None:
    known = {name: None for of in causalities for one in fmu.of(of) for name in (one.name, split(one.name)[0])}
    for name in names:
        if name not in known:
            which = " or ".join(causalities)
            raise FmuError(f"{file}: {key}: {fmu.file.name} has no {which} {name!r}; {nearest(name, known)}")
