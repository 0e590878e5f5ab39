"""The sites of each kind as a layer of the map: outlines flattened by workers, shared out over tiles and numbered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyproj
import shapely

from pvmap.colours import KIND_COLOURS
from pvmap.webmap.data import MapData
from pvmap.webmap.scratch import keep, kept
from pvmap.webmap.shapes import Shapes, flatten, join, mercator
from pvmap.webmap.shown import Shown
from pvmap.webmap.tiles import Cut, cut

TILE_ZOOM = {"rooftop": 14, "mine": 12, "fishpond": 13}


class Flat(NamedTuple):
    """Outlines of a stretch of sites in tile units: a folder of each kind, and those that tiles hold in pieces only."""

    folders: dict[str, Path]
    large: dict[int, shapely.Geometry]  # by number of the sites shown


@dataclass(frozen=True)
class Numbered:
    """Arrays of a layer by number.

    Attributes
    ----------
    rows
        Its rows among the sites shown. (site,)
    x, y
        Representative points in tile units. (site,)
    """

    rows: np.ndarray
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Placed:
    """Sites of a layer before they have numbers.

    Attributes
    ----------
    rows
        Its rows among the sites shown. (site,)
    longitude, latitude
        Representative points. (site,)
    under
        Which are squares that stand for a masked site. (site,)
    """

    rows: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    under: np.ndarray


@dataclass(frozen=True)
class SiteLayer:
    """One kind of site, cut and numbered; arrays are kept in files, for whoever encodes some of it."""

    kind: str
    folder: Path
    large: dict[int, shapely.Geometry]  # by number: what tiles hold in pieces only

    @property
    def zoom(self) -> int:
        """Zoom of its tiles."""
        return TILE_ZOOM[self.kind]

    @property
    def shapes(self) -> Shapes:
        """Its polygons."""
        return kept(Shapes, self.folder / "shapes")

    @property
    def parts(self) -> Cut:
        """Which site lies in which tile."""
        return kept(Cut, self.folder / "cut")

    @property
    def numbered(self) -> Numbered:
        """Its sites."""
        return kept(Numbered, self.folder / "numbered")


def flatten_stretch(shown: Shown, crs: Any, rows: slice, scratch: Path) -> Flat:
    """Flatten the outlines of some rows of the table of sites, and keep them in files."""
    first, polygons, kinds = shown.outlines(rows)
    folders: dict[str, Path] = {}
    large: dict[int, shapely.Geometry] = {}
    for kind in KIND_COLOURS:
        own = np.flatnonzero(kinds == kind)
        if not len(own):
            continue
        shapes = flatten(polygons[own], pyproj.CRS(crs), TILE_ZOOM[kind])
        pieces = own[np.unique(shapes.site[shapes.piece_tile >= 0])]
        large |= {first + int(row): polygons[row] for row in pieces}
        folders[kind] = scratch / f"{kind}-{rows.start}"
        keep(folders[kind], vars(replace(shapes, site=first + own[shapes.site])).items())
    return Flat(folders, large)


def cutters(data: MapData, flat: Sequence[Flat], scratch: Path) -> list[Callable[[], SiteLayer]]:
    """List what makes the layers of a map, of the kinds that have sites, of all stretches of outlines."""
    large = {row: shape for one in flat for row, shape in one.large.items()}
    parts: list[Callable[[], SiteLayer]] = []
    for kind in KIND_COLOURS:
        if folders := [one.folders[kind] for one in flat if kind in one.folders]:
            rows = np.flatnonzero(data.sites["site_type"] == kind)
            own = {row: shape for row, shape in large.items() if data.sites["site_type"].iloc[row] == kind}
            longitude, latitude = (data.sites[name].to_numpy(float)[rows] for name in ("longitude", "latitude"))
            placed = Placed(rows, longitude, latitude, np.isin(rows, list(data.shown.squares)))
            keep(scratch / kind / "placed", vars(placed).items())
            parts.append(partial(cut_layer, kind, folders, own, scratch / kind))
    return parts


def cut_layer(kind: str, folders: list[Path], large: dict[int, shapely.Geometry], folder: Path) -> SiteLayer:
    """Share the sites of a kind out over tiles and number them."""
    placed = kept(Placed, folder / "placed")
    keep(folder / "shapes", join([kept(Shapes, one) for one in folders]))
    shapes = kept(Shapes, folder / "shapes")
    shapes = replace(shapes, site=np.searchsorted(placed.rows, shapes.site))
    x, y = mercator(placed.longitude, placed.latitude, TILE_ZOOM[kind])
    parts = cut(shapes, x, y, placed.under)
    rows = placed.rows[parts.order]
    keep(folder / "cut", vars(parts).items())
    keep(folder / "numbered", vars(Numbered(rows, x[parts.order], y[parts.order])).items())
    numbers = np.flatnonzero(np.isin(rows, list(large))).tolist()
    return SiteLayer(kind, folder, {number: large[int(rows[number])] for number in numbers})
