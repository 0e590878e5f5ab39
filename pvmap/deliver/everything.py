"""Everything a planner takes away, written into the run folder in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from pvmap import store
from pvmap.deliver.geopackage import write_geopackage
from pvmap.deliver.profiles_export import write_profiles
from pvmap.deliver.workbook import Run, write_workbook
from pvmap.planning.grid.duck import duck_curve
from pvmap.planning.grid.pypsa_export import Around, write_pypsa
from pvmap.planning.risk.uncertainty import by_site_and_year
from pvmap.settings.city import Settings


def write_planner_files(
    folder: Path,
    settings: Settings,
    tables: dict[str, pd.DataFrame],
    manifest: dict[str, Any],
    around: Around = Around(),
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
        (before what stands was taken out), zones, years.
    manifest
        Content of ``run.json``.
    around
        What the bureau knows of the network: loads, prices, limits.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    sites, zones = tables["sites"], tables["zones"]
    if not (isinstance(sites, gpd.GeoDataFrame) and isinstance(zones, gpd.GeoDataFrame)):
        raise TypeError("sites and zones carry geometry")
    appraisal, profiles = tables["appraisal"], tables["profiles"]
    loads = around.loads
    duck = None if loads is None else duck_curve(profiles, loads, settings.city.utc_offset_hours, settings.city.name)
    years_kwh = by_site_and_year(tables["years"], sites["site_id"])
    run = Run(settings, appraisal, sites, tables["exclusions"], manifest, duck, years_kwh)
    written = [
        write_workbook(folder / "report.xlsx", run),
        write_geopackage(folder / f"{settings.city.name}.gpkg", appraisal, sites, zones, settings),
        *write_profiles(folder, profiles, settings),
        write_pypsa(folder / "pypsa", appraisal, sites, profiles, tables["gross_profiles"], settings, around),
    ]
    if duck is not None:
        written.append(store.write_csv(folder / "duck_curve.csv", duck))
    return written
