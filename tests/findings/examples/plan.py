"""Examples of `pvmap/findings/catalogue/plan.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from findings.examples import example

from pvmap.findings import Finding
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.policy.plan_inputs import read_targets
from pvmap.planning.policy.plan_table import Asked, Sites, plan
from pvmap.settings.build_out import BuildOutSettings
from pvmap.settings.city import TableInput


def planned(folder: Path, text: str) -> Iterable[Finding]:
    """Findings of a plan for one district of 50 MW of roofs."""
    (folder / "targets.csv").write_text(text, encoding="utf-8")
    targets = read_targets(TableInput(path="targets.csv"), folder, ["东区"])
    of = np.array([50.0])
    sites = Sites(np.array(["东区"], object), of, 1.15 * of, 3e6 * of, 0 * of, of, 0.3 + 0 * of, 0 * of, 0 * of)
    none = pd.DataFrame(columns=["year", "district", "class", "mw", "capex_cny_per_w_dc"])
    asked = Asked(targets, none, none, none, {})
    roofs = Part(np.array([0]), "ci_general", 1.0, np.array([False]))
    return plan(sites, [roofs], asked, BuildOutSettings(), 0.06).findings


@example("target-not-met")
def a_target_beyond_the_potential(folder: Path, faulty: bool) -> Iterable[Finding]:
    return planned(folder, f"year,district,target_mw\n2028,东区,{90 if faulty else 40}\n")


@example("years-outside-plan")
def a_target_of_an_earlier_plan(folder: Path, faulty: bool) -> Iterable[Finding]:
    return planned(folder, f"year,district,target_mw\n{2025 if faulty else 2027},东区,20\n2028,东区,40\n")
