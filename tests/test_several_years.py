"""Every weather year is simulated hour by hour for every site, and the risk rests on what comes out."""

from __future__ import annotations

import numpy as np
import pytest
from city import Run, demo_file, run

from pvmap import store
from pvmap.energy.chain import Surface, simulate_surface
from pvmap.planning.risk.uncertainty import quantile_factor
from pvmap.sources.weather import WeatherPoint, stored_points
from pvmap.stages.job import YEARS

MORE = '\n[weather]\nseveral_years = true\n[shade]\nenabled = false\n[certainty]\neffort = "off"\n'


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small city under open sky, so that plain pvlib can follow, in as many years as the typical weather has."""
    root = tmp_path_factory.mktemp("years")
    return run(demo_file(root / "demo.toml", demo="n_buildings = 500\nn_quarries = 3\nn_ponds = 60", more=MORE), root)


@pytest.fixture(scope="module")
def weather(city: Run) -> WeatherPoint:
    folder = city.processed / YEARS
    return stored_points(store.read_table(folder, "weather"), store.read_json(folder / "points.json"))["typical"]


def test_every_site_has_every_year(city: Run, weather: WeatherPoint):
    years, appraisal = city.table("years"), city.table("appraisal")
    assert len(weather.years) == 20
    built = appraisal.loc[appraisal["capacity_kwp"] > 0, "site_id"]
    counted = years.groupby("site_id")["year"].agg(lambda some: tuple(sorted(some)))
    assert set(built) <= set(counted.index)
    assert (counted.map(tuple(sorted(weather.years)).__eq__)).all()


@pytest.mark.parametrize("mounting", ["flush", "rack", "ground", "pond"])
def test_a_year_is_what_plain_pvlib_makes_of_it(city: Run, weather: WeatherPoint, mounting: str):
    surfaces, settings = city.table("surfaces"), city.job.settings
    capacity = city.table("yields").set_index("surface_id")["capacity_kwp"]
    site_id = surfaces.loc[surfaces["mounting"] == mounting, "site_id"].iloc[0]
    some, energy = surfaces[surfaces["site_id"] == site_id], city.table("years").query("site_id == @site_id")
    for year in weather.years[:2]:
        expected = 0.0
        for one in some.itertuples():
            surface = Surface(
                one.surface_tilt,
                one.surface_azimuth,
                one.mounting,
                one.gcr,
                one.albedo,
                one.ground_tilt,
                one.ground_azimuth,
                one.row_length_m,
                one.edge_height_m,
            )
            hours = simulate_surface(weather.year(year), surface, settings.energy, settings.city.utc_offset_hours)
            expected += hours["ac"].sum() * capacity[one.surface_id]
        found = energy.loc[energy["year"] == year, "energy_kwh"]
        assert found.to_numpy() == pytest.approx([expected], rel=1e-9)


def test_years_differ_and_their_spread_is_the_sites(city: Run):
    risk = city.job.settings.planning.risk
    wide = city.table("years").pivot_table(index="site_id", columns="year", values="energy_kwh")
    spread = wide.std(axis=1, ddof=1) / wide.mean(axis=1)
    assert ((spread > 0.005) & (spread < 0.1)).all()
    appraisal = city.table("appraisal").set_index("site_id").loc[wide.index].query("energy_kwh > 0")
    others = np.linalg.norm([sigma for name, sigma in risk.sigma.items() if name != "year"])
    expected = quantile_factor(0.9, np.hypot(spread.loc[appraisal.index], others))
    np.testing.assert_allclose(appraisal["p90_kwh"] / appraisal["p50_kwh"], expected, rtol=1e-9)
