"""Ground that two sites claim counts once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pvmap.errors import InputError
from pvmap.settings.sites import SitingSettings
from pvmap.sites import SITE_TYPES, overlaps


def total(frames) -> float:
    return sum(frame["footprint_area_m2"].sum() for frame in frames.values())


def test_a_subsidence_pond_inside_a_mine_is_a_pond(town) -> None:
    frames = {
        "mine": town.read("mine", [town.rectangle(1000, 800)]),
        "fishpond": town.read("fishpond", [town.rectangle(300, 200)]),
    }
    resolved, rejects = overlaps.resolve(frames)
    assert len(rejects) == 0
    mine, pond = resolved["mine"].iloc[0], resolved["fishpond"].iloc[0]
    assert (mine["footprint_area_m2"], mine["shared_area_m2"]) == (pytest.approx(740_000), pytest.approx(60_000))
    assert (pond["footprint_area_m2"], pond["shared_area_m2"]) == (pytest.approx(60_000), 0.0)
    assert mine.geometry.area == pytest.approx(740_000)


def test_the_city_file_may_turn_the_order(town) -> None:
    frames = {
        "mine": town.read("mine", [town.rectangle(1000, 800)]),
        "fishpond": town.read("fishpond", [town.rectangle(300, 200)]),
    }
    resolved, rejects = overlaps.resolve(frames, SitingSettings(overlap_order=("mine", "fishpond", "rooftop")))
    assert len(resolved["fishpond"]) == 0
    assert rejects[["site_type", "reason", "detail"]].to_numpy().tolist() == [
        ["fishpond", "counted with another site", "covered by mine-row0"]
    ]


def test_the_taller_building_keeps_the_roof(town) -> None:
    podium, tower = town.rectangle(60, 60), town.rectangle(20, 20)
    sites = town.read("rooftop", [podium, tower, town.rectangle(10, 10)], height_m=[15.0, 90.0, 3.0])
    resolved, rejects = overlaps.resolve({"rooftop": sites})
    assert resolved["rooftop"]["footprint_area_m2"].tolist() == pytest.approx([3200.0, 400.0])
    assert rejects["detail"].tolist() == ["covered by rooftop-row1"]


def test_the_same_footprint_twice_counts_once(town) -> None:
    sites = town.read("rooftop", [town.rectangle(20, 10)] * 3, id=["b", "a", "c"])
    resolved, rejects = overlaps.resolve({"rooftop": sites})
    assert resolved["rooftop"]["site_id"].tolist() == ["rooftop-a"]
    assert len(rejects) == 2


def test_sites_that_lie_on_one_another_by_the_dozen_are_one_sentence(town) -> None:
    heap = [town.rectangle(100, 100, at=(0.1 * i, 0)) for i in range(800)]
    with pytest.raises(InputError, match="800 sites share ground with 799 others each"):
        overlaps.resolve({"rooftop": town.read("rooftop", heap)})


def test_a_refused_site_cuts_nobody(town) -> None:
    """The middle block lies under the tower but for 4 %, on which the low one stands: that ground stays its own."""
    tower, middle, low = town.rectangle(96, 50), town.rectangle(100, 50, at=(2, 0)), town.rectangle(40, 50, at=(68, 0))
    sites = town.read("rooftop", [tower, middle, low], height_m=[90.0, 40.0, 10.0])
    resolved, rejects = overlaps.resolve({"rooftop": sites})
    assert rejects["detail"].tolist() == ["covered by rooftop-row0"]
    assert resolved["rooftop"].set_index("site_id")["footprint_area_m2"].to_dict() == pytest.approx(
        {"rooftop-row0": 4800.0, "rooftop-row2": 2000.0}
    )


def test_what_a_refused_site_had_refused_comes_back(town) -> None:
    """Three in a row: the first puts out the second, which alone would have put out the third."""
    first, second = town.rectangle(100, 100), town.rectangle(103, 100, at=(1.5, 0))
    third = town.rectangle(3, 100, at=(51.5, 0))
    sites = town.read("rooftop", [first, second, third], height_m=[90.0, 40.0, 10.0])
    resolved, rejects = overlaps.resolve({"rooftop": sites})
    assert resolved["rooftop"]["site_id"].tolist() == ["rooftop-row0", "rooftop-row2"]
    assert rejects["detail"].tolist() == ["covered by rooftop-row0"]


def test_neighbours_wall_to_wall_stay_as_they_are(town) -> None:
    sites = town.read("rooftop", [town.rectangle(20, 10), town.rectangle(20, 10, at=(19.95, 0))])
    resolved, rejects = overlaps.resolve({"rooftop": sites})
    assert resolved["rooftop"] is sites
    assert len(rejects) == 0


def test_nothing_gives_nothing() -> None:
    resolved, rejects = overlaps.resolve({})
    assert resolved == {}
    assert len(rejects) == 0


def test_what_is_left_covers_the_same_ground_once(town) -> None:
    """Sixty squares of all kinds on top of each other: parts add up to their union, whatever order they came in."""
    rng = np.random.default_rng(3)

    def some(n):
        return [
            town.rectangle(*rng.uniform(20, 120, 2), rng.uniform(0, 90), at=tuple(rng.uniform(-200, 200, 2)))
            for _ in range(n)
        ]

    frames = {kind: town.read(kind, some(20)) for kind in SITE_TYPES}
    whole = shapely.union_all(np.concatenate([f.geometry.to_numpy() for f in frames.values()])).area
    resolved, _ = overlaps.resolve(frames)
    kept = np.concatenate([f.geometry.to_numpy() for f in resolved.values()])
    refused = np.concatenate(
        [f.geometry.to_numpy()[~f["site_id"].isin(resolved[kind]["site_id"])] for kind, f in frames.items()]
    )
    covered = shapely.union_all(kept).area
    assert total(resolved) == pytest.approx(shapely.area(kept).sum())
    assert 0.0 <= total(resolved) - covered <= 60.0  # overlaps under 1 m2 stay
    # all that is lost are remnants of refused sites, at most 5 % of each
    remnants = shapely.area(shapely.difference(refused, shapely.union_all(kept)))
    assert whole - covered == pytest.approx(
        shapely.union_all(shapely.difference(refused, shapely.union_all(kept))).area
    )
    assert (remnants <= np.maximum(1.0, 0.05 * shapely.area(refused))).all()
    backwards, _ = overlaps.resolve({kind: frame[::-1].reset_index(drop=True) for kind, frame in frames.items()})
    for kind, frame in resolved.items():
        area = backwards[kind].set_index("site_id")["footprint_area_m2"]
        assert frame.set_index("site_id")["footprint_area_m2"].to_dict() == pytest.approx(area.to_dict())
