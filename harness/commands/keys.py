"""`hoverslam keys`: a CURVE key pair for flights over tcp, as two files."""

import os
from pathlib import Path

from hoverslam.harness.console.console import print_json, results
from hoverslam.harness.errors import UsageError
from hoverslam.harness.wire.curve import make_pair
from hoverslam.harness.wire.key_files import KeyFileError, write_pair


def keys_command(name: str, out: Path | None, *, as_json: bool) -> int:
    """Make the pair and say where it lies; the secret is never shown. Raises UsageError."""
    pair = make_pair()
    try:
        whole, public = write_pair(pair, out or key_folder(), name)
    except KeyFileError as error:
        raise UsageError(str(error)) from None
    if as_json:
        print_json({"exit_code": 0, "name": name, "public_key": pair.public, "pair": str(whole), "public": str(public)})
        return 0
    console = results()
    console.say(f"{whole}: both keys, for nobody else (mode 0600); load it where the flight program starts, or: --key")
    console.say(
        f"{public}: the public key; for the harness: hoverslam run --gnc wait --listen tcp://... --allow {public}"
    )
    return 0


def key_folder() -> Path:
    """Where keys lie unless said otherwise, as the XDG base directory specification has it."""
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if not base.is_absolute():
        base = Path(os.path.expanduser("~")) / ".config"  # noqa: PTH111  Path.home() raises where there is none
    return base / "hoverslam" / "keys"
