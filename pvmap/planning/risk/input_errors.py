"""How much outlines, uses and forms may be off: a spread for each site by what is known of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.settings.certainty import CertaintySettings
from pvmap.settings.city import Settings
from pvmap.settings.rooftop import RooftopSettings

RECTANGLE = 4.24  # perimeter over the root of the area, of a rectangle twice as long as wide
PITCHED_USES = ("residential_rural", "industrial_steel")
UNKNOWN = "other"


class Mixture(NamedTuple):
    """What uses a building may have: n sites by u uses.

    Attributes
    ----------
    ratio : (n, u) array
        Energy over its expected value if the building has this use.
    chance : (n, u) array
        Its chance; rows add up to 1.
    """

    ratio: np.ndarray
    chance: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation over the mean, (n,)."""
        mean = (self.ratio * self.chance).sum(axis=1)
        return np.sqrt((np.square(self.ratio - mean[:, None]) * self.chance).sum(axis=1)) / mean


def outline_spread(sites: pd.DataFrame, settings: CertaintySettings) -> np.ndarray:
    """Relative standard deviation of each site's area: the offset of its outline times perimeter over area, (n,)."""
    known = np.where(measured(sites), "measured_planes", sites["origin"].replace(["", "floors"], "unstated"))
    offset = pd.Series(known).map(settings.outline_offset_m).to_numpy(float)
    return np.minimum(offset * RECTANGLE / np.sqrt(np.maximum(sites["footprint_area_m2"].to_numpy(float), 1.0)), 0.5)


def form_spread(sites: pd.DataFrame, settings: CertaintySettings) -> np.ndarray:
    """Relative standard deviation of each site's energy from the form of its roof or ground, (n,)."""
    return pd.Series(form_known(sites)).map(settings.form_sd).to_numpy(float)


def form_known(sites: pd.DataFrame) -> np.ndarray:
    """Say what is known of the form of each roof or ground, as the keys of ``certainty.form_sd``."""
    kind, use = sites["site_type"].to_numpy(object), sites["building_use"].to_numpy(object)
    grade, pitched = sites["confidence"].to_numpy(object), np.isin(use, PITCHED_USES)
    hidden = sites["ridge_hidden"].to_numpy(bool) & ~np.isfinite(sites["ridge_azimuth"].to_numpy(float))
    return np.select(
        [
            (kind == "mine") & (grade == "D"),
            kind == "mine",
            (kind == "fishpond") & (grade == "B"),
            kind == "fishpond",
            measured(sites),
            use == UNKNOWN,
            hidden,
            pitched,
        ],
        [
            *("mine_no_terrain", "mine_terrain", "pond_dykes_told", "pond_dykes_unknown"),
            *("measured_planes", "unknown", "pitched_ridge_unknown", "pitched"),
        ],
        "flat",
    ).astype(object)


def measured(sites: pd.DataFrame) -> np.ndarray:
    """Whether the planes of each roof were measured, (n,)."""
    return ((sites["site_type"] == "rooftop") & (sites["confidence"] == "A")).to_numpy()


def use_mixture(sites: pd.DataFrame, settings: Settings) -> Mixture:
    """Say which uses each building may have, and what its roof would then carry.

    What a use leaves free of a roof stands in ``rooftop``; where obstacles were measured, access and ownership alone
    differ. The mixture spreads around what the run assumes: its mean is 1.
    """
    chances = settings.certainty.use_chances
    names, total = list(chances), sum(chances.values()) or 1.0
    prior = np.array([chances[name] / total for name in names])
    n, u = len(sites), len(names)
    ratio, chance = np.ones((n, u + 1)), np.zeros((n, u + 1))
    chance[:, u] = 1.0  # as it was assumed
    roof = (sites["site_type"] == "rooftop").to_numpy()
    known = sites["use_known"].to_numpy(bool) | ~roof
    use = sites["building_use"].to_numpy(object)
    for assumed in np.unique(use[~known].astype(str)):
        sure = 0.0 if assumed == UNKNOWN else settings.certainty.default_use_right
        for seen in (False, True):
            rows = np.flatnonzero(~known & (use == assumed) & (measured(sites) == seen))
            free = np.array([left_by(name, settings.rooftop, seen) for name in [*names, assumed]])
            weights = np.append(prior * (1.0 - sure), sure)
            ratio[rows], chance[rows] = free / (free @ weights), weights
    return Mixture(ratio, chance)


def left_by(use: str, settings: RooftopSettings, seen: bool) -> float:
    """Share of a roof that its use leaves for modules; obstacles do not count where they were seen."""
    shares = (settings.access_share, settings.structure_share, *(() if seen else (settings.obstacle_free_share,)))
    return float(np.prod([getattr(share, use) for share in shares]))


def height_origin(sites: pd.DataFrame) -> np.ndarray:
    """Name the source of each height as the settings do: surveyed, floors, assumed, unstated and so on, (n,)."""
    source = sites["height_source"].map({"surface model": "surface_model", "floors": "floors"}).fillna("assumed")
    return np.where(sites["height_source"] == "column", sites["origin"].replace("", "unstated"), source).astype(object)


def height_errors(sites: pd.DataFrame, settings: CertaintySettings) -> tuple[np.ndarray, np.ndarray]:
    """Error of each height by its source: normal [m] or, where that is 0, of the logarithm [1]; two (n,) arrays."""
    source = height_origin(sites)
    stated = sites["height_rmse_m"].to_numpy(float)
    log_sd = pd.Series(source).map(settings.height_log_sd).to_numpy(float)
    rmse = pd.Series(source).map(settings.height_rmse_m).to_numpy(float)
    stated = np.where((sites["height_source"] == "column").to_numpy(), stated, np.nan)
    rmse = np.where(np.isfinite(stated), stated, rmse)
    return np.nan_to_num(rmse), np.where(np.isfinite(rmse), 0.0, log_sd)
