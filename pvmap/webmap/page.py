"""A folium map that needs no network: Leaflet inlined from XStatic-Leaflet, our own assets beside it."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Element, Figure
from folium.template import Template
from xstatic.pkg import leaflet

from pvmap.foreign_text import script_json, visible
from pvmap.webmap.asset import asset

# In the order in which they build on each other.
SCRIPTS = (
    "core.js",
    "decode.js",
    "format.js",
    "cases.js",
    "classes.js",
    "filter.js",
    "record.js",
    "dataset.js",
    "sums.js",
    "measure.js",
    "dots.js",
    "polygons.js",
    "sites.js",
    "zones.js",
    "marks.js",
    "sheets.js",
    "beneath.js",
    "basemaps.js",
    "pointer.js",
    "popup.js",
    "panel.js",
    "escape.js",
    "layers.js",
    "ranges.js",
    "legend.js",
    "summary.js",
    "districts.js",
    "plan.js",
    "compare.js",
    "curve.js",
    "coordinates.js",
    "search.js",
    "csv.js",
    "order.js",
    "list.js",
    "table.js",
    "select.js",
    "picture.js",
    "help.js",
    "print.js",
    "link.js",
    "start.js",
)
STYLES = ("page.css", "panel.css", "print.css")
# A second wall behind the first: markup that found its way into the page could run no handler and ask for nothing.
POLICY = "; ".join(
    f"{what} 'none'"
    for what in ("script-src-attr", "connect-src", "object-src", "frame-src", "base-uri", "form-action")
)
_MIME = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}


def inline_css(text: str, folder: Path) -> str:
    """Replace every ``url(file)`` of a style sheet by the file itself as a data URI."""

    def embed(match: re.Match[str]) -> str:
        target = match.group(1).strip("'\"")
        if target.startswith(("data:", "#")):
            return match.group(0)
        path = folder / re.split(r"[?#]", target)[0]
        return f"url({data_uri(path)})"

    return re.sub(r"url\(([^)]+)\)", embed, text)


def inline_js(text: str) -> str:
    """Make a script safe inside a page: no source-map request, no premature end of the script element."""
    return re.sub(r"//[#@] sourceMappingURL=\S+", "", text).replace("</script", "<\\/script")


def data_uri(path: Path) -> str:
    """Turn a file into a data URI."""
    return f"data:{_MIME[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


class Verbatim(Element):
    """A piece of the page that stands there as it is: a value of a fixed template, never part of a template's source.

    Parameters
    ----------
    text
        Markup of ours, or data in it that `script_json` has made inert.
    """

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.text = text


class OfflineMap(folium.Map):
    """A ``folium.Map`` whose page holds everything it needs.

    Parameters
    ----------
    meta
        What the scripts need to know: texts, variables, banner; becomes ``pvmap.meta``.
    title
        Title of the page.
    **options
        Passed on to ``folium.Map``.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium declares it so
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, meta: dict[str, Any], title: str, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control="topright", **options)
        self._name = "OfflineMap"
        figure = cast(Figure, self.get_root())
        figure.title = html.escape(visible(title))
        head = figure.header
        vendor = Path(leaflet.BASE_DIR)
        css = inline_css((vendor / "leaflet.css").read_text(encoding="utf-8"), vendor)
        js = inline_js((vendor / "leaflet.js").read_text(encoding="utf-8"))
        head.add_child(Verbatim('<meta charset="utf-8">'), name="charset")
        head.add_child(Verbatim(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'), name="policy")
        head.add_child(Verbatim(f"<style>{css}</style>"), name="leaflet_css")
        head.add_child(Verbatim(f"<script>{js}</script>"), name="leaflet_js")
        for name in STYLES:
            head.add_child(Verbatim(f"<style>{asset(name)}</style>"), name=name)
        data = f'<script type="application/json" id="pvmap-meta">{script_json(meta)}</script>'
        head.add_child(Verbatim(data), name="meta")
        for name in SCRIPTS:
            head.add_child(Verbatim(f"<script>{inline_js(asset(name))}</script>"), name=name)

    def render(self, **kwargs: Any) -> str:
        """Render the panel and the beginning after all layers, whoever added them and when: they list what is there."""
        for name, child in list(self._children.items()):
            if getattr(child, "after_layers", False):
                self._children.move_to_end(name)
        return super().render(**kwargs)
