"""Overpass: OpenStreetMap for small windows, asked with an address to write to and long pauses, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import shapely

from pvmap.errors import FetchError
from pvmap.findings import finding
from pvmap.sources.remote import geo_file
from pvmap.sources.remote.osm_tags import ATTRIBUTION, FILTERS, LICENCE, POINTS, Thing, table
from pvmap.sources.remote.provider import Given, Provider, Window, Wish, nothing_here
from pvmap.sources.remote.transfer import get_json

CELL_DEG = 0.45  # some 50 km, above which Overpass' own clients cut
MOST_CELLS = 4
TIMEOUT_S = 180
LEAST_WAIT_S = 30.0  # after a refusal, as its operators ask
MOST_BYTES = 1 << 28
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def give(wish: Wish) -> Given:
    """Give a layer; see `provider.Provider.give`."""
    if not wish.door.contact:
        raise FetchError("Overpass serves only who says who he is: write contact under [fetch].")
    found, n_open, n_elements = [], 0, 0
    cells = _cells(wish.window)
    url = f"{wish.bases['api']}/interpreter"
    for number, cell in enumerate(cells):
        wish.progress(number, len(cells))
        body = urlencode({"data": query(wish.layer, cell)}).encode()
        content = get_json(
            wish.door, url, body=body, headers=FORM, most_bytes=MOST_BYTES, answer_s=TIMEOUT_S + 20.0,
            least_wait_s=LEAST_WAIT_S,
        )  # fmt: skip
        _require_whole(content)
        for element in content["elements"]:
            shape = _shape(element)
            n_open, n_elements = n_open + (shape is None), n_elements + 1
            if shape is not None:
                found.append(Thing(f"{element['type'][0]}{element['id']}", _tags(element), shape))
    made = table(wish.layer, found)
    if not made.num_rows:
        raise nothing_here(wish, "OpenStreetMap")
    rows = geo_file.write(wish.layer, [made], wish.path)
    told = finding("fetched-rings-open", layer=wish.path.name, count=n_open, total=n_elements)
    return Given({wish.path: url}, rows, geo_file.CRS, findings=(told,) if n_open else ())


def query(layer: str, cell: Window) -> str:
    """Return what is asked of Overpass for a layer in a cell."""
    types = (*(["node"] if layer in POINTS else []), "way", *(["relation"] if layer != "roads" else []))
    wanted = "".join(f"{kind}{one};" for one in FILTERS[layer] for kind in types)
    box = f"{cell.south:.6f},{cell.west:.6f},{cell.north:.6f},{cell.east:.6f}"
    return f"[out:json][timeout:{TIMEOUT_S}][bbox:{box}];({wanted});out geom;"


def _cells(window: Window) -> list[Window]:
    n_x = math.ceil((window.east - window.west) / CELL_DEG)
    n_y = math.ceil((window.north - window.south) / CELL_DEG)
    if n_x * n_y > MOST_CELLS:
        raise FetchError("the window is too large for Overpass: take overture or geofabrik under [fetch.sources].")
    dx, dy = (window.east - window.west) / n_x, (window.north - window.south) / n_y
    return [
        Window(
            window.west + i * dx, window.south + j * dy, window.west + (i + 1) * dx, window.south + (j + 1) * dy
        )
        for j in range(n_y)
        for i in range(n_x)
    ]  # fmt: skip


def _require_whole(content: Any) -> None:
    """Refuse an answer that says that it is none: Overpass tells so with status 200."""
    remark = content.get("remark") if isinstance(content, dict) else "no object"
    if remark:
        raise FetchError(f"Overpass broke off ({str(remark)[:150].rstrip(' .')}); fetch a smaller window or try later.")
    if not isinstance(content.get("elements"), list):
        raise FetchError("Overpass sends no elements; try again later.")


def _tags(element: dict[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in (element.get("tags") or {}).items()}


def _shape(element: dict[str, Any]) -> shapely.Geometry | None:
    """Outline, line or point of an object; None where its rings do not close."""
    try:
        if element["type"] == "node":
            return shapely.Point(element["lon"], element["lat"])
        if element["type"] == "way":
            points = _points(element["geometry"])
            tags = _tags(element)
            if "highway" in tags or ("power" in tags and points[0] != points[-1]):
                return shapely.LineString(points)
            return shapely.Polygon(points) if len(points) > 3 and points[0] == points[-1] else None
        outer, inner = (list(_lines(element, role)) for role in ("outer", "inner"))
        ground = shapely.union_all(shapely.get_parts(shapely.polygonize(outer)))
        holes = shapely.union_all(shapely.get_parts(shapely.polygonize(inner)))
        left = shapely.difference(ground, holes)
        return None if left.is_empty else left
    except (KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError):
        return None


def _points(geometry: list[dict[str, float]]) -> list[tuple[float, float]]:
    return [(one["lon"], one["lat"]) for one in geometry if one]


def _lines(element: dict[str, Any], role: str) -> Iterator[shapely.LineString]:
    for member in element["members"]:
        if member.get("role") == role and member.get("geometry"):
            yield shapely.LineString(_points(member["geometry"]))


OVERPASS = Provider(
    "overpass", tuple(FILTERS), LICENCE, ATTRIBUTION, {"api": "https://overpass-api.de/api"}, give
)  # fmt: skip
