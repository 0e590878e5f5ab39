"""Raw geometries become clean ones: parts apart, flat, valid, once each; what is refused carries its reason.

Nothing here loops over rows: a million footprints take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from pvmap.sources.asleep import Asleep

# Debris of clipping and digitising: no module (1.13 m x 2.28 m) lies on less than 1 m2 or on a strip under 0.5 m. Width
# is that of the rectangle of the same area and perimeter.
SLIVER_AREA_M2 = 1.0
SLIVER_WIDTH_M = 0.5

# more crossings than this, and more of them an edge: careless layers of a million parts have two an edge at the most
TANGLED_CROSSINGS, CROSSINGS_AN_EDGE = 20_000, 3
EDGES_TRIED = 100
CHUNK = 20_000  # geometries that are projected at once: their vertices stand in memory several times
GOLDEN = 0.6180339887498949  # of one coordinate added to the other: hardly two corners give one number
AMOUNTS = {"capacity_mw"}  # two phases of a plant are drawn on one polygon
POINT, LINE, POLYGON = "Point", "LineString", "Polygon"
KIND_OF_TYPE = np.array(
    [POINT, LINE, LINE, POLYGON, POINT, LINE, POLYGON, "GeometryCollection", "missing"], dtype=object
)
MULTI = shapely.GeometryType.MULTIPOINT  # this type and those after it hold parts


@dataclass
class Parts:
    """Geometries on their way: refused ones stay in place with their reason until the end.

    Attributes
    ----------
    geometry : (n,) object array, or outlines asleep
    row : (n,) int array
        Position of the part's row in the layer.
    reason, detail : (n,) object arrays
        Why the part is refused; empty while it is kept.
    repaired : (m,) int array
        Rows of the parts that were invalid and are valid now.
    """

    geometry: np.ndarray | Asleep
    row: np.ndarray
    reason: np.ndarray
    detail: np.ndarray
    repaired: np.ndarray = field(default_factory=lambda: np.zeros(0, "int64"))

    @property
    def kept(self) -> np.ndarray:
        """Mask of the parts not refused so far."""
        return self.reason == ""

    @property
    def bounds(self) -> np.ndarray:
        """West, south, east and north of each part, (n, 4)."""
        return self.geometry.bounds if isinstance(self.geometry, Asleep) else shapely.bounds(self.geometry)

    @property
    def number(self) -> np.ndarray:
        """Running number of each part within its row, refused parts counted."""
        return np.arange(len(self.row)) - np.searchsorted(self.row, self.row, side="left")

    @property
    def n_of_row(self) -> np.ndarray:
        """Number of parts of each part's row."""
        return np.bincount(self.row)[self.row] if len(self.row) else np.zeros(0, "int64")

    def refuse(self, bad: np.ndarray, reason: str, detail: object) -> None:
        """Refuse the parts where `bad`, unless refused before; `detail` is one text or an array of them."""
        bad = bad & self.kept
        self.reason[bad] = reason
        self.detail[bad] = np.broadcast_to(np.asarray(detail, dtype=object), bad.shape)[bad]


def clean_each(
    geometry: np.ndarray,
    to_metres: Callable[[np.ndarray], np.ndarray],
    *,
    kinds: tuple[str, ...],
    explode: bool,
    lost: np.ndarray,
) -> Parts:
    """Clean geometries, each by itself: what becomes of one does not depend on the others.

    Parameters
    ----------
    geometry : (n,) object array
        Shapely geometries of any type and dimension, None where missing.
    to_metres
        Takes the (m, 2) coordinates of the file to those of the metric CRS.
    kinds
        Kinds of geometry wanted: Point, LineString, Polygon; multi-geometries count as what they hold.
    explode
        Parts of multi-geometries become parts of their own.
    lost : (n,) bool array
        Rows whose coordinates are zeros that stand for none.

    Returns
    -------
    Parts
        In the order of the rows; kept geometries are 2-D, valid, in the metric CRS.
    """
    parts = _split(geometry, explode)
    del geometry  # as large as what it becomes; the caller has let it go
    parts.refuse(shapely.is_missing(parts.geometry), "no geometry", "null or unreadable")
    parts.refuse(shapely.is_empty(parts.geometry), "empty geometry", "no coordinates")
    kind = KIND_OF_TYPE[shapely.get_type_id(parts.geometry)]
    parts.refuse(~np.isin(kind, kinds), "wrong geometry type", kind)
    parts.refuse(~_finite(parts.geometry), "coordinates not finite", "NaN or infinite")
    parts.refuse(lost[parts.row], "coordinates are zero", "longitude or latitude of 0")
    placed = ~shapely.is_missing(parts.geometry) & _finite(parts.geometry)  # where a refused one lies is told too
    for some in np.array_split(np.flatnonzero(placed), len(placed) // CHUNK + 1):
        parts.geometry[some] = shapely.transform(parts.geometry[some], to_metres, include_z=False)
    parts.refuse(~_finite(parts.geometry), "outside the metric CRS", "no finite coordinates after projection")
    parts = _repair(parts, explode)
    _refuse_slivers(parts)
    return parts


def _split(geometry: np.ndarray, explode: bool) -> Parts:
    """One part a row, or as many as the row's geometry has; rows without any keep one empty part."""
    row = np.arange(len(geometry))
    if not explode:
        geometry = _areas_of_collections(geometry)
    while explode and (many := shapely.get_type_id(geometry) >= MULTI).any():
        whole, several = np.flatnonzero(~many), np.flatnonzero(many)  # `get_parts` would copy those that are whole
        pieces, of = shapely.get_parts(geometry[several], return_index=True)
        # An empty collection has no parts to give: stand in an empty point, which is refused later by name.
        none = several[shapely.get_num_geometries(geometry[several]) == 0]
        stand_in = np.full(len(none), shapely.Point(), object)
        origin = np.concatenate([whole, several[of], none])
        order = np.argsort(origin, kind="stable")
        geometry, row = np.concatenate([geometry[whole], pieces, stand_in])[order], row[origin[order]]
    return Parts(geometry.copy(), row, _blank(len(row)), _blank(len(row)))


def _areas_of_collections(geometry: np.ndarray) -> np.ndarray:
    """Take the areas of collections that hold some: programs add a point for the label of an outline."""
    mixed = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION)
    geometry = geometry.copy() if len(mixed) else geometry
    for at in mixed:
        parts = shapely.get_parts(shapely.get_parts(geometry[at]))
        areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        if len(areas):
            geometry[at] = shapely.multipolygons(areas)
    return geometry


def _repair(parts: Parts, explode: bool) -> Parts:
    """Make invalid polygons valid, the polygon part kept; a figure of eight becomes two parts where parts are split.

    The "structure" method is taken because it keeps what a ring encloses: the overlap of a ring with itself stays
    ground, where the default would cut it out as a hole.
    """
    invalid = np.flatnonzero(parts.kept & ~shapely.is_valid(parts.geometry))
    if not len(invalid):
        return parts
    tangled = np.zeros(len(parts.row), bool)
    tangled[invalid] = [_is_tangled(one) for one in parts.geometry[invalid]]
    parts.refuse(tangled, "crosses itself too often", "hardly an edge that does not cross several others")
    invalid = invalid[~tangled[invalid]]
    broken = parts.geometry[invalid]
    why = shapely.is_valid_reason(broken)
    fixed = shapely.make_valid(broken, method="structure", keep_collapsed=False)
    parts.geometry[invalid] = fixed
    collapsed = np.zeros(len(parts.row), bool)
    collapsed[invalid] = shapely.is_empty(fixed) | (KIND_OF_TYPE[shapely.get_type_id(fixed)] != POLYGON)
    detail = _blank(len(parts.row))
    detail[invalid] = why
    parts.refuse(collapsed, "no area", detail)
    repaired = parts.row[invalid[~collapsed[invalid]]]
    if not explode:
        parts.repaired = repaired
        return parts
    again = _split(np.where(parts.kept, parts.geometry, np.full(len(parts.kept), None, object)), explode=True)
    source = again.row
    return Parts(
        np.where(parts.kept[source], again.geometry, parts.geometry[source]),
        parts.row[source],
        parts.reason[source],
        parts.detail[source],
        repaired,
    )


def _is_tangled(outline: shapely.Geometry) -> bool:
    """Whether edges cross each other by the ten thousand: no outline of anything, and minutes to make valid.

    Counted on some edges that lie evenly along the outline.
    """
    if shapely.get_num_coordinates(outline) < TANGLED_CROSSINGS**0.5:  # too few edges for that
        return False
    vertices, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(outline)), return_index=True)
    edges = shapely.linestrings(np.stack([vertices[:-1], vertices[1:]], axis=1)[ring[:-1] == ring[1:]])
    some = edges[:: -(-len(edges) // EDGES_TRIED)]
    each = shapely.STRtree(edges).query(some, predicate="crosses").shape[1] / len(some)
    return each > CROSSINGS_AN_EDGE and each * len(edges) / 2 > TANGLED_CROSSINGS


def _refuse_slivers(parts: Parts) -> None:
    polygon = KIND_OF_TYPE[shapely.get_type_id(parts.geometry)] == POLYGON
    here = np.flatnonzero(parts.kept & polygon)
    area, length = shapely.area(parts.geometry[here]), shapely.length(parts.geometry[here])
    half = length / 2.0
    width = (half - np.sqrt(np.maximum(half**2 - 4.0 * area, 0.0))) / 2.0
    thin = (area < SLIVER_AREA_M2) | (width < SLIVER_WIDTH_M)
    bad, detail = np.zeros(len(parts.row), bool), _blank(len(parts.row))
    bad[here[thin]] = True
    detail[here[thin]] = [f"{a:.3g} m2, {w:.2g} m wide" for a, w in zip(area[thin], width[thin], strict=True)]
    parts.refuse(bad, "sliver", detail)


def refuse_duplicates(parts: Parts, known: np.ndarray, attributes: pd.DataFrame) -> None:
    """Keep one of equal geometries, whatever vertex each begins with and whichever way it runs.

    Only geometries of equal bounds can be equal, so only they are normalised and compared.

    Parameters
    ----------
    parts
        Of all the rows of a layer.
    known : (n,) int array
        How much is known about each row: among duplicates the one known best is kept, else the first.
    attributes : DataFrame, n rows
        Two points at one place, or two shapes with an amount, are duplicates only if these are equal too.
    """
    here = np.flatnonzero(parts.kept)
    bounds = parts.bounds[here]
    corner = bounds[:, 0] + GOLDEN * bounds[:, 1]  # few share it with another: to compare all of all takes longer
    shared = pd.Series(corner).duplicated(keep=False).to_numpy()
    here, bounds = here[shared], bounds[shared]
    alike = pd.DataFrame(bounds).duplicated(keep=False).to_numpy()
    here = here[alike]
    if not len(here):
        return
    row, shapes = parts.row[here], np.asarray(parts.geometry[here])
    told_apart = (KIND_OF_TYPE[shapely.get_type_id(shapes)] == POINT) | bool(AMOUNTS & set(attributes))
    traits = pd.util.hash_pandas_object(attributes.iloc[row], index=False).to_numpy()
    same = pd.DataFrame({"shape": shapely.to_wkb(shapely.normalize(shapes)), "traits": np.where(told_apart, traits, 0)})
    group = same.groupby(["shape", "traits"], sort=False).ngroup().to_numpy()
    best_first = np.lexsort((here, -known[row]))
    keeper = pd.Series(best_first).groupby(group[best_first], sort=False).first()  # per group, position in `here`
    kept_by = here[keeper.reindex(group).to_numpy()]
    bad, detail = np.zeros(len(parts.row), bool), _blank(len(parts.row))
    bad[here] = kept_by != here
    twin = kept_by[kept_by != here]
    detail[bad] = [f"part {p} of row {r}" for p, r in zip(parts.number[twin], parts.row[twin], strict=True)]
    parts.refuse(bad, "duplicate", detail)


def _finite(geometry: np.ndarray) -> np.ndarray:
    """Whether every vertex is a number: bounds would not tell, they pass over vertices that are none."""
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.ones(len(geometry), bool)
    finite[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _blank(n: int) -> np.ndarray:
    return np.full(n, "", dtype=object)
