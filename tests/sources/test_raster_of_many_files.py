"""A raster in many files gives what it gives in one; files that do not fit each other are refused."""

from __future__ import annotations

import glob
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from pyproj import CRS
from rasterio.transform import from_origin
from rasterio.windows import Window, transform

from pvmap.config import load, require_inputs
from pvmap.errors import ConfigError, InputError
from pvmap.opening import matching
from pvmap.settings.city import RasterInput, Settings, SurfaceInput, VectorInput
from pvmap.settings.surface_model import SurfaceModelSettings
from pvmap.sites.roof_planes import fit_roof_planes
from pvmap.sources.dataset import files_of
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.surface_model import heights_above_ground, read_surface
from pvmap.sources.vector import read_vector
from pvmap.stages.stamp import input_files, prepare_stamp

METRIC = CRS.from_epsg(4549)
EAST, NORTH = 450_000.0, 3_550_000.0
CITY = {"name": "t", "title_zh": "t", "title_en": "t"}


def write(path: Path, values: np.ndarray, east: float = EAST, cell: float = 1.0, **more) -> None:
    path.parent.mkdir(exist_ok=True)
    values = np.asarray(values)
    profile = {"crs": "EPSG:4549", "transform": from_origin(east, NORTH, cell, cell), "dtype": values.dtype} | more
    scale = profile.pop("scale", None)
    rows, columns = values.shape
    with rasterio.open(path, "w", driver="GTiff", count=1, height=rows, width=columns, **profile) as file:
        file.write(values, 1)
        if scale:
            file.scales, file.offsets = [scale[0]], [scale[1]]


def split(source: Path, folder: Path, parts: tuple[int, int], overlap: int) -> list[str]:
    """Cut a raster into files, each `overlap` cells larger to the south and east; their names, row by row."""
    folder.mkdir(exist_ok=True)
    names = []
    with rasterio.open(source) as whole:
        edges = [np.linspace(0, n, k + 1).astype(int) for n, k in zip((whole.height, whole.width), parts, strict=True)]
        for row in range(parts[0]):
            for column in range(parts[1]):
                top, left = edges[0][row], edges[1][column]
                low = min(edges[0][row + 1] + overlap, whole.height)
                right = min(edges[1][column + 1] + overlap, whole.width)
                window = Window(left, top, right - left, low - top)
                size = {"height": low - top, "width": right - left, "transform": transform(window, whole.transform)}
                names.append(f"{folder.name}/{row}{column}.tif")
                with rasterio.open(folder.parent / names[-1], "w", **(whole.profile | size)) as tile:
                    tile.write(whole.read(window=window))
    return names


@pytest.fixture(scope="module")
def goteborg(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Surface and ground model as one file each, in two and in four files, the latter overlapping."""
    raw, source = tmp_path_factory.mktemp("goteborg"), shared_data / "terrain/goteborg"
    for kind in ("DSM", "DEM"):
        (raw / f"{kind}.tif").write_bytes((source / f"{kind}_KRbig.tif").read_bytes())
        split(raw / f"{kind}.tif", raw / f"{kind}2", (1, 2), 0)
        split(raw / f"{kind}.tif", raw / f"{kind}4", (2, 2), 7)
    return raw


FOUR = [f"DSM4/{row}{column}.tif" for row in (0, 1) for column in (0, 1)]
MANY = ["DSM2/*.tif", "DSM?/0*.tif", ["DSM2/01.tif", "DSM2/00.tif"], FOUR, FOUR[::-1], ["DSM4/1*.tif", "DSM4/0*.tif"]]


@pytest.fixture(scope="module")
def buildings(shared_data: Path) -> gpd.GeoSeries:
    folder = shared_data / "terrain/goteborg"
    source = VectorInput(path="buildings.shp", encoding="ISO-8859-1")
    return read_vector(source, folder, gpd.read_file(folder / "buildings.shp").crs).features.geometry


@pytest.mark.parametrize("cell_m", [None, 0.7, 5.0])
@pytest.mark.parametrize("path", MANY, ids=str)
def test_values_of_many_files_are_those_of_the_one(goteborg: Path, buildings, path, cell_m) -> None:
    crs = CRS(buildings.crs)
    one, many = SurfaceInput(path="DSM.tif"), SurfaceInput.model_validate({"path": path})
    assert Raster(goteborg, many).cell_m(crs) == Raster(goteborg, one).cell_m(crs)
    whole = Raster(goteborg, one).extent(crs)
    assert Raster(goteborg, many).extent(crs) == whole
    middle = (whole[0] + whole[2]) / 2, whole[3] - 60.0
    for bounds in (whole, (middle[0] - 30, middle[1] - 40, middle[0] + 35, middle[1] + 50)):
        expected, found = (read_window(source, goteborg, crs, bounds, cell_m) for source in (one, many))
        assert expected is not None and found is not None
        np.testing.assert_array_equal(found.values, expected.values)


@pytest.mark.slow
def test_heights_and_planes_of_many_files_are_those_of_the_one(goteborg: Path, buildings: gpd.GeoSeries) -> None:
    one = heights_above_ground(
        buildings, SurfaceInput(path="DSM.tif"), RasterInput(path="DEM.tif"), goteborg, SurfaceModelSettings()
    )
    assert np.isfinite(one).any()
    roofs, rules, planes = (
        buildings[np.isfinite(one)].to_numpy(),
        Settings.model_validate({"city": CITY}).roof_planes,
        [],
    )
    for dsm, dem in (("DSM.tif", "DEM.tif"), (FOUR[::-1], "DEM2/*.tif")):
        surface, ground = SurfaceInput.model_validate({"path": dsm}), RasterInput(path=dem)
        height = heights_above_ground(buildings, surface, ground, goteborg, SurfaceModelSettings())
        np.testing.assert_array_equal(height, one)
        crs = CRS(buildings.crs)
        grid = read_surface(surface, ground, goteborg, crs, Raster(goteborg, surface).extent(crs))
        assert grid is not None
        planes.append(fit_roof_planes(roofs, grid, rules, crs))
    assert len(planes[0]) > 5 and planes[0].equals(planes[1])


def test_what_stands_above_ground_may_be_many_files(tmp_path: Path) -> None:
    write(tmp_path / "n/a.tif", np.full((10, 10), 3.0, "float32"))
    write(tmp_path / "n/b.tif", np.full((10, 10), 5.0, "float32"), EAST + 10)
    write(tmp_path / "dem.tif", np.full((10, 20), 20.0, "float32"))
    dsm = SurfaceInput(path="n/*.tif", above_ground=True)
    grid = read_surface(dsm, RasterInput(path="dem.tif"), tmp_path, METRIC, (EAST, NORTH - 10, EAST + 20, NORTH))
    assert grid is not None
    np.testing.assert_array_equal(grid.values[:, [0, 19]], [[23.0, 25.0]] * 10)


def test_the_first_file_with_a_value_counts(tmp_path: Path) -> None:
    """Each file has a mark, a type and a scale of its own for what it misses and holds."""
    first = np.full((4, 6), 10.0, "float32")
    first[:, 4] = -9999.0
    write(tmp_path / "b.tif", first, nodata=-9999.0)
    second = np.full((4, 6), 1200, "int16")
    second[0] = 0
    write(tmp_path / "a.tif", second, EAST + 3, nodata=0, scale=(0.01, 1.0))
    bounds = (EAST, NORTH - 4, EAST + 12, NORTH)
    grid = read_window(RasterInput.model_validate({"path": ["b.tif", "a.tif"]}), tmp_path, METRIC, bounds)
    assert grid is not None
    top = [10.0] * 4 + [np.nan, 10.0] + [np.nan] * 6
    rest = [10.0] * 4 + [13.0, 10.0] + [13.0] * 3 + [np.nan] * 3
    np.testing.assert_allclose(grid.values, [top, rest, rest, rest])
    turned = read_window(RasterInput(path="[ab].tif"), tmp_path, METRIC, bounds)  # by name: a, then b
    assert turned is not None
    np.testing.assert_allclose(turned.values[1], [10.0] * 3 + [13.0] * 6 + [np.nan] * 3)


def test_a_stated_nodata_holds_in_every_file(tmp_path: Path) -> None:
    for number in range(2):
        values = np.full((4, 4), 7.0, "float32")
        values[1, 1] = 0.0
        write(tmp_path / f"{number}.tif", values, EAST + 4 * number)
    source = RasterInput(path="?.tif", nodata=0.0)
    grid = read_window(source, tmp_path, METRIC, (EAST, NORTH - 4, EAST + 8, NORTH))
    assert grid is not None
    assert np.argwhere(np.isnan(grid.values)).tolist() == [[1, 1], [1, 5]]


def test_a_file_that_lies_elsewhere_is_not_read(tmp_path: Path) -> None:
    """The broken file would end every reading of its cells."""
    values = np.random.default_rng(1).random((200, 200)).astype("float32")
    write(tmp_path / "a.tif", values)
    write(tmp_path / "b.tif", values, EAST + 200)
    (tmp_path / "b.tif").write_bytes((tmp_path / "b.tif").read_bytes()[:1000])  # all but its head is lost
    source = RasterInput(path="?.tif")
    grid = read_window(source, tmp_path, METRIC, (EAST, NORTH - 100, EAST + 100, NORTH))
    assert grid is not None
    np.testing.assert_array_equal(grid.values, values[:100, :100])
    with pytest.raises(InputError, match=r"cannot be read"):
        read_window(source, tmp_path, METRIC, (EAST + 250, NORTH - 100, EAST + 300, NORTH))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"crs": "EPSG:4548"}, "share a CRS"),
        ({"cell": 2.0}, "size of their cells"),
        ({"east": EAST + 4.4}, "beside the cells"),
        ({"transform": from_origin(EAST, NORTH, 1, 1) @ rasterio.Affine.rotation(5)}, "rotated"),
    ],
)
def test_files_that_do_not_fit_are_refused_by_name(tmp_path: Path, more: dict, said: str) -> None:
    write(tmp_path / "a.tif", np.ones((4, 4), "float32"))
    write(tmp_path / "odd.tif", np.ones((4, 4), "float32"), **({"east": EAST + 4} | more))
    with pytest.raises(InputError, match=rf"odd\.tif .*{said}.*warp"):
        read_window(RasterInput(path="*.tif"), tmp_path, METRIC, (EAST, NORTH - 4, EAST + 8, NORTH))


def test_every_file_comes_through_the_door(tmp_path: Path) -> None:
    write(tmp_path / "d/a.tif", np.ones((4, 4), "float32"))
    (tmp_path / "d/b.tif").write_text("<VRTDataset><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>")
    with pytest.raises(InputError, match=r"b\.tif|passwd"):
        read_window(RasterInput(path="d/*"), tmp_path, METRIC, (EAST, NORTH - 4, EAST + 8, NORTH))
    (tmp_path / "d/b.tif").write_text("no raster")
    with pytest.raises(InputError, match=r"b\.tif cannot be read"):
        read_window(RasterInput(path="d/*"), tmp_path, METRIC, (EAST, NORTH - 4, EAST + 8, NORTH))


@pytest.mark.parametrize("pattern", ["../*.tif", "d/../../*.tif", "/etc/*"])
def test_a_pattern_never_leaves_the_raw_folder(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "raw").mkdir()
    write(tmp_path / "a.tif", np.ones((4, 4), "float32"))
    with pytest.raises(ConfigError, match="is a pattern that leaves"):
        files_of(RasterInput(path=pattern), tmp_path / "raw")


@pytest.mark.parametrize(
    "pattern", ["**/*.tif", "**", "t/**/*.tif", "**/t/*", "*/**/b.tif", "**/u/**/*.tif", "?/*.tif"]
)
def test_any_folders_are_those_of_the_shell(tmp_path: Path, pattern: str) -> None:
    for name in ("a.tif", "t/a.tif", "t/u/b.tif", "t/u/v/c.tif", "w/b.tif", ".h/a.tif", "t/.a.tif", "w/t/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shell = {tmp_path / one for one in glob.glob(pattern, root_dir=tmp_path, recursive=True)}
    assert set(matching(tmp_path, pattern)) == {one for one in shell if one.is_file()}


def test_any_folders_are_looked_into_once_though_links_lead_in_circles(tmp_path: Path) -> None:
    raw, elsewhere = tmp_path / "raw", tmp_path / "elsewhere"
    for folder in (raw / "t", elsewhere):
        folder.mkdir(parents=True)
        (folder / "a.tif").touch()
    for name in "xyz":
        (raw / "t" / name).symlink_to(raw)
    (raw / "far").symlink_to(elsewhere)
    assert matching(raw, "**/*.tif") == [raw / "far" / "a.tif", raw / "t" / "a.tif"]


def test_a_pattern_that_matches_nothing_is_told(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"city": CITY, "inputs": {"dsm": {"path": ["a.tif", "dsm/*.tif"], "origin": "the survey office"}}}
    )
    with pytest.raises(InputError, match=r"(?s)2 input file.*a\.tif.*dsm/\*\.tif  \(inputs\.dsm\).*survey office"):
        require_inputs(settings, tmp_path)
    with pytest.raises(InputError, match=r"dsm/\*\.tif: no file matches this pattern; put"):
        files_of(RasterInput(path="dsm/*.tif"), tmp_path)


def test_what_is_there_under_the_very_name_is_no_pattern(tmp_path: Path) -> None:
    write(tmp_path / "dsm [1].tif", np.ones((4, 4), "float32"))
    write(tmp_path / "dsm 1.tif", np.ones((4, 4), "float32"))
    assert files_of(RasterInput(path="dsm [1].tif"), tmp_path) == [tmp_path / "dsm [1].tif"]


def test_what_lies_beside_a_file_is_no_file_of_its_own(tmp_path: Path) -> None:
    for number in range(2):
        write(tmp_path / f"d/{number}.tif", np.ones((4, 4), "float32"), EAST + 4 * number)
        (tmp_path / f"d/{number}.tif.aux.xml").write_text("<PAMDataset/>")
    (tmp_path / "d/.hidden").write_text("of the system")
    source = RasterInput(path="d/*")
    assert read_window(source, tmp_path, METRIC, (EAST, NORTH - 4, EAST + 8, NORTH)) is not None
    assert {one.name for one in files_of(source, tmp_path)} == {
        f"{n}.tif{end}" for n in "01" for end in ("", ".aux.xml")
    }


def test_a_changed_or_added_file_changes_the_stamp(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"d/{number}.tif", np.ones((4, 4), "float32"), EAST + 4 * number)
    settings = Settings.model_validate({"city": CITY, "inputs": {"dsm": {"path": "d/*.tif"}}})
    assert sorted(input_files(settings, tmp_path)) == ["d/0.tif", "d/1.tif", "d/2.tif"]
    seen = [prepare_stamp(settings, tmp_path)]
    bounds = (EAST, NORTH - 4, EAST + 16, NORTH)
    assert np.nanmax(read_window(settings.inputs.dsm, tmp_path, METRIC, bounds).values) == 1.0
    write(tmp_path / "d/1.tif", np.full((4, 4), 2.0, "float32"), EAST + 4)
    seen.append(prepare_stamp(settings, tmp_path))
    assert np.nanmax(read_window(settings.inputs.dsm, tmp_path, METRIC, bounds).values) == 2.0
    write(tmp_path / "d/3.tif", np.full((4, 4), 3.0, "float32"), EAST + 12)
    seen.append(prepare_stamp(settings, tmp_path))
    assert np.nanmax(read_window(settings.inputs.dsm, tmp_path, METRIC, bounds).values) == 3.0
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("[]", "names at least one"),
        ("5", "valid string"),
        ('["a.tif", 5]', "nothing but paths"),
        ('["https://x/a.tif"]', "an address"),
    ],
)
def test_a_list_is_checked_like_a_path(tmp_path: Path, path: str, said: str) -> None:
    head = '[city]\nname = "t"\ntitle_zh = "t"\ntitle_en = "t"\n'
    (tmp_path / "t.toml").write_text(f"{head}[inputs.dsm]\npath = {path}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load(tmp_path / "t.toml")


def test_a_list_is_read_back_as_it_was_written() -> None:
    source = RasterInput.model_validate({"path": ["高程/a.tif", "b/*.tif"]})
    assert source.paths == ("高程/a.tif", "b/*.tif")
    assert RasterInput.model_validate_json(source.model_dump_json()) == source


@pytest.mark.parametrize("how", ["mask", "alpha", "alpha of fractions"])
def test_masks_hold_in_every_file_or_are_refused(tmp_path: Path, how: str) -> None:
    seen = np.full((4, 4), 255)
    seen[1, 1] = 0
    dtype = "float32" if how == "alpha of fractions" else "uint16"
    profile = {"driver": "GTiff", "height": 4, "width": 4, "dtype": dtype, "crs": "EPSG:4549"}
    profile |= {"count": 1} if how == "mask" else {"count": 2, "alpha": "yes"}
    for number in range(2):
        place = from_origin(EAST + 4 * number, NORTH, 1, 1)
        with (
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
            rasterio.open(tmp_path / f"{number}.tif", "w", transform=place, **profile) as file,
        ):
            file.write(np.full((4, 4), 5, dtype), 1)
            if how == "mask":
                file.write_mask(seen.astype("uint8"))
            else:
                file.write((seen * 257 if dtype == "uint16" else seen).astype(dtype), 2)
    bounds = (EAST, NORTH - 4, EAST + 8, NORTH)
    if how == "alpha of fractions":
        with pytest.raises(InputError, match=r"0\.tif marks what is missing by an alpha band; write"):
            read_window(RasterInput(path="?.tif"), tmp_path, METRIC, bounds)
        return
    grid = read_window(RasterInput(path="?.tif"), tmp_path, METRIC, bounds)
    assert grid is not None
    assert np.argwhere(np.isnan(grid.values)).tolist() == [[1, 1], [1, 5]]
