"""Towns, works sites and villages: how many street blocks of each kind, and where they lie.

The number of blocks follows from the building stock wanted, so the mix of uses holds at any size. Blocks are laid out
at the density of the real thing: a small demo has fewer and smaller settlements, not thinner ones.
"""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import shapely

from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo.blocks import BLOCKS, SHED_SHARE, USES, Block, village
from pvmap.sources.demo.plots import FreeGround, Plots
from pvmap.sources.demo.sketch import DISTRICTS

SPARE = 1.03  # blocks are whole and their buildings drawn at random: make a few more, drop the surplus
SAMPLE_BLOCKS = 3000
URBAN_SPLIT = {"old_centre": 0.16, "slabs": 0.62, "towers": 0.22}  # of urban housing's footprint [U]
SEAT_SHARE = {  # of each kind of block, the part in the districts' seats [U]
    "old_centre": 0.75,
    "slabs": 0.60,
    "towers": 0.85,
    "commerce": 0.55,
    "public": 0.50,
    "factory": 0.50,
}
MIXED = ("slabs", "towers", "commerce", "public")
PULL = {"slabs": 0.0, "towers": 0.15, "commerce": -0.30, "public": -0.10}  # towards the centre (-) or the edge (+)
MIN_TOWN_BLOCKS = 10  # a town smaller than this is not begun
VILLAGE_BLOCKS = (3, 30, 10.0)  # smallest, largest, mean


def kinds_of_block(settings: DemoSettings) -> dict[str, Block]:
    """Return the block templates, with as many sheds in villages as the share of other buildings asks for."""
    plain = BLOCKS["village"].fill(SAMPLE_BLOCKS, np.random.default_rng(0))
    area, use = plain.area(), np.array([group for _, _, group in USES])[plain.use]
    ratio = area[use == "other"].sum() / area[use == "rural"].sum()
    sheds = SHED_SHARE * settings.share_other / settings.share_rural / ratio
    return {**BLOCKS, "village": Block(BLOCKS["village"].size, partial(village, sheds=min(sheds, 1.0)))}


def count_blocks(settings: DemoSettings, kinds: dict[str, Block]) -> dict[str, int]:
    """Find the number of blocks of each kind that give the stock's footprint shares and the number of buildings."""
    footprint: dict[str, dict[str, float]] = {}
    buildings: dict[str, float] = {}
    for name, block in kinds.items():  # what one block holds on average, measured on a fixed sample
        slots = block.fill(SAMPLE_BLOCKS, np.random.default_rng(0))
        area, group = slots.area(), np.array([g for _, _, g in USES])[slots.use]
        footprint[name] = {g: area[group == g].sum() / SAMPLE_BLOCKS for g in np.unique(group)}
        buildings[name] = len(area) / SAMPLE_BLOCKS
    per_footprint = {
        name: settings.share_urban * share / footprint[name]["urban"] for name, share in URBAN_SPLIT.items()
    }
    shops = per_footprint["old_centre"] * footprint["old_centre"]["commercial"]
    per_footprint["village"] = settings.share_rural / footprint["village"]["rural"]
    per_footprint["factory"] = settings.share_industrial / footprint["factory"]["industrial"]
    per_footprint["public"] = settings.share_public / footprint["public"]["public"]
    per_footprint["commerce"] = max(settings.share_commercial - shops, 0.0) / footprint["commerce"]["commercial"]
    total = SPARE * settings.n_buildings / sum(n * buildings[name] for name, n in per_footprint.items())
    return {name: int(np.ceil(n * total)) for name, n in per_footprint.items()}


def lay_out(
    counts: dict[str, int],
    kinds: dict[str, Block],
    towns: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    ground: FreeGround,
    rng: np.random.Generator,
) -> dict[str, Plots]:
    """Claim the blocks of every kind: towns at the seats, works beside them, villages in between."""
    shares = _share_out({k: counts[k] for k in SEAT_SHARE}, towns)
    laid: dict[str, list[Plots]] = {name: [] for name in kinds}
    for number, town in enumerate(towns.itertuples()):
        here = {name: int(share[number]) for name, share in shares.items()}
        centre = np.array([town.x, town.y])
        for name, plots in _town(here, kinds, centre, ground, rng).items():
            laid[name].append(plots)
    laid["village"] = _villages(counts["village"], kinds["village"].size, districts, ground, rng)
    return {name: Plots.join(parts) for name, parts in laid.items()}


def _share_out(counts: dict[str, int], towns: gpd.GeoDataFrame) -> dict[str, np.ndarray]:
    """Share blocks among towns by population and seat; in a small demo only the first towns of each district exist."""
    population = towns["district"].map({d.name: d.population for d in DISTRICTS}).to_numpy()
    rank = towns.groupby("district").cumcount().to_numpy()
    seat = rank < towns["district"].map({d.name: len(d.seats) for d in DISTRICTS}).to_numpy()
    outside = sum(n * (1 - SEAT_SHARE[name]) for name, n in counts.items())
    order = np.lexsort((-population, rank, seat))  # non-seats first, by rank
    exists = seat.copy()
    exists[order[: int(outside / MIN_TOWN_BLOCKS)]] = True
    weight = population * towns["weight"].to_numpy() * exists
    result = {}
    for name, count in counts.items():
        part = SEAT_SHARE[name] if (exists & ~seat).any() else 1.0
        split = np.where(seat, part * weight / weight[seat].sum(), 0.0)
        if part < 1.0:
            split += np.where(~seat, (1 - part) * weight / weight[~seat].sum(), 0.0)
        result[name] = _whole(count, split)
    return result


def _town(
    here: dict[str, int], kinds: dict[str, Block], centre: np.ndarray, ground: FreeGround, rng: np.random.Generator
) -> dict[str, Plots]:
    """Lay an old centre, the mixed quarters around it and a works site beside them."""
    angle = np.radians(rng.normal(0.0, 7.0))
    laid = {}
    if here["old_centre"]:
        laid["old_centre"] = ground.settle(centre, here["old_centre"], kinds["old_centre"].size, angle, rng, 6)
    wanted = np.repeat(np.arange(len(MIXED)), [here[name] for name in MIXED])
    if len(wanted):
        plots = ground.settle(centre, len(wanted), kinds["slabs"].size, angle, rng, 6)
        pull = np.array([PULL[name] for name in MIXED])[wanted] + rng.random(len(wanted))
        wanted = wanted[np.argsort(pull, kind="stable")][: len(plots)]
        laid |= {name: plots.take(wanted == i) for i, name in enumerate(MIXED)}
    if here["factory"]:
        size = kinds["factory"].size
        radius = 1.1 * np.sqrt((len(wanted) + here["old_centre"]) * np.prod(kinds["slabs"].size) / np.pi)
        radius += 1.1 * np.sqrt(here["factory"] * np.prod(size) / np.pi)
        direction = rng.uniform(0, 2 * np.pi)
        works = centre + radius * np.array([np.cos(direction), np.sin(direction)])
        laid["factory"] = ground.settle(works, here["factory"], size, np.radians(rng.uniform(-30, 30)), rng, 6)
    return laid


def _villages(
    count: int, size: tuple[float, float], districts: gpd.GeoDataFrame, ground: FreeGround, rng: np.random.Generator
) -> list[Plots]:
    """Scatter villages over free ground, more where more people live."""
    density = np.array([d.population / d.area_km2 for d in DISTRICTS])
    keep = np.minimum(density / np.median(density), 1.5) / 1.5
    laid: list[Plots] = []
    smallest, largest, mean = VILLAGE_BLOCKS
    for _ in range(12):
        points = ground.random_points(int(2.5 * count / mean) + 20, rng)
        chance = np.zeros(len(points))
        for shape, share in zip(districts.geometry, keep, strict=True):
            shapely.prepare(shape)
            chance[shapely.contains_xy(shape, points)] = share
        for point in points[rng.random(len(points)) < chance]:
            if count <= 0:
                return laid
            wanted = min(int(np.clip(rng.gamma(3.0, mean / 3.0), smallest, largest)), max(count, 1))
            if not ground.is_free(*point):
                continue
            plots = ground.settle(point, wanted, size, np.radians(rng.normal(0.0, 12.0)), rng)
            laid.append(plots)
            count -= len(plots)
    return laid


def _whole(count: int, shares: np.ndarray) -> np.ndarray:
    """Split `count` into whole numbers by `shares`, the largest remainders rounded up."""
    exact = count * shares
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: count - whole.sum()]] += 1
    return whole
