"""Every provider on this machine, of one small town where README has Delft: 60 houses, waters, a quarry, a reserve."""

from __future__ import annotations

import numpy as np
import shapely
from loopback import Server
from overture_store import bases, part, publish
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from weather_services import serve_weather

WINDOW = (4.33, 51.98, 4.40, 52.03)  # as README types it
HOUSE_DEG = (0.0004, 0.0002)  # some 24 by 22 m
BOX = (4.0, 51.0, 5.0, 53.0)


def mirrors(server: Server) -> dict[str, dict[str, str]]:
    """Addresses of the providers on a server, as ``[fetch.mirrors]`` names them."""
    return {
        "overture": bases(server),
        "glo30": {"files": f"{server.url}/dem"},
        "worldcover": {"files": f"{server.url}/cover"},
        "pvgis": {"api": f"{server.url}/pvgis"},
        "power": {"api": f"{server.url}/power"},
    }


def build(server: Server) -> None:
    """Put the town into the server's routes."""
    publish(
        server,
        {
            "building": [(BOX, part(_houses()))],
            "water": [(BOX, part(_waters()))],
            "land_use": [(BOX, part(_land()))],
            "infrastructure": [(BOX, part(_power()))],
            "segment": [(BOX, part(_roads()))],
        },
    )
    for south in (51, 52):
        name = f"Copernicus_DSM_COG_10_N{south}_00_E004_00_DEM"
        content = raster(4, south + 1, 1.0, 400, lambda x, y: 40.0 + 0.0 * x, "float32")
        server.routes[f"/dem/{name}/{name}.tif"] = content
    cover = raster(3, 54, 3.0, 1500, lambda x, y: np.where((x > 4.38) & (y > 52.01), 60, 50), "uint8")
    server.routes["/cover/v200/2021/map/ESA_WorldCover_10m_2021_v200_N51E003_Map.tif"] = cover
    serve_weather(server)


def toml(server: Server) -> str:
    """``[fetch.mirrors]`` as a city file holds it."""
    tables = [
        f"[fetch.mirrors.{name}]\n" + "\n".join(f'{key} = "{url}"' for key, url in addresses.items())
        for name, addresses in mirrors(server).items()
    ]
    return "\n\n".join(tables) + "\n"


def _houses() -> list[dict]:
    kinds = [("house", "residential"), (None, "commercial"), ("warehouse", "commercial"), (None, None)]
    rows = []
    for number in range(60):
        x, y = 4.335 + 0.0015 * (number % 10), 51.985 + 0.001 * (number // 10)
        kind, group = kinds[number % 4]
        tall = {"height": 6.0 + number % 7} if number % 3 == 0 else {"num_floors": 2 + number % 3}
        tall = {} if number % 5 == 0 else tall
        box = (x, y, x + HOUSE_DEG[0], y + HOUSE_DEG[1])
        rows.append({"id": f"h{number}", "box": box, "subtype": group, "class": kind, **tall})
    return rows


def _waters() -> list[dict]:
    def lake(x: float, y: float, dx: float, dy: float) -> shapely.Polygon:
        return shapely.box(x, y, x + dx, y + dy)

    return [
        {"id": "pond", "geometry": lake(4.36, 52, 0.004, 0.002), "subtype": "pond", "class": "fishpond"},
        {"id": "pond 2", "geometry": lake(4.3645, 52, 0.004, 0.002), "subtype": "pond", "class": "pond"},
        {"id": "lake", "geometry": lake(4.34, 52.01, 0.012, 0.006), "subtype": "lake", "class": "lake"},
        {"id": "river", "geometry": lake(4.33, 51.995, 0.06, 0.0004), "subtype": "river", "class": "river"},
        {"id": "no name", "geometry": lake(4.37, 51.995, 0.003, 0.0018), "subtype": "water", "class": "water"},
        {
            "id": "canal",
            "geometry": shapely.LineString([(4.33, 51.99), (4.40, 51.992)]),
            "subtype": "canal",
            "class": "canal",
        },
        {"id": "thin", "geometry": lake(4.37, 51.992, 0.01, 0.0003), "subtype": "water", "class": "water"},
    ]


def _land() -> list[dict]:
    quarry = shapely.box(4.378, 52.008, 4.386, 52.016)
    return [
        {"id": "quarry", "geometry": quarry, "subtype": "resource_extraction", "class": "quarry", "name": "Brottet"},
        {"id": "works", "box": (4.334, 51.984, 4.342, 51.992), "subtype": "developed", "class": "industrial"},
        {"id": "reserve", "box": (4.36, 52, 4.362, 52.002), "subtype": "protected", "class": "nature_reserve"},
    ]


def _power() -> list[dict]:
    return [{"id": "s", "box": (4.35, 51.99, 4.3505, 51.9905), "subtype": "power", "class": "substation"}]


def _roads() -> list[dict]:
    def line(y: float) -> shapely.LineString:
        return shapely.LineString([(4.33, y), (4.40, y)])

    return [
        {"id": "a", "geometry": line(51.983), "subtype": "road", "class": "motorway", "name": "A 13"},
        {"id": "b", "geometry": line(51.995), "subtype": "road", "class": "footway"},
        {"id": "c", "geometry": line(52.003), "subtype": "rail", "class": "standard_gauge"},
    ]


def raster(west: float, north: float, span: float, cells: int, value: object, dtype: str) -> bytes:
    step = span / cells
    x, y = np.meshgrid(west + step * (np.arange(cells) + 0.5), north - step * (np.arange(cells) + 0.5))
    profile = {"crs": "EPSG:4326", "dtype": dtype, "transform": from_origin(west, north, step, step)}
    with MemoryFile() as memory:
        size = {"width": cells, "height": cells, "count": 1, "tiled": True, "compress": "deflate"}
        with memory.open(driver="GTiff", **size, **profile) as file:
            file.write(value(x, y).astype(dtype), 1)  # type: ignore[operator]
        return memory.read()
