"""The bureau's tables of the plan: targets, yearly limits, costs by year."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.grid.room import Room
from pvmap.planning.policy.asked import Asked
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import GivenTable, read_given
from pvmap.settings.city import Settings, TableInput
from pvmap.sources.units import unit_of
from pvmap.tables.plan import ALL, CLASS_WORDS, told_apart

KINDS = {
    **dict.fromkeys(("cumulative", "累计"), "cumulative"),
    **dict.fromkeys(("new", "新增"), "new"),
}
SIDES = {
    **dict.fromkeys(("ac", "交流", "交流侧"), "ac"),
    **dict.fromkeys(("dc", "直流", "直流侧"), "dc"),
}
PEAK = r"[km]wp|瓦峰"


def asked_of(
    settings: Settings,
    raw: Path,
    districts: Collection[str],
    registered: pd.DataFrame,
    room: Callable[[], Room],
) -> Asked | None:
    """Read what the bureau asks for; None where nobody has set a target for a year that is planned.

    Parameters
    ----------
    settings, raw, districts
        The city, its input files, its districts.
    registered
        As `Asked` holds them.
    room
        Gives what `Asked` holds of it; called where there are targets.

    Raises
    ------
    InputError
        As `targets_of`, or the first row of another table that cannot be used, by its line.
    """
    inputs, targets = settings.inputs, targets_of(settings, raw, districts)
    if targets.empty:
        return None
    rates = pd.DataFrame(columns=["year", "district", "class", "mw"])
    costs = pd.DataFrame(columns=["year", "class", "capex_cny_per_w_dc", "opex_cny_per_kw_year"])
    if inputs.rates is not None:
        rates = read_rates(inputs.rates, raw, districts)
    if inputs.costs is not None:
        costs = read_costs(inputs.costs, raw)
    return Asked(targets, rates, costs, registered, room())


def targets_of(settings: Settings, raw: Path, districts: Collection[str]) -> pd.DataFrame:
    """Read the targets by year of their table and of the city file; columns as `read_targets`.

    Raises
    ------
    InputError
        The first row that cannot be used, by its line; works on the grid of a district that there is not; targets
        for one place and year that differ between their table and the city file.
    """
    works = [one.district for one in settings.planning.build_out.reinforcements if one.district not in districts]
    if works:
        known = ", ".join(sorted(districts)) or "none"
        raise InputError(f"planning.build_out.reinforcements: {works[0]!r} is no district of this run; use {known}.")
    stated, source = _stated(settings, districts), settings.inputs.targets
    return stated if source is None else _together(read_targets(source, raw, districts), stated, source.path)


def _stated(settings: Settings, districts: Collection[str]) -> pd.DataFrame:
    """Targets by year of the city and its districts that the city file itself states."""
    rows = [
        (
            one.year,
            ALL if one.name == settings.city.name else told_apart(one.name),
            ALL,
            one.target_mw,
            "cumulative",
            one.basis,
        )
        for one in settings.planning.policy.targets
        if one.year is not None
        and one.target_mw is not None
        and one.level in ("", "city", "district")
        and one.name in {*districts, settings.city.name}
    ]
    return pd.DataFrame(rows, columns=["year", "district", "class", "mw", "kind", "side"])


def _together(table: pd.DataFrame, stated: pd.DataFrame, path: str) -> pd.DataFrame:
    """Targets of the table and the city file; where both tell one they must tell the same, else nobody knows which."""
    both = table.merge(stated, on=["year", "district", "class"], suffixes=("", "_stated"))
    differ = [both[name].to_numpy() != both[f"{name}_stated"].to_numpy() for name in ("mw", "kind", "side")]
    for one in both[np.any(differ, axis=0)].itertuples():
        raise InputError(
            f"{path}: the target of {one.district!r} for {one.year} is {one.mw:g} MW ({one.kind}, {one.side}), in "
            f"planning.policy.targets {one.mw_stated:g} MW ({one.kind_stated}, {one.side_stated}); keep one."
        )
    return pd.concat([table, stated], ignore_index=True).drop_duplicates(["year", "district", "class"])


def read_targets(source: TableInput, raw: Path, districts: Collection[str]) -> pd.DataFrame:
    """Read targets.

    Returns
    -------
    pandas.DataFrame
        `year`, `district`, `class` (all where a cell is empty), `mw`, `kind` (cumulative or new), `side` (ac or dc).
    """
    given = read_given(source, raw, *COLUMNS["targets"])
    frame = _place(given, districts)
    frame["mw"] = _number(given, "target_mw")
    frame["kind"] = given.word("kind", KINDS, "cumulative")
    frame["side"] = given.word("basis", SIDES, "ac")
    told_dc = _told_in_peak(given, "target_mw")
    given.refuse("target_mw", told_dc & (frame["side"] == "ac").to_numpy(), "is told in peak watts (DC); say basis dc")
    given.refuse("year", frame.duplicated(["year", "district", "class"]).to_numpy(), "has two targets of one kind")
    return frame


def read_rates(source: TableInput, raw: Path, districts: Collection[str]) -> pd.DataFrame:
    """Read what can be built in a year at most: `year`, `district`, `class`, `mw` (AC)."""
    given = read_given(source, raw, *COLUMNS["rates"])
    frame = _place(given, districts)
    frame["mw"] = _number(given, "max_mw_per_year", "mw_per_year")
    given.refuse(
        "max_mw_per_year", _told_in_peak(given, "max_mw_per_year"), "is told in peak watts (DC), but limits are AC"
    )
    given.refuse("year", frame.duplicated(["year", "district", "class"]).to_numpy(), "has two limits of one kind")
    return frame


def read_costs(source: TableInput, raw: Path) -> pd.DataFrame:
    """Read costs: `year`, `class`, `capex_cny_per_w_dc`, `opex_cny_per_kw_year` (DC; NaN where it is not given)."""
    given = read_given(source, raw, *COLUMNS["costs"])
    given.once("year", "class")
    given.refuse("class", (given.text("class") == "").to_numpy(), "is empty")
    frame = pd.DataFrame({"year": given.year("year"), "class": given.word("class", CLASS_WORDS)})
    frame["capex_cny_per_w_dc"] = given.number("capex_cny_per_w_dc", "cny_per_w", low=0.0, above=True)
    given.refuse("capex_cny_per_w_dc", frame["capex_cny_per_w_dc"].isna().to_numpy(), "is empty")
    frame["opex_cny_per_kw_year"] = given.number("opex_cny_per_kw_year", "cny_per_kw_year", low=0.0)
    return frame


def _place(given: GivenTable, districts: Collection[str]) -> pd.DataFrame:
    frame = pd.DataFrame({"year": given.year("year")})
    frame["district"] = given.known("district", districts, "district of this run", empty=True)
    frame["class"] = given.word("class", CLASS_WORDS, ALL)
    frame["district"] = frame["district"].map(told_apart).replace("", ALL)
    return frame


def _told_in_peak(given: GivenTable, column: str) -> np.ndarray:
    """Rows whose cell, or the title of whose column, tells peak watts."""
    of_all = pd.Series(unit_of(given.title(column), "mw"), index=given.table.frame.index)
    told = given.text(column).str.normalize("NFKC") + " " + of_all
    return told.str.contains(PEAK, case=False).to_numpy(bool)


def _number(given: GivenTable, column: str, quantity: str = "mw") -> np.ndarray:
    values = given.number(column, quantity, low=0.0)
    given.refuse(column, np.isnan(values), "is empty")
    return values
