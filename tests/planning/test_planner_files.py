"""The files planners use hold the numbers of the tables: workbook, PyPSA, GeoPackage, profiles, duck curve."""

import re
import shutil
import sqlite3
import subprocess
import zipfile
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from in_parts import aggregate, appraise, check_bands, reduce_profiles
from latin import latin
from openpyxl.utils import get_column_letter, range_boundaries
from pydantic import ValidationError

from pvmap import store
from pvmap.colours import KIND_COLOURS
from pvmap.config import assumptions
from pvmap.deliver.aliases import field_title
from pvmap.deliver.everything import write_planner_files
from pvmap.deliver.geopackage import write_geopackage
from pvmap.deliver.labels import LABELS
from pvmap.deliver.marks import INTERNAL_EN, INTERNAL_ZH, SYNTHETIC_EN, SYNTHETIC_ZH
from pvmap.deliver.profiles_export import write_profiles
from pvmap.deliver.project_list import projects
from pvmap.deliver.report.write import write_report
from pvmap.deliver.sheets import FIRST, HEADER_ZH
from pvmap.deliver.workbook import Run, write_workbook
from pvmap.errors import InputError
from pvmap.planning.diff import diff_runs
from pvmap.planning.explain import explain_money
from pvmap.planning.grid.duck import duck
from pvmap.planning.grid.hourly import read_loads
from pvmap.planning.grid.pypsa_export import Around, write_pypsa
from pvmap.planning.money.account import value_hours
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import RunSettings
from pvmap.tables import TABLES


@pytest.fixture(scope="module")
def profiles(town, appraisal):
    return reduce_profiles(town.profiles, appraisal, town.sites, town.yields)


@pytest.fixture(scope="module")
def zones(town, appraisal, settings):
    return aggregate(appraisal, town.sites, town.districts, town.townships, settings)


@pytest.fixture(scope="module")
def report(tmp_path_factory, town, appraisal, settings):
    bands, missed = check_bands(appraisal, town.sites, settings.planning.policy.bands)
    manifest = {
        "bands": bands,
        "findings": [found.as_record() for found in missed],
        "not_checked": [{"name": "ecological red line", "name_zh": "生态保护红线", "clause": "clause 1 [S]"}],
        "inputs": {"a.shp": {"sha256": "00"}},
        "created": "2026-11-22",
    }
    path = tmp_path_factory.mktemp("report") / "report.xlsx"
    return write_workbook(path, Run(settings, appraisal, town.sites, town.exclusions, manifest))


@pytest.fixture(scope="module")
def book(report):
    return openpyxl.load_workbook(report)


def column_of(sheet, english):
    return next(c for c in range(1, sheet.max_column + 1) if sheet.cell(FIRST, c).value == english)


def test_money_does_not_depend_on_gross_or_reduced_profiles(appraisal, profiles, town, settings):
    """The stored profiles are enough to compute money again."""
    gross, net = (
        value_hours(appraisal, town.sites, Shapes.of(one, settings.city.utc_offset_hours), settings)
        for one in (town.profiles, profiles)
    )
    assert gross.self_use_cny.any() and gross.export_market_cny.any()
    for name, values in vars(gross).items():
        np.testing.assert_allclose(vars(net)[name], values, rtol=1e-9, atol=1e-9, err_msg=name)


NOTED = "；".join((SYNTHETIC_ZH, INTERNAL_ZH, SYNTHETIC_EN, INTERNAL_EN))
OWN_WORDS = ("test", "clause 1 [S]")  # of the city: reasons and clauses of its own
CHINESE_COLUMNS = ("参数", "依据", "单位", "排除原因", "成本选项", "项目", "是否核实", "条款")


def test_workbook_has_its_sheets_labels_and_frozen_headers(book, settings):
    wanted = "摘要 分县区 分乡镇 分类别 目标缺口 优选200 项目清单 供给曲线 分月发电量（亿千瓦时） "
    wanted += "风险 优先实测 亩均效益 排除面积 数据核查 依据与参数 未核查约束 运行记录"
    assert book.sheetnames == wanted.split()
    for sheet in book:
        assert SYNTHETIC_EN in sheet["A2"].value and INTERNAL_EN in sheet["A2"].value
        assert SYNTHETIC_ZH in sheet["A3"].value and INTERNAL_ZH in sheet["A3"].value
        assert INTERNAL_ZH in sheet.oddHeader.right.text and sheet.page_setup.paperSize == 9  # A4
        if sheet.title != "风险":
            assert sheet.freeze_panes is not None
    told = [cell.value for cell in book["未核查约束"][FIRST + 1]]
    assert told[0] == "生态保护红线" and told[2] == "clause 1 [S]" and told[3] == "ecological red line"
    sources = book["依据与参数"]
    keys, basis = (column_of(sources, LABELS[name].en) for name in ("key", "basis"))
    rows = range(FIRST + 1, sources.max_row + 1)
    assert {sources.cell(r, keys).value for r in rows} == {a.key for a in assumptions(settings)}
    assert keys == sources.max_column and sources.column_dimensions[get_column_letter(keys)].width < 15
    assert not any(re.search(r"\[[a-z]\w*\]", sources.cell(r, basis).value) for r in rows)


def test_chinese_columns_of_the_workbook_are_chinese(book):
    """Headers name the columns that are told in both languages; names of districts and sites are the city's own."""
    seen = 0
    for title in ("依据与参数", "未核查约束", "风险", "摘要", "排除面积"):
        for row in book[title].iter_rows():
            for head in row:
                if head.value not in CHINESE_COLUMNS:
                    continue
                for cell in range(head.row + 2, book[title].max_row + 1):
                    value = book[title].cell(cell, head.column).value
                    if value is None:
                        break
                    if isinstance(value, str) and value not in OWN_WORDS:
                        assert latin(value) == [], f"{title}: {value}"
                        seen += 1
    assert seen > 400
    (months,) = book["分月发电量（亿千瓦时）"]._charts
    fills = {one.graphicalProperties.solidFill.srgbClr.lower() for one in months.series}
    assert fills == {colour.strip("#").lower() for colour in KIND_COLOURS.values()}  # those of the map
    assert (
        len(book["供给曲线"]._charts) == len(book["分月发电量（亿千瓦时）"]._charts) == len(book["分县区"]._charts) == 1
    )


def test_no_cell_of_the_workbook_speaks_two_languages(book):
    """A cell with Chinese in it holds no English beside it: that stands in a column or a header line of its own."""
    assert "{" not in "".join(str(cell.value) for row in book["运行记录"].iter_rows() for cell in row)
    for sheet in book:
        if sheet.title in ("数据核查", "运行记录"):  # names of files and columns are the city's own
            continue
        for row in sheet.iter_rows():
            for cell in row:
                # English cells may name a Chinese document by its title
                if isinstance(cell.value, str) and re.match("[^A-Za-z]*[\u4e00-\u9fff]", cell.value):
                    assert latin(cell.value) == [] or cell.value in OWN_WORDS, f"{sheet.title}: {cell.value}"


def test_texts_are_wrapped_in_rows_that_hold_them_and_headers_stand_over_their_table(book):
    """On every sheet, short tables beside long ones and page one included."""
    wrapped = 0
    for sheet in book:
        spans = {n: one.width for one in sheet.column_dimensions.values() for n in range(one.min, one.max + 1)}
        over = {(one.min_row, one.min_col): range(one.min_col, one.max_col + 1) for one in sheet.merged_cells.ranges}
        assert max(spans.values()) < 62
        for row in sheet.iter_rows():
            for cell in row:
                # keys of the city file stand in a narrow column at the edge, whole words that nobody prints
                if isinstance(cell.value, str) and cell.alignment.wrap_text and not re.fullmatch(r"[!-~]+", cell.value):
                    letters = sum(2 if ord(c) > 0x2E80 else 1 for c in cell.value) * cell.font.size / 10.0
                    columns = over.get((cell.row, cell.column), [cell.column])
                    width = sum(spans.get(column, 8.43) for column in columns)
                    height = sheet.row_dimensions[cell.row].height or 13.0
                    assert letters <= width or height >= 0.9 * cell.font.size * letters / width, cell.value
                    wrapped += letters > width
        if sheet.print_title_rows:
            first, last = (int(one.strip("$")) for one in sheet.print_title_rows.split(":"))
            heads = sheet.cell(first, 1).font.bold, sheet.cell(last, 1).font.bold
            assert last == first + 1 and heads == (True, False)  # Chinese and English
    assert wrapped > 100 and not book["摘要"].print_title_rows  # whose tables are several


def test_a_page_of_print_is_legible_and_cuts_no_text(book):
    """Letters of 7 points at the least; what stands aside, in English, is not printed; plain lines wrap in the page."""
    lines = 0
    for sheet in book:
        area = sheet.print_area.split("!")[-1].replace("$", "") if sheet.print_area else sheet.dimensions
        _, first_row, right, _ = range_boundaries(area)
        spans = {n: one.width for one in sheet.column_dimensions.values() for n in range(one.min, one.max + 1)}
        widths = [spans.get(n, 8.43) for n in range(1, right + 1)]
        pages = sheet.page_setup.fitToWidth or 1
        assert (sum(widths) - widths[0]) / pages + widths[0] <= 10.9 * 96 / 7 / 0.7, sheet.title
        if pages > 1:  # the first column stands on each of them, and would cut titles and lines that run over it
            assert first_row == FIRST - 1 and sheet.print_title_cols == "$A:$A"
        for one in sheet.merged_cells.ranges:
            value = sheet.cell(one.min_row, one.min_col).value
            letters = sum(2 if ord(c) > 0x2E80 else 1 for c in value)
            held = sum(spans.get(n, 8.43) for n in range(one.min_col, one.max_col + 1))
            assert sheet.row_dimensions[one.min_row].height >= 14.0 * letters / held - 1e-6, value
            assert one.max_col <= right and one.min_col == (2 if pages > 1 else 1)
            lines += one.min_row > FIRST
    assert lines > 10
    for title, first in (("依据与参数", "about"), ("未核查约束", "item_en"), ("排除面积", "reason")):
        sheet = book[title]
        printed = range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))[2]
        assert sheet.cell(FIRST - 1, printed + 1).value == LABELS[first].zh
        assert (sheet.page_setup.fitToWidth or 1) == 1


def test_projects_of_every_district_and_kind_are_listed(book, appraisal, town):
    sheet = book["项目清单"]
    last = FIRST + 1
    while sheet.cell(last, column_of(sheet, "site id")).value:
        last += 1
    ids, counts = (
        [sheet.cell(row, column_of(sheet, name)).value for row in range(FIRST + 1, last)]
        for name in ("site id", "sites")
    )
    built = appraisal[appraisal["capacity_kwp"] > 0].set_index("site_id")
    groups = built.groupby(["district", "site_type"]).indices
    assert {(built.at[i, "district"], built.at[i, "site_type"]) for i in ids} == set(groups)
    for (district, kind), at in groups.items():
        best = built.iloc[at]["npv_cny"].nlargest(20)
        mine = [i for i in ids if (built.at[i, "district"], built.at[i, "site_type"]) == (district, kind)]
        if kind != "fishpond":
            assert list(built.loc[mine, "npv_cny"]) == list(best)
            continue
        ponds = sum(count for i, count in zip(ids, counts, strict=True) if i in mine)
        assert len(mine) < len(at) == ponds  # a few projects hold all ponds, each pond once
        xy = shapely.get_coordinates(shapely.centroid(town.sites.set_index("site_id").geometry[list(built.index[at])]))
        chosen = shapely.get_coordinates(shapely.centroid(town.sites.set_index("site_id").geometry[mine]))
        nearest = np.hypot(*(xy[:, None] - chosen).transpose(2, 0, 1)).min(axis=1)
        assert nearest.max() <= 2000.0


def test_a_pond_project_is_the_sum_of_its_ponds(appraisal, town, settings):
    """One project a district where ponds may lie anywhere in it: sums, and the ratios of sums."""
    wide = settings.model_copy(
        update={"planning": settings.planning.model_copy(update={"pond_project_km": 50.0, "projects_per_group": 1000})}
    )
    listed = projects(appraisal, town.sites, wide)
    ponds = appraisal[(appraisal["site_type"] == "fishpond") & (appraisal["capacity_kwp"] > 0)]
    one = listed[listed["site_type"] == "fishpond"].set_index("district")
    by = ponds.groupby("district")
    for ours, theirs in (("site_kwp", "capacity_kwp"), ("site_kwh", "energy_kwh"), ("npv_cny", "npv_cny")):
        np.testing.assert_allclose(one[ours], by[theirs].sum().reindex(one.index))
    assert list(one["n_sites"]) == list(by.size().reindex(one.index))
    np.testing.assert_allclose(one["specific_yield_kwh_per_kwp"], one["site_kwh"] / one["site_kwp"])
    assert (one["at_grid_parity"] == (one["npv_cny"] >= 0)).all()
    assert (listed.loc[listed["site_type"] != "fishpond", "n_sites"] == 1).all()


def test_workbook_numbers_are_the_tables_numbers(book, appraisal, zones):
    sheet = book["分县区"]
    for column in ("capacity_kwp", "energy_kwh", "lcoe_cny_per_kwh", "specific_yield_kwh_per_kwp", "co2_t_per_year"):
        at = column_of(sheet, LABELS[column].en)
        for row in range(FIRST + 1, FIRST + 3):
            name = sheet.cell(row, 1).value
            zone = zones[(zones["zone_id"] == name) & (zones["site_type"] == "all") & (zones["level"] == "district")]
            assert sheet.cell(row, at).value == pytest.approx(zone[column].iloc[0] * LABELS[column].factor, rel=1e-9)
    top = book["优选200"]
    npv = [top.cell(r, column_of(top, LABELS["npv_cny"].en)).value for r in range(FIRST + 1, top.max_row + 1)]
    assert npv == sorted(npv, reverse=True)
    first = appraisal.set_index("site_id").loc[top.cell(FIRST + 1, 1).value]
    assert npv[0] == pytest.approx(first["npv_cny"] / 1e4) and first["npv_cny"] == appraisal["npv_cny"].max()


def test_a_city_where_nothing_is_excluded_has_its_report(appraisal, town, settings, tmp_path):
    """As a city of ponds without dykes: its table of exclusions has columns and no row."""
    nothing = town.exclusions.head(0).astype({"site_id": "str"})
    run = Run(settings, appraisal, town.sites, nothing)
    write_report(tmp_path / "report.docx", run)
    sheet = openpyxl.load_workbook(write_workbook(tmp_path / "report.xlsx", run))["排除面积"]
    assert sheet.max_row <= FIRST + 1


def test_workbook_holds_no_formulas_and_no_external_links(report):
    with zipfile.ZipFile(report) as archive:
        for name in archive.namelist():
            body = archive.read(name).decode("utf-8")
            assert "<f>" not in body and "externalLink" not in name


@pytest.mark.slow
def test_workbook_opens_in_libreoffice(report, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    second_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    command = [office, home, "--headless", "--convert-to", second_sheet, "--outdir", str(tmp_path), str(report)]
    done = subprocess.run(command, capture_output=True, text=True)
    sheet = tmp_path / f"{report.stem}-分县区.csv"
    assert done.returncode == 0 and sheet.exists(), done.stderr
    assert "东区" in sheet.read_text(encoding="utf-8")


def test_pypsa_folder_holds_what_stands_and_the_load(tmp_path, appraisal, town, profiles, settings):
    folder = write_pypsa(tmp_path / "pypsa", appraisal, town.sites, profiles, town.profiles, settings)
    generators = pd.read_csv(folder / "generators.csv").set_index("name")
    per_unit = pd.read_csv(folder / "generators-p_max_pu.csv", index_col=0)
    assert per_unit.to_numpy().max() < 1.0
    existing = generators[generators.index.str.startswith("existing")]
    has_energy = town.sites.loc[appraisal["specific_yield_kwh_per_kwp"] > 0, "existing_pv_kwp"].sum()
    assert existing["p_nom"].sum() == pytest.approx(has_energy / 1e3)
    loads = pd.read_csv(folder / "loads-p_set.csv", index_col=0)
    assert loads.to_numpy().sum() == pytest.approx(settings.planning.grid.demand_gwh * 1e3)


def test_what_stands_in_full_keeps_its_profile(tmp_path, town, settings):
    """Every mine is built: nothing remains of it, and its plants still run in the network."""
    t = town
    mine = (t.sites["site_type"] == "mine").to_numpy()
    gross = t.yields.groupby("site_id")["capacity_kwp"].sum().reindex(t.sites["site_id"]).to_numpy()
    sites = t.sites.assign(existing_pv_kwp=np.where(mine, gross, 0.0))
    out = appraise(sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)
    net = reduce_profiles(t.profiles, out, sites, t.yields)
    folder = write_pypsa(tmp_path / "pypsa", out, sites, net, t.profiles, settings)
    generators = pd.read_csv(folder / "generators.csv").set_index("name")
    per_unit = pd.read_csv(folder / "generators-p_max_pu.csv", index_col=0)
    standing = generators[(generators["carrier"] == "mine") & ~generators["p_nom_extendable"]]
    energy = (per_unit[standing.index] * standing["p_nom"]).sum().sum()
    of_mines = t.yields["site_id"].isin(sites["site_id"][mine])
    assert energy == pytest.approx(t.yields["energy_kwh"][of_mines].sum() / 1e3, rel=1e-9)


def test_what_plants_can_give_says_on_which_side_it_is_counted():
    loads = {"load_kw", "net_kw", "reverse_peak_kw", "load_mw", "upward_mw", "downward_mw"}  # of no side
    flows = {name for name in LABELS if name.startswith(("storage", "battery", "peak"))}
    for name, label in LABELS.items():
        if "万千瓦" in label.zh and "万千瓦时" not in label.zh and name not in loads | flows:
            assert "交流侧" in label.zh and "AC" in label.en, name
        if "千瓦峰" in label.zh or "兆瓦峰" in label.zh:
            assert "直流侧" in label.zh and "DC" in label.en, name


def test_no_two_quantities_share_a_header():
    """Two names may share a header only where they are one quantity in two tables, in one unit."""
    same = {
        frozenset({"capacity_kwp", "technical_mw"}),
        frozenset({"capacity_kwac", "technical_mwac"}),
        frozenset({"capacity_practical_kwp", "practical_mw"}),
        frozenset({"practical_kwac", "practical_mwac"}),
        frozenset({"capacity_policy_floor_kwp", "floor_mw"}),
        frozenset({"policy_floor_kwac", "floor_mwac"}),
        frozenset({"connectable_kwac", "allocated_mw"}),
        frozenset({"value", "band_value"}),
        frozenset({"number", "rank"}),
    }
    names: dict[str, set[str]] = {}
    for name, label in LABELS.items():
        names.setdefault(label.zh, set()).add(name)
    assert {frozenset(n) for n in names.values() if len(n) > 1} <= same
    fields: dict[str, set[str]] = {}  # of the GeoPackage
    for table in ("appraisal", "zones", "sites", "hosting"):
        for column in TABLES[table].columns:
            fields.setdefault(field_title(column), set()).add(column)
    told = {frozenset({"used_area_m2", "area_m2"}), frozenset({"connectable_kwac", "allocated_mw"})}
    assert {frozenset(n) for n in fields.values() if len(n) > 1} == told


def test_one_thing_has_one_name_in_workbook_and_geopackage():
    """Units and sides stand behind the name; what is named apart is another thing, or the map's word for a place."""
    apart = {"district", "township", "device_id", "registered_mw"}
    apart |= {name for name in LABELS if name.startswith("co2_")}  # the unit says of what: t CO2, or t
    tables = ("appraisal", "zones", "sites", "hosting")
    columns = {one for table in tables for one in TABLES[table].columns if one in LABELS} - apart
    assert len(columns) > 40
    for column in columns:
        bare = [re.split("[（，]", title)[0] for title in (field_title(column), LABELS[column].zh)]
        assert bare[0] == bare[1], column


def test_pypsa_reads_and_solves_the_network(tmp_path, appraisal, town, profiles, settings):
    pypsa = pytest.importorskip("pypsa", reason="pypsa is not installed: pip install 'pvmap[solve]'")
    folder = write_pypsa(tmp_path / "pypsa", appraisal, town.sites, profiles, town.profiles, settings)
    pypsa.options.api.legacy_string_dtype = True
    network = pypsa.Network(str(folder))
    assert isinstance(network.snapshots, pd.DatetimeIndex) and network.snapshots.tz is None
    assert network.snapshots[0] == pd.Timestamp("2022-12-31 16:00")  # midnight of 1 January in local time, UTC
    solar = network.generators[network.generators.p_nom_extendable]
    energy = (network.generators_t.p_max_pu[solar.index] * solar.p_nom_max).sum().sum()
    yields = appraisal["specific_yield_kwh_per_kwp"].fillna(0.0)
    assert energy == pytest.approx((appraisal["capacity_practical_kwp"] * yields).sum() / 1e3, rel=1e-9)
    assert network.meta["power_basis"].startswith("DC")
    assert network.generators_t.marginal_cost.shape == (8760, 2)
    network.set_snapshots(network.snapshots[4000:4048])
    status, condition = network.optimize(solver_name="highs", log_to_console=False)
    assert (status, condition) == ("ok", "optimal")


@pytest.fixture(scope="module")
def tables(appraisal, town, zones):
    site = town.sites.geometry.iloc[0]
    hosting = gpd.GeoDataFrame(
        {
            "kind": ["district", "device", "device"],
            "device_id": ["东区", "t1", "t2"],
            "grid_grade": ["green", "red", "yellow"],
            "hosting_mw": [9.0, 5.0, 4.0],
        },
        geometry=[site.buffer(500), site.buffer(100), site.centroid],
        crs=town.sites.crs,
    )
    named = {"sites": town.sites, "appraisal": appraisal, "exclusions": town.exclusions}
    return {**named, "zones": pd.concat([zones, _areas(zones)], ignore_index=True), "hosting": hosting}


def _areas(zones):
    """Two levels as a city file may name its areas."""
    one = zones[zones["level"] == "city"]
    return pd.concat([one.assign(level="电网分区"), one.assign(level="x'; DROP TABLE gpkg_contents; --\0")])


@pytest.fixture(scope="module")
def package(tmp_path_factory, tables, settings):
    return write_geopackage(tmp_path_factory.mktemp("gpkg") / "city.gpkg", tables, settings)


def test_geopackage_holds_each_layer_once(package, appraisal, zones, town):
    names = {
        "sites",
        "exclusions",
        "hosting_districts",
        "hosting_areas",
        "hosting_points",
        *(f"zones_{level}" for level in zones["level"].unique()),
    }
    names |= {"zones_area_1", "zones_area_2"}
    assert set(pyogrio.list_layers(package)[:, 0]) - {"layer_styles"} == names
    sites = gpd.read_file(package, layer="sites")
    assert sites.crs == town.sites.crs
    assert list(sites["site_id"]) == list(appraisal["site_id"])
    np.testing.assert_allclose(sites["energy_kwh"], appraisal["energy_kwh"], rtol=1e-12)
    for level in zones["level"].unique():
        layer = gpd.read_file(package, layer=f"zones_{level}")
        whole = zones[zones["level"] == level]
        assert len(layer) == whole["zone_id"].nunique()
        assert layer["energy_kwh"].sum() == pytest.approx(whole.loc[whole["site_type"] == "all", "energy_kwh"].sum())
        for kind in ("rooftop", "mine", "fishpond"):
            own = whole.loc[whole["site_type"] == kind, "capacity_kwp"].sum()
            assert layer[f"capacity_kwp_{kind}"].sum() == pytest.approx(own)
    for name in names:
        assert set(gpd.read_file(package, layer=name)["data_note"]) == {NOTED}


def test_geopackage_tells_what_is_not_used_and_why(package, town):
    layer = gpd.read_file(package, layer="exclusions").set_index("site_id")
    area = town.exclusions.groupby("site_id")["area_m2"]
    np.testing.assert_allclose(layer["excluded_m2"], area.sum()[layer.index])
    assert len(layer) == area.ngroups
    assert layer["excluded_share"].between(0, 1).all()
    assert all(any("\u4e00" <= c <= "\u9fff" for c in reason) for reason in layer["main_reason"])
    parts = layer["reasons"].str.count("；") + 1
    assert list(parts) == list(town.exclusions.groupby("site_id").size()[layer.index])


def test_geopackage_speaks_chinese_and_brings_styles(package):
    with sqlite3.connect(package) as database:
        contents = database.execute("SELECT table_name, identifier, description FROM gpkg_contents").fetchall()
        styles = database.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles").fetchall()
        asked = "SELECT styleQML FROM layer_styles WHERE f_table_schema = '' AND f_geometry_column = 'geom' "
        asked += "AND f_table_name = ?"
        found = {one: [qml for (qml,) in database.execute(asked, (one,))] for one, _, _ in styles}
        aliases = database.execute("SELECT table_name, column_name, title FROM gpkg_data_columns").fetchall()
        geometry = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        shapes = dict(database.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"))
        named = {t: {c[1] for c in database.execute(f'PRAGMA table_info("{t}")')} for t in geometry}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    told = {table: (title, about) for table, title, about in contents}
    assert set(geometry.values()) == {"geom"} and told.keys() == {*geometry, "layer_styles"}
    chinese = re.compile("[\u4e00-\u9fff]")
    assert all(chinese.search(title) and chinese.search(about) for t, (title, about) in told.items() if t in geometry)
    assert told["zones_area_1"][0].startswith("电网分区")
    by_name = {(table, column): title for table, column, title in aliases}
    assert by_name["sites", "capacity_kwp"] == "技术可开发规模，直流侧（kWp）"
    assert by_name["sites", "lcoe_cny_per_kwh"] == "度电成本（元/kWh）"
    assert by_name["sites", "payback_years"] == "静态回收期（年）"
    assert all("净现值" in title for title in by_name.values() if "平价" in title)
    of_sites = [title for (table, _), title in by_name.items() if table == "sites"]
    assert len(set(of_sites)) == len(of_sites)
    assert by_name["zones_district", "capacity_kwp_mine"] == "废弃矿山 技术可开发规模，直流侧（kWp）"
    assert all(chinese.search(title) for title in by_name.values())
    known = {column for name in ("appraisal", "zones", "hosting") for column in TABLES[name].described()}
    assert [column for column in sorted(known) if not chinese.search(field_title(column))] == []
    assert {table for table, _, _ in styles} == set(geometry)
    assert "GEOMETRY" not in shapes.values()  # one kind a layer
    for table, default, qml in styles:
        assert default == 1
        assert found[table] == [qml]  # by the question that QGIS asks
        root = ElementTree.fromstring(qml.split("\n", 1)[1])
        renderer = root.find("renderer-v2")
        assert renderer.get("attr") in named[table]
        symbols = {one.get("name") for one in renderer.find("symbols")}
        form = {one.get("type") for one in renderer.find("symbols")}
        assert form == {"marker" if shapes[table] in ("POINT", "MULTIPOINT") else "fill"}
        drawn = {one.get("class") for one in renderer.iter("layer")}
        assert drawn <= {"SimpleFill", "SimpleMarker"}  # of those in QGIS' registry
        colours = [one.get("value") for one in renderer.iter("Option") if (one.get("name") or "").endswith("color")]
        assert all(
            re.fullmatch(r"(\d{1,3},){3}\d{1,3}", one) and max(map(int, one.split(","))) < 256 for one in colours
        )
        assert renderer.get("type") in ("categorizedSymbol", "graduatedSymbol")
        used = {one.get("symbol") for one in (*renderer.iter("category"), *renderer.iter("range"))}
        assert used == symbols and symbols
        assert {one.get("field"): one.get("name") for one in root.iter("alias")} == {
            column: title for (of, column), title in by_name.items() if of == table
        }


def test_classes_of_a_style_hold_every_zone(package, zones):
    with sqlite3.connect(package) as database:
        query = "SELECT styleQML FROM layer_styles WHERE f_table_name = 'zones_grid'"
        (qml,) = database.execute(query).fetchone()
    database.close()
    ranges = [
        (float(one.get("lower")), float(one.get("upper")))
        for one in ElementTree.fromstring(qml[qml.index("<qgis") :]).iter("range")
    ]
    values = zones[(zones["level"] == "grid") & (zones["site_type"] == "all")]["capacity_kwp"]
    assert all(any(low <= value <= high for low, high in ranges) for value in values)


def test_geopackage_in_degrees_where_the_city_file_says_so(tmp_path, tables, settings):
    geographic = settings.model_copy(update={"run": settings.run.model_copy(update={"geopackage_in": "geographic"})})
    path = write_geopackage(tmp_path / "city.gpkg", tables, geographic)
    layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
    assert {gpd.read_file(path, layer=name).crs.to_epsg() for name in layers} == {4490}
    with pytest.raises(ValidationError, match="geopackage_in"):
        RunSettings(geopackage_in="web mercator")


def test_profiles_for_planners(tmp_path, appraisal, profiles, settings):
    table, text = write_profiles(tmp_path, profiles, settings)
    frame = pd.read_parquet(table)
    assert frame["all_kw"].sum() == pytest.approx(appraisal["energy_kwh"].sum(), rel=1e-9)
    assert (frame["time_local"] - frame["time_utc"].dt.tz_localize(None) == pd.Timedelta(hours=8)).all()
    read = pd.read_csv(text)
    assert list(read.columns) == list(frame.columns) and len(read) == 8760
    powers = [name for name in read.columns if name.endswith(("kW", "_kw"))]
    np.testing.assert_allclose(read[powers], frame[powers], atol=5.1e-4)
    assert (pd.to_datetime(read["time_utc"]) == frame["time_utc"]).all()
    assert set(read["data_note"]) == {NOTED}
    notes = store.column_notes(table)
    assert {notes[name]["unit"] for name in powers} == {"kW"} and notes["time_utc"]["unit"] == "UTC"


def test_explain_tells_costs_in_parts_that_add_up(appraisal, town, settings):
    def number(pattern: str, text: str) -> float:
        return float(re.search(pattern, text).group(1).replace(",", ""))

    for i in (0, 10, 11):
        row = appraisal.iloc[i]
        text = "\n".join(explain_money(row["site_id"], appraisal, town.sites, town.profiles, settings))
        per_kw, connected = (
            number(r": ([\d,]+) CNY/kW \(economics.capex", text),
            number(r" \+ ([\d,]+) CNY/kW to", text),
        )
        built = (per_kw * number(r" x ([\d.]+) for size", text) + connected) * row["capacity_kwp"]
        assert built == pytest.approx(row["capex_cny"], abs=0.5) == number(r"Investment ([\d,]+) CNY", text)
        kept = number(r": ([\d.]+) CNY/kW \(economics.opex", text) * row["capacity_kwp"]
        assert kept + number(r" \+ ([\d,]+) CNY of rent", text) == pytest.approx(row["opex_cny_per_year"], abs=0.5)
    assert row["site_type"] != appraisal["site_type"][0]  # of other rents


def test_duck_curve(tmp_path, profiles):
    times = pd.date_range("2024-01-01", "2024-12-31 23:00", freq="h")
    load = pd.DataFrame({"time": times.astype(str), "district": "东区", "load_kw": 1000.0 + 10 * times.hour})
    load.to_csv(tmp_path / "load.csv", index=False)
    loads, _ = read_loads(tmp_path / "load.csv", pd.DatetimeIndex(profiles["time"].unique()), 8.0, {"东区", "西区"})
    curve, districts = duck(profiles, loads, 8.0)
    assert set(curve["district"]) == {"东区"} and len(curve) == 12 * 24
    night = curve[(curve["hour"] == 0)]
    np.testing.assert_allclose(night["net_kw"], 1000.0)
    noon = curve[curve["hour"] == 12]
    assert (noon["net_kw"] < noon["load_kw"]).all()
    np.testing.assert_allclose(curve["load_kw"], 1000.0 + 10 * curve["hour"])
    pv = profiles[profiles["district"] == "东区"].groupby("time")["power_kw"].sum().to_numpy()
    over = pv - loads.sort_values("time")["load_kw"].to_numpy()
    row = districts.iloc[0]
    assert row["reverse_hours"] == (over > 0).sum() > 0 and row["reverse_peak_kw"] == pytest.approx(over.max())
    assert row["taken_share"] == pytest.approx(1 - over[over > 0].sum() / pv.sum())
    sunless, _ = duck(profiles, loads.assign(district="北区"), 8.0)
    assert len(sunless) == 12 * 24 and (sunless["pv_kw"] == 0).all()


def test_explain_computes_the_stored_numbers_anew(appraisal, town, settings):
    for i in (0, 10, 11):
        row = appraisal.iloc[i]
        text = "\n".join(explain_money(row["site_id"], appraisal, town.sites, town.profiles, settings))
        shown = f"{row['lcoe_cny_per_kwh']:.4f}"
        assert text.count(shown) >= 2  # computed and stored
        assert f"{row['value_cny_per_kwh']:.4f}" in text and "P90" in text
    empty = appraisal.assign(capacity_kwp=0.0)
    assert "nothing to build" in explain_money(appraisal["site_id"][0], empty, town.sites, None, settings)[0]
    with pytest.raises(InputError, match="No site 'x'"):
        explain_money("x", appraisal, town.sites, None, settings)


def test_diff_of_two_runs(tmp_path, appraisal):
    changed = appraisal.drop(index=3).copy()
    changed.loc[5, "energy_kwh"] *= 1.1
    for name, frame, rate, digest in (("a", appraisal, 0.06, "1"), ("b", changed, 0.08, "2")):
        store.write_table(tmp_path / name, "appraisal", frame)
        settings = {"planning": {"economics": {"discount_rate": rate}}}
        store.write_json(
            tmp_path / name / "run.json",
            {"inputs": {"roofs.shp": {"sha256": digest}}, "settings": settings, "versions": {"pvmap": "0.1"}},
        )
    found = diff_runs(tmp_path / "a", tmp_path / "b")
    assert found.causes == [
        "Input roofs.shp has other content.",
        "Setting planning.economics.discount_rate: 0.06 became 0.08.",
    ]
    assert list(found.districts[["added", "removed", "changed"]].sum()) == [0, 1, 1]
    total = found.districts["energy_kwh_difference"].sum()
    assert total == pytest.approx(changed["energy_kwh"].sum() - appraisal["energy_kwh"].sum())
    assert found.sites["energy_difference_kwh"].sum() == pytest.approx(total)
    same = diff_runs(tmp_path / "a", tmp_path / "a")
    assert same.sites.empty and same.columns.empty
    assert same.causes == []
    kinds = found.summed("site_type")
    one, other = (frame.groupby("site_type")["energy_kwh"].sum() / 1e6 for frame in (appraisal, changed))
    for name in one.index:
        told = kinds.loc[name, ["gwh_before", "gwh_after", "gwh_difference"]]
        assert list(told) == pytest.approx([one[name], other[name], other[name] - one[name]])
    city = found.summed("district").iloc[-1]
    assert city["mwp_after"] == pytest.approx(changed["capacity_kwp"].sum() / 1e3)
    assert city["kwh_per_kwp_after"] == pytest.approx(changed["energy_kwh"].sum() / changed["capacity_kwp"].sum())
    cost = (changed["lcoe_cny_per_kwh"] * changed["energy_kwh"]).sum() / changed["energy_kwh"].sum()
    assert city["cny_per_kwh_after"] == pytest.approx(cost)
    assert list(city[["added", "removed", "changed"]]) == [0, 1, 1]


def test_a_district_called_all_is_not_the_sum(tmp_path, appraisal):
    named = appraisal.assign(district=np.where(np.arange(len(appraisal)) % 2, "all", "东区"))
    for name in ("a", "b"):
        store.write_table(tmp_path / name, "appraisal", named)
        store.write_json(tmp_path / name / "run.json", {})
    sums = diff_runs(tmp_path / "a", tmp_path / "b").summed("district")
    assert list(sums.index).count("all") == 2
    assert sums["mwp_after"].iloc[-1] == pytest.approx(sums["mwp_after"].iloc[:-1].sum())
    assert sums["n_sites_after"].iloc[-1] == len(appraisal)


def test_diff_sees_what_a_new_appraisal_changed_without_a_kilowatt_hour(tmp_path, appraisal):
    settled = appraisal.copy()
    settled.loc[2, "npv_cny"] += 1000.0
    settled.loc[2, "at_grid_parity"] = not settled.loc[2, "at_grid_parity"]
    settled.loc[4, "capacity_practical_kwp"] *= 0.5
    for name, frame in (("a", appraisal), ("b", settled)):
        store.write_table(tmp_path / name, "appraisal", frame)
        store.write_json(tmp_path / name / "run.json", {})
    found = diff_runs(tmp_path / "a", tmp_path / "b")
    what = found.sites.set_index("site_id")["columns_changed"]
    first, second = appraisal["site_id"][[2, 4]]
    assert what.to_dict().keys() == {first, second}
    assert set(what[first].split(", ")) == {"npv_cny", "at_grid_parity"}
    assert what[second] == "capacity_practical_kwp"
    columns = found.columns.set_index("column")
    assert columns.loc["npv_cny", "largest_change"] == pytest.approx(1000.0)
    assert columns["sites"].to_dict() == {"npv_cny": 1, "at_grid_parity": 1, "capacity_practical_kwp": 1}
    assert found.districts["changed"].sum() == 2


def weather_years(appraisal: pd.DataFrame) -> pd.DataFrame:
    """Two weather years, a fifth apart, alike for all sites."""
    good, bad = (appraisal[["site_id", "energy_kwh"]].assign(year=year) for year in (2022, 2023))
    return pd.concat([good, bad.assign(energy_kwh=0.8 * bad["energy_kwh"])], ignore_index=True)


def test_all_files_in_one_go_with_the_bureaus_load(tmp_path, appraisal, town, profiles, zones, settings):
    times = pd.date_range("2023-01-01", periods=8760, freq="h")
    both = [pd.DataFrame({"time": times.astype(str), "district": d, "load_kw": 5e4}) for d in ("东区", "西区")]
    pd.concat(both).to_csv(tmp_path / "load.csv", index=False)
    tables = {
        "sites": town.sites,
        "appraisal": appraisal,
        "exclusions": town.exclusions,
        "profiles": profiles,
        "gross_profiles": town.profiles,
        "zones": zones,
        "years": weather_years(appraisal),
    }
    loads, _ = read_loads(tmp_path / "load.csv", pd.DatetimeIndex(profiles["time"].unique()), 8.0)
    written = write_planner_files(tmp_path / "run", settings, tables, {}, Around(loads))
    assert all(p.exists() for p in written)
    book = openpyxl.load_workbook(tmp_path / "run" / "report.xlsx")
    assert len(book["鸭子曲线"]._charts) == 2
    rows = [[cell.value for cell in row] for row in book["风险"]]
    head = next(number for number, row in enumerate(rows) if LABELS["sigma"].zh in row)
    sigma = rows[head + FIRST - HEADER_ZH][rows[head].index(LABELS["sigma"].zh)]
    others = {k: s for k, s in settings.planning.risk.sigma.items() if k != "year"}
    of_sky = np.hypot(np.std([1, 0.8], ddof=1) / 0.9, np.linalg.norm(list(others.values())))
    assert of_sky * 0.99 < sigma < of_sky * 1.05  # outlines and forms of single sites add little to a city
    p_set = pd.read_csv(tmp_path / "run" / "pypsa" / "loads-p_set.csv", index_col=0)
    assert (p_set == 50.0).all().all() and p_set.shape == (8760, 2)
