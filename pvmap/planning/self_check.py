"""What is computed twice must agree: identities of a run, computed from the tables as they were written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pvmap import store
from pvmap.findings import Finding, finding
from pvmap.planning.self_check_rules import RULES, Identity, Written, equal
from pvmap.settings.city import Settings
from pvmap.store import row_groups
from pvmap.tables.vocabulary import ENERGY_MONTHS


class Stretch(NamedTuple):
    """Where the rows of some sites lie: the first and the last but one of each table, and on the curve for sites."""

    rows: dict[str, slice]
    hilbert: tuple[int, int]


def of_part(folder: Path, settings: Settings, stretch: Stretch | None = None) -> list[Identity]:
    """Compute what the rows of some sites add to both sides of every identity.

    Parameters
    ----------
    folder
        Run folder, settled.
    settings
        Settings of the run.
    stretch
        Which rows; all by default.
    """
    names = ("appraisal", "yields", "exclusions")
    rows = stretch.rows if stretch is not None else {}
    appraisal, yields, exclusions = (row_groups.read_slice(folder, n, _COLUMNS.get(n), rows.get(n)) for n in names)
    where = [("hilbert", ">=", stretch.hilbert[0]), ("hilbert", "<", stretch.hilbert[1])] if stretch else None
    sites = store.read_table(folder, "sites", columns=_COLUMNS["sites"], filters=where)
    sites = sites.set_index("site_id").loc[appraisal["site_id"]].reset_index()
    empty = {name: _nothing(folder, name) for name in ("profiles", "zones")}
    return _identities(Written(sites, appraisal, yields, exclusions, **empty, counts={}, totals={}), settings)


def of_city(
    folder: Path, settings: Settings, counts: dict[str, dict[str, int]], totals: dict[str, dict[str, float | None]]
) -> list[Identity]:
    """Compute what the city's sums add to both sides of every identity.

    Parameters
    ----------
    folder, settings
        As for `of_part`.
    counts, totals
        As run.json tells them: rows of every layer, and totals per kind.
    """
    empty = {name: _nothing(folder, name) for name in ("sites", "appraisal", "yields", "exclusions")}
    sums = {name: store.read_table(folder, name, columns=_COLUMNS[name]) for name in ("profiles", "zones")}
    return _identities(Written(**empty, **sums, counts=counts, totals=totals), settings)


def add_identities(parts: Iterable[list[Identity]]) -> list[Identity]:
    """Add up both sides of what parts of the city contribute, in their order; then they must agree."""
    sums: dict[str, tuple[str, float, float]] = {}
    for part in parts:
        for one in part:
            _, left, right = sums.get(one.name_en, ("", 0.0, 0.0))
            sums[one.name_en] = one.name_zh, left + one.left, right + one.right
    return [equal(name_en, *rest) for name_en, rest in sums.items()]


_COLUMNS = {
    "appraisal": [
        *("site_id", "district", "township", "used_area_m2", "capacity_gross_kwp", "capacity_kwp", "energy_kwh"),
        *ENERGY_MONTHS,
        *("specific_yield_kwh_per_kwp", "capacity_practical_kwp", "capacity_policy_floor_kwp", "decision"),
        *("p50_kwh", "p75_kwh", "p90_kwh", "self_use_kwh", "lcoe_cny_per_kwh", "npv_cny", "irr", "at_grid_parity"),
        *("value_cny_per_kwh", "required_price_cny_per_kwh"),
        *("standard_coal_t_per_year", "standard_coal_fossil_t_per_year"),
    ],
    "sites": ["site_id", "footprint_area_m2", "existing_pv_kwp"],
    "yields": ["site_id", "n_modules", "capacity_kwp", "poa_global_kwh_per_m2", "energy_kwh", "performance_ratio"],
    "exclusions": ["site_id", "area_m2"],
    "profiles": ["power_kw"],
    "zones": ["level", "zone_id", "site_type", "capacity_kwp", "energy_kwh", "lcoe_cny_per_kwh", "n_sites"],
}


def _nothing(folder: Path, name: str) -> pd.DataFrame:
    return row_groups.read_slice(folder, name, _COLUMNS.get(name), slice(0, 0))


def _identities(written: Written, settings: Settings) -> list[Identity]:
    return [one for rule in RULES for one in rule(written, settings)]


def as_findings(identities: list[Identity]) -> list[Finding]:
    """Turn each identity that does not hold into a finding."""
    return [
        finding("identity-broken", column=one.name_en, number=number, left=one.left, right=one.right)
        for number, one in enumerate(identities, start=1)
        if not one.holds
    ]
