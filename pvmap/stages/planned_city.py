"""A settled run as planning sees it: columns of sites and appraisal, profiles per kWp, loads, the market's prices."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import store
from pvmap.crs import WGS84, transformer
from pvmap.findings import Finding, finding
from pvmap.planning.grid.assessed import Calendar, calendar
from pvmap.planning.grid.hourly import read_loads
from pvmap.planning.grid.loads import made_up_load
from pvmap.planning.money.tariff import capture_price, market_price
from pvmap.planning.net import kwp_per_kwac
from pvmap.planning.policy.classes import class_key, lookup
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.stages.bureau import read_prices
from pvmap.stages.job import TECHNICAL
from pvmap.store import row_groups
from pvmap.tables.plan import told_apart
from pvmap.tables.vocabulary import GROUP
from pvmap.text_columns import positions

SITES = ("site_id", "site_type", "building_use", "district", "longitude", "latitude")
SITE_AMOUNTS = ("existing_pv_kwp", "footprint_area_m2")
APPRAISED = (
    *("site_id", "site_type", "building_use", "district", "used_area_m2", "capacity_gross_kwp", "capacity_kwp"),
    *("capacity_kwac", "capacity_practical_kwp", "energy_kwh", "capex_cny", "lcoe_cny_per_kwh", "npv_cny"),
    *("opex_cny_per_year", "co2_t_per_year", "plan_class"),
)
SAME_LOAD = 0.01  # of a sum, within which a load is that sum
LEAST_LOAD, MOST_LOAD = 0.05, 1000.0  # of what the buildings would take: beyond, a load is in another unit


class PlannedCity:
    """Columns of a city's sites, in the order of its appraisal.

    Parameters
    ----------
    settings, raw, processed
        The city, its input files and its run folder, in which money is settled.
    crs
        Its metric CRS.
    """

    def __init__(self, settings: Settings, raw: Path, processed: Path, crs: CRS) -> None:
        self.settings, self.raw, self.processed, self.crs = settings, raw, processed, crs

    @cached_property
    def appraisal(self) -> pd.DataFrame:
        """Columns of the appraisal that planning needs, n rows."""
        return store.read_table(self.processed, "appraisal", columns=list(APPRAISED))

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Columns of the sites that planning needs, in the order of the appraisal."""
        sites = store.read_table(self.processed, "sites", columns=[*SITES, *SITE_AMOUNTS])
        at = positions(self.appraisal["site_id"], sites["site_id"])
        return sites.iloc[at].reset_index(drop=True)

    @cached_property
    def districts(self) -> list[str]:
        """Names of the districts of all sites of the run, sorted."""
        return sorted(row_groups.distinct(self.processed, "sites", "district") - {""})

    @property
    def classes(self) -> np.ndarray:
        """Class of plants of each site, (n,)."""
        return self.appraisal["plan_class"].to_numpy(object)

    def of(self, column: str) -> np.ndarray:
        """Numbers of a column of the appraisal, (n,)."""
        return self.appraisal[column].to_numpy(float)

    @property
    def district(self) -> np.ndarray:
        """District of each site, (n,)."""
        return self.appraisal["district"].to_numpy(object)

    @property
    def told_district(self) -> np.ndarray:
        """District of each site as tables with sums name it, (n,)."""
        return self.appraisal["district"].map(told_apart).to_numpy(object)

    @property
    def existing_kwp(self) -> np.ndarray:
        """What stands at each site, (n,)."""
        return np.nan_to_num(self.sites["existing_pv_kwp"].to_numpy(float))

    @cached_property
    def kwp_per_kwac(self) -> np.ndarray:
        """DC over AC capacity, (n,); where nothing can be built, the ratio of its kind."""
        return kwp_per_kwac(self.appraisal, self.settings.energy.inverter)

    @cached_property
    def practical_kwac(self) -> np.ndarray:
        """Practical potential, AC, (n,)."""
        return self.of("capacity_practical_kwp") / self.kwp_per_kwac

    @cached_property
    def practical_share(self) -> np.ndarray:
        """Practical over technical potential, (n,)."""
        capacity = self.of("capacity_kwp")
        return np.divide(self.of("capacity_practical_kwp"), capacity, out=np.zeros(len(capacity)), where=capacity > 0)

    @cached_property
    def points(self) -> np.ndarray:
        """Representative points, (n, 2) [m]."""
        return self.metric(self.sites["longitude"].to_numpy(float), self.sites["latitude"].to_numpy(float))

    def metric(self, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        """Places in the metric CRS, (n, 2) [m]; NaN stays NaN."""
        out = np.full((len(longitude), 2), np.nan)
        there = np.isfinite(longitude) & np.isfinite(latitude)
        out[there] = np.column_stack(transformer(WGS84, self.crs).transform(longitude[there], latitude[there]))
        return out

    @cached_property
    def _gross(self) -> Shapes:
        profiles = store.read_table(self.processed / TECHNICAL, "profiles")
        return Shapes.of(profiles, self.settings.city.utc_offset_hours)

    @property
    def times(self) -> pd.DatetimeIndex:
        """UTC hours of the profiles, (T,)."""
        return self._gross.times

    @cached_property
    def group(self) -> np.ndarray:
        """Row of each site's profile in `per_kwp`, (n,)."""
        return np.maximum(self._gross.groups.get_indexer(pd.MultiIndex.from_frame(self.sites[GROUP])), 0)

    @cached_property
    def per_kwp(self) -> np.ndarray:
        """AC power of each group per kWp, (G, T): of everything that its surfaces can carry."""
        capacity = np.bincount(self.group, self.of("capacity_gross_kwp"), len(self._gross.groups))
        return np.divide(
            self._gross.power_kw,
            capacity[:, None],
            out=np.zeros_like(self._gross.power_kw),
            where=capacity[:, None] > 0,
        )

    @cached_property
    def days(self) -> Calendar:
        """Calendar of the hours."""
        return calendar(self.times, self.settings.city.utc_offset_hours, self.settings.planning.hosting)

    @cached_property
    def load_mw(self) -> pd.DataFrame:
        """Load by district, (T, ...) [MW]: the bureau's, else made up from the buildings."""
        source, city = self.settings.inputs.load, self.settings.city
        if source is None:
            return made_up_load(self.sites, self._gross.hours, self.settings).set_axis(self.times)
        path = self.raw / source.path
        long, _ = read_loads(path, self.times, city.utc_offset_hours, self.districts, city.name)
        return long.pivot_table(index="time", columns="district", values="load_kw").reindex(self.times) / 1e3

    def doubt_load(self) -> list[Finding]:
        """Tell a load of the bureau's whose unit must be another, by what the buildings would take."""
        source = self.settings.inputs.load
        if source is None:
            return []
        each = {use: kwh for use, kwh in self.settings.planning.tariff.load_kwh_per_m2.items() if kwh > 0}
        roofs = self.sites[self.sites["site_type"] == "rooftop"]
        kwh_per_m2 = lookup(class_key(roofs), each, min(each.values(), default=0.0))  # unknown uses take the least
        own = roofs["footprint_area_m2"].to_numpy(float) * kwh_per_m2 / 1e6
        given, name = self.load_mw.sum() / 1e3, Path(source.path).name
        total, city = self._total_among_districts(name), float(given.sum())
        if own.sum() > 0 and not LEAST_LOAD * own.sum() <= city <= MOST_LOAD * own.sum():
            return [*total, _load_far_off(name, city, float(own.sum()))]
        of = pd.Series(own).groupby(roofs["district"].to_numpy(object)).sum()
        low = [one for one in self.districts if one in given and given[one] < LEAST_LOAD * of.get(one, 0.0)]
        return [*total, *(_load_far_off(f"{name}, {one}", float(given[one]), float(of[one])) for one in low)]

    def _total_among_districts(self, layer: str) -> list[Finding]:
        """Tell a load under the city's name that is the sum of the others in every hour."""
        name, loads = self.settings.city.name, self.load_mw
        if name not in loads or len(loads.columns) < 3:
            return []
        others = loads.drop(columns=name).sum(axis=1)
        if ((loads[name] - others).abs() > SAME_LOAD * others).any() or not others.any():
            return []
        return [finding("load-total-among-districts", layer=layer, name=name)]

    @property
    def capture_cny_per_kwh(self) -> float:
        """Mean market price over the hours of what can still be built; NaN where that is nothing."""
        given, _ = read_prices(self.settings, self.raw, self.times)
        price = market_price(self._gross.hours, self.settings.planning.tariff, given.market)
        profiles = store.read_table(self.processed, "profiles", columns=["time", "power_kw"])
        return capture_price(profiles.groupby("time")["power_kw"].sum().reindex(self.times).to_numpy(float), price)


def _load_far_off(layer: str, given: float, own: float) -> Finding:
    return finding("load-far-off", layer=layer, given_gwh=f"{given:.4g}", own_gwh=f"{own:.3g}")
