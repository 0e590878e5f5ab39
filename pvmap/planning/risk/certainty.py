"""How sure each site's energy is: every error joined to P50, P75 and P90, a grade, and the three largest reasons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.planning.risk.carry import LEVELS, Carried, spread
from pvmap.planning.risk.input_errors import (
    Mixture,
    form_spread,
    height_errors,
    height_origin,
    outline_spread,
    use_mixture,
)
from pvmap.planning.risk.mixing import mixed_quantiles
from pvmap.planning.risk.reasons import reasons
from pvmap.planning.risk.uncertainty import EXCEEDED, site_quantiles, year_spread
from pvmap.settings.city import Settings
from pvmap.text_columns import positions

_EDGES = np.concatenate([[0.0], (LEVELS[1:] + LEVELS[:-1]) / 2, [1.0]])
CHANCES = np.diff(_EDGES)  # of each level, where its quantile stands for all between it and its neighbours
MOST_ERRORS = 6  # sources of heights that a finding names
NOTHING = 1e-3  # of its energy as read: a site of which P50 is less gives nothing
INPUTS = ("height", "outline", "use", "form")  # errors of inputs: what a measurement would mend


class Heights(NamedTuple):
    """What heights do to each site's energy, over the energy with the heights as read: (n, level) and (n,)."""

    ratio: np.ndarray
    mean: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation over the mean, (n,)."""
        mean = self.ratio @ CHANCES
        return np.sqrt(np.square(self.ratio - mean[:, None]) @ CHANCES) / np.maximum(mean, 1e-9)


def add_certainty(
    out: pd.DataFrame,
    sites: pd.DataFrame,
    settings: Settings,
    draws: pd.DataFrame | None,
    carried: Carried | None,
    years_kwh: np.ndarray | None = None,
) -> None:
    """Add P50, P75 and P90, spreads by cause, grade and reasons to an appraisal, in place.

    Parameters
    ----------
    out, sites
        Sites in the same order; `out` has their ``energy_kwh``.
    settings
        ``certainty`` and ``planning.risk``.
    draws, carried
        Contract table "draws" of these sites, and what the city's draws tell; None where heights were not drawn.
    years_kwh
        (n, n_years) energy per weather year. [kWh]
    """
    energy, risk = out["energy_kwh"].to_numpy(float), settings.planning.risk
    if settings.certainty.effort == "off":
        for name, values in site_quantiles(energy, risk, years_kwh).items():
            out[name] = values
        return
    year = np.full(len(out), risk.sigma["year"]) if years_kwh is None else year_spread(years_kwh)
    heights = height_ratios(out["site_id"], draws, carried)
    uses = use_mixture(sites, settings)
    sigma = {
        "height": heights.spread,
        "outline": outline_spread(sites, settings.certainty),
        "use": uses.spread,
        "form": form_spread(sites, settings.certainty),
        **{name: year if name == "year" else np.full(len(out), value) for name, value in risk.sigma.items()},
    }
    ratio = quantile_ratios(heights, uses, sigma)
    for name, values in ratio.items():
        out[f"{name}_kwh"] = energy * values
    out["expected_kwh"] = energy * heights.mean
    for name in INPUTS:
        out[f"spread_{name}"] = sigma[name]
    out["confidence"] = grade(p90_over_p50(ratio["p50"], ratio["p90"]), settings.certainty.grades)
    for number, names in enumerate(reasons(sites, sigma), start=1):
        out[f"certainty_reason_{number}"] = pd.Series(names, index=out.index, dtype="str")


def height_ratios(site_id: pd.Series, draws: pd.DataFrame | None, carried: Carried | None) -> Heights:
    """Tell what heights do to each site's energy; nothing where none were drawn.

    Parameters
    ----------
    site_id
        (n,) sites.
    draws, carried
        As for `add_certainty`.
    """
    n = len(site_id)
    ratio, mean = np.ones((n, len(LEVELS))), np.ones(n)
    if draws is not None and len(draws) and carried is not None:
        told, read = spread(draws, carried), draws["share_0"].to_numpy(float)
        at = positions(draws["site_id"], site_id)
        good = (at >= 0) & (read > 0)
        ratio[at[good]] = told.quantile[good] / read[good, None]
        mean[at[good]] = told.mean[good] / read[good]
    return Heights(ratio, mean)


def quantile_ratios(heights: Heights, uses: Mixture, sigma: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Give p50, p75 and p90 over the energy with inputs as read, (n,) each: all errors are independent factors."""
    rest = np.sqrt(sum(np.square(values) for name, values in sigma.items() if name not in ("height", "use")))
    return {
        name: mixed_quantiles(heights.ratio, CHANCES, uses.ratio, uses.chance, rest, 1.0 - exceeded)
        for name, exceeded in EXCEEDED.items()
    }


def p90_over_p50(p50: np.ndarray, p90: np.ndarray) -> np.ndarray:
    """P90 over P50, both over the energy as read; 0 where nothing stands more often than not, for that is not sure."""
    return np.where(p50 > NOTHING, p90 / np.maximum(p50, NOTHING), 0.0)


def grade(ratio: np.ndarray, least: tuple[float, float, float]) -> np.ndarray:
    """Grade sites by P90 over P50, A to D."""
    return np.select([ratio >= edge for edge in least], ["A", "B", "C"], "D").astype(object)


def height_error_sums(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Count roofs with arrays by the source and error of their height, with their energy as read and as expected.

    Returns
    -------
    pandas.DataFrame
        `n`, `energy_kwh` and `expected_kwh` by `origin`, `rmse_m` and `log_sd`; no rows where heights were not drawn.
    """
    key = ["origin", "rmse_m", "log_sd"]
    here = ((appraisal["site_type"] == "rooftop") & (appraisal["energy_kwh"] > 0)).to_numpy()
    if "expected_kwh" not in appraisal or not here.any():
        return pd.DataFrame(columns=[*key, "n", "energy_kwh", "expected_kwh"]).set_index(key)
    roofs = sites[here]
    rmse, log_sd = height_errors(roofs, settings.certainty)
    known = {"origin": height_origin(roofs), "rmse_m": rmse, "log_sd": log_sd, "n": 1}
    energy = appraisal.loc[here, ["energy_kwh", "expected_kwh"]].to_numpy(float)
    frame = pd.DataFrame(known | {"energy_kwh": energy[:, 0], "expected_kwh": energy[:, 1]})
    return frame.groupby(key, sort=True).sum()


def tell_height_errors(sums: pd.DataFrame) -> list[Finding]:
    """Say which errors heights are taken to have, and what that does to the energy of all roofs.

    Parameters
    ----------
    sums
        `height_error_sums` of all parts, added up.
    """
    if not len(sums):
        return []
    rows = sums.reset_index().sort_values("n", ascending=False)
    more = float(rows["expected_kwh"].sum() / rows["energy_kwh"].sum() - 1.0)
    told = [
        f"{row.origin} {row.rmse_m:g} m" if row.log_sd == 0 else f"{row.origin} {row.log_sd:.0%}"
        for row in rows.head(MOST_ERRORS).itertuples()
    ]
    n = int(rows["n"].sum())
    return [finding("height-errors", layer="rooftop", count=n, total=n, errors=", ".join(told), more=more)]


def tell_left_out(settings: Settings) -> list[Finding]:
    """Say that the sites of a city are all held equally sure, where its city file asks for that."""
    if settings.certainty.effort != "off":
        return []
    return [finding("certainty-left-out", layer="certainty")]
