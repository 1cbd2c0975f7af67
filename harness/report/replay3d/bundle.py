"""Builds `bundle.js` again: `python -m hoverslam.harness.report.replay3d.bundle`. Needs npm; pages need nothing.

npm installs the versions of package-lock.json into a temporary folder, esbuild keeps what is used of three.js, and the
licence of three.js goes on top, as every page that is sent to someone is a copy of it.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hoverslam.harness.report.replay3d.files import BUILT_FROM, BUNDLE, sources_digest

HERE = Path(__file__).parent
ESBUILD = (
    "--bundle", "--minify", "--format=iife", "--global-name=hoverslam", "--target=es2020", "--charset=ascii",
    "--legal-comments=none",
)  # fmt: skip


def main() -> int:
    """Write bundle.js and the licence beside it."""
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("npm is not on the path; install Node.js 20 or newer to build the replay again\n")
        return 2
    with TemporaryDirectory() as made:
        work = Path(made)
        shutil.copytree(HERE / "src", work / "src")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work)
        subprocess.run((npm, "ci", "--no-audit", "--no-fund", "--silent"), cwd=work, check=True)
        esbuild = work / "node_modules" / ".bin" / "esbuild"
        subprocess.run((esbuild, "src/replay.js", *ESBUILD, f"--outfile={BUNDLE}"), cwd=work, check=True)
        licence = (work / "node_modules" / "three" / "LICENSE").read_text(encoding="utf-8").strip()
        script = (work / BUNDLE).read_text(encoding="utf-8")
    head = f"/*! {BUILT_FROM}{sources_digest()}\n\nIt contains three.js:\n\n{licence}\n*/\n"
    (HERE / BUNDLE).write_text(head + script, encoding="utf-8")
    (HERE / "LICENSE.three.txt").write_text(licence + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
