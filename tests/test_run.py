"""A finished run as Python sees it: tables with units, a map that takes layers, one explanation, one physics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from city import Run as City
from city import copy, demo_file

import pvmap
from pvmap import pipeline, store
from pvmap.energy.chain import Surface, simulate_surface
from pvmap.errors import ConfigError, InputError, TableError, WeatherError
from pvmap.settings.energy import EnergySettings
from pvmap.stages.skies import weather_points
from pvmap.store import whole
from pvmap.tables import TABLES


@pytest.fixture(scope="module")
def run(small_city: City) -> pvmap.Run:
    return pvmap.open_run(small_city.processed)


def test_importing_loads_nothing_heavy():
    code = "import sys, pvmap, pvmap.energy; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "geopandas", "pvlib", "numba", "dask", "folium", "rasterio", "pydantic"}
    assert heavy & set(done.stdout.split()) == set()
    assert pvmap.energy.simulate.__module__ == "pvmap.energy.arrays"
    with pytest.raises(AttributeError, match="nothing_such"):
        pvmap.nothing_such  # noqa: B018


def test_every_table_is_there_with_units(run: pvmap.Run, small_city: City):
    assert {"sites", "appraisal", "zones", "exclusions", "profiles"} <= set(run.tables)
    for name in run.tables:
        frame = getattr(run, name)
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(store.read_table(run.folder, name)))
        units = {c: spec.unit for c in frame.columns if (spec := TABLES[name].column(c)) is not None}
        assert frame.attrs["units"] == units and set(frame.columns) - set(units) <= {"geometry"}
        assert isinstance(frame, gpd.GeoDataFrame) == TABLES[name].geometry
        assert name in dir(run)
    assert run.appraisal is run.appraisal
    assert list(run.table("sites", ["site_id"]).columns) == ["site_id"]
    kwp = run.appraisal["capacity_kwp"].sum() / 1000
    assert run.totals.loc["all", "capacity_mwp"] == pytest.approx(kwp)
    assert run.settings == small_city.job.settings


def test_what_is_not_there_is_said(run: pvmap.Run, tmp_path: Path):
    with pytest.raises(AttributeError, match="appraisal"):
        run.roofs  # noqa: B018
    absent = next(name for name in TABLES if name not in run.tables)
    with pytest.raises(AttributeError, match="no table"):
        getattr(run, absent)
    with pytest.raises(InputError, match="no table"):
        run.table("../sites")
    with pytest.raises(InputError, match="pvmap map"):
        pvmap.open_run(tmp_path)


@pytest.mark.parametrize("given", [None, 3, [], b"data", "", "a\0b", "\ud800", Path("no/such"), Path(__file__)])
def test_what_is_no_run_is_said_in_a_sentence_of_our_own(run: pvmap.Run, tmp_path: Path, given: object):
    with pytest.raises(InputError, match=r"is a path|pvmap map"):
        pvmap.open_run(given)
    with pytest.raises((InputError, ConfigError), match=r"is a path|pvmap new"):
        pvmap.run_city(given, tmp_path)
    if not isinstance(given, Path):
        with pytest.raises(InputError, match="raw is a path"):
            pvmap.open_run(run.folder, [given])


def test_what_no_run_can_be_asked_is_said(run: pvmap.Run, tmp_path: Path):
    for columns in ("site_id", ["site_id", "nobody"], [None], 3):
        with pytest.raises(InputError, match="columns of sites"):
            run.table("sites", columns)
    with pytest.raises(InputError, match="site_id"):
        run.explain(None)
    for workers in (-1, "two", 1.5, True):
        with pytest.raises(InputError, match="workers"):
            pvmap.run_city("demo", tmp_path, workers=workers)
    whole.write_record(tmp_path / "run.json", {"city": {}})
    with pytest.raises(InputError, match="another version"):
        pvmap.open_run(tmp_path)


def test_a_run_of_another_version_opens_and_says_so(run: pvmap.Run):
    older = pvmap.Run(run.folder, run.folder, {**run.about, "settings": {**run.about["settings"], "gone": {}}})
    assert len(older.appraisal) == len(run.appraisal) and "demo" in repr(older)
    with pytest.raises(InputError, match="another version"):
        older.map()


@pytest.mark.slow
def test_it_explains_as_the_command_does(run: pvmap.Run, small_city: City):
    site = run.appraisal.loc[run.appraisal["capacity_kwp"].idxmax(), "site_id"]
    assert run.explain(site) == "\n".join(pipeline.explain_site(small_city.job, site))
    with pytest.raises(InputError, match="nobody"):
        run.explain("nobody")


def test_the_map_is_the_runs_and_takes_layers(run: pvmap.Run, small_city: City, tmp_path: Path):
    own = run.map()
    assert isinstance(own, folium.Map)
    name = "一层 </script><b>"
    folium.FeatureGroup(name=name).add_child(folium.CircleMarker((32.2, 119.45))).add_to(own)
    own.save(str(tmp_path / "own.html"))
    page = (tmp_path / "own.html").read_text(encoding="utf-8")
    blocks = [line for line in small_city.report.index.read_text(encoding="utf-8").splitlines() if "pvmapTile(" in line]
    data = [line for line in blocks if line.startswith("<script>pvmapTile(")]
    assert len(data) > 5 and all(line in page for line in data)
    assert page.index("L.circleMarker(") < page.index("pvmap.sections.layers([") < page.index("pvmap.start();")
    assert "</script><b>" not in page
    assert "<iframe srcdoc=" in own._repr_html_()


def test_a_city_runs_in_one_call(small_city: City, tmp_path: Path):
    root = copy(small_city, tmp_path)
    again = pvmap.run_city(demo_file(root / "demo.toml"), root)
    assert again.about["created"] >= pvmap.open_run(small_city.processed).about["created"]
    pd.testing.assert_frame_equal(again.yields, store.read_table(small_city.processed, "yields"))


def test_the_physics_over_arrays_is_that_of_the_model(small_city: City):
    point = next(iter(weather_points(small_city.processed).values()))
    station = pvmap.energy.Station(
        point.data, point.longitude, point.latitude, point.altitude_m, point.sun_offset_minutes
    )
    sky = pvmap.energy.sky_over(station, 8.0)
    tilt, azimuth = np.array([0.0, 25.0, 25.0]), np.array([180.0, 180.0, 90.0])
    found = pvmap.energy.simulate(sky, tilt, azimuth)
    for number in range(3):
        one = simulate_surface(point, Surface(tilt[number], azimuth[number], "flush"), EnergySettings(), 8.0)
        assert found.energy_kwh_per_kwp[number].sum() == pytest.approx(one["ac"].sum(), rel=1e-9)
        assert found.poa_kwh_per_m2[number] == pytest.approx(one["poa_global"].sum() / 1000, rel=1e-9)
    rows = pvmap.energy.simulate(sky, 25.0, 180.0, "rack", [0.3, 0.6]).energy_kwh_per_kwp.sum(axis=1)
    assert rows[1] < rows[0] < found.energy_kwh_per_kwp[1].sum() * 1.05


def test_what_cannot_be_simulated_is_said():
    times = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")
    weather = pd.DataFrame({"ghi": 1.0, "dni": 0.0, "dhi": 1.0, "temp_air": 1.0, "wind_speed": 1.0}, times)
    with pytest.raises(WeatherError, match="'dni'"):
        pvmap.energy.sky_over(pvmap.energy.Station(weather.drop(columns="dni"), 0.0, 0.0))
    with pytest.raises(WeatherError, match="time zone"):
        pvmap.energy.sky_over(pvmap.energy.Station(weather.tz_localize(None), 0.0, 0.0))
    sky = pvmap.energy.sky_over(pvmap.energy.Station(weather, 0.0, 0.0))
    with pytest.raises(TableError, match="'floating'"):
        pvmap.energy.simulate(sky, 10.0, 180.0, "floating")
    with pytest.raises(TableError, match="surface_tilt"):
        pvmap.energy.simulate(sky, np.nan, 180.0)
    for impossible in ({"albedo": 20.0}, {"gcr": 1.2}, {"surface_tilt": -5}):
        with pytest.raises(TableError, match=next(iter(impossible))):
            pvmap.energy.simulate(sky, **{"surface_tilt": 10, "surface_azimuth": 180, **impossible})
    for wrong in (np.nan, 9999.0):
        spoiled = weather.assign(ghi=weather["ghi"].where(weather.index.hour != 12, wrong))
        with pytest.raises(TableError, match="weather: ghi"):
            pvmap.energy.sky_over(pvmap.energy.Station(spoiled, 0.0, 0.0))
