"""From the tables of a run to ``maps/CITY/index.html``: read, pack, cut, encode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.colours import KIND_COLOURS
from pvmap.planning.publication import OF_TRANSFORMERS, coarse_places, districts_only, is_public
from pvmap.settings.city import Settings
from pvmap.sources.grid import Bounds
from pvmap.webmap.columns import WHOLE, Packed, pack
from pvmap.webmap.compare import comparison
from pvmap.webmap.data import MapData, read_data
from pvmap.webmap.ground import Ground, read_ground
from pvmap.webmap.layers import BaseMap, Beneath, Difference, Hosting, Outlines, Priority, SiteTiles, Zones
from pvmap.webmap.meta import DOTS_FROM, moving, page_meta, priority
from pvmap.webmap.overview import overview
from pvmap.webmap.page import OfflineMap
from pvmap.webmap.panels import Frame, GroupedLayers, Section, Start
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.site_layers import SiteLayer, site_layers
from pvmap.webmap.style import TARGET, Variable, names_only, variables
from pvmap.webmap.tiles import deflate, encode, whole_block
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

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If a table is missing or holds nothing to draw.
    """
    made = compose(processed, settings, "tiles/" if layout == "folder" else "", older, raw)
    html = made.page.get_root().render()
    return write_folder(maps, html, made) if layout == "folder" else write_file(maps, html, made)


def compose(
    processed: Path, settings: Settings, folder: str = "", older: Path | None = None, raw: Path | None = None
) -> Composed:
    """Read a run and compose its map as `build_map` does; `folder`: where the page looks for tiles, "" in itself."""
    data = read_data(processed, settings.map)
    if is_public(settings):
        shown = None if data.hosting is None else districts_only(data.hosting)
        data = replace(data, sites=coarse_places(data.sites, settings), hosting=shown, hidden=OF_TRANSFORMERS)
    chosen = [
        *variables(data.sites, settings.map.class_count, settings.planning.economics.coal_benchmark_cny_per_kwh),
        _exclusion_variable(data),
    ]
    # before outlines and packed columns stand in memory: both need much for a while
    ground = Ground() if raw is None else read_ground(settings, raw, data.zones.crs, _bounds(data))
    moved = moving(data, settings)
    layers = site_layers(processed, data, settings)
    order = np.concatenate([layer.rows for layer in layers])
    packed, words = pack(data.names, data.column, data.shares, order)
    numbers = np.zeros(len(data.sites), np.int64)
    for layer in layers:
        numbers[layer.rows] = np.arange(len(layer.rows))
    marks = priority(data.sites, numbers, settings.map.priority_count)
    meta = page_meta(data, settings, chosen, words, packed, marks, folder) | targets_meta(processed, settings)
    meta |= {"moving": moved, "unsure": unsure(data, numbers)} | ground.meta()
    if older is not None:
        meta["compare"] = comparison(data, older, settings.city.utc_offset_hours)
    first = [
        *ground.blocks(settings.map.deflate_level),
        *_overviews(layers, chosen, data, settings),
        *_zone_blocks(data, settings),
    ]
    words_of = data.sites[["site_id", "name"]].iloc[order]
    tiles = _tile_blocks(layers, words_of, packed, settings)
    small = {layer.kind for layer in layers if len(layer.rows) <= SMALL_LAYER}
    whole = _whole_blocks(layers, packed, settings.map.deflate_level)
    return Composed(_folium_page(meta, settings), first, whole, tiles, small)


def _bounds(data: MapData) -> Bounds:
    """Bounds in metres of the zones, in which every site lies."""
    west, south, east, north = (float(edge) for edge in data.zones.total_bounds)
    return west, south, east, north


def _exclusion_variable(data: MapData) -> Variable:
    return names_only("excluded_by", tuple(data.clauses))


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
    return column.map(at).fillna(-1).to_numpy(float)


def _overviews(
    layers: list[SiteLayer], chosen: list[Variable], data: MapData, settings: Settings
) -> Iterator[tuple[str, str, str]]:
    codes = {v.key: v.codes(_class_numbers(data, v)) for v in chosen}
    zones = zone_codes(data.sites, data.zones, settings.planning.grid_cell_m)
    codes |= {f"zone_{level}": values for level, values in zones.items()}
    level = settings.map.deflate_level
    for layer in layers:
        mine = {key: values[layer.rows] for key, values in codes.items()}
        raw = overview(layer.zoom, layer.parts, layer.x, layer.y, mine, list(layer.large))
        yield layer.kind, "overview", deflate(raw, level)
        if layer.large:
            shapes = gpd.GeoDataFrame(geometry=list(layer.large.values()), crs=data.zones.crs)
            yield layer.kind, "large", _json(outlines(shapes, 0.0), level)


def _json(value: Any, level: int) -> str:
    return deflate(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), level)


def _zone_blocks(data: MapData, settings: Settings) -> Iterator[tuple[str, str, str]]:
    tolerance, level = settings.map.outline_tolerance_m, settings.map.deflate_level
    if len(data.districts):
        rings = outlines(data.districts, tolerance)
        named = [{"name": str(n), "rings": r} for n, r in zip(data.districts["name"], rings, strict=True)]
        yield "zones", "outlines", _json(named, level)
    townships = township_names(data.sites)
    for number, name in enumerate(levels(data.zones)):
        yield "zones", f"level{number}", _json(level_block(data.zones, name, townships, tolerance), level)


def _whole_blocks(layers: list[SiteLayer], packed: list[Packed], level: int) -> Iterator[tuple[str, str, str]]:
    """Encode the columns that stand whole; as tiles, they stand in the order of the layers and their numbers."""
    first = 0
    for layer in layers:
        own = slice(first, first := first + len(layer.rows))
        for one in packed:
            if one.name in WHOLE and (raw := whole_block(replace(one, values=one.values[own]))):
                yield layer.kind, f"whole_{one.name}", deflate(raw, level)


def _tile_blocks(
    layers: list[SiteLayer], texts: pd.DataFrame, packed: list[Packed], settings: Settings
) -> Iterator[tuple[str, str, str, str]]:
    """Encode the tiles of layers; identifiers, names and columns stand in the order of the layers and their numbers."""
    first = 0
    for layer in layers:
        own = slice(first, first := first + len(layer.rows))
        mine = [replace(one, values=one.values[own]) for one in packed]
        ids, names = (texts[column].array[own] for column in texts)
        for key, tile, text in encode(
            layer.kind, layer.zoom, layer.shapes, layer.parts, mine, ids, names, settings.map.deflate_level
        ):
            yield layer.kind, key, tile, text


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
                show=False,
                **look,  # type: ignore[arg-type]
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
