"""The hours of the profiles are those of the weather they were computed with, its year included."""

import numpy as np
import pandas as pd
from findings.examples.village import BUILDINGS, HEAD, put, rows
from findings.examples.weather import clear_year

from pvmap import pipeline, store

WEATHER = '[[weather.points]]\nformat = "csv"\npath = "w.csv"\nlongitude = 119.45\nlatitude = 32.2\n'
PRICES = '[inputs.market_prices]\npath = "p.csv"\n'
NO_SHADE = "[shade]\nenabled = false\n"


def test_profiles_bear_the_year_of_the_weather(tmp_path):
    year = clear_year(2021)
    dark = (year["time"] >= "2021-07-01") & (year["time"] < "2021-07-02")  # a day of 2021 without sun
    year.loc[dark, ["ghi", "dni", "dhi"]] = 0.0
    year.to_csv(tmp_path / "w.csv", index=False)
    put(tmp_path, "b.geojson", rows(1))
    local = pd.date_range("2021-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M")
    pd.DataFrame({"time": local, "price_cny_per_kwh": 0.3}).to_csv(tmp_path / "p.csv", index=False)
    city = tmp_path / "x.toml"
    city.write_text(HEAD + BUILDINGS + PRICES + WEATHER + NO_SHADE, encoding="utf-8")
    job = pipeline.open_city(str(city), tmp_path, tmp_path)
    report = pipeline.make_map(job, workers=0)
    profiles = store.read_table(job.folders.processed, "profiles")
    power = profiles.groupby("time")["power_kw"].sum()
    assert power.index[0] == pd.Timestamp("2020-12-31 16:00", tz="UTC")
    assert power["2021-07-01 00:00":"2021-07-01 23:00"].sum() == 0.0
    assert np.all(power["2021-06-30 02:00":"2021-06-30 06:00"] > 0)
    assert "hours-of-another-year" not in {found.code for found in report.findings}
