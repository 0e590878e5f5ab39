"""Fishponds: size, width, cluster, dykes, banned water, density, and that tiles change nothing."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground
from pvmap.sites.fishpond import prepare
from pvmap.sites.masks import LoadedMask


def place(town, polygons, settings=None, **columns):
    return town.place("fishpond", town.read("fishpond", polygons, settings, **columns), settings)


def test_density(town) -> None:
    """10 ha with dykes in the polygon: 8.5 ha of water at 0.511, about 1.0 MWp a gross hectare."""
    placed = place(town, [town.rectangle(400, 250)], includes_dykes=["yes"])
    (surface,) = placed.surfaces.itertuples()
    assert surface.plan_area_m2 == pytest.approx(85_000)
    assert surface.gcr == pytest.approx(0.511, abs=5e-4)
    assert (surface.surface_tilt, surface.surface_azimuth, surface.mounting) == (12.0, 180.0, "pond")
    assert (surface.albedo, surface.height_m) == (0.07, 2.5)
    per_gross_ha = surface.capacity_limit_kwp / 1e3 / 10.0
    print(f"pond: {per_gross_ha:.3f} MWp per gross ha (expected about 1.0, observed 0.94-1.07)")
    assert per_gross_ha == pytest.approx(1.0, abs=0.05)
    assert town.excluded(placed) == {"dykes": pytest.approx(15_000)}
    assert placed.exclusions["clause"].str.contains("unverified").all()


def test_projection_over_the_water_is_the_cap(town) -> None:
    (surface,) = place(town, [town.rectangle(400, 250)]).surfaces.itertuples()
    modules_m2 = surface.capacity_limit_kwp / 0.600 * 2.583
    assert modules_m2 * np.cos(np.radians(12.0)) / surface.plan_area_m2 == pytest.approx(0.50, abs=1e-3)


@pytest.mark.parametrize(
    ("length", "width", "reason"),
    [
        (1000, 60, None),
        (1700, 30.0, None),
        (1800, 29.5, "pond too narrow"),
        (1800, 29.0, "pond too narrow"),
        (54.9, 54.5, "pond too small"),  # 2,992 m2
        (54.9, 54.9, "cluster too small"),  # 3,014 m2, alone
        (250, 199, "cluster too small"),
        (250, 201, None),
    ],
)
def test_size_width_cluster(town, length, width, reason) -> None:
    placed = place(town, [town.rectangle(length, width, 30)])
    assert town.excluded(placed) == ({reason: pytest.approx(length * width)} if reason else {})


@pytest.mark.parametrize(("gap", "together"), [(99.0, True), (101.0, False)])
def test_ponds_within_100_m_form_a_cluster(town, gap, together) -> None:
    """Two ponds of 3 ha each."""
    polygons = [town.rectangle(200, 150), town.rectangle(200, 150, at=(200 + gap, 0))]
    assert bool(len(place(town, polygons).surfaces)) is together


def test_ponds_that_fail_a_rule_do_not_bridge_a_cluster(town) -> None:
    ditch = town.rectangle(90, 10, at=(150, 0))
    polygons = [town.rectangle(200, 150), ditch, town.rectangle(200, 150, at=(301, 0))]
    assert len(place(town, polygons).surfaces) == 0


@pytest.mark.parametrize(("kind", "banned"), [("river", True), ("Reservoir", True), ("water", False), ("", False)])
def test_rivers_lakes_and_reservoirs_are_banned(town, kind, banned) -> None:
    placed = place(town, [town.rectangle(400, 250)], water_type=[kind])
    assert bool(len(placed.surfaces)) is not banned
    if banned:
        assert placed.exclusions["reason"].tolist() == ["river, lake or reservoir"]
        assert "水河湖〔2022〕216号" in placed.exclusions["clause"].iloc[0]


def test_prepare_leaves_other_kinds_alone_and_tiles_change_nothing(town) -> None:
    rng = np.random.default_rng(5)
    polygons = [
        town.rectangle(*rng.uniform(40, 200, 2), rng.uniform(0, 90), at=tuple(rng.uniform(-1500, 1500, 2)))
        for _ in range(60)
    ]
    settings = town.settings()
    sites = pd.concat(
        [town.read("fishpond", polygons), town.read("mine", [town.rectangle(500, 500)])], ignore_index=True
    )
    prepared = prepare(gpd.GeoDataFrame(sites, crs=town.crs), settings)
    assert prepared.loc[prepared["site_type"] == "mine", "cluster_area_m2"].tolist() == [0.0]
    ponds = prepared[prepared["site_type"] == "fishpond"].reset_index(drop=True)
    ground = Ground(town.crs, town.latitude)
    whole = SITE_TYPES["fishpond"].place(ponds, ground, settings)
    halves = [
        SITE_TYPES["fishpond"].place(ponds[rows], ground, settings)
        for rows in (ponds.index % 2 == 0, ponds.index % 2 == 1)
    ]
    apart = pd.concat([h.surfaces for h in halves]).set_index("surface_id").sort_index()
    assert apart["capacity_limit_kwp"].equals(whole.surfaces.set_index("surface_id").sort_index()["capacity_limit_kwp"])


def masked(*polygons) -> tuple[LoadedMask, ...]:
    return (LoadedMask("reserve", "a clause (unverified; judgement: test)", np.array(polygons, object)),)


def test_each_piece_that_masks_leave_must_be_large_and_wide_enough(town) -> None:
    """A pond of 1,400 m x 60 m; a mask leaves 900 m, a strip 400 m long and 10 m wide, and a scrap of 0.24 ha."""
    pond = town.rectangle(1400, 60)
    cuts = [((20, 80), (210, 0)), ((400, 50), (420, 5)), ((40, 80), (640, 0))]
    mask = masked(*(town.rectangle(*size, at=at) for size, at in cuts))
    placed = town.place("fishpond", town.read("fishpond", [pond]), masks=mask)
    (surface,) = placed.surfaces.itertuples()
    assert surface.plan_area_m2 == pytest.approx(900 * 60)
    assert surface.geometry.area == pytest.approx(900 * 60)
    excluded = town.excluded(placed)
    assert excluded["pond too narrow"] == pytest.approx(400 * 10)
    assert excluded["pond too small"] == pytest.approx(40 * 60)


@pytest.mark.parametrize(("mask_m", "kept"), [(30.0, 2), (60.0, 2), (80.0, 0)])
def test_clusters_are_of_the_water_that_masks_leave(town, mask_m, kept) -> None:
    """Two ponds of 3 ha, 80 m apart; a mask along the far bank takes up to 80 m of one: 4.8 ha are left of 6."""
    ponds = [town.rectangle(200, 150), town.rectangle(200, 150, at=(280, 0))]
    bank = town.rectangle(mask_m, 200, at=(380 - mask_m / 2, 0))
    placed = town.place("fishpond", town.read("fishpond", ponds), masks=masked(bank))
    assert len(placed.surfaces) == kept


@pytest.mark.parametrize(("mask_m", "kept"), [(15.0, 2), (25.0, 0)])
def test_a_mask_between_ponds_parts_their_cluster(town, mask_m, kept) -> None:
    """Two ponds of 3 ha and 4.5 ha, 80 m apart; a mask along the bank between them widens the gap beyond 100 m."""
    ponds = [town.rectangle(200, 150), town.rectangle(300, 150, at=(330, 0))]
    bank = town.rectangle(mask_m, 200, at=(180 + mask_m / 2, 0))
    placed = town.place("fishpond", town.read("fishpond", ponds), masks=masked(bank))
    assert len(placed.surfaces) == kept


def test_a_mask_of_other_kinds_parts_no_cluster(town) -> None:
    """Two ponds of 3 ha, 80 m apart: what binds roofs and mines alone takes no water."""
    ponds = [town.rectangle(200, 150), town.rectangle(200, 150, at=(280, 0))]
    (bank,) = masked(town.rectangle(100, 200, at=(50, 0)))
    placed = town.place(
        "fishpond", town.read("fishpond", ponds), masks=(replace(bank, applies_to=("rooftop", "mine")),)
    )
    assert placed.surfaces["plan_area_m2"].tolist() == pytest.approx([30_000.0, 30_000.0])


def test_no_pond_prepares_to_no_cluster(town) -> None:
    sites = town.read("mine", [town.rectangle(500, 500)])
    assert prepare(sites, town.settings())["cluster_area_m2"].tolist() == [0.0]
