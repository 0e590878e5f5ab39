"""How the browser tests drive a page: flags, hostile names, and a page that keeps account of itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROBES = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")
SCREENS = REPOSITORY / "build" / "screens"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "He said \"no\" & 'yes' `maybe` \\ {{ 7 * 7 }} {% raw %}",
    "line one\nline two\ttabbed",
    "\u202egnirts desrever\u202c مبنى",
    "长名" * 150,
    '=HYPERLINK("http://x")',
    "+1 @cmd",
)


class Watched:
    """A page with everything it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog: {d.message}"), d.dismiss()))

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        self.page.wait_for_function("window.pvmap && pvmap.readyAt")
        self.page.add_script_tag(content=PROBES)
        return self.page

    def remote(self) -> list[str]:
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]

    def shot(self, name: str) -> None:
        settle(self.page)
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")


@contextmanager
def watching(chromium: Browser, wide: int, high: int, timeout_ms: int = 60_000, **context: Any) -> Iterator[Watched]:
    """A page without a network; once it is left, the proof that it complained of nothing and asked nobody."""
    here = chromium.new_context(viewport={"width": wide, "height": high}, offline=True, **context)
    watched = Watched(here.new_page())
    watched.page.set_default_timeout(timeout_ms)
    yield watched
    assert watched.complaints == [] and watched.remote() == []
    assert all(one.locator("#pvmap-lost").count() == 0 for one in here.pages)
    here.close()


def settle(page: Page) -> None:
    """Wait until every layer has drawn."""
    page.evaluate("pvmap.idle()")


def go(page: Page, number: int, zoom: int, kind: str = "rooftop") -> None:
    page.evaluate(
        "([kind, n, z]) => void pvmap.state.map.setView(pvmap.datasets[kind].latLng(n), z, { animate: false })",
        [kind, number, zoom],
    )
    settle(page)


def show(page: Page, number: int, kind: str = "rooftop") -> None:
    page.evaluate("([kind, n]) => pvmap.show(pvmap.datasets[kind], n)", [kind, number])
    page.wait_for_selector(".pvmap-popup .pvmap-site")


def three_digits(value: float) -> Decimal:
    """A number as the map prints it: three significant digits, halves away from zero."""
    exact = Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), rounding=ROUND_HALF_UP) if exact else exact


def as_shown(value: float, text: str) -> Decimal:
    """What the map should print: three digits, but of a per cent no more than hundredths."""
    if "%" in text and abs(value) < 1:
        return Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return three_digits(value)


def printed(text: str) -> Decimal:
    return Decimal(re.match(r"-?[\d,.]+", text)[0].replace(",", ""))
