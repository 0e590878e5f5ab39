"""Roof planes of real buildings: exact where CityJSON gives them, found again in a surface model made from them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.features import rasterize

from pvmap.settings.city import FileInput
from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.roof_planes import fit_roof_planes
from pvmap.sources.grid import Grid
from pvmap.sources.roof_faces import read_roof_planes

FILE = "zurich_subset_lod2.city.json"
CELL_M = 0.5


@pytest.fixture(scope="module")
def zurich(shared_data: Path) -> gpd.GeoDataFrame:
    return read_roof_planes(FileInput(path=FILE), shared_data / "buildings/cityjson", CRS(2056))


def roof_rings(path: Path) -> Iterator[np.ndarray]:
    """Outer ring of every RoofSurface, (n, 3) in metres, straight from the file."""
    city = json.loads(path.read_text(encoding="utf-8"))
    scale, translate = (np.array(city["transform"][key]) for key in ("scale", "translate"))
    vertices = np.array(city["vertices"]) * scale + translate

    def faces(boundaries: list, values: list) -> Iterator[np.ndarray]:
        for part, value in zip(boundaries, values, strict=True):
            if isinstance(value, list):
                yield from faces(part, value)
            elif value is not None and kinds[value] == "RoofSurface":
                yield vertices[part[0]]

    for thing in city["CityObjects"].values():
        for geometry in thing.get("geometry", []):
            kinds = [surface["type"] for surface in geometry["semantics"]["surfaces"]]
            yield from faces(geometry["boundaries"], geometry["semantics"]["values"])


def key(west: float, south: float, east: float, north: float, low: float) -> tuple[float, ...]:
    return tuple(round(v, 3) for v in (west, south, east, north, low))


def test_planes_of_cityjson_are_those_of_its_own_corners(zurich: gpd.GeoDataFrame, shared_data: Path) -> None:
    """The plane through a ring's corners by singular values, which owes nothing to area vectors."""
    by_place = {}
    for ring in roof_rings(shared_data / "buildings/cityjson" / FILE):
        _, spread, axes = np.linalg.svd(ring - ring.mean(axis=0))
        normal = axes[2] * np.sign(axes[2, 2])
        flat = spread[2] / math.sqrt(len(ring)) < 0.005 and spread[1] > 1.0  # bent and sliver rings have no one plane
        if flat and normal[2] > 0.05:
            by_place[key(*ring[:, :2].min(axis=0), *ring[:, :2].max(axis=0), ring[:, 2].min())] = normal
    bounds, low = zurich.bounds.to_numpy(), zurich["eave_z_m"].to_numpy()
    tilt, azimuth = (np.radians(zurich[c].to_numpy()) for c in ("surface_tilt", "surface_azimuth"))
    ours = np.column_stack([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)])
    known = {row: key(*bounds[row], low[row]) for row in range(len(zurich))}
    known = {row: place for row, place in known.items() if place in by_place}
    angles = [math.degrees(math.acos(min(1.0, float(ours[row] @ by_place[place])))) for row, place in known.items()]
    area = zurich["area_m2"].to_numpy()
    assert area[list(known)].sum() > 0.75 * area.sum()
    assert max(angles) < 0.05  # degrees; the corners are rounded to millimetres


def surface_model(planes: gpd.GeoDataFrame) -> tuple[Grid, np.ndarray]:
    """Surface model of one building's planes, the highest at every cell, and which plane that is; -1 where none."""
    west, south, east, north = planes.total_bounds
    west, north = math.floor(west) - 2.0, math.ceil(north) + 2.0
    shape = math.ceil((north - south) / CELL_M) + 4, math.ceil((east - west) / CELL_M) + 4
    x = west + (np.arange(shape[1]) + 0.5) * CELL_M
    y = north - (np.arange(shape[0]) + 0.5) * CELL_M
    height, which = np.full(shape, np.nan), np.full(shape, -1)
    for number, plane in enumerate(planes.itertuples()):
        inside = rasterize([plane.geometry], shape, transform=Affine(CELL_M, 0, west, 0, -CELL_M, north)) > 0
        slope, azimuth = math.tan(math.radians(plane.surface_tilt)), math.radians(plane.surface_azimuth)
        east_up, north_up = -slope * math.sin(azimuth), -slope * math.cos(azimuth)
        corners = shapely.get_coordinates(plane.geometry)
        lowest = (corners @ [east_up, north_up]).min()
        z = plane.eave_z_m + east_up * x[None, :] + north_up * y[:, None] - lowest
        higher = inside & ~(height >= z)
        height[higher], which[higher] = z[higher], number
    return Grid(height, west, north, CELL_M), which


def test_zurich_planes_are_found_again_in_a_surface_model(zurich: gpd.GeoDataFrame) -> None:
    """80 % of plane area within 5 degrees of tilt, and within 10 degrees of azimuth where tilt exceeds 10."""
    settings, area, good = RoofPlaneSettings(), 0.0, 0.0
    for _, planes in zurich[zurich["surface_tilt"] < 85].groupby("building", sort=False):
        grid, which = surface_model(planes)
        if not (which >= 0).any():
            continue
        footprint = np.array([shapely.union_all(planes.geometry.to_numpy())])
        found = fit_roof_planes(footprint, grid, settings, CRS(2056))
        fitted = np.full(which.shape, -1)
        if len(found):
            numbered = ((polygon, number + 1) for number, polygon in enumerate(found.geometry) if not polygon.is_empty)
            transform = Affine(CELL_M, 0, grid.west, 0, -CELL_M, grid.north)
            fitted = rasterize(numbered, which.shape, transform=transform, dtype="int32") - 1
        cell = which >= 0
        true = planes.iloc[which[cell]]
        got = found.reindex(pd.Index(fitted[cell]))
        tilt, azimuth = true["surface_tilt"].to_numpy(), true["surface_azimuth"].to_numpy()
        weight = CELL_M**2 / np.cos(np.radians(tilt))
        off = np.abs((got["surface_azimuth"].to_numpy() - azimuth + 180) % 360 - 180)
        ok = (np.abs(got["surface_tilt"].to_numpy() - tilt) <= 5) & ((tilt <= 10) | (off <= 10))
        area, good = area + weight.sum(), good + weight[ok].sum()
    assert area > 10_000  # m2 of roof
    assert good / area >= 0.80, good / area
    print(f"share of plane area found again: {good / area:.3f}")
