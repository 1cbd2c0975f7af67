"""A page that is whole in itself: head, policy, style, body, plotly, the numbers and the scripts that draw them.

Nothing is fetched: all of it is in the file, and a content security policy forbids the rest.
"""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hoverslam.harness.printable import IN_PLACE, printable

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"

ESCAPED = re.compile(r"(?P<whole>\\\\|\\ud[89ab]..\\ud[c-f]..)|\\u(?P<code>[0-9a-f]{4})")
"""A character that JSON escapes, by its code; a backslash and a pair are taken whole."""


def document(
    title: str, body: str, data: Mapping[str, Any], scripts: Sequence[str], styles: Sequence[str] = ("page.css",),
    policy: str = POLICY,
) -> str:  # fmt: skip
    """A whole page; `body` is HTML, `scripts` and `styles` are names of assets, the former draw `data`.

    Without scripts nothing is drawn, and plotly, which is most of a page's size, is left out.
    """
    return filled(
        "document.html",
        {
            "title": escape(printable(title)),
            "policy": policy,
            "style": "".join(map(asset, styles)),
            "body": printable(body, keep="\n\t"),
            "plotly": plotly_source() if scripts else "",
            "data": safe_json(data),
            "script": "\n".join(map(asset, scripts)),
        },
    )


def filled(name: str, parts: Mapping[str, str]) -> str:
    """An asset with its {{names}} replaced by HTML, each once: what is put in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], asset(name))


def safe_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in, and in whose texts every character is seen."""
    text = ESCAPED.sub(_seen, json.dumps(data, allow_nan=False, separators=(",", ":")))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _seen(match: re.Match[str]) -> str:
    return match[0] if match["whole"] or printable(chr(int(match["code"], 16))) != IN_PLACE else "\\ufffd"


def asset(name: str) -> str:
    """A file that is put into pages."""
    return files("hoverslam.harness.report").joinpath("assets", name).read_text(encoding="utf-8")


def plotly_source() -> str:
    """The plotly library, read from the installed package without importing it: that alone would cost a second."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package plotly is not installed; reports need it")
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")
