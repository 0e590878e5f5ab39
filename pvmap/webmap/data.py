"""What the map reads at once: the columns of sites that colours, sums and lists are made of, and the small tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from pvmap.planning.publication import OF_TRANSFORMERS, coarse_places, districts_only
from pvmap.settings.city import Settings
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_outlines, read_table
from pvmap.store.whole import read_run
from pvmap.webmap.shown import HELD_COLUMNS, HELD_OF_SITES, SITE_COLUMNS, Shown
from pvmap.webmap.style import PRACTICAL_SHARE, TARGET

PLAN = ("build_out", "hosting")


@dataclass(frozen=True)
class MapData:
    """Everything the map shows of one run.

    ``sites`` carries one row per site, in the order of the table, with the columns that are held; `column` reads the
    others.
    """

    sites: pd.DataFrame
    shown: Shown
    zones: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    run: dict[str, Any]
    n_masked: int
    build_out: pd.DataFrame | None = None
    hosting: gpd.GeoDataFrame | None = None
    hidden: tuple[str, ...] = ()  # columns that are not for the map's readers

    @property
    def names(self) -> list[str]:
        """Columns that there are of each site."""
        every = [*SITE_COLUMNS, *(str(one) for one in self.sites if one not in SITE_COLUMNS)]
        every += [one for one in self.shown.names if one not in self.sites]
        return [one for one in every if one not in self.hidden]

    def column(self, name: str) -> pd.Series:
        """Give a column of the sites, from its file where it is not held."""
        return self.sites[name] if name in self.sites else self.shown.column(name)


class Scope(NamedTuple):
    """What a map is of, before anything is read of its sites.

    Attributes
    ----------
    shown
        Sites that it shows.
    zones
        Zones in which they lie.
    n_masked
        How many sites are hidden, or stand there as a square.
    """

    shown: Shown
    zones: gpd.GeoDataFrame
    n_masked: int


def scope_of(processed: Path, settings: MapSettings, public: Settings | None = None) -> Scope:
    """Find what a map is of; parameters and errors as of `read_data`."""
    shown = Shown.all_of(processed)
    zones = cast(gpd.GeoDataFrame, read_table(processed, "zones"))
    shown, n_masked = _masked(shown, zones.crs, settings)
    return Scope(replace(shown, public=public), zones, n_masked)


def read_data(
    processed: Path, settings: MapSettings, public: Settings | None = None, scope: Scope | None = None
) -> MapData:
    """Read and join the tables of a run.

    Parameters
    ----------
    processed
        Run folder with sites, appraisal, zones, exclusions, optionally districts.parquet, and run.json.
    settings
        Which sites to mask, and how.
    public
        Settings of a city whose map is for the public.
    scope
        What `scope_of` found for the same arguments, where somebody has looked already.

    Raises
    ------
    InputError
        If a table is missing or there is no site to draw.
    """
    shown, zones, n_masked = scope or scope_of(processed, settings, public)
    held = [name for name in shown.names if name in HELD_COLUMNS or name.startswith(TARGET)]
    exact = replace(shown, public=None)
    table = pd.DataFrame({name: exact.column(name) for name in (*HELD_OF_SITES, *held)}, copy=False)
    _put_in_middle(table, shown.squares, zones.crs)
    if public is not None:
        table = coarse_places(table, public)
    if "capacity_practical_kwp" in table:
        parts, whole = (table[c].to_numpy(float) for c in ("capacity_practical_kwp", "capacity_kwp"))
        some = (parts > 0) & (whole > 0)
        # the practical case lies within the technical one, but for rounding
        table[PRACTICAL_SHARE] = np.where(some, np.minimum(parts / np.where(some, whole, 1.0), 1.0), np.nan)
    districts_path = processed / "districts.parquet"
    districts = (
        read_outlines(districts_path)
        if districts_path.exists()
        else gpd.GeoDataFrame({"name": []}, geometry=[], crs=zones.crs)
    )
    plan: dict[str, Any] = {
        name: read_table(processed, name) for name in PLAN if (processed / f"{name}.parquet").exists()
    }
    run = read_run(processed)
    if public is not None:
        shows = districts_only(plan["hosting"]) if "hosting" in plan else None
        plan |= {"hosting": shows, "hidden": OF_TRANSFORMERS}
    return MapData(table, shown, zones, districts, run, n_masked, **plan)


def _masked(shown: Shown, crs: Any, settings: MapSettings) -> tuple[Shown, int]:
    """Hide the sites a city must not show, or put a nameless square in their place; and how many these are."""
    if not settings.masked_sites:
        return shown, 0
    wanted = list(settings.masked_sites)
    masked = (shown.column("site_id").isin(wanted) | shown.column("name").isin(wanted)).to_numpy()
    n = int(masked.sum())
    if settings.mask_mode == "hide":
        return replace(shown, kept=~masked), n
    cell = settings.masked_cell_m
    to_metric = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    longitude, latitude = (shown.column(name).to_numpy(float)[masked] for name in ("longitude", "latitude"))
    west, south = (np.floor(np.asarray(v) / cell) * cell for v in to_metric.transform(longitude, latitude))
    squares = shapely.box(west, south, west + cell, south + cell)
    return replace(shown, squares=dict(zip(np.flatnonzero(masked).tolist(), squares, strict=True))), n


def _put_in_middle(sites: pd.DataFrame, squares: Mapping[int, shapely.Geometry], crs: Any) -> None:
    """Put masked sites in the middle of what stands for them."""
    if not squares:
        return
    west, south, east, north = shapely.bounds([*squares.values()]).T
    to_wgs84 = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    places = to_wgs84.transform((west + east) / 2, (south + north) / 2)
    for name, values in zip(("longitude", "latitude"), places, strict=True):
        sites.loc[[*squares], name] = values
