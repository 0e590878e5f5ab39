"""Towns whose heights are known, read with the errors of public sets: what a run then tells must hold of the truth."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.features import rasterize, shapes

from pvmap import pipeline
from pvmap.planning.risk import carry
from pvmap.stages import backdrop, parts
from pvmap.stages.assess import assess_tile
from pvmap.stages.draws import draw_quarter, quarters
from pvmap.stages.ready import prepared, tile_jobs

FILES = {
    "suzhou": "buildings/suzhou_buildings.geojson",
    "tokyo": "buildings/tokyo_buildings.geojson",
    "shanghai": "buildings/shanghai_osm_buildings.geojson",
    "nanshan": "buildings/shenzhen_nanshan_building.geojson",
    "goteborg": "terrain/goteborg/buildings.shp",
    "athens": "terrain/athens/DSM.tif",
}
LOWEST_M = 3.0
FLAT_M = 0.01  # cells of a drawn surface model within it are one roof
LEAST_ABOVE_M, LEAST_M2 = 2.5, 20.0  # of a roof over the ground, and of its outline
FLOOR_M = 4.5  # of a commercial building: heights whose error is relative are told as floors
MODELS = {"exact": ("m", 0.1), "3.2 m": ("m", 3.2), "6.5 m": ("m", 6.5), "25 %": ("log", 0.25)}
CITY = """
[city]
name = "town"
title_zh = "某城"
title_en = "Town"
[[inputs.buildings]]
path = "b.geojson"
crs = "EPSG:4326"
columns = {{ id = "no", {told} = "told" }}
default_use = "commercial"
{error}
[[weather.points]]
format = "typical"
[certainty]
effort = "{effort}"
height_log_sd = {{ floors = 0.25 }}
"""
LOW, HIGH = 1, 5  # levels of 10 and 90 %
ROUNDING = 1e-4  # of what a roof gives without neighbours


def known(shared_data: Path, name: str, n: int | None = None) -> gpd.GeoDataFrame:
    """Outlines of a town, or of its first `n` buildings, with the `height` that is taken for the truth."""
    path = shared_data / FILES[name]
    town = _drawn(path) if path.suffix == ".tif" else gpd.read_file(path).explode()
    town = town[town.geometry.is_valid & (town.geometry.geom_type == "Polygon")]
    height = pd.to_numeric(town["height"]) if "height" in town else _measured(town, path)
    if "min_height" in town:  # parts of towers that begin in the air
        height = height.where(town["min_height"].isna())
    outlines = gpd.GeoDataFrame({"height": height}, geometry=town.geometry, crs=town.crs)[height > 0].to_crs(
        "EPSG:4326"
    )
    outlines = outlines[~outlines.geometry.duplicated()].reset_index(drop=True)
    outlines = outlines[~_within_another(outlines)].iloc[:n].reset_index(drop=True)
    names = [f"b{number}" for number in range(len(outlines))]
    return outlines.assign(height=outlines["height"].clip(lower=LOWEST_M), no=names)


def nearest(outlines: gpd.GeoDataFrame, n: int) -> gpd.GeoDataFrame:
    """The `n` outlines nearest to the median of all centroids."""
    middle = shapely.get_coordinates(outlines.to_crs(outlines.estimate_utm_crs()).centroid)
    order = np.argsort(np.hypot(*(middle - np.median(middle, axis=0)).T), kind="stable")
    return outlines.iloc[np.sort(order[:n])].reset_index(drop=True)


def _within_another(outlines: gpd.GeoDataFrame) -> np.ndarray:
    """Whether more than half of an outline lies in a larger one: a part of a building, or one told twice."""
    polygons = outlines.to_crs(outlines.estimate_utm_crs()).geometry.to_numpy()
    area = shapely.area(polygons)
    first, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    smaller = (area[first] < area[other]) | ((area[first] == area[other]) & (first > other))
    first, other = first[smaller], other[smaller]
    shared = shapely.area(shapely.intersection(polygons[first], polygons[other]))
    return np.isin(np.arange(len(polygons)), first[shared > area[first] / 2])


def _drawn(model: Path) -> gpd.GeoDataFrame:
    """Outline and height of each roof of a surface model in which every roof is level."""
    with rasterio.open(model) as top, rasterio.open(model.with_name("DEM.tif")) as ground:
        level, above = top.read(1), top.read(1) - ground.read(1)
        high = above > LEAST_ABOVE_M
        steps = np.round(level / FLAT_M).astype("int32")
        found = [shapely.geometry.shape(outline) for outline, _ in shapes(steps, high, 4, top.transform)]
        town = gpd.GeoDataFrame(geometry=[outline for outline in found if outline.area >= LEAST_M2], crs=top.crs)
        inside = rasterize(
            zip(town.geometry, range(1, len(town) + 1), strict=True), steps.shape, 0, transform=top.transform
        )
    roof = pd.Series(above[inside > 0]).groupby(inside[inside > 0]).median()
    return town.assign(height=roof.to_numpy())


def _measured(town: gpd.GeoDataFrame, beside: Path) -> pd.Series:
    """Height of the surface model over the ground in the middle of each outline; NaN outside the models [m]."""
    middle = shapely.get_coordinates(town.geometry.representative_point())
    top, ground = (_read(beside.with_name(f"{model}_KRbig.tif"), middle) for model in ("DSM", "DEM"))
    return pd.Series(top - ground, index=town.index)


def _read(path: Path, points: np.ndarray) -> np.ndarray:
    with rasterio.open(path) as model:
        values = np.ma.concatenate(list(model.sample(points, masked=True))).astype(float)
    return np.asarray(np.ma.filled(values, np.nan))


def observed(height_m: np.ndarray, model: str, seed: int) -> np.ndarray:
    """Heights as a source with this error would tell them [m]."""
    kind, sd = MODELS[model]
    off = np.random.default_rng([seed, len(model), int(100 * sd)]).normal(0.0, sd, len(height_m))
    return np.maximum(height_m + off if kind == "m" else height_m * np.exp(off), LOWEST_M)


class Told(NamedTuple):
    """What the tiles of a town tell: yearly energy of each roof [kWh], the contract table "draws", and the effort."""

    kwh: pd.Series
    draws: pd.DataFrame
    effort: str


def town(folder: Path, outlines: gpd.GeoDataFrame, told_m: np.ndarray, model: str, effort: str) -> Told:
    """Read a town whose heights are told so, draw heights and assess its tiles: a run without money and maps."""
    kind, sd = MODELS[model]
    raw = folder / "data" / "raw" / "town"
    raw.mkdir(parents=True)
    told = told_m if kind == "m" else told_m / FLOOR_M
    outlines.assign(told=told)[["no", "told", "geometry"]].to_file(raw / "b.geojson", driver="GeoJSON")
    named, error = ("height_m", f"height_rmse_m = {sd}") if kind == "m" else ("floors", "")
    (folder / "town.toml").write_text(CITY.format(told=named, error=error, effort=effort), encoding="utf-8")
    job = pipeline.open_city(str(folder / "town.toml"), folder, raw)
    settings, (_, processed, _) = job.settings, job.folders
    city = prepared(settings, raw, processed)
    tiles = tile_jobs(settings, raw, processed, city)
    backdrop.lay_out(tiles[0])
    for quarter in quarters(settings, raw, processed, city, tiles[0].stamp):
        draw_quarter(quarter)
    for tile in tiles:
        assess_tile(tile)
    kwh = parts.read(tiles, "yields").groupby("site_id")["energy_kwh"].sum()
    return Told(kwh, parts.read(tiles, "draws"), effort)


def named(outlines: gpd.GeoDataFrame, lot: int) -> gpd.GeoDataFrame:
    """Outlines whose ids are those of a lot: random numbers hang on ids, so each lot has its own."""
    return outlines.assign(no=[f"lot{lot}{name}" for name in outlines["no"]])


def judged(noisy: Told, true_kwh: pd.Series) -> pd.DataFrame:
    """Each roof's true energy, its interval and its mean, in shares of what the roof gives without neighbours."""
    drawn = noisy.draws
    told = carry.fit(drawn[drawn["weight"] > 0], own=noisy.effort == "full")
    assert told is not None
    roofs = drawn[drawn["world"] == 0]
    spread = carry.spread(roofs, told)
    frame = pd.DataFrame(
        {
            "free_kwh": roofs["free_kwh"],
            "true": true_kwh.reindex(roofs["site_id"]).to_numpy() / roofs["free_kwh"],
            "read": roofs["share_0"],
            "mean": spread.mean,
            "low": spread.quantile[:, LOW] - ROUNDING,
            "high": spread.quantile[:, HIGH] + ROUNDING,
        }
    ).dropna()
    return frame.assign(held=(frame["true"] >= frame["low"]) & (frame["true"] <= frame["high"]))


def bias(frame: pd.DataFrame, column: str) -> float:
    """The city's energy by one column over the true one, less 1."""
    return float((frame[column] * frame["free_kwh"]).sum() / (frame["true"] * frame["free_kwh"]).sum() - 1.0)


def covered(frame: pd.DataFrame) -> dict[str, float]:
    """Share of roofs whose interval holds the truth: of all, and of each third by expected loss and by size."""
    out = {"all": float(frame["held"].mean())}
    for name, values in (("loss", 1.0 - frame["mean"]), ("size", frame["free_kwh"])):
        third = pd.qcut(values.rank(method="first"), 3, labels=False)
        out |= {f"{name} {number + 1}": float(frame["held"][third == number].mean()) for number in range(3)}
    return out
