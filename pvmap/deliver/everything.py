"""Everything a planner takes away, written into the run folder in one go."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from pvmap import store
from pvmap.deliver.geopackage import write_geopackage
from pvmap.deliver.profiles_export import write_profiles
from pvmap.deliver.report_tables import Run
from pvmap.deliver.workbook import write_workbook
from pvmap.disk import aside
from pvmap.planning.grid.duck import duck as duck_of
from pvmap.planning.grid.prices import border_prices
from pvmap.planning.grid.pypsa_export import Around, write_pypsa
from pvmap.planning.grid.solve import NETCDF, Asked, solve
from pvmap.planning.grid.user_networks import write_user_networks
from pvmap.planning.profiles import Shapes
from pvmap.planning.publication import for_readers
from pvmap.planning.risk.uncertainty import by_site_and_year
from pvmap.settings.city import Settings
from pvmap.written import Tell, Written, silent


def write_planner_files(
    folder: Path,
    settings: Settings,
    tables: dict[str, pd.DataFrame],
    manifest: dict[str, Any],
    around: Around = Around(),
    asked: Asked | None = None,
    tell: Tell = silent,
    stamp: str = "",
) -> list[Path]:
    """Write workbook, GeoPackage, hourly profiles, PyPSA network and, with loads, duck curves.

    Parameters
    ----------
    folder
        Run folder.
    settings
        Settings of the run.
    tables
        Contract tables by name: sites, appraisal (same order), exclusions, profiles (what remains), gross_profiles
        (before what stands was taken out), zones, years; hosting, build_out and scenarios where the city has them.
    manifest
        Content of ``run.json``.
    around
        What the bureau knows of the network: loads, prices, limits.
    asked
        How to solve the networks, if at all; workbook and report then tell what came out.
    tell
        Called with a sentence for each file or folder that somebody has changed and that is kept under another name.
    stamp
        Which run they are of.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    fresh = aside(folder / "plan")
    try:
        fresh.mkdir(parents=True)
        made = _make(fresh, settings, tables, manifest, around, asked)
        return Written(folder).put(fresh, [path.name for path in made], tell, stamp)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _make(
    folder: Path,
    settings: Settings,
    tables: dict[str, pd.DataFrame],
    manifest: dict[str, Any],
    around: Around,
    asked: Asked | None,
) -> list[Path]:
    with _at_ease():
        from pvmap.deliver.report.write import write_report  # python-docx and matplotlib take a second to load

    tables = for_readers(tables, settings)
    sites, zones = tables["sites"], tables["zones"]
    if not (isinstance(sites, gpd.GeoDataFrame) and isinstance(zones, gpd.GeoDataFrame)):
        raise TypeError("sites and zones carry geometry")
    appraisal, profiles = tables["appraisal"], tables["profiles"]
    loads, shapes = around.loads, Shapes.of(profiles, settings.city.utc_offset_hours)
    duck = None if loads is None else duck_of(profiles, loads, settings.city.utc_offset_hours, settings.city.name)
    years_kwh = by_site_and_year(tables["years"], sites["site_id"])
    sell = border_prices(shapes.hours, settings).sell if around.prices is None else around.prices.sell
    networks = [
        write_pypsa(folder / "pypsa", appraisal, sites, profiles, tables["gross_profiles"], settings, around),
        write_user_networks(folder / "pypsa_users", appraisal, sites, shapes, sell, settings, around.given),
    ]
    solution = None if asked is None else solve(folder, appraisal, sites, settings, asked)
    run = Run(settings, appraisal, sites, tables["exclusions"], manifest, duck, years_kwh, solution, tables)
    written = [
        write_workbook(folder / "report.xlsx", run),
        write_report(folder / "report.docx", run),
        write_geopackage(folder / f"{settings.city.name}.gpkg", tables, settings),
        *write_profiles(folder, profiles, settings),
        *networks,
    ]
    if solution is not None:
        written.append(folder / NETCDF)
    if duck is not None:
        written.append(store.write_csv(folder / "duck_curve.csv", duck.days))
    return written


@contextlib.contextmanager
def _at_ease() -> Iterator[None]:
    """Let matplotlib take a folder of its own for its fonts where the home cannot be written, without a word on it."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
