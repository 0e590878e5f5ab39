"""What remains of a site after the plants that stand there and the bureau's decisions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.errors import InputError, TableError
from pvmap.settings.losses import InverterSettings
from pvmap.text_columns import positions

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

    Raises
    ------
    InputError
        A correction that gives capacity to a site without surfaces.
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
    bare = (capacity_kwp[row] <= 0) & (value > 0)
    if bare.any():
        first = overrides["site_id"].to_numpy()[corrected][bare][0]
        raise no_room(first, value[bare][0])
    share[row] = np.divide(value, capacity_kwp[row], out=np.zeros(len(row)), where=capacity_kwp[row] > 0)
    return share


def no_room(site_id: str, value_kwp: float) -> InputError:
    """Say that a decision gives capacity to a site that can have none."""
    return InputError(
        f"inputs.overrides: site {site_id!r} is corrected to {value_kwp:g} kWp but has no surface that could "
        "carry modules; see its exclusions by `pvmap explain`, or take the correction out."
    )


def kwp_per_kwac(appraisal: pd.DataFrame, inverter: InverterSettings) -> np.ndarray:
    """DC over AC capacity of each site, (n,) [1]; where nothing can be built, the usual ratio of its kind."""
    capacity = appraisal["capacity_kwp"].to_numpy(float)
    if "capacity_kwac" not in appraisal:
        return np.ones(len(capacity))
    alternating = appraisal["capacity_kwac"].to_numpy(float)
    roof = (appraisal["site_type"] == "rooftop").to_numpy()
    usual = np.where(roof, inverter.dc_ac_ratio_roof, inverter.dc_ac_ratio_ground)
    return np.divide(capacity, alternating, out=usual, where=alternating > 0)


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
    standing = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    gross = appraisal["capacity_gross_kwp"].to_numpy(float)
    covered = used_area_m2 * np.clip(np.divide(standing, gross, out=np.zeros(len(gross)), where=gross > 0), 0.0, 1.0)
    by_plants = np.minimum(lost, covered)  # what stands comes first, a decision takes what it takes beyond
    parts = (
        ("existing photovoltaic plant", "existing PV layer", by_plants),
        ("refused by the bureau", "bureau's override", np.where(decision == "refuse", lost - by_plants, 0.0)),
        ("corrected by the bureau", "bureau's override", np.where(decision == "correct", lost - by_plants, 0.0)),
    )
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "site_id": sites["site_id"].to_numpy()[area > 0],
                    "reason": reason,
                    "area_m2": area[area > 0],
                    "area_touched_m2": area[area > 0],
                    "clause": why,
                }
            )
            for reason, why, area in parts
        ],
        ignore_index=True,
    )


def require_balance(sites: pd.DataFrame, used_area_m2: np.ndarray, exclusions: pd.DataFrame) -> None:
    """Check that used + excluded = read, per site and for the whole, to 1e-6.

    Raises
    ------
    TableError
        Naming the first site whose areas do not add up.
    """
    read = sites["footprint_area_m2"].to_numpy(float)
    at = positions(exclusions["site_id"], sites["site_id"])
    excluded = np.bincount(at[at >= 0], exclusions["area_m2"].to_numpy(float)[at >= 0], len(sites))
    off = np.abs(used_area_m2 + excluded - read)
    bad = off > BALANCE * np.maximum(read, 1.0)
    if bad.any():
        i = int(np.argmax(bad))
        raise TableError(
            f"exclusions: area does not add up at {int(bad.sum())} sites, first {sites['site_id'].iloc[i]!r}: "
            f"{used_area_m2[i]:.3f} used + {excluded[i]:.3f} excluded is not {read[i]:.3f} m2 read; run the city again."
        )
