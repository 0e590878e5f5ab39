"""A city of more sites than a page holds: every site is on one sheet, and the overview counts each once."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import from_bounds
from webmap.curve import write_run_along_curve
from webmap.tables import settings
from webmap.test_page import meta_of
from webmap.test_tiles import blocks, elsewhere, header

from pvmap.errors import InputError
from pvmap.pages import MAP, seal
from pvmap.settings.city import Settings
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_table
from pvmap.webmap import province
from pvmap.webmap.breaks import amount_edges
from pvmap.webmap.cells import MOST_CELLS, added, as_run, cell_side_m, cells_of, keys_of, sheet_areas
from pvmap.webmap.data import read_data
from pvmap.webmap.province import draw_map
from pvmap.webmap.shared_scales import sample
from pvmap.webmap.sheets import city_zone


class City(NamedTuple):
    run: Path
    stretches: pd.DataFrame


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(*write_run_along_curve(tmp_path_factory.mktemp("run"), 140))


def paged(n: int, **more: object) -> Settings:
    return settings().model_copy(update={"map": MapSettings(sites_per_page=n, **more)})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hidden(city: City) -> list[str]:
    return read_table(city.run, "sites")["site_id"].iloc[[3, 90]].tolist()


@pytest.fixture(scope="module")
def maps(city: City, hidden: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn as workers do: every part twice, the last one first; two sites are masked, and sheets are few."""
    folder = tmp_path_factory.mktemp("maps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(province, "OF_A_PAGE", 2)
        draw_map(city.run, folder, paged(130, masked_sites=tuple(hidden)), city.stretches, each=elsewhere)
    return folder


def ids_of(page: Path) -> list[str]:
    """Identifiers of the sites that a page owns."""
    found, owned = blocks(page), []
    for (layer, key), raw in found.items():
        if layer.endswith("-text"):
            tile = header(found[layer.removesuffix("-text"), key])
            owned += raw.decode().split("\x1d")[0].split("\x1e")[: tile["owned"]]
    return owned


def test_every_site_that_is_shown_is_on_one_sheet(city: City, maps: Path, hidden: list[str]) -> None:
    sheets = meta_of(maps / "index.html")["sheets"]
    of_sheets = [ids_of(maps / one["file"]) for one in sheets]
    assert len(sheets) == 3
    usable = set(read_table(city.run, "appraisal").query("capacity_kwp > 0")["site_id"])
    assert [len(usable.intersection(ids)) for ids in of_sheets] == [one["n_sites"] for one in sheets]
    assert sorted([*itertools.chain(*of_sheets), *hidden]) == sorted(read_table(city.run, "sites")["site_id"])


def test_overview_counts_every_site_once(city: City, maps: Path, hidden: list[str]) -> None:
    heads = {layer: header(raw) for (layer, key), raw in blocks(maps / "index.html").items() if key == "overview"}
    counted = {layer: sum(head["n_sites"]) for layer, head in heads.items()}
    sites = read_table(city.run, "sites")
    assert counted == sites.loc[~sites["site_id"].isin(hidden), "site_type"].value_counts().to_dict()


def test_pages_lead_to_each_other(maps: Path) -> None:
    sheets = meta_of(maps / "index.html")["sheets"]
    assert len(sheets) > 2
    for one in sheets:
        own = meta_of(maps / one["file"])["sheet"]
        assert (maps / "sheets" / own["overview"]).resolve() == (maps / "index.html").resolve()
        assert own["beside"] and all((maps / "sheets" / other["file"]).exists() for other in own["beside"])
        assert own["number"] not in [other["number"] for other in own["beside"]]


def test_sheets_share_their_classes(maps: Path) -> None:
    pages = [meta_of(path) for path in sorted((maps / "sheets").glob("*.html"))]
    edges = [
        [(v["key"], v["edges"], v["of_kinds"]) for v in page["variables"] if v["edges"] and v["listed"]]
        for page in pages
    ]
    assert len(edges[0]) == 5
    assert all(other == edges[0] for other in edges)


@pytest.mark.slow
def test_a_sheet_shows_the_hills_and_roads_around_its_own_sites(city: City, tmp_path: Path) -> None:
    zone = city_zone(city.run)
    west, south, east, north = zone.total_bounds
    size = {"width": 400, "height": 400, "count": 1, "dtype": "float32", "crs": zone.crs}
    transform = from_bounds(west, south, east, north, 400, 400)
    with rasterio.open(tmp_path / "dem.tif", "w", driver="GTiff", transform=transform, **size) as file:
        file.write(np.random.default_rng(3).uniform(0, 90, (400, 400)).astype("float32"), 1)
    across = [shapely.LineString([(west, y), (east, y)]) for y in np.linspace(south, north, 500)]
    gpd.GeoDataFrame(geometry=across, crs=zone.crs).to_file(tmp_path / "roads.gpkg")
    inputs = {"dem": {"path": "dem.tif"}, "backdrop": [{"path": "roads.gpkg", "shows": "road"}]}
    own = Settings.model_validate(paged(130).model_dump() | {"inputs": inputs})
    draw_map(city.run, tmp_path / "maps", own, city.stretches, raw=tmp_path, each=elsewhere)
    around, n_all = ground_of(tmp_path / "maps" / "index.html")
    places = read_table(city.run, "sites").set_index("site_id")[["longitude", "latitude"]]
    sheets = sorted((tmp_path / "maps" / "sheets").glob("*.html"))
    assert len(sheets) > 3
    for sheet in sheets:
        hills, n_roads = ground_of(sheet)
        own = shapely.points(places.loc[ids_of(sheet)])
        assert shapely.covers(hills, own).mean() > 0.9  # the others lie in cells of which a sheet beside it has more
        assert hills.area < 0.8 * around.area
        assert n_roads < n_all == len(across)


def ground_of(page: Path) -> tuple[shapely.Geometry, int]:
    """Box of a page's hills [deg], and how many roads it draws."""
    every = blocks(page)
    (south, west), (north, east) = header(every["beneath", "hills"])["bounds"]
    return shapely.box(west, south, east, north), len(json.loads(every["beneath", "lines"]))


def test_a_page_is_enough_for_fewer_sites(city: City, maps: Path, tmp_path: Path) -> None:
    """And the sheets of an earlier map are gone, but nothing else that lies beside them, and none that was changed."""
    folder = tmp_path / "maps"
    (folder / "sheets").mkdir(parents=True)
    for name in ("001.html", "002.html", "notes.html"):
        (folder / "sheets" / name).write_text("before")
    seal(folder / "sheets" / "001.html", MAP)
    page = draw_map(city.run, folder, paged(150), city.stretches)
    assert sorted(ids_of(page)) == sorted(read_table(city.run, "sites")["site_id"])
    assert sorted(path.name for path in (folder / "sheets").iterdir()) == ["002.html", "notes.html"]


@pytest.mark.slow
def test_a_sheet_whose_every_site_is_masked_has_no_page(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(province, "OF_A_PAGE", 2)
    older = tmp_path / "sheets" / "001.html"  # shows what is masked now
    older.parent.mkdir()
    older.write_text("before")
    seal(older, MAP)
    masked = tuple(read_table(city.run, "sites")["site_id"][:60])
    draw_map(city.run, tmp_path, paged(130, masked_sites=masked), city.stretches)
    told = meta_of(tmp_path / "index.html")["sheets"]
    assert [one["number"] for one in told] == [2, 3]
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == ["002.html", "003.html"]


def test_a_sheet_without_a_cell_of_its_own_has_all_of_its_cells() -> None:
    cells = pd.DataFrame({"column": [0, 0, 1, 1], "row": 0, "sheet": [1, 2, 1, 3], "n_sites": [5, 2, 5, 9]})
    areas = {sheet: area.bounds for sheet, area in sheet_areas(cells, 10.0).items()}
    assert areas == {1: (0, 0, 10, 10), 2: (0, 0, 10, 10), 3: (10, 0, 20, 10)}


def test_cells_hold_the_sums_and_ratios_of_their_sites(city: City) -> None:
    """Whatever names tell them apart."""
    data = read_data(city.run, MapSettings())
    cells = cells_of(data, 4000.0)
    sites, appraisal = as_run(added(cells, keys_of(cells)), 4000.0, data.zones.crs)
    whole = data.sites
    for name in ("capacity_kwp", "energy_kwh", "npv_cny"):
        assert appraisal[name].sum() == pytest.approx(whole[name].sum(), rel=1e-12)
    for key in ("building_use", "district", "confidence", "site_type"):
        ours = appraisal["capacity_kwp"].groupby(sites[key]).sum()
        theirs = whole["capacity_kwp"].groupby(whole[key].astype(str)).sum()
        assert ours.to_dict() == pytest.approx(theirs[theirs.index.isin(ours.index)].to_dict(), rel=1e-12)
    carries = whole["capacity_kwp"] > 0
    cost = (whole["lcoe_cny_per_kwh"] * whole["energy_kwh"])[carries].sum()
    assert (appraisal["lcoe_cny_per_kwh"] * appraisal["energy_kwh"]).sum() == pytest.approx(cost, rel=1e-12)
    lost = (whole["energy_kwh"] / (1 - whole["shading_loss"]))[carries].sum()
    assert (appraisal["energy_kwh"] / (1 - appraisal["shading_loss"])).sum() == pytest.approx(lost, rel=1e-12)


def test_cells_grow_until_few_are_enough() -> None:
    assert cell_side_m((0.0, 0.0, 50_000.0, 50_000.0), 1000.0) == 1000.0
    side = cell_side_m((0.0, 0.0, 1_000_000.0, 500_000.0), 1000.0)
    assert side == 8000.0
    assert 1_000_000.0 * 500_000.0 / side**2 <= MOST_CELLS


def test_classes_of_a_sample_are_those_of_all(tmp_path: Path) -> None:
    """Of quantiles that are rounded to round numbers, at ranks that are off by 64 of 20,000 at most."""
    rng = np.random.default_rng(0)
    values = rng.lognormal(3.0, 1.2, 20_000)

    class Of:
        sites = pd.DataFrame({"site_type": "rooftop", "capacity_kwp": values})

    found = sample(Of)["capacity_kwp"].to_numpy()  # type: ignore[arg-type]
    assert len(found) <= len(values) // 64
    assert amount_edges(found, 6) == amount_edges(values, 6)
    for share in (0.1, 0.5, 0.9):
        assert abs((values <= np.quantile(found, share)).mean() - share) <= 64 / 20_000


def test_a_city_whose_every_site_is_masked_has_no_page(city: City, tmp_path: Path) -> None:
    every = tuple(read_table(city.run, "sites")["site_id"])
    with pytest.raises(InputError, match="No site may be shown: see map"):
        draw_map(city.run, tmp_path, paged(130, masked_sites=every), city.stretches)
    assert not list(tmp_path.iterdir())
