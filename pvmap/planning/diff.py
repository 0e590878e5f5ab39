"""What changed between two runs, and why: inputs, settings, version on one side, districts on the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pvmap import store
from pvmap.currency import CNY
from pvmap.store import whole
from pvmap.tables.plan import ALL

SHOWN = ["site_id", "site_type", "district", "capacity_kwp", "energy_kwh", "lcoe_cny_per_kwh"]
SAME = 1e-9  # relative: below this a number did not change


class Difference(NamedTuple):
    """Why and what."""

    causes: list[str]  # one sentence each; none where nothing differs
    districts: pd.DataFrame
    sites: pd.DataFrame
    columns: pd.DataFrame
    money: str = CNY  # of the newer run

    def summed(self, by: str) -> pd.DataFrame:
        """Sum the districts by ``district`` or ``site_type``, and all of them in a last row, in planners' units.

        Returns
        -------
        DataFrame
            Index: the names, then ``all``. Columns ``before``, ``after`` and ``difference`` of ``mwp``, ``gwh``,
            ``kwh_per_kwp`` and ``cny_per_kwh``, named like ``mwp_before``; ``n_sites_before``, ``n_sites_after``,
            ``added``, ``removed``, ``changed``.
        """
        frame = self.districts.copy()
        for side in ("before", "after"):
            frame[f"cny_{side}"] = (frame[f"lcoe_cny_per_kwh_{side}"] * frame[f"energy_kwh_{side}"]).fillna(0.0)
        sums = frame.groupby(by).sum(numeric_only=True)
        sums = pd.concat([sums, sums.sum().to_frame(ALL).T])
        found: dict[str, np.ndarray] = {}
        for side in ("before", "after"):
            capacity, energy, cost = (
                sums[f"{n}_{side}"].to_numpy(float) for n in ("capacity_kwp", "energy_kwh", "cny")
            )
            found |= {f"mwp_{side}": capacity / 1e3, f"gwh_{side}": energy / 1e6}
            with np.errstate(divide="ignore", invalid="ignore"):
                found |= {f"kwh_per_kwp_{side}": energy / capacity, f"cny_per_kwh_{side}": cost / energy}
        for name in ("mwp", "gwh", "kwh_per_kwp", "cny_per_kwh"):
            found[f"{name}_difference"] = found[f"{name}_after"] - found[f"{name}_before"]
        for name in ("n_sites_before", "n_sites_after", "added", "removed", "changed"):
            found[name] = sums[name].to_numpy(float).astype("int64")
        return pd.DataFrame(found, index=sums.index)


def diff_runs(run_a: Path, run_b: Path) -> Difference:
    """Compare two run folders.

    Parameters
    ----------
    run_a, run_b
        Folders with ``appraisal.parquet`` and ``run.json``; `run_b` is the newer.

    Returns
    -------
    Difference
        `causes`: inputs whose hash differs, settings that differ, versions. `districts`: per district and kind the
        sites added, removed and changed, capacity, energy and levelised cost of both runs. `sites`: each site that is
        new, gone or changed in any column of its appraisal. `columns`: how many sites changed in each of them.
    """
    before, after = (store.read_table(run, "appraisal") for run in (run_a, run_b))
    older, newer = (whole.read_run(run) for run in (run_a, run_b))
    money = newer.get("settings", {}).get("city", {}).get("currency", CNY)
    tables = (diff_districts(before, after), diff_sites(before, after), diff_columns(before, after))
    return Difference(causes(older, newer), *tables, money)


def diff_columns(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Count the sites of both runs that changed in each column, and tell the largest change of a number."""
    one, other = _both(before, after)
    rows = []
    for name, moved in _moved(one, other).items():
        if moved.any():
            largest = _largest(one[name][moved], other[name][moved])
            rows.append({"column": name, "sites": int(moved.sum()), "largest_change": largest})
    rows += [{"column": f"{n} (new)", "sites": len(other), "largest_change": np.nan} for n in after if n not in before]
    rows += [{"column": f"{n} (gone)", "sites": len(one), "largest_change": np.nan} for n in before if n not in after]
    return pd.DataFrame(rows, columns=["column", "sites", "largest_change"])


def diff_sites(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List sites that are new, gone or changed, largest change of energy first, with the columns that changed."""
    joined = before[SHOWN].merge(
        after[SHOWN], on="site_id", how="outer", suffixes=("_before", "_after"), indicator=True
    )
    side = joined["_merge"].astype(str).map({"left_only": "removed", "right_only": "added", "both": "changed"})
    old, new = (joined[f"energy_kwh_{s}"].fillna(0.0) for s in ("before", "after"))
    moved = _moved(*_both(before, after))
    names = moved.columns.to_numpy(object)
    told = pd.Series([", ".join(names[row]) for row in moved.to_numpy(bool)], moved.index, dtype="str")
    what = joined["site_id"].map(told).fillna("")
    out = joined.assign(change=side, columns_changed=what, energy_difference_kwh=new - old)
    out = out[(what != "") | (side != "changed")].drop(columns="_merge")
    return out.sort_values("energy_difference_kwh", key=abs, ascending=False, ignore_index=True)


def _both(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the sites, and the columns, that both runs have, by site in one order."""
    one, other = before.set_index("site_id"), after.set_index("site_id")
    common = one.index.intersection(other.index)
    names = [name for name in one.columns if name in other.columns]
    return one.loc[common, names], other.loc[common, names]


def _moved(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Whether each value of two frames of one form differs by more than rounding."""
    found = {}
    for name in one.columns:
        a, b = one[name], other[name]
        if _is_number(a, b):
            found[name] = ~np.isclose(a.to_numpy(float), b.to_numpy(float), rtol=SAME, atol=0.0, equal_nan=True)
        else:
            found[name] = ((a != b) & ~(a.isna() & b.isna())).to_numpy(bool)
    return pd.DataFrame(found, index=one.index, dtype=bool)


def _largest(one: pd.Series, other: pd.Series) -> float:
    """Change of a number that is furthest from 0; NaN where there is none."""
    if not _is_number(one, other):
        return np.nan
    change = other.to_numpy(float) - one.to_numpy(float)
    return float(change[np.nanargmax(np.abs(change))]) if np.isfinite(change).any() else np.nan


def _is_number(a: pd.Series, b: pd.Series) -> bool:
    return all(is_numeric_dtype(one) and not is_bool_dtype(one) for one in (a, b))


def diff_districts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Sum both runs per district and kind, and count the sites that came, went or changed."""
    keys = ["district", "site_type"]
    parts = []
    for side, frame in (("before", before), ("after", after)):
        cost = (frame["lcoe_cny_per_kwh"] * frame["energy_kwh"]).where(frame["energy_kwh"] > 0, 0.0)
        sums = frame.assign(n_sites=1, cost=cost).groupby(keys)[["n_sites", "capacity_kwp", "energy_kwh", "cost"]].sum()
        sums["lcoe_cny_per_kwh"] = sums["cost"] / sums["energy_kwh"].where(sums["energy_kwh"] > 0)
        parts.append(sums.drop(columns="cost").add_suffix(f"_{side}"))
    out = parts[0].join(parts[1], how="outer")
    summed = [c for c in out.columns if not c.startswith("lcoe")]
    out[summed] = out[summed].fillna(0.0)
    for name in ("capacity_kwp", "energy_kwh"):
        out[f"{name}_difference"] = out[f"{name}_after"] - out[f"{name}_before"]
    sites = diff_sites(before, after)
    for change, side in (("added", "after"), ("removed", "before"), ("changed", "after")):
        rows = sites[sites["change"] == change]
        counted = rows.groupby([rows[f"district_{side}"], rows[f"site_type_{side}"]]).size()
        counted.index = counted.index.set_names(keys)
        out[change] = counted.reindex(out.index).fillna(0).astype(int)
    return out.reset_index()


CAUSES = {
    "input_gone": "Input {name} is gone.",
    "input_new": "Input {name} is new.",
    "input_other": "Input {name} has other content.",
    "setting": "Setting {name}: {old} became {new}.",
    "version": "{name}: {old} became {new}.",
}


def causes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Say in a sentence each what differs between what two runs were made from, as run.json tells it."""
    return [
        CAUSES[what].format_map({"old": "not set", "new": "not set"} | told) for what, told in reasons(before, after)
    ]


def reasons(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """List what differs: key of `CAUSES` and the `name` of what it is, `old` and `new` where they are set."""
    found: list[tuple[str, dict[str, str]]] = []
    old, new = _inputs(before), _inputs(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name) or (name in old) != (name in new):
            what = "input_gone" if name not in new else "input_new" if name not in old else "input_other"
            found.append((what, {"name": name}))
    for what, key in (("setting", "settings"), ("version", "version"), ("version", "versions")):
        start = "" if what == "setting" else key
        a, b = _flat(before.get(key, {}), start), _flat(after.get(key, {}), start)
        for name in sorted(a.keys() | b.keys()):
            if a.get(name) != b.get(name):
                sides = {side: each[name] for side, each in (("old", a), ("new", b)) if name in each}
                found.append((what, {"name": name} | sides))
    return found


def _inputs(run: dict[str, Any]) -> dict[str, str]:
    """Name -> hash, whether the manifest lists inputs as records or as a mapping."""
    inputs = run.get("inputs", {})
    if isinstance(inputs, dict):
        return {str(k): str(v.get("sha256", v) if isinstance(v, dict) else v) for k, v in inputs.items()}
    return {str(i.get("path", i.get("name", ""))): str(i.get("sha256", i.get("hash", ""))) for i in inputs}


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Nested mappings as dotted keys, lists as text."""
    if not isinstance(value, dict):
        return {prefix: str(value)}
    out: dict[str, str] = {}
    for key, inner in value.items():
        out |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return out
