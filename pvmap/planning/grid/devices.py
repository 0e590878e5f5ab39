"""The bureau's tables of the grid: transformers and their superiors, registered projects, shares and limits."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.crs import bd09_to_wgs84, gcj02_to_wgs84
from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.planning.grid.hosting import NOWHERE, Interval, reverse_rating_mva
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import GivenTable, read_given
from pvmap.settings.city import DeviceInput, TableInput
from pvmap.settings.hosting import HostingSettings
from pvmap.sources.numbers import read_numbers
from pvmap.tables.plan import CLASS_WORDS

MODES = {
    **dict.fromkeys(("single", "单台", "单主变", "单台运行"), "single"),
    **dict.fromkeys(("split", "分列", "分列运行", "分裂", "分裂运行"), "split"),
    **dict.fromkeys(("parallel", "并列", "并列运行", "并联"), "parallel"),
}
BASES = {
    **dict.fromkeys(("gross", "consumption", "用电负荷", "全口径"), "gross"),
    **dict.fromkeys(("net", "metered", "净负荷", "下网负荷", "网供负荷"), "net"),
}
SLACK = 1.01  # subordinates may add up to so much of their superior: tables are not all of one day
LARGEST_KVA, MOST_UNITS = 1e7, 10_000  # a unit of 10 GVA was never built; many small ones may share a row
PIECES = re.compile(r"\s*[;；、+/|]\s*")


@dataclass(frozen=True)
class Devices:
    """Transformers, superiors before their subordinates.

    Attributes
    ----------
    frame
        m rows: `device_id`, `name`, `district`, `level_kv`, `parent_id`, `mode`, `rating_mva`, `upward_mw`,
        `power_factor`, `reverse_share` (upward limit over a rating that is added), `load_mw` (NaN where not given),
        `net` (load metered behind plants), `other_mw`, `charge_mw`, `connected_mw`, `registered_mw` (NaN where not
        given), `new_min_mw`, `new_max_mw`, `tau` (NaN), `longitude`, `latitude` (WGS84, NaN).
    parent
        (m,) row of the superior, `NOWHERE` at the top.
    findings
        What had to be assumed.
    """

    frame: pd.DataFrame
    parent: np.ndarray
    findings: tuple[Finding, ...] = ()

    def up(self, values: np.ndarray) -> np.ndarray:
        """Add to each device what its subordinates have, (m, ...)."""
        total = np.array(values, float)
        for row in range(len(self.parent) - 1, -1, -1):
            if self.parent[row] != NOWHERE:
                total[self.parent[row]] += total[row]
        return total

    def own(self, values: np.ndarray) -> np.ndarray:
        """Take from each device what its subordinates have, not below zero, (m,)."""
        rest = np.array(values, float)
        for row, superior in enumerate(self.parent):
            if superior != NOWHERE:
                rest[superior] -= values[row]
        return np.maximum(rest, 0.0)


def read_devices(source: DeviceInput, raw: Path, districts: Collection[str], settings: HostingSettings) -> Devices:
    """Read the table of transformers.

    Parameters
    ----------
    source, raw
        Input of the city file, folder of the inputs.
    districts
        Names of the run's districts; a device without one takes its superior's.
    settings
        Defaults where a cell is empty.

    Raises
    ------
    InputError
        The first row that cannot be used, by its line.
    """
    given = read_given(source, raw, *COLUMNS["grid_devices"])
    given.refuse("device_id", (given.text("device_id") == "").to_numpy(), "is empty")
    given.once("device_id")
    frame = pd.DataFrame({name: given.text(name).to_numpy(object) for name in ("device_id", "name", "parent_id")})
    frame["district"] = given.known("district", districts, "district of this run", empty=True)
    frame["level_kv"] = given.number("level_kv", "kv", low=0.0, above=True)
    given.refuse("level_kv", frame["level_kv"].isna().to_numpy(), "is empty")
    frame["mode"] = given.word("mode", MODES, "single")
    parent = _parents(given, frame)
    _add_ratings(given, frame, settings)
    frame["load_mw"] = given.number("load_kw", "kw") / 1e3
    frame["registered_mw"] = given.number("registered_kwac", "kw", low=0.0) / 1e3
    frame["net"] = given.word("load_basis", BASES, "gross") == "net"
    less = ~frame["net"].to_numpy(bool) & (frame["load_mw"] < 0).to_numpy()
    given.refuse("load_kw", less, "is below zero, which only a load behind plants (load_basis net) can be")
    for ours, theirs in (
        ("other_mw", "other_generation_kw"),
        ("charge_mw", "storage_charge_kw"),
        ("connected_mw", "connected_kwac"),
        ("new_min_mw", "new_storage_min_kw"),
        ("new_max_mw", "new_storage_max_kw"),
    ):
        frame[ours] = given.number(theirs, "kw", 0.0, low=0.0) / 1e3
    if not given.has("new_storage_max_kw"):
        frame["new_max_mw"] = frame["new_min_mw"]
    given.refuse("new_storage_min_kw", (frame["new_min_mw"] > frame["new_max_mw"]).to_numpy(), "is above its maximum")
    frame["tau"] = given.number("tau", "1", low=0.0, high=1.2, above=True)
    frame["longitude"], frame["latitude"] = _places(given, source.datum)
    frame["line"] = given.table.line
    return _in_order(given, frame, parent)


def _parents(given: GivenTable, frame: pd.DataFrame) -> np.ndarray:
    row = pd.Index(frame["device_id"]).get_indexer(frame["parent_id"])
    has = (frame["parent_id"] != "").to_numpy()
    given.refuse("parent_id", has & (row < 0), "names no device of the table")
    level = frame["level_kv"].to_numpy()
    given.refuse("parent_id", has & (level[row] <= level), "is of no higher level than the device itself")
    return np.where(has, row, NOWHERE)


def _add_ratings(given: GivenTable, frame: pd.DataFrame, settings: HostingSettings) -> None:
    """Add rating, upward limit and power factor of each station."""
    count = given.number("units", "1", np.nan, low=0.0, high=MOST_UNITS, above=True)
    given.refuse("units", np.isfinite(count) & (count % 1 != 0), "is no whole number")
    factor = given.number("power_factor", "1", settings.power_factor, low=0.0, high=1.0, above=True)
    beta = given.number("beta", "1", low=0.0, high=1.5)
    n1_limit = given.number("n1_limit", "1", settings.n1_limit, low=0.0, high=1.5, above=True)
    told = (given.title("unit_kva"), given.table.name)
    kva = {text: _pieces(text, *told) for text in set(given.text("unit_kva"))}
    of_row = [kva[text] for text in given.text("unit_kva")]
    none = np.array([not one or min(one) <= 0 or np.isnan(sum(one)) for one in of_row])
    given.refuse("unit_kva", none, "is no rating above zero")
    far = np.array([max(one) > LARGEST_KVA for one in of_row])
    given.refuse("unit_kva", far, f"is more than any transformer has ({LARGEST_KVA:g} kVA)")
    n = np.array([len(one) if np.isnan(c) else int(c) for one, c in zip(of_row, count, strict=True)])
    unfit = np.array([len(one) not in (1, c) for one, c in zip(of_row, n, strict=True)])
    given.refuse("units", unfit, "is another number than there are ratings in unit_kva")
    units = [tuple(v / 1e3 for v in (one * c if len(one) == 1 else one)) for one, c in zip(of_row, n, strict=True)]
    mode = frame["mode"].to_numpy(object)
    reverse = np.array(
        [
            reverse_rating_mva(one, how, settings.reverse_limit, k)
            for one, how, k in zip(units, mode, n1_limit, strict=True)
        ]
    )
    frame["rating_mva"] = [sum(one) for one in units]
    frame["power_factor"] = factor
    frame["upward_mw"] = np.where(np.isnan(beta), reverse, beta * frame["rating_mva"]) * factor
    added = np.where((mode == "parallel") & (n > 1), n1_limit, settings.reverse_limit)
    frame["reverse_share"] = np.where(np.isnan(beta), added, beta) * factor
    frame["alone"] = (mode == "parallel") & (n == 1)
    frame["mode"] = np.where(frame["alone"], "single", mode)


def _pieces(text: str, title: str, table: str) -> tuple[float, ...]:
    """Ratings in a cell such as 63000;40000 [kVA]; the title of its column may tell another unit."""
    pieces = pd.Series(PIECES.split(text.strip()) if text.strip() else [], dtype="str")
    return tuple(read_numbers(pieces, "kva", title, table).values.tolist())


def _places(given: GivenTable, datum: str) -> tuple[np.ndarray, np.ndarray]:
    longitude = given.number("longitude", "deg", low=-180.0, high=180.0)
    latitude = given.number("latitude", "deg", low=-90.0, high=90.0)
    here = np.isfinite(longitude) & np.isfinite(latitude)
    back = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}.get(datum)
    if back is not None and here.any():
        longitude[here], latitude[here] = back(longitude[here], latitude[here])
    return longitude, latitude


def _in_order(given: GivenTable, frame: pd.DataFrame, parent: np.ndarray) -> Devices:
    """Put superiors first, give districts that are inherited, and check what adds up."""
    order = np.argsort(-frame["level_kv"].to_numpy(), kind="stable")
    place = np.empty(len(order), int)
    place[order] = np.arange(len(order))
    above = parent[order]
    parent = np.where(above == NOWHERE, NOWHERE, place[above])
    frame = frame.iloc[order].reset_index(drop=True)
    district = frame["district"].to_numpy(object).copy()
    for row, superior in enumerate(parent):
        if not district[row] and superior != NOWHERE:
            district[row] = district[superior]
    frame["district"] = district
    below = np.bincount(parent[parent != NOWHERE], frame["connected_mw"][parent != NOWHERE], len(frame))
    _refuse_sums(given, frame, below)
    findings, alone = list(given.findings), int(frame["alone"].sum())
    if alone:
        findings.append(finding("parallel-of-one", layer="grid_devices", count=alone, total=len(frame)))
    return Devices(frame.drop(columns=["alone", "line"]), parent, tuple(findings))


def _refuse_sums(given: GivenTable, frame: pd.DataFrame, below: np.ndarray) -> None:
    over = below > np.maximum(frame["connected_mw"].to_numpy() * SLACK, 1e-9)
    if over.any():
        row = frame.iloc[int(np.argmax(over))]
        raise InputError(
            f"{given.table.name}, line {row['line']}: connected_kwac of {row['device_id']!r} is "
            f"{row['connected_mw'] * 1e3:,.0f}, but that of the devices below it adds up to "
            f"{below[over][0] * 1e3:,.0f}; a device counts all below it."
        )


def read_registered(
    source: TableInput, raw: Path, devices: Devices | None, districts: Collection[str], as_of: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read registered projects; those that ran out before the day of the assessment drop out.

    Parameters
    ----------
    source, raw, districts
        Input of the city file, folder of the inputs, districts of the run.
    devices
        The grid, None where none was given: ids of transformers then stand for nothing.
    as_of
        Day of the assessment.

    Returns
    -------
    frame : pandas.DataFrame
        `device_id`, `district` (the device's where the cell is empty), `class`, `mw`, `year` (expected).
    findings : list of Finding
    """
    given = read_given(source, raw, *COLUMNS["registered"])
    given.once("project_id")
    given.refuse("class", (given.text("class") == "").to_numpy(), "is empty")
    device = (
        given.text("device_id").to_numpy(object)
        if devices is None
        else given.known("device_id", set(devices.frame["device_id"]), "device of the grid", empty=True)
    )
    until = given.text("valid_until").str.replace(r"[年月/.]", "-", regex=True).str.replace("日", "")
    moment = pd.to_datetime(until.replace("", None), errors="coerce", format="mixed")
    given.refuse("valid_until", (moment.isna() & (until != "")).to_numpy(), "is no date")
    day = pd.Timestamp(as_of)
    district = given.known("district", districts, "district of this run", empty=True)
    if devices is not None:
        of_device = dict(zip(devices.frame["device_id"], devices.frame["district"], strict=True))
        district = np.array([own or of_device.get(one, "") for own, one in zip(district, device, strict=True)], object)
    frame = pd.DataFrame(
        {
            "device_id": device,
            "district": district,
            "class": given.word("class", CLASS_WORDS),
            "mw": given.number("kwac", "kw", low=0.0, above=True) / 1e3,
            "year": given.year("expected_year", day.year),
        }
    )
    given.refuse("kwac", frame["mw"].isna().to_numpy(), "is empty")
    expired = (moment < day).to_numpy()
    findings = list(given.findings)
    if expired.any():
        findings.append(
            finding(
                "registration-expired",
                layer=source.path,
                count=int(expired.sum()),
                total=len(frame),
                mw=float(frame["mw"][expired].sum()),
                day=as_of,
            )
        )
    return frame[~expired].reset_index(drop=True), findings


def read_shares(source: TableInput, raw: Path, devices: Devices, districts: Collection[str]) -> np.ndarray:
    """Read which districts share a device.

    Returns
    -------
    numpy.ndarray
        (m, districts in their order) share of each device that is each district's; NaN in the whole row of a device
        the table does not name. [1]
    """
    given = read_given(source, raw, *COLUMNS["supply_shares"])
    given.once("device_id", "district")
    device = given.known("device_id", set(devices.frame["device_id"]), "device of the grid")
    district = given.known("district", districts, "district of this run")
    share = given.number("share", "1", low=0.0, high=1.0)
    given.refuse("share", np.isnan(share), "is empty")
    row = pd.Index(devices.frame["device_id"]).get_indexer(pd.Index(device))
    column = pd.Index(list(districts)).get_indexer(pd.Index(district))
    out = np.full((len(devices.frame), len(districts)), np.nan)
    out[np.unique(row)] = 0.0
    out[row, column] = share
    total = np.bincount(row, share, len(out))[row]
    given.refuse("share", np.abs(total - 1.0) > 1e-6, "does not add up to 1 over the districts of its device")
    return out


def read_limits(source: TableInput, raw: Path, districts: Collection[str]) -> Interval:
    """Read limits of the whole system that were published for districts, infinite where there is none [MW]."""
    given = read_given(source, raw, *COLUMNS["county_limits"])
    given.once("district")
    named = pd.Index(given.known("district", districts, "district of this run"))
    row = pd.Index(list(districts)).get_indexer(named)
    low, high = (np.full(len(districts), np.inf) for _ in range(2))
    low[row], high[row] = (given.number(name, "mw", low=0.0) for name in ("system_min_mw", "system_max_mw"))
    given.refuse("system_min_mw", ~(low[row] <= high[row]), "is empty or above the maximum")
    return Interval(low, high)
