"""Classes of plants in a plan: homes of natural persons and of companies, commerce and industry, mines and ponds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.policy.classes import class_key
from pvmap.settings.city import Settings

HOMES = ("home_person", "home_company")
CENTRAL = ("mine", "fishpond")


def plan_class(appraisal: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Class of each site, (n,) of object.

    Parameters
    ----------
    appraisal
        `site_type`, `building_use`, `capacity_kwp`, `capacity_kwac`.
    settings
        Who owns plants on homes; size of large ones.

    Notes
    -----
    A home on a natural person's account is `home_person`; that companies invest in a share of them is said by `parts`.
    """
    plan, keys = settings.planning.build_out, class_key(appraisal)
    owner = settings.planning.economics.owner
    codes, names = pd.factorize(keys)
    home = np.array([str(name).startswith("residential") for name in names], bool)[codes]
    person = np.array([owner[str(name)] == "person" for name in names], bool)[codes]
    side = "capacity_kwac" if plan.class_basis == "ac" else "capacity_kwp"
    large = appraisal[side].to_numpy(float) > plan.large_mwac * 1e3
    roof = np.where(large, "ci_large", "ci_general")
    out = np.where(home, np.where(person, HOMES[0], HOMES[1]), roof).astype(object)
    return np.where(np.isin(keys, CENTRAL), keys, out)


class Part(NamedTuple):
    """Sites, or a share of each, that make a class together.

    Attributes
    ----------
    rows
        (k,) positions of the sites.
    cls
        Their class.
    share
        Of each site that is of this class. [1]
    person
        (k,) bool, on a natural person's account.
    """

    rows: np.ndarray
    cls: str
    share: float
    person: np.ndarray


def parts(classes: np.ndarray, person: np.ndarray, settings: Settings) -> list[Part]:
    """Divide sites into classes; of homes of natural persons a share is taken by companies.

    Parameters
    ----------
    classes
        (n,) `plan_class`.
    person
        (n,) bool, the site's own account is a natural person's.
    """
    company = settings.planning.build_out.home_company_share
    out = []
    for name in sorted(set(classes)):
        rows = np.flatnonzero(classes == name)
        if name == HOMES[0]:
            out.append(Part(rows, name, 1.0 - company, person[rows]))
            out.append(Part(rows, HOMES[1], company, np.zeros(len(rows), bool)))
        else:
            out.append(Part(rows, name, 1.0, person[rows]))
    return [one for one in out if one.share > 0]
