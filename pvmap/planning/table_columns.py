"""Columns of the bureau's tables: those each must have, and those it may have. Whatever else one holds is told."""

from __future__ import annotations

from typing import NamedTuple


class Columns(NamedTuple):
    """Columns of a table, by our names."""

    needs: tuple[str, ...]
    knows: tuple[str, ...] = ()


COLUMNS = {
    "grid_devices": Columns(
        ("device_id", "level_kv", "unit_kva"),
        (
            *("name", "district", "parent_id", "units", "mode", "power_factor", "beta", "n1_limit", "load_kw"),
            *("load_basis", "other_generation_kw", "storage_charge_kw", "connected_kwac", "registered_kwac"),
            *("new_storage_min_kw", "new_storage_max_kw", "tau", "longitude", "latitude"),
        ),
    ),
    "device_loads": Columns(("time", "device_id", "load_kw"), ("pv_kw",)),
    "registered": Columns(("project_id", "class", "kwac"), ("device_id", "district", "valid_until", "expected_year")),
    "supply_shares": Columns(("device_id", "district", "share")),
    "county_limits": Columns(("district", "system_min_mw", "system_max_mw"), ("document",)),
    "targets": Columns(("year", "target_mw"), ("district", "class", "kind", "basis", "document")),
    "rates": Columns(("year", "max_mw_per_year"), ("district", "class")),
    "costs": Columns(("year", "class", "capex_cny_per_w_dc"), ("opex_cny_per_kw_year",)),
    "mechanism": Columns(("year", "class", "eligible"), ("price", "share", "years", "document")),
    "retail_contract": Columns(("class", "month", "hour", "price")),
    "market_prices": Columns(("time", "price_cny_per_kwh")),
    "load": Columns(("time", "district", "load_kw")),
    "overrides": Columns(("site_id", "decision", "reason", "by", "date"), ("value_kwp",)),
}
