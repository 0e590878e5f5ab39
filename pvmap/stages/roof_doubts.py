"""Whether the roofs of a city model lie on the city's buildings, and what their heights were measured in."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
from pyproj import CRS

from pvmap.findings import Finding, finding
from pvmap.settings.city import FileInput
from pvmap.sites.boxes import meeting
from pvmap.sources.city_model import METRE
from pvmap.sources.roof_faces import read_roof_planes

OFF_SHARE = 0.5  # judgement: a model of a wider region holds the city's roofs as well


def doubt_roof_faces(sites: gpd.GeoDataFrame, source: FileInput | None, raw: Path, crs: CRS) -> list[Finding]:
    """Tell roof planes that lie on no building, where most do, and heights in another unit than the metre.

    Parameters
    ----------
    sites
        Sites of all kinds.
    source
        The city model, None where there is none.
    raw, crs
        Folder of the input files and metric CRS of the city.

    Raises
    ------
    InputError
        The model cannot be read.
    """
    roofs = np.flatnonzero(sites["site_type"].eq("rooftop"))
    if source is None or not len(roofs):
        return []
    planes = read_roof_planes(source, raw, crs)
    unit, found = planes.attrs["height_unit"], []
    if unit.metres != METRE.metres:
        found.append(finding("heights-converted", layer=source.path, unit=unit.name))
    on_buildings = np.unique(meeting(planes.bounds.to_numpy(), sites.geometry.array.bounds[roofs])[0])
    n_off = len(planes) - len(on_buildings)
    if n_off > OFF_SHARE * len(planes):
        found.append(finding("roof-planes-elsewhere", layer=source.path, count=n_off, total=len(planes)))
    return found
