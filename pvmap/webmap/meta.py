"""What the page's scripts need to know of a run: texts, variables, banner, priority sites."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.settings.city import Settings
from pvmap.settings.references import spelled_out
from pvmap.tables import ENERGY_MONTHS
from pvmap.webmap.data import MapData
from pvmap.webmap.help import HELP
from pvmap.webmap.i18n import TEXTS
from pvmap.webmap.style import KIND_COLOURS, Variable

SAID = ("sentence", "remedy")  # of a finding, in both languages
DOTS_FROM = 11  # zoom; below it aggregates only


def banner(data: MapData, settings: Settings) -> dict[str, Any]:
    """Collect what the banner says: whose data, of when, and what is wrong with them.

    Everything comes from the city file and the run's manifest; keys the manifest does not have say nothing.
    """
    run, city = data.run, settings.city
    warnings: list[dict[str, Any]] = []
    if tiles := run.get("incomplete_tiles"):
        values = {"n": len(tiles), "tiles": "、".join(str(t) for t in tiles[:5]) + ("…" if len(tiles) > 5 else "")}
        warnings.append({"level": "error", "key": "warn.incomplete", "values": values})
    findings = list(run.get("findings", ()))
    if doubtful := sum(found["severity"] != "note" for found in findings):
        warnings.append({"level": "warn", "key": "warn.findings", "values": {"n": doubtful}})
    notes: list[dict[str, Any]] = [{"key": "note.first_year", "values": {}}]
    if data.n_masked:
        notes.append({"key": f"note.masked_{settings.map.mask_mode}", "values": {"n": data.n_masked}})
    if masks := run.get("not_checked"):
        names = {"zh": "、".join(one["name_zh"] for one in masks), "en": ", ".join(one["name"] for one in masks)}
        notes.append({"key": "note.not_checked", "values": {"n": len(masks), **names}})
    for one in run.get("weather", ()):
        source = str(one.get("source", ""))
        values = {"id": str(one.get("weather_id", "")), "zh": chinese.word(source), "en": source}
        notes.append({"key": "note.weather", "values": values})
    return {
        "date": city.data_date,
        "attribution": city.attribution,
        "created": str(run.get("created", ""))[:10],
        "synthetic": city.synthetic,
        "internal": city.internal_use,
        "review_number": city.review_number,
        "warnings": warnings,
        "notes": notes,
        "findings": [
            {"severity": found["severity"], **{key: [found[f"{key}_{one}"] for one in ("zh", "en")] for key in SAID}}
            for found in findings
        ],
    }


def priority(sites: pd.DataFrame, numbers: np.ndarray, count: int) -> list[dict[str, Any]]:
    """Sites to begin with: grade A to C, at grid parity, the highest net present value first.

    Parameters
    ----------
    sites
        Joined sites.
    numbers
        Number of each site within its layer. (site,)
    count
        How many at most. None are listed where the table lacks parity or present value.
    """
    if not {"at_grid_parity", "npv_cny"} <= set(sites.columns):
        return []
    good = sites["at_grid_parity"].fillna(False).to_numpy(bool) & sites["confidence"].isin(["A", "B", "C"]).to_numpy()
    npv = np.where(good, sites["npv_cny"].to_numpy(float), -np.inf)
    latitude, longitude = (sites[c].to_numpy(float) for c in ("latitude", "longitude"))
    kinds = sites["site_type"].to_numpy()
    first = np.argsort(-npv, kind="stable")[:count]
    return [
        {
            "kind": str(kinds[i]),
            "number": int(numbers[i]),
            "lat": round(float(latitude[i]), 6),
            "lng": round(float(longitude[i]), 6),
        }
        for i in first
        if np.isfinite(npv[i])
    ]


def page_meta(
    data: MapData,
    settings: Settings,
    variables: list[Variable],
    words: dict[str, list[str]],
    columns: list[str],
    marks: list[dict[str, Any]],
    folder: str,
) -> dict[str, Any]:
    """Everything the scripts read as ``pvmap.meta``."""
    sites, city = data.sites, settings.city
    latitude, longitude = sites["latitude"].to_numpy(float), sites["longitude"].to_numpy(float)
    levels = [level for level in ("district", "township", "grid") if (data.zones["level"] == level).any()]
    present = set(sites["site_type"])
    return {
        "city": city.name,
        "title": [city.title_zh, city.title_en],
        "banner": banner(data, settings),
        "texts": TEXTS,
        "base_maps": [one.model_dump() for one in settings.map.base_maps],
        "help": HELP,
        "variables": [v.as_json() for v in variables],
        "words": words,
        "columns": columns,
        "months": [c for c in ENERGY_MONTHS if c in columns],
        "kinds": [k for k in KIND_COLOURS if k in present],
        "kinds_with_excluded": sorted(set(sites.loc[sites["excluded_by"] >= 0, "site_type"])),
        "kind_colours": KIND_COLOURS,
        "dc_per_ac": _dc_per_ac(sites),
        "levels": levels,
        "clauses": {reason: _both(told) if told else None for reason, told in data.clauses.items()},
        "reasons": {name: [chinese.reason(name), name] for name in data.clauses},
        "priority": marks,
        "bounds": [
            [float(latitude.min()), float(longitude.min())],
            [float(latitude.max()), float(longitude.max())],
        ],
        "dots_from": DOTS_FROM,
        "reference_price": settings.planning.economics.coal_benchmark_cny_per_kwh,
        "assumptions": [_assumption(one) for one in data.run.get("assumptions", ())],
        "folder": folder,
    }


def _both(clause: str) -> list[str]:
    return [chinese.clause(clause), spelled_out(clause)]


def _assumption(one: dict[str, Any]) -> dict[str, Any]:
    """One row of the help's table: meaning, value, unit, what it rests on, whether that was verified, zh and en."""
    key, mark, source = one["key"], one["mark"], one["source"]
    return {
        "about": [chinese.meaning(key), one["about"]],
        "value": [chinese.value(one["value"]), one["value"]],
        "unit": [chinese.unit(one["unit"]), one["unit"]],
        "basis": [chinese.basis(key, source), spelled_out(source)],
        "verified": [chinese.word(mark), mark],
    }


def _dc_per_ac(sites: pd.DataFrame) -> dict[str, float]:
    """DC over AC capacity of each kind of site: one ratio a kind, as inverters are sized by mounting."""
    if "capacity_kwac" not in sites:
        return {}
    sums = sites.groupby("site_type", observed=True)[["capacity_kwp", "capacity_kwac"]].sum()
    return {str(kind): float(row.iloc[0] / row.iloc[1]) for kind, row in sums.iterrows() if row.iloc[1] > 0}
