"""What stands on a page: layers of the map, and sections of the panel in their order."""

from __future__ import annotations

from typing import Any

from pvmap.colours import KIND_COLOURS
from pvmap.settings.city import Settings
from pvmap.webmap.layers import BaseMap, Beneath, Difference, Hosting, Outlines, Priority, Sheets, SiteTiles, Zones
from pvmap.webmap.meta import ALL_EXCLUDED, NEVER
from pvmap.webmap.page import OfflineMap
from pvmap.webmap.panels import Frame, GroupedLayers, Section, Start

POLYGONS_FROM = {"rooftop": 15, "mine": 11, "fishpond": 12}
GROUPS = {"rooftop": "rooftops", "mine": "mines", "fishpond": "fishponds"}
# in the order of the panel; layers follow the legend
SECTIONS = (
    *(
        "banner",
        "sheets",
        "cases",
        "search",
        "compare",
        "summary",
        "legend",
        "district",
        "plan",
        "select",
        "curve",
        "link",
    ),
    *("table", "picture", "print", "help"),
)
OF_CELLS = ("select", "curve", "table", "print")  # those that are of single sites


def folium_page(meta: dict[str, Any], settings: Settings, *, cells: bool = False) -> OfflineMap:
    """Make the page of a map; `cells`: its sites are sums by cells, none of which is drawn or listed by itself."""
    (south, west), (north, east) = meta["bounds"]
    page = OfflineMap(
        meta,
        settings.city.title_zh,
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=10,
        zoom_snap=1,
        fade_animation=False,
    )
    page.add_child(Frame())
    page.add_child(BaseMap(None, text="layer.none", show=True))
    for number in range(len(settings.map.base_maps)):
        page.add_child(BaseMap(number, text=f"base_map.{number}", show=False))
    for what in meta.get("beneath", ()):
        page.add_child(Beneath(what, text=f"layer.{what}"))
    if meta["sun"]:
        page.add_child(Beneath("sun", text="layer.sun", show=False))
    page.add_child(Outlines("outlines", text="layer.outlines"))
    bare = any(one["key"] == ALL_EXCLUDED for one in meta["banner"]["warnings"])
    for kind in meta["kinds"]:
        look = {"dots_from": meta["dots_from"], "polygons_from": NEVER if cells else POLYGONS_FROM[kind]}
        page.add_child(
            SiteTiles(kind, kind, KIND_COLOURS[kind], text=f"layer.{kind}", group=GROUPS[kind], **look)  # type: ignore[arg-type]
        )
        if cells or kind not in meta["kinds_with_excluded"]:
            continue
        page.add_child(
            SiteTiles(
                f"excluded {kind}",
                kind,
                KIND_COLOURS[kind],
                excluded=True,
                text=f"layer.excluded.{kind}",
                group="excluded",
                show=bare,
                **(look | {"dots_from": 0} if bare else look),  # type: ignore[arg-type]
            )
        )
    if meta["levels"]:
        page.add_child(Zones("aggregates", None, text="aggregates.auto", show="compare" not in meta))
    for number, level in enumerate(meta["levels"]):
        known = level if level in ("district", "township", "grid") else f"area{number}"
        page.add_child(Zones(f"aggregates {known}", number, text=f"aggregates.{known}"))
    if meta["priority"]:
        page.add_child(Priority("priority", text="layer.priority"))
    if "compare" in meta:
        page.add_child(Difference("difference", text="layer.difference", show=True))
    if meta.get("hosting"):
        page.add_child(Hosting("hosting", text="layer.hosting"))
    has_cost = any(v["key"] == "lcoe_cny_per_kwh" for v in meta["variables"])
    if sheets := "sheets" in meta:
        page.add_child(Sheets("sheets", text="layer.sheets"))
    for section in SECTIONS:
        if cells and section in OF_CELLS:
            continue
        if {
            "curve": has_cost,
            "plan": "build_out" in meta,
            "compare": "compare" in meta,
            "sheets": sheets or "sheet" in meta,
        }.get(section, True):
            page.add_child(Section(section))
        if section == "legend":
            page.add_child(GroupedLayers())
    page.add_child(Start())
    return page
