"""Take the pictures of README and guide with the browser of the tests, from the demo's map, its check, a comparison.

pvmap map demo && pvmap check demo --html check.html && cp -r maps/demo plain
pvmap map demo --compare OLD_RUN    # of a run with other settings; into maps/demo too
python tests/browser/pictures.py plain/index.html check.html maps/demo/index.html
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from browser.harness import CHROMIUM, FLAGS, Watched, settle  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

PLACE = TESTS.parent / "docs" / "zh"
SELECT = """() => {
  const [[south, west], [north, east]] = pvmap.meta.bounds, wide = 0.12;
  pvmap.setVariable("capacity_kwp");
  const corner = ([y, x]) => L.latLng((south + north) / 2 + y * wide, (west + east) / 2 + x * wide);
  pvmap.select([[-1, -1], [-1, 1], [1, 1.3], [1, -0.6]].map(corner));
}"""
VIEW = {"width": 1366, "height": 768}
WIDE = {"width": 1600, "height": 900}
PAPER = {"width": 1123, "height": 794}  # A4 at 96 dots an inch


def main(index: Path, check: Path | None = None, compared: Path | None = None) -> None:
    """Take every picture; those of the check and of the comparison where their pages are given."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=WIDE, offline=True)
        page = context.new_page()
        page.set_default_timeout(60_000)
        Watched(page).open(index.resolve())
        shoot(page, "../map", WIDE)
        page.set_viewport_size(VIEW)  # type: ignore[arg-type]
        page.click("#pvmap-tool-home")
        shoot(page, "first_view")
        fly_to(page, "rooftop-B0000305")
        page.wait_for_selector(".pvmap-popup .pvmap-site")
        shoot(page, "one_roof")
        page.click(".pvmap-popup .leaflet-popup-close-button")  # a key would show the cross of who uses keys
        page.select_option("#pvmap-district-choice", label="丹阳市")
        settle(page)
        page.evaluate("document.getElementById('pvmap-district').scrollIntoView()")
        shoot(page, "district")
        page.evaluate("document.getElementById('pvmap-banner').scrollIntoView()")
        page.click("#pvmap-tool-home")
        page.select_option("#pvmap-variable", "at_grid_parity")
        page.evaluate("document.getElementById('pvmap-legend').scrollIntoView()")
        shoot(page, "parity")
        page.evaluate(SELECT)
        page.wait_for_selector("#pvmap-selection-csv")
        page.evaluate("document.getElementById('pvmap-selection').scrollIntoView()")
        shoot(page, "selection")
        page.evaluate("pvmap.select(null)")
        page.select_option("#pvmap-variable", "capacity_kwp")
        page.click("#pvmap-tool-home")
        page.set_viewport_size(PAPER)  # type: ignore[arg-type]
        settle(page)
        page.evaluate("pvmap.preparePrint()")
        print_first_sheet(page, "print")
        page.evaluate("pvmap.endPrint()")
        if compared is not None:
            Watched(page).open(compared.resolve())
            shoot(page, "comparison")
        if check is not None:
            page.set_viewport_size(VIEW)  # type: ignore[arg-type]
            page.goto(check.resolve().as_uri())
            page.screenshot(path=PLACE / "check.png")
            lighten(PLACE / "check.png")
        browser.close()


def fly_to(page: Page, asked: str) -> None:
    """Search, and take the best hit."""
    page.fill("#pvmap-query", asked)
    page.wait_for_selector("#pvmap-found button")
    page.press("#pvmap-query", "Enter")


def shoot(page: Page, name: str, size: dict[str, int] = VIEW) -> None:
    """Take a picture once nothing moves any more."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.wait_for_timeout(300)  # the page takes a moment to follow its window
    settle(page)
    page.screenshot(path=PLACE / f"{name}.png")
    lighten(PLACE / f"{name}.png")


def print_first_sheet(page: Page, name: str) -> None:
    """Print to paper, and take a picture of the first sheet."""
    with TemporaryDirectory() as folder:
        page.pdf(path=Path(folder) / "sheets.pdf", prefer_css_page_size=True, print_background=True)
        sheet = [Path(folder) / "sheets.pdf", PLACE / name]
        subprocess.run(["pdftoppm", "-png", "-r", "96", "-f", "1", "-singlefile", *sheet], check=True)
    lighten(PLACE / f"{name}.png")


def lighten(path: Path) -> None:
    """Store a picture with 256 colours, those of small things among them."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
