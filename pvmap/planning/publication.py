"""What a build for the public shows of places: outlines on a coarse lattice, rounded heights, no transformers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.settings.city import Settings

OF_TRANSFORMERS = ("device_id", "device_by", "limited_by")  # of a site: together they draw what each one serves
METRES_PER_DEGREE = 111_320.0  # of latitude; of longitude at the equator, so that places there are coarser still


def is_public(settings: Settings) -> bool:
    """Whether places are to be made coarse."""
    return settings.city.use == "public"


def coarse_outlines(outlines: np.ndarray, step_m: float) -> np.ndarray:
    """Round outlines to a lattice; one that vanishes becomes the cell in which its middle lies.

    Parameters
    ----------
    outlines
        (n,) polygons in a metric CRS.
    step_m
        Side of a cell of the lattice. [m]

    Returns
    -------
    numpy.ndarray
        (n,) polygons whose every corner is a corner of the lattice.
    """
    out = shapely.set_precision(outlines, step_m)
    lost = shapely.is_empty(out) | (shapely.area(out) <= 0)
    if lost.any():
        middle = shapely.centroid(np.asarray(outlines, object)[lost])
        west, south = (np.floor(f(middle) / step_m) * step_m for f in (shapely.get_x, shapely.get_y))
        out[lost] = shapely.box(west, south, west + step_m, south + step_m)
    return out


def coarse_places(sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Round longitudes, latitudes and heights of those columns that are there; outlines stay."""
    rules = settings.publication
    out = sites.copy(deep=False)
    for column, step in (
        *((name, rules.coordinate_m / METRES_PER_DEGREE) for name in ("longitude", "latitude")),
        ("height_m", rules.height_m),
    ):
        if column in out:
            out[column] = np.round(out[column].to_numpy(float) / step) * step
    return out


def for_readers(tables: dict[str, pd.DataFrame], settings: Settings) -> dict[str, pd.DataFrame]:
    """Make the tables that files are written from fit for their readers.

    Parameters
    ----------
    tables
        Contract tables by name.
    settings
        Who reads, and how coarse places become.

    Returns
    -------
    dict of str to pandas.DataFrame
        The same for an internal build. For a public one `sites` and `zones` with coarse outlines, `sites` with coarse
        places and heights, `appraisal` without the transformers that sites join, and of `hosting` the districts alone.
    """
    if not is_public(settings):
        return tables
    sites = tables["sites"]
    assert isinstance(sites, gpd.GeoDataFrame)
    coarse = coarse_outlines(sites.geometry.to_numpy(), settings.publication.coordinate_m)
    out = {**tables, "sites": gpd.GeoDataFrame(coarse_places(sites, settings), geometry=coarse, crs=sites.crs)}
    zones = tables.get("zones")
    if isinstance(zones, gpd.GeoDataFrame):  # where no boundary is given the city's ends with its sites
        shapes = coarse_outlines(zones.geometry.to_numpy(), settings.publication.coordinate_m)
        out["zones"] = gpd.GeoDataFrame(zones, geometry=shapes, crs=zones.crs)
    if "appraisal" in tables:
        out["appraisal"] = tables["appraisal"].drop(columns=list(OF_TRANSFORMERS), errors="ignore")
    if "hosting" in tables:
        out["hosting"] = districts_only(tables["hosting"])
    return out


def districts_only(hosting: pd.DataFrame) -> pd.DataFrame:
    """Leave transformers out: where they stand is not for the public."""
    return hosting[hosting["kind"] == "district"].reset_index(drop=True)
