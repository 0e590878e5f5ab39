"""How one site's number came about: source, rules, sky, every loss, the yield recomputed by plain pvlib, money."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap import chinese, store
from pvmap.config import Assumption, assumptions
from pvmap.energy.chain import Surface, simulate_surface
from pvmap.energy.waterfall import explain_losses
from pvmap.errors import InputError
from pvmap.findings import by_code, from_record, line
from pvmap.planning.explain import explain_money
from pvmap.planning.policy.classes import CLASSES
from pvmap.planning.publication import coarse_places, is_public
from pvmap.sentence import Sentence
from pvmap.settings.city import Settings
from pvmap.settings.costs import CapexSettings
from pvmap.settings.references import spelled_out
from pvmap.shade.shaded import Shade
from pvmap.sources.weather import WeatherPoint
from pvmap.stages import backdrop
from pvmap.stages.bureau import read_bureau_files
from pvmap.stages.job import TECHNICAL, TileJob
from pvmap.stages.publish import assessed_sites
from pvmap.stages.skies import sky_over, sun_weights, weather_over
from pvmap.stages.surroundings import Surroundings, grid_north_steps
from pvmap.store import whole
from pvmap.tables.vocabulary import BUILDING_USES

MONEY = ("planning.economics.", "planning.tariff.", "planning.carbon.co2", "planning.carbon.standard")


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
    at = np.flatnonzero(sites["site_id"].to_numpy(object) == site_id)  # letters that no file can hold are compared too
    if not len(at):
        raise InputError(
            f"No site {site_id!r} was assessed in {job.processed}; the popup on the map shows the id of each site."
        )
    site = sites.iloc[at[0]]
    told = coarse_places(sites.iloc[at[:1]], job.settings) if is_public(job.settings) else sites.iloc[at[:1]]
    yield from _source_lines(told.iloc[0])
    yield from _finding_lines(site, job)
    exclusions = store.read_table(job.processed, "exclusions", filters=[("site_id", "==", site_id)])
    yield from _area_lines(site, exclusions)
    surfaces = store.read_table(job.processed, "surfaces", filters=[("site_id", "==", site_id)])
    if len(surfaces):
        yield from _surface_lines(site, surfaces, job)  # type: ignore[arg-type]
    yield ""
    yield Sentence("Money, risk, cases")
    appraisal = store.read_table(job.processed, "appraisal")
    profiles = store.read_table(job.processed / TECHNICAL, "profiles")
    given = read_bureau_files(job.settings, job.raw, job.processed, job.processed).prices
    yield from explain_money(site_id, appraisal, sites, profiles, job.settings, given)
    yield ""
    yield Sentence("Unverified assumptions in force (the rest is in run.json and in the workbook)")
    yield from map(_assumption, _unverified(site, job.settings))


def _unverified(site: pd.Series, settings: Settings) -> Iterator[Assumption]:
    """Unverified assumptions that a site's numbers rest on; of what is said by use or class, what holds for it."""
    kind, use = str(site["site_type"]), str(site["building_use"])
    key = use if kind == "rooftop" else kind
    own = (key, CLASSES[key].cost, CLASSES[key].load, settings.planning.tariff.retail.get(key, ""))
    for one in assumptions(settings):
        section, last = one.key.partition(".")[0], one.key.rpartition(".")[2]
        if one.mark != "unverified":
            continue
        if section in (kind, "module", "energy", "shade") and (last == use or last not in BUILDING_USES):
            yield one
        elif one.key.startswith(MONEY) and (last == own[1] or last not in CapexSettings.model_fields):
            if not isinstance(one.value, dict):
                yield one
            elif named := [name for name in own if name in one.value]:
                yield one._replace(value=one.value[named[0]])


def _assumption(one: Assumption) -> Sentence:
    """Name, value, unit and source of an assumption."""
    unit = "" if one.unit == "1" else one.unit
    return Sentence(
        "  {key} = {value}: {source}",
        key=(one.key, chinese.meaning(one.key)),
        value=(f"{one.value} {unit}".rstrip(), f"{chinese.value(one.value)} {chinese.unit(unit)}".rstrip()),
        source=(spelled_out(one.source), chinese.basis(one.key, one.source)),
    )


def _degrees(longitude: float, latitude: float) -> tuple[str, str]:
    """Degrees of a place by the side of Greenwich and the equator it lies on, in English and Chinese."""
    east, north = longitude >= 0.0, latitude >= 0.0
    english = f"{abs(longitude):.5f} {'E' if east else 'W'} {abs(latitude):.5f} {'N' if north else 'S'}"
    chinese = f"{'东' if east else '西'}经 {abs(longitude):.5f}，{'北' if north else '南'}纬 {abs(latitude):.5f}"
    return english, chinese


def _source_lines(site: pd.Series) -> Iterator[str]:
    yield f"{site['site_id']} {site['name']}".rstrip()
    district = site["district"]
    about = {
        "kind": site["site_type"],
        "place": tuple(f"{district or none} {site['township']}".rstrip() for none in ("no district", "区县以外")),
        "degrees": _degrees(site["longitude"], site["latitude"]),
    }
    if site["building_use"] == "none":
        yield Sentence("  {kind}, in {place}, {degrees}", **about)
    else:
        yield Sentence("  {kind}, use {use}, in {place}, {degrees}", use=site["building_use"], **about)
    yield Sentence("  read from {source}, row {row}", source=site["source"], row=site["source_row"])
    if site["height_m"] == site["height_m"]:  # mines and ponds have none
        origin = site["height_source"]
        yield Sentence("  height {m:g} m ({source})", m=site["height_m"], source=(origin, chinese.word(origin)))
    yield Sentence(
        "  known to grade {grade}; existing plants {kwp:,.1f} kWp",
        grade=site["confidence"],
        kwp=site["existing_pv_kwp"],
    )


def _finding_lines(site: pd.Series, job: TileJob) -> Iterator[str]:
    """Tell what was found about this site, and what about others of its layer, which may be true of it too."""
    findings = [from_record(one) for one in whole.require_record(job.processed / whole.RUN, "findings")["findings"]]
    layers = {site["source"].split(":")[0], site["site_type"], site["weather_id"]}
    of_layer = [one for one in findings if PurePath(one.layer).name in layers]
    named = [one for one in findings if site["site_id"] in one.sites]
    named += [one for one in of_layer if site["source_row"] in one.rows and one not in named]
    others = [one for one in of_layer if one not in named]
    for heading, group in (("Found about this site", named), ("Found about its layer", others)):
        if group:
            yield ""
            yield Sentence(heading)
            for of_code in by_code(group):
                yield Sentence("  {found}", found=(line(of_code), line(of_code, "zh")))


def _area_lines(site: pd.Series, exclusions: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield Sentence("Area: {m2:,.1f} m2 read", m2=site["footprint_area_m2"])
    for reason, area_m2, clause in zip(*(exclusions[c] for c in ("reason", "area_m2", "clause")), strict=True):
        yield Sentence(
            "  - {m2:,.1f} m2 {reason}: {clause}",
            m2=area_m2,
            reason=(reason, chinese.reason(reason)),
            clause=(spelled_out(str(clause)), chinese.clause(str(clause))),
        )
    yield Sentence("  = {m2:,.1f} m2 carry arrays", m2=site["footprint_area_m2"] - exclusions["area_m2"].sum())


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
        yield Sentence(
            "Sky: {share:.0%} weather {name}, {source}, {corrected}",
            share=weight,
            name=point.weather_id,
            source=(point.source, chinese.word(point.source)),
            corrected=("corrected", "已订正") if point.corrected else ("not corrected", "未订正"),
        )
        yield Sentence("  {sun:,.0f} kWh/m2 a year on the horizontal", sun=float(point.data["ghi"].sum()) / 1000)
    for number, row in enumerate(surfaces.itertuples()):
        yield ""
        yield Sentence(
            "Surface {id}: tilt {tilt:.1f}, azimuth {azimuth:.1f}, {mounting}, gcr {gcr:.3f}, {m2:,.1f} m2, "
            "at most {kwp:,.1f} kWp",
            id=row.surface_id,
            tilt=row.surface_tilt,
            azimuth=row.surface_azimuth,
            mounting=(row.mounting, chinese.word(f"{row.mounting} mounting")),
            gcr=row.gcr,
            m2=row.area_m2,
            kwp=row.capacity_limit_kwp,
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
    first = weather[0][0].weather_id
    under = (f" under weather {first} alone", f"（仅按气象 {first}）") if len(weather) > 1 else ""
    yield Sentence("  open-sky light in the plane{under}: {sun:,.0f} kWh/m2", under=under, sun=steps["left"].iloc[0])
    for name, step in steps.iloc[1:].iterrows():
        yield Sentence(
            "  {share:+7.2%}  {step}: {left:,.1f}",
            share=step["share"],
            step=(name, chinese.step(str(name))),
            left=step["left"],
        )
    recomputed = sum(
        weight * float(simulate_surface(point, surface, settings, offset)["ac"].sum()) * point.interval_minutes / 60
        for point, weight in weather
    )
    difference = recomputed / stored["specific_yield_kwh_per_kwp"] - 1 if stored["specific_yield_kwh_per_kwp"] else 0.0
    yield Sentence(
        "  {recomputed:,.2f} kWh/kWp by plain pvlib, {stored:,.2f} stored ({difference:+.1e}); {n} modules, "
        "{kwp:,.1f} kWp, {kwh:,.0f} kWh in the first year",
        recomputed=recomputed,
        stored=stored["specific_yield_kwh_per_kwp"],
        difference=difference,
        n=stored["n_modules"],
        kwp=stored["capacity_kwp"],
        kwh=stored["energy_kwh"],
    )
