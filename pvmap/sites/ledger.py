"""The account of areas that are not used: per site and reason, with the clause that says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pvmap.settings.base import Section
from pvmap.sites.reasons import BANNED_WATER

NEGLIGIBLE_M2 = 1e-9
BY_SOURCE_CLAUSE = "stated in the source, column excluded (unverified; judgement: whoever made the file knows the site)"
STATED_CLAUSES = {
    BANNED_WATER: "no photovoltaics in rivers, lakes and reservoirs "
    "水河湖〔2022〕216号 3.5 (sourced; [water2022] read in a copy: re-check the clause)"
}


def clause(section: Section, key: str) -> str:
    """Say what a rule's value is, how sure it is and where it comes from, in one line.

    Examples
    --------
    >>> from pvmap.settings.sites import MineSettings
    >>> clause(MineSettings(), "flat_below")
    'ground less steep than this has no aspect: 3.0 deg (choice; judgement: below it the aspect is noise)'
    """
    field = type(section).model_fields[key]
    extra = field.json_schema_extra
    value, default = getattr(section, key), field.get_default(call_default_factory=True)
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
    if not isinstance(extra, dict):
        return f"{field.description}: {shown}"
    origin = f"{extra['mark']}; {extra['source']}"
    if value != default:
        origin = f"set in the city file; default {default} {extra['unit']}".rstrip() + f", {origin}"
    unit = "" if extra["unit"] in ("", "1") else f" {extra['unit']}"
    return f"{field.description}: {shown}{unit} ({origin})"


class Ledger:
    """Collects excluded plan area of n sites, in the order the rules are asked."""

    def __init__(self, site_ids: ArrayLike) -> None:
        self._ids = np.asarray(site_ids, object)
        self._areas: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def add(
        self,
        reason: str,
        clause: str | np.ndarray,
        sites: np.ndarray,
        area_m2: ArrayLike,
        touched_m2: ArrayLike | None = None,
    ) -> None:
        """Book an area.

        Parameters
        ----------
        reason
            Short reason, shown on the map.
        clause
            Source of the rule with its mark; one for all, or one per entry.
        sites
            Positions of the sites, repeats allowed: areas of one site and reason add up.
        area_m2
            Plan area that this reason takes from what the reasons before it left [m2].
        touched_m2
            Plan area that it covers, whatever came before [m2]; the same where it is not given.
        """
        if reason not in self._areas:
            n = len(self._ids)
            self._areas[reason] = (np.zeros(n), np.zeros(n), np.full(n, "", object))
        area, touched, clauses = self._areas[reason]
        area_m2 = np.maximum(np.asarray(area_m2, float), 0.0)
        np.add.at(area, sites, area_m2)
        np.add.at(touched, sites, area_m2 if touched_m2 is None else np.asarray(touched_m2, float))
        clauses[sites] = clause

    def total(self) -> np.ndarray:
        """Plan area booked so far per site [m2]."""
        return sum((area for area, _, _ in self._areas.values()), np.zeros(len(self._ids)))

    def frame(self) -> pd.DataFrame:
        """Return the contract table "exclusions"."""
        ids: list[np.ndarray] = []
        reasons: list[np.ndarray] = []
        numbers: list[np.ndarray] = []
        clauses: list[np.ndarray] = []
        for reason, (area, touched, clause) in self._areas.items():
            rows = np.flatnonzero((area > NEGLIGIBLE_M2) | (touched > NEGLIGIBLE_M2))
            ids.append(self._ids[rows])
            reasons.append(np.full(len(rows), reason, object))
            numbers.append(np.column_stack([area[rows], np.maximum(touched, area)[rows]]))
            clauses.append(clause[rows])
        if not ids:
            ids, reasons, clauses = ([np.empty(0, object)] for _ in range(3))
            numbers = [np.empty((0, 2))]
        number = np.concatenate(numbers)
        return pd.DataFrame(
            {
                "site_id": pd.Series(np.concatenate(ids), dtype="str"),
                "reason": pd.Series(np.concatenate(reasons), dtype="str"),
                "area_m2": number[:, 0],
                "area_touched_m2": number[:, 1],
                "clause": pd.Series(np.concatenate(clauses), dtype="str"),
            }
        )


def book_stated(sites: pd.DataFrame, area_m2: np.ndarray, ledger: Ledger) -> np.ndarray:
    """Book the sites that their source leaves out (column ``excluded_by``) with all their area [m2].

    Returns
    -------
    array
        Positions of the others, as far as they still have area.
    """
    stated = (
        sites["excluded_by"].to_numpy(object) if "excluded_by" in sites.columns else np.full(len(sites), "", object)
    )
    for reason in np.unique(stated[stated != ""].astype(str)):
        rows = np.flatnonzero(stated == reason)
        ledger.add(str(reason), STATED_CLAUSES.get(str(reason), BY_SOURCE_CLAUSE), rows, area_m2[rows])
    return np.flatnonzero((stated == "") & (area_m2 > 0.0))
