"""Which point a site takes, what is recorded of it, and the way through the store and back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pvmap import store
from pvmap.errors import WeatherError
from pvmap.findings import finding
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import WeatherPoint, WeatherSet, stored_points
from pvmap.sources.weather.hours import year_index

INDEX = year_index(2023, 8)
UNCORRECTED = finding("weather-uncorrected", layer="p.epw")
FLAT = pd.DataFrame({"ghi": 100.0, "dni": 50.0, "dhi": 60.0, "temp_air": 15.0, "wind_speed": 2.0}, index=INDEX)


def point(name, longitude, latitude, data=FLAT):
    return WeatherPoint(name, longitude, latitude, 5.0, data, 30.0, 60.0, "test", False, (UNCORRECTED,))


def grid(interpolation="bilinear"):
    corners = [("sw", 119.0, 32.0), ("se", 120.0, 32.0), ("nw", 119.0, 33.0), ("ne", 120.0, 33.0)]
    return WeatherSet(tuple(point(*c) for c in corners), interpolation)


def test_nearest():
    names = grid().assign(np.array([119.1, 119.9, 119.2, 150.0]), np.array([32.1, 32.2, 32.9, 50.0]))
    assert names.tolist() == ["sw", "se", "nw", "ne"]


def test_nearest_counts_in_kilometres_not_degrees():
    """At 60 N a degree of longitude is half a degree of latitude: east is nearer though its degrees are more."""
    points = WeatherSet((point("north", 10.0, 60.75), point("east", 11.2, 60.0)))
    assert points.assign(np.array([10.0]), np.array([60.0])).tolist() == ["east"]


def test_nearest_across_the_date_line():
    points = WeatherSet((point("fiji", 179.5, -17.0), point("far", -170.0, -17.0)))
    assert points.assign(np.array([-179.9]), np.array([-17.0])).tolist() == ["fiji"]


@given(x=st.floats(118.5, 120.5), y=st.floats(31.5, 33.5), a=st.floats(-5, 5), b=st.floats(-5, 5), c=st.floats(-5, 5))
def test_bilinear_weights_reproduce_a_bilinear_field(x, y, a, b, c):
    ids, weights = grid().weights(np.array([x]), np.array([y]))
    assert weights.sum() == pytest.approx(1.0)
    assert (weights >= 0).all()
    spots = {p.weather_id: (p.longitude - 119, p.latitude - 32) for p in grid().points}
    blended = sum(
        w * (a * u + b * v + c * u * v) for i, w in zip(ids[0], weights[0], strict=True) for u, v in [spots[i]]
    )
    u, v = np.clip(x - 119, 0, 1), np.clip(y - 32, 0, 1)  # outside the grid: its edge
    assert blended == pytest.approx(a * u + b * v + c * u * v, abs=1e-9)


def test_weights_of_nearest_are_one():
    ids, weights = grid("nearest").weights(np.array([119.1, 119.9]), np.array([32.1, 32.9]))
    assert ids[:, 0].tolist() == ["sw", "ne"]
    assert weights.tolist() == [[1.0], [1.0]]


def test_a_row_of_points_interpolates_along_it():
    points = WeatherSet((point("w", 119.0, 32.0), point("e", 120.0, 32.0)), "bilinear")
    ids, weights = points.weights(np.array([119.25]), np.array([35.0]))
    assert {i: weights[0][ids[0] == i].sum() for i in ("w", "e")} == pytest.approx({"w": 0.75, "e": 0.25})


def test_bilinear_without_a_whole_grid_is_refused():
    with pytest.raises(WeatherError, match="3 points do not fill the 2 x 2 grid"):
        WeatherSet(grid().points[:3], "bilinear").weights(np.array([119.0]), np.array([32.0]))


def test_two_points_of_one_name_are_refused_before_any_is_read():
    for points in ([{}] * 300, [{"path": "a/w.epw", "format": "epw"}, {"path": "b/w.csv", "format": "csv"}]):
        with pytest.raises(ValidationError, match=r"two points are called '(typical|w)'; give each a name"):
            WeatherSettings(points=points)
    assert len(WeatherSettings(points=[{}, {"name": "a"}, {"name": "b"}]).points) == 3


def test_summary_states_totals():
    summary = point("p", 119.0, 32.0).summary
    assert summary["ghi_kwh_per_m2"] == pytest.approx(876.0)
    assert summary["dhi_kwh_per_m2_by_month"][1] == pytest.approx(60 * 28 * 24 / 1000, abs=0.01)
    assert summary["temp_air"] == 15.0
    assert summary["years"] == [2023]
    assert summary["notes"] == ["p.epw: modelled irradiance, uncorrected."]


def test_months_are_local():
    """The last 8 hours of a UTC December are the local January: light there counts for January."""
    data = FLAT.assign(ghi=np.where(pd.Timestamp("2023-01-01", tz="UTC") > INDEX, 100.0, 0.0))
    monthly = point("p", 119.0, 32.0, data).monthly()["ghi"]
    assert monthly[0] == pytest.approx(0.8)
    assert monthly[1:].sum() == 0


def test_the_store_gives_back_the_same_points(tmp_path):
    found = WeatherSet((point("a", 119.0, 32.0), point("b", 120.0, 32.0, FLAT * 0.5)))
    store.write_table(tmp_path, "weather", found.table())
    store.write_json(tmp_path / "run.json", [p.summary for p in found.points])
    back = stored_points(store.read_table(tmp_path, "weather"), store.read_json(tmp_path / "run.json"))
    assert list(back) == ["a", "b"]
    for original in found.points:
        again = back[original.weather_id]
        pd.testing.assert_frame_equal(again.data, original.data, check_freq=False, check_index_type=False)
        assert again.sun_offset_minutes == original.sun_offset_minutes
        assert again.findings == original.findings
        assert again.years == original.years
