"""Cases: what is technically possible, what the rules ask for at least, what is likely to be built."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.net import kwp_per_kwac
from pvmap.planning.policy.classes import lookup, policy_class
from pvmap.planning.policy.targets import levels, one_row_each, rows_of
from pvmap.settings.losses import InverterSettings
from pvmap.settings.policy import PolicySettings


def practical_kwp(capacity_kwp: np.ndarray, keys: np.ndarray, settings: PolicySettings) -> np.ndarray:
    """Capacity of the practical case.

    Parameters
    ----------
    capacity_kwp
        (n,) technical capacity. [kWp]
    keys
        (n,) class of each site (``class_key``).
    settings
        Share available per class and smallest site worth building.

    Returns
    -------
    numpy.ndarray
        (n,): zero below the minimum size, else the share that load-bearing and ownership leave: an expectation over
        many sites, not a verdict on one. [kWp]
    """
    worth = capacity_kwp >= lookup(keys, settings.minimum_kwp)
    return np.where(worth, capacity_kwp * lookup(keys, settings.availability), 0.0)


def policy_floor_kwp(
    capacity_kwp: np.ndarray,
    used_area_m2: np.ndarray,
    footprint_area_m2: np.ndarray,
    district: np.ndarray,
    classes: np.ndarray,
    settings: PolicySettings,
) -> np.ndarray:
    """Capacity that the notice asks for, what stands already included.

    The notice asks that a county's roofs of one class carry modules on at least a share of their total area; it says
    nothing of a single roof. So each county and class gets the area it must cover, at the density its own sites reach;
    sites share it in proportion to their capacity. It may be more than they can carry: see `within_potential`.

    Parameters
    ----------
    capacity_kwp, used_area_m2
        (n,) what each roof can carry and the area that takes. [kWp, m2]
    footprint_area_m2
        (n,) area of the roof. [m2]
    district, classes
        (n,) county and policy class; classes without a share get nothing.

    Returns
    -------
    numpy.ndarray
        (n,). [kWp]
    """
    group, names = pd.factorize(pd.MultiIndex.from_arrays([district, classes]))
    share = np.array([settings.floor_share.get(name[1], 0.0) for name in names], float)
    footprint = np.bincount(group, footprint_area_m2, len(names))
    used = np.bincount(group, used_area_m2, len(names))
    part = np.divide(share * footprint, used, out=np.zeros(len(names)), where=used > 0)
    return capacity_kwp * part[group]


def within_potential(
    floor_kwp: np.ndarray, potential_kwp: np.ndarray, district: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    """Cut the floor of each county and class to what its roofs can carry, (n,) [kWp]."""
    group, names = pd.factorize(pd.MultiIndex.from_arrays([district, classes]))
    asked = np.bincount(group, floor_kwp, len(names))
    can = np.bincount(group, potential_kwp, len(names))
    return floor_kwp * np.minimum(np.divide(can, asked, out=np.ones(len(names)), where=asked > 0), 1.0)[group]


def installable_shares(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: PolicySettings) -> pd.DataFrame:
    """Share of roof area that can carry modules, per class of the notice, beside the share it asks for.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.

    Returns
    -------
    pandas.DataFrame
        `roof_class` (government, education, health, commerce_industry, rural), `roof_area_m2`, `usable_area_m2`,
        `installable_share`, `asked_share`; classes without roofs are left out.
    """
    use = sites["building_use"].to_numpy(object)
    policy = policy_class(sites)
    label = np.where(policy == "public", use, policy)  # the notice names schools and hospitals apart
    frame = pd.DataFrame(
        {
            "roof_area_m2": sites["footprint_area_m2"].to_numpy(float),
            "usable_area_m2": appraisal["usable_area_m2"].to_numpy(float),
        }
    )
    out = frame[policy != "none"].groupby(label[policy != "none"]).sum().rename_axis("roof_class").reset_index()
    out["installable_share"] = out["usable_area_m2"] / out["roof_area_m2"]
    asked = {**settings.floor_share, **dict.fromkeys(("education", "health"), settings.floor_share["public"])}
    out["asked_share"] = out["roof_class"].map(asked)
    return out.sort_values("asked_share", ascending=False, kind="stable", ignore_index=True)


def gaps(
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    settings: PolicySettings,
    city: str = "city",
    inverter: InverterSettings = InverterSettings(),
) -> pd.DataFrame:
    """Track installed + potential against target for city, districts, townships and policy classes.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        Targets and stocks by name, AC or DC; a class without a target of its own is held to its policy floor: what its
        roofs carry before plants and decisions (`capacity_gross_kwp`) bounds it, so a refused roof lowers no target.
    city
        Name the city's own target goes by.
    inverter
        Usual ratios of the sides, for what stands where nothing more can be built.

    Returns
    -------
    pandas.DataFrame
        `level`, `name`, `installed_mw`, `technical_mw` (still to be built), `practical_mw`, `floor_mw` where the
        policy asks for one, `target_mw` (NaN where none), `gap_mw` = target - installed (0 or more), all MW DC; the
        same AC as `installed_mwac` and so on; `year` of the target; `reachable`: installed + practical reaches the
        target. A place with targets for several years has a row for each, the nearest year first.

    Notes
    -----
    What stands, what is likely and the floor are counted on either side by the ratio of each site's own kind, as
    everywhere; what is missing by that of what can be built: a target holds, and is reached, on the side it names, and
    on the other it is what stands once the gap is built.

    Raises
    ------
    InputError
        A target whose name nobody knows, or that fits several.
    """
    frame = _of_sites(appraisal, sites, inverter)
    out = _by_place(frame, appraisal, city)
    dc_per_ac = _dc_per_ac(frame, out)
    out["target_mw"] = np.nan
    if floored := "floor_mw" in out:
        floor = out["floor_mw"].clip(upper=out.pop("can_mw"))
        out["target_mw"] = floor.where((out["level"] == "class") & (out["name"] != "none"))
    of_targets = list(zip(settings.targets, rows_of(settings.targets, out), strict=True))
    stock, stock_ac = (out[name].to_numpy(float).copy() for name in ("installed_mw", "installed_mwac"))
    per_stock = np.divide(stock, stock_ac, out=dc_per_ac.copy(), where=stock_ac > 0)
    for target, row in of_targets:
        if target.installed_mw is not None:
            stock[row] = target.installed_mw * (per_stock[row] if target.basis == "ac" else 1.0)
            stock_ac[row] = stock[row] / per_stock[row]
    rows, of_row = one_row_each([(t, row) for t, row in of_targets if t.target_mw is not None], len(out))
    out = out.iloc[rows].reset_index(drop=True)
    dc_per_ac, stock, stock_ac = dc_per_ac[rows], stock[rows], stock_ac[rows]
    gap = out["target_mw"].to_numpy(float) - stock  # below zero where the target has been passed
    year, names_ac = np.full(len(out), np.nan), np.zeros(len(out), bool)
    for row, one in enumerate(of_row):
        if one is not None and one.target_mw is not None:
            in_dc = one.basis == "dc"
            gap[row] = one.target_mw - stock[row] if in_dc else (one.target_mw - stock_ac[row]) * dc_per_ac[row]
            year[row], names_ac[row] = np.nan if one.year is None else one.year, not in_dc
    out["installed_mw"], out["installed_mwac"] = stock, stock_ac
    out["target_mw"], out["target_mwac"] = stock + gap, stock_ac + gap / dc_per_ac
    out["gap_mw"] = np.maximum(gap, 0.0)
    out["gap_mwac"], out["year"] = out["gap_mw"] / dc_per_ac, year
    reached = (out[f"installed_{side}"] + out[f"practical_{side}"] >= out[f"target_{side}"] for side in ("mwac", "mw"))
    out["reachable"] = pd.Series(np.where(names_ac, *reached)).where(out["target_mw"].notna())
    shown = ("installed", "technical", "practical", *(["floor"] if floored else []), "target", "gap")
    dc, ac = ([f"{name}_{side}" for name in shown] for side in ("mw", "mwac"))
    return out[["level", "name", *dc, "year", *ac, "reachable"]]


def _of_sites(appraisal: pd.DataFrame, sites: pd.DataFrame, inverter: InverterSettings) -> pd.DataFrame:
    """Give what stands at each site, what can and what is likely to be built, and the floor where one is asked for."""
    standing_mw = sites["existing_pv_kwp"].fillna(0.0).to_numpy(float) / 1e3
    practical_mw = appraisal["capacity_practical_kwp"].to_numpy(float) / 1e3
    per_ac = kwp_per_kwac(appraisal, inverter)
    frame = pd.DataFrame(
        {
            "installed_mw": standing_mw,
            "installed_mwac": standing_mw / per_ac,
            "technical_mw": appraisal["capacity_kwp"].to_numpy(float) / 1e3,
            "technical_mwac": appraisal.get("capacity_kwac", appraisal["capacity_kwp"]).to_numpy(float) / 1e3,
            "practical_mw": practical_mw,
            "practical_mwac": practical_mw / per_ac,
        }
    )
    if "capacity_policy_floor_kwp" in appraisal:
        frame["floor_mw"] = appraisal["capacity_policy_floor_kwp"].to_numpy(float) / 1e3
        frame["floor_mwac"] = frame["floor_mw"] / per_ac
        left = frame["technical_mw"] + standing_mw
        gross = appraisal["capacity_gross_kwp"].to_numpy(float) / 1e3 if "capacity_gross_kwp" in appraisal else left
        frame["can_mw"] = np.maximum(gross, left)
    return frame


def _by_place(frame: pd.DataFrame, appraisal: pd.DataFrame, city: str) -> pd.DataFrame:
    """Sum sites by `level` and `name`; those that lie in no township make none."""
    parts = []
    for level, names in levels(appraisal, city).items():
        sums = frame.groupby(names, sort=True).sum().rename_axis("name").reset_index()
        sums.insert(0, "level", level)
        parts.append(sums[sums["name"] != ""] if level == "township" else sums)
    return pd.concat(parts, ignore_index=True)


def _dc_per_ac(frame: pd.DataFrame, places: pd.DataFrame) -> np.ndarray:
    """Ratio of the sides of what can be built in each place; where there is nothing, that of the city."""
    of_city = frame["technical_mw"].sum() / frame["technical_mwac"].sum() if frame["technical_mwac"].any() else 1.0
    alternating = places["technical_mwac"].to_numpy(float)
    direct, usual = places["technical_mw"].to_numpy(float), np.full(len(places), of_city)
    return np.divide(direct, alternating, out=usual, where=alternating > 0)
