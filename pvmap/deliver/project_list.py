"""The list of projects: the best of each district and kind; ponds that lie together are one project."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from pvmap.deliver.report_tables import sums_by, top_sites
from pvmap.planning.pond_projects import main_ponds
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import SITE_TYPES

AS_SITES = {  # sums of sites, as the list calls them
    "capacity_kwp": "site_kwp",
    "capacity_kwac": "site_kwac",
    "energy_kwh": "site_kwh",
    "capex_cny": "site_capex_cny",
}
ITS_OWN = ["site_id", "name", "site_type", "building_use", "district", "township"]


def projects(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """List the best projects of each district and kind, ranked by net present value.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        How many to list, how far ponds of one project lie apart, taxes.

    Returns
    -------
    pandas.DataFrame
        Columns of ``top_sites``, with `rank` and `n_sites`; a pond project bears the id and name of its largest pond.
    """
    every = top_sites(appraisal, sites, len(appraisal)).assign(n_sites=1)
    ponds = (appraisal["site_type"] == "fishpond").to_numpy() & (appraisal["capacity_kwp"] > 0).to_numpy()
    if ponds.any():
        of_ponds = _pond_projects(
            appraisal[ponds].reset_index(drop=True), sites[ponds].reset_index(drop=True), settings
        )
        every = pd.concat([every[every["site_type"] != "fishpond"], of_ponds], ignore_index=True)
    order = {kind: i for i, kind in enumerate(SITE_TYPES)}
    key = "npv_cny" if "npv_cny" in every else "site_kwp"
    every = every.assign(kind=every["site_type"].map(order)).sort_values(
        ["district", "kind", key, "site_id"], ascending=[True, True, False, True], ignore_index=True
    )
    every["rank"] = every.groupby(["district", "kind"], sort=False).cumcount() + 1
    return every[every["rank"] <= settings.planning.projects_per_group].drop(columns="kind").reset_index(drop=True)


def _pond_projects(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Sum ponds to projects: ratios are those of the sums, the grade is the worst of the ponds."""
    capacity = appraisal["capacity_kwp"].to_numpy(float)
    xy = shapely.get_coordinates(shapely.centroid(sites["geometry"].to_numpy()))
    district, reach_m = sites["district"].to_numpy(object), 1e3 * settings.planning.pond_project_km
    main = main_ponds(xy, district, capacity, reach_m)
    ids = appraisal["site_id"].to_numpy(object)[main]
    sums = sums_by(appraisal, sites, ids, "site_id", settings).rename(columns=AS_SITES).set_index("site_id")
    shaded = pd.Series(appraisal["shading_loss"].to_numpy(float) * capacity).groupby(ids).sum()
    sums["shading_loss"] = shaded / sums["site_kwp"]
    sums["footprint_area_m2"] = sites["footprint_area_m2"].groupby(ids).sum()
    sums["confidence"] = appraisal["confidence"].astype(str).groupby(ids).max()
    if "npv_cny" in sums:
        sums["at_grid_parity"] = sums["npv_cny"] >= 0
        sums["reaches_target_irr"] = sums["irr"] >= settings.planning.economics.target_irr
    own = appraisal.assign(name=sites["name"].to_numpy()).loc[np.unique(main), ITS_OWN].set_index("site_id")
    return own.join(sums).reset_index()
