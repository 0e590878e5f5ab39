"""What would make numbers surer: for one site, and for a district, whose list says what to measure first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.planning.risk.reasons import REASONS
from pvmap.planning.risk.uncertainty import input_spreads, site_sigma
from pvmap.sentence import Sentence
from pvmap.settings.city import Settings
from pvmap.vocabulary import CAUSES


def explain_certainty(row: pd.Series, settings: Settings) -> list[Sentence]:
    """Tell what a site's spread is made of and what would narrow it.

    Parameters
    ----------
    row
        Of the contract table "appraisal".
    settings
        Of the run.
    """
    if "spread_height" not in row:
        return []
    least = settings.certainty.grades
    ratio = row["p90_kwh"] / row["p50_kwh"] if row["p50_kwh"] > 0 else 0.0
    parts = {cause: float(row[f"spread_{cause}"]) for cause in CAUSES}
    sky = float(site_sigma(settings.planning.risk))
    whole = float(np.linalg.norm([*parts.values(), sky]))
    named = [row[f"certainty_reason_{n}"] for n in (1, 2, 3)]
    lines = [
        Sentence(
            "  P90 is {ratio:.2f} of P50: grade {grade} (A from {a:g}, B {b:g}, C {c:g}). Largest causes: {causes}."
            " Over heights as they may be {kwh:,.0f} kWh on the mean.",
            ratio=ratio,
            grade=row["confidence"],
            a=least[0],
            b=least[1],
            c=least[2],
            causes=(", ".join(named), "、".join(REASONS[one][0] for one in named if one)),
            kwh=row["expected_kwh"],
        ),
        Sentence(
            "  Spread {whole:.1%}: {parts}, sky and model {sky:.1%}.",
            whole=whole,
            parts=(
                ", ".join(f"{name} {share:.1%}" for name, share in parts.items()),
                "、".join(f"{chinese.word(name)} {share:.1%}" for name, share in parts.items()),
            ),
            sky=sky,
        ),
    ]
    largest = max(parts, key=lambda cause: parts[cause])
    rest = float(np.linalg.norm([sky, *(s for cause, s in parts.items() if cause != largest)]))
    if whole - rest > 0.001:
        told = "  To know its {cause} would narrow it most: the spread falls from {whole:.1%} to {rest:.1%}."
        lines.append(Sentence(told, cause=(largest, chinese.word(largest)), whole=whole, rest=rest))
    return lines


def measure_first(appraisal: pd.DataFrame, sites: pd.DataFrame, per_district: int = 20) -> pd.DataFrame:
    """Rank sites by how much of their district's uncertainty they hold that a measurement would take away.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    per_district
        Sites of each district.

    Returns
    -------
    pandas.DataFrame
        `district`, `rank`, `site_id`, `name`, `building_use`, `site_kwh`, `p90_share` (P90 over P50),
        `spread_share` (of the variance that errors of inputs give to the district), `cause` and `to_do` in Chinese
        and English; no rows where heights were not drawn.
    """
    spreads = input_spreads(appraisal)
    columns = ["district", "rank", "site_id", "name", "building_use", "site_kwh", "p90_share", "spread_share"]
    words = ["cause", "cause_en", "to_do", "to_do_en"]
    if not spreads or not len(appraisal):
        return pd.DataFrame(columns=[*columns, *words])
    energy = appraisal["expected_kwh"].to_numpy(float)
    held = np.square(energy) * sum(np.square(s) for s in spreads.values())
    district = appraisal["district"].to_numpy(object)
    total = pd.Series(held).groupby(district).transform("sum").to_numpy()
    p50 = appraisal["p50_kwh"].to_numpy(float)
    cause = _first_input_cause(appraisal)
    frame = pd.DataFrame(
        {
            "district": district,
            "site_id": appraisal["site_id"].to_numpy(object),
            "name": sites["name"].to_numpy(object),
            "building_use": appraisal["building_use"].to_numpy(object),
            "site_kwh": appraisal["energy_kwh"].to_numpy(float),
            "p90_share": np.divide(appraisal["p90_kwh"], p50, out=np.zeros(len(p50)), where=p50 > 0),
            "spread_share": np.divide(held, total, out=np.zeros(len(held)), where=total > 0),
            "cause": [REASONS[one][0] for one in cause],
            "cause_en": cause,
            "to_do": [REASONS[one][2] for one in cause],
            "to_do_en": [REASONS[one][1] for one in cause],
        }
    )
    frame = frame[held > 0].sort_values(["district", "spread_share", "site_id"], ascending=[True, False, True])
    frame["rank"] = frame.groupby("district").cumcount() + 1
    return frame.loc[frame["rank"] <= per_district, [*columns, *words]].reset_index(drop=True)


def _first_input_cause(appraisal: pd.DataFrame) -> np.ndarray:
    """Give the first of the reasons of each site that something can be done about, else the first, (n,)."""
    named = np.stack([appraisal[f"certainty_reason_{n}"].to_numpy(object) for n in (1, 2, 3)], axis=1)
    input_errors = ~np.isin(named.astype(str), ["weather", "model", "soiling"])
    return named[np.arange(len(named)), input_errors.argmax(axis=1)]
