"""Examples of `pvmap/findings/catalogue/results.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from findings.examples import example

from pvmap.findings import Finding
from pvmap.planning.money.doubts import doubt_amounts
from pvmap.planning.risk.certainty import tell_left_out
from pvmap.planning.self_check import Identity, as_findings
from pvmap.planning.totals import check_bands, kind_sums
from pvmap.settings.city import Settings
from pvmap.settings.policy import BandSettings


@example("identity-broken")
def sums_that_disagree(folder: Path, faulty: bool) -> Iterable[Finding]:
    return as_findings(
        [Identity("months add up to the year", "各月之和＝全年", 1.0, 2.0 if faulty else 1.0, not faulty)]
    )


def bands(kwh_per_kwp: float, wp_per_m2: float) -> Iterable[Finding]:
    """A hundred halls of that yield and that capacity over their footprint."""
    n, footprint = 100, 1_000.0
    capacity = footprint * wp_per_m2 / 1e3
    kind = pd.DataFrame({"site_type": ["rooftop"] * n, "building_use": "commercial"})
    sites = kind.assign(footprint_area_m2=footprint, existing_pv_kwp=0.0)
    appraisal = kind.assign(capacity_kwp=capacity, energy_kwh=capacity * kwh_per_kwp)
    return check_bands(kind_sums(appraisal, sites, BandSettings()), BandSettings())[1]


@example("amounts-in-another-money")
def dollars_called_euros(folder: Path, faulty: bool) -> Iterable[Finding]:
    city = {"name": "a", "title_zh": "", "title_en": "", "country": "generic", "utc_offset_hours": 1.0}
    return doubt_amounts(Settings.model_validate({"city": {**city, "currency": "EUR" if faulty else "USD"}}))


@example("certainty-left-out")
def all_equally_sure(folder: Path, faulty: bool) -> Iterable[Finding]:
    city = {"name": "a", "title_zh": "", "title_en": ""}
    return tell_left_out(Settings.model_validate({"city": city, "certainty": "off" if faulty else "sample"}))


@example("yield-outside-band")
def too_sunny(folder: Path, faulty: bool) -> Iterable[Finding]:
    return bands(1_700.0 if faulty else 1_050.0, 80.0)


@example("capacity-outside-band")
def two_storeys_of_modules(folder: Path, faulty: bool) -> Iterable[Finding]:
    return bands(1_050.0, 400.0 if faulty else 80.0)
