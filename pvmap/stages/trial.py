"""Trial before the work: what tiles and money will read is read for a few sites, before anything is written."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np

from pvmap import disk, store
from pvmap.planning.money.tariff import retail_price
from pvmap.planning.net import no_room
from pvmap.planning.overrides import read_overrides
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

CORRECTIONS_TRIED = 50  # a wrong column shows in them; what stands later is told when results are settled
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


def try_corrections(job: TileJob) -> None:
    """Lay arrays on the first sites to which the bureau's decisions give capacity.

    Parameters
    ----------
    job
        Any tile of the run: only its city matters here.

    Raises
    ------
    InputError
        One of them carries none.
    """
    source = job.settings.inputs.overrides
    if source is None:
        return
    decided = read_overrides(job.raw / source.path, set)
    given = decided[(decided["decision"] == "correct") & (decided["value_kwp"] > 0)].head(CORRECTIONS_TRIED)
    value_kwp = given.set_index("site_id")["value_kwp"]
    mine = [("site_id", "in", set(value_kwp.index))]
    sites = store.read_table(job.prepared, "sites", filters=mine) if len(value_kwp) else given
    for row in range(len(sites)):
        if place(sites.iloc[[row]].reset_index(drop=True), job).surfaces.empty:  # type: ignore[arg-type]
            site_id = sites["site_id"].iloc[row]
            raise no_room(site_id, value_kwp[site_id])


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
