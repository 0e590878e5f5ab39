"""The synthetic year on tilted planes, against plane-of-array totals computed independently."""

import pandas as pd
import pytest
from pvlib.irradiance import get_extra_radiation, get_total_irradiance
from pvlib.solarposition import get_solarposition

from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

# computed apart from this code: plane-of-array under open sky, Hay-Davies, kWh/m2 a year
EXPECTED = {0: 1345, 5: 1379, 12: 1412, 15: 1425, 24: 1441}


@pytest.mark.parametrize("seed", [321100, 1, 2])
def test_plane_of_array(tmp_path, seed):
    point = read_weather(WeatherSettings(points=[{}], typical={"seed": seed}), tmp_path, 8).points[0]
    times = point.data.index + pd.Timedelta(minutes=point.sun_offset_minutes)
    sun = get_solarposition(times, point.latitude, point.longitude, altitude=point.altitude_m)
    data = point.data.set_axis(times)
    for tilt, expected in EXPECTED.items():
        poa = get_total_irradiance(
            tilt,
            180,
            sun["zenith"],
            sun["azimuth"],
            data["dni"],
            data["ghi"],
            data["dhi"],
            dni_extra=get_extra_radiation(times),
            albedo=0.2,
            model="haydavies",
        )["poa_global"]
        assert poa.sum() / 1000 == pytest.approx(expected, rel=0.006)
