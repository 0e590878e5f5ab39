"""All that is wrong with the inputs is told at once: where one is refused, the others are tried on their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pyproj import CRS

from pvmap.config import missing_paths
from pvmap.crs import require_metric
from pvmap.errors import PvmapError, Refusals
from pvmap.opening import is_there
from pvmap.planning.grid.hourly import read_loads, read_market_prices
from pvmap.settings.city import FileInput, RasterInput, Settings, VectorInput
from pvmap.sites import SITE_TYPES
from pvmap.sources.raster import Raster
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.sources.vector import layer_crs, read_vector
from pvmap.sources.weather import read_weather
from pvmap.sources.weather.hours import year_index
from pvmap.stages.areas import AREAS, read_named
from pvmap.stages.other_layers import read_plants
from pvmap.stages.plan_trial import backdrop_trials, plan_trials
from pvmap.stages.site_layers import site_inputs
from pvmap.stages.trial import try_prices

Trial = Callable[[], object]


@contextmanager
def told_at_once(settings: Settings, raw: Path) -> Iterator[None]:
    """Where one input is refused, try all the others on their own and raise everything that is refused."""
    try:
        yield
    except PvmapError as first:
        raise _with_all_others(settings, raw, first) from None


def _with_all_others(settings: Settings, raw: Path, first: PvmapError) -> PvmapError:
    sentences = {str(first): None}
    for trial in _of_each_input(settings, raw):
        try:
            trial()
        except PvmapError as error:
            sentences[str(error)] = None
    return Refusals(sentences) if len(sentences) > 1 else first


def _of_each_input(settings: Settings, raw: Path) -> Iterator[Trial]:
    """Give for each input that is there how a run reads it, and the prices that no file holds."""
    inputs, offset = settings.inputs, settings.city.utc_offset_hours
    hours = year_index(settings.weather.nominal_year, offset)  # of any year: only what is wrong matters here
    metric = _metric_crs(settings, raw)

    def crs(source: VectorInput) -> CRS:
        return metric or layer_crs(source, raw)

    def sites(kind: str, source: VectorInput) -> object:
        return SITE_TYPES[kind].read([read_vector(source, raw, crs(source))], [source], settings)

    def areas(level: str, source: VectorInput) -> object:
        return read_named(source, raw, crs(source), level)

    def mask(source: VectorInput) -> object:
        return read_vector(source, raw, crs(source))

    def plants(source: VectorInput) -> object:
        return read_plants(settings, raw, crs(source))

    def roofs(source: FileInput) -> object:
        return read_roof_planes(source, raw, metric or CRS.from_epsg(4549))  # whether it holds roofs, anywhere

    def prices(source: FileInput) -> object:
        return read_market_prices(raw / source.path, hours, offset)

    def load(source: FileInput) -> object:
        return read_loads(raw / source.path, hours, offset)

    def raster(source: RasterInput) -> object:
        file = Raster(raw, source)
        return file.extent(file.crs)

    trials: list[tuple[Callable[..., object], tuple[Any, ...]]] = [
        *((sites, (kind, one)) for kind, several in site_inputs(settings).items() for one in several),
        *((areas, (level, getattr(inputs, level))) for level in AREAS),
        *((mask, (one.input,)) for one in settings.masks),
        *((raster, (one.raster,)) for one in settings.masks),
        (plants, (inputs.existing_pv,)),
        (raster, (inputs.dem,)),
        (raster, (inputs.dsm,)),
        (roofs, (inputs.roofs_cityjson,)),
        (prices, (inputs.market_prices,)),
        (load, (inputs.load,)),
    ]
    for read, arguments in trials:
        source = arguments[-1]
        if source is not None and not missing_paths(source, raw):
            yield partial(read, *arguments)
    for point in settings.weather.points:
        if not is_there(raw / point.path):  # a typical year has no path, and the folder is there
            continue
        yield partial(read_weather, settings.weather.model_copy(update={"points": (point,)}), raw, offset)
    yield partial(try_prices, settings)
    if metric is not None:
        yield from backdrop_trials(settings, raw, metric)
    if metric is not None and (districts := _districts(settings, raw, metric)) is not None:
        yield from plan_trials(settings, raw, metric, districts, hours)


def _districts(settings: Settings, raw: Path, metric: CRS) -> list[str] | None:
    """Names of the districts; None where their layer cannot be read, which is told of itself."""
    source = settings.inputs.districts
    if source is None:
        return []
    try:
        return sorted(set(read_named(source, raw, metric, "districts").features["name"].fillna("")) - {""})
    except PvmapError:
        return None


def _metric_crs(settings: Settings, raw: Path) -> CRS | None:
    """Metric CRS of the city, by the first layer that tells one; None where none does."""
    sources = [source for of_kind in site_inputs(settings).values() for source in of_kind]
    for source in [None] if settings.city.crs else sources:
        try:
            return require_metric(layer_crs(source, raw) if source is not None else settings.city.crs)
        except PvmapError:
            continue
    return None
