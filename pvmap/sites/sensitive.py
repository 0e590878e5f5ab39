"""Sites that a public build must not show: left out before anything is computed, so that no sum tells of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding, finding
from pvmap.sites.reading import nothing_refused, refuse

REASON = "not for the public"


def leave_out(
    sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Leave out the sites that touch a sensitive area.

    Parameters
    ----------
    sites
        Sites of all kinds, in the metric CRS.
    areas
        Sensitive areas in the same CRS; None where the city names none.

    Returns
    -------
    kept, rejects, findings
        What stays; rows of what does not, with their kind and without their places; what a publisher must know.
    """
    if areas is None:
        return sites, nothing_refused().assign(site_type=""), [finding("nothing-marked-sensitive", layer="sensitive")]
    outlines = sites.geometry.to_numpy()
    at, _ = shapely.STRtree(areas.geometry.to_numpy()).query(outlines, predicate="intersects")
    touched = np.zeros(len(sites), bool)
    touched[at] = True
    gone = sites[touched]
    rejects = refuse(gone, REASON, "")
    rejects = rejects.assign(longitude=np.nan, latitude=np.nan, site_type=gone["site_type"].to_numpy())
    told = [finding("sensitive-left-out", layer="sensitive", count=len(gone), total=len(sites))] if len(gone) else []
    return gpd.GeoDataFrame(sites[~touched].reset_index(drop=True)), rejects, told


def unnamed(findings: Iterable[Finding], left_out: Collection[str]) -> list[Finding]:
    """Take the ids of sites that are left out from among the examples that findings give."""
    return [replace(found, sites=tuple(one for one in found.sites if one not in left_out)) for found in findings]
