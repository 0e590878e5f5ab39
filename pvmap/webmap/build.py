"""From the tables of a run to ``maps/CITY/index.html``: read, pack, cut, encode."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.disk import aside
from pvmap.planning.publication import is_public
from pvmap.settings.city import Settings
from pvmap.sources.grid import Bounds
from pvmap.webmap.compare import comparison
from pvmap.webmap.data import MapData, Scope, read_data, scope_of
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
from pvmap.webmap.exclusions import Excluded, excluded
from pvmap.webmap.ground import Ground, read_ground
from pvmap.webmap.meta import moving, page_meta, priority
from pvmap.webmap.packing import Packing, packers, packing
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.scratch import Block, Each, perform, read_blocks
from pvmap.webmap.site_layers import SiteLayer, cutters, flatten_stretch
from pvmap.webmap.style import TARGET, Variable, names_only, variables
from pvmap.webmap.unsure import unsure
from pvmap.webmap.writing import Composed, write_file, write_folder
from pvmap.webmap.zones import level_block, levels, outlines, township_names, zone_codes
from pvmap.written import Tell, silent

if TYPE_CHECKING:
    from pvmap.webmap.page import OfflineMap

SMALL_LAYER = 2000  # sites; such a layer is one file, so that the first view does not ask for a hundred


class Share(NamedTuple):
    """What of a map a page is, where it is not all of it.

    Attributes
    ----------
    meta
        What the page's scripts know beside what they know of every map.
    scales
        Variables whose classes all pages share, by key.
    n_sites
        Where a row stands for many sites: how many, in a file. (row,)
    texts
        Texts that it has instead of others.
    bounds
        Where its sites lie, where not everywhere that its zones do. [m]
    lines
        What `ground.keep_lines` wrote, where many pages draw of the same waters and roads.
    """

    meta: dict[str, Any]
    scales: Mapping[str, Variable]
    n_sites: Path | None = None
    texts: Mapping[str, list[str]] = {}
    bounds: Bounds | None = None
    lines: Path | None = None


WHOLE_MAP = Share({}, {})


def build_map(
    processed: Path,
    maps: Path,
    settings: Settings,
    layout: Literal["file", "folder"] = "file",
    older: Path | None = None,
    raw: Path | None = None,
    each: Each = map,
    tell: Tell = silent,
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
    tell
        Called with a sentence where a page that is not as it was written is kept under another name.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If a table is missing or holds nothing to draw.
    """
    with makers_folder(processed) as scratch:
        made = compose(processed, settings, scratch, "tiles/" if layout == "folder" else "", older, raw, each)
        html = made.page.get_root().render()
        if layout == "folder":
            return write_folder(maps, html, made, tell)
        return write_file(maps / "index.html", html, made, tell)


@contextlib.contextmanager
def makers_folder(processed: Path) -> Iterator[Path]:
    """Give a folder for what the makers of a map hand each other, there until the map is written."""
    scratch = aside(processed / "map")
    try:
        scratch.mkdir()
        yield scratch
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
    share: Share = WHOLE_MAP,
) -> Composed:
    """Read a run and compose its map as `build_map` does.

    `scratch`: folder for what its makers hand each other, there until the map is written. `folder`: where the page
    looks for tiles, "" in itself. `share`: what of the map the page is.
    """
    scope = scope_of(processed, settings.map, public := settings if is_public(settings) else None)
    level, do = settings.map.deflate_level, partial(each, partial(perform, scratch))
    with ThreadPoolExecutor(1) as beside:  # what this process does itself it does while workers are at theirs
        reading = beside.submit(read_data, processed, settings.map, public, scope)
        texts, ground, exclusions, moved, *flat = do(_first_parts(scope, settings, raw, scratch, share))
        data = reading.result()
        cutting, packing_up = cutters(data, flat, scratch), packers(data.shown, data.names, scratch)
        coding = beside.submit(_coded, data, exclusions, settings, share.scales, scratch)
        done = list(do([*cutting, *packing_up]))
        layers, packed = done[: len(cutting)], packing(done[len(cutting) :], exclusions.shares)
        chosen, codes, zones = coding.result()
        told_of = PageParts(data, layers, chosen, packed, exclusions.clauses, moved, ground, folder)
        paging = beside.submit(_paged, told_of, settings, processed, older, share)
        overviews = [partial(encode_overview, layer, codes, data.zones.crs, level, share.n_sites) for layer in layers]
        whole = [partial(encode_whole, one, lot, level) for one in layers for lot in whole_lots(one, packed.columns)]
        tiles = [
            partial(encode_tiles, one, packed.columns, texts, some, level) for one in layers for some in stretches(one)
        ]
        encoded = iter(list(do([*overviews, *tiles, *whole])))
        page = paging.result()
    paths = [list(islice(encoded, len(parts))) for parts in (overviews, tiles, whole)]
    first = chain(ground.blocks(level), read_blocks(paths[0]), zones)
    small = {layer.kind for layer in layers if len(layer.numbered.rows) <= SMALL_LAYER}
    return Composed(page, first, read_blocks(paths[2]), read_blocks(paths[1]), small)


class PageParts(NamedTuple):
    """What a page is made of, for which workers have done their part."""

    data: MapData
    layers: list[SiteLayer]
    chosen: list[Variable]
    packed: Packing
    clauses: dict[str, str]
    moving: list[dict[str, Any]]
    ground: Ground
    folder: str


def _first_parts(
    scope: Scope, settings: Settings, raw: Path | None, scratch: Path, share: Share
) -> list[Callable[[], Any]]:
    """List what may be done before sites have numbers."""
    shown, crs, around = scope.shown, scope.zones.crs, share.bounds or _bounds(scope.zones)
    return [
        partial(keep_texts, shown, scratch / "texts"),
        Ground if raw is None else partial(read_ground, settings, raw, crs, around, share.lines),
        partial(excluded, shown, scratch),
        partial(moving, shown, settings),
        *(partial(flatten_stretch, shown, crs, rows, scratch) for rows in shown.stretches()),
    ]


def _coded(
    data: MapData, exclusions: Excluded, settings: Settings, scales: Mapping[str, Variable], scratch: Path
) -> tuple[list[Variable], list[Codes], list[Block]]:
    """Choose what colours the sites, keep its codes, and encode the zones."""
    data.sites["excluded_by"] = np.load(exclusions.by)
    chosen = [
        *variables(data.sites, settings.map.class_count, settings.planning.economics.coal_benchmark_cny_per_kwh),
        names_only("excluded_by", tuple(exclusions.clauses)),
    ]
    chosen = [scales.get(one.key, one) for one in chosen]
    return chosen, list(_codes(chosen, data, settings, scratch)), list(_zone_blocks(data, settings))


def _paged(of: PageParts, settings: Settings, processed: Path, older: Path | None, share: Share) -> OfflineMap:
    """Make the page, and all that its scripts know."""
    from pvmap.webmap.page_parts import folium_page  # folium takes long to load, and only who draws needs it

    data, numbers = of.data, np.zeros(len(of.data.sites), np.int64)
    for layer in of.layers:
        rows = layer.numbered.rows
        numbers[rows] = np.arange(len(rows))
    marks = priority(data.sites, numbers, settings.map.priority_count)
    meta = page_meta(data, settings, of.chosen, of.packed, of.clauses, marks, of.folder)
    meta |= targets_meta(processed, settings)
    meta |= {"moving": of.moving, "unsure": unsure(data, numbers)} | of.ground.meta()
    if older is not None:
        same = data if share.n_sites is None else replace(data, zones=data.zones[data.zones["level"] != "grid"])
        meta["compare"] = comparison(same, older, settings.city.utc_offset_hours)
    meta |= share.meta
    meta["texts"] |= share.texts
    return folium_page(meta, settings, cells=share.n_sites is not None)


def _bounds(zones: gpd.GeoDataFrame) -> Bounds:
    """Bounds in metres of the zones, in which every site lies."""
    west, south, east, north = (float(edge) for edge in zones.total_bounds)
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
    rings = outlines(data.districts, tolerance) if len(data.districts) else []
    named = [{"name": str(n), "rings": r} for n, r in zip(data.districts["name"], rings, strict=True)]
    yield "zones", "outlines", encoded_json(named, level)  # of no district too: a block that is not there is lost
    townships = township_names(data.sites)
    for number, name in enumerate(levels(data.zones)):
        yield "zones", f"level{number}", encoded_json(level_block(data.zones, name, townships, tolerance), level)
