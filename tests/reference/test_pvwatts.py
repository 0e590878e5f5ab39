"""PVWatts v8 (NREL-PySAM) as a second opinion on the same weather, planes and losses.

Aligned: Perez' sky, albedo 0.2, gamma -0.35 %/K (PVWatts' premium module, whose glass is coated like ours), inverter
96 %, DC/AC 1.2, all losses in one share of 10 %, fixed open rack, rows so far apart that they do not meet.

What still differs: PVWatts' cell follows NOCT with wind and a thermal mass where ours is PVsyst's free-standing
29 W/(m2 K) (ours 1.0-1.5 K warmer over the year; cooler in still summer air, warmer in windy winters, which is the
seasonal swing of +-2 % by month); PVWatts reflects diffuse light by two equivalent angles (De Soto) where ours
integrates over the sky (Marion), which shows on planes that face away from the sun and live on diffuse and reflected
light alone: 60 degrees north gains 1.5-2 % a year, 6 % in winter. Near the horizon PVWatts lets beam in until sunset
within the hour; ours takes the hour's middle.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import PySAM.Pvwattsv8 as Pvwattsv8
import pytest
from energy.places import athens, shanghai

from pvmap.energy.chain import Surface, simulate_surface
from pvmap.settings.energy import EnergySettings
from pvmap.sources.weather import WeatherPoint

PLACES = {"athens": (athens, 2), "shanghai": (shanghai, 8)}
ALIGNED = EnergySettings.model_validate(
    {
        "transposition": "perez",
        "gamma_pdc_per_k": -0.0035,
        "first_year_factor": 1.0,
        "inverter": {"efficiency": 0.96, "dc_ac_ratio_roof": 1.2},
        "losses": {
            "soiling": 0.10,
            **dict.fromkeys(
                (
                    "snow",
                    "mismatch",
                    "dc_wiring",
                    "connections",
                    "low_light",
                    "ac_wiring",
                    "availability",
                    "transformer",
                ),
                0.0,
            ),
        },
    }
)
PLANES = [(0, 180), (10, 90), (10, 180), (20, 135), (20, 180), (20, 225), (35, 90), (35, 180), (35, 225), (35, 270)]
BEYOND = [(60, 180), (90, 180), (30, 0), (60, 0)]


class Pvwatts:
    """PVWatts for planes under one weather."""

    def __init__(self, point: WeatherPoint, utc_offset_hours: int, folder: Path) -> None:
        local = pd.DatetimeIndex(point.data.index) + pd.Timedelta(hours=utc_offset_hours)
        weather = {
            "Year": local.year,
            "Month": local.month,
            "Day": local.day,
            "Hour": local.hour,
            "Minute": int(point.sun_offset_minutes),
            "GHI": point.data["ghi"].to_numpy(),
            "DNI": point.data["dni"].to_numpy(),
            "DHI": point.data["dhi"].to_numpy(),
            "Temperature": point.data["temp_air"].to_numpy(),
            "Wind Speed": point.data["wind_speed"].to_numpy(),
        }
        place = (point.latitude, point.longitude, utc_offset_hours, point.altitude_m)
        self.file = folder / "weather.csv"
        head = "Latitude,Longitude,Time Zone,Elevation\n" + ",".join(map(str, place)) + "\n"
        self.file.write_text(head + pd.DataFrame(weather).to_csv(index=False))

    def run(self, tilt: float, azimuth: float, gcr: float = 0.01) -> tuple[float, np.ndarray]:
        """Yearly light [kWh/m2] and monthly energy [kWh/kWp]."""
        model = Pvwattsv8.default("PVWattsNone")
        model.SolarResource.solar_resource_file = str(self.file)
        model.SolarResource.use_wf_albedo = 0
        design = {"system_capacity": 1.0, "module_type": 1, "array_type": 0, "losses": 10.0, "gcr": gcr}
        design |= {"tilt": tilt, "azimuth": azimuth, "dc_ac_ratio": 1.2, "inv_eff": 96.0}
        for name, value in design.items():
            setattr(model.SystemDesign, name, value)
        model.execute()
        return sum(model.Outputs.poa) / 1000, np.array(model.Outputs.ac_monthly)


@pytest.fixture(scope="module", params=PLACES)
def place(request, shared_data, tmp_path_factory) -> tuple[WeatherPoint, int, Pvwatts]:
    read, utc_offset_hours = PLACES[request.param]
    point = read(shared_data)
    return point, utc_offset_hours, Pvwatts(point, utc_offset_hours, tmp_path_factory.mktemp("pvwatts"))


def differences(place, tilt: float, azimuth: float, gcr: float | None = None) -> tuple[float, float, np.ndarray]:
    """Ours over PVWatts' minus one: light, energy of the year, energy by month."""
    point, utc_offset_hours, pvwatts = place
    rows = {"rows_shade": False} if gcr is None else {"gcr": gcr}
    ours = simulate_surface(point, Surface(tilt, azimuth, "rack", albedo=0.2, **rows), ALIGNED, utc_offset_hours)
    months = ours["ac"].groupby(ours.index.month).sum().to_numpy()
    light, theirs = pvwatts.run(tilt, azimuth, gcr or 0.01)
    return ours["poa_global"].sum() / 1000 / light - 1, months.sum() / theirs.sum() - 1, months / theirs - 1


@pytest.mark.parametrize(("tilt", "azimuth"), PLANES)
def test_planes_of_the_city(place, tilt, azimuth):
    light, energy, months = differences(place, tilt, azimuth)
    assert abs(light) < 0.005
    assert abs(energy) < 0.02
    assert np.abs(months).max() < 0.04


@pytest.mark.parametrize(("tilt", "azimuth"), BEYOND)
def test_steeper_and_north_planes_are_told(place, tilt, azimuth, capsys):
    light, energy, months = differences(place, tilt, azimuth)
    with capsys.disabled():
        print(
            f"\n{place[0].weather_id[:20]:20s} tilt {tilt:2d} azimuth {azimuth:3d}: light {light:+.2%}, "
            f"energy {energy:+.2%}, months {months.min():+.1%} to {months.max():+.1%}",
            end="",
        )
    assert abs(light) < 0.01
    assert abs(energy) < 0.03


@pytest.mark.parametrize(("tilt", "azimuth"), [(10, 180), (20, 135), (20, 180)])
def test_rows_that_shade_each_other(place, tilt, azimuth):
    """PVWatts shades rows too, here with gcr 0.4; ours lose up to 0.6 % more light."""
    light, energy, _ = differences(place, tilt, azimuth, gcr=0.4)
    assert -0.01 < light < 0.002
    assert abs(energy) < 0.015
