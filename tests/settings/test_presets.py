"""Presets: a small made-up file of each set's own schema is read with two lines, whatever its format has done to it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pydantic import ValidationError
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.presets import names, preset
from pvmap.sites import SITE_TYPES
from pvmap.sources.vector import VectorLayer, read_vector

METRES = CRS("EPSG:32650")
TWO = [shapely.box(119.45, 32.2, 119.4502, 32.2002), shapely.box(119.46, 32.2, 119.4602, 32.2002)]
BUILDINGS = {
    # preset: ending, CRS, columns of two rows, heights, floors and uses that must come out
    "overture": (
        ".parquet", 4326,
        {"id": ["a", "b"], "height": [7.5, None], "num_floors": [2, 9], "class": ["warehouse", None],
         "subtype": ["commercial", "residential"]},
        [7.5, None], [2, 9], ["industrial_concrete", "residential_high"],
    ),
    "osm": (
        ".gpkg", 4326,
        {"osm_id": ["1", None], "osm_way_id": [None, "2"], "building": ["school", "yes"],
         "amenity": [None, "hospital"], "height": ["12 m", None], "building:levels": [None, "3"]},
        [12, None], [None, 3], ["education", "other"],
    ),
    "geofabrik": (
        ".shp", 4326, {"osm_id": ["1", "2"], "code": [1500, 1500], "fclass": ["building"] * 2, "type": ["house", None]},
        None, None, ["residential_low", "other"],
    ),
    "cmab": (
        ".shp", 3857,
        {"Shape_id": [1, 2], "pred_h_r": [5.0, 30.0], "Floor": [1, 10], "predict": ["工业", "居住"]},
        [5, 30], [1, 10], ["industrial_steel", "residential_high"],
    ),
    "3d-globfp": (".zip", 4326, {"id": [1, 2], "Height": [5.5, 8.0]}, [5.5, 8], None, None),
    "globalbuildingatlas": (
        ".geojson", 4326, {"id": ["x", "y"], "height": [3.0, 4.0], "var": [1.0, 1.0]}, [3, 4], None, None,
    ),
    "microsoft": (".geojson", 4326, {"height": [6.0, -1.0], "confidence": [0.9, -1.0]}, [6, None], None, None),
    "eubucco": (
        ".parquet", 3035, {"id": ["v1", "v2"], "height": [8.0, 9.0], "type": ["residential", "non-residential"]},
        [8, 9], None, ["residential_low", "other"],
    ),
    "fetched": (
        ".parquet", 4326,
        {"id": ["a", "b"], "name": ["", ""], "height": ["7.5", None], "floors": [None, "2"], "use": ["house", None]},
        [7.5, None], [None, 2], ["residential_low", "other"],
    ),
}  # fmt: skip
MINES = {
    "maus-mines": {"ISO3_CODE": ["CHN", "CHN"], "COUNTRY_NAME": ["China"] * 2, "AREA": [0.1, 0.2]},
    "tang-werner-mines": {"FID": [1, 2]},
    "mine-features": {"index_n": [1, 2], "class_name": ["Open pit", "Water body"], "year": [2020, 2020]},
}


def write(folder: Path, ending: str, crs: int, columns: dict) -> str:
    frame = gpd.GeoDataFrame(columns, geometry=TWO, crs=4326).to_crs(crs)
    path = folder / f"set{ending}"
    if ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".zip":
        frame.to_file(folder / "set.shz", driver="ESRI Shapefile", engine="pyogrio")
        (folder / "set.shz").rename(path)
    else:
        frame.to_file(path, encoding="UTF-8") if ending == ".shp" else frame.to_file(path)
    return path.name


def read(folder: Path, name: str, path: str, **more: object) -> tuple[VectorLayer, VectorInput]:
    source = VectorInput.model_validate({"path": path, "preset": name, **more})
    return read_vector(source, folder, METRES), source


@pytest.mark.parametrize("name", BUILDINGS)
def test_buildings_of_a_set(tmp_path: Path, name: str) -> None:
    ending, crs, columns, heights, floors, uses = BUILDINGS[name]
    layer, source = read(tmp_path, name, write(tmp_path, ending, crs, columns))
    assert len(layer.features) == 2
    for ours, wanted in (("height_m", heights), ("floors", floors)):
        got = layer.features[ours].tolist() if ours in layer.features else None
        assert (got is None) == (wanted is None), ours
        if wanted is not None:
            assert [None if pd.isna(value) else value for value in got] == wanted
    if uses is not None:
        settings = Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}})
        sites, _, _ = SITE_TYPES["rooftop"].read([layer], [source], settings)
        assert sites["building_use"].tolist() == uses
    codes = {one.code for one in layer.findings}
    assert ("set-terms" in codes) == (name != "fetched") and "set-columns-absent" not in codes


def test_the_second_column_counts_where_the_first_is_silent(tmp_path: Path) -> None:
    ending, crs, columns, *_ = BUILDINGS["osm"]
    layer, _ = read(tmp_path, "osm", write(tmp_path, ending, crs, columns))
    assert layer.features["id"].tolist() == ["1", "2"]


@pytest.mark.parametrize("name", MINES)
def test_mines_of_a_set(tmp_path: Path, name: str) -> None:
    layer, _ = read(tmp_path, name, write(tmp_path, ".gpkg", 4326, MINES[name]))
    assert len(layer.features) == (1 if name == "mine-features" else 2)


def test_points_of_a_set(tmp_path: Path) -> None:
    text = "GEM Mine ID,Mine Name,Latitude,Longitude\nM1,平山,32.2,119.45\n"
    (tmp_path / "closed.csv").write_text(text, encoding="utf-8")
    source = VectorInput.model_validate({"path": "closed.csv", "preset": "gem-mines"})
    layer = read_vector(source, tmp_path, METRES, kinds=("Point",))
    assert layer.features["name"].tolist() == ["平山"]


def test_points_are_no_sites(tmp_path: Path) -> None:
    """Neither of a set of points nor of a layer that nobody knows: no circle is put in the place of an outline."""
    city = {"name": "a", "title_zh": "", "title_en": ""}
    for kind in ("mines", "fishponds", "buildings"):
        with pytest.raises(ValidationError, match=r"closed\.csv is of gem-mines, which holds points: .*maus-mines"):
            Settings.model_validate({"city": city, "inputs": {kind: [{"path": "closed.csv", "preset": "gem-mines"}]}})
    pits = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[TWO[0], TWO[1].centroid], crs=4326)
    pits[1:].to_file(tmp_path / "points.gpkg")
    with pytest.raises(
        InputError, match=r"points\.gpkg: none of its 1 rows can be used: wrong geometry type.*polygons"
    ):
        read_vector(VectorInput(path="points.gpkg"), tmp_path, METRES)
    pits.to_file(tmp_path / "both.gpkg")
    layer = read_vector(VectorInput(path="both.gpkg"), tmp_path, METRES)
    assert len(layer.features) == 1 and layer.rejects["reason"].tolist() == ["wrong geometry type"]


def test_every_preset_is_tested_and_says_its_terms() -> None:
    assert set(names()) == {*BUILDINGS, *MINES, "gem-mines"}
    for name in names():
        known = preset(name)
        assert known.about and known.licence and (known.attribution or name == "fetched")


@pytest.mark.parametrize("name", ["cmab", "3d-globfp", "globalbuildingatlas", "microsoft"])
def test_modelled_heights_are_doubted_as_such(name: str) -> None:
    assert VectorInput.model_validate({"path": "a", "preset": name}).height_origin == "public_model"
    own = {"path": "a", "preset": name, "height_origin": "surveyed"}
    assert VectorInput.model_validate(own).height_origin == "surveyed"


def test_the_city_file_overrules_a_preset(tmp_path: Path) -> None:
    ending, crs, columns, *_ = BUILDINGS["overture"]
    path = write(tmp_path, ending, crs, columns | {"tall": [99.0, 98.0]})
    layer, _ = read(tmp_path, "overture", path, columns={"height_m": "tall"}, default_use="health")
    assert layer.features["height_m"].tolist() == [99, 98]


@pytest.mark.parametrize("changed", [str.upper, lambda name: name[:10]])
def test_names_that_a_format_has_changed_are_found(tmp_path: Path, changed) -> None:
    _, crs, columns, *_ = BUILDINGS["osm"]
    path = write(tmp_path, ".geojson", crs, {changed(name): values for name, values in columns.items()})
    layer, _ = read(tmp_path, "osm", path)
    assert layer.features["floors"].tolist()[1] == 3


def test_non_commercial_sets_need_a_word() -> None:
    city = {"name": "a", "title_zh": "", "title_en": ""}
    inputs = {"buildings": [{"path": "a.parquet", "preset": "globalbuildingatlas"}]}
    with pytest.raises(ValidationError, match="non_commercial = true"):
        Settings.model_validate({"city": city, "inputs": inputs})
    Settings.model_validate({"city": city, "inputs": inputs, "fetch": {"non_commercial": True}})


def test_a_preset_that_is_none() -> None:
    with pytest.raises(ValidationError, match=r"no preset is called '\.\./x'; there are 3d-globfp"):
        VectorInput.model_validate({"path": "a", "preset": "../x"})
