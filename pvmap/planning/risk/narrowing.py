"""What would make numbers surer: for one site, and for a district, whose list says what to measure first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.planning.risk.certainty import p90_over_p50
from pvmap.planning.risk.reason_words import REASONS
from pvmap.planning.risk.uncertainty import input_spreads, site_sigma
from pvmap.sentence import Sentence
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import CAUSES


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
    read_kwh = max(row["energy_kwh"], 1.0)  # a site without energy has no P50 either
    ratio = float(p90_over_p50(row["p50_kwh"] / read_kwh, row["p90_kwh"] / read_kwh))
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
    held = held_kwh2(appraisal["expected_kwh"].to_numpy(float), spreads.values())
    district = appraisal["district"].to_numpy(object)
    rows = unsurest(held, district, appraisal["site_id"].to_numpy(object), per_district)
    own, cause = appraisal.iloc[rows], first_input_cause(appraisal.iloc[rows])
    p50 = own["p50_kwh"].to_numpy(float)
    frame = pd.DataFrame(
        {
            "district": district[rows],
            "site_id": own["site_id"].to_numpy(object),
            "name": sites["name"].to_numpy(object)[rows],
            "building_use": own["building_use"].to_numpy(object),
            "site_kwh": own["energy_kwh"].to_numpy(float),
            "p90_share": np.divide(own["p90_kwh"].to_numpy(float), p50, out=np.zeros(len(p50)), where=p50 > 0),
            "spread_share": share_of(held, district)[rows],
            "cause": [REASONS[one][0] for one in cause],
            "cause_en": cause,
            "to_do": [REASONS[one][2] for one in cause],
            "to_do_en": [REASONS[one][1] for one in cause],
        }
    )
    frame["rank"] = frame.groupby("district").cumcount() + 1
    return frame[[*columns, *words]]


def held_kwh2(expected_kwh: np.ndarray, spreads: Iterable[np.ndarray]) -> np.ndarray:
    """Give the variance of each site's energy from errors of inputs, (n,) [kWh2].

    Parameters
    ----------
    expected_kwh
        (n,) energy. [kWh]
    spreads
        (n,) relative standard deviation by each cause; one at a time is looked at. [1]
    """
    return np.square(expected_kwh) * sum(np.square(one) for one in spreads)


def share_of(held: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give what each site holds of its group's variance, (n,), 0 in a group that has none."""
    total = pd.Series(held).groupby(group).transform("sum").to_numpy()
    return np.divide(held, total, out=np.zeros(len(held)), where=total > 0)


def unsurest(held: np.ndarray, district: np.ndarray, site_id: np.ndarray, count: int) -> np.ndarray:
    """Give the rows of the `count` sites of each district that hold most, by district, the first first.

    Parameters
    ----------
    held
        (n,) from `held_kwh2`.
    district, site_id
        (n,). Of sites that hold the same the lower id comes first.
    count
        Sites of each district.
    """
    values = pd.Series(held)
    least = values.groupby(district).transform(lambda own: own.nlargest(count).min())
    rows = np.flatnonzero((values > 0) & (values >= least))
    few = pd.DataFrame({"district": district[rows], "held": held[rows], "site_id": site_id[rows]}, index=rows)
    few = few.sort_values(["district", "held", "site_id"], ascending=[True, False, True])
    return few.groupby("district").head(count).index.to_numpy()


def first_input_cause(appraisal: pd.DataFrame) -> np.ndarray:
    """Give the first of the reasons of each site that something can be done about, else the first, (n,)."""
    named = np.stack([appraisal[f"certainty_reason_{n}"].to_numpy(object) for n in (1, 2, 3)], axis=1)
    input_errors = ~np.isin(named.astype(str), ["weather", "model", "soiling"])
    return named[np.arange(len(named)), input_errors.argmax(axis=1)]
