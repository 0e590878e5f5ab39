"""How one site's number came about: source, rules, sky, every loss, the yield recomputed by plain pvlib, money."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap import store
from pvmap.config import assumptions
from pvmap.energy.chain import Surface, simulate_surface
from pvmap.energy.waterfall import explain_losses
from pvmap.errors import InputError
from pvmap.findings import by_code, from_record, line
from pvmap.planning.explain import explain_money
from pvmap.settings.references import spelled_out
from pvmap.shade.skyline import Shade
from pvmap.sources.weather import WeatherPoint
from pvmap.stages import backdrop
from pvmap.stages.bureau import read_bureau_files
from pvmap.stages.job import TECHNICAL, TileJob
from pvmap.stages.publish import assessed_sites
from pvmap.stages.skies import sky_over, sun_weights, weather_over
from pvmap.stages.surroundings import Surroundings, grid_north_steps
from pvmap.tables import BUILDING_USES


def explain(site_id: str, job: TileJob) -> Iterator[str]:
    """Tell how a site's stored numbers came about.

    Parameters
    ----------
    site_id
        Site to explain.
    job
        Any tile of the run: only its city matters here.

    Yields
    ------
    str
        Lines for a person.

    Raises
    ------
    InputError
        An id that is not in the run.
    """
    sites = assessed_sites(job.processed)
    at = np.flatnonzero((sites["site_id"] == site_id).to_numpy())
    if not len(at):
        raise InputError(
            f"No site {site_id!r} was assessed in {job.processed}; the popup on the map shows the id of each site."
        )
    site = sites.iloc[at[0]]
    yield from _source_lines(site)
    yield from _finding_lines(site, job)
    exclusions = store.read_table(job.processed, "exclusions", filters=[("site_id", "==", site_id)])
    yield from _area_lines(site, exclusions)
    surfaces = store.read_table(job.processed, "surfaces", filters=[("site_id", "==", site_id)])
    if len(surfaces):
        yield from _surface_lines(site, surfaces, job)  # type: ignore[arg-type]
    yield ""
    yield "Money, risk, cases"
    appraisal = store.read_table(job.processed, "appraisal")
    profiles = store.read_table(job.processed / TECHNICAL, "profiles")
    given = read_bureau_files(job.settings, job.raw, job.processed, job.processed).prices
    yield from (f"  {line}" for line in explain_money(site_id, appraisal, sites, profiles, job.settings, given))
    yield ""
    yield "Unverified assumptions in force (the rest is in run.json and in the workbook)"
    for one in assumptions(job.settings):
        section, last = one.key.partition(".")[0], one.key.rpartition(".")[2]
        mine = section in (site["site_type"], "module", "energy", "shade")
        if one.mark == "unverified" and mine and last in ({last} - set(BUILDING_USES)) | {site["building_use"]}:
            yield (
                f"  {one.key} = {one.value} {one.unit if one.unit != '1' else ''}".rstrip()
                + f": {spelled_out(one.source)}"
            )


def _source_lines(site: pd.Series) -> Iterator[str]:
    yield f"{site['site_id']} {site['name']}".rstrip()
    yield (
        f"  {site['site_type']}, use {site['building_use']}, in {site['district'] or 'no district'} "
        f"{site['township']}".rstrip()
        + f", {site['longitude']:.5f} E {site['latitude']:.5f} N"
    )
    yield f"  read from {site['source']}, row {site['source_row']}"
    yield f"  height {site['height_m']:g} m ({site['height_source']})"
    yield f"  confidence {site['confidence']}; existing plants {site['existing_pv_kwp']:,.1f} kWp"


def _finding_lines(site: pd.Series, job: TileJob) -> Iterator[str]:
    """Tell what was found about this site, and what about others of its layer, which may be true of it too."""
    findings = [from_record(one) for one in store.read_json(job.processed / "run.json")["findings"]]
    layers = {site["source"].split(":")[0], site["site_type"], site["weather_id"]}
    of_layer = [one for one in findings if PurePath(one.layer).name in layers]
    named = [one for one in findings if site["site_id"] in one.sites]
    named += [one for one in of_layer if site["source_row"] in one.rows and one not in named]
    others = [one for one in of_layer if one not in named]
    for heading, group in (("Found about this site", named), ("Found about its layer", others)):
        if group:
            yield ""
            yield heading
            yield from (f"  {line(of_code)}" for of_code in by_code(group))


def _area_lines(site: pd.Series, exclusions: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield f"Area: {site['footprint_area_m2']:,.1f} m2 read"
    for row in exclusions.itertuples():
        yield f"  - {row.area_m2:,.1f} m2 {row.reason}: {spelled_out(str(row.clause))}"
    yield f"  = {site['footprint_area_m2'] - exclusions['area_m2'].sum():,.1f} m2 carry arrays"


def _surface_lines(site: pd.Series, surfaces: gpd.GeoDataFrame, job: TileJob) -> Iterator[str]:
    weather = weather_over(site["longitude"], site["latitude"], job)
    yields = store.read_table(job.processed, "yields", filters=[("site_id", "==", site["site_id"])])
    yields = yields.set_index("surface_id").loc[surfaces["surface_id"]].reset_index()
    shade = None
    if job.settings.shade.enabled:
        backdrop.lay_out(job)
        sun = sun_weights(sky_over(site["weather_id"], job))
        (north,) = grid_north_steps(job, site["longitude"], site["latitude"])
        shade = Surroundings.around(surfaces, job).turned(north).shade(surfaces, sun, job.settings.shade)
    yield ""
    for point, weight in weather:
        corrected = "corrected" if point.corrected else "not corrected"
        yield f"Sky: {weight:.0%} weather {point.weather_id}, {point.source}, {corrected}"
        yield f"  {float(point.data['ghi'].sum()) / 1000:,.0f} kWh/m2 a year on the horizontal"
    for number, row in enumerate(surfaces.itertuples()):
        yield ""
        yield (
            f"Surface {row.surface_id}: tilt {row.surface_tilt:.1f}, azimuth {row.surface_azimuth:.1f}, "
            f"{row.mounting}, gcr {row.gcr:.3f}, {row.area_m2:,.1f} m2, at most {row.capacity_limit_kwp:,.1f} kWp"
        )
        yield from _chain_lines(weather, _surface(surfaces.iloc[number], shade, number), yields.iloc[number], job)


def _surface(row: pd.Series, shade: Shade | None, number: int) -> Surface:
    seen = {} if shade is None else {n: shade.table[n].iloc[number] for n in ("sky_view_factor", "horizon_band_share")}
    lie = ("surface_tilt", "surface_azimuth", "mounting", "gcr", "albedo", "ground_tilt", "ground_azimuth")
    names = (*lie, "row_length_m", "edge_height_m")
    return Surface(**{n: row[n] for n in names}, **seen, sunlit=None if shade is None else shade.sunlit[number])


def _chain_lines(
    weather: list[tuple[WeatherPoint, float]], surface: Surface, stored: pd.Series, job: TileJob
) -> Iterator[str]:
    settings, offset = job.settings.energy, job.settings.city.utc_offset_hours
    steps = explain_losses(weather[0][0], surface, settings, offset)
    under = f" under weather {weather[0][0].weather_id} alone" if len(weather) > 1 else ""
    yield f"  open-sky light in the plane{under}: {steps['left'].iloc[0]:,.0f} kWh/m2"
    for name, step in steps.iloc[1:].iterrows():
        yield f"  {step['share']:+7.2%}  {name}: {step['left']:,.1f}"
    recomputed = sum(
        weight * float(simulate_surface(point, surface, settings, offset)["ac"].sum()) * point.interval_minutes / 60
        for point, weight in weather
    )
    difference = recomputed / stored["specific_yield_kwh_per_kwp"] - 1 if stored["specific_yield_kwh_per_kwp"] else 0.0
    yield (
        f"  {recomputed:,.2f} kWh/kWp by plain pvlib, {stored['specific_yield_kwh_per_kwp']:,.2f} stored "
        f"({difference:+.1e}); {stored['n_modules']} modules, {stored['capacity_kwp']:,.1f} kWp, "
        f"{stored['energy_kwh']:,.0f} kWh in the first year"
    )
