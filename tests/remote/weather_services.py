"""PVGIS and NASA POWER on this machine: answers in their form, of a simple sky."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
from loopback import Ask, Reply, Server
from pvlib.irradiance import erbs
from pvlib.location import Location


def sky(longitude: float, latitude: float, times: pd.DatetimeIndex) -> pd.DataFrame:
    """Three quarters of a clear sky, split by Erbs, 10 degrees and a light wind."""
    place = Location(latitude, longitude, altitude=10.0)
    position = place.get_solarposition(times)
    ghi = 0.75 * place.get_clearsky(times, model="haurwitz")["ghi"]
    split = erbs(ghi, position["zenith"], times)
    return pd.DataFrame({"ghi": ghi, "dni": split["dni"], "dhi": split["dhi"], "temp": 10.0, "wind": 2.0})


_SAID: dict[tuple, Reply] = {}


def once(answer: Callable[[Ask], Reply]) -> Callable[[Ask], Reply]:
    """Reckon an answer once for what is asked."""

    def told(ask: Ask) -> Reply:
        key = (answer.__name__, *sorted(ask.query.items()))
        if key not in _SAID:
            _SAID[key] = answer(ask)
        return _SAID[key]

    return told


@once
def pvgis_tmy(ask: Ask) -> Reply:
    latitude, longitude = float(ask.query["lat"]), float(ask.query["lon"])
    times = pd.date_range("2018-01-01", periods=8760, freq="h", tz="UTC")
    hours = sky(longitude, latitude, times + pd.Timedelta("30min"))
    rows = [
        {"time(UTC)": f"{time:%Y%m%d:%H%M}", "T2m": 10.0, "RH": 70.0, "G(h)": round(g, 2), "Gb(n)": round(b, 2),
         "Gd(h)": round(d, 2), "IR(h)": 300.0, "WS10m": 2.0, "WD10m": 90.0, "SP": 101325.0}
        for time, g, b, d in zip(times, hours["ghi"], hours["dni"], hours["dhi"], strict=True)
    ]  # fmt: skip
    content = {
        "inputs": {
            "location": {
                "latitude": latitude, "longitude": longitude, "elevation": 12.0, "irradiance_time_offset": 0.5,
            },
            "meteo_data": {"radiation_db": "PVGIS-ERA5"},
        },
        "outputs": {"months_selected": [{"month": m, "year": 2018} for m in range(1, 13)], "tmy_hourly": rows},
        "meta": {"inputs": {}},
    }  # fmt: skip
    return Reply(json.dumps(content).encode(), headers={"Content-Type": "application/json"})


@once
def power_year(ask: Ask) -> Reply:
    query = ask.query
    if len(query["parameters"].split(",")) > 15 or query["community"] not in ("re", "sb", "ag"):
        return Reply(b'{"messages": ["parameters are not known"]}', 422)
    first, last = pd.Timestamp(query["start"], tz="UTC"), pd.Timestamp(query["end"], tz="UTC")
    times = pd.date_range(first, last + pd.Timedelta("23h"), freq="h")
    longitude, latitude = float(query["longitude"]), float(query["latitude"])
    hours = sky(longitude, latitude, times + pd.Timedelta("30min"))
    names = {
        "ALLSKY_SFC_SW_DWN": "ghi",
        "ALLSKY_SFC_SW_DNI": "dni",
        "ALLSKY_SFC_SW_DIFF": "dhi",
        "T2M": "temp",
        "WS10M": "wind",
    }
    stamps = times.strftime("%Y%m%d%H")
    content = {
        "geometry": {"coordinates": [longitude, latitude, 12.0]},
        "properties": {
            "parameter": {n: dict(zip(stamps, np.round(hours[c], 2), strict=True)) for n, c in names.items()}
        },
        "header": {"fill_value": -999.0, "time_standard": query["time-standard"].upper()},
        "parameters": {n: {"units": "Wh/m^2" if c in ("ghi", "dni", "dhi") else ""} for n, c in names.items()},
        "messages": [],
    }
    return Reply(json.dumps(content).encode())


def serve_weather(server: Server) -> dict[str, str]:
    """Put both services up and return the base of each."""
    server.routes["/pvgis/tmy"] = pvgis_tmy
    server.routes["/power/temporal/hourly/point"] = power_year
    return {"pvgis": f"{server.url}/pvgis", "power": f"{server.url}/power"}
