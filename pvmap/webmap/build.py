"""From the tables of a run to ``maps/CITY/index.html``: read, pack, cut, encode."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

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
from pvmap.webmap.meta import moving, page_meta, priority
from pvmap.webmap.packing import packers, packing
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.scratch import Block, Each, perform, read_blocks
from pvmap.webmap.site_layers import Flat, flatten_stretch, site_layers
from pvmap.webmap.style import TARGET, Variable, names_only, variables
from pvmap.webmap.unsure import unsure
from pvmap.webmap.writing import Composed, write_file, write_folder
from pvmap.webmap.zones import level_block, levels, outlines, township_names, zone_codes
from pvmap.written import Tell, silent

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
    """

    meta: dict[str, Any]
    scales: Mapping[str, Variable]
    n_sites: Path | None = None
    texts: Mapping[str, list[str]] = {}


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
    from pvmap.webmap.page_parts import folium_page  # folium takes long to load, and only who draws needs it

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
    chosen = [share.scales.get(one.key, one) for one in chosen]
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
        same = data if share.n_sites is None else replace(data, zones=data.zones[data.zones["level"] != "grid"])
        meta["compare"] = comparison(same, older, settings.city.utc_offset_hours)
    meta |= share.meta
    meta["texts"] |= share.texts
    codes, zones = list(_codes(chosen, data, settings, scratch)), list(_zone_blocks(data, settings))
    level = settings.map.deflate_level
    overviews = [partial(encode_overview, layer, codes, data.zones.crs, level, share.n_sites) for layer in layers]
    whole = [partial(encode_whole, one, lot, level) for one in layers for lot in whole_lots(one, packed.columns)]
    tiles = [
        partial(encode_tiles, one, packed.columns, texts, some, level) for one in layers for some in stretches(one)
    ]
    encoded = iter(list(each(partial(perform, scratch), [*overviews, *tiles, *whole])))
    paths = [list(islice(encoded, len(parts))) for parts in (overviews, tiles, whole)]
    first = chain(ground.blocks(level), read_blocks(paths[0]), zones)
    small = {kind for kind, own in rows.items() if len(own) <= SMALL_LAYER}
    return Composed(
        folium_page(meta, settings, cells=share.n_sites is not None),
        first,
        read_blocks(paths[2]),
        read_blocks(paths[1]),
        small,
    )


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
