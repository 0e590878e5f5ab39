"""The run's own identities hold on what was written, and each can fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from city import Run

from pvmap import store
from pvmap.findings import CATALOGUE
from pvmap.planning.self_check import add_identities, as_findings, of_city, of_part

BROKEN = {  # table and column made wrong -> words of the identities that must notice
    ("appraisal", "capacity_kwp"): {"districts = city", "cells = city", "energy = capacity", "gross less"},
    ("appraisal", "energy_kwh"): {"of kinds = city", "months", "hours", "of run.json"},
    ("appraisal", "used_area_m2"): {"used + excluded"},
    ("appraisal", "p90_kwh"): {"P90"},
    ("appraisal", "npv_cny"): {"NPV"},
    ("appraisal", "required_price_cny_per_kwh"): {"required price"},
    ("appraisal", "irr"): {"return >= discount"},
    ("appraisal", "standard_coal_t_per_year"): {"coal per CO2"},
    ("appraisal", "capacity_practical_kwp"): {"practical case"},
    ("appraisal", "capacity_policy_floor_kwp"): {"policy floor"},
    ("appraisal", "self_use_kwh"): {"self-use"},
    ("yields", "n_modules"): {"modules"},
    ("yields", "performance_ratio"): {"performance ratio"},
    ("yields", "capacity_kwp"): {"capacity of surfaces"},
    ("zones", "n_sites"): {"sites of districts"},
    ("zones", "lcoe_cny_per_kwh"): {"levelised cost"},
    ("exclusions", "area_m2"): {"same for every site"},
}
FACTOR = {
    "capacity_policy_floor_kwp": 1e3,
    "n_modules": 3,
    "n_sites": 3,
    "p90_kwh": 2.0,
    "npv_cny": -1.0,
    "irr": -1.0,
    "self_use_kwh": 1e6,
}


def identities(run: Run, folder: Path):
    settings = run.job.settings
    return add_identities(
        [of_part(folder, settings), of_city(folder, settings, run.record["counts"], run.record["totals"])]
    )


def test_a_run_agrees_with_itself(small_city: Run):
    found = small_city.record["self_check"]
    assert len(found) >= 20
    assert [one["name_en"] for one in found if not one["holds"]] == []
    sums = [one for one in found if one["right"] > 0]
    assert len(sums) >= 12  # sums of something, not of empty tables


@pytest.mark.parametrize(("table", "column"), BROKEN)
def test_each_identity_can_fail(small_city: Run, tmp_path: Path, table: str, column: str):
    folder = tmp_path / "run"
    folder.mkdir()
    for path in small_city.job.folders.processed.glob("*.parquet"):
        shutil.copy(path, folder)
    frame = store.read_table(folder, table)
    values = frame[column].to_numpy() * FACTOR.get(column, 1.5)
    frame[column] = values.astype(frame[column].to_numpy().dtype)
    path = folder / f"{table}.parquet"
    path.unlink()
    frame.to_parquet(path)
    broken = [one for one in identities(small_city, folder) if not one.holds]
    for words in BROKEN[table, column]:
        assert any(words in one.name_en for one in broken), (words, [one.name_en for one in broken])
    assert {one.severity for one in as_findings(broken)} == {"doubtful"}
    assert as_findings(broken)[0].code in CATALOGUE
