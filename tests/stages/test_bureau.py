"""What the bureau knows of the network, as the plan reads it from a run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from webmap.tables import settings

from pvmap.settings.city import TableInput
from pvmap.stages.bureau import _registered


def test_a_transformer_may_have_the_name_of_a_district(tmp_path: Path) -> None:
    pd.DataFrame({"district": ["京口区", "润州区"]}).to_parquet(tmp_path / "sites.parquet")
    rows = {"kind": ["district", "device"], "device_id": ["京口区", "京口区"], "district": ["京口区", "润州区"]}
    pd.DataFrame(rows).to_parquet(tmp_path / "hosting.parquet")
    text = "project_id,device_id,class,kwac,valid_until,expected_year\nP1,京口区,ci_general,5000,2030-01-01,2027\n"
    (tmp_path / "registered.csv").write_text(text, encoding="utf-8")
    city = settings()
    inputs = city.inputs.model_copy(update={"registered": TableInput(path="registered.csv")})
    projects = _registered(city.model_copy(update={"inputs": inputs}), tmp_path, tmp_path)
    assert projects["district"].tolist() == ["润州区"]
