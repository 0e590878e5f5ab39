"""A small Overture on this machine: a catalogue, a table of contents and parts with statistics of their boxes."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from loopback import Reply, Server

RELEASE = "2026-10-21.0"
BOX = pa.struct([(side, pa.float32()) for side in ("xmin", "xmax", "ymin", "ymax")])
BASES = ("catalog", "files")


def bases(server: Server) -> dict[str, str]:
    return {"catalog": f"{server.url}/stac", "files": f"{server.url}/bucket"}


def part(
    rows: list[dict], *, group: int = 1000, drop: tuple[str, ...] = (), numbers: pa.DataType | None = None
) -> bytes:
    """Write rows as one part: a key ``box`` gives the outline, or a ``geometry`` does."""
    shapes = [row.get("geometry") or shapely.box(*row["box"]) for row in rows]
    bounds = [dict(zip(("xmin", "ymin", "xmax", "ymax"), shape.bounds, strict=True)) for shape in shapes]
    number = numbers or pa.float64()
    columns = {
        "id": pa.array([row.get("id", f"b{n}") for n, row in enumerate(rows)]),
        "geometry": pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary()),
        "bbox": pa.array(bounds, BOX),
        "sources": pa.array([[{"dataset": row.get("dataset", "OpenStreetMap"), "record_id": None}] for row in rows]),
        "subtype": pa.array([row.get("subtype") for row in rows], pa.string()),
        "class": pa.array([row.get("class") for row in rows], pa.string()),
        "names": pa.array([{"primary": row.get("name")} for row in rows], pa.struct([("primary", pa.string())])),
        "height": pa.array([row.get("height") for row in rows], number),
        "num_floors": pa.array([row.get("num_floors") for row in rows], pa.int32()),
        "is_underground": pa.array([row.get("is_underground") for row in rows], pa.bool_()),
        "source_tags": pa.array([list(row.get("tags", {}).items()) for row in rows], pa.map_(pa.string(), pa.string())),
    }
    table = pa.table({name: column for name, column in columns.items() if name not in drop})
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=group)
    return sink.getvalue()


def publish(server: Server, parts: dict[str, list[tuple[tuple[float, float, float, float], bytes]]]) -> None:
    """Put parts of collections into the store: ``{"building": [(west, south, east, north), content), ...]}``."""
    rows = []
    for collection, pieces in parts.items():
        for number, (box, content) in enumerate(pieces):
            theme = {"building": "buildings", "segment": "transportation"}.get(collection, "base")
            key = f"release/{RELEASE}/theme={theme}/type={collection}/part-{number:05d}-abc-c000.zstd.parquet"
            server.routes[f"/bucket/{key.replace('=', '%3D')}"] = content
            href = f"s3://overturemaps-us-west-2/{key}"
            rows.append(
                {
                    "collection": collection,
                    "type": "Feature",
                    "bbox": dict(zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)),
                    "assets": {"aws": {"alternate": {"s3": {"href": href}}}},
                }
            )
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    links = [{"rel": "child", "href": f"./{RELEASE}/catalog.json"}]
    server.routes["/stac/catalog.json"] = Reply(json.dumps({"latest": RELEASE, "links": links}).encode())
    server.routes[f"/stac/{RELEASE}/collections.parquet"] = sink.getvalue()
