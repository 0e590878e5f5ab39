"""What assumed heights cost: means by capacity of what neighbours take, told once a run."""

from __future__ import annotations

import pandas as pd
import pytest

from pvmap.planning.totals import cost_of_assumed_heights, height_sums
from pvmap.settings.city import Settings

CITY = {"name": "t", "title_zh": "t", "title_en": "t"}


def told(rows: list[tuple[str, str, float, float]], shade: bool = True) -> list:
    sites = pd.DataFrame({"site_type": [row[0] for row in rows], "height_source": [row[1] for row in rows]})
    numbers = {"capacity_kwp": [row[2] for row in rows], "loss_neighbours": [row[3] for row in rows]}
    settings = Settings.model_validate({"city": CITY, "shade": {"enabled": shade}})
    return cost_of_assumed_heights(height_sums(pd.DataFrame(numbers), sites), settings)


ROOFS = [
    ("rooftop", "default", 30.0, 0.10),
    ("rooftop", "default", 10.0, 0.02),  # together 8 %
    ("rooftop", "default", 0.0, 0.9),  # carries nothing
    ("rooftop", "column", 10.0, 0.01),
    ("rooftop", "floors", 10.0, 0.02),
    ("rooftop", "surface model", 20.0, 0.03),  # together 2.25 %
    ("rooftop", "none", 10.0, 0.5),
    ("fishpond", "none", 1000.0, 0.0),
]


def test_means_weigh_by_capacity_and_roofs_without_arrays_do_not_count() -> None:
    (found,) = told(ROOFS)
    assert found.code == "heights-assumed-cost" and (found.count, found.total) == (2, 6)
    assert found.values == pytest.approx({"assumed": 0.08, "known": 0.0225})
    assert "8.0% of their yearly energy" in found.sentence() and "损失 8.0%" in found.sentence("zh")


def test_without_any_known_height_nothing_is_compared() -> None:
    (found,) = told(ROOFS[:3])
    assert found.code == "heights-all-assumed-cost" and found.count == 2
    assert found.values == pytest.approx({"assumed": 0.08})


def test_nothing_is_told_where_nothing_is_assumed_or_shade_is_off() -> None:
    assert told(ROOFS[3:]) == []
    assert told(ROOFS, shade=False) == []
