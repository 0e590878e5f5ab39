"""Hourly profiles: reduced by what stands already, seen in local hours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.tables.vocabulary import ENERGY_MONTHS, GROUP
from pvmap.text_columns import few_texts, positions


@dataclass(frozen=True)
class Hours:
    """Local calendar of the T hours of a profile, each an (T,) array of integers."""

    month: np.ndarray  # 0-11
    hour: np.ndarray  # 0-23
    weekday: np.ndarray  # 0 Monday - 6 Sunday

    @classmethod
    def of(cls, times: pd.DatetimeIndex, utc_offset_hours: float) -> Hours:
        """Calendar of UTC interval starts in local standard time (a fixed offset)."""
        local = times.tz_convert("UTC").tz_localize(None) + pd.Timedelta(hours=utc_offset_hours)
        return cls(local.month.to_numpy() - 1, local.hour.to_numpy(), local.day_of_week.to_numpy())


@dataclass(frozen=True)
class Shapes:
    """Profiles as a matrix: groups x hours."""

    groups: pd.MultiIndex  # district, site_type, building_use
    power_kw: np.ndarray  # (n_groups, T)
    times: pd.DatetimeIndex  # (T,) UTC
    hours: Hours

    @classmethod
    def of(cls, profiles: pd.DataFrame, utc_offset_hours: float) -> Shapes:
        """Turn the profiles table into a matrix.

        Raises
        ------
        TableError
            Where a group lacks hours that another has.
        """
        if profiles.empty:
            raise TableError("profiles: the table is empty; hours are needed to value electricity, run the city again.")
        hour_codes, times = pd.factorize(profiles["time"], sort=True)
        rows = pd.MultiIndex.from_frame(profiles[GROUP])
        groups = rows.unique().sort_values()
        group_codes = groups.get_indexer(rows)
        power = np.full((len(groups), len(times)), np.nan)
        power[group_codes, hour_codes] = profiles["power_kw"].to_numpy(float)
        if np.isnan(power).any():
            group, hour = (int(i[0]) for i in np.nonzero(np.isnan(power)))
            raise TableError(
                f"profiles: group {tuple(groups[group])} lacks hour {times[hour]}; each group needs the same hours."
            )
        index = pd.DatetimeIndex(times)
        return cls(groups, power, index, Hours.of(index, utc_offset_hours))

    def of_group(self, district: str, site_type: str, building_use: str) -> np.ndarray:
        """Power of one group, (T,); zeros where there is no such group [kW]."""
        at = self.groups.get_indexer(pd.MultiIndex.from_tuples([(district, site_type, building_use)]))[0]
        return self.power_kw[at] if at >= 0 else np.zeros(len(self.times))

    def table(self) -> pd.DataFrame:
        """Back to the long table of the contract."""
        n_groups, n_hours = self.power_kw.shape
        frame = pd.DataFrame({"time": np.tile(self.times, n_groups)})
        for level in GROUP:
            frame[level] = np.repeat(self.groups.get_level_values(level).to_numpy(), n_hours)
        frame["power_kw"] = self.power_kw.ravel()
        frame["time"] = pd.DatetimeIndex(frame["time"]).tz_convert("UTC")
        return frame


def month_sums(appraisal: pd.DataFrame, sites: pd.DataFrame, yields: pd.DataFrame) -> pd.DataFrame:
    """Sum what surfaces of some sites give and what of it can still be built, by group and month.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order: net energy by site, and the group of each.
    yields
        Contract table: gross energy by surface.

    Returns
    -------
    pandas.DataFrame
        By the columns of ``GROUP``: `gross_0` to `gross_11` and `net_0` to `net_11`. [kWh]
    """
    at = positions(yields["site_id"], sites["site_id"])
    sums = {}
    for m, column in enumerate(ENERGY_MONTHS):
        sums[f"gross_{m}"] = np.bincount(at, yields[column].to_numpy(float), len(sites))
        sums[f"net_{m}"] = appraisal[column].to_numpy(float)
    return pd.DataFrame(sums).groupby([few_texts(sites[name]) for name in GROUP], sort=True).sum().rename_axis(GROUP)


def reduce_profiles(profiles: Shapes, months: pd.DataFrame) -> Shapes:
    """Take what stands already, and what the bureau refused or corrected, out of the profiles.

    Parameters
    ----------
    profiles
        Everything the surfaces can carry.
    months
        ``month_sums`` of all sites.

    Returns
    -------
    Shapes
        Each group and local month is scaled by net over gross energy of its sites, so the integral of the result is the
        appraisal's energy wherever the integral of the profiles was that of the yields.
    """
    known = months.reindex(profiles.groups)
    gross, net = (known[[f"{name}_{m}" for m in range(12)]].to_numpy() for name in ("gross", "net"))
    factor = np.divide(net, gross, out=np.ones(gross.shape), where=gross > 0)
    reduced = profiles.power_kw * factor[:, profiles.hours.month]
    return replace(profiles, power_kw=reduced)
