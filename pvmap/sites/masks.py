"""Ground that may not be used: a bureau's own polygons or rasters, each with the clause that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from rasterio.features import shapes
from shapely.geometry import shape

from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import Mask, RasterInput, VectorInput
from pvmap.sites.ledger import Ledger
from pvmap.sources.grid import Bounds, Grid, widened
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.vector import VectorLayer, read_vector
from pvmap.tables.vocabulary import SITE_TYPES

LATTICE_M = 1000.0
MOST_SQUARES = 250_000  # 500 km x 500 km
LARGE = 500  # vertices above which a polygon is cut along the lattice


@dataclass(frozen=True)
class LoadedMask:
    """One mask in the metric CRS.

    Attributes
    ----------
    name
        Short reason, shown on the map.
    clause
        The rule that excludes, with its source and mark.
    polygons
        Excluded ground, already widened by the mask's buffer; may overlap each other.
    applies_to
        Kinds of site it binds.
    """

    name: str
    clause: str
    polygons: np.ndarray
    applies_to: tuple[str, ...] = SITE_TYPES
    tree: shapely.STRtree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", shapely.STRtree(self.polygons))

    def over(self, geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the geometries the mask meets: their positions and, for each, the mask's polygons there as one."""
        meets, polygons = self.tree.query(geometries, predicate="intersects")
        positions, first = np.unique(meets, return_index=True)
        order = np.argsort(meets, kind="stable")
        groups = (
            np.split(self.polygons[polygons[order]], np.searchsorted(meets[order], positions)[1:]) if len(first) else []
        )
        return positions, np.array([g[0] if len(g) == 1 else shapely.union_all(g) for g in groups], object)


def load_masks(masks: Sequence[Mask], raw: Path, crs: CRS, bounds: Bounds) -> tuple[LoadedMask, ...]:
    """Read the masks a city file names, in its order; masks without a file are left to `not_checked`.

    Large polygons and rasters are cut along a lattice of 1 km that begins at the origin of the CRS, so that neither a
    province's polygons slow down every site nor the window changes a number.

    Parameters
    ----------
    masks
        ``settings.masks``.
    raw
        Folder of the city's inputs.
    crs
        Metric CRS of the sites.
    bounds
        Window of the sites [m].

    Raises
    ------
    ConfigError
        A mask that binds an unknown kind of site, or a raster mask without values.
    InputError
        A mask's file that cannot be read.
    """
    loaded = []
    for mask in masks:
        if unknown := sorted(set(mask.applies_to) - set(SITE_TYPES)):
            raise ConfigError(
                f"masks ({mask.name}): applies_to = {unknown[0]!r} is no kind of site; use {', '.join(SITE_TYPES)}."
            )
        found = [np.empty(0, object)]
        if mask.input is not None:
            found.append(_vector_pieces(mask.input, mask.buffer_m, raw, crs, bounds))
        if mask.raster is not None:
            found.append(_raster_pieces(mask, mask.raster, raw, crs, bounds))
        if len(found) > 1:
            loaded.append(LoadedMask(mask.name, mask.clause, np.concatenate(found), mask.applies_to))
    return tuple(loaded)


def _vector_pieces(source: VectorInput, buffer_m: float, raw: Path, crs: CRS, bounds: Bounds) -> np.ndarray:
    """Polygons of a layer that meet the window, widened; large ones in pieces of the lattice."""
    polygons, tree = _polygons(*_key(source, raw, crs), kinds_of(buffer_m))
    found = polygons[np.sort(tree.query(shapely.box(*widened(bounds, buffer_m)), predicate="intersects"))]
    if buffer_m:
        found = shapely.buffer(found, buffer_m, quad_segs=8)
    large = shapely.get_num_coordinates(found) > LARGE
    if not large.any():
        return found
    squares = _lattice(_common(bounds, shapely.total_bounds(found[large])))
    piece, square = shapely.STRtree(squares).query(found[large], predicate="intersects")
    pieces = polygonal(shapely.intersection(found[large][piece], squares[square]))
    return np.concatenate([found[~large], pieces[~shapely.is_empty(pieces)]])


def mask_layer(source: VectorInput, buffer_m: float, raw: Path, crs: CRS) -> VectorLayer:
    """Read a mask's layer, once a process and change of its file."""
    return _layer(*_key(source, raw, crs), kinds_of(buffer_m))


def _key(source: VectorInput, raw: Path, crs: CRS) -> tuple[str, Path, str, int]:
    path = raw / source.path
    changed = path.stat().st_mtime_ns if path.exists() else 0  # absent: the reader says so
    return source.model_dump_json(), raw, crs.to_wkt(), changed


@lru_cache(maxsize=8)
def _layer(source_json: str, raw: Path, crs_wkt: str, changed: int, kinds: tuple[str, ...]) -> VectorLayer:
    return read_vector(VectorInput.model_validate_json(source_json), raw, CRS.from_wkt(crs_wkt), kinds=kinds)


@lru_cache(maxsize=8)
def _polygons(
    source_json: str, raw: Path, crs_wkt: str, changed: int, kinds: tuple[str, ...]
) -> tuple[np.ndarray, shapely.STRtree]:
    """Index a layer once a process: every tile asks for its window of the same."""
    polygons = _layer(source_json, raw, crs_wkt, changed, kinds).features.geometry.to_numpy()
    return polygons, shapely.STRtree(polygons)


def kinds_of(buffer_m: float) -> tuple[str, ...]:
    """Kinds of geometry that exclude ground: with a buffer points and lines do too."""
    return ("Polygon", "LineString", "Point") if buffer_m else ("Polygon",)


def _raster_pieces(mask: Mask, source: RasterInput, raw: Path, crs: CRS, bounds: Bounds) -> np.ndarray:
    """Outlines of the cells that exclude, square of the lattice by square, widened."""
    if not mask.values:
        raise ConfigError(f"masks ({mask.name}): values is empty; list the raster values that exclude.")
    pieces = [np.empty(0, object)]
    window = _common(widened(bounds, mask.buffer_m), Raster(raw, source).extent(crs))
    for square in shapely.bounds(_lattice(window)):
        grid = read_window(source, raw, crs, tuple(square), resampling="nearest")
        if grid is not None:
            pieces.append(outline(np.isin(grid.values, mask.values), grid))
    found = np.concatenate(pieces)
    return shapely.buffer(found, mask.buffer_m, quad_segs=8) if mask.buffer_m else found


def _common(window: Bounds, other: Bounds | np.ndarray) -> Bounds:
    """Part of a window that another box covers; empty where they do not meet."""
    west, south = np.maximum(window[:2], other[:2])
    east, north = np.minimum(window[2:], other[2:])
    return (west, south, east, north) if west <= east and south <= north else (0.0, 0.0, -1.0, -1.0)


def _lattice(bounds: Bounds) -> np.ndarray:
    """Squares of 1 km that cover a window.

    Raises
    ------
    InputError
        There would be more than any city has: something lies where it cannot.
    """
    width_km, height_km = ((bounds[k + 2] - bounds[k]) / LATTICE_M for k in (0, 1))
    if width_km < 0 or height_km < 0:
        return np.empty(0, object)
    if not width_km * height_km < MOST_SQUARES:
        raise InputError(
            f"A site or a mask stretches over {width_km:,.0f} x {height_km:,.0f} km, which no city does; "
            "check coordinates and CRS of the layers."
        )
    west, south = (np.floor(edge / LATTICE_M) for edge in bounds[:2])
    east, north = (np.floor(edge / LATTICE_M) + 1 for edge in bounds[2:])
    x, y = (grid.ravel() * LATTICE_M for grid in np.meshgrid(np.arange(west, east), np.arange(south, north)))
    return shapely.box(x, y, x + LATTICE_M, y + LATTICE_M)


def outline(cells: np.ndarray, grid: Grid) -> np.ndarray:
    """Outline the cells that are set: polygons along cell borders, one a connected group."""
    rings = shapes(cells.astype("uint8"), mask=cells, transform=grid.transform)
    return np.array([shape(ring) for ring, _ in rings], object)


def polygonal(geometries: np.ndarray) -> np.ndarray:
    """Drop lines and points that an intersection of touching polygons leaves beside its area."""
    geometries = np.asarray(geometries, object).copy()
    for mixed in np.flatnonzero(shapely.get_type_id(geometries) == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(geometries[mixed])
        geometries[mixed] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    geometries[shapely.get_dimensions(geometries) < 2] = shapely.Polygon()
    return geometries


def cut(geometries: np.ndarray, kind: str, masks: Sequence[LoadedMask], ledger: Ledger) -> np.ndarray:
    """Take the masks out of the sites' polygons and book what each takes.

    Area goes to the first mask in their order; ``area_touched_m2`` tells what each covers whatever came before.

    Parameters
    ----------
    geometries
        (n,) polygons, the order the ledger counts in.
    kind
        Kind of site; masks that do not bind it are passed over.
    masks
        In order of precedence.
    ledger
        Receives the areas.

    Returns
    -------
    array
        (n,) what is left of each polygon; the same objects where nothing was cut.
    """
    rest = geometries
    for mask in masks:
        if kind not in mask.applies_to:
            continue
        hit, cover = mask.over(geometries)
        if not len(hit):
            continue
        touched = shapely.area(shapely.intersection(geometries[hit], cover))
        left = shapely.difference(rest[hit], cover)
        ledger.add(mask.name, mask.clause, hit, shapely.area(rest[hit]) - shapely.area(left), touched)
        rest = rest.copy()
        rest[hit] = left
    return rest
