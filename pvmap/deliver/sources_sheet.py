"""Sheets of what the numbers rest on: assumptions with their basis, and constraints that nobody checked."""

from __future__ import annotations

import pandas as pd

from pvmap import chinese
from pvmap.config import assumptions
from pvmap.deliver.report_tables import Run
from pvmap.deliver.sheets import Book
from pvmap.settings.references import spelled_out

FIRST_UNVERIFIED = {"unverified": 0, "derived": 1, "sourced": 2, "choice": 3}
LONGEST = {"meaning_zh": 46, "value": 26, "default": 26, "basis_zh": 50}  # characters: all columns fit on one page
ASIDE = {"about": 60.0, "basis": 60.0, "key": 12.0}


def write_sources(book: Book, run: Run) -> None:
    """List every assumption in force: Chinese first, then English, the key last."""
    rows = [
        {
            "meaning_zh": chinese.meaning(one.key),
            "value": chinese.value(one.value),
            "default": chinese.value(one.default),
            "unit_zh": chinese.unit(one.unit),
            "low": one.low,
            "high": one.high,
            "basis_zh": chinese.basis(one.key, one.source),
            "verified": one.mark,
            "about": one.about,
            "basis": spelled_out(one.source),
            "key": one.key,
        }
        for one in assumptions(run.settings)
    ]
    frame = pd.DataFrame(rows)
    frame = frame.iloc[frame["verified"].map(FIRST_UNVERIFIED).argsort(kind="stable")]
    sheet = book.sheet("依据与参数", "sources and assumptions")
    book.table(sheet, frame, aside=ASIDE, longest=LONGEST)


def write_not_checked(book: Book, run: Run) -> None:
    """List the constraints for which no layer, or a wrong one, was given."""
    rows = [
        {
            "item": mask["name_zh"],
            "entry": mask.get("reason_zh", "未核查：未提供图层"),
            "clause_zh": chinese.clause(mask["clause"]),
            "item_en": mask["name"],
            "entry_en": mask.get("reason", "not checked: no layer given"),
            "clause": spelled_out(mask["clause"]),
        }
        for mask in run.manifest.get("not_checked", [])
    ]
    every = {"item": "—", "entry": "城市文件所列约束均已核查", "entry_en": "every constraint named was checked"}
    frame = pd.DataFrame(rows or [every])
    aside = {name: 40.0 for name in ("item_en", "entry_en", "clause") if name in frame}
    book.table(book.sheet("未核查约束", "not checked"), frame, aside=aside)
