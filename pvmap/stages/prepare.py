"""The city as a whole: read, deduplicate, name the district, choose the sky, lay along a curve, cut into tiles."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import disk, store
from pvmap.errors import DiskError, InputError, PvmapError
from pvmap.findings import Finding, add_up
from pvmap.memory import give_back
from pvmap.settings.city import Settings
from pvmap.sites import SITE_TYPES, existing, outlines, overlaps
from pvmap.sites.base import points_within
from pvmap.sites.mask_doubts import doubt_masks
from pvmap.sites.masks import load_masks
from pvmap.sites.place import doubt_place
from pvmap.sites.reading import nothing_refused
from pvmap.sites.sensitive import leave_out, unnamed
from pvmap.sources.asleep import stacked
from pvmap.sources.remote.record import doubt_fetched
from pvmap.sources.stretches import Each, in_turn
from pvmap.sources.vector import check_extents
from pvmap.sources.weather import WeatherSet, nearness, read_weather
from pvmap.stages.areas import AREAS, area_outlines, doubt_outside, doubt_overlaps, name_areas
from pvmap.stages.curve import along_curve, write_along_curve
from pvmap.stages.doubts import doubt_sites
from pvmap.stages.ground_doubts import doubt_ground
from pvmap.stages.job import PREPARED, YEARS
from pvmap.stages.other_layers import OtherLayers, read_others
from pvmap.stages.roof_doubts import doubt_roof_faces
from pvmap.stages.site_layers import Cleaned, are_large, city_crs, cleaned_ahead, count_rows, read_kind, site_inputs
from pvmap.tables import TABLES

RECORD = "city.json"  # says which tables of the run folder are current


@dataclass(frozen=True)
class City:
    """What the later steps need to know of the city as a whole."""

    crs: str
    counts: dict[str, dict[str, int]]
    weather: list[dict[str, Any]]
    findings: list[Finding]


def prepare(settings: Settings, raw: Path, processed: Path, each: Each = in_turn) -> City:
    """Read every input, write the tables sites, rejects, weather, districts and townships, and return the city.

    Nothing is written before everything has been read: an input that cannot be used leaves an earlier run as it is.

    Parameters
    ----------
    settings, raw, processed
        The city, the folder of its input files and its run folder.
    each
        Calls a function on every job of a stage and gives the results: this process in turn, or workers.

    Raises
    ------
    InputError, WeatherError, ConfigError
        One sentence on the first input that cannot be used.
    """
    scratch = disk.aside(processed / "reading")
    if not are_large(settings, raw):
        each = in_turn
    try:
        reading = Reading(settings, raw, scratch / "tables", cleaned_ahead(settings, raw, each, scratch))
        (city,) = each(read_city, [reading])
        if isinstance(city, PvmapError):
            raise city
        disk.remove(processed / RECORD)  # until the caller writes it anew: these tables belong together
        _put_in_place(reading.folder, processed, settings)
        return city
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(frozen=True)
class Reading:
    """A city to be read by whoever computes: the process that runs the city must not hold it.

    Attributes
    ----------
    settings, raw
        The city and the folder of its input files.
    folder
        Where its tables are written.
    cleaned
        Large layers of sites that have been cleaned, by kind and number.
    """

    settings: Settings
    raw: Path
    folder: Path
    cleaned: Cleaned


def read_city(reading: Reading) -> City | PvmapError:
    """Read a city and write its tables, or give what its user can put right; storage may be tried once more."""
    try:
        return _read_city(reading)
    except DiskError:
        raise
    except PvmapError as error:
        return error
    finally:
        give_back()


def _put_in_place(tables: Path, processed: Path, settings: Settings) -> None:
    """Move tables that have been written into the run folder, in place of those of an earlier run."""
    names = city_files(settings)
    for name in names:
        with disk.errors(processed / name):
            (processed / name).parent.mkdir(parents=True, exist_ok=True)
            disk.put(tables / name, processed / name)
    for level in AREAS:
        if f"{level}.parquet" not in names:
            disk.remove(processed / f"{level}.parquet")
    if not settings.weather.several_years:
        disk.remove_ours(processed / YEARS, re.compile(r"weather\.parquet|points\.json"))


@dataclass
class Told:
    """What the reading of a city tells beside its sites."""

    findings: list[Finding]
    rejects: list[pd.DataFrame]
    counts: dict[str, dict[str, int]]

    def refuse(self, rows: pd.DataFrame) -> None:
        """Count sites that were kept at first among the refused, each with its kind."""
        self.rejects.append(rows)
        for kind, n_rows in zip(*np.unique(rows["site_type"].astype(str), return_counts=True), strict=True):
            self.counts[str(kind)]["kept"] -= int(n_rows)
            self.counts[str(kind)]["refused"] += int(n_rows)


def _read_city(reading: Reading) -> City:
    settings, raw, folder = reading.settings, reading.raw, reading.folder
    crs = city_crs((settings, raw))
    weather = read_weather(settings.weather, raw, settings.city.utc_offset_hours)
    others = read_others(settings, raw, crs)
    layers = others.by_name(settings)
    told = Told(
        [*weather.findings, *doubt_fetched(raw), *(one for layer in layers.values() for one in layer.findings)],
        [layer.rejects for layer in layers.values()],
        {},
    )
    _lay_out(_read_sites(reading, crs, others, told), reading, crs, (weather, others), told)  # who calls holds no site
    store.write_table(folder, "rejects", _all_rejects(told.rejects))
    store.write_table(folder, "weather", weather.table())
    if settings.weather.several_years:
        every = read_weather(settings.weather, raw, settings.city.utc_offset_hours, years="all")
        told.findings += [found for found in every.findings if found not in weather.findings]
        store.write_table(folder / YEARS, "weather", every.table())
        store.write_json(folder / YEARS / "points.json", [point.summary for point in every.points])
    for level in others.areas:
        disk.write_atomically(folder / f"{level}.parquet", area_outlines(others.areas, level).to_parquet)
    about_weather = [point.summary for point in weather.points]
    return City(crs.to_string(), told.counts, about_weather, add_up(told.findings))


def _read_sites(reading: Reading, crs: CRS, others: OtherLayers, told: Told) -> gpd.GeoDataFrame:
    """Read the sites of all kinds into one frame: each stretch of ground once, without what the public may not see."""
    settings, raw = reading.settings, reading.raw
    frames: dict[str, gpd.GeoDataFrame] = {}
    for kind, inputs in site_inputs(settings).items():
        frames[kind], refused, told.counts[kind], doubts = read_kind(kind, inputs, settings, raw, crs, reading.cleaned)
        told.rejects += refused
        told.findings += doubts
    layers = others.by_name(settings)
    told.counts |= {name: count_rows([layer], len(layer.features), 0) for name, layer in layers.items()}
    placed = {name: layer.features for name, layer in others._replace(masks={}).by_name(settings).items()}
    told.findings += check_extents({**frames, **placed})
    n_rows = pd.concat([frame["source"] for frame in frames.values()]).value_counts()
    frames, double = overlaps.resolve(frames, settings.siting)
    give_back()
    told.findings += outlines.by_file("rows-counted-elsewhere", double, n_rows)
    told.refuse(double)
    sites = _stacked(frames)
    if settings.city.use == "public":
        every_id = sites["site_id"]
        sites, untold, about = leave_out(sites, others.sensitive.features if others.sensitive is not None else None)
        told.refuse(untold)
        told.findings[:] = [*unnamed(told.findings, set(every_id) - set(sites["site_id"])), *about]
    if not len(sites):
        counted = pd.concat(told.rejects)["reason"].value_counts()
        why = ", ".join(f"{reason} ({n})" for reason, n in counted.items())
        raise InputError(
            f"City {settings.city.name!r}: no site is left after reading: {why}; check its layers and filters."
        )
    return sites


def _lay_out(
    sites: gpd.GeoDataFrame, reading: Reading, crs: CRS, around: tuple[WeatherSet, OtherLayers], told: Told
) -> None:
    """Say of each site what the whole city decides, and write the table of sites along the curve."""
    settings, raw, (weather, others) = reading.settings, reading.raw, around
    points = points_within(sites.geometry.array)
    sites = name_areas(sites, points, others.areas)
    give_back()
    with ThreadPoolExecutor(1) as beside:  # what only looks at sites is done beside what makes them
        doubting = beside.submit(_doubts, sites.copy(deep=False), points, others, weather, (settings, raw, crs))
        sites = _choose_sky(sites, weather)
        close = nearness.doubts(weather, sites, settings.weather)
        close += doubt_place(settings.city, float(sites["longitude"].mean()), float(sites["latitude"].mean()))
        if others.plants is not None:
            sites, more = existing.subtract(sites, others.plants.features, settings.siting, settings.module)
            close += more
        give_back()
        for kind in site_inputs(settings):
            of_masks = partial(load_masks, settings.masks, raw, crs)
            sites = SITE_TYPES[kind].prepare(sites, settings, of_masks)
        sites["hilbert"], order = along_curve(sites)
        told.findings += [*doubting.result(), *close]
        give_back()
        from pvmap.stages.trial import try_tiles  # decides whether a run goes on, never what its numbers are

        trial = beside.submit(try_tiles, sites.copy(deep=False), order, weather, settings, raw)
        write_along_curve(reading.folder / PREPARED, sites, order)
        trial.result()
    give_back()


def _doubts(
    sites: gpd.GeoDataFrame,
    points: np.ndarray,
    others: OtherLayers,
    weather: WeatherSet,
    city: tuple[Settings, Path, CRS],
) -> list[Finding]:
    """Tell what is odd about the sites of a city, the ground they lie on and what protects it."""
    settings, raw, crs = city
    return [
        *doubt_sites(sites, crs),
        *doubt_ground(sites, points, settings.inputs, settings.mine, weather, raw, crs),
        *doubt_roof_faces(sites, settings.inputs.roofs_cityjson, raw, crs),
        *doubt_masks(sites, settings.masks, others.masks, raw, crs),
        *doubt_outside(sites, others.areas),
        *doubt_overlaps(points, others.areas),
    ]


def _stacked(frames: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Sites of all kinds in one frame."""
    there = [frame for frame in frames.values() if len(frame)]
    return stacked(there) if there else gpd.GeoDataFrame({"source": pd.Series(dtype="str")})


def city_files(settings: Settings) -> list[str]:
    """Name the files that `prepare` leaves in the run folder."""
    names = [f"{PREPARED}/sites.parquet", "rejects.parquet", "weather.parquet"]
    names += [f"{level}.parquet" for level in AREAS if getattr(settings.inputs, level) is not None]
    return names + [f"{YEARS}/{n}" for n in ("weather.parquet", "points.json") if settings.weather.several_years]


def _choose_sky(sites: gpd.GeoDataFrame, weather: WeatherSet) -> gpd.GeoDataFrame:
    sites["weather_id"] = weather.assign(sites["longitude"].to_numpy(), sites["latitude"].to_numpy())
    return sites


def _all_rejects(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frames = [f for f in frames if len(f)] or [nothing_refused()]
    every = pd.concat([f[list(TABLES["rejects"].columns)] for f in frames], ignore_index=True)
    key = ["source", "source_row", "part"]
    again = every.duplicated(key)  # two layers of one file, or a mask used twice, share its name
    highest = every.groupby(key[:2])["part"].transform("max")
    every.loc[again, "part"] = highest[again] + 1 + every[again].groupby(key[:2]).cumcount()
    return every
