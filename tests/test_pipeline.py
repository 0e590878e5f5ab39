"""A city from its files to its tables: everything read is accounted for, all sums agree, tiling changes nothing."""

from __future__ import annotations

import json
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from city import PER_SURFACE, Run, demo_file, run, same_rows

from pvmap import chinese, store
from pvmap.config import assumptions
from pvmap.settings.scenarios import SHIPPED
from pvmap.stages.curve import HILBERT_LEVEL, cut
from pvmap.stages.parts import GROUP
from pvmap.tables import TABLES
from pvmap.tables.vocabulary import ENERGY_MONTHS, SITE_TYPES

KEYS = {name: list(TABLES[name].key) for name in TABLES}

ON_REQUEST = ("years", "roof_points", "hosting", "build_out")  # several weather years, a surface model, a grid, targets
EVERY_CITY = sorted(set(TABLES) - set(ON_REQUEST))
BY_SUMS = [
    "capacity_policy_floor_kwp",
    "revenue_cny",
    "revenue_later_cny",
    "self_use_kwh",
    "self_use_cny",
    "export_market_cny",
    "required_price_cny_per_kwh",
    "value_cny_per_kwh",
    "npv_cny",
    "irr",
    "payback_years",
    *(f"{start}_{one.name}" for start in ("npv_cny", "irr") for one in SHIPPED),
]  # by what tiles add up to: hours of a group, capture price, roofs of a class in a county


def relative(one: float, other: float) -> float:
    return abs(one - other) / max(abs(one), abs(other), 1e-300)


# ---------------------------------------------------------------------------------------------- what a run leaves


def test_a_run_leaves_every_table_and_the_map(small_city: Run):
    for name in EVERY_CITY:
        assert len(small_city.table(name)), name
    assert small_city.report.index == small_city.job.folders.maps / "index.html"
    assert small_city.report.index.stat().st_size > 100_000
    assert not small_city.report.failures
    assert set(small_city.table("sites")["site_type"]) == set(SITE_TYPES)


def test_nothing_temporary_is_left(small_city: Run):
    root = small_city.processed.parents[2]
    names = [path.name for path in root.rglob("*")]
    assert [n for n in names if n.endswith(".part") or n.startswith((".tiles", ".writing"))] == []


def test_tables_carry_units_and_descriptions(small_city: Run):
    for name in EVERY_CITY:
        notes = store.column_notes(small_city.processed / f"{name}.parquet")
        for column, note in notes.items():
            spec = TABLES[name].column(column)
            assert note == {"unit": spec.unit, "about": spec.about}, f"{name}.{column}"
        assert set(notes) == set(small_city.table(name).columns) - {"geometry"}, name


def test_run_json_says_how_the_numbers_came_about(small_city: Run):
    record = small_city.record
    assert set(record["counts"]) >= set(SITE_TYPES)
    assert record["city"]["name"] == "demo" and record["crs"] == "EPSG:4549"
    assert {"buildings.parquet", "dem.tif", "masks.gpkg", "existing_pv.csv"} <= set(record["inputs"])
    for name, entry in record["inputs"].items():
        assert len(entry["sha256"]) == 64, name
        assert entry["bytes"] == (small_city.job.folders.raw / name).stat().st_size
    assert record["settings"] == json.loads(small_city.job.settings.model_dump_json())
    assert {"pvmap", "python", "pvlib", "numpy", "pandas"} <= set(record["versions"])
    assert {"read and tile the city", "assess tiles", "gather tables and appraise", "draw the map"} <= set(
        record["seconds"]
    )
    assert all(seconds >= 0 for seconds in record["seconds"].values())
    assert record["incomplete_tiles"] == [] and record["failures"] == {}
    assert {one["mark"] for one in record["assumptions"]} == {"sourced", "derived", "unverified", "choice"}
    assert [w["weather_id"] for w in record["weather"]] == ["typical"]


def test_every_assumption_stands_in_the_record_as_in_the_settings(small_city: Run):
    """Those of many parts too: whoever reads run.json gets numbers, and words of both languages for them."""
    kept = {one["key"]: one for one in small_city.record["assumptions"]}
    told = {one.key: one for one in assumptions(small_city.job.settings)}
    assert set(kept) == set(told) and len(told) > 200
    assert kept["planning.tariff.seasons"]["value"][0]["months"] == [6, 7, 8, 12, 1, 2]
    for key, one in told.items():
        assert chinese.value(kept[key]["value"]) == chinese.value(one.value), key
        assert kept[key]["unit"] == one.unit and kept[key]["mark"] == one.mark and kept[key]["source"] == one.source


# ------------------------------------------------------------------------------------------ nothing disappears


def test_rows_read_and_parts_exploded_are_kept_or_refused(small_city: Run):
    sites, rejects, counts = small_city.table("sites"), small_city.table("rejects"), small_city.record["counts"]
    files = {"rooftop": "buildings.parquet", "mine": "mines.geojson", "fishpond": "fishponds.gpkg"}
    for kind, file in files.items():
        n = counts[kind]
        assert n["rows_read"] + n["parts_exploded"] == n["kept"] + n["refused"], kind
        assert n["kept"] == (sites["site_type"] == kind).sum(), kind
        assert n["refused"] == (rejects["source"] == file).sum() > 0, kind
        path = small_city.job.folders.raw / file
        read = gpd.read_parquet(path) if file.endswith(".parquet") else gpd.read_file(path)
        assert n["rows_read"] == len(read), kind
        parts = read.geometry.make_valid().count_geometries()  # a bow tie, repaired, is two
        assert n["parts_exploded"] == (parts.fillna(1).clip(lower=1) - 1).sum(), kind


def test_every_layer_that_is_no_site_is_counted_too(small_city: Run):
    counts = small_city.record["counts"]
    for layer in ("districts", "townships", "existing_pv"):
        n = counts[layer]
        assert n["rows_read"] > 0
        assert n["rows_read"] + n["parts_exploded"] == n["kept"] + n["refused"], layer


def test_every_site_is_appraised_and_every_surface_has_one(small_city: Run):
    sites = small_city.table("sites")
    surfaces, yields, shade = (small_city.table(name) for name in ("surfaces", "yields", "shade"))
    assert small_city.table("appraisal")["site_id"].tolist() == sites["site_id"].tolist()
    assert surfaces["surface_id"].tolist() == yields["surface_id"].tolist() == shade["surface_id"].tolist()
    assert set(surfaces["site_id"]) <= set(sites["site_id"])


def test_area_read_is_used_or_excluded_with_a_reason(small_city: Run):
    sites = small_city.table("sites").set_index("site_id")
    excluded = small_city.table("exclusions").groupby("site_id")["area_m2"].sum().reindex(sites.index, fill_value=0.0)
    used = small_city.table("appraisal").set_index("site_id")["used_area_m2"]
    off = (used + excluded - sites["footprint_area_m2"]).abs() / sites["footprint_area_m2"]
    assert off.max() < 1e-6
    exclusions = small_city.table("exclusions")
    assert (exclusions["area_m2"] <= exclusions["area_touched_m2"] * (1 + 1e-9) + 1e-6).all()
    assert exclusions["clause"].str.len().gt(0).all()


# ------------------------------------------------------------------------------------------------ sums agree


@pytest.mark.parametrize("quantity", ["energy_kwh", "capacity_kwp", "co2_t_per_year"])
def test_sites_districts_townships_grid_and_city_agree(small_city: Run, quantity: str):
    appraisal, zones = small_city.table("appraisal"), small_city.table("zones")
    total = appraisal[quantity].sum()
    every = zones[zones["site_type"] == "all"].groupby("level")[quantity].sum()
    for level in ("city", "district", "grid"):
        assert relative(every[level], total) < 1e-9, level
    in_townships = appraisal.loc[appraisal["township"] != "", quantity].sum()
    assert relative(every["township"], in_townships) < 1e-9
    by_kind = zones[zones["site_type"] != "all"].groupby(["level", "zone_id"])[quantity].sum()
    alone = zones[zones["site_type"] == "all"].set_index(["level", "zone_id"])[quantity]
    np.testing.assert_allclose(by_kind.reindex(alone.index), alone, rtol=1e-9, atol=1e-9)
    by_district = appraisal.groupby("district")[quantity].sum()
    zone = zones[(zones["level"] == "district") & (zones["site_type"] == "all")].set_index("zone_id")[quantity]
    np.testing.assert_allclose(zone.reindex(by_district.index), by_district, rtol=1e-9)


def test_profiles_integrate_to_the_energy_of_their_sites(small_city: Run):
    appraisal, profiles = small_city.table("appraisal"), small_city.table("profiles")
    assert (profiles.groupby(GROUP).size() == 8760).all()
    energy = appraisal.groupby(GROUP)["energy_kwh"].sum()
    integral = profiles.groupby(GROUP)["power_kw"].sum().reindex(energy.index, fill_value=0.0)
    np.testing.assert_allclose(integral, energy, rtol=1e-9, atol=1e-6)
    month = profiles["time"].dt.tz_convert("Etc/GMT-8").dt.month
    monthly = profiles.groupby(month)["power_kw"].sum()
    np.testing.assert_allclose(monthly, appraisal[list(ENERGY_MONTHS)].sum(), rtol=1e-9)
    assert relative(profiles["power_kw"].sum(), small_city.report.totals["all"]["energy_gwh"] * 1e6) < 1e-9


def test_months_add_up_to_the_year(small_city: Run):
    for name in ("yields", "appraisal"):
        table = small_city.table(name)
        np.testing.assert_allclose(table[list(ENERGY_MONTHS)].sum(axis=1), table["energy_kwh"], rtol=1e-9, atol=1e-9)


def test_ratios_are_ratios_of_sums(small_city: Run):
    for name in ("zones", "appraisal", "yields"):
        table = small_city.table(name)
        built = table[table["capacity_kwp"] > 0]
        ratio = built["energy_kwh"] / built["capacity_kwp"]
        np.testing.assert_allclose(built["specific_yield_kwh_per_kwp"], ratio, rtol=1e-9)


def test_totals_told_are_those_of_the_tables(small_city: Run):
    appraisal, totals = small_city.table("appraisal"), small_city.record["totals"]
    assert set(totals) == {"rooftop", "mine", "fishpond", "all"}
    for kind, row in totals.items():
        here = appraisal if kind == "all" else appraisal[appraisal["site_type"] == kind]
        assert row["n_sites"] == (here["capacity_kwp"] > 0).sum()
        assert relative(row["capacity_mwp"] * 1e3, here["capacity_kwp"].sum()) < 1e-12
        assert relative(row["energy_gwh"] * 1e6, here["energy_kwh"].sum()) < 1e-12


@pytest.mark.slow
def test_sites_outside_all_districts_form_a_zone_of_their_own(tmp_path, small_city: Run):
    raw = tmp_path / "raw"
    raw.mkdir()
    for file in small_city.job.folders.raw.iterdir():
        if file.name not in ("districts.geojson", ".demo-stamp"):
            (raw / file.name).symlink_to(file)
    districts = gpd.read_file(small_city.job.folders.raw / "districts.geojson")
    sites = small_city.table("sites")
    left_out = sites["district"].value_counts().index[0]
    districts[districts["name"] != left_out].to_file(raw / "districts.geojson", driver="GeoJSON")
    file = demo_file(tmp_path / "demo.toml")
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("[demo]")] + text[text.index("[[inputs.buildings]]") :], encoding="utf-8")
    city = run(file, tmp_path, raw)

    outside = city.table("sites")["district"] == ""
    assert outside.sum() == (sites["district"] == left_out).sum()
    zones = city.table("zones")
    nowhere = zones[(zones["level"] == "district") & (zones["zone_id"] == "") & (zones["site_type"] == "all")]
    assert len(nowhere) == 1
    assert relative(nowhere["energy_kwh"].iloc[0], city.table("appraisal").loc[outside, "energy_kwh"].sum()) < 1e-9
    (found,) = [found for found in city.report.findings if found.code == "outside-districts"]
    assert (found.count, found.total) == (outside.sum(), len(sites))
    districts_and_nowhere = zones[(zones["level"] == "district") & (zones["site_type"] == "all")]["energy_kwh"].sum()
    assert relative(districts_and_nowhere, city.table("appraisal")["energy_kwh"].sum()) < 1e-9


# ---------------------------------------------------------------------------------- tiles, workers and repetition


def assert_same_city(one: Run, other: Run) -> None:
    """Rows are equal bit by bit; only sums over tiles, and what rests on them, may differ in rounding."""
    for name in ("sites", "rejects", "weather", "draws", *PER_SURFACE):
        same_rows(one.table(name), other.table(name), KEYS[name])
    left, right = one.table("appraisal"), other.table("appraisal")
    same_rows(left.drop(columns=BY_SUMS), right.drop(columns=BY_SUMS), ["site_id"])
    for column in BY_SUMS:
        np.testing.assert_allclose(left[column], right[column], rtol=1e-9, atol=1e-6 if "cny" in column else 1e-12)
    for kind, row in one.report.totals.items():
        for quantity, value in row.items():
            assert relative(value, other.report.totals[kind][quantity]) < 1e-12, (kind, quantity)
    left, right = (city.table("profiles").set_index(KEYS["profiles"])["power_kw"].sort_index() for city in (one, other))
    assert left.index.equals(right.index)
    np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-9)
    left, right = (city.table("zones").sort_values(KEYS["zones"]) for city in (one, other))
    np.testing.assert_allclose(left["energy_kwh"], right["energy_kwh"], rtol=1e-12)


@pytest.mark.parametrize("sites_per_tile", [200, pytest.param(10**6, marks=pytest.mark.slow)])
def test_tiles_change_no_row(tmp_path, small_city: Run, sites_per_tile: int):
    city = run(
        demo_file(tmp_path / "demo.toml", sites_per_tile=sites_per_tile), tmp_path, raw=small_city.job.folders.raw
    )
    assert len(city.parts) != len(small_city.parts)
    assert (len(city.parts) == 1) == (sites_per_tile == 10**6)
    assert_same_city(small_city, city)


@pytest.mark.slow
def test_workers_change_no_row(tmp_path, small_city: Run):
    city = run(demo_file(tmp_path / "demo.toml"), tmp_path, raw=small_city.job.folders.raw, workers=2)
    assert [p.name for p in city.parts] == [p.name for p in small_city.parts]
    assert_same_city(small_city, city)


@pytest.mark.slow
def test_a_second_run_elsewhere_gives_the_same_city(tmp_path, small_city: Run):
    city = run(demo_file(tmp_path / "demo.toml"), tmp_path)
    assert_same_city(small_city, city)
    one, other = small_city.record, city.record
    changing = {"created", "seconds", "peak_memory_mb", "map", "check"}  # pages tell when; the record checks itself
    assert {k: v for k, v in one.items() if k not in changing} == {k: v for k, v in other.items() if k not in changing}


@pytest.mark.parametrize("ways", [2, 4])
def test_tiles_are_squares_or_halves_that_share_out_all_sites(ways: int):
    codes = np.sort(np.random.default_rng(1).integers(0, 4**HILBERT_LEVEL, 5000))
    for most in (1, 7, 300, 10_000):
        tiles = cut(codes, most, ways)
        assert sum(tile.n_sites for tile in tiles) == len(codes)
        assert len({tile.name for tile in tiles}) == len(tiles)
        ends = [(tile.low, tile.high) for tile in tiles]
        assert all(high <= low for (_, high), (low, _) in pairwise(ends))
        for tile in tiles:
            width = tile.high - tile.low
            assert np.log(width) / np.log(ways) == pytest.approx(round(np.log(width) / np.log(ways)))
            assert tile.low % width == 0
            inside = np.searchsorted(codes, [tile.low, tile.high])
            assert inside[1] - inside[0] == tile.n_sites
            assert tile.n_sites <= most or width == 1


def test_sites_of_one_place_that_outnumber_a_tile_stay_together():
    tiles = cut(np.full(50, 12345), 10)
    assert [tile.n_sites for tile in tiles] == [50]


def test_an_empty_city_has_no_tiles():
    assert cut(np.array([], int), 10) == []


@pytest.mark.parametrize("name", ["sites", "zones"])
def test_geometry_lies_in_the_metric_crs(small_city: Run, name: str):
    assert small_city.table(name).crs == "EPSG:4549"


def test_ids_stay_when_rows_are_added_behind(small_city: Run):
    sites = small_city.table("sites")
    assert sites["site_id"].is_unique
    assert isinstance(sites, pd.DataFrame)
    assert sites["hilbert"].is_monotonic_increasing
