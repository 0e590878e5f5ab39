"""Storage on the side of the grid, as rows of PyPSA's storage units."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.money import economics
from pvmap.settings.city import Settings
from pvmap.settings.storage import StorageUnit

COLUMNS = (
    *("name", "bus", "carrier", "p_nom", "p_nom_extendable", "p_nom_max", "max_hours"),
    *("efficiency_store", "efficiency_dispatch", "capital_cost", "cyclic_state_of_charge"),
)


def storage_units(settings: Settings, buses: list[str]) -> pd.DataFrame:
    """List the units that serve the city; one of which it has no share has no row.

    Parameters
    ----------
    settings
        Units, and what is usual of their kinds.
    buses
        Names of the buses, the city's first.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; powers in MW, capital cost in CNY/MW of a year. [MW, h, CNY/MW]

    Raises
    ------
    InputError
        A unit stands in a district that the run does not know, or two share a name.
    """
    units = settings.planning.storage.units
    names = [unit.name for unit in units]
    for number, unit in enumerate(units):
        if unit.district and unit.district not in buses:
            raise InputError(
                f"planning.storage.units: {unit.name!r} stands in {unit.district!r}, which is no district of this run; "
                f"use one of {', '.join(buses[1:]) or 'none'}, or leave it empty for the city's bus."
            )
        if unit.name in names[:number]:
            raise InputError(f"planning.storage.units: two are called {unit.name!r}; give each a name of its own.")
    rows = [_row(unit, settings, unit.district or buses[0]) for unit in units if unit.power_mw * unit.city_share > 0]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(unit: StorageUnit, settings: Settings, bus: str) -> dict[str, Any]:
    usual, power = settings.planning.storage, unit.power_mw * unit.city_share
    one_way = usual.round_trip_efficiency[unit.kind] ** 0.5
    hours = usual.hours[unit.kind] if unit.hours is None else unit.hours
    return {
        "name": unit.name,
        "bus": bus,
        "carrier": unit.kind,
        "p_nom": 0.0 if unit.extendable else power,
        "p_nom_extendable": unit.extendable,
        "p_nom_max": power,
        "max_hours": hours,
        "efficiency_store": one_way if unit.efficiency_store is None else unit.efficiency_store,
        "efficiency_dispatch": one_way if unit.efficiency_dispatch is None else unit.efficiency_dispatch,
        "capital_cost": yearly_cost(unit.kind, hours, settings, unit.capex_cny_per_kwh) if unit.extendable else 0.0,
        "cyclic_state_of_charge": True,
    }


def yearly_cost(kind: str, hours: float, settings: Settings, capex_cny_per_kwh: float | None = None) -> float:
    """Investment of a megawatt of storage spread over its life [CNY/MW of a year]."""
    usual = settings.planning.storage
    capex = usual.capex_cny_per_kwh[kind] if capex_cny_per_kwh is None else capex_cny_per_kwh
    years = int(usual.life_years[kind])
    return 1e3 * hours * capex / economics.discount_factors(years, settings.planning.economics.discount_rate).sum()
