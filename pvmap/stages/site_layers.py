"""Layers of buildings, mines and ponds: large ones cleaned by workers, all of them read into the sites of a kind."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from pvmap.crs import require_metric
from pvmap.errors import InputError, PvmapError
from pvmap.findings import Finding
from pvmap.memory import give_back
from pvmap.settings.city import Settings, VectorInput
from pvmap.sites import SITE_TYPES, outlines
from pvmap.sites.assumed import tell_assumed
from pvmap.sites.chosen import choose
from pvmap.sites.use_from_land import with_uses_of_land
from pvmap.sources.city_buildings import is_city_model
from pvmap.sources.stretches import Each, Runs
from pvmap.sources.unmapped import doubt_unmapped
from pvmap.sources.vector import VectorLayer, clean_ahead, layer_crs, read_vector
from pvmap.stages.doubts import refuse_far, refuse_impossible
from pvmap.stages.measured_heights import with_measured_heights

# Bytes of layers of sites; fewer are read here: on a first run the workers first compile, which takes longer.
LARGE_BYTES = 16 << 20

Cleaned = dict[tuple[str, int], Runs]  # large layers of sites that have been cleaned, by kind and number


def site_inputs(settings: Settings) -> dict[str, tuple[VectorInput, ...]]:
    """Layers of each kind of site that the city has."""
    named = {"rooftop": settings.inputs.buildings, "mine": settings.inputs.mines, "fishpond": settings.inputs.fishponds}
    return {kind: sources for kind, sources in named.items() if sources}


def _first_input(settings: Settings) -> VectorInput:
    return next(source for sources in site_inputs(settings).values() for source in sources)


def city_crs(city: tuple[Settings, Path]) -> CRS:
    """Give the metric CRS of a city: its own, or one chosen by where its first layer lies."""
    settings, raw = city
    return require_metric(settings.city.crs or layer_crs(_first_input(settings), raw))


def are_large(settings: Settings, raw: Path) -> bool:
    """Whether layers of sites are so large that workers had better read them."""
    paths = [raw / source.path for sources in site_inputs(settings).values() for source in sources]
    return sum(path.stat().st_size for path in paths if path.is_file()) >= LARGE_BYTES


def cleaned_ahead(settings: Settings, raw: Path, each: Each, scratch: Path) -> Cleaned:
    """Have large layers cleaned; what cannot be is left to be told by who reads the city, in its turn."""
    try:
        (crs,) = each(city_crs, [(settings, raw)])
        cleaned = {
            (kind, number): clean_ahead(source, raw, crs, each, scratch / f"{kind}{number}")
            for kind, sources in site_inputs(settings).items()
            for number, source in enumerate(sources)
        }
    except PvmapError:
        return {}
    return {place: runs for place, runs in cleaned.items() if runs is not None}


def read_kind(
    kind: str, inputs: tuple[VectorInput, ...], settings: Settings, raw: Path, crs: CRS, cleaned: Cleaned
) -> tuple[gpd.GeoDataFrame, list[pd.DataFrame], dict[str, int], list[Finding]]:
    """Read the sites of a kind: what is kept, what is refused, how many of each, and what is doubtful."""
    layers = []
    for number, source in enumerate(inputs):
        if kind != "rooftop" and is_city_model(raw / source.path):
            raise InputError(
                f"{source.path} is a city model, whose buildings are no {kind} sites; it belongs to inputs.buildings, "
                "and its roof planes to inputs.roofs_cityjson."
            )
        layer = read_vector(source, raw, crs, runs=cleaned.get((kind, number)))
        layers.append(choose(kind, layer, source, settings, raw, crs))
        del layer
        give_back()  # while it was read it stood in memory several times over
    findings: list[Finding] = []
    if kind == "rooftop":
        unmapped = [found for source in inputs for found in doubt_unmapped(source, raw)]
        land = settings.inputs.land_use
        of_land = read_vector(land, raw, crs) if land is not None else None
        layers, findings = with_uses_of_land(layers, inputs, of_land, land)
        findings += [*unmapped, *(of_land.findings if of_land is not None else ())]
        layers, more = with_measured_heights(layers, settings, raw)
        findings += more
    sites, refused, doubts = SITE_TYPES[kind].read(layers, inputs, settings)
    findings += [*doubts, *tell_assumed(kind, sites, settings, doubts)]
    give_back()
    for settle in (refuse_far, refuse_impossible, outlines.settle if kind == "rooftop" else outlines.doubt):
        sites, gone, about = settle(sites)
        refused = pd.concat([refused, gone], ignore_index=True)
        findings += about
    findings += [found for layer in layers for found in layer.findings]
    rejects = [*(layer.rejects for layer in layers), refused]
    counts = count_rows(layers, len(sites), len(refused))
    layers.clear()
    give_back()
    return sites, rejects, counts, findings


def count_rows(layers: list[VectorLayer], n_kept: int, n_refused: int) -> dict[str, int]:
    """Count what became of the rows of layers; what the layers refused themselves is counted here."""
    n_rows = sum(layer.n_rows for layer in layers)
    n_parts = sum(layer.n_parts for layer in layers)
    return {
        "rows_read": n_rows,
        "parts_exploded": n_parts - n_rows,
        "kept": n_kept,
        "refused": n_refused + sum(len(layer.rejects) for layer in layers),
    }
