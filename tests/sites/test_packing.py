"""Row spacing by GB 50797 against the printed rule, against pvlib's shading, and for its limits."""

from __future__ import annotations

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pvlib import shading, solarposition

from pvmap.energy.chain import Surface, row_lit_share
from pvmap.errors import ConfigError
from pvmap.row_geometry import slope_towards
from pvmap.settings.module import ModuleSettings
from pvmap.settings.sites import SitingSettings
from pvmap.sites import packing

# computed apart: tilt -> pitch / L and ground cover ratio at 32.2 N, facing south
PITCH_TABLE = [
    (5, 1.173, 0.853),
    (10, 1.337, 0.748),
    (12, 1.399, 0.715),
    (15, 1.490, 0.671),
    (20, 1.633, 0.612),
    (22, 1.686, 0.593),
    (25, 1.763, 0.567),
    (28, 1.834, 0.545),
]


def solstice_sun(latitude: float, hour: float) -> tuple[float, float]:
    """Zenith and azimuth [deg] at a true solar time of the winter solstice, by pvlib's analytical formulas."""
    phi, turn, sun = (
        np.radians(latitude),
        np.radians(15.0 * (hour - 12.0)),
        np.radians(-23.45 if latitude >= 0 else 23.45),
    )
    zenith = solarposition.solar_zenith_analytical(phi, turn, sun)
    return float(np.degrees(zenith)), float(np.degrees(solarposition.solar_azimuth_analytical(phi, turn, sun, zenith)))


def test_factor_is_2_026_at_zhenjiang() -> None:
    assert packing.shadow_length(32.2, 180.0) == pytest.approx(2.026, abs=5e-4)


@pytest.mark.parametrize("latitude", [0.0, 18.0, 25.0, 32.2, 39.9, 53.0])
def test_equals_the_printed_formula_facing_south(latitude: float) -> None:
    tan = np.tan(np.radians(latitude))
    printed = (0.707 * tan + 0.4338) / (0.707 - 0.4338 * tan)
    assert packing.shadow_length(latitude, 180.0) == pytest.approx(printed, rel=2e-3)


@pytest.mark.parametrize(("tilt", "pitch", "gcr"), PITCH_TABLE)
def test_pitch_table(tilt: float, pitch: float, gcr: float) -> None:
    assert packing.pitch_ratio(32.2, tilt, 180.0) == pytest.approx(pitch, abs=1e-3)
    assert packing.ground_cover_ratio(32.2, tilt, 180.0) == pytest.approx(gcr, abs=1e-3)


@pytest.mark.parametrize("hour", [9.0, 15.0])
@pytest.mark.parametrize("azimuth", [120.0, 180.0, 225.0])
@pytest.mark.parametrize("slope", [-8.0, 0.0, 6.0])
def test_pvlib_sees_no_shade_at_this_pitch_and_some_at_less(hour: float, azimuth: float, slope: float) -> None:
    """pvlib measures the pitch horizontally; its cross-axis slope is positive where the ground falls to the front."""
    zenith, sun_azimuth = solstice_sun(32.2, hour)
    towards = (azimuth + (180.0 if slope < 0 else 0.0)) % 360.0
    pitch = float(packing.pitch_ratio(32.2, 24.0, azimuth, ground_tilt=abs(slope), ground_azimuth=towards))

    def shaded(of_pitch: float) -> float:
        return float(
            shading.shaded_fraction1d(
                zenith,
                sun_azimuth,
                axis_azimuth=azimuth - 90.0,
                shaded_row_rotation=24.0,
                collector_width=1.0,
                pitch=pitch * of_pitch * np.cos(np.radians(slope)),
                cross_axis_slope=slope,
            )
        )

    assert shaded(1.0) == pytest.approx(0.0, abs=1e-9)
    worst = max(
        np.cos(np.radians(solstice_sun(32.2, h)[1] - azimuth)) * np.tan(np.radians(solstice_sun(32.2, h)[0]))
        for h in (9.0, 15.0)
    )
    here = np.cos(np.radians(sun_azimuth - azimuth)) * np.tan(np.radians(zenith))
    if here == pytest.approx(worst):
        assert shaded(0.98) > 0.0


@pytest.mark.parametrize(("slope", "gcr"), [(0.0, 0.576), (5.0, 0.524), (10.0, 0.459), (15.0, 0.374)])
@pytest.mark.parametrize("downhill", [90.0, 270.0])
def test_a_slope_across_the_rows_spreads_them(slope: float, gcr: float, downhill: float) -> None:
    """In the ground's frame the sun at 9 or 15 h stands lower: cos(height) tan(tilt) by hand."""
    found = packing.ground_cover_ratio(32.2, 24.0, 180.0, ground_tilt=slope, ground_azimuth=downhill)
    assert found == pytest.approx(gcr, abs=5e-4)


LATITUDES, TILTS, SLOPES = st.floats(-45, 45), st.floats(10, 40), st.floats(0, 20)


@given(LATITUDES, TILTS, SLOPES, st.floats(0, 360))
def test_energy_sees_rows_lit_from_9_to_15_h_on_any_slope(
    latitude: float, tilt: float, slope: float, downhill: float
) -> None:
    azimuth = float(packing.equator_azimuth(latitude))
    ground = {"ground_tilt": slope, "ground_azimuth": downhill}
    tilt = max(tilt, float(slope_towards(azimuth, **ground)))
    gcr = float(packing.ground_cover_ratio(latitude, tilt, azimuth, **ground))
    hypothesis.assume(gcr > 0.05)
    zenith, bearing = (pd.Series(v) for v in zip(*(solstice_sun(latitude, h) for h in (9.0, 15.0)), strict=True))

    def lit(of_gcr: float) -> np.ndarray:
        surface = Surface(tilt, azimuth, "ground", gcr * of_gcr, 0.2, slope, downhill)
        return row_lit_share(surface, zenith, bearing).to_numpy()

    assert lit(1.0) == pytest.approx(1.0, abs=1e-9)
    assert gcr == 1.0 or lit(1.02).min() < 1.0 - 1e-3


@given(st.floats(20, 40), SLOPES, st.floats(0, 360), st.sampled_from([9.0, 15.0]))
def test_no_ray_to_the_sun_meets_level_tables_in_front(
    latitude: float, slope: float, downhill: float, hour: float
) -> None:
    """Tables of 1 m length, level, each at the height of the ground below its middle: rays from their lower edge."""
    tilt, length, table = max(24.0, float(slope_towards(180.0, slope, downhill))), 4.0, 1.0
    gcr = float(packing.ground_cover_ratio(latitude, tilt, 180.0, ground_tilt=slope, ground_azimuth=downhill))
    hypothesis.assume(gcr > 0.05)
    fall = np.tan(np.radians(slope)) * np.array([np.sin(np.radians(downhill)), np.cos(np.radians(downhill))])
    along = np.cos(np.radians(float(slope_towards(180.0, slope, downhill))))
    front = -length / gcr * along  # of the lower edge of the row in front, northward [m]
    zenith, bearing = np.radians(solstice_sun(latitude, hour))
    east, north, up = np.sin(zenith) * np.sin(bearing), np.sin(zenith) * np.cos(bearing), np.cos(zenith)
    top = front + length * np.cos(np.radians(tilt))  # northward
    reach = (0.0 - top) / -north  # along the ray until it stands over the upper edge of the row in front
    start = np.linspace(-table / 2, table / 2, 21)  # a table's whole lower edge
    meets = np.round((start + reach * east) / table) * table  # middle of the table it passes
    height_of_top = -(fall[0] * meets + fall[1] * front) + length * np.sin(np.radians(tilt))
    assert reach * up >= np.min(height_of_top) - table / 2 * abs(fall[0]) - 1e-9


@pytest.mark.parametrize(("azimuth", "mirror"), [(180.0, 180.0), (150.0, 210.0), (90.0, 270.0), (45.0, 315.0)])
def test_east_and_west_are_alike(azimuth: float, mirror: float) -> None:
    assert packing.pitch_ratio(32.2, 20.0, azimuth) == pytest.approx(packing.pitch_ratio(32.2, 20.0, mirror))


def test_rows_facing_away_from_the_sun_only_must_not_overlap() -> None:
    assert packing.pitch_ratio(32.2, 20.0, 0.0) == pytest.approx(np.cos(np.radians(20.0)))


def test_southern_hemisphere_mirrors_the_northern() -> None:
    assert packing.equator_azimuth([32.2, -32.2]).tolist() == [180.0, 0.0]
    assert packing.pitch_ratio(-32.2, 20.0, 0.0) == pytest.approx(packing.pitch_ratio(32.2, 20.0, 180.0))


def test_steep_sunny_slope_lets_modules_lie_on_the_ground() -> None:
    assert packing.pitch_ratio(32.2, 24.0, 180.0, ground_tilt=30.0, ground_azimuth=180.0) == pytest.approx(1.0)


def test_slope_that_the_winter_sun_does_not_clear_takes_no_rows() -> None:
    assert packing.ground_cover_ratio(32.2, 24.0, 180.0, ground_tilt=40.0, ground_azimuth=0.0) == 0.0


@given(st.floats(-55, 55), st.floats(0, 60), st.floats(0, 360))
def test_ground_cover_is_a_share(latitude: float, tilt: float, azimuth: float) -> None:
    assert 0.0 < packing.ground_cover_ratio(latitude, tilt, azimuth) <= 1.0


@given(st.floats(20, 55), st.floats(0, 29))
def test_steeper_rows_stand_farther_apart(latitude: float, tilt: float) -> None:
    assert packing.pitch_ratio(latitude, tilt, 180.0) <= packing.pitch_ratio(latitude, tilt + 1.0, 180.0)


@given(st.floats(-55, 55), st.floats(0, 360))
def test_a_narrower_window_never_spreads_rows(latitude: float, azimuth: float) -> None:
    whole = packing.shadow_length(latitude, azimuth)
    facing = packing.shadow_length(latitude, packing.equator_azimuth(latitude), window=(10.0, 14.0))
    assert facing <= packing.shadow_length(latitude, packing.equator_azimuth(latitude)) + 1e-12
    assert packing.shadow_length(latitude, azimuth + 360.0) == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("latitude", [58.0, -60.0, 78.2])
def test_the_rule_ends_at_58_degrees(latitude: float) -> None:
    with pytest.raises(ConfigError, match=r"spacing_start_hour.*narrower window"):
        packing.spacing_window(SitingSettings(), [32.2, latitude])


def test_a_stated_window_goes_farther() -> None:
    assert packing.spacing_window(SitingSettings(spacing_start_hour=11, spacing_end_hour=13), [59.3]) == (11.0, 13.0)
    with pytest.raises(ConfigError, match="winter sun is too low"):
        packing.spacing_window(SitingSettings(spacing_start_hour=11, spacing_end_hour=13), [70.0])


POND = {"row_length_m": 4.58, "min_pitch_m": 6.5, "max_water_cover": 0.50}


@pytest.mark.parametrize(
    ("change", "tilt", "gcr"),
    [
        ({}, 12.0, 0.50 / np.cos(np.radians(12.0))),  # the cap binds: 0.511
        ({"max_water_cover": 0.75}, 12.0, 4.58 / 6.5),  # the smallest pitch binds
        ({"max_water_cover": 0.75, "min_pitch_m": 4.6}, 12.0, 1 / 1.399),  # the sun binds
    ],
)
def test_pond_cover_is_the_least_of_three(change: dict[str, float], tilt: float, gcr: float) -> None:
    assert packing.pond_cover_ratio(32.2, tilt, 180.0, **(POND | change)) == pytest.approx(gcr, abs=1e-3)


def test_pond_cover_of_the_model_page() -> None:
    assert packing.pond_cover_ratio(32.2, 12.0, 180.0, **POND) == pytest.approx(0.511, abs=5e-4)


@pytest.mark.parametrize(
    ("modules", "whole"), [(0.0, 0), (0.999, 0), (1.0, 1), (1.9999, 1), (100.0, 100), (100.5, 100)]
)
def test_whole_modules(modules: float, whole: int) -> None:
    assert packing.whole_modules(modules * 2.583 / 0.82, 0.82, ModuleSettings()) == whole
