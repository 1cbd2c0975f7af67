"""A page opened in the browser that `chromium` found, which notes everything it says and asks for.

Drawing is in software (SwiftShader), so that a machine without a graphics card sees what any other does.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, Playwright

from tests.harness.chromium import browser_path

SOFTWARE_GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_GL = ("--disable-3d-apis",)
LOADED_WITHIN_MS = 120_000
"""A deadline for a machine that is busy with other tests."""


@contextmanager
def browser(playwright: Playwright, *switches: str) -> Iterator[Browser]:
    """A headless browser; containers run it as root, which its sandbox refuses."""
    path = browser_path()
    opened = playwright.chromium.launch(executable_path=path, args=[*switches, "--no-sandbox"])
    try:
        yield opened
    finally:
        opened.close()


class Watched:
    """A page from a file, with its complaints and its requests."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri(), timeout=LOADED_WITHIN_MS)

    @property
    def asked_elsewhere(self) -> list[str]:
        """Requests that would leave the machine."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


@contextmanager
def opened(
    browser: Browser, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Watched]:
    """The page of a file in a window of its own."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    try:
        yield Watched(page, path)
    finally:
        page.close()


def until(page: Page, condition: str) -> None:
    """Wait for what a script says; the page forbids the evaluation that playwright's own wait needs."""
    held = page.evaluate(
        f"""async () => {{
          for (let i = 0; i < 2000 && !({condition}); i++) await new Promise((go) => setTimeout(go, 10));
          return {condition};
        }}"""
    )
    assert held, condition


def picture(page: Page, selector: str) -> Any:
    """What is seen of an element: rows, columns, and red, green, blue. Another page of the browser decodes the PNG."""
    shot = base64.b64encode(page.locator(selector).first.screenshot()).decode()
    browser = page.context.browser
    assert browser is not None
    with browser.new_page() as decoder:
        width, raw = decoder.evaluate(
            """async (png) => {
              const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
              const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
              canvas.drawImage(image, 0, 0);
              const { data } = canvas.getImageData(0, 0, image.width, image.height);
              let text = "";
              for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
              return [image.width, btoa(text)];
            }""",
            shot,
        )
    return np.frombuffer(base64.b64decode(raw), dtype=np.uint8).reshape(-1, width, 4)[:, :, :3].astype(int)


def colours(seen: Any) -> int:
    """How many different colours are in a picture, in steps of eight."""
    return len(np.unique(seen.reshape(-1, 3) // 8, axis=0))
