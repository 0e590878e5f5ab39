"""Two runs side by side: what each zone had before and has now, and what the runs differ in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.diff import reasons
from pvmap.store import read_table
from pvmap.store.whole import read_run
from pvmap.webmap.data import MapData
from pvmap.webmap.meta import local_date
from pvmap.webmap.zones import levels, outlines, township_names

COMPARED = ("n_sites", "capacity_kwp", "energy_kwh")
READ = ("level", "zone_id", "site_type", *COMPARED)  # columns of zones that both runs must have
COST = "lcoe_cny_per_kwh"  # compared where both runs have it


def comparison(data: MapData, older: Path, utc_offset_hours: float = 0.0) -> dict[str, Any]:
    """Read the older run and lay its zones beside those of a map.

    Parameters
    ----------
    data
        The newer run.
    older
        Run folder to compare with.
    utc_offset_hours
        The city's clock, by which the older run has its date.

    Returns
    -------
    dict
        ``reasons``: what the runs differ in. ``created``: date of the older. ``levels``: per level and for the city
        ids, rings, and `before` and `after` of each of `COMPARED` and of the cost; a zone that one run does not have
        has zeros in it, and no cost. Townships have their `names` beside their ids.

    Raises
    ------
    InputError
        If the folder holds no run, or one in another CRS.
    """
    before, manifest = read_table(older, "zones"), read_run(older)
    if not isinstance(before, gpd.GeoDataFrame) or before.crs != data.zones.crs or before.geometry.isna().any():
        raise InputError(f"{older} is in another CRS than this run; compare runs of one city.")
    found = {level: _level(before, data.zones, level) for level in (*levels(data.zones), "city")}
    if "township" in found:
        known = township_names(data.sites)
        found["township"]["names"] = [known.get(one, ("", one))[1] for one in found["township"]["ids"]]
    told = [{"what": what, **values} for what, values in reasons(manifest, data.run)]
    created = local_date(str(manifest.get("created", "")), utc_offset_hours)
    return {"reasons": told, "created": created, "levels": found}


def _level(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, level: str) -> dict[str, Any]:
    old, new = (_sums(zones, level) for zones in (before, after))
    ids = new.index.union(old.index, sort=False)
    shapes = new.geometry.reindex(ids).combine_first(old.geometry.reindex(ids))
    rings = outlines(gpd.GeoDataFrame(geometry=shapes.to_numpy(), crs=after.crs), 0.0)
    if len(ids) > 1:
        rings = [ring if name else [] for name, ring in zip(ids, rings, strict=True)]
    sides = {"before": old, "after": new}
    values: dict[str, dict[str, list[float | None]]]
    values = {side: {c: _plain(table[c].reindex(ids).fillna(0.0)) for c in COMPARED} for side, table in sides.items()}
    if all(COST in table for table in sides.values()):
        for side, table in sides.items():
            values[side][COST] = _plain(table[COST].reindex(ids))
    return {"ids": ids.astype(str).tolist(), "rings": rings, **values}


def _sums(zones: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    mine = zones[(zones["level"] == level) & (zones["site_type"] == "all")]
    return mine.set_index("zone_id")


def _plain(values: pd.Series) -> list[float | None]:
    return [float(f"{v:.7g}") if np.isfinite(v) else None for v in values.to_numpy(float, na_value=np.nan)]
