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

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


def document(
    title: str, body: str, data: Mapping[str, Any], scripts: Sequence[str], styles: Sequence[str] = ("page.css",)
) -> str:
    """A whole page; `body` is HTML, `scripts` and `styles` are names of assets, the former draw `data`."""
    return filled(
        "document.html",
        {
            "title": escape(title),
            "policy": POLICY,
            "style": "".join(map(asset, styles)),
            "body": body,
            "plotly": plotly_source(),
            "data": safe_json(data),
            "script": "\n".join(map(asset, scripts)),
        },
    )


def filled(name: str, parts: Mapping[str, str]) -> str:
    """An asset with its {{names}} replaced by HTML, each once: what is put in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], asset(name))


def safe_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def asset(name: str) -> str:
    """A file that is put into pages."""
    return files("harness.report").joinpath("assets", name).read_text(encoding="utf-8")


def plotly_source() -> str:
    """The plotly library, read from the installed package without importing it: that alone would cost a second."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package plotly is not installed; reports need it")
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")
