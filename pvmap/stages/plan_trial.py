"""Tables of grid and plan are read before the work begins: what cannot be used is refused then, not after the tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from pyproj import CRS

from pvmap.config import file_inputs, missing_paths
from pvmap.findings import Finding
from pvmap.planning.grid.assessed import calendar
from pvmap.planning.grid.devices import read_registered
from pvmap.planning.money.scenario_table import read_mechanism
from pvmap.planning.policy.plan_inputs import read_costs, read_rates, read_targets
from pvmap.settings.city import Inputs, Settings, TableInput
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
        for name in Inputs.model_fields:
            source = getattr(inputs, name)
            if isinstance(source, TableInput):
                found += read_csv(raw / source.path, encoding=source.encoding).findings
        return found

    def plan() -> list[Finding]:
        if inputs.targets is not None:
            read_targets(inputs.targets, raw, districts)
        if inputs.rates is not None:
            read_rates(inputs.rates, raw, districts)
        if inputs.costs is not None:
            read_costs(inputs.costs, raw)
        if inputs.mechanism is not None:
            read_mechanism(inputs.mechanism, raw, settings)
        return []

    if any(missing_paths(one, raw) for key, one in file_inputs(settings) if key.removeprefix("inputs.") in BUREAU):
        return  # which is told of itself
    yield tables
    if inputs.grid_devices is not None:
        yield grid
    elif inputs.registered is not None:
        yield registered
    yield plan
    for one in inputs.areas:
        yield lambda one=one: read_areas(one, settings, raw, crs, times)[1]  # type: ignore[misc]


def tried(settings: Settings, raw: Path, crs: CRS, districts: list[str], times: pd.DatetimeIndex) -> list[Finding]:
    """Try all of them and give what is doubtful, once; arguments as for `plan_trials`.

    Raises
    ------
    InputError
        One sentence on the first of them that cannot be used.
    """
    found: list[Finding] = []
    for trial in plan_trials(settings, raw, crs, districts, times):
        found += [one for one in trial() if one not in found]
    return found
