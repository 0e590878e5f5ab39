"""Cities known from measured surface models run whole: Göteborg, Athens, and Zurich from CityJSON."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from city import PIPELINES, Run, linked, run, same_rows
from pyproj import CRS
from rasterio.features import shapes

from pvmap import store
from pvmap.settings.city import FileInput
from pvmap.shade.skyline import shade_surfaces
from pvmap.sources.roof_faces import read_roof_planes
from pvmap.stages.ready import prepared, tile_jobs
from pvmap.stages.surroundings import Surroundings
from pvmap.tables.vocabulary import ASSUMED_HEIGHTS


@pytest.fixture(scope="module")
def goteborg(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(PIPELINES / "goteborg.toml", tmp_path_factory.mktemp("goteborg"), shared_data / "terrain/goteborg")


@pytest.fixture(scope="module")
def athens(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    root, source = tmp_path_factory.mktemp("athens"), shared_data / "terrain/athens"
    raw = linked(root / "raw", *source.iterdir())
    with rasterio.open(source / "DSM.tif") as dsm, rasterio.open(source / "DEM.tif") as dem:
        stands_out = dsm.read(1) - dem.read(1) > 2.5
        outlines = shapes(stands_out.astype("uint8"), mask=stands_out, transform=dsm.transform)
        polygons = [shapely.geometry.shape(outline) for outline, _ in outlines]
    large = [polygon for polygon in polygons if polygon.area >= 20]
    gpd.GeoDataFrame(geometry=large, crs=2100).to_file(raw / "footprints.gpkg")
    return run(PIPELINES / "athens.toml", root, raw)


def balance(city: Run) -> pd.Series:
    """Footprint minus what is used, shaded and excluded, per site [m2]."""
    used = city.table("appraisal").set_index("site_id")["used_area_m2"]
    excluded = city.table("exclusions").groupby("site_id")["area_m2"].sum()
    footprint = city.table("sites").set_index("site_id")["footprint_area_m2"]
    return footprint - used.reindex(footprint.index).fillna(0) - excluded.reindex(footprint.index).fillna(0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["goteborg", "athens"])
def test_areas_add_up_and_nothing_failed(name: str, request: pytest.FixtureRequest) -> None:
    city: Run = request.getfixturevalue(name)
    assert not city.report.failures and city.report.index.exists()
    assert balance(city).abs().max() <= 1e-6
    assert city.table("yields")["energy_kwh"].sum() > 0


@pytest.mark.slow
def test_goteborg_takes_heights_where_the_models_reach(goteborg: Run) -> None:
    sites = goteborg.table("sites")
    models = shapely.box(147720.0, 6398557.0, 147954.0, 6398780.0)
    inside = sites.within(models)
    assert (sites.loc[inside, "height_source"] == "surface model").mean() > 0.8
    assert set(sites.loc[~sites.intersects(models), "height_source"]) <= set(ASSUMED_HEIGHTS)
    notes = " ".join(found["sentence_en"] for found in goteborg.record["findings"])
    assert "take it from there" in notes and "have no height" in notes  # footprints reach beyond the models


@pytest.mark.slow
def test_goteborg_roofs_are_measured_where_the_model_reaches(goteborg: Run) -> None:
    sites, surfaces = goteborg.table("sites").set_index("site_id"), goteborg.table("surfaces")
    measured = surfaces[surfaces["measured"]]
    assert (sites.loc[measured["site_id"].unique(), "confidence"] == "A").all()
    assert set(sites.loc[surfaces.loc[~surfaces["measured"], "site_id"], "confidence"]) == {"D"}  # use is not known
    assert measured["surface_tilt"].le(60.0).all()
    assert (measured["mounting"] == "flush").any() and (measured["mounting"] == "rack").any()
    reasons = goteborg.table("exclusions")
    told = reasons[reasons["site_id"].isin(measured["site_id"]) & (reasons["reason"] == "obstacles")]
    assert told["clause"].str.contains("measured").all()


@pytest.mark.slow
def test_goteborg_rows_keep_clear_in_its_own_window(goteborg: Run) -> None:
    """GB 50797's 9 to 15 h would leave hardly a row at 57.7 N; 11 to 13 h leaves about one third of a roof."""
    racks = goteborg.table("surfaces").query("mounting == 'rack'")
    assert racks["gcr"].between(0.2, 0.5).all()


@pytest.mark.slow
def test_layers_for_a_gis(goteborg: Run) -> None:
    points = gpd.read_parquet(goteborg.processed / "roof_points.parquet")
    surfaces = goteborg.table("surfaces").set_index("surface_id")
    owner = surfaces.loc[points["surface_id"]]
    assert shapely.intersects(owner.geometry.to_numpy(), points.geometry.to_numpy()).all()
    usable = points.groupby("surface_id")["usable"].mean()
    share = goteborg.table("shade").set_index("surface_id")["usable_share"]
    assert np.allclose(usable, share.loc[usable.index])
    assert set(usable.index) == set(surfaces.index)
    with rasterio.open(goteborg.processed / "solar.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert CRS.from_wkt(file.crs.to_wkt()).equals(CRS(3007), ignore_axis_order=True)
        assert file.bounds == (147720.0, 6398557.0, 147954.0, 6398780.0)
        irradiance, sky_view = file.read()
    weather = goteborg.table("weather")
    open_sky = weather["ghi"].sum() / 1000
    assert np.nanmax(irradiance) == pytest.approx(open_sky, rel=0.02)
    assert (irradiance[np.isfinite(irradiance)] >= 0).all()
    assert sky_view[np.isfinite(sky_view)].max() <= 1 + 1e-5
    assert np.corrcoef(irradiance.ravel(), sky_view.ravel())[0, 1] > 0.5


@pytest.mark.slow
def test_tiles_change_no_number(goteborg: Run, shared_data: Path, tmp_path: Path) -> None:
    text = (PIPELINES / "goteborg.toml").read_text(encoding="utf-8")
    (tmp_path / "goteborg.toml").write_text(f"{text}\n[run]\nsites_per_tile = 40\n", encoding="utf-8")
    cut = run(tmp_path / "goteborg.toml", tmp_path, shared_data / "terrain/goteborg")
    assert len(cut.parts) > 3
    for name in ("surfaces", "shade", "yields"):
        same_rows(goteborg.table(name), cut.table(name), ["surface_id"])


def settings_share(city: Run, name: str) -> float:
    """Share of a roof of no known use."""
    return float(getattr(city.job.settings.rooftop, f"{name}_share").other)


@pytest.mark.slow
def test_athens_is_all_measured(athens: Run) -> None:
    sites, surfaces = athens.table("sites"), athens.table("surfaces")
    assert set(sites["height_source"]) == {"surface model"}
    assert surfaces["measured"].mean() > 0.9
    # its roofs are level blocks, on which no obstacle was seen: what obstacles usually take is taken off
    codes = {found["code"]: found for found in athens.record["findings"]}
    assert codes["dsm-drawn"]["count"] == codes["dsm-drawn"]["total"] == len(sites)
    taken = athens.table("exclusions").query("reason == 'obstacles'")["area_m2"].sum()
    left = surfaces["plan_area_m2"].sum() / (settings_share(athens, "access") * settings_share(athens, "structure"))
    assert taken == pytest.approx(left * (1 / settings_share(athens, "obstacle_free") - 1), rel=0.02)
    with rasterio.open(athens.processed / "solar.tif") as file:
        irradiance, _ = file.read()
    assert np.nanmax(irradiance) == pytest.approx(athens.table("weather")["ghi"].sum() / 1000, rel=0.02)


@pytest.mark.slow
def test_boxes_take_nothing_from_roofs_that_the_model_has_measured(athens: Run) -> None:
    """The model shows ridges and trees as they are: with its skyline the boxes of measured buildings do not count."""
    settings, (raw, processed, _) = athens.job.settings, athens.job.folders
    city = prepared(settings, raw, processed)
    job = tile_jobs(settings, raw, processed, city)[0]
    surfaces = athens.table("surfaces")
    around = Surroundings.around(surfaces, job)
    boxes, both, alone = (
        shade_surfaces(surfaces, buildings, around.terrain, model, settings=settings.shade).neighbours.sky_view_factor
        for buildings, model in ((around.boxes, None), (around.boxes, around.surface), (None, around.surface))
    )
    assert around.surface is not None
    inside = [around.surface.has_measured(shapely.get_coordinates(one)).all() for one in surfaces.geometry]
    assert np.mean(inside) > 0.8
    np.testing.assert_allclose(both[inside], alone[inside], atol=1e-4)  # the terrain is seen from other heights
    assert (both <= alone + 1e-6).all()  # beyond the model's edge boxes still stand
    assert both[inside].mean() < boxes[inside].mean() - 0.005  # trees and roof details, which boxes do not know


ZURICH = """
[city]
name = "zurich"
title_zh = "苏黎世"
title_en = "Zurich"
crs = "EPSG:2056"
utc_offset_hours = 1.0

[[inputs.buildings]]
path = "footprints.gpkg"
default_use = "residential_low"

[inputs.roofs_cityjson]
path = "zurich_subset_lod2.city.json"

[[weather.points]]
format = "pvgis"
path = "tmy_45.000_8.000_2005_2023.csv"
"""


def test_zurich_takes_its_planes_from_cityjson(shared_data: Path, tmp_path: Path) -> None:
    """Planes of the file become surfaces; obstacles, which LoD2 does not know, are still assumed."""
    model = shared_data / "buildings/cityjson/zurich_subset_lod2.city.json"
    raw = linked(tmp_path / "raw", model, shared_data / "weather/tmy_45.000_8.000_2005_2023.csv")
    planes = read_roof_planes(FileInput(path=model.name), raw, CRS(2056))
    footprints = planes.dissolve("building").reset_index()[["building", "geometry"]]
    footprints.to_file(raw / "footprints.gpkg")
    (tmp_path / "zurich.toml").write_text(ZURICH, encoding="utf-8")
    city = run(tmp_path / "zurich.toml", tmp_path, raw)
    assert not city.report.failures
    assert balance(city).abs().max() <= 1e-6
    surfaces = city.table("surfaces")
    assert surfaces["measured"].mean() > 0.95
    flush = surfaces[surfaces["measured"] & (surfaces["mounting"] == "flush")]
    true = np.unique(np.round(planes["surface_tilt"].to_numpy(), 6))
    assert np.isin(np.round(flush["surface_tilt"].to_numpy(), 6), true).all()
    graded = city.table("sites").set_index("site_id").loc[surfaces["site_id"], "confidence"]
    assert (graded == "A").mean() > 0.95
    assert store.read_json(city.processed / "run.json")["totals"]["rooftop"]["n_sites"] > 20
