"""Photovoltaics as PyPSA's generators: what may still be built and what stands, per district, kind and use.

Powers are on the DC side. What may be built is what the grid can connect where that was checked, else the practical
case; never the technical potential. Energies and costs are those of the tables: the profile of a group is scaled to the
yield of the part of it that may be built, and its capital cost is its levelised cost times the energy of a megawatt, so
that ageing and replaced inverters count as they do there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import GROUP

COLUMNS = (
    *("name", "bus", "carrier", "building_use", "p_nom", "p_nom_extendable", "p_nom_max"),
    *("capital_cost", "marginal_cost", "dc_ac_ratio", "p_nom_planned"),
)


def buildable_kwp(appraisal: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Capacity of each site that the network may build, (n,) [kWp], and its name: connectable, else practical."""
    if "connectable_kwac" not in appraisal:
        return appraisal["capacity_practical_kwp"].to_numpy(float), "practical"
    return _in_dc(appraisal, "connectable_kwac"), "connectable"


def _in_dc(appraisal: pd.DataFrame, column: str) -> np.ndarray:
    """Turn a capacity to the DC side by the ratio of each site, (n,) [kWp]."""
    capacity, alternating = (appraisal[name].to_numpy(float) for name in ("capacity_kwp", "capacity_kwac"))
    dc_per_ac = np.divide(capacity, alternating, out=np.zeros(len(capacity)), where=alternating > 0)
    return np.nan_to_num(appraisal[column].to_numpy(float)) * dc_per_ac


def solar_generators(
    appraisal: pd.DataFrame, sites: pd.DataFrame, shapes: Shapes, of_standing: Shapes, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List what may be built (extendable) and what stands (fixed), with the profile of each.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    shapes, of_standing
        Profiles without and with what stands.
    settings
        Marginal cost; the city's name, under which stands what lies outside all districts.

    Returns
    -------
    generators : pandas.DataFrame
        `COLUMNS`; `p_nom_planned` is what of it the build-out has built by its last year. [MWp, CNY/MWp of a year,
        CNY/MWh]
    per_unit : pandas.DataFrame
        (T, generators) AC power over DC capacity.
    """
    specific = np.nan_to_num(appraisal["specific_yield_kwh_per_kwp"].to_numpy(float))
    standing = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    new, _ = buildable_kwp(appraisal)
    planned = _in_dc(appraisal, "planned_kwac") if "planned_kwac" in appraisal else np.zeros(len(appraisal))
    cost = np.nan_to_num(appraisal["lcoe_cny_per_kwh"].to_numpy(float))
    frame = pd.DataFrame(
        {
            "technical_kwp": appraisal["capacity_kwp"].to_numpy(float),
            "technical_kwac": appraisal["capacity_kwac"].to_numpy(float),
            **_amounts("potential", new, specific, cost),
            **_amounts("planned", planned, specific, cost),
            **_amounts("existing", standing, specific, 0.0 * cost),
        }
    )
    groups = frame.groupby([sites[g].to_numpy(object) for g in GROUP], sort=True).sum()
    rows, columns = [], {}
    for key, row in groups.iterrows():
        district, kind, use = (str(k) for k in key)  # type: ignore[attr-defined]
        for what, source in (("potential", shapes), ("existing", of_standing)):
            # a class may be planned where the grid takes nothing of it: the plan's limits are those of districts
            of = "planned" if what == "potential" and row["potential_kwp"] <= 0 else what
            kwp, kwh = row[f"{of}_kwp"], row[f"{of}_kwh"]
            power = source.of_group(district, kind, use)
            if kwp <= 0 or kwh <= 0 or not power.any():
                continue
            name, fixed = (
                " ".join(x for x in (what, district or "outside", kind, use) if x != "none"),
                what != "potential",
            )
            columns[name] = power * (kwh / power.sum() / kwp)
            rows.append(
                {
                    "name": name,
                    "bus": district or settings.city.name,
                    "carrier": kind,
                    "building_use": use,
                    "p_nom": kwp / 1e3 if fixed else 0.0,
                    "p_nom_extendable": not fixed,
                    "p_nom_max": row[f"{what}_kwp"] / 1e3,
                    # 1000 x levelised cost [CNY/MWh] x energy of a megawatt [MWh/MWp]
                    "capital_cost": 1e3 * row[f"{of}_cny"] / kwp,
                    "marginal_cost": settings.planning.grid.marginal_cny_per_mwh,
                    "dc_ac_ratio": row["technical_kwp"] / row["technical_kwac"]
                    if row["technical_kwac"] > 0
                    else np.nan,
                    "p_nom_planned": 0.0 if fixed else row["planned_kwp"] / 1e3,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(columns)


def _amounts(name: str, kwp: np.ndarray, specific: np.ndarray, cost: np.ndarray) -> dict[str, np.ndarray]:
    """Capacity of n sites, its energy, and what it costs a year at their levelised cost."""
    return {f"{name}_kwp": kwp, f"{name}_kwh": kwp * specific, f"{name}_cny": kwp * specific * cost}
