"""Hosting capacity of districts: what their transformers add up to, within what was published for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.grid.devices import Devices
from pvmap.planning.grid.hosting import (
    NOWHERE,
    RED,
    Headroom,
    Interval,
    headroom_mw,
    own_grades,
    red_superior,
    within_system,
)

SUMMED = ("n_sites", "potential_mw", "allocated_mw")
TOP_KV = 220.0  # districts add up their devices of this level and above


class County(NamedTuple):
    """Districts, each (D,) or bounds of it [MW].

    Attributes
    ----------
    hosting, headroom, connected, registered, grade
        As for devices.
    by
        Levels that are added up, and whether a published limit caps them.
    there
        It has devices.
    counted
        (m, D) share of each device that is added up.
    anew
        Its devices cannot take the least share of the system.
    left
        Headroom before any potential.
    """

    hosting: Interval
    headroom: Headroom
    connected: np.ndarray
    registered: np.ndarray
    grade: np.ndarray
    by: list[str]
    there: np.ndarray
    counted: np.ndarray
    anew: np.ndarray
    left: np.ndarray


def counties(devices: Devices, share: np.ndarray, hosting: Interval, system: Interval) -> County:
    """Add up devices by district.

    Parameters
    ----------
    devices
        m of them, with `level_kv`, `connected_mw` and `registered_mw`.
    share
        (m, D) share of each device that is each district's. [1]
    hosting
        (m,) of the devices. [MW]
    system
        (D,) published limits, infinite where there is none. [MW]

    Returns
    -------
    County
        A district adds up its devices of 220 kV and above; without any, those of its highest level. What lies below
        one that is added up is in it already.
    """
    level = devices.frame["level_kv"].to_numpy(float)
    counted, by = np.zeros(share.shape), []
    for number in range(share.shape[1]):
        here = share[:, number] > 0
        top = here & (level >= TOP_KV)
        if here.any() and not top.any():
            top = here & (level == level[here].max())
        top &= red_superior(top, devices.parent) == NOWHERE
        counted[top, number] = share[top, number]
        by.append("/".join(f"{kv:g}" for kv in sorted(set(level[top]), reverse=True)) + " kV" if top.any() else "")
    there = np.asarray(counted.any(axis=0))
    equipment = Interval(hosting.low @ counted, hosting.high @ counted)
    both, anew = within_system(equipment, system)
    connected, registered = (
        devices.frame[f"{name}_mw"].to_numpy(float) @ counted for name in ("connected", "registered")
    )
    headroom = headroom_mw(both, connected, registered)
    capped = np.isfinite(system.low) & (both.low < equipment.low)
    by = [f"{one}; published limit" if cap else one for one, cap in zip(by, capped, strict=True)]
    grade = own_grades(headroom)
    left = np.where(grade == RED, 0.0, np.maximum(headroom.registrable.low, 0.0))
    return County(both, headroom, connected, registered, grade, by, there, counted, anew & there, left)


def county_rows(
    rows: pd.DataFrame, names: list[str], county: County, sums: pd.DataFrame, left_mw: np.ndarray
) -> pd.DataFrame:
    """Rows of the table "hosting" for districts that have devices.

    Parameters
    ----------
    rows
        Rows of the devices.
    names
        Of the districts.
    county
        `counties`.
    sums
        D rows, of what joins the devices of each: `SUMMED`, `available_gwh`, `curtailed_gwh`.
    left_mw
        (D,) headroom after what was allocated, below devices of other districts too. [MW]
    """
    available, cut = sums["available_gwh"].to_numpy(float), sums["curtailed_gwh"].to_numpy(float)
    capacity = ("rating_mva", "upward_mw", "downward_mw", "load_mw", "reinforcement_mva", "storage_mw")
    out = pd.DataFrame(
        {
            "kind": "district",
            **dict.fromkeys(("device_id", "name", "district"), names),
            "level_kv": np.nan,
            **dict.fromkeys(("parent_id", "mode", "load_by", "tau_by", "limited_by"), ""),
            "tau": np.nan,
            "hosting_by": county.by,
            **bounds(county.hosting, county.headroom),
            "connected_mw": county.connected,
            "registered_mw": county.registered,
            "holiday_registrable_mw": np.nan,
            "grade_own": county.grade,
            "grid_grade": county.grade,
            "n_sites": np.rint(sums["n_sites"]).astype(int),
            **{name: sums[name] for name in ("potential_mw", "allocated_mw", "available_gwh", "curtailed_gwh")},
            "headroom_left_mw": left_mw,
            "curtailment_rate": np.divide(cut, available, out=np.zeros(len(cut)), where=available > 0).clip(0, 1),
            **{name: rows[name].to_numpy(float) @ county.counted for name in capacity},
        }
    )
    return out[county.there]


def bounds(hosting: Interval, headroom: Headroom) -> dict[str, np.ndarray]:
    """Columns of the table "hosting" that hold bounds."""
    return {
        "hosting_mw": hosting.low,
        "hosting_max_mw": hosting.high,
        "connectable_mw": headroom.connectable.low,
        "connectable_max_mw": headroom.connectable.high,
        "registrable_mw": headroom.registrable.low,
        "registrable_max_mw": headroom.registrable.high,
    }
