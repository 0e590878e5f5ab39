"""What a solver makes of the network: built with and without storage, curtailment, peak, self-sufficiency, targets.

PyPSA and HiGHS are wanted here alone: the extra ``pvmap[solve]``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pvmap import disk
from pvmap.errors import ConfigError, TableError
from pvmap.planning.grid.solved import by_district, case
from pvmap.planning.grid.solved import groups as groups_of
from pvmap.planning.grid.storage import yearly_cost
from pvmap.planning.grid.typical_weeks import WEEK, typical_weeks
from pvmap.planning.policy.cases import gaps as gaps_of
from pvmap.planning.policy.classes import CLASSES
from pvmap.settings.city import Settings

YEAR = 8760  # hours
NETCDF = "network.nc"  # of the run folder
CASES = 3  # of the city's network: with storage, without, and as planned


class Asked(NamedTuple):
    """How to solve: typical weeks (0: the whole year), and whom to tell as ``progress(done, total)``."""

    weeks: int
    progress: Callable[[int, int], None]


@dataclass(frozen=True)
class Solution:
    """What came out.

    Attributes
    ----------
    cases
        One row with and one without storage, and one of the plan's last year where there is a plan: `case`,
        `optimal_mwp`, `optimal_mwac`, `pv_gwh`, `curtailed_gwh`, `curtailment_rate`, `import_gwh`, `export_gwh`,
        `peak_import_mw`, `own_share`, `storage_power_mw`, `shed_gwh`, `system_cost_cny`.
    groups
        With storage, a row per district and kind: `district`, `site_type`, `limit_mwp`, `optimal_mwp`, `optimal_mwac`,
        `pv_gwh`, `curtailed_gwh`, `curtailment_rate`, `cost_cny_per_kwh`, `worth_cny_per_kwh`.
    planned
        A row per district of the plan's last year, what stands and what is registered included: `district`,
        `standing_mwac`, `pv_gwh`, `curtailed_gwh`, `curtailment_rate`; empty without a plan.
    targets
        `level`, `name`, `target_mwac` (still to be built, at most what may be), `shadow_cny_per_kw`: what one kW AC
        more costs a year.
    users
        A row per use of buildings with a battery behind the meter: `building_use`, `battery_mw`,
        `value_cny_per_kwh_day`, `cost_cny_per_kwh_day`, `self_use_share`, `self_use_share_with`, `peak_mw`,
        `peak_mw_with`.
    hours
        Number of hours solved.
    """

    cases: pd.DataFrame
    groups: pd.DataFrame
    targets: pd.DataFrame
    planned: pd.DataFrame
    hours: int
    users: pd.DataFrame


@contextmanager
def log_kept() -> Iterator[None]:
    """Leave everybody's log as it was: PyPSA and what it stands on take it over, on import and while they solve."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers


@log_kept()
def require_solver() -> Any:
    """Import PyPSA.

    Raises
    ------
    ConfigError
        It or HiGHS is not installed.
    """
    try:
        import highspy  # noqa: F401
        import pypsa
    except ImportError:
        raise ConfigError(
            "--solve needs PyPSA and HiGHS, which are not installed: pip install 'pvmap[solve]'."
        ) from None
    pypsa.options.api.legacy_string_dtype = True
    for name in ("pypsa", "linopy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return pypsa


def solve(folder: Path, appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings, asked: Asked) -> Solution:
    """Solve the networks of a run folder.

    Parameters
    ----------
    folder
        Run folder with ``pypsa/`` and ``pypsa_users/``; gets ``network.nc``.
    appraisal, sites
        Contract tables in the same order.
    settings
        Targets; cost of batteries.
    asked
        How to solve them.
    """
    weeks, progress = asked
    behind_meters = sorted(path for path in (folder / "pypsa_users").iterdir() if path.is_dir())
    total = CASES + len(behind_meters)
    gaps = gaps_of(appraisal, sites, settings.planning.policy, settings.city.name, settings.energy.inverter)
    parts = solve_city(folder / "pypsa", folder / NETCDF, gaps, Asked(weeks, lambda done, _: progress(done, total)))
    hours = settings.planning.storage.user_side_hours
    cost = yearly_cost("battery", hours, settings) / (1e3 * hours) / 365.0
    rows = []
    for number, path in enumerate(behind_meters, start=CASES + 1):
        rows.append({"building_use": path.name} | solve_user(path, weeks, cost))
        progress(number, total)
    return Solution(*parts, pd.DataFrame(rows))


@log_kept()
def solve_city(
    folder: Path, netcdf: Path, gaps: pd.DataFrame, asked: Asked
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """Solve the city's network with its storage and without, keep the first, and see what becomes of the plan.

    Parameters
    ----------
    folder
        Folder that ``write_pypsa`` filled.
    netcdf
        Where the solved network goes.
    gaps
        ``cases.gaps``: targets by level and name.
    asked
        How to solve it.

    Returns
    -------
    cases, groups, targets, planned, hours
        As `Solution` has them.

    Raises
    ------
    TableError
        The solver finds no optimum.
    """
    weeks, progress = asked
    network = _read(folder, weeks)
    wanted, new = _targets(network, gaps), network.generators.index[network.generators.p_nom_extendable]
    progress(0, CASES)
    _optimize(network, wanted)
    cases, groups, planned = [case(network, "with", new)], groups_of(network), pd.DataFrame()
    targets = wanted.drop(columns="generators").assign(shadow_cny_per_kw=_duals(network, len(wanted)))
    disk.write_atomically(netcdf, lambda path: network.export_to_netcdf(str(path)))
    progress(1, CASES)
    if len(network.storage_units):
        bare = _read(folder, weeks)
        bare.remove("StorageUnit", bare.storage_units.index)
        _optimize(bare, wanted)
        cases.append(case(bare, "without", new))
    progress(2, CASES)
    if (network.generators.p_nom_planned[new] > 0).any():
        built = _read(folder, weeks)
        built.generators.loc[new, "p_nom"] = built.generators.p_nom_planned[new]
        built.generators.loc[new, "p_nom_extendable"] = False
        _optimize(built, wanted.iloc[:0])
        cases.append(case(built, "planned", new))
        planned = by_district(built)
    progress(CASES, CASES)
    return pd.DataFrame(cases), groups, targets, planned, len(network.snapshots)


@log_kept()
def solve_user(folder: Path, weeks: int, cost_cny_per_kwh_day: float) -> dict[str, Any]:
    """Solve the network of one use with its battery and without; a row of `Solution.users` without its name."""
    network, bare = _read(folder, weeks), _read(folder, weeks)
    bare.remove("StorageUnit", bare.storage_units.index)
    for one in (network, bare):
        _optimize(one, pd.DataFrame())
    unit = network.storage_units.iloc[0]
    weight = network.snapshot_weightings.generators
    days = float(weight.sum()) / 24.0
    held = float(unit["p_nom"] * unit["max_hours"]) * 1e3

    def share(one: Any) -> float:
        given = float(one.generators_t.p["pv"] @ weight)
        return float(one.links_t.p0["on the spot"] @ weight) / given if given > 0 else float("nan")

    return {
        "battery_mw": float(unit["p_nom"]),
        "value_cny_per_kwh_day": (bare.objective - network.objective) / held / days,
        "cost_cny_per_kwh_day": cost_cny_per_kwh_day,
        "self_use_share": share(bare),
        "self_use_share_with": share(network),
        "peak_mw": float(bare.generators_t.p["retail"].max()),
        "peak_mw_with": float(network.generators_t.p["retail"].max()),
    }


def _read(folder: Path, weeks: int) -> Any:
    """Read a network, cut to typical weeks whose energies and loads are scaled to those of the year."""
    network = require_solver().Network(str(folder))
    if weeks <= 0 or weeks * WEEK >= len(network.snapshots):
        return network
    sun, load = network.generators_t.p_max_pu.copy(), network.loads_t.p_set.copy()
    hours = typical_weeks(sun.to_numpy().sum(axis=1), weeks)
    weight = len(network.snapshots) / len(hours)
    network.set_snapshots(network.snapshots[hours])
    network.snapshot_weightings["objective"] = network.snapshot_weightings["generators"] = weight
    for year, now in ((sun, network.generators_t.p_max_pu), (load, network.loads_t.p_set)):
        factor = (year.sum() / (weight * now.sum())).replace([np.inf, -np.inf], np.nan).fillna(1.0)
        now[:] = now * factor
    scaled = (network.loads_t.p_set.max() / load.max()).max()  # all of a load that was scaled up may go unserved
    network.generators.loc[network.generators.carrier == "shedding", "p_nom"] *= max(1.0, float(scaled))
    return network


def _optimize(network: Any, targets: pd.DataFrame) -> None:
    def ask(n: Any, snapshots: Any) -> None:
        built = n.model["Generator-p_nom"]
        for number, row in enumerate(targets.itertuples()):
            per_ac = 1.0 / n.generators.dc_ac_ratio[row.generators]
            some = built.sel(name=row.generators) * per_ac.rename_axis("name").to_xarray()
            n.model.add_constraints(some.sum() >= row.target_mwac, name=f"target-{number}")

    status, condition = network.optimize(
        solver_name="highs",
        solver_options={"output_flag": False},
        extra_functionality=ask if len(targets) else None,
        log_to_console=False,
        progress=False,
        include_objective_constant=False,
    )
    if (status, condition) != ("ok", "optimal"):
        raise TableError(f"The solver finds no optimum of the network ({condition}); look at its folder with PyPSA.")


def _duals(network: Any, count: int) -> list[float]:
    weight = float(network.snapshot_weightings.objective.sum()) / YEAR
    duals = [float(network.model.constraints[f"target-{number}"].dual) for number in range(count)]
    return [max(dual, 0.0) / 1e3 / weight for dual in duals]  # below zero is the solver's


def _targets(network: Any, gaps: pd.DataFrame) -> pd.DataFrame:
    """MW AC that each target still asks for, and the generators that count towards it; those already met drop out."""
    solar = network.generators[network.generators.p_nom_extendable]
    policy = [
        CLASSES[kind if use in ("none", "") else use].policy
        for kind, use in zip(solar.carrier, solar.building_use, strict=True)
    ]
    member = {"district": solar.bus.to_numpy(object), "class": np.array(policy, object)}
    rows = []
    open_ones = gaps[gaps["gap_mwac"] > 0]
    for level, name, gap in zip(open_ones["level"], open_ones["name"], open_ones["gap_mwac"], strict=True):
        if level not in ("city", *member):
            continue  # townships have no bus
        here = np.ones(len(solar), bool) if level == "city" else member[level] == name
        most = float((solar.p_nom_max / solar.dc_ac_ratio)[here].sum())
        if most > 0:
            asked = min(float(gap), most * (1 - 1e-9))
            rows.append({"level": level, "name": name, "target_mwac": asked, "generators": list(solar.index[here])})
    return pd.DataFrame(rows, columns=["level", "name", "target_mwac", "generators"])
