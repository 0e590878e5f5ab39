"""The sites of each kind as a layer of the map: polygons read some at a time, shared out over tiles and numbered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyproj
import shapely

from pvmap.colours import KIND_COLOURS
from pvmap.planning.publication import coarse_outlines, is_public
from pvmap.settings.city import Settings
from pvmap.webmap.data import MapData, read_shapes
from pvmap.webmap.shapes import Shapes, flatten, join, mercator
from pvmap.webmap.tiles import Cut, cut

TILE_ZOOM = {"rooftop": 14, "mine": 12, "fishpond": 13}


@dataclass(frozen=True)
class SiteLayer:
    """One kind of site, cut and numbered: ``rows`` are its rows in the joined table, in numbered order."""

    kind: str
    zoom: int
    shapes: Shapes
    parts: Cut
    rows: np.ndarray
    x: np.ndarray
    y: np.ndarray
    large: dict[int, shapely.Geometry]  # by number: what tiles hold in pieces only


def site_layers(processed: Path, data: MapData, settings: Settings) -> list[SiteLayer]:
    """Make the layers of a map, of the kinds that have sites."""
    crs = pyproj.CRS(data.zones.crs)
    kinds = data.sites["site_type"].to_numpy(object)
    flat: dict[str, list[Shapes]] = {kind: [] for kind in KIND_COLOURS}
    large: dict[int, shapely.Geometry] = {}  # by row
    first = 0
    for polygons in read_shapes(processed, data):
        if is_public(settings):
            polygons = coarse_outlines(polygons, settings.publication.coordinate_m)
        own = kinds[first : first + len(polygons)]
        for kind in set(own):
            rows = np.flatnonzero(own == kind)
            shapes = flatten(polygons[rows], crs, TILE_ZOOM[kind])
            flat[kind].append(replace(shapes, site=first + rows[shapes.site]))
            pieces = rows[np.unique(shapes.site[shapes.piece_tile >= 0])]
            large |= {first + int(row): polygons[row] for row in pieces}
        first += len(polygons)
    there = [kind for kind, shapes in flat.items() if shapes]
    return [_site_layer(data, kind, join(flat.pop(kind)), large) for kind in there]  # no outline stands in memory twice


def _site_layer(data: MapData, kind: str, shapes: Shapes, large: dict[int, shapely.Geometry]) -> SiteLayer:
    rows, zoom = np.flatnonzero(data.sites["site_type"] == kind), TILE_ZOOM[kind]
    shapes = replace(shapes, site=np.searchsorted(rows, shapes.site))
    place = data.sites[["longitude", "latitude"]].to_numpy(float)[rows]
    x, y = mercator(place[:, 0], place[:, 1], zoom)
    parts = cut(shapes, x, y, np.isin(rows, list(data.squares)))
    rows, x, y = rows[parts.order], x[parts.order], y[parts.order]
    in_pieces = {number: large[row] for number, row in enumerate(rows.tolist()) if row in large}
    return SiteLayer(kind, zoom, shapes, parts, rows, x, y, in_pieces)
