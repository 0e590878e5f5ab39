"""Cases: what is technically possible, what the rules ask for at least, what is likely to be built."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.classes import CLASSES, class_key, lookup
from pvmap.settings.policy import PolicySettings


def policy_class(sites: pd.DataFrame) -> np.ndarray:
    """Class of the NEA county notice of each site, (n,): government, public, commerce_industry, rural or none."""
    keys, uniques = pd.factorize(class_key(sites))
    return np.array([CLASSES[str(u)].policy for u in uniques], object)[keys]


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
    """Capacity of the policy-floor case.

    The notice asks that a county's roofs of one class carry modules on at least a share of their total area; it says
    nothing of a single roof. So each county and class gets the area it must cover, at the density its own sites reach,
    at most what they can carry; sites share it in proportion to their capacity.

    Parameters
    ----------
    capacity_kwp, used_area_m2, footprint_area_m2
        (n,) per site. [kWp, m2, m2]
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
    part = np.minimum(np.divide(share * footprint, used, out=np.zeros(len(names)), where=used > 0), 1.0)
    return capacity_kwp * part[group]


def gaps(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: PolicySettings, city: str = "city") -> pd.DataFrame:
    """Track installed + potential against target for city, districts, townships and policy classes.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        Targets and stocks by name; a class without a target of its own is held to its policy floor.
    city
        Name the city's own target goes by.

    Returns
    -------
    pandas.DataFrame
        `level`, `name`, `installed_mw`, `technical_mw`, `practical_mw`, `floor_mw`, `target_mw` (NaN where none),
        `gap_mw` = target - installed (0 or more), `reachable`: installed + practical reaches the target.
    """
    frame = pd.DataFrame(
        {
            "installed_mw": sites["existing_pv_kwp"].to_numpy(float) / 1e3,
            "technical_mw": appraisal["capacity_kwp"].to_numpy(float) / 1e3,
            "practical_mw": appraisal["capacity_practical_kwp"].to_numpy(float) / 1e3,
            "floor_mw": appraisal["capacity_policy_floor_kwp"].to_numpy(float) / 1e3,
        }
    )
    frame["installed_mw"] = frame["installed_mw"].fillna(0.0)
    levels = {
        "city": np.full(len(frame), city, object),
        "district": appraisal["district"].to_numpy(object),
        "township": appraisal["township"].to_numpy(object),
        "class": policy_class(appraisal),
    }
    targets = {t.name: t for t in settings.targets}
    parts = []
    for level, names in levels.items():
        sums = frame.groupby(names, sort=True).sum().rename_axis("name").reset_index()
        sums.insert(0, "level", level)
        parts.append(sums[sums["name"] != ""] if level == "township" else sums)
    out = pd.concat(parts, ignore_index=True)
    stated = out["name"].map({n: t.installed_mw for n, t in targets.items() if t.installed_mw is not None})
    out["installed_mw"] = stated.astype(float).fillna(out["installed_mw"])
    target = out["name"].map({n: t.target_mw for n, t in targets.items() if t.target_mw is not None}).astype(float)
    floor = out["floor_mw"].where((out["level"] == "class") & (out["name"] != "none"))
    out["target_mw"] = target.fillna(floor)
    out["gap_mw"] = (out["target_mw"] - out["installed_mw"]).clip(lower=0.0)
    out["reachable"] = (out["installed_mw"] + out["practical_mw"] >= out["target_mw"]).where(out["target_mw"].notna())
    return out
