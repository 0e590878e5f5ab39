"""Roof planes that were measured (surface model, CityJSON) take the place of those a footprint suggests."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.settings.rooftop import RooftopSettings
from pvmap.sites import reasons
from pvmap.sites.ledger import Ledger
from pvmap.sites.masks import polygonal
from pvmap.sites.ridge import Planes

NO_PLANE = (
    "no plane found in the measured roof: chimneys, dormers, plant, parapets "
    "(derived; judgement: roof planes as measured)"
)
LEAST_PIECE_M2 = 1.0


def planes_on(footprints: np.ndarray, planes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Hand planes that know no footprint (CityJSON) to the footprints they lie on, cut to them.

    Parameters
    ----------
    footprints
        (n,) polygons.
    planes
        surface_tilt, surface_azimuth and plan polygons in the same CRS.

    Returns
    -------
    GeoDataFrame
        One row a plane and footprint: roof (position in `footprints`), surface_tilt, surface_azimuth, geometry; no
        ground twice, what several planes claim is the first one's.
    """
    plane, roof = shapely.STRtree(footprints).query(planes.geometry.to_numpy(), predicate="intersects")
    pieces = polygonal(shapely.intersection(planes.geometry.to_numpy()[plane], footprints[roof]))
    pieces = _disjoint(pieces, roof)
    real = shapely.area(pieces) >= LEAST_PIECE_M2
    columns = (
        planes[["surface_tilt", "surface_azimuth"]].iloc[plane[real]].reset_index(drop=True).assign(roof=roof[real])
    )
    return gpd.GeoDataFrame(columns, geometry=pieces[real], crs=planes.crs)


def measured_planes(
    found: gpd.GeoDataFrame,
    rest: np.ndarray,
    roofs: np.ndarray,
    uses: np.ndarray,
    clear: np.ndarray,
    rules: RooftopSettings,
) -> Planes:
    """Measured planes of the roofs that have any, cut to what masks left and free of overlaps.

    Parameters
    ----------
    found
        roof (position among the sites), surface_tilt and surface_azimuth [deg], obstacles_measured (whether what is no
        plane was seen as an obstacle; then none is assumed on top, while access and ownership take their shares still),
        plan polygons.
    rest
        (n,) footprints after masks.
    roofs
        Positions that may carry modules.
    uses, clear
        (n,) use, and share without obstacles where they were not measured.
    rules
        ``measured_flat_below``: planes less steep carry racks, unless the roof is steel.
    """
    found = found[found["roof"].isin(roofs)].sort_values("roof", kind="stable")
    roof = found["roof"].to_numpy(int)
    polygon = _disjoint(polygonal(shapely.intersection(found.geometry.to_numpy(), rest[roof])), roof)
    tilt, azimuth = (found[c].to_numpy(float) for c in ("surface_tilt", "surface_azimuth"))
    rack = (tilt < rules.measured_flat_below) & (uses[roof] != "industrial_steel")
    share = np.where(found["obstacles_measured"].to_numpy(bool), 1.0, clear[roof])
    flat = np.where(rack, 0.0, tilt)
    planes = Planes(
        roof, polygon, flat, np.where(rack, 0.0, azimuth), rack, share, np.ones(len(roof), bool), np.ones(len(roof))
    )
    return planes.take(shapely.area(polygon) > 0.0)


def book_no_plane(planes: Planes, rest: np.ndarray, ledger: Ledger) -> None:
    """Book what no measured plane covers, on the roofs that have measured planes."""
    covered = np.bincount(planes.roof, weights=shapely.area(planes.polygon), minlength=len(rest))
    roofs = np.unique(planes.roof)
    ledger.add(reasons.OBSTACLES, NO_PLANE, roofs, shapely.area(rest[roofs]) - covered[roofs])


def inside_outline(polygons: np.ndarray, setback_m: np.ndarray) -> np.ndarray:
    """Part of each measured plane that lies inside the setback from its outline.

    The outline is the plane without its holes and without notches narrower than two setbacks (a chimney at the eave,
    the steps of the surface model's cells); obstacles are still left out of what is returned.

    Parameters
    ----------
    polygons : (n,) array
        Planes.
    setback_m : (n,) array
        Distance from the outline. [m]
    """
    parts, plane = shapely.get_parts(polygons, return_index=True)
    filled = shapely.polygons(shapely.get_exterior_ring(parts))
    closed = shapely.buffer(filled, setback_m[plane], join_style="mitre")
    shrunk = shapely.buffer(closed, -2.0 * setback_m[plane], join_style="mitre")
    pieces = np.full(len(polygons), shapely.Polygon(), object)
    for number in np.unique(plane):
        pieces[number] = shapely.union_all(shrunk[plane == number])
    return polygonal(shapely.intersection(pieces, polygons))


def _disjoint(polygons: np.ndarray, roof: np.ndarray) -> np.ndarray:
    """Take from each plane what earlier planes of its roof cover; overlaps are rare, so only those roofs are walked."""
    polygons = polygons.copy()
    frame = pd.DataFrame({"roof": roof, "area": shapely.area(polygons)})
    for _, rows in frame.groupby("roof").groups.items():
        group = np.asarray(rows)
        if len(group) > 1 and frame["area"].to_numpy()[group].sum() > shapely.union_all(polygons[group]).area + 1e-9:
            for number in range(1, len(group)):
                earlier = shapely.union_all(polygons[group[:number]])
                polygons[group[number]] = shapely.difference(polygons[group[number]], earlier)
    return polygons
