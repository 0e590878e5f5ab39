"""What remains of a site after the plants that stand there and the bureau's decisions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.errors import TableError

BALANCE = 1e-6  # of the footprint


def remaining_share(
    capacity_kwp: np.ndarray, existing_pv_kwp: np.ndarray, site_id: pd.Series, overrides: pd.DataFrame | None = None
) -> np.ndarray:
    """Share of each site's capacity and energy that counts as potential.

    Parameters
    ----------
    capacity_kwp
        (n,) capacity the surfaces can carry. [kWp]
    existing_pv_kwp
        (n,) capacity that stands there. [kWp]
    site_id
        (n,) ids.
    overrides
        Decisions (see ``overrides.read_overrides``): refuse leaves nothing, correct sets the capacity that remains.

    Returns
    -------
    numpy.ndarray
        (n,), 0 or more; above 1 only where the bureau corrected upwards. [1]
    """
    share = np.clip(
        1.0 - np.divide(existing_pv_kwp, capacity_kwp, out=np.zeros(len(capacity_kwp)), where=capacity_kwp > 0),
        0.0,
        1.0,
    )
    if overrides is None or overrides.empty:
        return share
    at = pd.Index(site_id).get_indexer(overrides["site_id"])
    refused = (overrides["decision"] == "refuse").to_numpy()
    corrected = (overrides["decision"] == "correct").to_numpy()
    share[at[refused]] = 0.0
    row = at[corrected]
    value = overrides["value_kwp"].to_numpy(float)[corrected]
    share[row] = np.divide(value, capacity_kwp[row], out=np.zeros(len(row)), where=capacity_kwp[row] > 0)
    return share


def remaining_exclusions(appraisal: pd.DataFrame, sites: pd.DataFrame, used_area_m2: np.ndarray) -> pd.DataFrame:
    """Rows of the exclusions table for area taken by existing plants or by a decision of the bureau.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    used_area_m2
        (n,) plan area the arrays of each site would take before existing plants and decisions. [m2]

    Returns
    -------
    pandas.DataFrame
        Contract table "exclusions"; with it, used + excluded = read again.
    """
    lost = used_area_m2 - appraisal["used_area_m2"].to_numpy(float)
    decision = appraisal.get("decision", pd.Series("", index=appraisal.index)).to_numpy(object)
    reason = np.where(np.isin(decision, ("refuse", "correct")), "refused by the bureau", "existing photovoltaic plant")
    keep = lost > 0
    return pd.DataFrame(
        {
            "site_id": sites["site_id"].to_numpy()[keep],
            "reason": reason[keep],
            "area_m2": lost[keep],
            "area_touched_m2": lost[keep],
            "clause": np.where(reason[keep] == "refused by the bureau", "bureau's override", "existing PV layer"),
        }
    )


def require_balance(sites: pd.DataFrame, used_area_m2: np.ndarray, exclusions: pd.DataFrame) -> None:
    """Check that used + excluded = read, per site and for the whole, to 1e-6.

    Raises
    ------
    TableError
        Naming the first site whose areas do not add up.
    """
    read = sites["footprint_area_m2"].to_numpy(float)
    at = pd.Index(sites["site_id"]).get_indexer(exclusions["site_id"])
    excluded = np.bincount(at[at >= 0], exclusions["area_m2"].to_numpy(float)[at >= 0], len(sites))
    off = np.abs(used_area_m2 + excluded - read)
    bad = off > BALANCE * np.maximum(read, 1.0)
    if bad.any():
        i = int(np.argmax(bad))
        raise TableError(
            f"exclusions: area does not add up at {int(bad.sum())} sites, first {sites['site_id'].iloc[i]!r}: "
            f"{used_area_m2[i]:.3f} used + {excluded[i]:.3f} excluded is not {read[i]:.3f} m2 read; run the city again."
        )
