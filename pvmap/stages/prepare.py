"""The city as a whole: read, deduplicate, name the district, choose the sky, lay along a curve, cut into tiles."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
from pvmap.sites.masks import load_masks, mask_layer
from pvmap.sites.place import doubt_place
from pvmap.sites.reading import nothing_refused
from pvmap.sites.sensitive import leave_out, unnamed
from pvmap.sources.asleep import stacked
from pvmap.sources.remote.record import doubt_fetched
from pvmap.sources.stretches import Each, in_turn
from pvmap.sources.vector import VectorLayer, check_extents, read_vector
from pvmap.sources.weather import WeatherSet, nearness, read_weather
from pvmap.stages.areas import AREAS, area_outlines, doubt_outside, doubt_overlaps, name_areas, read_named
from pvmap.stages.curve import along_curve, write_along_curve
from pvmap.stages.doubts import doubt_sites
from pvmap.stages.ground_doubts import doubt_ground
from pvmap.stages.job import PREPARED, YEARS
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


def _read_city(reading: Reading) -> City:
    settings, raw, folder = reading.settings, reading.raw, reading.folder
    crs = city_crs((settings, raw))
    weather = read_weather(settings.weather, raw, settings.city.utc_offset_hours)
    areas = {
        level: read_named(source, raw, crs, level)
        for level in AREAS
        if (source := getattr(settings.inputs, level)) is not None
    }
    plants = read_plants(settings, raw, crs)
    masks = _read_masks(settings, raw, crs)
    named_masks = {f"mask {number + 1} {settings.masks[number].name}": layer for number, layer in masks.items()}
    others = {**areas, **({"existing_pv": plants} if plants is not None else {}), **named_masks}
    if settings.city.use == "public" and settings.inputs.sensitive is not None:
        others["sensitive"] = read_vector(settings.inputs.sensitive, raw, crs)
    findings = [*weather.findings, *doubt_fetched(raw), *(one for layer in others.values() for one in layer.findings)]
    frames: dict[str, gpd.GeoDataFrame] = {}
    rejects = [layer.rejects for layer in others.values()]
    counts: dict[str, dict[str, int]] = {}
    for kind, inputs in site_inputs(settings).items():
        frames[kind], refused, counts[kind], doubts = read_kind(kind, inputs, settings, raw, crs, reading.cleaned)
        rejects += refused
        findings += doubts
    counts |= {name: count_rows([layer], len(layer.features), 0) for name, layer in others.items()}
    placed = {name: layer.features for name, layer in others.items() if name not in named_masks}
    findings += check_extents({**frames, **placed})
    n_rows = pd.concat([frame["source"] for frame in frames.values()]).value_counts()
    frames, double = overlaps.resolve(frames, settings.siting)
    give_back()
    rejects.append(double)
    findings += outlines.by_file("rows-counted-elsewhere", double, n_rows)
    _refuse_more(counts, double)
    kinds, sites = tuple(frames), _stacked(frames)
    if settings.city.use == "public":
        every_id = sites["site_id"]
        sites, untold, told = leave_out(sites, others["sensitive"].features if "sensitive" in others else None)
        rejects.append(untold)
        _refuse_more(counts, untold)
        findings = [*unnamed(findings, set(every_id) - set(sites["site_id"])), *told]
    del frames  # a city's rows stand once in memory from here on
    if not len(sites):
        counted = pd.concat(rejects)["reason"].value_counts()
        why = ", ".join(f"{reason} ({n})" for reason, n in counted.items())
        raise InputError(
            f"City {settings.city.name!r}: no site is left after reading: {why}; check its layers and filters."
        )
    points = points_within(sites.geometry.array)
    sites = name_areas(sites, points, areas)
    give_back()
    with ThreadPoolExecutor(1) as beside:  # what only looks at sites is done beside what makes them
        doubting = beside.submit(_doubts, sites.copy(deep=False), points, areas, masks, weather, (settings, raw, crs))
        sites = _choose_sky(sites, weather)
        close = nearness.doubts(weather, sites, settings.weather)
        close += doubt_place(settings.city, float(sites["longitude"].mean()), float(sites["latitude"].mean()))
        if plants is not None:
            sites, more = existing.subtract(sites, plants.features, settings.siting, settings.module)
            close += more
        give_back()
        for kind in kinds:
            of_masks = partial(load_masks, settings.masks, raw, crs)
            sites = SITE_TYPES[kind].prepare(sites, settings, of_masks)
        sites["hilbert"], order = along_curve(sites)
        findings += [*doubting.result(), *close]
        give_back()
        from pvmap.stages.trial import try_tiles  # decides whether a run goes on, never what its numbers are

        trial = beside.submit(try_tiles, sites.copy(deep=False), order, weather, settings, raw)
        write_along_curve(folder / PREPARED, sites, order)
        trial.result()
    give_back()
    store.write_table(folder, "rejects", _all_rejects(rejects))
    store.write_table(folder, "weather", weather.table())
    if settings.weather.several_years:
        every = read_weather(settings.weather, raw, settings.city.utc_offset_hours, years="all")
        findings += [found for found in every.findings if found not in weather.findings]
        store.write_table(folder / YEARS, "weather", every.table())
        store.write_json(folder / YEARS / "points.json", [point.summary for point in every.points])
    for level in areas:
        disk.write_atomically(folder / f"{level}.parquet", area_outlines(areas, level).to_parquet)
    about_weather = [point.summary for point in weather.points]
    return City(crs.to_string(), counts, about_weather, add_up(findings))


def _doubts(
    sites: gpd.GeoDataFrame,
    points: np.ndarray,
    areas: dict[str, VectorLayer],
    masks: dict[int, VectorLayer],
    weather: WeatherSet,
    city: tuple[Settings, Path, CRS],
) -> list[Finding]:
    """Tell what is odd about the sites of a city, the ground they lie on and what protects it."""
    settings, raw, crs = city
    return [
        *doubt_sites(sites, crs),
        *doubt_ground(sites, points, settings.inputs, settings.mine, weather, raw, crs),
        *doubt_roof_faces(sites, settings.inputs.roofs_cityjson, raw, crs),
        *doubt_masks(sites, settings.masks, masks, raw, crs),
        *doubt_outside(sites, areas),
        *doubt_overlaps(points, areas),
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


def read_plants(settings: Settings, raw: Path, crs: CRS) -> VectorLayer | None:
    """Read plants that stand, as points or polygons, each as one: its capacity is that of all its parts."""
    source = settings.inputs.existing_pv
    if source is None:
        return None
    layer = read_vector(source.model_copy(update={"explode": False}), raw, crs, kinds=("Point", "Polygon"))
    doubts = existing.doubt_rows(layer.features, layer.rejects, source.path)
    return replace(layer, findings=(*layer.findings, *doubts))


def _read_masks(settings: Settings, raw: Path, crs: CRS) -> dict[int, VectorLayer]:
    """Read the masks for what they refuse: ground under a refused polygon is not protected."""
    return {
        number: mask_layer(mask.input, mask.buffer_m, raw, crs)
        for number, mask in enumerate(settings.masks)
        if mask.input is not None
    }


def _refuse_more(counts: dict[str, dict[str, int]], rejects: pd.DataFrame) -> None:
    """Count sites that were kept at first among the refused, by the kind in `rejects`."""
    for kind, n_rows in zip(*np.unique(rejects["site_type"].astype(str), return_counts=True), strict=True):
        counts[str(kind)]["kept"] -= int(n_rows)
        counts[str(kind)]["refused"] += int(n_rows)


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
