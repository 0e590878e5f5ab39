"""How sure a yield is: error components, correlation between sites, several weather years.

P90s of sites are never added: errors that all sites share stay, errors of single sites average out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pvmap.settings.planning import RiskSettings
from pvmap.tables.vocabulary import CAUSES

EXCEEDED = {"p50": 0.50, "p75": 0.75, "p90": 0.90}


def quantile_factor(exceeded: float, sigma: np.ndarray | float) -> np.ndarray | float:
    """Yearly energy exceeded with this probability over the median, for a normal error of relative `sigma` [1]."""
    return np.maximum(1.0 - ndtri(exceeded) * np.asarray(sigma, float), 0.0)


def site_sigma(settings: RiskSettings, year_sigma: np.ndarray | float | None = None) -> np.ndarray | float:
    """Relative standard deviation of one site's yearly energy: the components' root of squares.

    Parameters
    ----------
    settings
        Components.
    year_sigma
        Spread from year to year where several weather years were simulated; else the setting's. [1]
    """
    parts = {**settings.sigma} if year_sigma is None else {**settings.sigma, "year": year_sigma}
    return np.sqrt(sum(np.square(s) for s in parts.values()))


def group_sigma(
    energy_kwh: np.ndarray,
    group: np.ndarray,
    n_groups: int,
    settings: RiskSettings,
    years_kwh: np.ndarray | None = None,
) -> np.ndarray:
    """Relative standard deviation of the summed energy of groups of sites.

    Parameters
    ----------
    energy_kwh
        (n,) expected yearly energy. [kWh]
    group, n_groups
        (n,) group of each site, 0 to `n_groups` - 1.
    settings
        Components and the correlation of each between any two sites.
    years_kwh
        (n, n_years) energy of each site in each weather year; its group sums replace the year component, so the
        correlation of the weather itself is measured, not assumed. [kWh]

    Returns
    -------
    numpy.ndarray
        (n_groups,). [1]

    Notes
    -----
    With weights w, a component of standard deviation s and correlation c adds s^2 (c + (1 - c) sum(w^2)).
    """
    total = np.bincount(group, energy_kwh, n_groups)
    squares = np.bincount(group, np.square(energy_kwh), n_groups)
    concentration = np.divide(squares, np.square(total), out=np.ones(n_groups), where=total > 0)
    variance = np.zeros(n_groups)
    for name, sigma in settings.sigma.items():
        if name == "year" and years_kwh is not None:
            sums = np.stack([np.bincount(group, y, n_groups) for y in years_kwh.T], axis=1)
            variance += np.square(year_spread(sums))
        else:
            correlation = settings.correlation[name]
            variance += sigma**2 * (correlation + (1.0 - correlation) * concentration)
    return np.sqrt(variance)


def variance_terms(energy_kwh: np.ndarray, spreads: dict[str, np.ndarray], settings: RiskSettings) -> pd.DataFrame:
    """Give what each site adds to the variance of any sum it is in.

    Parameters
    ----------
    energy_kwh
        (n,) expected yearly energy. [kWh]
    spreads
        Relative standard deviations (n,) by cause, beside the components of the settings. [1]
    settings
        Components, and the correlation of each and of each cause between any two sites.

    Returns
    -------
    pandas.DataFrame
        `expected_kwh`, `own_kwh2` and a column `shared_CAUSE_kwh` for each cause: of a sum of sites the variance is
        the sum of `own_kwh2` and of the squares of the summed shared columns. [kWh, kWh2]

    Notes
    -----
    With a correlation c, sum over i and j of w_i s_i w_j s_j c, for i = j without c.
    """
    every = {name: np.full(len(energy_kwh), sigma) for name, sigma in settings.sigma.items()} | spreads
    moved = {name: energy_kwh * sigma for name, sigma in every.items()}
    own = sum(np.square(kwh) * (1.0 - settings.correlation[name]) for name, kwh in moved.items())
    shared = {f"shared_{name}_kwh": kwh * np.sqrt(settings.correlation[name]) for name, kwh in moved.items()}
    return pd.DataFrame({"expected_kwh": energy_kwh, "own_kwh2": own, **shared})


def sigma_of_terms(sums: pd.DataFrame) -> np.ndarray:
    """Relative standard deviation of sums of `variance_terms`, one row a sum [1]."""
    shared = [name for name in sums.columns if name.startswith("shared_")]
    variance = sums["own_kwh2"].to_numpy(float) + np.square(sums[shared].to_numpy(float)).sum(axis=1)
    total = sums["expected_kwh"].to_numpy(float)
    return np.divide(np.sqrt(variance), total, out=np.zeros(len(total)), where=total > 0)


def input_spreads(appraisal: pd.DataFrame) -> dict[str, np.ndarray]:
    """Give the spreads by errors of inputs that an appraisal holds, by cause; none where it holds none."""
    return {name: appraisal[f"spread_{name}"].to_numpy(float) for name in CAUSES if f"spread_{name}" in appraisal}


def year_spread(years_kwh: np.ndarray) -> np.ndarray:
    """Sample standard deviation over the mean of (n, n_years) energies, (n,); zero for a single year [1]."""
    if years_kwh.shape[1] < 2:
        return np.zeros(len(years_kwh))
    mean = years_kwh.mean(axis=1)
    return np.divide(years_kwh.std(axis=1, ddof=1), mean, out=np.zeros(len(mean)), where=mean > 0)


def by_site_and_year(years: pd.DataFrame, site_id: pd.Series) -> np.ndarray | None:
    """Give each site's energy per weather year from the contract table "years", (n, n_years); None of none [kWh]."""
    if not len(years):
        return None
    wide = years.pivot_table(index="site_id", columns="year", values="energy_kwh")
    return wide.reindex(site_id).fillna(0.0).to_numpy()


def site_quantiles(
    energy_kwh: np.ndarray, settings: RiskSettings, years_kwh: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """P50, P75 and P90 of a single year of each site.

    Parameters
    ----------
    energy_kwh
        (n,) first-year energy: the median. [kWh]
    years_kwh
        (n, n_years) energy per weather year. [kWh]

    Returns
    -------
    dict
        `p50_kwh`, `p75_kwh`, `p90_kwh`, each (n,). [kWh]
    """
    sigma = site_sigma(settings, None if years_kwh is None else year_spread(years_kwh))
    return {f"{name}_kwh": energy_kwh * quantile_factor(p, sigma) for name, p in EXCEEDED.items()}


def group_quantiles(
    appraisal: pd.DataFrame, by: str | None, settings: RiskSettings, years_kwh: np.ndarray | None = None
) -> pd.DataFrame:
    """P50, P75 and P90 of a single year for districts, classes or, with `by` None, the city.

    Parameters
    ----------
    appraisal
        Contract table, n sites.
    by
        Column to group by.
    years_kwh
        (n, n_years) energy per weather year, rows as in `appraisal`; what of it remains is as large a share of every
        year. [kWh]

    Returns
    -------
    pandas.DataFrame
        One row per group: `group`, `energy_kwh`, `sigma`, `p50_kwh`, `p75_kwh`, `p90_kwh` and `p90_added_kwh`, the sum
        of the sites' P90s for comparison: what must not be done.
    """
    read = appraisal["energy_kwh"].to_numpy(float)
    energy = appraisal["expected_kwh"].to_numpy(float) if "expected_kwh" in appraisal else read
    if by is None:
        codes, names = np.zeros(len(appraisal), int), np.array(["city"], object)
    else:
        codes, found = pd.factorize(appraisal[by], sort=True)
        names = np.asarray(found, object)
    if years_kwh is not None:
        mean = years_kwh.mean(axis=1)
        years_kwh = years_kwh * np.divide(energy, mean, out=np.zeros(len(mean)), where=mean > 0)[:, None]
    sigma = group_sigma(energy, codes, len(names), settings, years_kwh)
    if spreads := input_spreads(appraisal):
        inputs = settings.model_copy(update={"sigma": {}})
        terms = variance_terms(energy, spreads, inputs).groupby(codes).sum().reindex(range(len(names)))
        sigma = np.hypot(sigma, sigma_of_terms(terms))
    total = np.bincount(codes, energy, len(names))
    frame = pd.DataFrame({"group": names, "energy_kwh": np.bincount(codes, read, len(names)), "sigma": sigma})
    for name, p in EXCEEDED.items():
        frame[f"{name}_kwh"] = total * quantile_factor(p, sigma)
    known = "p90_kwh" in appraisal
    alone = appraisal["p90_kwh"].to_numpy(float) if known else site_quantiles(energy, settings, years_kwh)["p90_kwh"]
    frame["p90_added_kwh"] = np.bincount(codes, alone, len(names))
    return frame
