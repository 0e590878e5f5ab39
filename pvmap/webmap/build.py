"""From the tables of a run to ``maps/CITY/index.html``: read, pack, cut, encode."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pvmap.colours import KIND_COLOURS
from pvmap.disk import aside
from pvmap.planning.publication import is_public
from pvmap.settings.city import Settings
from pvmap.sources.grid import Bounds
from pvmap.webmap.compare import comparison
from pvmap.webmap.data import MapData, read_data
from pvmap.webmap.encoding import (
    Codes,
    encode_overview,
    encode_tiles,
    encode_whole,
    encoded_json,
    keep_texts,
    stretches,
    whole_lots,
)
from pvmap.webmap.exclusions import excluded
from pvmap.webmap.ground import Ground, read_ground
from pvmap.webmap.layers import BaseMap, Beneath, Difference, Hosting, Outlines, Priority, SiteTiles, Zones
from pvmap.webmap.meta import ALL_EXCLUDED, DOTS_FROM, moving, page_meta, priority
from pvmap.webmap.packing import packers, packing
from pvmap.webmap.page import OfflineMap
from pvmap.webmap.panels import Frame, GroupedLayers, Section, Start
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.scratch import Block, Each, perform, read_blocks
from pvmap.webmap.site_layers import Flat, flatten_stretch, site_layers
from pvmap.webmap.style import TARGET, Variable, names_only, variables
from pvmap.webmap.unsure import unsure
from pvmap.webmap.writing import Composed, write_file, write_folder
from pvmap.webmap.zones import level_block, levels, outlines, township_names, zone_codes

POLYGONS_FROM = {"rooftop": 15, "mine": 11, "fishpond": 12}
GROUPS = {"rooftop": "rooftops", "mine": "mines", "fishpond": "fishponds"}
SMALL_LAYER = 2000  # sites; such a layer is one file, so that the first view does not ask for a hundred
# in the order of the panel; layers follow the legend
SECTIONS = (
    *("banner", "cases", "search", "compare", "summary", "legend", "district", "plan", "select", "curve", "link"),
    *("table", "picture", "print", "help"),
)


def build_map(
    processed: Path,
    maps: Path,
    settings: Settings,
    layout: Literal["file", "folder"] = "file",
    older: Path | None = None,
    raw: Path | None = None,
    each: Each = map,
) -> Path:
    """Build the map of a city.

    Parameters
    ----------
    processed
        Run folder with sites, appraisal, zones, exclusions, run.json and, where given, districts.parquet.
    maps
        Folder to write to.
    settings
        Settings of the city.
    layout
        ``file``: one page that holds everything. ``folder``: the page, and its tiles in ``tiles/`` beside it.
    older
        Run folder to compare with: a layer shows what became more and what less.
    raw
        Folder of the city's input files, from which hills, waters and roads are drawn; without it none are.
    each
        Does a function with each of several arguments and gives the results in their order, as `map` does: how workers
        help.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If a table is missing or holds nothing to draw.
    """
    scratch = aside(processed / "map")
    try:
        scratch.mkdir()
        made = compose(processed, settings, scratch, "tiles/" if layout == "folder" else "", older, raw, each)
        html = made.page.get_root().render()
        return write_folder(maps, html, made) if layout == "folder" else write_file(maps, html, made)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def compose(
    processed: Path,
    settings: Settings,
    scratch: Path,
    folder: str = "",
    older: Path | None = None,
    raw: Path | None = None,
    each: Each = map,
) -> Composed:
    """Read a run and compose its map as `build_map` does.

    `scratch`: folder for what its makers hand each other, there until the map is written. `folder`: where the page
    looks for tiles, "" in itself.
    """
    data = read_data(processed, settings.map, settings if is_public(settings) else None)
    texts, ground, exclusions, moved, *rest = each(
        partial(perform, scratch), _first_parts(data, settings, raw, scratch)
    )
    flat = [one for one in rest if isinstance(one, Flat)]
    packed = packing([one for one in rest if not isinstance(one, Flat)], exclusions.shares)
    data.sites["excluded_by"] = np.load(exclusions.by)
    chosen = [
        *variables(data.sites, settings.map.class_count, settings.planning.economics.coal_benchmark_cny_per_kwh),
        names_only("excluded_by", tuple(exclusions.clauses)),
    ]
    layers = site_layers(data, flat, scratch)
    rows = {layer.kind: layer.numbered.rows for layer in layers}
    numbers = np.zeros(len(data.sites), np.int64)
    for own in rows.values():
        numbers[own] = np.arange(len(own))
    marks = priority(data.sites, numbers, settings.map.priority_count)
    meta = page_meta(data, settings, chosen, packed, exclusions.clauses, marks, folder)
    meta |= targets_meta(processed, settings)
    meta |= {"moving": moved, "unsure": unsure(data, numbers)} | ground.meta()
    if older is not None:
        meta["compare"] = comparison(data, older, settings.city.utc_offset_hours)
    codes, zones = list(_codes(chosen, data, settings, scratch)), list(_zone_blocks(data, settings))
    level = settings.map.deflate_level
    overviews = [partial(encode_overview, layer, codes, data.zones.crs, level) for layer in layers]
    whole = [partial(encode_whole, one, lot, level) for one in layers for lot in whole_lots(one, packed.columns)]
    tiles = [
        partial(encode_tiles, one, packed.columns, texts, some, level) for one in layers for some in stretches(one)
    ]
    encoded = iter(list(each(partial(perform, scratch), [*overviews, *tiles, *whole])))
    paths = [list(islice(encoded, len(parts))) for parts in (overviews, tiles, whole)]
    first = chain(ground.blocks(level), read_blocks(paths[0]), zones)
    small = {kind for kind, own in rows.items() if len(own) <= SMALL_LAYER}
    return Composed(_folium_page(meta, settings), first, read_blocks(paths[2]), read_blocks(paths[1]), small)


def _first_parts(data: MapData, settings: Settings, raw: Path | None, scratch: Path) -> list[Callable[[], Any]]:
    """List what may be done before sites have numbers."""
    shown, crs = data.shown, data.zones.crs
    return [
        partial(keep_texts, shown, scratch / "texts"),
        Ground if raw is None else partial(read_ground, settings, raw, crs, _bounds(data)),
        partial(excluded, shown, scratch),
        partial(moving, shown, settings),
        *packers(shown, data.names, scratch),
        *(partial(flatten_stretch, shown, crs, rows, scratch) for rows in shown.stretches()),
    ]


def _bounds(data: MapData) -> Bounds:
    """Bounds in metres of the zones, in which every site lies."""
    west, south, east, north = (float(edge) for edge in data.zones.total_bounds)
    return west, south, east, north


def _class_numbers(data: MapData, variable: Variable) -> np.ndarray:
    """Values a variable codes: numbers, or for a qualitative one class numbers with -1 for none."""
    column = data.sites[variable.key]
    carries = data.sites["capacity_kwp"].to_numpy(float) > 0
    if variable.edges:
        values = column.to_numpy(float, na_value=np.nan)
        return np.where(carries, values, np.nan) if variable.listed else values
    if variable.key == "excluded_by":
        return column.to_numpy(float)
    if variable.key == "at_grid_parity" or variable.key.startswith(TARGET):
        return np.where(carries, column.astype("float64").fillna(-1), -1.0)  # without modules there is no parity
    at = {name: i for i, name in enumerate(variable.classes)}
    codes, names = pd.factorize(column)
    return np.array([*(at.get(name, -1) for name in names), -1], float)[codes]  # no name has the code -1


def _codes(chosen: list[Variable], data: MapData, settings: Settings, scratch: Path) -> Iterator[Codes]:
    """Keep the codes of variables and zones, by which the page colours, filters and adds up."""
    every = ((one.key, one.codes(_class_numbers(data, one))) for one in chosen)
    zones = zone_codes(data.sites, data.zones, settings.planning.grid_cell_m)
    for number, (name, values) in enumerate(chain(every, ((f"zone_{level}", of) for level, of in zones.items()))):
        np.save(scratch / f"codes{number}.npy", values)
        yield Codes(name, scratch / f"codes{number}.npy")


def _zone_blocks(data: MapData, settings: Settings) -> Iterator[Block]:
    tolerance, level = settings.map.outline_tolerance_m, settings.map.deflate_level
    if len(data.districts):
        rings = outlines(data.districts, tolerance)
        named = [{"name": str(n), "rings": r} for n, r in zip(data.districts["name"], rings, strict=True)]
        yield "zones", "outlines", encoded_json(named, level)
    townships = township_names(data.sites)
    for number, name in enumerate(levels(data.zones)):
        yield "zones", f"level{number}", encoded_json(level_block(data.zones, name, townships, tolerance), level)


def _folium_page(meta: dict[str, Any], settings: Settings) -> OfflineMap:
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
        look = {"dots_from": DOTS_FROM, "polygons_from": POLYGONS_FROM[kind]}
        page.add_child(
            SiteTiles(kind, kind, KIND_COLOURS[kind], text=f"layer.{kind}", group=GROUPS[kind], **look)  # type: ignore[arg-type]
        )
        if kind not in meta["kinds_with_excluded"]:
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
    for section in SECTIONS:
        if {"curve": has_cost, "plan": "build_out" in meta, "compare": "compare" in meta}.get(section, True):
            page.add_child(Section(section))
        if section == "legend":
            page.add_child(GroupedLayers())
    page.add_child(Start())
    return page
