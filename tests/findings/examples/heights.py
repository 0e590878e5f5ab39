"""Examples of what assumed heights cost, `pvmap/findings/catalogue/heights.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from findings.examples import example

from pvmap.findings import Finding
from pvmap.planning.risk.certainty import height_error_sums, tell_height_errors
from pvmap.planning.totals import cost_of_assumed_heights, height_sums
from pvmap.settings.city import Settings

CITY = {"name": "t", "title_zh": "t", "title_en": "t"}


def roofs(*sources: str) -> Iterable[Finding]:
    """Roofs of 10 kWp, each of which loses a tenth to its neighbours; the source of their heights."""
    sites = pd.DataFrame({"site_type": "rooftop", "height_source": list(sources)})
    appraisal = pd.DataFrame({"capacity_kwp": 10.0, "loss_neighbours": 0.1}, index=sites.index)
    return cost_of_assumed_heights(height_sums(appraisal, sites), Settings.model_validate({"city": CITY}))


@example("heights-assumed-cost")
def one_of_two_assumed(folder: Path, faulty: bool) -> Iterable[Finding]:
    return roofs("column", "default" if faulty else "floors")


@example("heights-all-assumed-cost")
def both_assumed(folder: Path, faulty: bool) -> Iterable[Finding]:
    return roofs("default", "default" if faulty else "surface model")


@example("height-errors")
def heights_that_err(folder: Path, faulty: bool) -> Iterable[Finding]:
    settings = Settings.model_validate({"city": CITY})
    sites = pd.DataFrame({"height_source": ["column"], "origin": "", "height_rmse_m": 3.0})
    appraisal = pd.DataFrame({"site_type": ["rooftop"], "energy_kwh": 10.0 if faulty else 0.0, "expected_kwh": 10.2})
    return tell_height_errors(height_error_sums(appraisal, sites, settings))
