"""What the page's scripts need to know of a run: texts, variables, banner, priority sites."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.colours import KIND_COLOURS, USE_COLOURS
from pvmap.config import assumptions
from pvmap.currency import in_chinese, in_money
from pvmap.planning.risk.tornado import REVENUE, SWINGS, tornado, unverified
from pvmap.settings.city import Settings
from pvmap.settings.countries import HOME
from pvmap.settings.references import spelled_out
from pvmap.settings.scenarios import Scenario
from pvmap.tables.vocabulary import ENERGY_MONTHS
from pvmap.webmap.columns import WHOLE
from pvmap.webmap.data import MapData
from pvmap.webmap.help import HELP
from pvmap.webmap.i18n import TEXTS
from pvmap.webmap.packing import Packing
from pvmap.webmap.plan import plan_meta
from pvmap.webmap.shown import Shown
from pvmap.webmap.style import PRACTICAL_SHARE, TARGET, Variable, targets
from pvmap.webmap.zones import levels

SAID = ("sentence", "remedy")  # of a finding, in both languages
GHI = "ghi_kwh_per_m2"
SWUNG = {"cost": ("lcoe", "lcoe"), "energy": ("gwh", "gwh"), "worth": ("npv", "cost")}  # what of the tornado over what
MOVED = ("used_area_m2", "capacity_kwp", "capacity_kwac", "energy_kwh")  # what assumptions move
DOTS_FROM = 11  # zoom; below it aggregates only
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_USES = {use: TEXTS[f"building_use.{use}"][1] for use in USE_COLOURS if "_" in use}
NEVER = 99  # a zoom that no map reaches
ALL_EXCLUDED = "warn.all_excluded"  # there are no sums to show: excluded sites are shown from the first view on


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
    if not (data.sites["capacity_kwp"] > 0).any():
        warnings.append({"level": "warn", "key": ALL_EXCLUDED, "values": {"n": len(data.sites)}})
    notes: list[dict[str, Any]] = [{"key": "note.first_year", "values": {}}]
    if left_out := sorted(set(data.zones["level"]) - {"city"} - set(levels(data.zones))):
        notes.append({"key": "note.too_many_zones", "values": {"names": ", ".join(left_out)}})
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
        "attribution_en": city.attribution_en or city.attribution,
        "created": local_date(str(run.get("created", "")), city.utc_offset_hours),
        "synthetic": city.synthetic,
        "internal": city.use == "internal",
        "review_number": city.review_number,
        "warnings": warnings,
        "notes": notes,
        "findings": [
            {"severity": found["severity"], **{key: [found[f"{key}_{one}"] for one in ("zh", "en")] for key in SAID}}
            for found in findings
        ],
    }


def local_date(moment: str, utc_offset_hours: float) -> str:
    """Date of a moment on the city's own clock; a moment without a zone is taken as it is."""
    if not moment:
        return ""
    when = datetime.fromisoformat(moment)
    if when.tzinfo is not None:
        when = when.astimezone(timezone(timedelta(hours=utc_offset_hours)))
    return when.date().isoformat()


def cases(sites: pd.DataFrame, scenarios: tuple[Scenario, ...]) -> list[dict[str, Any]]:
    """List what "capacity" may mean on this map: key, column, and the variable that a site must answer with yes.

    ``share``: the variable by which the technical capacity is to be multiplied, where that is how the column is known.
    ``cost``, ``parity``: whether the site's levelised cost and its parity are those of the case. A scenario changes
    prices, so it keeps the cost and has no parity, and bears the planner's names for it; what already stands has a cost
    that nobody knows.
    """
    found: list[dict[str, Any]] = [
        {"key": "technical", "column": "capacity_kwp", "gate": None, "cost": True, "parity": True}
    ]
    if "capacity_practical_kwp" in sites:
        practical = {"key": "practical", "column": "capacity_practical_kwp", "gate": None, "cost": True, "parity": True}
        found.append({**practical, "share": PRACTICAL_SHARE})
    if "capacity_policy_floor_kwp" in sites:
        found.append(
            {"key": "policy_floor", "column": "capacity_policy_floor_kwp", "gate": None, "cost": False, "parity": False}
        )
    if "at_grid_parity" in sites:
        found.append(
            {"key": "bankable", "column": "capacity_kwp", "gate": "at_grid_parity", "cost": True, "parity": True}
        )
    if (sites["existing_pv_kwp"] > 0).any():
        found.append({"key": "existing", "column": "existing_pv_kwp", "gate": None, "cost": False, "parity": False})
    titles = {one.name: [one.title_zh or one.name, one.title_en or one.name] for one in scenarios}
    for gate in targets(sites):
        name = gate.removeprefix(TARGET)
        one: dict[str, Any] = {"column": "capacity_kwp", "share": None}
        if "capacity_practical_kwp" in sites:  # as the table of scenarios counts
            one = {"column": "capacity_practical_kwp", "share": PRACTICAL_SHARE}
        one |= {"name": name, "title": titles.get(name, [name, name])}
        found.append({"key": f"scenario {name}", **one, "gate": gate, "cost": True, "parity": False})
    return found


def _per(sites: pd.DataFrame, above: str, below: str) -> dict[str, float]:
    """Ratio of two sums of each kind of site."""
    if not {above, below} <= set(sites.columns):
        return {}
    sums = sites.groupby("site_type", observed=True)[[above, below]].sum()
    return {str(kind): float(row.iloc[0] / row.iloc[1]) for kind, row in sums.iterrows() if row.iloc[1] > 0}


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
    packing: Packing,
    clauses: dict[str, str],
    marks: list[dict[str, Any]],
    folder: str,
) -> dict[str, Any]:
    """Everything the scripts read as ``pvmap.meta``."""
    sites, city = data.sites, settings.city
    columns = [one.name for one in packing.columns]
    latitude, longitude = sites["latitude"].to_numpy(float), sites["longitude"].to_numpy(float)
    present = set(sites["site_type"].unique())
    target = f"{100 * settings.planning.economics.target_irr:g} %"
    return {
        "city": city.name,
        "title": [city.title_zh, city.title_en],
        "banner": banner(data, settings),
        "texts": {
            key: [in_money(one, city.currency).replace("{target_irr}", target) for one in both]
            for key, both in TEXTS.items()
        },
        "money": [in_chinese(city.currency), city.currency],
        "mu": city.country == HOME,
        "base_maps": [one.model_dump() for one in settings.map.base_maps],
        "help": HELP,
        "variables": [v.as_json() for v in variables],
        "words": packing.words,
        "columns": columns,
        "steps": [[one.scale, one.per] for one in packing.columns],
        "whole": [one for one in columns if one in WHOLE],
        "months": [c for c in ENERGY_MONTHS if c in columns],
        "kinds": [k for k in KIND_COLOURS if k in present],
        "kinds_with_excluded": sorted(sites.loc[sites["excluded_by"] >= 0, "site_type"].unique()),
        "kind_colours": KIND_COLOURS,
        "dc_per_ac": _per(sites, "capacity_kwp", "capacity_kwac"),
        "mean_yield": _per(sites, "energy_kwh", "capacity_kwp"),
        "co2_per_kwh": _per(sites, "co2_t_per_year", "energy_kwh"),
        "month_factors": packing.month_factors,
        "cases": cases(sites, settings.scenarios),
        **plan_meta(data),
        "levels": levels(data.zones),
        "clauses": {reason: _both(told) if told else None for reason, told in clauses.items()},
        "reasons": {name: [chinese.reason(name), name] for name in clauses},
        "priority": marks,
        "sun": _sun(data.run),
        "bounds": [
            [float(latitude.min()), float(longitude.min())],
            [float(latitude.max()), float(longitude.max())],
        ],
        "dots_from": DOTS_FROM,
        "reference_price": settings.planning.economics.coal_benchmark_cny_per_kwh,
        "assumptions": [_assumption(one) for one in data.run.get("assumptions", ())],
        "folder": folder,
    }


def _sun(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Yearly irradiation on the horizontal at each weather point of a run. [kWh/m2]."""
    known = [one for one in run.get("weather", ()) if {"longitude", "latitude", GHI} <= set(one)]
    return [{"at": [one["latitude"], one["longitude"]], GHI: one[GHI]} for one in known]


def moving(shown: Shown, settings: Settings) -> list[dict[str, Any]]:
    """List the unverified assumptions that move the result most, with their range and what it does, in percent."""
    if not set(MOVED) <= set(shown.names):
        return []
    worth = REVENUE if "npv_cny" in shown.names and shown.holds(REVENUE) else ()  # not where money is hidden
    names = ["site_type", "building_use", "footprint_area_m2", *MOVED, *worth]
    sites = pd.DataFrame({name: shown.column(name) for name in names})
    units = {one.key: one.unit for one in assumptions(settings)}
    rows = []
    for one in unverified(tornado(sites, sites, settings, SWINGS)).to_dict("records"):
        ends = {
            to: [100 * (one[f"{of}_{end}"] - one[of]) / one[over] for end in ("low", "high")]
            for to, (of, over) in SWUNG.items()
        }
        unit = units.get(one["key"], "1")
        rows.append(
            {
                "about": [chinese.meaning(one["key"]), in_words(one["about"])],
                "unit": [chinese.unit(unit), "" if unit == "1" else unit],
                "values": [f"{one[name]:g}" for name in ("value", "low", "high")],
                **{to: [f"{end:+.1f}" for end in both] for to, both in ends.items() if max(map(abs, both)) >= 0.05},
            }
        )
    return rows


def _both(clause: str) -> list[str]:
    return [chinese.clause(clause), spelled_out(clause)]


def in_words(given: Any) -> Any:
    """Put a setting's value, or a sentence, in words: names of uses as the legend does, others without strokes."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, dict):
        return "; ".join(f"{in_words(name)} {_within(one)}" for name, one in given.items())
    if isinstance(given, list | tuple):
        return ", ".join(map(_within, given)) or "none"
    if not isinstance(given, str):
        return given
    spoken = _NAME.sub(lambda name: _USES.get(name[0], name[0]), given)
    return spoken.replace("_", " ") if _NAME.fullmatch(spoken) else spoken


def _within(one: Any) -> str:
    """Put a value within another in words, in brackets where it has parts of its own."""
    return f"({in_words(one)})" if isinstance(one, dict | list | tuple) else str(in_words(one))


def _assumption(one: dict[str, Any]) -> dict[str, Any]:
    """One row of the help's table: meaning, value, unit, what it rests on, whether that was verified, zh and en."""
    key, mark, source = one["key"], one["mark"], one["source"]
    return {
        "about": [chinese.meaning(key), in_words(one["about"])],
        "value": [chinese.value(one["value"]), in_words(one["value"])],
        "unit": [chinese.unit(one["unit"]), one["unit"]],
        "basis": [chinese.basis(key, source), spelled_out(source)],
        "verified": [chinese.word(mark), mark],
    }
