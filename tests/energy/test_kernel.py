"""The kernel is the chain, for many surfaces: same numbers, whatever the order, the blocks and the threads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from energy.places import MOUNTINGS, as_surface, random_shade, random_surfaces, shanghai

from pvmap.energy.chain import simulate_surface
from pvmap.energy.kernel import Simulation, simulate
from pvmap.energy.kernel_loop import DEGREES, _compile_polynomial
from pvmap.energy.kernel_pack import arrange
from pvmap.energy.sky import build_sky
from pvmap.errors import TableError
from pvmap.settings.energy import EnergySettings

MODELS = ("haydavies", "perez")
REST = pytest.mark.slow  # each variant of the loop takes two seconds to compile
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


def chain_months(point, surface, settings) -> tuple[np.ndarray, float, np.ndarray]:
    hours = simulate_surface(point, surface, settings, 8)
    months = hours["ac"].groupby(hours.index.month).sum().to_numpy()
    return months, hours["poa_global"].sum() / 1000, hours["ac"].to_numpy()


def compare(point, settings, n: int, seed: int, *, shaded: bool, rows_shade: bool = True, dtypes=tuple(TOLERANCE)):
    """Compare every surface, month, yearly light and hour of the group's power."""
    surfaces = random_surfaces(n, seed=seed)
    shade, sunlit = random_shade(n, seed) if shaded else (None, None)
    sky = build_sky(point, settings, 8)
    expected = []
    for i in range(n):
        more = {"rows_shade": rows_shade}
        if shade is not None:
            more |= shade.iloc[i].to_dict() | {"sunlit": sunlit[i]}
        expected.append(chain_months(point, as_surface(surfaces.iloc[i], **more), settings))
    months, poa, power = (np.array(part) for part in zip(*expected, strict=True))
    total = (power * surfaces["capacity_kwp"].to_numpy()[:, None]).sum(axis=0)
    for dtype in dtypes:
        tolerance = TOLERANCE[dtype]
        run = simulate(sky, surfaces, shade, sunlit, np.zeros(n, int), 1, settings, dtype=dtype, rows_shade=rows_shade)
        np.testing.assert_allclose(run.energy_kwh_per_kwp, months, rtol=tolerance)
        np.testing.assert_allclose(run.poa_kwh_per_m2, poa, rtol=tolerance)
        np.testing.assert_allclose(run.power_kw[0], total, rtol=0, atol=tolerance * total.max())


@pytest.mark.parametrize(
    ("transposition", "shaded", "rows_shade", "dtypes"),
    [
        ("haydavies", True, True, tuple(TOLERANCE)),  # what a run uses
        ("perez", True, True, ("float64",)),  # has every part that the other has, and one more
        ("perez", False, True, ("float64",)),
        ("perez", True, False, ("float64",)),
        pytest.param("perez", True, True, ("float32",), marks=REST),
        pytest.param("haydavies", False, True, ("float64",), marks=REST),
        pytest.param("haydavies", True, False, ("float64",), marks=REST),
    ],
)
def test_kernel_equals_chain(transposition, shaded, rows_shade, dtypes, shared_data):
    settings = EnergySettings(transposition=transposition)
    compare(shanghai(shared_data), settings, 16, 4, shaded=shaded, rows_shade=rows_shade, dtypes=dtypes)


@pytest.mark.slow
@pytest.mark.parametrize("transposition", MODELS)
@pytest.mark.parametrize("shaded", [False, True])
def test_kernel_equals_chain_on_500_surfaces(transposition, shaded, shared_data):
    compare(shanghai(shared_data), EnergySettings(transposition=transposition), 500, 5, shaded=shaded)


def test_kernel_equals_chain_under_other_settings(shared_data):
    settings = EnergySettings.model_validate(
        {
            "thermal": {"model": "faiman"},
            "bifacial": {"mountings": ["rack", "pond"], "bifaciality": 0.7},
            "inverter": {"efficiency": 0.96, "dc_ac_ratio_roof": 1.4},
            "glass": {"coating_index": 1.0},
        }
    )
    compare(shanghai(shared_data), settings, 12, 6, shaded=True, dtypes=("float64",))


def test_kernel_equals_chain_with_blocks_that_fail(shared_data):
    settings = EnergySettings(electrical_shade="direct_martinez", row_blocks=3)
    compare(shanghai(shared_data), settings, 16, 9, shaded=True, dtypes=("float64",))


@pytest.fixture(scope="module")
def city(shared_data):
    """300 surfaces in five groups, simulated at once."""
    sky = build_sky(shanghai(shared_data), EnergySettings(), 8)
    surfaces = random_surfaces(300, seed=7)
    shade, sunlit = random_shade(300, 7)
    group = np.random.default_rng(7).integers(0, 5, 300)
    return sky, surfaces, shade, sunlit, group


def run(city, order: np.ndarray | slice = slice(None), **more) -> Simulation:
    sky, surfaces, shade, sunlit, group = city
    return simulate(
        sky, surfaces.iloc[order], shade.iloc[order], sunlit[order], group[order], 5, EnergySettings(), **more
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_order_and_threads_change_no_bit(city, dtype):
    whole = run(city, dtype=dtype)
    order = np.random.default_rng(8).permutation(300)
    shuffled = run(city, order, dtype=dtype, threads=3)
    np.testing.assert_array_equal(shuffled.energy_kwh_per_kwp, whole.energy_kwh_per_kwp[order])
    np.testing.assert_array_equal(shuffled.poa_kwh_per_m2, whole.poa_kwh_per_m2[order])
    np.testing.assert_allclose(shuffled.power_kw, whole.power_kw, rtol=1e-12 if dtype == "float64" else 1e-5)
    np.testing.assert_array_equal(run(city, order, dtype=dtype).power_kw, shuffled.power_kw)


def test_tiles_change_no_bit_and_their_power_adds_up(city):
    whole = run(city)
    parts = [run(city, np.arange(300)[part]) for part in (slice(0, 1), slice(1, 130), slice(130, 300))]
    np.testing.assert_array_equal(np.concatenate([p.energy_kwh_per_kwp for p in parts]), whole.energy_kwh_per_kwp)
    np.testing.assert_array_equal(np.concatenate([p.poa_kwh_per_m2 for p in parts]), whole.poa_kwh_per_m2)
    np.testing.assert_allclose(sum(p.power_kw for p in parts), whole.power_kw, rtol=1e-12)


def test_power_of_groups_is_the_energy_of_their_surfaces(city):
    whole, (_, surfaces, _, _, group) = run(city), city
    energy = whole.energy_kwh_per_kwp.sum(axis=1) * surfaces["capacity_kwp"].to_numpy()
    np.testing.assert_allclose(whole.power_kw.sum(axis=1), np.bincount(group, energy, 5), rtol=1e-12)


def test_no_groups_and_no_surfaces(city):
    sky, surfaces, *_ = city
    none = simulate(sky, surfaces.iloc[:0], None, None, np.zeros(0, int), 2, EnergySettings())
    assert none.energy_kwh_per_kwp.shape == (0, 12)
    assert none.power_kw.shape == (2, 8760)
    assert not none.power_kw.any()
    without = surfaces[surfaces["mounting"] == "flush"].iloc[:3].drop(columns="capacity_kwp")
    assert simulate(sky, without, None, None, np.zeros(3, int), 0, EnergySettings()).power_kw.shape == (0, 8760)


def test_soiling_of_a_surface_replaces_the_settings(city, shared_data):
    sky, surfaces, *_ = city
    some = surfaces.iloc[:8].assign(soiling=[np.nan, 0.04] * 4)
    # behind nothing, and with hourly power: the loop is compiled for that already
    lit = pd.DataFrame(1.0, index=some.index, columns=["sky_view_factor", "horizon_band_share"])
    mixed = simulate(sky, some, lit, np.ones((8, 64, 33), np.float32), np.zeros(8, int), 1, EnergySettings())
    for i in range(4):
        surface = as_surface(some.iloc[i].drop("soiling"), soiling=None if i % 2 == 0 else 0.04)
        months, _, _ = chain_months(shanghai(shared_data), surface, EnergySettings())
        np.testing.assert_allclose(mixed.energy_kwh_per_kwp[i], months, rtol=1e-9)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("albedo", np.nan, "albedo must be a number"), ("gcr", 0.0, "gcr of rows must be > 0")],
)
def test_what_cannot_be_simulated_is_refused(city, column, value, message):
    bad = city[1].iloc[:5].assign(mounting="rack")
    bad[column] = value
    with pytest.raises(TableError, match=message):
        simulate(city[0], bad, None, None, np.zeros(5, int), 0, EnergySettings())


@pytest.mark.parametrize("degree", DEGREES.values())
def test_polynomials_are_numpys(degree):
    rng = np.random.default_rng(degree)
    c, x = rng.normal(size=degree + 1), rng.uniform(-0.5, 0.5, 20)
    assert _compile_polynomial(x, c)(x, c) == pytest.approx(np.polynomial.polynomial.polyval(x, c), rel=1e-12)


def test_blocks_hold_one_group_each_and_every_surface_once():
    group = np.random.default_rng(9).integers(0, 7, 1000)
    blocks, block_group = arrange(group)
    used = blocks >= 0
    assert sorted(blocks[used]) == list(range(1000))
    assert (group[blocks[used]] == np.repeat(block_group, used.sum(axis=1))).all()
    assert len(blocks) <= 1000 // 64 + 7


def test_all_mountings_are_among_the_random_surfaces():
    assert set(random_surfaces(16, seed=4)["mounting"]) == set(MOUNTINGS)
