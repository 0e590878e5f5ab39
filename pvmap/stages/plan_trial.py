"""What is needed at the end only is read before the work begins: what cannot be used is refused before the tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from pyproj import CRS

from pvmap.config import file_inputs, missing_paths
from pvmap.errors import InputError
from pvmap.findings import Finding
from pvmap.planning.grid.assessed import calendar
from pvmap.planning.grid.devices import read_registered
from pvmap.planning.grid.storage import storage_units
from pvmap.planning.money.given_prices import read_contracts
from pvmap.planning.money.scenario_table import of_no_scenario, read_mechanism
from pvmap.planning.policy.plan_inputs import read_costs, read_rates, targets_of
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import not_read, read_given
from pvmap.settings.city import AreaInput, Settings, TableInput
from pvmap.sources.backdrop import read_backdrop
from pvmap.sources.csv_table import read_csv
from pvmap.stages.grid_inputs import read_grid
from pvmap.stages.planned import read_areas
from pvmap.stages.stamp import BUREAU

Trial = Callable[[], list[Finding]]


def plan_trials(
    settings: Settings, raw: Path, crs: CRS, districts: list[str], times: pd.DatetimeIndex
) -> Iterator[Trial]:
    """Give for each of these inputs how a run reads it; each gives what is doubtful or raises an InputError.

    Parameters
    ----------
    settings, raw, crs
        The city, its input files and its metric CRS.
    districts
        Names of its districts.
    times
        UTC hours of its profiles, or of any year where only what is wrong matters.
    """
    inputs, offset = settings.inputs, settings.city.utc_offset_hours

    def grid() -> list[Finding]:
        days = calendar(times, offset, settings.planning.hosting)
        return read_grid(settings, raw, crs, districts, days, pd.DataFrame(index=times)).findings

    def registered() -> list[Finding]:
        as_of = settings.planning.hosting.as_of
        return read_registered(inputs.registered, raw, None, districts, as_of)[1]  # type: ignore[arg-type]

    def tables() -> list[Finding]:
        found: list[Finding] = []
        for name, columns in COLUMNS.items():
            source = getattr(inputs, name)
            if isinstance(source, TableInput):
                given = read_given(source, raw, *columns)
                given.refuse_other_money(settings.city.currency)
                found += given.findings
        if inputs.market_prices is not None:
            prices = read_given(TableInput(path=inputs.market_prices.path), raw, *COLUMNS["market_prices"])
            prices.refuse_other_money(settings.city.currency)
        if inputs.overrides is not None:
            table = read_csv(raw / inputs.overrides.path)
            found += [*table.findings, *not_read(table, sum(COLUMNS["overrides"], ()), Path(table.name).name)]
        return found

    def plan() -> list[Finding]:
        found: list[Finding] = []
        targets_of(settings, raw, districts)
        storage_units(settings, [settings.city.name, *districts])
        if inputs.rates is not None:
            read_rates(inputs.rates, raw, districts)
        if inputs.costs is not None:
            read_costs(inputs.costs, raw)
        if inputs.mechanism is not None:
            found += of_no_scenario(read_mechanism(inputs.mechanism, raw, settings), inputs.mechanism.path, settings)
        if inputs.retail_contract is not None:
            found += read_contracts(inputs.retail_contract, raw)[1]
        return found

    def areas(source: AreaInput, held: dict[tuple[str, str], AreaInput]) -> list[Finding]:
        found, findings = read_areas(source, settings, raw, crs, times)
        for name in found.outlines["name"].unique():
            other = held.setdefault((source.level, name), source)
            if other is not source:
                raise InputError(
                    f"inputs.areas: {other.path} and {source.path} both hold {name!r} of level {source.level!r}; "
                    "keep one of them, or give one file a level of its own."
                )
        return findings

    if any(missing_paths(one, raw) for key, one in file_inputs(settings) if key.removeprefix("inputs.") in BUREAU):
        return  # which is told of itself
    yield tables
    if inputs.grid_devices is not None:
        yield grid
    elif inputs.registered is not None:
        yield registered
    yield plan
    held: dict[tuple[str, str], AreaInput] = {}  # by level and name
    for one in inputs.areas:
        yield lambda one=one: areas(one, held)  # type: ignore[misc]


def backdrop_trials(settings: Settings, raw: Path, crs: CRS) -> Iterator[Callable[[], list[Finding]]]:
    """Give the reading of each layer that is only drawn, to be tried on its own."""
    for shown in settings.inputs.backdrop:
        if not missing_paths(shown, raw):
            yield lambda shown=shown: list(read_backdrop(shown, raw, crs).findings)  # type: ignore[misc]


def tried(settings: Settings, raw: Path, crs: CRS, districts: list[str], times: pd.DatetimeIndex) -> list[Finding]:
    """Try all of them and give what is doubtful, once; arguments as for `plan_trials`.

    Raises
    ------
    InputError
        One sentence on the first of them that cannot be used.
    """
    found: list[Finding] = []
    for trial in (*backdrop_trials(settings, raw, crs), *plan_trials(settings, raw, crs, districts, times)):
        found += [one for one in trial() if one not in found]
    return found
