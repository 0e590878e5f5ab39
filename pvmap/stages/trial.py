"""Trial before the work: what tiles and money will read is read for a few sites, before anything is written."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np

from pvmap import disk, store
from pvmap.planning.money.tariff import retail_price
from pvmap.planning.profiles import Hours
from pvmap.settings.city import Settings
from pvmap.sources.weather import WeatherSet
from pvmap.sources.weather.hours import year_index
from pvmap.stages.assess import place
from pvmap.stages.job import PREPARED, TileJob
from pvmap.stages.skies import sky_over
from pvmap.stages.surface_blocks import SurfaceBlocks
from pvmap.stages.surroundings import elevation
from pvmap.store import whole
from pvmap.tables.vocabulary import BUILDING_USES

SITES_TRIED = 4  # of each kind, spread over the city, and the one farthest from the equator


def try_tiles(sites: gpd.GeoDataFrame, order: np.ndarray, weather: WeatherSet, settings: Settings, raw: Path) -> None:
    """Take a few sites of each kind as far as reading goes: masks, terrain, roof planes, surface model and sky.

    Parameters
    ----------
    sites
        Contract table "sites".
    order
        Positions of the sites along the curve. (n,)
    weather
        Weather of the city.
    settings, raw
        The city and the folder of its input files.

    Raises
    ------
    PvmapError
        What a tile would refuse.
    """
    kind = sites["site_type"]
    of_kinds = [order[kind.eq(one).to_numpy(bool)[order]] for one in sorted(kind.unique())]
    latitude = sites["latitude"].to_numpy()
    some = sites.iloc[np.concatenate([_spread(rows, latitude) for rows in of_kinds])].reset_index(drop=True)
    with disk.scratch() as folder:
        job = TileJob(settings, raw, folder, sites.crs.to_string(), "trial", 0, 0, stamp=str(folder))
        store.write_table(job.processed / PREPARED, "sites", some.sort_values("hilbert", ignore_index=True))
        store.write_table(job.processed, "weather", weather.table())
        whole.write_record(job.processed / "city.json", {"weather": [point.summary for point in weather.points]})
        for row in range(len(some)):
            placed = place(some.iloc[[row]].reset_index(drop=True), job)
            if settings.shade.enabled and len(placed.surfaces):
                elevation(job, tuple(placed.surfaces.total_bounds))
                SurfaceBlocks.of(job)
        for weather_id in some["weather_id"].unique():
            sky_over(weather_id, job)


def try_prices(settings: Settings) -> None:
    """Ask for the price of every use of buildings.

    Raises
    ------
    InputError
        What the appraisal would refuse.
    """
    offset = settings.city.utc_offset_hours
    hours = Hours.of(year_index(settings.weather.nominal_year, offset), offset)
    for use in BUILDING_USES:
        retail_price(use, hours, settings.planning.tariff)


def _spread(rows: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    along = np.linspace(0, len(rows) - 1, SITES_TRIED).round().astype(int).tolist()
    return rows[sorted({*along, int(np.abs(latitude[rows]).argmax())})]
