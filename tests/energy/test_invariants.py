"""What must hold whatever the numbers: shade takes, more sun gives, and directions do not matter to a mirror."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from energy.places import MOUNTINGS, random_shade, random_surfaces, shanghai
from hypothesis import HealthCheck, given, settings, strategies

from pvmap.energy.kernel import simulate
from pvmap.energy.sky import Sky, build_sky
from pvmap.settings.energy import EnergySettings

MODELS = {name: EnergySettings(transposition=name) for name in ("haydavies", "perez")}
repeatedly = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
seeds = strategies.integers(0, 2**32 - 1)
IN_CI = os.environ.get("CI", "").lower() == "true"
models = strategies.sampled_from(sorted(MODELS) if IN_CI else ["perez"])  # which has every part of the loop


@pytest.fixture(scope="module")
def skies(shared_data) -> dict[str, Sky]:
    return {name: build_sky(shanghai(shared_data), model, 8) for name, model in MODELS.items()}


def months(sky: Sky, surfaces: pd.DataFrame, shade=None, sunlit=None, **more) -> np.ndarray:
    model = MODELS[more.pop("model")]
    n = len(surfaces)
    # one group, as a run has at least: the loop is compiled once for both
    return simulate(sky, surfaces, shade, sunlit, np.zeros(n, int), 1, model, **more).energy_kwh_per_kwp


@repeatedly
@given(seed=seeds, model=models)
def test_shade_takes_and_rows_take(seed, model, skies):
    surfaces = random_surfaces(64, seed=seed)
    shade, sunlit = random_shade(64, seed)
    level = surfaces.assign(ground_tilt=0.0)  # a slope that rises in front of rows may show them more bright ground
    open_sky = months(skies[model], level, model=model, rows_shade=False)
    assert (months(skies[model], level, model=model) <= open_sky * (1 + 1e-12)).all()
    rows_alone = months(skies[model], surfaces, model=model)
    everything = months(skies[model], surfaces, shade, sunlit, model=model)
    assert (everything <= rows_alone * (1 + 1e-12)).all()
    assert (everything > 0).all()


@repeatedly
@given(seed=seeds, model=models, part=strategies.sampled_from(["sunlit", "sky_view_factor", "horizon_band_share"]))
def test_more_sky_never_gives_less(seed, model, part, skies):
    surfaces = random_surfaces(64, seed=seed)
    shade, sunlit = random_shade(64, seed)
    brighter, more = shade.copy(), sunlit.copy()
    share = np.random.default_rng(seed).uniform(0, 1, 64)
    if part == "sunlit":
        more += (1 - more) * share[:, None, None].astype(np.float32)
    else:
        brighter[part] += (1 - brighter[part]) * share
    before = months(skies[model], surfaces, shade, sunlit, model=model)
    after = months(skies[model], surfaces, brighter, more, model=model)
    assert (after >= before * (1 - 1e-7)).all()  # the table is float32


@repeatedly
@given(seed=seeds, model=models)
def test_a_mirrored_city_under_a_mirrored_sky_gives_the_same(seed, model, skies):
    sky, surfaces = skies[model], random_surfaces(64, seed=seed)
    _, sunlit = random_shade(64, seed)
    mirrored_sky = replace(sky, sun=sky.sun * [-1, 1, 1], azimuth=(360 - sky.azimuth) % 360)
    mirrored = surfaces.assign(
        surface_azimuth=(360 - surfaces["surface_azimuth"]) % 360,
        ground_azimuth=(360 - surfaces["ground_azimuth"]) % 360,
    )
    there = months(sky, surfaces, None, sunlit, model=model)
    back = months(mirrored_sky, mirrored, None, sunlit[:, ::-1], model=model)
    np.testing.assert_allclose(back, there, rtol=1e-10)


@repeatedly
@given(seed=seeds, factor=strategies.floats(0.1, 1000))
def test_power_of_a_group_is_linear_in_capacity(seed, factor, skies):
    surfaces, group = random_surfaces(100, seed=seed), np.arange(100) % 3
    larger = surfaces.assign(capacity_kwp=surfaces["capacity_kwp"] * factor)
    sky, model = skies["perez"], MODELS["perez"]
    small = simulate(sky, surfaces, None, None, group, 3, model).power_kw
    large = simulate(sky, larger, None, None, group, 3, model).power_kw
    np.testing.assert_allclose(large, factor * small, rtol=1e-12)


@repeatedly
@given(tilt=strategies.floats(0, 60), mounting=strategies.sampled_from(MOUNTINGS), model=models)
def test_a_turn_of_360_degrees_is_none(tilt, mounting, model, skies):
    two = random_surfaces(2, seed=1).assign(surface_tilt=tilt, mounting=mounting, surface_azimuth=[0.0, 360.0])
    two = two.assign(**{c: two[c].iloc[0] for c in ("gcr", "albedo", "ground_tilt", "ground_azimuth", "edge_height_m")})
    first, second = months(skies[model], two, model=model)
    np.testing.assert_allclose(first, second, rtol=1e-10)


def test_a_flat_plane_has_no_azimuth(skies):
    flat = random_surfaces(8, mountings=("flush",), seed=2).assign(surface_tilt=0.0, albedo=0.2)
    found = months(skies["perez"], flat, model="perez")
    np.testing.assert_allclose(found, np.broadcast_to(found[0], found.shape), rtol=1e-10)
