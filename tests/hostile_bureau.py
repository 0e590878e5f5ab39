"""The bureau's tables of grid, plan and prices for the hostile city: every text they can hold is a payload."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pandas as pd
from payloads import FORMULA, PAYLOADS, SCRIPT

from pvmap.planning.table_columns import COLUMNS

CLASSES = ("home_person", "home_company", "ci_general", "ci_large", "mine", "fishpond")
HOURS = pd.date_range("2023-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M")
# What a table of text can hold; a reader takes the blanks around it away
TEXTS = tuple(text.strip() for text in PAYLOADS if "\x00" not in text)
LEVELS = ("__proto__", "external:c:\\pwned.xlsx", 'a/b\\c:d*e?f"g<h>i|j', "</script><script>window.pwned=1</script>")
LOADED = (FORMULA[0], FORMULA[8])  # districts, and transformers, that have a load by the hour
Row = list[object]


def turned(by: int) -> list[str]:
    """All texts, each in the place of another."""
    return [*TEXTS[by:], *TEXTS[:by]]


def write_tables(raw: Path) -> None:
    """Write them all; each has a column that nobody reads, and most call ours by names of their own."""
    for name, (header, rows) in tables().items():
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            written = [theirs(name, column) for column in header]
            csv.writer(out, quoting=csv.QUOTE_ALL).writerow([*written, UNREAD])
            csv.writer(out).writerows([*row, TEXTS[0]] for row in rows)


UNREAD = FORMULA[1]  # a column that nobody knows
NAMED = ("grid_devices", "device_loads", "registered", "supply_shares", "county_limits", "targets", "rates", "costs")
NAMED += ("mechanism", "retail_contract")


def theirs(table: str, column: str) -> str:
    """Name of a column of ours in a table: a payload before ours, where the city file can say so."""
    if table not in NAMED:
        return column
    able = [text for text in TEXTS if len(text) < 1000 and text != UNREAD]
    of_all = [(one, name) for one in NAMED for name in (*COLUMNS[one].needs, *COLUMNS[one].knows)]
    return f"{able[of_all.index((table, column)) % len(able)]} {column}"


def inputs() -> dict[str, dict[str, object]]:
    """Inputs of the city file, by its keys: path and, by our names, the columns."""
    return {
        f"inputs.{name}": {"path": f"{name}.csv"}
        | ({"columns": {one: theirs(name, one) for one in header}} if name in NAMED else {})
        for name, (header, _) in tables().items()
    }


def tables() -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    """Header, by our names, and rows of each table."""
    n = len(TEXTS)
    half = n // 2
    devices = [
        [own, 110 if k < half else 10, 63_000, name, district, "" if k < half else TEXTS[k % half], 300]
        for k, (own, name, district) in enumerate(zip(TEXTS, turned(31), turned(12), strict=True))
    ]
    cls = itertools.cycle(CLASSES)
    registered = [[*texts, next(cls), 5, 2027] for texts in zip(turned(32), TEXTS, turned(12), strict=True)]
    by_month = [["ci_general", m, h, 0.6] for m in range(1, 13) for h in range(24)]
    return {
        "grid_devices": (
            ("device_id", "level_kv", "unit_kva", "name", "district", "parent_id", "load_kw"),
            devices,
        ),
        "device_loads": (("time", "device_id", "load_kw"), [[at, one, 200] for one in LOADED for at in HOURS]),
        "registered": (("project_id", "device_id", "district", "class", "kwac", "expected_year"), registered),
        "supply_shares": (("device_id", "district", "share"), [[own, own, 1] for own in TEXTS[:half]]),
        "county_limits": (
            ("district", "system_min_mw", "system_max_mw", "document"),
            [[own, 1, 2, text] for own, text in zip(TEXTS, turned(33), strict=True)],
        ),
        "targets": (
            ("year", "target_mw", "district", "document"),
            [[2030, 0.01, own, text] for own, text in zip(TEXTS, turned(34), strict=True)],
        ),
        "rates": (("year", "max_mw_per_year", "district"), [[2027, 5, own] for own in TEXTS]),
        "costs": (("year", "class", "capex_cny_per_w_dc"), [[2028, one, 2.5] for one in CLASSES]),
        "mechanism": (
            ("year", "class", "eligible", "document"),
            [[2027, one, "yes", text] for one, text in zip(CLASSES, SCRIPT, strict=False)],
        ),
        "retail_contract": (("class", "month", "hour", "price"), by_month),
        "market_prices": (("time", "price_cny_per_kwh"), [[at, 0.3] for at in HOURS]),
    }


def of_place(at: int) -> str:
    """Township as targets name it: district/township of one square."""
    return f"{PAYLOADS[(at + 12) % len(PAYLOADS)].strip()}/{PAYLOADS[(at + 13) % len(PAYLOADS)].strip()}"


def settings_of_plan(everything: str) -> list[tuple[str, dict[str, object]]]:
    """Tables of the city file that hold texts of the plan."""
    entries: list[tuple[str, dict[str, object]]] = []
    for at, text in enumerate(PAYLOADS):
        target = {"name": of_place(at), "level": "township", "target_mw": 0.01, "year": 2029, "source": text}
        entries.append(("[planning.policy.targets]", target))
        entries.append(("[planning.build_out.reinforcements]", {"district": text.strip(), "year": 2027, "mw": 1.0}))
        unit = {"name": text, "source": text, "district": text.strip(), "kind": "pumped", "power_mw": 1.0}
        entries.append(("[planning.storage.units]", unit | {"city_share": 1.0}))
    prices = {"title_zh": everything, "title_en": everything, "midday_cny_per_kwh": 0.2, "utilisation": 0.9}
    entries += [("[scenarios]", {"name": name} | prices) for name in ("low", "base")]
    return entries
