"""The script and the style of the replay, as they go into a page, and what the script was built from."""

import hashlib
from importlib.resources import files

FOLDER = files("hoverslam.harness.report.replay3d")
BUNDLE, STYLE = "bundle.js", "replay.css"
BUILT_FROM = "Built from "


def replay_script() -> str:
    """The component with three.js inside, as one classic script that defines `hoverslam.replay`."""
    return FOLDER.joinpath(BUNDLE).read_text(encoding="utf-8").replace("</script", "<\\/script")


def replay_style() -> str:
    """Its style; colours are the custom properties of the page."""
    return FOLDER.joinpath(STYLE).read_text(encoding="utf-8")


def sources_digest() -> str:
    """SHA-256 over what the script is built from: our modules and the pinned packages. The script states it."""
    sources = sorted(entry.name for entry in FOLDER.joinpath("src").iterdir() if entry.name.endswith(".js"))
    digest = hashlib.sha256()
    for name in (*(f"src/{source}" for source in sources), "package.json", "package-lock.json"):
        digest.update(f"{name}\n".encode())
        digest.update(FOLDER.joinpath(*name.split("/")).read_bytes())
    return digest.hexdigest()
