"""Take the pictures of the Chinese guide with the browser of the tests, from the demo's map and the page of its check.

pvmap map demo && pvmap check demo --html check.html
python tests/browser/pictures.py maps/demo/index.html check.html
"""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from browser.harness import CHROMIUM, FLAGS, Watched, settle  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

PLACE = TESTS.parent / "docs" / "zh"
VIEW = {"width": 1366, "height": 768}


def main(index: Path, check: Path) -> None:
    """Take every picture."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=VIEW, offline=True)
        page = context.new_page()
        page.set_default_timeout(60_000)
        Watched(page).open(index.resolve())
        shoot(page, "first_view")
        fly_to(page, "rooftop-B0000305")
        page.wait_for_selector(".pvmap-popup .pvmap-site")
        shoot(page, "one_roof")
        page.keyboard.press("Escape")
        fly_to(page, "丹阳市")
        shoot(page, "district")
        page.goto(check.resolve().as_uri())
        shoot(page, "check", ready=False)
        browser.close()


def fly_to(page: Page, asked: str) -> None:
    """Search, and take the best hit."""
    page.fill("#pvmap-query", asked)
    page.wait_for_selector("#pvmap-found button")
    page.press("#pvmap-query", "Enter")


def shoot(page: Page, name: str, ready: bool = True) -> None:
    """Take a picture once nothing moves any more."""
    if ready:
        settle(page)
    page.screenshot(path=PLACE / f"{name}.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
