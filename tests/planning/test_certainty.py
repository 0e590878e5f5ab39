"""How sure each site is: draws of heights, what carries them to all roofs, and how errors are joined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from pvmap.planning.risk import (
    carry,
    certainty,
    height_draws,
    height_model,
    input_errors,
    keyed,
    narrowing,
    uncertainty,
)
from pvmap.planning.risk.mixing import mixed_quantiles
from pvmap.planning.risk.reason_words import REASONS
from pvmap.planning.risk.reasons import reasons
from pvmap.settings.city import Settings
from pvmap.settings.planning import RiskSettings
from pvmap.shade.obstruction import obstruction, pairs_of, views_of

NAMED = {"city": {"name": "t", "title_zh": "t", "title_en": "t"}}
LEVEL = Settings.model_validate(NAMED)


def row_of_houses(n: int = 60) -> np.ndarray:
    """Squares of 10 m in pairs that touch, 15 m between pairs."""
    west = np.arange(n) * 10.0 + np.arange(n) // 2 * 15.0
    return shapely.box(west, 0.0, west + 10.0, 10.0)


def seen(height_m: np.ndarray, rmse_m: float = 0.0, log_sd: float = 0.0) -> height_model.Observed:
    n = len(height_m)
    return height_model.Observed(height_m, np.full(n, rmse_m), np.full(n, log_sd), np.zeros(n, int))


def draw(observed: height_model.Observed, ids: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    keys = keyed.keys_of(pd.Series(ids, dtype=object))
    line = height_draws.line_up(keys, height_draws.Neighbours(*pairs_of(polygons)))
    return height_draws.draw_heights(observed, line, height_model.height_density(observed))


def test_numbers_hang_on_ids_alone():
    keys = keyed.keys_of(pd.Series([f"rooftop-{i}" for i in range(20_000)], dtype=object))
    u = keyed.uniforms(keys, 7)
    assert u.mean() == pytest.approx(0.5, abs=0.01) and u.std() == pytest.approx(12**-0.5, abs=0.01)
    np.testing.assert_array_equal(keyed.uniforms(keys[::-1].copy(), 7)[::-1], u)
    assert abs(np.corrcoef(u, keyed.uniforms(keys, 8))[0, 1]) < 0.03


def test_draws_do_not_depend_on_the_order_of_rows():
    rng, polygons, ids = np.random.default_rng(1), row_of_houses(), np.array([f"r{i}" for i in range(60)], object)
    heights = np.maximum(np.repeat(rng.choice([6.0, 9.0, 18.0], 30), 2) + rng.normal(0, 4.0, 60), 3.0)
    there = rng.permutation(60)
    first = draw(seen(heights, 4.0), ids, polygons)
    again = draw(seen(heights[there], 4.0), ids[there], polygons[there])
    np.testing.assert_array_equal(again, first[:, there])


def test_buildings_that_touch_are_drawn_alike_and_nearer_the_truth():
    rng, polygons, ids = np.random.default_rng(2), row_of_houses(400), np.array([f"r{i}" for i in range(400)], object)
    truth = np.repeat(rng.choice([6.0, 9.0, 18.0], 200), 2)
    noisy = np.maximum(truth + rng.normal(0, 4.0, 400), 3.0)
    drawn = draw(seen(noisy, 4.0), ids, polygons)
    assert (drawn[:, ::2] == drawn[:, 1::2]).mean() > 0.6
    assert np.sqrt(np.mean((drawn.mean(axis=0) - truth) ** 2)) < 0.8 * np.sqrt(np.mean((noisy - truth) ** 2))


def test_a_row_of_touching_houses_moves_as_one():
    """Twenty observations of one height tell it to a grid step, and every house of the row has it."""
    rng, west = np.random.default_rng(5), 10.0 * np.arange(600) + np.arange(600) // 20 * 150.0
    polygons = shapely.box(west, 0.0, west + 10.0, 10.0)
    truth = np.repeat(rng.choice([6.0, 12.0, 18.0], 30), 20)
    drawn = draw(seen(np.maximum(truth + rng.normal(0, 3.0, 600), 3.0), 3.0), np.arange(600).astype(str), polygons)
    rows = drawn.reshape(len(drawn), 30, 20)
    assert (np.abs(np.median(rows, axis=2) - truth[::20]) <= 1.5).mean() > 0.9
    assert (rows == np.median(rows, axis=2)[..., None]).mean() > 0.8


def test_drawn_heights_are_those_the_town_has():
    rng, polygons = np.random.default_rng(6), row_of_houses(1500)
    truth = rng.choice([18.0, 41.0], 1500, p=[0.7, 0.3])
    noisy = truth + rng.normal(0, 6.5, 1500)
    drawn = draw(seen(noisy, 6.5), np.arange(1500).astype(str), polygons)
    between = [((h > 24.0) & (h < 35.0)).mean() for h in (noisy, drawn)]
    assert between[0] > 0.15 and between[1] < 0.04


def test_precise_heights_err_by_what_they_claim():
    ids = np.array([f"r{i}" for i in range(2000)], object)
    drawn = draw(seen(np.full(2000, 20.0), 0.7), ids, row_of_houses(2000))
    assert drawn.std() == pytest.approx(0.7, rel=0.05) and drawn.mean() == pytest.approx(20.0, abs=0.01)
    np.testing.assert_allclose(drawn[::2] + drawn[1::2], 40.0)  # opposite pairs


def test_density_of_heights_is_freed_of_noise():
    rng = np.random.default_rng(3)
    observed = seen(np.maximum(rng.choice([9.0, 24.0], 4000) + rng.normal(0, 3.2, 4000), 3.0), 3.2)
    density = height_model.height_density(observed)[0]
    grid = height_model.GRID_M
    near = density[(np.abs(grid - 9.0) < 2) | (np.abs(grid - 24.0) < 2)].sum()
    assert density.sum() == pytest.approx(1.0) and near > 0.85


def test_a_wall_hides_what_its_elevation_says():
    polygons = np.array([shapely.box(0, 0, 10, 10), shapely.box(-500, -35, 510, -25)])
    pairs = pairs_of(polygons)
    views = views_of(polygons, pairs, np.array([True, False]))
    sky, sun = obstruction(views, np.array([[10.0, 10.0], [10.0, 40.0]]), 32.0)
    assert pairs.kind.tolist() == [1, 1] and sky[0, 0] == sun[0, 0] == 0.0
    turn = np.radians(np.arange(16) * 22.5)
    south = np.cos(turn) < -1e-9
    rise = np.where(south, 30.0 * -np.cos(turn) / 30.0, 0.0)  # tangent over a long wall 30 m to the south
    rise[np.isclose(turn, np.pi / 2) | np.isclose(turn, 3 * np.pi / 2)] = 0.0
    assert sky[1, 0] == pytest.approx((rise**2 / (1 + rise**2)).mean(), abs=1e-6)
    north = obstruction(views, np.array([[10.0, 40.0]]), -32.0)[1]
    assert north[0, 0] == 0.0 < sun[1, 0]


def test_quantile_regression_finds_the_quantiles_of_a_known_law():
    rng = np.random.default_rng(4)
    x = rng.uniform(0.5, 2.0, 20_000)
    y = 3.0 * x + x * rng.standard_normal(20_000)
    found = carry.quantile_regression(x[:, None], y, np.ones(len(x)), np.array([0.1, 0.5, 0.9]))
    assert found[0] == pytest.approx([3.0 - 1.2816, 3.0, 3.0 + 1.2816], abs=0.04)


def drawn_roofs(n: int = 1500) -> pd.DataFrame:
    """Roofs whose eight draws scatter by a tenth of their loss, every one drawn, all of one world."""
    rng = np.random.default_rng(7)
    loss = rng.uniform(0.02, 0.4, n)
    hidden = loss[:, None] * (1.0 + 0.1 * rng.standard_normal((n, 9)))
    known = {"site_id": [f"r{i}" for i in range(n)], "world": 0, "true_share": np.nan, "free_kwh": 1e4, "weight": 1.0}
    columns = {f"sky_{k}": hidden[:, k] for k in range(9)} | {f"sun_{k}": np.zeros(n) for k in range(9)}
    return pd.DataFrame(known | columns | {f"share_{k}": 1.0 - hidden[:, k] for k in range(9)})


@pytest.mark.parametrize("own", [False, True])
def test_intervals_are_as_wide_as_the_self_test_says(own: bool):
    """Truths of the self-test that lie half as far off again make intervals half as wide again."""
    roofs, rng, width = drawn_roofs(), np.random.default_rng(8), []
    loss = roofs[[f"sky_{k}" for k in range(1, 9)]].mean(axis=1)
    for scatter in (0.1, 0.15):
        true = 1.0 - loss * (1.0 + scatter * rng.standard_normal(len(roofs)))
        told = carry.fit(pd.concat([roofs, roofs.assign(world=1, true_share=true)]), own=own)
        assert told is not None
        low, high = carry.spread(roofs, told).quantile[:, [1, 5]].T
        assert ((true > low) & (true < high)).mean() == pytest.approx(0.8, abs=0.02)
        width.append(np.mean(high - low))
    assert width[1] / width[0] == pytest.approx(1.5, rel=0.08)


def test_each_third_by_loss_is_covered_though_its_neighbour_needs_another_width():
    """Truths of the middle third lie nearer than their draws, those of the others farther off."""
    roofs, rng = drawn_roofs(1800), np.random.default_rng(9)
    loss = roofs[[f"sky_{k}" for k in range(1, 9)]].mean(axis=1)
    third = pd.qcut(loss, 3, labels=False)
    true = 1.0 - loss * (1.0 + np.array([0.12, 0.08, 0.12])[third] * rng.standard_normal(len(roofs)))
    told = carry.fit(pd.concat([roofs, roofs.assign(world=1, true_share=true)]))
    assert told is not None
    low, high = carry.spread(roofs, told).quantile[:, [1, 5]].T
    held = ((true > low) & (true < high)).groupby(third).mean()
    np.testing.assert_allclose(held, 0.8, atol=0.02)


def test_without_a_self_test_intervals_stay_as_learned():
    told = carry.fit(drawn_roofs(100))
    assert told is not None and told.width.tolist() == [1.0]


def test_factors_mix_as_in_an_experiment():
    rng = np.random.default_rng(5)
    points, chance = np.array([[0.6, 0.9, 1.1]]), np.array([0.2, 0.5, 0.3])
    ratio, share = np.array([[0.8, 1.3]]), np.array([[0.6, 0.4]])
    n = 400_000
    drawn = rng.choice(points[0], n, p=chance) * rng.choice(ratio[0], n, p=share[0]) * rng.normal(1.0, 0.07, n)
    for below in (0.1, 0.25, 0.5):
        found = mixed_quantiles(points, chance, ratio, share, np.array([0.07]), below)
        assert found[0] == pytest.approx(np.quantile(drawn, below), rel=0.004)


def roofs(**known: object) -> pd.DataFrame:
    """One roof of 1,200 m2."""
    base = {
        "site_id": "rooftop-1",
        "name": "",
        "site_type": "rooftop",
        "building_use": "commercial",
        "use_known": True,
        "ridge_hidden": False,
        "ridge_azimuth": np.nan,
        "origin": "surveyed",
        "height_rmse_m": np.nan,
        "height_source": "column",
        "footprint_area_m2": 1200.0,
        "confidence": "B",
    }
    return pd.DataFrame([base | known])


def appraised(sites: pd.DataFrame, settings: Settings = LEVEL) -> pd.Series:
    out = pd.DataFrame({"site_id": sites["site_id"], "district": "d", "building_use": "x", "energy_kwh": 1e5})
    certainty.add_certainty(out, sites, settings, None, None)
    return out.iloc[0]


def test_a_known_roof_is_sure_and_an_unknown_one_is_not():
    known = appraised(roofs())
    unknown = appraised(
        roofs(building_use="other", use_known=False, origin="", height_source="default", confidence="D")
    )
    assert known["p90_kwh"] / known["p50_kwh"] > 0.90 and known["confidence"] == "A"
    assert unknown["p90_kwh"] / unknown["p50_kwh"] < 0.80 and unknown["confidence"] == "D"
    assert (known["certainty_reason_1"], unknown["certainty_reason_1"]) == ("weather", "use unknown")


def test_a_roof_in_a_dense_centre_is_unsure_and_says_why():
    """Heights as they may be come on top of an unknown use; both are named, and what to measure."""
    drawn = drawn_roofs()
    crowded = drawn.loc[[drawn["sky_0"].idxmax()]].assign(site_id="rooftop-1")
    sites = roofs(building_use="other", use_known=False, origin="", height_source="default", confidence="D")
    out = pd.DataFrame({"site_id": sites["site_id"], "district": "d", "building_use": "x", "energy_kwh": 1e5})
    certainty.add_certainty(out, sites, LEVEL, crowded, carry.fit(drawn))
    row = out.iloc[0]
    assert row["p90_kwh"] / row["p50_kwh"] < 0.80 and row["spread_height"] > 0.03
    assert {"use unknown", "height unknown"} <= {row[f"certainty_reason_{n}"] for n in (1, 2, 3)}
    said = " ".join(narrowing.explain_certainty(row, LEVEL))
    assert "use unknown" in said and "To know its use would narrow it most" in said


@pytest.mark.parametrize(
    ("kind", "grade", "reason"),
    [
        ("mine", "D", "ground unknown"),  # no terrain, or found among land of other uses
        ("mine", "B", "ground"),
        ("fishpond", "C", "dykes unknown"),
        ("fishpond", "B", "dykes"),
        ("rooftop", "B", "form of the roof"),
    ],
)
def test_nobody_is_asked_for_what_was_brought(kind: str, grade: str, reason: str) -> None:
    """A terrain model, or a word on dykes, that the city has is not what is missing."""
    sites = roofs(site_type=kind, confidence=grade, building_use="")
    none = dict.fromkeys(("height", "outline", "use", "year", "resource", "transposition"), np.zeros(1))
    assert reasons(sites, {**none, "form": np.array([0.1])}, 1)[0].tolist() == [reason]
    asks = {"bring a terrain model" in REASONS[reason][1], "whether dykes" in REASONS[reason][1]}
    assert (True in asks) == reason.endswith("unknown")


def test_a_roof_that_more_likely_than_not_carries_nothing_is_not_sure():
    """P90 equals P50 where both are nothing; of the sites that give something, the ratio is the grade."""
    p50, p90 = np.array([1.0, 0.5, 1e-9, 0.0]), np.array([0.9, 0.42, 1e-9, 0.0])
    ratio = certainty.p90_over_p50(p50, p90)
    assert certainty.grade(ratio, LEVEL.certainty.grades).tolist() == ["A", "C", "D", "D"]


def test_weather_years_widen_what_draws_of_heights_leave_open():
    """Twenty years and draws at once: the spread of the years stands in place of the assumed one, beside heights."""
    drawn, rng = drawn_roofs(600), np.random.default_rng(11)
    crowded = drawn.loc[[drawn["sky_0"].idxmax()]].assign(site_id="rooftop-1")
    told, found = carry.fit(drawn), {}
    for spread in (0.0, 0.1):
        years = 1e5 * (1.0 + spread * rng.standard_normal((1, 20)))
        for heights in (None, crowded):
            out = pd.DataFrame({"site_id": ["rooftop-1"], "district": "d", "building_use": "x", "energy_kwh": 1e5})
            certainty.add_certainty(out, roofs(), LEVEL, heights, told, years)
            found[spread, heights is not None] = out.iloc[0]
            assert out["spread_height"][0] == pytest.approx(found[0.0, heights is not None]["spread_height"])
    ratio = {key: row["p90_kwh"] / row["p50_kwh"] for key, row in found.items()}
    assert ratio[0.1, True] < min(ratio[0.1, False], ratio[0.0, True]) < ratio[0.0, False]
    assert found[0.1, True]["certainty_reason_1"] == "weather"


def test_off_leaves_one_spread_for_all():
    off = appraised(roofs(building_use="other"), Settings.model_validate({**NAMED, "certainty": "off"}))
    assert off["p90_kwh"] / off["p50_kwh"] == pytest.approx(0.908, abs=5e-4) and "expected_kwh" not in off


def test_a_mixture_of_uses_keeps_the_energy_the_run_assumes():
    mixed = input_errors.use_mixture(roofs(building_use="other", use_known=False), LEVEL)
    assert (mixed.ratio * mixed.chance).sum() == pytest.approx(1.0) and mixed.spread[0] > 0.2
    measured = input_errors.use_mixture(roofs(building_use="other", use_known=False, confidence="A"), LEVEL)
    assert measured.spread[0] < mixed.spread[0]  # obstacles were seen


def test_an_error_that_is_stated_overrides_that_of_the_source():
    sites = pd.concat([roofs(), roofs(height_rmse_m=5.0), roofs(origin="floors"), roofs(height_source="default")])
    rmse, log_sd = input_errors.height_errors(sites, LEVEL.certainty)
    assert rmse.tolist() == [0.7, 5.0, 0.0, 0.0] and log_sd.tolist() == [0.0, 0.0, 0.15, 0.5]


def test_sums_of_sites_by_simulation():
    """Errors of inputs that sites share in part, and those of the sky that they share in full."""
    energy, rng = np.array([10.0, 20.0, 70.0]), np.random.default_rng(6)
    settings = RiskSettings(sigma={"model": 0.05}, correlation={"use": 0.25})
    settings = settings.model_copy(update={"sigma": {"model": 0.05}})
    spreads = {"use": np.array([0.3, 0.1, 0.2])}
    terms = uncertainty.variance_terms(energy, spreads, settings).sum().to_frame().T
    common, own = rng.standard_normal((200_000, 1)), rng.standard_normal((200_000, 3))
    error = spreads["use"] * (0.5 * common + np.sqrt(0.75) * own) + 0.05 * rng.standard_normal((200_000, 1))
    total = (energy * (1 + error)).sum(axis=1)
    assert uncertainty.sigma_of_terms(terms)[0] == pytest.approx(total.std() / 100.0, rel=0.01)


def test_what_to_measure_first_holds_most_of_the_spread():
    sites = pd.concat(
        [roofs(site_id="a"), roofs(site_id="b", building_use="other", use_known=False)], ignore_index=True
    )
    out = pd.DataFrame({"site_id": ["a", "b"], "district": "d", "building_use": "x", "energy_kwh": 1e5})
    certainty.add_certainty(out, sites, LEVEL, None, None)
    first = narrowing.measure_first(out, sites)
    assert first["site_id"].tolist() == ["b", "a"] and first["spread_share"].sum() == pytest.approx(1.0)
    assert first["cause_en"][0] == "use unknown" and first["cause"][0] == REASONS["use unknown"][0]
    assert "use" in " ".join(narrowing.explain_certainty(out.iloc[1], LEVEL))
