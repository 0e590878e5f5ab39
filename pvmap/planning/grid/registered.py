"""Registered projects as PyPSA's generators: fixed, with the profile of the sites of their class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.grid.potential import COLUMNS
from pvmap.planning.policy.plan_classes import CENTRAL, HOMES
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import GROUP


def registered_generators(
    registered: pd.DataFrame, appraisal: pd.DataFrame, sites: pd.DataFrame, shapes: Shapes, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List what is registered and will be connected, one generator a district and class.

    Parameters
    ----------
    registered
        `district` (empty outside all), `class`, `mw`: what is realised by the last year that is planned, AC. [MW]
    appraisal, sites
        Contract tables in the same order.
    shapes
        Profiles without what stands.
    settings
        Marginal cost; the city's name, under which stands what lies outside all districts.

    Returns
    -------
    generators : pandas.DataFrame
        Columns of ``potential.COLUMNS``. [MWp, CNY/MWh]
    per_unit : pandas.DataFrame
        (T, generators) AC power over DC capacity: that of the sites of the class in the district, else in the city,
        else of all sites.
    """
    rows, columns = [], {}
    of = registered.groupby(["district", "class"], sort=True)["mw"].sum().reset_index()
    for district, cls, mw in zip(of["district"].astype(str), of["class"].astype(str), of["mw"].tolist(), strict=True):
        power, ratio = _like(district, cls, appraisal, sites, shapes)
        if mw <= 0 or not power.any():
            continue
        name = " ".join(("registered", district or "outside", cls))
        columns[name] = power
        rows.append(
            {
                "name": name,
                "bus": district or settings.city.name,
                "carrier": cls if cls in CENTRAL else "rooftop",
                "building_use": "",
                "p_nom": mw * ratio,
                "p_nom_extendable": False,
                "p_nom_max": mw * ratio,
                "capital_cost": 0.0,
                "marginal_cost": settings.planning.grid.marginal_cny_per_mwh,
                "dc_ac_ratio": ratio,
                "p_nom_planned": 0.0,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(columns)


def _like(
    district: str, cls: str, appraisal: pd.DataFrame, sites: pd.DataFrame, shapes: Shapes
) -> tuple[np.ndarray, float]:
    """Power per kWp of the sites that a registered project is like, (T,), and their kWp per kW AC."""
    kind, use = (sites[name].to_numpy(object) for name in ("site_type", "building_use"))
    if cls in CENTRAL:
        of_class = kind == cls
    else:
        home = np.array([str(one).startswith("residential") for one in use], bool)
        of_class = (kind == "rooftop") & (home == (cls in HOMES))
    kwp = appraisal["capacity_kwp"].to_numpy(float)
    for here in (of_class & (sites["district"].to_numpy(object) == district), of_class, np.ones(len(kwp), bool)):
        some = here & (kwp > 0)
        if some.any():
            groups = appraisal[["capacity_kwp", "energy_kwh"]][some].groupby(
                [sites[name].to_numpy(object)[some] for name in GROUP], sort=True
            )
            power = np.zeros(len(shapes.times))
            for key, energy_kwh in groups["energy_kwh"].sum().items():
                shape = shapes.of_group(*key)  # type: ignore[misc]
                power += shape * (energy_kwh / shape.sum() if shape.any() else 0.0)
            return power / kwp[some].sum(), float(
                kwp[some].sum() / appraisal["capacity_kwac"].to_numpy(float)[some].sum()
            )
    return np.zeros(len(shapes.times)), 1.0
