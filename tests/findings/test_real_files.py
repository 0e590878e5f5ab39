"""Public files of many makers, each read by a short city file, with the findings it truly deserves and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from pvmap import pipeline, store
from pvmap.config import file_inputs, load
from pvmap.errors import InputError
from pvmap.findings import Finding

CITIES = Path(__file__).parent / "cities"
# a building or a mine drawn where a raster or an outline has none: west, south, side [m], CRS
DRAWN = {
    "athens": (476950, 4206000, 20, 2100),
    "zhenjiang": (485000, 3565000, 20, 4549),
    "baltoro": (614000, 3958000, 300, 32643),
}
MODELLED = {"weather-uncorrected"}  # said of every reanalysis and typical file
ABROAD = {"rules-of-another-country"}  # they name no country
SHANGHAI = MODELLED | {"weather-tmyx-lag"}
PVGIS = MODELLED | {"weather-unlit-hours"}  # 37 hours of a high sun, two whole days among them, are 0
DESERVED = {
    # every id is 0; heights are storeys of three metres by their maker
    "suzhou": SHANGHAI | {"uses-missing", "ids-repeated"},
    # no height, ten invalid outlines, buildings within buildings, and no weather of its own
    # roofs of half a hectare and more, each with a small one inside
    "boulder": ABROAD
    | {"sites-hold-others"}
    | {"weather-synthetic", "typical-year-outside-its-region", "uses-missing", "heights-assumed"}
    | {"parts-folded", "polygons-repaired", "rows-counted-elsewhere"},
    # footprints reach beyond the rasters; Latin-1 names without a .cpg; weather without wind and in UTC
    "goteborg": MODELLED
    | ABROAD
    | {"weather-no-wind", "weather-year-wrapped", "heights-measured", "dsm-cells-filled", "uses-missing"}
    | {"heights-of-neighbours", "encoding-guessed", "polygons-repaired", "mask-covers-part", "ground-missing"},
    "athens": MODELLED | ABROAD | {"heights-measured", "uses-missing"},
    # clipped and repeated at tile edges, half without height, outlines around parts, some as high as two of them,
    # heights of 0
    "shanghai": SHANGHAI
    | {
        "uses-missing",
        "sites-hold-others",
        "heights-of-neighbours",
        "outlines-refused",
        "parts-folded",
        "reader-remark",
        "zeros-are-missing",
    }
    | {"rows-counted-elsewhere"},
    "shenzhen": SHANGHAI | {"uses-missing", "polygons-repaired", "weather-far-from-city"},
    "tokyo": SHANGHAI
    | ABROAD
    | {"uses-missing", "polygons-repaired", "rows-counted-elsewhere", "weather-far-from-city"}
    | {"weather-other-time-zone"},
    # the weather is that of a place south of the Alps
    "zurich": PVGIS | ABROAD | {"uses-missing", "weather-far-from-city"},
    "delft": PVGIS | ABROAD | {"uses-missing", "weather-far-from-city"},
    "rotterdam": PVGIS | ABROAD | {"uses-missing", "weather-far-from-city"},
    "zhenjiang": {"weather-synthetic", "uses-missing", "heights-assumed"},
    # cells of 90 m
    "baltoro": PVGIS
    | ABROAD
    | {"weather-pvgis-epw-clock", "weather-far-from-city", "weather-other-time-zone", "coarse-terrain-hides-walls"}
    | {"weather-other-altitude"},  # that of a plain
    # water of every size, one lake of many square kilometres, its kind in English words nobody has translated
    "hangzhou": {"weather-synthetic", "typical-year-outside-its-region", "water-words-not-known", "site-too-large"}
    | {"sites-impossible", "ground-missing"}
    | {"sites-hold-others"}  # a wetland park that holds its ponds
    | {"dykes-not-told"},
    # a lake, and two plots of a class of land use on which no water lies
    "wuxi": {"weather-synthetic", "site-too-large", "mask-touches-nothing", "dykes-not-told"},
}
# counts that the makers of the files, or a look at them, tell as well
COUNTED = {
    ("boulder", "polygons-repaired"): 10,
    ("boulder", "heights-assumed"): 13523,
    ("goteborg", "polygons-repaired"): 2,
    ("goteborg", "uses-missing"): 137,
    ("tokyo", "polygons-repaired"): 3,
    ("shanghai", "zeros-are-missing"): 4,
}
REFUSED = {
    "chiayi": "no geometry",  # a register
    "hongkong": "missing for",  # measured, with gaps of days
    "golden": "no whole calendar year",  # a summer
}


@pytest.fixture(scope="module")
def raw(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a link to every shared file."""
    folder = tmp_path_factory.mktemp("raw")
    for file in shared_data.rglob("*"):
        if file.is_file():
            (folder / file.name).symlink_to(file)
    return folder


def drawn(name: str, raw: Path) -> None:
    """Draw the one site of a city that has no file of them."""
    (raw / "drawn.geojson").unlink(missing_ok=True)
    if name in DRAWN:
        west, south, side, crs = DRAWN[name]
        box = shapely.box(west, south, west + side, south + side)
        gpd.GeoDataFrame(geometry=[box], crs=crs).to_crs(4326).to_file(raw / "drawn.geojson")


def read(name: str, raw: Path, root: Path) -> tuple[dict[str, dict[str, int]], list[Finding], int]:
    """Read a city: counts by layer, findings, rows in the table of rejects."""
    drawn(name, raw)
    job = pipeline.open_city(str(CITIES / f"{name}.toml"), root, raw)
    city, _ = pipeline.ready(job.settings, raw, root / "run")
    return city.counts, city.findings, len(store.read_table(root / "run", "rejects"))


LARGE = {"goteborg", "athens", "hangzhou"}  # whose rasters and layers take their time


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in LARGE else n for n in DESERVED])
def test_a_city_has_the_findings_it_deserves(name: str, raw: Path, tmp_path: Path) -> None:
    counts, findings, n_rejects = read(name, raw, tmp_path)
    assert {found.code for found in findings} == DESERVED[name]
    for found in findings:
        assert COUNTED.get((name, found.code), found.count) == found.count
    for n in counts.values():
        assert n["rows_read"] + n["parts_exploded"] == n["kept"] + n["refused"]
    assert n_rejects == sum(n["refused"] for n in counts.values())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_input_is_refused_with_the_reason(name: str, raw: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=REFUSED[name]):
        read(name, raw, tmp_path)


def files_read() -> Iterator[str]:
    for city in CITIES.glob("*.toml"):
        yield from (Path(one.path).stem for _, one in file_inputs(load(city)))


def test_every_file_is_tried_by_a_city_file_of_a_screen(shared_data: Path) -> None:
    assert {city.stem for city in CITIES.glob("*.toml")} == {*DESERVED, *REFUSED}
    for city in CITIES.glob("*.toml"):
        assert len(city.read_text(encoding="utf-8").splitlines()) <= 20, city.name
    files = {file.stem for file in shared_data.rglob("*") if file.is_file() and file.suffix not in (".md", ".py")}
    # canopy, contour lines and metered power are no inputs of a city
    no_input = {"CDSM_KRbig", "hangzhou_contours_10m", "nrel_serf_east_15min_ac_power"}
    assert files - set(files_read()) == no_input
